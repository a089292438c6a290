//! Actions awaited: each does what its blocking twin does, on a thread of its own, and waits on any executor.
//!
//! ```text
//! frame.show(3)             blocks
//! frame.show_async(3)       ──elsewhere──▶ frame.show(3)
//! ```
//! Those that only gather rows (`collect_async`, `count_async`, …) stand beside their twins in `actions`: they plan elsewhere and
//! await batches, so that dropping the future cancels the query.

use firesteel_common::Result;

use super::elsewhere::elsewhere;
use super::{DataFrame, DataFrameStat, DataFrameWriter, ShowOptions};
use crate::parameters::IntoParameters;
use crate::rows::Row;
use crate::session::Session;

impl DataFrame {
    async fn awaited<T: Send + 'static>(
        &self,
        action: impl FnOnce(&DataFrame) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let own = self.clone();
        elsewhere(move || action(&own)).await
    }

    /// As [`DataFrame::head`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(7..9)?.head_async().await?.map(|row| row.to_string()).as_deref(), Some("[7]"));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn head_async(&self) -> Result<Option<Row>> {
        self.first_async().await
    }

    /// As [`DataFrame::tail`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..9)?.tail_async(1).await?[0].to_string(), "[8]");
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn tail_async(&self, rows: u64) -> Result<Vec<Row>> {
        self.awaited(move |frame| frame.tail(rows)).await
    }

    /// As [`DataFrame::show`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.show_async(2).await?;
    /// assert_eq!(session.range(0..3)?.count_async().await?, 3);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn show_async(&self, rows: u64) -> Result<()> {
        self.awaited(move |frame| frame.show(rows)).await
    }

    /// As [`DataFrame::show_with`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.show_with_async(&ShowOptions { rows: 1, ..ShowOptions::default() }).await?;
    /// assert_eq!(session.range(0..3)?.count_async().await?, 3);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn show_with_async(&self, options: &ShowOptions) -> Result<()> {
        let options = *options;
        self.awaited(move |frame| frame.show_with(&options)).await
    }

    /// As [`DataFrame::to_string`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..3)?.to_string_async(2).await?.starts_with("+---+\n| id|"));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn to_string_async(&self, rows: u64) -> Result<String> {
        self.awaited(move |frame| frame.to_string(rows)).await
    }

    /// As [`DataFrame::show_string`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let text = session.range(0..1)?.show_string_async(&ShowOptions::default()).await?;
    /// assert_eq!(text, "+---+\n| id|\n+---+\n|  0|\n+---+\n");
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn show_string_async(&self, options: &ShowOptions) -> Result<String> {
        let options = *options;
        self.awaited(move |frame| frame.show_string(&options)).await
    }

    /// As [`DataFrame::explain`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.explain_async("analyze").await?;
    /// assert!(session.range(0..3)?.explain_async("poetic").await.is_err());
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn explain_async(&self, mode: &str) -> Result<()> {
        let mode = mode.to_owned();
        self.awaited(move |frame| frame.explain(&mode)).await
    }

    /// As [`DataFrame::explain_string`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..3)?.explain_string_async("analyze").await?.contains("Rows: 3"));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn explain_string_async(&self, mode: &str) -> Result<String> {
        let mode = mode.to_owned();
        self.awaited(move |frame| frame.explain_string(&mode)).await
    }

    /// As [`DataFrame::input_files`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.range(0..3)?.input_files_async().await?.is_empty());
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn input_files_async(&self) -> Result<Vec<String>> {
        self.awaited(DataFrame::input_files).await
    }

    /// As [`DataFrame::checkpoint`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-checkpoint-async-{}", std::process::id()));
    /// session.set("spark.checkpoint.dir", &folder.to_string_lossy())?;
    /// assert_eq!(session.range(0..3)?.checkpoint_async().await?.count_async().await?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn checkpoint_async(&self) -> Result<DataFrame> {
        self.awaited(DataFrame::checkpoint).await
    }

    /// As [`DataFrame::local_checkpoint`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(0..3)?.local_checkpoint_async().await?.count_async().await?, 3);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn local_checkpoint_async(&self) -> Result<DataFrame> {
        self.awaited(DataFrame::local_checkpoint).await
    }
}

impl DataFrameWriter {
    /// As [`DataFrameWriter::save`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-await-save-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").format("json").save_async(&path).await?;
    /// assert_eq!(session.read().json(&path)?.count_async().await?, 1);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn save_async(self, path: &str) -> Result<()> {
        let path = path.to_owned();
        elsewhere(move || self.save(&path)).await
    }

    /// As [`DataFrameWriter::parquet`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-await-parquet-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").parquet_async(&path).await?;
    /// assert_eq!(session.read().parquet(&path)?.count_async().await?, 1);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn parquet_async(self, path: &str) -> Result<()> {
        self.format("parquet").save_async(path).await
    }

    /// As [`DataFrameWriter::csv`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-await-csv-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").csv_async(&path).await?;
    /// assert_eq!(session.read().csv(&path)?.count_async().await?, 1);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn csv_async(self, path: &str) -> Result<()> {
        self.format("csv").save_async(path).await
    }

    /// As [`DataFrameWriter::json`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-await-json-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").json_async(&path).await?;
    /// assert_eq!(session.read().json(&path)?.count_async().await?, 1);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn json_async(self, path: &str) -> Result<()> {
        self.format("json").save_async(path).await
    }

    /// As [`DataFrameWriter::text`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-await-text-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").text_async(&path).await?;
    /// assert_eq!(session.read().text(&path)?.count_async().await?, 1);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn text_async(self, path: &str) -> Result<()> {
        self.format("text").save_async(path).await
    }
}

impl DataFrameStat {
    async fn awaited<T: Send + 'static>(
        &self,
        action: impl FnOnce(&DataFrameStat) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let own = self.clone();
        elsewhere(move || action(&own)).await
    }

    /// As [`DataFrameStat::corr`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let points = session.create_dataframe([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], ["x", "y"])?;
    /// assert_eq!(points.stat().corr_async("x", "y").await?, Some(1.0));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn corr_async(&self, left: &str, right: &str) -> Result<Option<f64>> {
        let (left, right) = (left.to_owned(), right.to_owned());
        self.awaited(move |stat| stat.corr(&left, &right)).await
    }

    /// As [`DataFrameStat::cov`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let points = session.create_dataframe([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], ["x", "y"])?;
    /// assert_eq!(points.stat().cov_async("x", "x").await?, Some(1.0));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn cov_async(&self, left: &str, right: &str) -> Result<Option<f64>> {
        let (left, right) = (left.to_owned(), right.to_owned());
        self.awaited(move |stat| stat.cov(&left, &right)).await
    }

    /// As [`DataFrameStat::crosstab`], awaited: the values of the second column become columns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let pairs = session.create_dataframe([("a", 1), ("b", 2)], ["k", "n"])?;
    /// assert_eq!(pairs.stat().crosstab_async("k", "n").await?.columns(), ["k_n", "1", "2"]);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn crosstab_async(&self, left: &str, right: &str) -> Result<DataFrame> {
        let (left, right) = (left.to_owned(), right.to_owned());
        self.awaited(move |stat| stat.crosstab(&left, &right)).await
    }

    /// As [`DataFrameStat::approx_quantile`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let half = session.range(1..101)?.stat().approx_quantile_async("id", &[0.5], 10_000).await?;
    /// assert_eq!(half, [50.0]);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn approx_quantile_async(&self, column: &str, probabilities: &[f64], accuracy: i32) -> Result<Vec<f64>> {
        let (column, probabilities) = (column.to_owned(), probabilities.to_vec());
        self.awaited(move |stat| stat.approx_quantile(&column, &probabilities, accuracy)).await
    }
}

impl Session {
    /// As [`Session::sql`], awaited: files are looked at, and statements that are no queries run, on a thread of their own.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// session.sql_async("CREATE TEMP VIEW t AS SELECT 1 AS a").await?;
    /// assert_eq!(session.sql_async("SELECT a FROM t").await?.collect_rows_async::<i32>().await?, [1]);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn sql_async(&self, text: &str) -> Result<DataFrame> {
        let (session, text) = (self.clone(), text.to_owned());
        elsewhere(move || session.sql(&text)).await
    }

    /// As [`Session::sql_with_params`], awaited.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    /// # runtime.block_on(async {
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.sql_with_async("SELECT ? + 1", [2]).await?;
    /// assert_eq!(frame.collect_rows_async::<i32>().await?, [3]);
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub async fn sql_with_async(
        &self,
        text: &str,
        parameters: impl IntoParameters + Send + 'static,
    ) -> Result<DataFrame> {
        let (session, text) = (self.clone(), text.to_owned());
        elsewhere(move || session.sql_with_params(&text, parameters)).await
    }
}
