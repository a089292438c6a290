//! Tables by name.

use std::sync::Arc;

use firesteel_common::{Result, internal};

use crate::table::Table;

/// What a name stands for.
#[derive(Debug, Clone)]
pub enum Entry {
    Table(Arc<dyn Table>),
    View(Arc<View>),
}

/// A view is its text, analyzed anew at each use.
#[derive(Debug, PartialEq, Eq)]
pub struct View {
    pub text: String,
    /// Column names given in CREATE VIEW, or empty.
    pub columns: Vec<String>,
    pub temporary: bool,
}

/// A row of SHOW TABLES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub namespace: String,
    pub name: String,
    pub temporary: bool,
}

/// Names are as the user wrote them, one to three parts, matched without case.
pub trait Catalog: Send + Sync {
    /// `None` when there is no such thing. May do IO (a path is looked at): it runs before planning.
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>>;

    /// Whether a table function of this name reads files.
    fn is_file_function(&self, _name: &str) -> bool {
        false
    }

    /// What such a function gives. Arguments by position or name, as text. Does IO, as `lookup` may.
    fn read_files(&self, function: &str, _arguments: &[(Option<String>, String)]) -> Result<Arc<dyn Table>> {
        Err(internal!("no function {function} reads files"))
    }

    /// Everything with a name, sorted by it.
    fn list(&self) -> Result<Vec<Listing>>;
}
