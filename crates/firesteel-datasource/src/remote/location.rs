//! Where an object is, taken out of a path.
//!
//! ```text
//! s3://bucket/dir/part 1.parquet       ──▶ root s3://bucket      key dir/part 1.parquet      (keys as they are: Hadoop's way)
//! https://host/a%20b.csv?signature=…   ──▶ root https://host     key a b.csv                 (as URLs are written)
//! ```

use firesteel_common::{Result, error};
use object_store::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    S3,
    Google,
    Azure,
    /// One object per URL: there is no way to list.
    Http,
}

const SCHEMES: &[(&str, Kind)] = &[
    ("s3", Kind::S3),
    ("s3a", Kind::S3),
    ("s3n", Kind::S3),
    ("gs", Kind::Google),
    ("az", Kind::Azure),
    ("abfs", Kind::Azure),
    ("abfss", Kind::Azure),
    ("http", Kind::Http),
    ("https", Kind::Http),
];

/// A path in an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteUrl {
    pub(crate) kind: Kind,
    /// Scheme and bucket, or scheme and host.
    pub(crate) root: String,
    /// What follows, without slashes around it; of HTTP decoded and without the query.
    pub(crate) key: String,
    /// Of HTTP: what follows a question mark. It may hold a signature and is shown nowhere.
    pub(crate) query: Option<String>,
    /// Whether the path ends with a slash: then it can only be a folder.
    pub(crate) is_folder: bool,
}

/// Whether a path leads into an object store.
pub(crate) fn is_remote(path: &str) -> bool {
    kind_of(path).is_some()
}

fn kind_of(path: &str) -> Option<Kind> {
    let (scheme, _) = path.split_once("://")?;
    SCHEMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(scheme)).map(|(_, kind)| *kind)
}

/// A path without what only the server reads: what is left ends in the object's name.
pub(crate) fn without_query(path: &str) -> &str {
    match kind_of(path) {
        Some(Kind::Http) => path.split(['?', '#']).next().unwrap_or(path),
        _ => path,
    }
}

/// A path as errors show it: without signatures and passwords.
pub(crate) fn display(path: &str) -> String {
    let shown = without_query(path);
    match shown.split_once("://") {
        // Of Azure the container stands there.
        Some((scheme, rest)) if kind_of(path) != Some(Kind::Azure) => {
            let (host, key) = rest.split_once('/').map_or((rest, None), |(host, key)| (host, Some(key)));
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            key.map_or_else(|| format!("{scheme}://{host}"), |key| format!("{scheme}://{host}/{key}"))
        }
        _ => shown.to_owned(),
    }
}

impl RemoteUrl {
    pub(crate) fn parse(path: &str) -> Result<Self> {
        let invalid = |reason: &str| error!(CANNOT_READ_FILE, path = display(path), reason = reason);
        let kind = kind_of(path).ok_or_else(|| invalid("it is no URL of an object store"))?;
        let (scheme, rest) = path.split_once("://").ok_or_else(|| invalid("it is no URL"))?;
        let scheme = scheme.to_ascii_lowercase();
        let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
        if without_query(authority).is_empty() {
            return Err(invalid("it names no bucket, container or host"));
        }
        if kind == Kind::Http {
            return Self::parse_http(path).ok_or_else(|| invalid("it is no valid URL"));
        }
        let key = rest.split_once('/').map_or("", |(_, key)| key);
        let is_folder = key.is_empty() || key.ends_with('/');
        let key = key.trim_matches('/').to_owned();
        Ok(Self { kind, root: format!("{scheme}://{authority}"), key, query: None, is_folder })
    }

    fn parse_http(path: &str) -> Option<Self> {
        let url = url::Url::parse(path).ok()?;
        let key = Path::from_url_path(url.path()).ok()?;
        let root = url[..url::Position::BeforePath].to_owned();
        let query = url.query().map(str::to_owned);
        Some(Self { kind: Kind::Http, root, key: key.to_string(), query, is_folder: url.path().ends_with('/') })
    }

    /// The location of another key of the same store.
    pub(crate) fn location(&self, key: &str) -> String {
        match key.is_empty() {
            true => self.root.clone(),
            false => format!("{}/{key}", self.root),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let url = RemoteUrl::parse("S3A://bucket/dir/a%20b c.parquet").expect("a URL");
        assert_eq!((url.kind, url.root.as_str(), url.key.as_str()), (Kind::S3, "s3a://bucket", "dir/a%20b c.parquet"));
        assert_eq!(url.location("x/y"), "s3a://bucket/x/y");
        let url = RemoteUrl::parse("abfss://container@account.dfs.core.windows.net/dir/").expect("a URL");
        assert_eq!((url.root.as_str(), url.key.as_str()), ("abfss://container@account.dfs.core.windows.net", "dir"));
        assert!(url.is_folder && RemoteUrl::parse("gs://bucket").expect("a URL").is_folder);
        let url = RemoteUrl::parse("https://host:8080/a%20b/c.csv.gz?sig=x/y").expect("a URL");
        assert_eq!((url.root.as_str(), url.key.as_str()), ("https://host:8080", "a b/c.csv.gz"));
        assert_eq!(url.query.as_deref(), Some("sig=x/y"));
        assert!(RemoteUrl::parse("s3:///key").is_err() && RemoteUrl::parse("http://").is_err());
        assert!(!is_remote("/data/s3://x") && !is_remote("file:///a") && !is_remote("t"));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(display("https://me:pass@host/a.csv?X-Amz-Signature=abc"), "https://host/a.csv");
        assert_eq!(display("s3a://key:secret@bucket/a@b"), "s3a://bucket/a@b");
        assert_eq!(display("abfss://c@account.dfs.core.windows.net/x"), "abfss://c@account.dfs.core.windows.net/x");
        assert_eq!(without_query("https://host/a.csv?x=b.gz"), "https://host/a.csv");
        // A question mark is a letter of keys.
        assert_eq!(without_query("s3://bucket/a?.csv"), "s3://bucket/a?.csv");
    }
}
