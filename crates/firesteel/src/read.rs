//! Files as DataFrames.

use firesteel_common::Result;
use firesteel_datasource::FileSource;

use crate::files;
use crate::frame::{DataFrame, Names};
use crate::session::Session;

/// Reads files: a format, options, maybe a schema, then paths. Without a format the files' names tell it.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// # let folder = std::env::temp_dir().join(format!("firesteel-read-{}", std::process::id()));
/// # let path = folder.to_string_lossy().into_owned();
/// let session = Session::builder().get_or_create()?;
/// let people = session.create_dataframe([(1, "Ann"), (2, "Bo")], ["id", "name"])?;
/// people.write().mode(SaveMode::Overwrite).option("header", true).csv(&path)?;
/// let back = session.read().option("header", true).schema("id INT, name STRING").csv(&path)?;
/// assert_eq!(back.order_by("id")?.collect_rows::<(i32, String)>()?[1], (2, "Bo".to_owned()));
///
/// people.write().mode(SaveMode::Overwrite).partition_by(["name"]).parquet(&path)?;
/// assert_eq!(session.read().parquet(&path)?.filter("name = 'Ann'")?.select("id")?.collect_rows::<i32>()?, [1]);
/// let error = people.write().parquet(&path).unwrap_err();
/// assert_eq!(error.condition().name, "PATH_ALREADY_EXISTS");
/// # let _ = std::fs::remove_dir_all(&folder);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DataFrameReader {
    session: Session,
    source: FileSource,
    schema: Option<String>,
}

impl Session {
    /// Begins to read files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-read-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().load(&path)?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn read(&self) -> DataFrameReader {
        DataFrameReader { session: self.clone(), source: FileSource::default(), schema: None }
    }
}

impl DataFrameReader {
    /// `parquet`, `csv`, `json`, `text`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-format-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a' AS line")?.write().mode("overwrite").text(&path)?;
    /// assert_eq!(session.read().format("text").load(&path)?.columns(), ["value"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn format(mut self, format: &str) -> Self {
        self.source.format = Some(format.to_owned());
        self
    }

    /// One of Spark's options of the format.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-option-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a;b' AS line")?.write().mode("overwrite").text(&path)?;
    /// assert_eq!(session.read().option("sep", ";").csv(&path)?.columns(), ["_c0", "_c1"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn option(mut self, key: &str, value: impl ToString) -> Self {
        self.source.options.set(key, value.to_string());
        self
    }

    /// Several options.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-options-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT explode(array('x;y', '1;2')) AS line")?.write().mode("overwrite").text(&path)?;
    /// let read = session.read().options([("sep", ";"), ("header", "true")]).csv(&path)?;
    /// assert_eq!(read.columns(), ["x", "y"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn options<'o>(self, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Self {
        options.into_iter().fold(self, |reader, (key, value)| reader.option(key, value))
    }

    /// The columns (`id INT, name STRING`), where they are not to be learned from the files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-schema-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").csv(&path)?;
    /// assert_eq!(session.read().schema("n SMALLINT").csv(&path)?.collect_rows::<i16>()?, [0, 1, 2]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn schema(mut self, schema: &str) -> Self {
        self.schema = Some(schema.to_owned());
        self
    }

    /// Files, folders, or patterns.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-load-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// for part in ["a", "b"] {
    ///     session.range(0..3)?.write().mode("overwrite").parquet(&format!("{path}/{part}"))?;
    /// }
    /// assert_eq!(session.read().format("parquet").load([&format!("{path}/a"), &format!("{path}/b")].map(String::as_str))?.count()?, 6);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn load(self, paths: impl Names) -> Result<DataFrame> {
        let mut source = self.source;
        source.paths = paths.into_names();
        // Without a format everything is found out; with one, options and Spark's defaults count.
        source.sniff = source.format.is_none();
        if let Some(schema) = &self.schema {
            source.schema = Some(files::parse_schema(schema)?);
        }
        self.session.frame_of_table(source.open_in(&self.session.settings())?)
    }

    /// Parquet files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-parquet-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// assert_eq!(session.read().parquet(&path)?.collect_rows::<i64>()?, [0, 1, 2]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn parquet(self, paths: impl Names) -> Result<DataFrame> {
        self.format("parquet").load(paths)
    }

    /// CSV files.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-csv-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 1 AS a, 'x' AS b")?.write().mode("overwrite").csv(&path)?;
    /// assert_eq!(session.read().schema("a INT, b STRING").csv(&path)?.take(1)?[0].to_string(), "[1, x]");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn csv(self, paths: impl Names) -> Result<DataFrame> {
        self.format("csv").load(paths)
    }

    /// Files of JSON, an object a line.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-json-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT named_struct('x', 1) AS s")?.write().mode("overwrite").json(&path)?;
    /// assert_eq!(session.read().json(&path)?.select("s.x")?.collect_rows::<i64>()?, [1]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn json(self, paths: impl Names) -> Result<DataFrame> {
        self.format("json").load(paths)
    }

    /// A row per line, in the column `value`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-read-text-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.sql("SELECT 'a line' AS line")?.write().mode("overwrite").text(&path)?;
    /// assert_eq!(session.read().text(&path)?.collect_rows::<String>()?, ["a line"]);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn text(self, paths: impl Names) -> Result<DataFrame> {
        self.format("text").load(paths)
    }

    /// The same as [`Session::table`].
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// assert_eq!(session.read().table("numbers")?.count()?, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn table(self, name: &str) -> Result<DataFrame> {
        self.session.table(name)
    }
}
