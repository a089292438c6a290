//! Results that are kept in memory: CACHE TABLE by name, [`DataFrame::cache`] by DataFrame.
//!
//! ```text
//! CACHE TABLE t       ──▶  slot `t`, filled at once         FROM t  ──lookup──▶  the slot's rows instead of t's
//! frame.cache()       ──▶  slot of the frame, empty         an action over it  ──▶  filled, then read
//! ```
//! A slot is filled by the first query that needs it, before that query is planned. Its rows are Arrow batches of the session
//! and its bytes a `Reservation`: what does not fit is refused. Whoever replaces or drops a name forgets its slot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use arrow::array::RecordBatch;
use firesteel_catalog::catalog::{Entry, Listing};
use firesteel_catalog::{Catalog, ScanSource, Table, TableColumn, TableStatistics};
use firesteel_common::{Result, error};
use firesteel_datasource::MemoryTable;
use firesteel_exec::memory::Reservation;
use hashbrown::HashMap;

use crate::frame::block::{self, Block};
use crate::frame::planning::assemble_itself;
use crate::frame::{BatchStream, DataFrame, Origin, names};
use crate::planning;
use crate::session::Session;

/// What is cached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A table or view, in lower case.
    Name(String),
    /// The DataFrame of that number.
    Frame(u64),
}

/// The slots of a session.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<Key, Arc<Slot>>>);

#[derive(Default)]
pub(crate) struct Slot {
    table: Mutex<Option<Arc<dyn Table>>>,
    /// Who fills it: to that thread the name means what it meant before.
    filler: Mutex<Option<ThreadId>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    /// Whether it is new.
    pub(crate) fn add(&self, key: Key) -> bool {
        locked(&self.0).insert(key, Arc::default()).is_none()
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        locked(&self.0).contains_key(key)
    }

    /// Whether there was one.
    pub(crate) fn remove(&self, key: &Key) -> bool {
        locked(&self.0).remove(key).is_some()
    }

    /// The rows go, and come anew with the next query.
    pub(crate) fn refresh(&self, key: &Key) {
        if let Some(slot) = locked(&self.0).get_mut(key) {
            *slot = Arc::default();
        }
    }

    pub(crate) fn clear(&self) {
        locked(&self.0).clear();
    }

    fn slot(&self, key: &Key) -> Option<Arc<Slot>> {
        locked(&self.0).get(key).cloned()
    }

    /// The rows of what is cached; `None` when it is not, or is being filled by who asks.
    fn rows(&self, key: &Key, fill: impl FnOnce() -> Result<Arc<dyn Table>>) -> Result<Option<Arc<dyn Table>>> {
        let Some(slot) = self.slot(key) else { return Ok(None) };
        if let Some(table) = locked(&slot.table).as_ref() {
            return Ok(Some(Arc::clone(table)));
        }
        let this = Some(thread::current().id());
        if *locked(&slot.filler) == this {
            return Ok(None);
        }
        *locked(&slot.filler) = this;
        let filled = fill();
        *locked(&slot.filler) = None;
        let table = filled?;
        *locked(&slot.table) = Some(Arc::clone(&table));
        Ok(Some(table))
    }
}

/// The key of a table or view of the session by its name; other names have none.
pub(crate) fn key_of(name: &[String]) -> Option<Key> {
    let home = ["spark_catalog", "default"];
    let (last, qualifier) = name.split_last()?;
    let expected = &home[home.len().checked_sub(qualifier.len())?..];
    let fits = qualifier.iter().zip(expected).all(|(part, home)| part.eq_ignore_ascii_case(home));
    fits.then(|| Key::Name(last.to_lowercase()))
}

/// A catalog that answers for cached names with what is cached.
pub(crate) struct Cached<'a> {
    pub(crate) session: &'a Session,
    pub(crate) catalog: &'a dyn Catalog,
}

impl Catalog for Cached<'_> {
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
        if let Some(key) = key_of(name)
            && let Some(table) = self.session.cache().rows(&key, || self.session.rows_of_name(name))?
        {
            return Ok(Some(Entry::Table(table)));
        }
        self.catalog.lookup(name)
    }

    fn is_file_function(&self, name: &str) -> bool {
        self.catalog.is_file_function(name)
    }

    fn read_files(&self, function: &str, arguments: &[(Option<String>, String)]) -> Result<Arc<dyn Table>> {
        self.catalog.read_files(function, arguments)
    }

    fn list(&self) -> Result<Vec<Listing>> {
        self.catalog.list()
    }
}

/// The rows of a frame that is cached.
pub(crate) fn of_frame(frame: &DataFrame) -> Result<Option<Arc<dyn Table>>> {
    let session = frame.session();
    session.cache().rows(&Key::Frame(frame.id()), || {
        let (query, tables) = assemble_itself(frame)?;
        let origin = Origin { tables, ..Origin::default() };
        let whole = DataFrame::checked(session, Block::Closed(Box::new(query)), Vec::new(), origin)?;
        kept(&whole, whole.stream()?)
    })
}

impl Session {
    /// The rows of a table or view, computed.
    fn rows_of_name(&self, name: &[String]) -> Result<Arc<dyn Table>> {
        let frame = match self.names().lookup(name)? {
            Some(Entry::View(view)) => {
                let (query, tables) = planning::view(self.names(), &view.text)?;
                let origin = Origin { tables, ..Origin::default() };
                let frame = DataFrame::checked(self, Block::Closed(Box::new(query)), Vec::new(), origin)?;
                if view.columns.is_empty() { frame } else { frame.to_df(view.columns.clone())? }
            }
            Some(Entry::Table(table)) => self.frame_of_table(table)?,
            None => {
                let quoted = firesteel_common::names::quote_parts(name);
                return Err(error!(TABLE_OR_VIEW_NOT_FOUND, relationName = quoted));
            }
        };
        kept(&frame, frame.stream()?)
    }
}

/// Rows in memory that a reservation answers for.
#[derive(Debug)]
struct CachedTable {
    columns: Vec<TableColumn>,
    rows: Arc<MemoryTable>,
    _memory: Held,
}

struct Held(#[expect(dead_code, reason = "it gives its bytes back when it is dropped")] Reservation);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// Fetches a result to its end.
fn kept(frame: &DataFrame, stream: BatchStream) -> Result<Arc<dyn Table>> {
    let mut memory = frame.session().executor().memory().reserve("cached table");
    let schema = Arc::clone(stream.schema());
    let mut batches: Vec<RecordBatch> = Vec::new();
    for batch in stream {
        let batch = batch?;
        memory.grow(batch.get_array_memory_size())?;
        batches.push(batch);
    }
    // What Arrow's types do not say, lengths of CHAR for one, the frame knows.
    let column = |column: &crate::result::Column| TableColumn {
        name: Arc::from(column.name.as_str()),
        data_type: column.data_type.clone(),
        nullable: column.nullable,
        comment: None,
    };
    let columns = frame.output().iter().map(column).collect();
    Ok(Arc::new(CachedTable { columns, rows: MemoryTable::new(&schema, batches)?, _memory: Held(memory) }))
}

impl Table for CachedTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        self.rows.statistics()
    }

    fn source(&self) -> ScanSource {
        self.rows.source()
    }

    fn provider(&self) -> &str {
        firesteel_analyzer::CACHED
    }
}

impl DataFrame {
    /// Keeps the rows in memory from the first query on that computes them: later ones over this DataFrame, or over what is
    /// made from it, read them there.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # use firesteel::extend::ScalarUdf;
    /// # use std::sync::atomic::{AtomicI64, Ordering};
    /// # let session = Session::builder().get_or_create()?;
    /// static CALLS: AtomicI64 = AtomicI64::new(0);
    /// let count = ScalarUdf::of_rows("counted", |x: i64| CALLS.fetch_add(1, Ordering::Relaxed) * 0 + x);
    /// let counted = session.register_udf(count)?;
    /// let frame = session.range(0..3)?.select(counted.call("id").alias("id"))?.cache();
    /// assert_eq!(frame.filter("id > 0")?.count()?, 2);
    /// assert_eq!(frame.agg(functions::sum("id"))?.collect_rows::<i64>()?, [3]);
    /// assert_eq!(CALLS.load(Ordering::Relaxed), 3);
    /// assert!(frame.explain_string("simple")?.contains("Scan memory cached"));
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn cache(&self) -> DataFrame {
        if !self.is_cached() {
            self.session().cache().add(Key::Frame(self.id()));
        }
        self.clone()
    }

    /// The same as [`DataFrame::cache`]: memory is where rows are kept.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..3)?.persist().is_cached());
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn persist(&self) -> DataFrame {
        self.cache()
    }

    /// Forgets the rows that [`DataFrame::cache`] keeps.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..3)?.cache();
    /// assert_eq!(frame.count()?, 3);
    /// assert!(!frame.unpersist().is_cached());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn unpersist(&self) -> DataFrame {
        self.session().cache().remove(&Key::Frame(self.id()));
        self.clone()
    }

    /// Whether the rows are kept, or will be from the next query on.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..3)?;
    /// assert!(!frame.is_cached() && frame.cache().is_cached());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_cached(&self) -> bool {
        self.session().cache().contains(&Key::Frame(self.id()))
    }
}

/// `TABLE cached frame`: what stands for a frame whose rows are kept.
pub(crate) fn reference(frame: &DataFrame) -> (firesteel_plan::parsed::Query, String) {
    let name = names::cached(frame.id());
    let relation = names::relation(name.clone());
    (block::query(firesteel_plan::parsed::QueryBodyKind::Table(relation)), name)
}
