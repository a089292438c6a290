//! A session: settings, names, and the door to the engine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use firesteel_analyzer::Analyzed;
use firesteel_catalog::Catalog;
use firesteel_common::Result;
use firesteel_common::settings::{SESSION_TIME_ZONE, Setting, Settings};
use firesteel_datasource::{FileSource, ReaderRegistry};
use firesteel_exec::spill::SpillSpace;
use firesteel_exec::{Executor, MemoryPool, QueryContext};
use firesteel_expr::{EvalContext, Literal};
use firesteel_optimizer::physical::ADAPTIVE_ENABLED;
use firesteel_plan::parsed::{Expr, Query, Statement, StatementKind};
use firesteel_runtime::{JobHandle, LocalRuntime};
use firesteel_scheduler::Rest;

use crate::cache::{Cache, Cached};
use crate::catalog::SessionCatalog;
use crate::commands;
use crate::commands::variables::SessionVariables;
use crate::extend::Extensions;
use crate::planning::{self, Planned, World};
use crate::result::{self, QueryResult};

/// How many workers a query may have; 0: one per thread.
pub const WORKERS: Setting<usize> = Setting {
    key: "firesteel.execution.workers",
    default: 0,
    doc: "How many workers a query's pipelines may have, 0 for one per thread. More than threads only to test.",
};

/// How many rows sources give at once.
pub const BATCH_ROWS: Setting<usize> = Setting {
    key: "firesteel.execution.batchRows",
    default: firesteel_expr::batch::BATCH_ROWS,
    doc: "How many rows travel together. Tiny batches are for tests of what happens at their borders.",
};

/// Below so many rows a pipeline runs on one worker.
pub const PARALLEL_ROWS_MIN: Setting<usize> = Setting {
    key: "firesteel.execution.parallelRowsMin",
    default: 4 * firesteel_expr::batch::BATCH_ROWS,
    doc: "Below so many rows a pipeline starts one worker only. 0 starts all of them, to test what they share.",
};

/// Where operators put what memory does not hold; empty: the system's folder for temporary files.
pub const SPILL_DIRECTORY: Setting<&str> = Setting {
    key: "firesteel.spill.directory",
    default: "",
    doc: "The folder, best on a fast disk, for rows that memory does not hold; empty for the system's temporary folder.",
};

/// How many bytes an operator may hold before it uses the disk, be there memory or not.
pub const SPILL_OPERATOR_BYTES_MAX: Setting<usize> = Setting {
    key: "firesteel.spill.operatorBytesMax",
    default: 0,
    doc: "An operator that holds more bytes than this puts rows on disk even if there is memory, 0 for only when there is none.",
};

/// Where [`DataFrame::checkpoint`](crate::DataFrame::checkpoint) puts rows.
pub const CHECKPOINT_DIRECTORY: Setting<&str> =
    Setting { key: "spark.checkpoint.dir", default: "", doc: "The folder in which DataFrame::checkpoint leaves rows." };

/// What a session starts with.
#[derive(Debug, Clone, Default)]
pub struct SessionOptions {
    /// CPU threads; 0: as many as the machine has.
    pub threads: usize,
    /// Bytes that queries may hold; `None`: most of what the machine or its cgroup has.
    pub memory_limit: Option<usize>,
    /// Each file in a known format, and each folder, in here is a table of its name. May be a folder in an object store.
    pub data: Option<String>,
    /// Keys and values, set before anything is looked at.
    pub settings: Vec<(String, String)>,
}

/// One user's view of the engine: settings and temporary views of its own. Statements run one after the other or at the
/// same time; clones share everything.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

/// The session's settings, which its catalog reads too.
pub(crate) type SharedSettings = Arc<Mutex<Settings>>;

struct Shared {
    runtime: LocalRuntime,
    catalog: SessionCatalog,
    settings: SharedSettings,
    /// What the program has added; replaced as a whole, so that a query sees one state of it.
    extensions: Mutex<Arc<Extensions>>,
    variables: Mutex<SessionVariables>,
    cache: Cache,
}

impl Session {
    /// Fails when the data folder cannot be read.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// use firesteel::SessionOptions;
    ///
    /// let session = Session::new(SessionOptions { threads: 1, ..SessionOptions::default() })?;
    /// assert_eq!(session.executor().threads(), 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn new(options: SessionOptions) -> Result<Self> {
        firesteel_functions::install();
        let memory = options.memory_limit.map_or_else(MemoryPool::of_this_machine, MemoryPool::new);
        let threads = match options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let executor = Arc::new(Executor::new(threads, memory)?);
        let settings = SharedSettings::default();
        let shared = Shared {
            runtime: LocalRuntime::new(executor, Arc::new(ReaderRegistry)),
            catalog: SessionCatalog::new(&settings),
            settings,
            extensions: Mutex::default(),
            variables: Mutex::default(),
            cache: Cache::default(),
        };
        let session = Self { shared: Arc::new(shared) };
        for (key, value) in &options.settings {
            session.set(key, value)?;
        }
        if let Some(folder) = &options.data {
            for (name, path) in firesteel_datasource::tables_in(folder, &session.settings())? {
                session.register_files(&name, &FileSource::of_path(&path))?;
            }
        }
        Ok(session)
    }

    /// Runs one statement. Its rows are computed while they are fetched.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.execute_sql("CREATE TEMP VIEW t AS SELECT 1 AS a")?;
    /// assert_eq!(session.execute_sql("SELECT a FROM t")?.count_rows()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn execute_sql(&self, text: &str) -> Result<QueryResult> {
        self.execute_sql_with_params(text, ())
    }

    /// Runs a parsed statement.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let statement = firesteel::sql::parse_statement("SELECT 1 AS a")?;
    /// assert_eq!(session.execute(&statement)?.count_rows()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn execute(&self, statement: &Statement) -> Result<QueryResult> {
        match &statement.kind {
            StatementKind::Query(query) => self.query(query),
            _ => commands::execute(self, statement),
        }
    }

    /// A Parquet file, folder or pattern as a table. Reads the footers.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-register-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// session.register_parquet("numbers", &path)?;
    /// assert_eq!(session.table("numbers")?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_parquet(&self, name: &str, path: &str) -> Result<()> {
        self.register_files(name, &FileSource::of_format("parquet", path))
    }

    /// Files in any format as a table. Looks at them for columns, unless they are given.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-files-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// use firesteel::FileSource;
    ///
    /// session.range(0..3)?.write().mode("overwrite").json(&path)?;
    /// session.register_files("numbers", &FileSource::of_format("json", &path))?;
    /// assert_eq!(session.table("numbers")?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_files(&self, name: &str, source: &FileSource) -> Result<()> {
        self.shared.catalog.register_files(name, source)
    }

    /// Anything that gives a table.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::TableSource;
    ///
    /// // `register_source` makes a table of a source; of files `register_files` does.
    /// # let folder = std::env::temp_dir().join(format!("firesteel-table-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// session.register_table("numbers", firesteel::FileSource::of_path(&path).open()?);
    /// assert_eq!(session.table("numbers")?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_table(&self, name: &str, table: Arc<dyn firesteel_catalog::Table>) {
        self.shared.catalog.register(name, table);
    }

    /// Sets a value; refuses what the setting cannot read.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.set("spark.sql.session.timeZone", "Asia/Tokyo")?;
    /// assert_eq!(session.set("spark.sql.session.timeZone", "Mars").unwrap_err().condition().name, "INVALID_CONF_VALUE.TYPE_MISMATCH");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn set(&self, key: &str, value: &str) -> Result<()> {
        commands::settings::check(key, value)?;
        self.settings_mut().set(key, value);
        Ok(())
    }

    /// A copy of the settings as they are now.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.set("my.own.key", "5")?;
    /// assert_eq!(session.settings().get_text("my.own.key"), Some("5"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn settings(&self) -> Settings {
        self.settings_mut().clone()
    }

    pub(crate) fn settings_mut(&self) -> MutexGuard<'_, Settings> {
        self.shared.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn extensions(&self) -> Arc<Extensions> {
        Arc::clone(&self.shared.extensions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn extend<T>(&self, change: impl FnOnce(&mut Extensions) -> T) -> T {
        let mut extensions = self.shared.extensions.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut extensions))
    }

    pub(crate) fn variables(&self) -> MutexGuard<'_, SessionVariables> {
        self.shared.variables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.shared.cache
    }

    /// What a constant expression gives; `None` when it is none.
    pub(crate) fn constant(&self, expr: &Expr) -> Result<Option<Literal>> {
        let eval = self.eval_context();
        planning::in_context(&self.world(self.names(), &eval), |context| firesteel_analyzer::constant(expr, context))
    }

    /// An expression as messages show it.
    pub(crate) fn shown(&self, expr: &Expr) -> String {
        let eval = self.eval_context();
        planning::in_context(&self.world(self.names(), &eval), |context| firesteel_analyzer::shown(expr, context))
    }

    pub(crate) fn names(&self) -> &SessionCatalog {
        &self.shared.catalog
    }

    /// The CPU threads and the memory that queries share.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.executor().threads() > 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn executor(&self) -> &Arc<Executor> {
        self.shared.runtime.executor()
    }

    /// Plans a query without running it; every form that it goes through is there to look at.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # use firesteel_plan::parsed::StatementKind;
    /// # let session = Session::builder().get_or_create()?;
    /// let statement = firesteel::sql::parse_statement("SELECT 1 + 1 AS two")?;
    /// let StatementKind::Query(query) = statement.kind else { panic!("a query") };
    /// assert_eq!(session.plan(&query)?.analyzed.columns[0].name, "two");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn plan(&self, query: &Query) -> Result<Planned> {
        self.plan_in(query, &self.eval_context(), false)
    }

    pub(crate) fn plan_in(&self, query: &Query, eval: &Arc<EvalContext>, observe: bool) -> Result<Planned> {
        self.plan_over(self.names(), query, eval, observe)
    }

    /// Plans a query over a catalog that knows more than the session's.
    pub(crate) fn plan_over(
        &self,
        catalog: &dyn Catalog,
        query: &Query,
        eval: &Arc<EvalContext>,
        observe: bool,
    ) -> Result<Planned> {
        let catalog = Cached { session: self, catalog };
        planning::plan(query, self.world(&catalog, eval), observe)
    }

    /// Analyzes a query without planning it.
    pub(crate) fn analyze_in(&self, query: &Query, catalog: &dyn Catalog) -> Result<Analyzed> {
        let catalog = Cached { session: self, catalog };
        planning::analyze(query, &self.world(&catalog, &self.eval_context()))
    }

    fn world<'a>(&'a self, catalog: &'a dyn Catalog, eval: &Arc<EvalContext>) -> World<'a> {
        let extensions = self.extensions();
        let variables = self.variables().values();
        World { catalog, views: self.names(), extensions, variables, settings: self.settings(), eval: Arc::clone(eval) }
    }

    fn query(&self, query: &Query) -> Result<QueryResult> {
        let eval = self.eval_context();
        let planned = self.plan_in(query, &eval, false)?;
        self.run(&planned, &self.query_context(&eval))
    }

    pub(crate) fn run(&self, planned: &Planned, query: &Arc<QueryContext>) -> Result<QueryResult> {
        Ok(self.run_watched(planned, query).0)
    }

    /// Runs a query; what its stages did can be asked for.
    pub(crate) fn run_watched(&self, planned: &Planned, query: &Arc<QueryContext>) -> (QueryResult, JobHandle) {
        let columns = result::columns(&planned.analyzed);
        let settings = self.settings();
        let rest = settings.get(&ADAPTIVE_ENABLED).then(|| {
            let context = firesteel_optimizer::context(&planned.ids, &settings, &query.eval);
            Rest::new(Arc::clone(&planned.optimized), Arc::clone(&planned.physical), context)
        });
        let (stream, job) = self.shared.runtime.run(&planned.physical, rest, query);
        (QueryResult::stream(columns, stream), job)
    }

    /// What functions may know, fixed as of now.
    pub(crate) fn eval_context(&self) -> Arc<EvalContext> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Arc::new(EvalContext {
            time_zone: Arc::from(self.settings().get(&SESSION_TIME_ZONE)),
            query_time: i64::try_from(now.as_micros()).unwrap_or(i64::MAX),
            ..EvalContext::default()
        })
    }

    pub(crate) fn query_context(&self, eval: &Arc<EvalContext>) -> Arc<QueryContext> {
        let settings = self.settings();
        let executor = self.executor();
        let workers = match settings.get(&WORKERS) {
            0 => executor.threads(),
            workers => workers,
        };
        let context = QueryContext::new(Arc::clone(eval), Arc::clone(executor.memory()), workers)
            .with_batch_rows(settings.get(&BATCH_ROWS))
            .with_parallel_rows_min(settings.get(&PARALLEL_ROWS_MIN) as u64)
            .with_spill(spill_space(&settings));
        Arc::new(context)
    }
}

fn spill_space(settings: &Settings) -> SpillSpace {
    let operator_bytes_max = match settings.get(&SPILL_OPERATOR_BYTES_MAX) {
        0 => usize::MAX,
        bytes => bytes,
    };
    match settings.get(&SPILL_DIRECTORY) {
        "" => SpillSpace { operator_bytes_max, ..SpillSpace::default() },
        folder => SpillSpace { folder: folder.into(), operator_bytes_max },
    }
}
