//! How sessions are made.

use firesteel_common::{Result, error};

use crate::session::{Session, SessionOptions};

/// What a session shall be; every method may be left out.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder()
///     .app_name("report")
///     .master("local[2]")
///     .config("spark.sql.session.timeZone", "Europe/Berlin")
///     .get_or_create()?;
/// assert_eq!(session.conf().get("spark.sql.session.timeZone")?, "Europe/Berlin");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct SessionBuilder {
    master: Option<String>,
    options: SessionOptions,
}

impl Session {
    /// Begins a session.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let session = Session::builder().master("local[1]").get_or_create()?;
    /// assert_eq!(session.sql("SELECT 1 AS one")?.collect_rows::<i32>()?, [1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }
}

impl SessionBuilder {
    /// Where queries run: `local` (one thread), `local[4]`, `local[*]` (a thread per core, the default).
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let session = Session::builder().master("local[2]").get_or_create()?;
    /// assert_eq!(session.executor().threads(), 2);
    /// assert!(Session::builder().master("yarn").get_or_create().is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn master(mut self, master: &str) -> Self {
        self.master = Some(master.to_owned());
        self
    }

    /// For people who read logs.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let session = Session::builder().app_name("nightly").get_or_create()?;
    /// assert_eq!(session.conf().get_or("spark.app.name", "none"), "nightly");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn app_name(self, name: &str) -> Self {
        self.config("spark.app.name", name)
    }

    /// Sets a value, as SQL's SET does.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let session = Session::builder().config("spark.sql.session.timeZone", "Asia/Tokyo").get_or_create()?;
    /// assert_eq!(session.conf().get("spark.sql.session.timeZone")?, "Asia/Tokyo");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn config(mut self, key: &str, value: impl ToString) -> Self {
        self.options.settings.push((key.to_owned(), value.to_string()));
        self
    }

    /// Bytes that queries may hold.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let session = Session::builder().memory_limit(64 << 20).get_or_create()?;
    /// assert_eq!(session.executor().memory().limit(), 64 << 20);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.options.memory_limit = Some(bytes);
        self
    }

    /// Each Parquet file or folder in here becomes a table of its name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-data-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// # let writer = Session::builder().get_or_create()?;
    /// # writer.range(0..3)?.write().mode("overwrite").parquet(&format!("{path}/numbers"))?;
    /// let session = Session::builder().data(&path).get_or_create()?;
    /// assert_eq!(session.table("numbers")?.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn data(mut self, folder: &str) -> Self {
        self.options.data = Some(folder.to_owned());
        self
    }

    /// A new session. Sessions share nothing: what one registers, the other does not see.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// let (one, other) = (Session::builder().get_or_create()?, Session::builder().get_or_create()?);
    /// one.range(0..3)?.create_temp_view("numbers")?;
    /// assert!(one.table("numbers").is_ok() && other.table("numbers").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn get_or_create(self) -> Result<Session> {
        let mut options = self.options;
        if let Some(master) = &self.master {
            options.threads = threads(master)?;
        }
        Session::new(options)
    }
}

/// 0 for a thread per core.
fn threads(master: &str) -> Result<usize> {
    let invalid = || error!(INVALID_CONF_VALUE, confValue = master, confName = "spark.master", confType = "master");
    match master.strip_prefix("local") {
        Some("") => Ok(1),
        Some(threads) => {
            let threads = threads.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or_else(invalid)?;
            match threads {
                "*" => Ok(0),
                number => number.parse().ok().filter(|threads| *threads > 0).ok_or_else(invalid),
            }
        }
        None => Err(error!(UNSUPPORTED_FEATURE, feature = format!("the master {master} (what there is: local[n])"))),
    }
}

#[cfg(test)]
mod tests {
    use super::threads;

    #[test]
    fn masters() {
        assert_eq!(threads("local[*]").ok(), Some(0));
        assert_eq!((threads("local").ok(), threads("local[3]").ok()), (Some(1), Some(3)));
        assert!(["local[0]", "local[x]", "localhost", "yarn"].into_iter().all(|master| threads(master).is_err()));
    }
}
