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
    pub fn read(&self) -> DataFrameReader {
        DataFrameReader { session: self.clone(), source: FileSource::default(), schema: None }
    }
}

impl DataFrameReader {
    /// `parquet`, `csv`, `json`, `text`.
    pub fn format(mut self, format: &str) -> Self {
        self.source.format = Some(format.to_owned());
        self
    }

    /// One of Spark's options of the format.
    pub fn option(mut self, key: &str, value: impl ToString) -> Self {
        self.source.options.set(key, value.to_string());
        self
    }

    pub fn options<'o>(self, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Self {
        options.into_iter().fold(self, |reader, (key, value)| reader.option(key, value))
    }

    /// The columns (`id INT, name STRING`), where they are not to be learned from the files.
    pub fn schema(mut self, schema: &str) -> Self {
        self.schema = Some(schema.to_owned());
        self
    }

    /// Files, folders, or patterns.
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

    pub fn parquet(self, paths: impl Names) -> Result<DataFrame> {
        self.format("parquet").load(paths)
    }

    pub fn csv(self, paths: impl Names) -> Result<DataFrame> {
        self.format("csv").load(paths)
    }

    pub fn json(self, paths: impl Names) -> Result<DataFrame> {
        self.format("json").load(paths)
    }

    /// A row per line, in the column `value`.
    pub fn text(self, paths: impl Names) -> Result<DataFrame> {
        self.format("text").load(paths)
    }

    /// The same as [`Session::table`].
    pub fn table(self, name: &str) -> Result<DataFrame> {
        self.session.table(name)
    }
}
