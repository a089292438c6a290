//! Temporary views: kept as text, analyzed anew at each use.

use firesteel_catalog::catalog::View;
use firesteel_common::names::quote_parts;
use firesteel_common::{Result, bail, error};
use firesteel_plan::parsed::{CreateView, Name, ViewSource};

use crate::cache::Key;
use crate::files;
use crate::result::QueryResult;
use crate::session::Session;

pub(crate) fn create(session: &Session, view: &CreateView) -> Result<QueryResult> {
    let unsupported = |feature: &str| error!(UNSUPPORTED_FEATURE, feature = feature).at(view.name.span);
    if !view.temporary || view.global {
        return Err(unsupported("views that are not temporary to the session"));
    }
    let (text, planned) = match &view.source {
        // A view that cannot be analyzed is refused now, not at its first use.
        ViewSource::Query { query, text } => (text.clone(), session.plan(query)?),
        ViewSource::Files { columns, format, options } => {
            let text = files::view_text(columns, format, options);
            let query = crate::planning::parse_query(&text)?;
            (text, session.plan(&query).map_err(|error| error.moved_to(view.name.span))?)
        }
    };
    let columns: Vec<_> = view.columns.iter().map(|column| column.name.value.clone()).collect();
    let given = planned.analyzed.columns.len();
    if !columns.is_empty() && columns.len() != given {
        bail!(ASSIGNMENT_ARITY_MISMATCH, numTarget = columns.len().to_string(), numExpr = given.to_string());
    }
    let entry = View { text, columns, temporary: true };
    session.cache().remove(&Key::Name(view.name.last().to_lowercase()));
    session.names().names.create_view(view.name.last(), entry, view.or_replace, view.if_not_exists)?;
    Ok(QueryResult::nothing())
}

pub(crate) fn drop_view(session: &Session, name: &Name, if_exists: bool) -> Result<QueryResult> {
    session.cache().remove(&Key::Name(name.last().to_lowercase()));
    dropped(session.names().names.drop_view(name.last()), name, if_exists)
}

/// Takes the name out of the session; files stay.
pub(crate) fn drop_table(session: &Session, name: &Name, if_exists: bool) -> Result<QueryResult> {
    session.cache().remove(&Key::Name(name.last().to_lowercase()));
    let names = &session.names().names;
    dropped(names.drop_view(name.last()) || names.drop_table(name.last()), name, if_exists)
}

fn dropped(was_there: bool, name: &Name, if_exists: bool) -> Result<QueryResult> {
    if was_there || if_exists {
        return Ok(QueryResult::nothing());
    }
    let home: &[&str] = match name.parts.len() {
        1 => &["spark_catalog", "default"],
        _ => &[],
    };
    let quoted = quote_parts(&[home, &name.values()].concat());
    Err(error!(TABLE_OR_VIEW_NOT_FOUND, relationName = quoted, searchPath = "[`spark_catalog`.`default`]")
        .at(name.span))
}
