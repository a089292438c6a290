//! Statements that are no queries: one file per family.

mod analyze;
mod cache;
mod describe;
pub(crate) mod explain;
mod immediate;
pub(crate) mod settings;
mod show;
pub(crate) mod variables;
mod views;
mod write;

use firesteel_common::{Result, error};
use firesteel_plan::parsed::{Statement, StatementKind};

use crate::result::QueryResult;
use crate::session::Session;

pub(crate) fn execute(session: &Session, statement: &Statement) -> Result<QueryResult> {
    let unsupported = |feature: &str| Err(error!(UNSUPPORTED_FEATURE, feature = feature).at(statement.span));
    match &statement.kind {
        StatementKind::Query(_) => session.execute(statement),
        StatementKind::Explain { mode, statement } => explain::execute(session, *mode, statement),
        StatementKind::CreateView(view) => views::create(session, view),
        StatementKind::DropView { name, if_exists } => views::drop_view(session, name, *if_exists),
        StatementKind::DropTable { name, if_exists, .. } => views::drop_table(session, name, *if_exists),
        StatementKind::Show(show) => show::execute(session, show),
        StatementKind::DescribeTable { name, extended, column } => {
            describe::table(session, name, *extended, column.as_ref())
        }
        StatementKind::DescribeQuery(query) => describe::query(session, query),
        StatementKind::DescribeFunction { name, extended } => describe::function(session, name, *extended),
        StatementKind::Set { key, value } => settings::set(session, key, value),
        StatementKind::SetShow { key, verbose } => settings::show(session, key.as_deref(), *verbose),
        StatementKind::SetTimeZone(zone) => settings::set_time_zone(session, zone),
        StatementKind::Reset { key } => settings::reset(session, key.as_deref()),
        StatementKind::DeclareVariable(declared) => variables::declare(session, declared, statement.span),
        StatementKind::DropVariable { name, if_exists } => variables::drop(session, name, *if_exists),
        StatementKind::SetVariables(assignments) => variables::set(session, assignments, statement.span),
        StatementKind::SetVariablesFrom { names, query } => variables::set_from(session, names, query, statement.span),
        StatementKind::ExecuteImmediate(execute) => immediate::execute(session, execute, statement.span),
        StatementKind::RefreshTable(name) => cache::refresh(session, name),
        StatementKind::ClearCache => Ok(cache::clear(session)),
        StatementKind::AnalyzeTable { name, scope } => analyze::table(session, name, scope),
        StatementKind::AnalyzeTables { .. } => analyze::tables(session),
        StatementKind::UncacheTable { name, if_exists } => cache::uncache(session, name, *if_exists),
        StatementKind::CacheTable(table) => cache::cache(session, table),
        StatementKind::CreateTable(_) => unsupported("CREATE TABLE"),
        StatementKind::InsertDirectory(insert) => write::directory(session, insert),
        StatementKind::Insert(_) => unsupported("INSERT"),
        StatementKind::Use(_) => unsupported("USE"),
        StatementKind::DescribeNamespace { .. } => unsupported("DESCRIBE DATABASE"),
    }
}
