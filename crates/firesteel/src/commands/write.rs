//! INSERT OVERWRITE DIRECTORY.

use firesteel_common::{Result, error};
use firesteel_plan::parsed::InsertDirectory;

use crate::result::QueryResult;
use crate::session::Session;
use crate::write::{SaveMode, WriteTarget};

pub(crate) fn directory(session: &Session, insert: &InsertDirectory) -> Result<QueryResult> {
    session.write(&insert.query, &target(insert)?).map_err(|error| error.at(insert.format.span))?;
    Ok(QueryResult::nothing())
}

/// Where the statement writes to.
pub(crate) fn target(insert: &InsertDirectory) -> Result<WriteTarget> {
    let mut target = WriteTarget {
        format: insert.format.values().join("."),
        path: String::new(),
        mode: SaveMode::Overwrite,
        partition_by: Vec::new(),
        options: insert.options.iter().map(|option| (&option.key, &option.value)).collect(),
    };
    let in_options = target.options.remove("path");
    target.path = match (&insert.path, in_options) {
        (Some(path), None) => path.clone(),
        (None, Some(path)) => path,
        _ => {
            let hint = ": one path is expected, behind DIRECTORY or in OPTIONS";
            return Err(error!(PARSE_SYNTAX_ERROR, error = "'DIRECTORY'", hint = hint).at(insert.format.span));
        }
    };
    Ok(target)
}
