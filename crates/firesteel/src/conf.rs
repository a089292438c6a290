//! A session's settings and names, as programs see them.

use firesteel_catalog::Catalog as _;
use firesteel_catalog::catalog::Listing;
use firesteel_common::{Result, error};

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
    pub fn conf(&self) -> RuntimeConf {
        RuntimeConf { session: self.clone() }
    }

    pub fn catalog(&self) -> SessionNames {
        SessionNames { session: self.clone() }
    }

    /// The engine's version.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

impl RuntimeConf {
    /// What was set, or the setting's default.
    pub fn get(&self, key: &str) -> Result<String> {
        let set = self.session.settings().get_text(key).map(str::to_owned);
        set.or_else(|| commands::settings::default_of(key)).ok_or_else(|| error!(SQL_CONF_NOT_FOUND, sqlConf = key))
    }

    /// What was set, or the setting's default, or else `other`.
    pub fn get_or(&self, key: &str, other: &str) -> String {
        self.get(key).unwrap_or_else(|_| other.to_owned())
    }

    pub fn set(&self, key: &str, value: impl ToString) -> Result<()> {
        self.session.set(key, &value.to_string())
    }

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
    pub fn list_tables(&self) -> Result<Vec<Listing>> {
        self.session.names().list()
    }

    pub fn table_exists(&self, name: &str) -> Result<bool> {
        let parts = crate::column::name_parts(name).unwrap_or_default();
        let parts: Vec<String> = parts.into_iter().map(|part| part.value).collect();
        Ok(self.session.names().lookup(&parts)?.is_some())
    }

    pub fn list_columns(&self, table: &str) -> Result<Vec<crate::result::Column>> {
        Ok(self.session.table(table)?.output().to_vec())
    }

    /// Whether there was one.
    pub fn drop_temp_view(&self, name: &str) -> bool {
        self.session.names().names.drop_view(name)
    }

    pub fn list_functions(&self) -> Vec<String> {
        let mut names = firesteel_expr::registry::function_names();
        names.extend(self.session.extensions().functions.names());
        names.sort_unstable();
        names
    }

    pub fn function_exists(&self, name: &str) -> bool {
        let own = &self.session.extensions().functions;
        let known =
            firesteel_expr::registry::scalar(name).is_some() || firesteel_expr::registry::aggregate(name).is_some();
        known || own.scalar(name).is_some() || own.aggregate(name).is_some()
    }
}
