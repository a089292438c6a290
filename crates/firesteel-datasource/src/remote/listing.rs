//! Which objects a path means. Stores have keys and no folders; what stands before a slash is taken for one.
//!
//! ```text
//! s3://b/t/year=*/{a,b}*.parquet ──braces──▶ patterns ──list below t/──▶ keys ──match──▶ objects, and folders with all below
//! s3://b/t                       ──▶ the object of that key, else all keys below t/
//! https://host/t.csv             ──▶ that object: HTTP has no listing
//! ```

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use firesteel_catalog::Split;
use firesteel_common::{Error, Result, bail, conditions, error};
use futures_core::Stream;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::location::{Kind, RemoteUrl, display, without_query};
use super::request::{Counters, Object};
use super::{Access, runtime};
use crate::listing::{Listed, PATTERN, alternatives, is_hidden};
use crate::registry;

/// What `path` stands for, as [`crate::listing::list_from`] tells it of local ones. Blocks.
pub(crate) fn list_from(path: &str, as_one: bool, access: &Arc<Access>) -> Result<Vec<Listed>> {
    let url = RemoteUrl::parse(path)?;
    let store = Store { url: url.clone(), access: Arc::clone(access) };
    if url.kind == Kind::Http {
        return Ok(vec![store.http(path)?]);
    }
    let Some(wild) = url.key.find(PATTERN) else {
        return match store.one(&url.key, url.is_folder)? {
            Some(listed) => Ok(vec![listed]),
            None => Err(not_found(path)),
        };
    };
    let mut matches = BTreeMap::new();
    for pattern in alternatives(&url.key) {
        store.matches(&pattern, &mut matches)?;
    }
    if matches.is_empty() {
        return Err(not_found(path));
    }
    if !as_one {
        return Ok(matches.into_values().collect());
    }
    let base = url.location(folder_of(&url.key[..wild]));
    let mut files: Vec<Split> = matches.into_values().flat_map(|listed| listed.files).collect();
    files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
    files.dedup_by(|a, b| a.location == b.location);
    Ok(vec![Listed { base, files }])
}

/// Names and locations of what lies directly in a folder: folders first, then objects. Blocks.
pub(crate) fn entries(path: &str, access: &Arc<Access>) -> Result<Vec<(String, String, bool)>> {
    let url = RemoteUrl::parse(path)?;
    if url.kind == Kind::Http {
        return Err(no_listing(path));
    }
    let store = Store { url, access: Arc::clone(access) };
    let (objects, folders) = store.folder(&store.url.key)?;
    if objects.is_empty() && folders.is_empty() {
        return Err(not_found(path));
    }
    let entry = |key: &str, is_folder| (name_of(key).to_owned(), store.url.location(key), is_folder);
    let folders = folders.iter().map(|key| entry(key.as_ref(), true));
    Ok(folders.chain(objects.iter().map(|meta| entry(meta.location.as_ref(), false))).collect())
}

fn not_found(path: &str) -> Error {
    error!(PATH_NOT_FOUND, path = display(path))
}

fn no_listing(path: &str) -> Error {
    let reason = "HTTP servers do not tell which files they have, so patterns and folders cannot be read from them";
    error!(CANNOT_READ_FILE, path = display(path), reason = reason)
        .hint("Name each file by its whole URL: read_files('https://…/1.parquet', 'https://…/2.parquet').")
}

fn folder_of(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name_of(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// A bucket, or a host.
struct Store {
    url: RemoteUrl,
    access: Arc<Access>,
}

impl Store {
    fn object(&self, key: &str) -> Result<Object> {
        self.access.object(&self.url.location(key))
    }

    fn http(&self, path: &str) -> Result<Listed> {
        if self.url.is_folder || without_query(path).contains(['*', '[', '{']) {
            return Err(no_listing(path));
        }
        let object = self.access.object(path)?;
        let meta = runtime::spawn(async move { object.head().await }).wait()?;
        let base = folder_of(without_query(path)).to_owned();
        Ok(Listed { base, files: vec![split(path.to_owned(), &meta)] })
    }

    /// An object, or a folder with all that is below; `None` when there is neither.
    fn one(&self, key: &str, is_folder: bool) -> Result<Option<Listed>> {
        // Who asks for a name that looks like a file's mostly means one.
        let file_first = !is_folder && registry::format_of_file(key).is_some();
        if file_first && let Some(found) = self.file(key)? {
            return Ok(Some(found));
        }
        let files = self.below(key)?;
        match files.is_empty() {
            false => Ok(Some(Listed { base: self.url.location(key), files })),
            true if file_first || is_folder => Ok(None),
            true => self.file(key),
        }
    }

    fn file(&self, key: &str) -> Result<Option<Listed>> {
        let object = self.object(key)?;
        match runtime::spawn(async move { object.head().await }).wait() {
            Ok(meta) => {
                let files = vec![split(self.url.location(key), &meta)];
                Ok(Some(Listed { base: self.url.location(folder_of(key)), files }))
            }
            Err(error) if error.is(&conditions::PATH_NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects below a folder, but for those that writers keep for themselves, sorted.
    fn below(&self, key: &str) -> Result<Vec<Split>> {
        let objects = self.keys_below(key)?;
        let mut files: Vec<Split> = objects
            .iter()
            .filter(|meta| {
                let rest = meta.location.as_ref().strip_prefix(key).unwrap_or(meta.location.as_ref());
                !rest.split('/').any(is_hidden)
            })
            .map(|meta| split(self.url.location(meta.location.as_ref()), meta))
            .collect();
        files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        Ok(files)
    }

    fn keys_below(&self, key: &str) -> Result<Vec<ObjectMeta>> {
        let object = self.object(key)?;
        let mut objects = runtime::spawn(async move { list(&object).await }).wait()?;
        objects.retain(is_file);
        Ok(objects)
    }

    /// What lies directly in a folder: objects and folders.
    fn folder(&self, key: &str) -> Result<(Vec<ObjectMeta>, Vec<Path>)> {
        let object = self.object(key)?;
        let listed = runtime::spawn(async move {
            let folder = Some(&object.key).filter(|key| !key.as_ref().is_empty());
            object.attempts(&Counters::default(), || object.store.list_with_delimiter(folder)).await
        });
        let mut listed = listed.wait()?;
        listed.objects.retain(is_file);
        Ok((listed.objects, listed.common_prefixes))
    }

    /// Adds what a pattern without braces matches, by key.
    fn matches(&self, pattern: &str, found: &mut BTreeMap<String, Listed>) -> Result<()> {
        let Some(wild) = pattern.find(PATTERN) else {
            if let Some(listed) = self.one(pattern, false)? {
                found.insert(pattern.to_owned(), listed);
            }
            return Ok(());
        };
        let folder = folder_of(&pattern[..wild]);
        let matcher = Matcher::new(pattern).ok_or_else(|| not_found(&self.url.location(pattern)))?;
        if pattern[wild..].contains('/') {
            for meta in self.keys_below(folder)? {
                let key = meta.location.as_ref();
                let Some(end) = matcher.first_match(key) else { continue };
                if key[end..].split('/').any(is_hidden) {
                    continue;
                }
                let base = if end == key.len() { folder_of(key) } else { &key[..end] };
                let listed = found
                    .entry(key[..end].to_owned())
                    .or_insert_with(|| Listed { base: self.url.location(base), files: Vec::new() });
                listed.files.push(split(self.url.location(key), &meta));
            }
            return Ok(());
        }
        // Only the last name is a pattern: what is deep below other folders need not be listed.
        let (objects, folders) = self.folder(folder)?;
        for meta in objects.iter().filter(|meta| matcher.matches(meta.location.as_ref())) {
            let key = meta.location.as_ref();
            let files = vec![split(self.url.location(key), meta)];
            found.insert(key.to_owned(), Listed { base: self.url.location(folder), files });
        }
        for key in folders.iter().map(Path::as_ref).filter(|key| matcher.matches(key)) {
            let files = self.below(key)?;
            found.insert(key.to_owned(), Listed { base: self.url.location(key), files });
        }
        Ok(())
    }
}

/// A pattern over whole keys.
struct Matcher<'p> {
    pattern: glob::Pattern,
    names: Vec<&'p str>,
}

impl<'p> Matcher<'p> {
    fn new(pattern: &'p str) -> Option<Self> {
        let compiled = glob::Pattern::new(&pattern.replace("[^", "[!")).ok()?;
        Some(Self { pattern: compiled, names: pattern.split('/').collect() })
    }

    fn matches(&self, key: &str) -> bool {
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        // A hidden name is found by spelling it only.
        let hidden = |name: &str| is_hidden(name) && !self.names.contains(&name);
        self.pattern.matches_with(key, options) && !key.split('/').any(hidden)
    }

    /// The end of the shortest front of a key that matches: a folder, or the whole.
    fn first_match(&self, key: &str) -> Option<usize> {
        let ends = key.match_indices('/').map(|(at, _)| at).chain([key.len()]);
        ends.filter(|end| *end > 0).find(|end| self.matches(&key[..*end]))
    }
}

/// Not one of the empty objects by which tools mark folders.
fn is_file(meta: &ObjectMeta) -> bool {
    let name = name_of(meta.location.as_ref());
    meta.size > 0 || (name.contains('.') && !name.ends_with("_$folder$"))
}

fn split(location: String, meta: &ObjectMeta) -> Split {
    Split {
        location: location.into(),
        length: meta.size,
        modified: meta.last_modified.timestamp_micros(),
        etag: meta.e_tag.as_deref().map(Arc::from),
        rows: None,
    }
}

/// All objects below a folder. What was listed when an attempt fails is not listed again.
async fn list(folder: &Object) -> Result<Vec<ObjectMeta>> {
    let found = Mutex::new(Vec::<ObjectMeta>::new());
    let lock = || found.lock().unwrap_or_else(PoisonError::into_inner);
    let prefix = Some(&folder.key).filter(|key| !key.as_ref().is_empty());
    let attempt = || async {
        let last = lock().last().map(|meta| meta.location.clone());
        let mut objects = match &last {
            Some(last) => folder.store.list_with_offset(prefix, last),
            None => folder.store.list(prefix),
        };
        while let Some(meta) = poll_fn(|cx| Pin::new(&mut objects).poll_next(cx)).await {
            lock().push(meta?);
        }
        Ok(())
    };
    folder.attempts(&Counters::default(), attempt).await?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Refuses what only local paths can do.
pub(crate) fn refuse(path: &str, what: &str) -> Result<()> {
    if super::is_remote(path) {
        bail!(UNSUPPORTED_FEATURE, feature = format!("{what} {}", display(path)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_keys_and_folders() {
        let first = |pattern: &str, key: &str| {
            let matcher = Matcher::new(pattern).expect("a pattern");
            matcher.first_match(key).map(|end| key[..end].to_owned())
        };
        assert_eq!(first("in/*/c?", "in/deep/c2").as_deref(), Some("in/deep/c2"));
        assert_eq!(first("i*", "in/deep/c2").as_deref(), Some("in"));
        assert_eq!(first("in/**/c*", "in/deep/er/c2").as_deref(), Some("in/deep/er/c2"));
        assert_eq!(first("in/*.csv", "in/deep/c.csv"), None);
        assert_eq!(first("*/x", "_tmp/x"), None);
        assert_eq!(first("_tmp/*", "_tmp/x").as_deref(), Some("_tmp/x"));
        assert_eq!(first("[^b]1", "a1").as_deref(), Some("a1"));
        assert_eq!(first("[^b]1", "b1"), None);
    }
}
