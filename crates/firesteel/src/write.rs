//! Rows into files: what INSERT OVERWRITE DIRECTORY and a DataFrame's writer both come down to.
//!
//! ```text
//! query ──planning──▶ physical plan ──under Write──▶ runs like any other; its files are in place when it has ended
//! ```

use std::sync::Arc;

use firesteel_catalog::Estimate;
use firesteel_common::names::{quote, same_name, suggestions};
use firesteel_common::{Result, bail, error};
use firesteel_datasource::{FileOptions, Target, check_target};
use firesteel_expr::EvalContext;
use firesteel_plan::parsed::Query;
use firesteel_plan::physical::{PhysicalOp, Write};
use firesteel_plan::{PhysicalPlan, Schema};

use crate::planning::Planned;
use crate::session::Session;

/// What to do when there is something at the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SaveMode {
    /// Adds files to it.
    Append,
    /// Replaces it, when all new files are complete.
    Overwrite,
    /// Leaves it, and writes nothing.
    Ignore,
    #[default]
    ErrorIfExists,
}

impl SaveMode {
    /// Spark's words for the modes.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// assert_eq!(SaveMode::parse("Overwrite"), Some(SaveMode::Overwrite));
    /// assert_eq!(SaveMode::parse("sometimes"), None);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn parse(text: &str) -> Option<SaveMode> {
        Some(match text.to_ascii_lowercase().as_str() {
            "append" => SaveMode::Append,
            "overwrite" => SaveMode::Overwrite,
            "ignore" => SaveMode::Ignore,
            "error" | "errorifexists" | "default" => SaveMode::ErrorIfExists,
            _ => return None,
        })
    }
}

/// Where rows go, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteTarget {
    /// `parquet`, `csv`, `json`, `text`.
    pub format: String,
    /// A folder.
    pub path: String,
    pub mode: SaveMode,
    /// Columns whose values name folders, `k=v`, outermost first.
    pub partition_by: Vec<String>,
    /// `compression`, `header`, …: Spark's.
    pub options: FileOptions,
}

impl Session {
    /// Runs a query and writes its rows. All files are in place when it returns; after an error nothing has changed.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # use firesteel::{FileOptions, WriteTarget};
    /// # use firesteel_plan::parsed::StatementKind;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-session-write-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// # let session = Session::builder().get_or_create()?;
    /// let target = WriteTarget {
    ///     format: "parquet".to_owned(),
    ///     path: path.clone(),
    ///     mode: SaveMode::Overwrite,
    ///     partition_by: Vec::new(),
    ///     options: FileOptions::default(),
    /// };
    /// if let StatementKind::Query(query) = firesteel::sql::parse_statement("SELECT * FROM range(3)")?.kind {
    ///     session.write(&query, &target)?;
    /// }
    /// assert_eq!(session.read().parquet(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn write(&self, query: &Query, target: &WriteTarget) -> Result<()> {
        let eval = self.eval_context();
        let planned = self.plan_in(query, &eval, false)?;
        self.write_planned(planned, target, &eval)
    }

    /// The same for a query that is planned.
    pub(crate) fn write_planned(&self, planned: Planned, target: &WriteTarget, eval: &Arc<EvalContext>) -> Result<()> {
        let found = check_target(&target.format, &target.path)?;
        match (target.mode, found) {
            (SaveMode::ErrorIfExists, Target::Something) => {
                bail!(PATH_ALREADY_EXISTS, outputPath = format!("file:{}", target.path))
            }
            (SaveMode::Ignore, Target::Something) => return Ok(()),
            _ => {}
        }
        let planned = under_write(planned, target)?;
        self.run(&planned, &self.query_context(eval))?.count_rows().map(drop)
    }
}

/// The plan with its rows going into files, and none to the client.
pub(crate) fn under_write(mut planned: Planned, target: &WriteTarget) -> Result<Planned> {
    let columns: Vec<_> = planned
        .analyzed
        .columns
        .iter()
        .map(|column| (Arc::from(column.name.as_str()), column.data_type.clone()))
        .collect();
    let write = Write {
        format: Arc::from(target.format.to_lowercase()),
        path: Arc::from(target.path.as_str()),
        replace: target.mode == SaveMode::Overwrite,
        partition_by: target.partition_by.iter().map(|name| position(&columns, name)).collect::<Result<_>>()?,
        columns,
        options: target.options.pairs().into(),
    };
    let child = Arc::clone(&planned.physical);
    planned.physical =
        PhysicalPlan::new(PhysicalOp::Write(write), vec![child], Schema::new(Vec::new()), Estimate::exact(0.0));
    planned.analyzed.columns.clear();
    Ok(planned)
}

fn position(columns: &[(Arc<str>, firesteel_common::SqlType)], name: &str) -> Result<usize> {
    columns.iter().position(|(known, _)| same_name(known, name)).ok_or_else(|| {
        let known = suggestions(name, columns.iter().map(|(known, _)| known.as_ref()));
        let proposal = known.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
        error!(UNRESOLVED_COLUMN_WITH_SUGGESTION, objectName = quote(name), proposal = proposal)
    })
}
