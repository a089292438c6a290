//! A session's settings and names, as programs see them.

use firesteel_catalog::Catalog as _;
use firesteel_catalog::catalog::Listing;
use firesteel_common::{Result, error};

use crate::cache::{Key, key_of};
use crate::commands;
use crate::session::Session;

/// The settings of a session.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let conf = session.conf();
/// conf.set("spark.sql.session.timeZone", "Asia/Tokyo")?;
/// assert_eq!(conf.get("spark.sql.session.timeZone")?, "Asia/Tokyo");
/// assert_eq!(conf.get_or("my.own.key", "none"), "none");
/// conf.unset("spark.sql.session.timeZone");
/// assert_eq!(conf.get("spark.sql.session.timeZone")?, "UTC");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RuntimeConf {
    session: Session,
}

impl Session {
    /// The settings.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.conf().set("spark.sql.session.timeZone", "Europe/Berlin")?;
    /// assert_eq!(session.sql("SELECT current_timezone()")?.collect_rows::<String>()?, ["Europe/Berlin"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn conf(&self) -> RuntimeConf {
        RuntimeConf { session: self.clone() }
    }

    /// The names that the session knows.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// assert!(session.catalog().table_exists("numbers")?);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn catalog(&self) -> SessionNames {
        SessionNames { session: self.clone() }
    }

    /// The engine's version.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.version().split('.').count(), 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

impl RuntimeConf {
    /// What was set, or the setting's default.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.conf().get("spark.sql.session.timeZone")?, "UTC");
    /// assert_eq!(session.conf().get("nobody.knows").unwrap_err().condition().name, "SQL_CONF_NOT_FOUND");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get(&self, key: &str) -> Result<String> {
        let set = self.session.settings().get_text(key).map(str::to_owned);
        set.or_else(|| commands::settings::default_of(key)).ok_or_else(|| error!(SQL_CONF_NOT_FOUND, sqlConf = key))
    }

    /// What was set, or the setting's default, or else `other`.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.conf().get_or("nobody.knows", "this"), "this");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get_or(&self, key: &str, other: &str) -> String {
        self.get(key).unwrap_or_else(|_| other.to_owned())
    }

    /// Sets a value; refuses what the setting cannot read.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.conf().set("my.own.key", 5)?;
    /// assert_eq!(session.conf().get("my.own.key")?, "5");
    /// assert!(session.conf().set("spark.sql.session.timeZone", "Mars").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn set(&self, key: &str, value: impl ToString) -> Result<()> {
        self.session.set(key, &value.to_string())
    }

    /// Forgets what was set.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.conf().set("my.own.key", 5)?;
    /// session.conf().unset("my.own.key");
    /// assert!(session.conf().get("my.own.key").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn unset(&self, key: &str) {
        self.session.settings_mut().reset(key);
    }
}

/// The tables, views and functions that a session knows.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// session.range(0..3)?.create_or_replace_temp_view("numbers")?;
/// let catalog = session.catalog();
/// assert!(catalog.table_exists("NUMBERS")? && !catalog.table_exists("letters")?);
/// assert_eq!(catalog.list_tables()?[0].name, "numbers");
/// assert_eq!(catalog.list_columns("numbers")?[0].name, "id");
/// assert!(catalog.function_exists("upper"));
/// assert!(catalog.drop_temp_view("numbers") && !catalog.drop_temp_view("numbers"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionNames {
    session: Session,
}

impl SessionNames {
    /// Tables and views, by name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// let tables = session.catalog().list_tables()?;
    /// assert_eq!((tables[0].name.as_str(), tables[0].temporary), ("numbers", true));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn list_tables(&self) -> Result<Vec<Listing>> {
        self.session.names().list()
    }

    /// Whether a table or view has that name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(!session.catalog().table_exists("numbers")?);
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// assert!(session.catalog().table_exists("Numbers")?);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn table_exists(&self, name: &str) -> Result<bool> {
        let parts = crate::column::name_parts(name).unwrap_or_default();
        let parts: Vec<String> = parts.into_iter().map(|part| part.value).collect();
        Ok(self.session.names().lookup(&parts)?.is_some())
    }

    /// The columns of a table or view.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// let columns = session.catalog().list_columns("numbers")?;
    /// assert_eq!((columns[0].name.as_str(), &columns[0].data_type), ("id", &SqlType::BigInt));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn list_columns(&self, table: &str) -> Result<Vec<crate::result::Column>> {
        Ok(self.session.table(table)?.output().to_vec())
    }

    /// Whether there was one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// assert!(session.catalog().drop_temp_view("numbers"));
    /// assert!(!session.catalog().drop_temp_view("numbers"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_temp_view(&self, name: &str) -> bool {
        self.session.cache().remove(&Key::Name(name.to_lowercase()));
        self.session.names().names.drop_view(name)
    }

    /// Keeps the rows of a table or view in memory from its next use on, as CACHE LAZY TABLE does.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_temp_view("numbers")?;
    /// session.catalog().cache_table("numbers")?;
    /// assert!(session.catalog().is_cached("numbers"));
    /// assert_eq!(session.table("numbers")?.count()?, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cache_table(&self, name: &str) -> Result<()> {
        self.session.sql_with_params("CACHE LAZY TABLE IDENTIFIER(:name)", [("name", name)]).map(|_| ())
    }

    /// Forgets the rows that are kept of a table or view.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.sql("CACHE TABLE one AS SELECT 1 AS a")?;
    /// session.catalog().uncache_table("one")?;
    /// assert!(!session.catalog().is_cached("one"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn uncache_table(&self, name: &str) -> Result<()> {
        self.session.sql_with_params("UNCACHE TABLE IDENTIFIER(:name)", [("name", name)]).map(|_| ())
    }

    /// Whether the rows of a table or view are kept.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.sql("CACHE TABLE one AS SELECT 1 AS a")?;
    /// assert!(session.catalog().is_cached("one") && !session.catalog().is_cached("two"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn is_cached(&self, name: &str) -> bool {
        let parts = crate::column::name_parts(name).unwrap_or_default();
        let parts: Vec<String> = parts.into_iter().map(|part| part.value).collect();
        key_of(&parts).is_some_and(|key| self.session.cache().contains(&key))
    }

    /// Forgets all rows that are kept, those of DataFrames too.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let frame = session.range(0..3)?.cache();
    /// session.catalog().clear_cache();
    /// assert!(!frame.is_cached());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn clear_cache(&self) {
        self.session.cache().clear();
    }

    /// The names of all functions, those of the session included.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.catalog().list_functions().iter().any(|name| name == "upper"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn list_functions(&self) -> Vec<String> {
        let mut names = firesteel_expr::registry::function_names();
        names.extend(self.session.extensions().functions.names());
        names.sort_unstable();
        names
    }

    /// Whether a function has that name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert!(session.catalog().function_exists("upper") && !session.catalog().function_exists("uppper"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn function_exists(&self, name: &str) -> bool {
        let own = &self.session.extensions().functions;
        let known =
            firesteel_expr::registry::scalar(name).is_some() || firesteel_expr::registry::aggregate(name).is_some();
        known || own.scalar(name).is_some() || own.aggregate(name).is_some()
    }
}
