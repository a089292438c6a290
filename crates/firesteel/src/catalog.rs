//! The names that a statement may use: temporary views and registered tables, and beside them files by their path.
//!
//! ```text
//! t, default.t, spark_catalog.default.t     views and tables of the session
//! csv.`/data/x/*.gz`                        files in a format, read with Spark's defaults
//! `/data/x.parquet`, './x.csv', '-'         files whose name tells the format; header and types are found out
//! read_files('x.csv', header => true)       the same with options
//! ```

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use firesteel_catalog::catalog::{Entry, Listing, View};
use firesteel_catalog::{Catalog, MemoryCatalog, Table};
use firesteel_common::names::{quote, same_name};
use firesteel_common::{Result, error};
use firesteel_datasource::{FileSource, format_names};
use firesteel_plan::parsed::Query;
use hashbrown::HashMap;

use crate::extend::table::TableFunction;
use crate::frame::names::MARK;
use crate::frame::planning::Tables;
use crate::session::SharedSettings;
use crate::{extend, files, frame};

/// A session's catalog; paths are looked at when a statement names them.
#[derive(Default)]
pub struct SessionCatalog {
    /// How object stores are reached.
    settings: SharedSettings,
    pub(crate) names: MemoryCatalog,
    /// Views that are DataFrames, by what stands for their text.
    frames: RwLock<HashMap<String, Arc<FrameView>>>,
    /// Catalogs of the program, by the first part of names, in lower case.
    mounted: Mounted,
    /// Functions of the program that give tables, by name in lower case.
    functions: TableFunctions,
}

impl fmt::Debug for SessionCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold secrets.
        f.debug_struct("SessionCatalog")
            .field("names", &self.names)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct TableFunctions(RwLock<HashMap<String, Arc<TableFunction>>>);

impl TableFunctions {
    fn get(&self, name: &str) -> Option<Arc<TableFunction>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&name.to_lowercase()).cloned()
    }
}

#[derive(Default)]
struct Mounted(RwLock<HashMap<String, Arc<dyn Catalog>>>);

impl Mounted {
    /// The catalog that a name begins with.
    fn of(&self, name: &[String]) -> Option<Arc<dyn Catalog>> {
        let [first, _, ..] = name else { return None };
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&first.to_lowercase()).cloned()
    }
}

/// A DataFrame that has a name: the query and the tables that only it knows.
#[derive(Debug)]
struct FrameView {
    query: Query,
    tables: Tables,
}

impl Catalog for SessionCatalog {
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
        if let Some(entry) = self.names.lookup(name)? {
            return Ok(Some(entry));
        }
        if let Some(catalog) = self.mounted.of(name) {
            let failed = |reason| error!(FAILED_CATALOG, catalog = quote(&name[0]), reason = reason);
            return extend::guarded(failed, || catalog.lookup(&name[1..]));
        }
        if let [name] = name
            && name.starts_with(MARK)
        {
            return Ok(self.frame_table(name).map(Entry::Table));
        }
        let source = match name {
            [format, path] if format_names().any(|known| same_name(known, format)) => {
                FileSource::of_format(format, path)
            }
            [path] if firesteel_datasource::is_path(path) => FileSource::of_path(path),
            _ => return Ok(None),
        };
        self.open(&source).map(|table| Some(Entry::Table(table)))
    }

    fn is_file_function(&self, name: &str) -> bool {
        files::is_function(name) || self.functions.get(name).is_some()
    }

    fn read_files(&self, function: &str, arguments: &[(Option<String>, String)]) -> Result<Arc<dyn Table>> {
        match self.functions.get(function) {
            Some(call) => extend::table::call(function, call.as_ref(), arguments),
            None => self.open(&files::source_of_call(function, arguments)?),
        }
    }

    fn list(&self) -> Result<Vec<Listing>> {
        self.names.list()
    }
}

impl SessionCatalog {
    pub(crate) fn new(settings: &SharedSettings) -> Self {
        Self { settings: Arc::clone(settings), ..Self::default() }
    }

    fn open(&self, source: &FileSource) -> Result<Arc<dyn Table>> {
        // Not locked while files are looked at.
        let settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        source.open_in(&settings)
    }

    fn frames(&self) -> RwLockReadGuard<'_, HashMap<String, Arc<FrameView>>> {
        self.frames.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a view's text stands for, if it stands for a DataFrame.
    pub(crate) fn frame_view(&self, text: &str) -> Option<(Query, Tables)> {
        self.frames().get(text).map(|view| (view.query.clone(), view.tables.clone()))
    }

    fn frame_table(&self, name: &str) -> Option<Arc<dyn Table>> {
        self.frames().values().find_map(|view| view.tables.get(name).cloned())
    }

    /// Names of functions that read files are taken.
    pub(crate) fn add_function(&self, name: &str, function: Arc<TableFunction>) -> Result<()> {
        if files::is_function(name) {
            return Err(error!(ROUTINE_ALREADY_EXISTS, routineName = quote(name)));
        }
        let mut functions = self.functions.0.write().unwrap_or_else(PoisonError::into_inner);
        functions.insert(name.to_lowercase(), function);
        Ok(())
    }

    pub(crate) fn mount(&self, name: &str, catalog: Arc<dyn Catalog>) {
        let mut mounted = self.mounted.0.write().unwrap_or_else(PoisonError::into_inner);
        mounted.insert(name.to_lowercase(), catalog);
    }

    /// Makes a DataFrame a view of the session.
    pub(crate) fn create_frame_view(&self, name: &str, query: Query, tables: Tables, replace: bool) -> Result<()> {
        let text = frame::names::view(name);
        let view = View { text: text.clone(), columns: Vec::new(), temporary: true };
        self.names.create_view(name, view, replace, false)?;
        let mut frames = self.frames.write().unwrap_or_else(PoisonError::into_inner);
        frames.insert(text, Arc::new(FrameView { query, tables }));
        Ok(())
    }

    pub(crate) fn register_files(&self, name: &str, source: &FileSource) -> Result<()> {
        self.names.register_table(name, self.open(source)?);
        Ok(())
    }

    pub(crate) fn register(&self, name: &str, table: Arc<dyn Table>) {
        self.names.register_table(name, table);
    }
}
