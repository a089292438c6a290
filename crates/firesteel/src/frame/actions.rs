//! Methods that run the query. Plain names block the thread; `…_async` twins wait on any executor.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::EvalContext;
use firesteel_plan::logical::Node;
use firesteel_plan::parsed::ExplainMode;
use serde::de::DeserializeOwned;

use super::block::Level;
use super::elsewhere::elsewhere;
use super::planning::{assemble, with_tables};
use super::stream::BatchStream;
use super::{DataFrame, names};
use crate::cache::Key;
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoValue};
use crate::commands::explain;
use crate::edge::ARROW_VIEWS;
use crate::planning::Planned;
use crate::rows::{self, Row};
use crate::session::CHECKPOINT_DIRECTORY;

impl DataFrame {
    pub(super) fn planned(&self, observe: bool) -> Result<(Planned, Arc<EvalContext>)> {
        let session = self.session();
        let (query, tables) = assemble(self)?;
        let eval = session.eval_context();
        let planned = with_tables(session, &tables, |catalog| session.plan_over(catalog, &query, &eval, observe));
        let outward = |error| if self.0.text.is_some() { error } else { names::without_places(error) };
        Ok((planned.map_err(outward)?, eval))
    }

    /// Starts the query; its rows are fetched as they are computed.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let mut rows = 0;
    /// for batch in session.range(0..5000)?.stream()? {
    ///     rows += batch?.num_rows();
    /// }
    /// assert_eq!(rows, 5000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self) -> Result<BatchStream> {
        let session = self.session();
        let (planned, eval) = self.planned(false)?;
        let result = session.run(&planned, &session.query_context(&eval))?;
        Ok(BatchStream::new(result, session.settings().get(&ARROW_VIEWS), self.0.text.is_some()))
    }

    /// As [`DataFrame::stream`]: planning, which may read files, happens on a thread of its own.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// let mut stream = session.range(0..5000)?.stream_async().await?;
    /// let mut rows = 0;
    /// while let Some(batch) = stream.next_batch().await {
    ///     rows += batch?.num_rows();
    /// }
    /// assert_eq!(rows, 5000);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn stream_async(&self) -> Result<BatchStream> {
        let frame = self.clone();
        elsewhere(move || frame.stream()).await
    }

    /// All rows, in memory.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let batches = session.sql("SELECT 'a' AS name")?.collect()?;
    /// assert_eq!(batches[0].schema().field(0).data_type(), &arrow::datatypes::DataType::Utf8);
    /// # Ok(())
    /// # }
    /// ```
    pub fn collect(&self) -> Result<Vec<RecordBatch>> {
        self.stream()?.collect()
    }

    /// All rows; dropping the future cancels the query.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..10)?;
    /// assert_eq!(frame.count_async().await?, 10);
    /// assert_eq!(frame.limit(2)?.collect_rows_async::<i64>().await?, [0, 1]);
    /// assert_eq!(frame.take_async(1).await?[0].to_string(), "[0]");
    /// assert!(!frame.is_empty_async().await?);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn collect_async(&self) -> Result<Vec<RecordBatch>> {
        let mut stream = self.stream_async().await?;
        let mut batches = Vec::new();
        while let Some(batch) = stream.next_batch().await {
            batches.push(batch?);
        }
        Ok(batches)
    }

    /// All rows as values of a type: a struct (by column names), a tuple (by position), or what one column holds.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// #[derive(serde::Deserialize, Debug, PartialEq)]
    /// struct City {
    ///     name: String,
    ///     people: Option<i64>,
    ///     founded: chrono::NaiveDate,
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT 'Ulm' AS name, 129942L AS people, DATE'0854-07-22' AS founded")?;
    /// let founded = "0854-07-22".parse().expect("a date");
    /// assert_eq!(frame.collect_rows::<City>()?, [City { name: "Ulm".into(), people: Some(129_942), founded }]);
    /// assert_eq!(frame.select("name")?.collect_rows::<String>()?, ["Ulm"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn collect_rows<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let mut out = Vec::new();
        for batch in self.stream()? {
            out.extend(rows::deserialize(&batch?)?);
        }
        Ok(out)
    }

    /// As [`DataFrame::collect_rows`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// assert_eq!(session.range(0..3)?.collect_rows_async::<i64>().await?, [0, 1, 2]);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn collect_rows_async<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let mut stream = self.stream_async().await?;
        let mut out = Vec::new();
        while let Some(batch) = stream.next_batch().await {
            out.extend(rows::deserialize(&batch?)?);
        }
        Ok(out)
    }

    fn all_rows(&self, batches: &[RecordBatch]) -> Vec<Row> {
        let types: Arc<[SqlType]> = self.output().iter().map(|column| column.data_type.clone()).collect();
        let zone = self.session().eval_context().time_zone.clone();
        batches.iter().flat_map(|batch| Row::all(batch, &types, &zone)).collect()
    }

    /// The first rows.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..4)?;
    /// assert_eq!(frame.first()?.map(|row| row.to_string()).as_deref(), Some("[0]"));
    /// assert_eq!(frame.take(2)?.len(), 2);
    /// assert_eq!(frame.tail(1)?[0].get::<i64>("id")?, 3);
    /// assert!(frame.filter("id > 9")?.head()?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn take(&self, rows: u64) -> Result<Vec<Row>> {
        Ok(self.all_rows(&self.limit(rows)?.collect()?))
    }

    /// As [`DataFrame::take`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// assert_eq!(session.range(0..3)?.take_async(2).await?.len(), 2);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn take_async(&self, rows: u64) -> Result<Vec<Row>> {
        Ok(self.all_rows(&self.limit(rows)?.collect_async().await?))
    }

    /// The first row, if there is one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(7..9)?.first()?.map(|row| row.to_string()).as_deref(), Some("[7]"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn first(&self) -> Result<Option<Row>> {
        Ok(self.take(1)?.into_iter().next())
    }

    /// As [`DataFrame::first`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// assert!(session.range(0..0)?.first_async().await?.is_none());
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn first_async(&self) -> Result<Option<Row>> {
        Ok(self.take_async(1).await?.into_iter().next())
    }

    /// The same as [`DataFrame::first`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..0)?.head()?.is_none());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn head(&self) -> Result<Option<Row>> {
        self.first()
    }

    /// The last rows. All are computed; no more than these are held.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.tail(2)?[0].to_string(), "[7]");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn tail(&self, rows: u64) -> Result<Vec<Row>> {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let (mut last, mut held) = (VecDeque::<RecordBatch>::new(), 0);
        for batch in self.stream()? {
            let batch = batch?;
            held += batch.num_rows();
            last.push_back(batch);
            while last.front().is_some_and(|first| held - first.num_rows() >= rows) {
                held -= last.pop_front().map_or(0, |first| first.num_rows());
            }
        }
        let mut out = self.all_rows(last.make_contiguous());
        Ok(out.split_off(out.len().saturating_sub(rows)))
    }

    /// How many rows there are.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.filter("id > 3")?.count()?, 5);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn count(&self) -> Result<u64> {
        single_count(&self.counting()?.collect()?)
    }

    /// As [`DataFrame::count`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// assert_eq!(session.range(0..9)?.count_async().await?, 9);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn count_async(&self) -> Result<u64> {
        single_count(&self.counting()?.collect_async().await?)
    }

    fn counting(&self) -> Result<DataFrame> {
        let mut open = self.open(Level::Where);
        let count = Column::call("count", vec![1.into_value()]).alias("count");
        open.projection = Some(vec![open.attach_item(count)?]);
        open.level = Level::Select;
        self.with_open(open)
    }

    /// Whether there is no row.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..9)?.filter("id > 9")?.is_empty()?);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.first()?.is_none())
    }

    /// As [`DataFrame::is_empty`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// assert!(!session.range(0..9)?.is_empty_async().await?);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn is_empty_async(&self) -> Result<bool> {
        Ok(self.first_async().await?.is_none())
    }

    /// Calls with each batch as it comes; an error ends the query.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let mut rows = 0;
    /// session.range(0..5000)?.foreach_batch(|batch| {
    ///     rows += batch.num_rows();
    ///     Ok(())
    /// })?;
    /// assert_eq!(rows, 5000);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn foreach_batch(&self, mut call: impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        self.stream()?.try_for_each(|batch| call(batch?))
    }

    /// As [`DataFrame::foreach_batch`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let mut rows = 0;
    /// let count = |batch: arrow::array::RecordBatch| {
    ///     rows += batch.num_rows();
    ///     Ok(())
    /// };
    /// session.range(0..5000)?.foreach_batch_async(count).await?;
    /// assert_eq!(rows, 5000);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn foreach_batch_async(&self, mut call: impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        let mut stream = self.stream_async().await?;
        while let Some(batch) = stream.next_batch().await {
            call(batch?)?;
        }
        Ok(())
    }

    /// How the query is done, in the words of SQL's EXPLAIN: `simple`, `extended`, `cost`, `formatted`, `rules`, and
    /// `analyze`, which runs it.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..9)?.limit(3)?.explain_string("simple")?.starts_with("== Physical Plan =="));
    /// # Ok(())
    /// # }
    /// ```
    pub fn explain_string(&self, mode: &str) -> Result<String> {
        let mode = explain_mode(mode)?;
        let (planned, eval) = self.planned(mode == ExplainMode::Rules)?;
        let text = match mode {
            ExplainMode::Analyze => explain::analyzed(self.session(), &planned, &eval)?,
            mode => explain::written(mode, &planned)?,
        };
        Ok(names::without_frames(&text))
    }

    /// Prints [`DataFrame::explain_string`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..9)?.limit(3)?.explain("simple")?;
    /// assert!(session.range(0..9)?.explain("poetic").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn explain(&self, mode: &str) -> Result<()> {
        println!("{}", self.explain_string(mode)?);
        Ok(())
    }

    /// Names the query in the session: SQL can use it like a table. It runs anew at each use.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// session.range(0..10)?.filter("id > 6")?.create_or_replace_temp_view("late")?;
    /// assert_eq!(session.sql("SELECT sum(id) FROM late")?.collect_rows::<i64>()?, [24]);
    /// let error = session.range(0..1)?.create_temp_view("late").unwrap_err();
    /// assert_eq!(error.condition().name, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS");
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_or_replace_temp_view(&self, name: &str) -> Result<()> {
        self.create_view(name, true)
    }

    /// As [`DataFrame::create_or_replace_temp_view`], but refuses a name that is taken.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// assert_eq!(session.sql("SELECT max(id) FROM numbers")?.collect_rows::<i64>()?, [2]);
    /// assert!(session.range(0..3)?.create_temp_view("numbers").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn create_temp_view(&self, name: &str) -> Result<()> {
        self.create_view(name, false)
    }

    fn create_view(&self, name: &str, replace: bool) -> Result<()> {
        let (query, tables) = assemble(self)?;
        self.session().cache().remove(&Key::Name(name.to_lowercase()));
        self.session().names().create_frame_view(name, query, tables, replace)
    }

    /// The files that its scans may read, each once, in the order of their names. What is pruned only at run time is among
    /// them.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let folder = std::env::temp_dir().join(format!("firesteel-input-files-{}", std::process::id()));
    /// let path = folder.join("t.csv").display().to_string();
    /// # std::fs::create_dir_all(&folder).expect("a folder");
    /// std::fs::write(&path, "1\n").expect("a file");
    /// let files = session.read().csv(&path)?;
    /// assert_eq!(files.union(&files)?.input_files()?, [path]);
    /// assert!(session.range(0..3)?.input_files()?.is_empty());
    /// # std::fs::remove_dir_all(folder).expect("removed");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn input_files(&self) -> Result<Vec<String>> {
        let (planned, _) = self.planned(false)?;
        let mut files = std::collections::BTreeSet::new();
        let mut next = vec![&planned.optimized];
        while let Some(plan) = next.pop() {
            if let Node::Relation(relation) = &plan.node
                && firesteel_datasource::is_file_format(relation.table.provider())
            {
                let source = relation.table.source();
                files.extend(source.splits.iter().map(|split| split.location.to_string()));
            }
            next.extend(plan.children());
        }
        Ok(files.into_iter().collect())
    }

    /// The rows as they are now, in memory: what is made from it does not compute them again.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let now = session.sql("SELECT 1 AS a, 'x' AS b")?.local_checkpoint()?;
    /// assert_eq!(now.filter("a = 1")?.count()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn local_checkpoint(&self) -> Result<DataFrame> {
        self.session().frame_of_result(self.stream()?)
    }

    /// The rows as they are now, in Parquet files below the folder that the setting `spark.checkpoint.dir` names. The files stay:
    /// whoever set the folder removes them.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..3)?.checkpoint().unwrap_err().to_string().contains("spark.checkpoint.dir"));
    /// # let folder = std::env::temp_dir().join(format!("firesteel-checkpoint-{}", std::process::id()));
    /// session.set("spark.checkpoint.dir", &folder.to_string_lossy())?;
    /// let kept = session.range(0..3)?.checkpoint()?;
    /// assert_eq!((kept.count()?, kept.input_files()?.is_empty()), (3, false));
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn checkpoint(&self) -> Result<DataFrame> {
        let session = self.session();
        let folder = session.settings().get(&CHECKPOINT_DIRECTORY).to_owned();
        if folder.is_empty() {
            let name = CHECKPOINT_DIRECTORY.key;
            return Err(error!(INVALID_CONF_VALUE, confValue = folder, confName = name, confType = "folder"));
        }
        let path = format!("{folder}/{}-{}", std::process::id(), super::next_id());
        self.write().parquet(&path)?;
        session.read().parquet(&path)
    }

    /// The values of the first column as literals.
    pub(crate) fn literals(&self) -> Result<Vec<Column>> {
        let mut literals = Vec::new();
        let data_type = self.output().first().map_or(SqlType::Void, |column| column.data_type.clone());
        for batch in self.collect()? {
            let Some(array) = batch.columns().first() else { continue };
            let texts = crate::display::column_text(array, &data_type, &self.session().eval_context().time_zone)?;
            literals.extend((0..array.len()).map(|row| literal(array, row, &data_type, texts[row].as_deref())));
        }
        Ok(literals)
    }
}

/// A value as a literal of its type, named as Spark names the column that a pivot makes of it.
fn literal(array: &ArrayRef, row: usize, data_type: &SqlType, text: Option<&str>) -> Column {
    let Some(text) = text else { return None::<i32>.into_value().alias("null") };
    let value = match data_type {
        SqlType::Int => array.as_primitive::<arrow::datatypes::Int32Type>().value(row).into_value(),
        SqlType::BigInt => array.as_primitive::<Int64Type>().value(row).into_value(),
        SqlType::Boolean => array.as_boolean().value(row).into_value(),
        other if other.is_string() => text.into_value(),
        other => text.into_value().cast(other.clone()),
    };
    value.alias(text)
}

fn single_count(batches: &[RecordBatch]) -> Result<u64> {
    let array = batches.iter().find(|batch| batch.num_rows() > 0).and_then(|batch| batch.columns().first());
    let count = array.map(|array| array.as_primitive::<Int64Type>().value(0));
    count.and_then(|count| u64::try_from(count).ok()).ok_or_else(|| internal!("count(1) gave no row"))
}

fn explain_mode(mode: &str) -> Result<ExplainMode> {
    Ok(match mode.to_lowercase().as_str() {
        "" | "simple" => ExplainMode::Simple,
        "extended" => ExplainMode::Extended,
        "cost" => ExplainMode::Cost,
        "formatted" => ExplainMode::Formatted,
        "codegen" => ExplainMode::Codegen,
        "rules" => ExplainMode::Rules,
        "analyze" => ExplainMode::Analyze,
        _ => {
            let hint = ": a mode of EXPLAIN is simple, extended, cost, formatted, rules or analyze";
            return Err(firesteel_common::error!(PARSE_SYNTAX_ERROR, error = format!("'{mode}'"), hint = hint));
        }
    })
}

/// Only the names of columns matter to these.
impl DataFrame {
    /// The Arrow schema of the rows.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT 1 AS id, named_struct('a', nullif('x', 'y')) AS s")?;
    /// assert_eq!(frame.columns(), ["id", "s"]);
    /// assert_eq!(frame.dtypes()[1], ("s".to_owned(), "struct<a:string>".to_owned()));
    /// assert_eq!(frame.schema().field(0).data_type(), &arrow::datatypes::DataType::Int32);
    /// let tree = "root\n |-- id: integer (nullable = false)\n |-- s: struct (nullable = false)\n \
    ///             |    |-- a: string (nullable = true)\n";
    /// assert_eq!(frame.schema_string(), tree);
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(&self) -> arrow::datatypes::SchemaRef {
        let views = self.session().settings().get(&ARROW_VIEWS);
        Arc::clone(crate::edge::Edge::new(self.output(), views).schema())
    }

    /// The names of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.sql("SELECT 1 AS a, 2 AS b")?.columns(), ["a", "b"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn columns(&self) -> Vec<&str> {
        self.output().iter().map(|column| column.name.as_str()).collect()
    }

    /// Names and types.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.dtypes(), [("id".to_owned(), "bigint".to_owned())]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn dtypes(&self) -> Vec<(String, String)> {
        self.output().iter().map(|column| (column.name.clone(), column.data_type.to_string())).collect()
    }

    /// The SQL types of the columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..1)?.types(), [SqlType::BigInt]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn types(&self) -> Vec<SqlType> {
        self.output().iter().map(|column| column.data_type.clone()).collect()
    }

    /// The one value, as a scalar subquery in an expression.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..5)?;
    /// let average = frame.agg(functions::avg("id"))?;
    /// assert_eq!(frame.filter(col("id").gt(average.scalar()))?.collect_rows::<i64>()?, [3, 4]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn scalar(&self) -> Column {
        let mut column = Column::new(firesteel_plan::parsed::ExprKind::Subquery(Box::new(self.as_subquery())));
        column.frames.push(self.clone());
        column.into_column()
    }

    /// Whether there is a row, as a condition: `EXISTS (subquery)`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let (some, none) = (session.range(0..3)?, session.range(0..0)?);
    /// assert_eq!(some.filter(some.exists())?.count()?, 3);
    /// assert_eq!(some.filter(none.exists())?.count()?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn exists(&self) -> Column {
        let mut column = Column::new(firesteel_plan::parsed::ExprKind::Exists(Box::new(self.as_subquery())));
        column.frames.push(self.clone());
        column
    }
}
