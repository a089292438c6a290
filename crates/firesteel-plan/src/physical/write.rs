//! Puts rows into files.

use std::sync::Arc;

use firesteel_common::SqlType;
use serde::{Deserialize, Serialize};

/// One child, all of whose columns are written. Gives no rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// As the registry of formats knows it.
    pub format: Arc<str>,
    /// The folder into which the files go.
    pub path: Arc<str>,
    /// What is in the folder goes; otherwise the files are added to it.
    pub replace: bool,
    /// Names and types of the child's columns.
    pub columns: Vec<(Arc<str>, SqlType)>,
    /// Positions of the columns whose values name folders, outermost first.
    pub partition_by: Vec<usize>,
    pub options: Arc<[(String, String)]>,
}
