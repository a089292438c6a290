//! Statements that are no queries: one file per family.

mod analyze;
mod describe;
pub(crate) mod explain;
pub(crate) mod settings;
mod show;
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
        StatementKind::DescribeFunction { name, extended } => describe::function(name, *extended),
        StatementKind::Set { key, value } => settings::set(session, key, value),
        StatementKind::SetShow { key, verbose } => settings::show(session, key.as_deref(), *verbose),
        StatementKind::SetTimeZone(zone) => settings::set_time_zone(session, zone),
        StatementKind::Reset { key } => settings::reset(session, key.as_deref()),
        // Metadata is read anew at each use; nothing is cached that could be stale.
        StatementKind::RefreshTable(_) | StatementKind::ClearCache => Ok(QueryResult::nothing()),
        StatementKind::AnalyzeTable { name, scope } => analyze::table(session, name, scope),
        StatementKind::AnalyzeTables { .. } => analyze::tables(session),
        StatementKind::UncacheTable { .. } => Ok(QueryResult::nothing()),
        StatementKind::CacheTable(_) => unsupported("CACHE TABLE"),
        StatementKind::CreateTable(_) => unsupported("CREATE TABLE"),
        StatementKind::InsertDirectory(insert) => write::directory(session, insert),
        StatementKind::Insert(_) => unsupported("INSERT"),
        StatementKind::Use(_) => unsupported("USE"),
        StatementKind::DescribeNamespace { .. } => unsupported("DESCRIBE DATABASE"),
    }
}
