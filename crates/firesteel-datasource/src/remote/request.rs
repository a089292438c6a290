//! Requests, tried again as long as that may help.
//!
//! ```text
//! attempt ──ok──▶ value
//!    └─ 5xx, 429, a reset, silence, a body that breaks off ──▶ wait: 50 ms, doubled, jittered ──▶ attempt …, at most so often
//!    └─ 404, 403, anything else that stays as it is ──▶ the error, at once
//! ```

use std::error::Error as StdError;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use firesteel_common::{Error, Result, error, internal};
use firesteel_exec::metrics::OperatorMetrics;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore};

use super::access::Access;
use super::location::{Kind, RemoteUrl, display};
use super::settings::{ATTEMPTS, PARALLEL_REQUESTS};
use super::wire::{Seen, observed};

/// The first pause; each further one is twice as long, up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What this process has asked of object stores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemoteTotals {
    pub requests: u64,
    pub bytes: u64,
    pub retries: u64,
}

static REQUESTS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static RETRIES: AtomicU64 = AtomicU64::new(0);

/// What this process has asked of object stores so far.
pub fn totals() -> RemoteTotals {
    RemoteTotals { requests: REQUESTS.load(Relaxed), bytes: BYTES.load(Relaxed), retries: RETRIES.load(Relaxed) }
}

/// On whose account requests go: a scan's, or nobody's while planning.
#[derive(Clone, Default)]
pub(crate) struct Counters(Option<Arc<OperatorMetrics>>);

impl Counters {
    pub(crate) fn of(metrics: &Arc<OperatorMetrics>) -> Self {
        Self(Some(Arc::clone(metrics)))
    }

    fn add_requests(&self, requests: u64) {
        REQUESTS.fetch_add(requests, Relaxed);
        if let Some(metrics) = &self.0 {
            metrics.add_requests(requests as usize);
        }
    }

    fn add_retry(&self) {
        RETRIES.fetch_add(1, Relaxed);
        if let Some(metrics) = &self.0 {
            metrics.add_retries(1);
        }
    }

    fn add_bytes(&self, bytes: usize) {
        BYTES.fetch_add(bytes as u64, Relaxed);
        if let Some(metrics) = &self.0 {
            metrics.add_bytes(bytes);
        }
    }
}

/// An object or a folder of a store, and how to ask for it.
#[derive(Clone)]
pub(crate) struct Object {
    /// As errors show it.
    shown: Arc<str>,
    kind: Kind,
    pub(super) key: Path,
    pub(super) store: Arc<dyn ObjectStore>,
    access: Arc<Access>,
}

impl Object {
    pub(super) fn new(
        path: &str,
        url: &RemoteUrl,
        key: Path,
        store: Arc<dyn ObjectStore>,
        access: Arc<Access>,
    ) -> Self {
        Self { shown: display(path).into(), kind: url.kind, key, store, access }
    }

    /// A range of the object's bytes.
    pub(crate) async fn get(&self, range: Range<u64>, etag: Option<&str>, counters: &Counters) -> Result<Bytes> {
        let wanted = range.end.saturating_sub(range.start);
        let bytes = self
            .attempts(counters, || async {
                let options = GetOptions {
                    range: Some(GetRange::Bounded(range.clone())),
                    if_match: etag.and_then(strong),
                    ..GetOptions::default()
                };
                let bytes = self.store.get_opts(&self.key, options).await?.bytes().await?;
                match bytes.len() as u64 == wanted {
                    true => Ok(bytes),
                    false => Err(short(bytes.len(), wanted)),
                }
            })
            .await?;
        counters.add_bytes(bytes.len());
        Ok(bytes)
    }

    /// Length and version. Of HTTP from the answer to a request for one byte: URLs that are signed for GET refuse HEAD.
    pub(super) async fn head(&self) -> Result<ObjectMeta> {
        self.attempts(&Counters::default(), || async {
            let options = match self.kind {
                Kind::Http => GetOptions { range: Some(GetRange::Bounded(0..1)), ..GetOptions::default() },
                _ => GetOptions { head: true, ..GetOptions::default() },
            };
            Ok(self.store.get_opts(&self.key, options).await?.meta)
        })
        .await
    }

    /// Tries until it works, or cannot.
    pub(super) async fn attempts<T, F>(&self, counters: &Counters, mut attempt: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        let began = Instant::now();
        let mut tried = 0;
        loop {
            let permit = self.access.permits().acquire().await;
            let permit = permit.map_err(|_| internal!("no permits for requests to {}", self.shown))?;
            let (result, seen) = observed(attempt()).await;
            drop(permit);
            tried += 1;
            counters.add_requests(seen.requests);
            let failure = match result {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if !may_help(&failure, seen) {
                return Err(self.refused(&failure, seen));
            }
            if tried >= self.access.attempts() {
                return Err(self.exhausted(&failure, seen, tried, began.elapsed()));
            }
            counters.add_retry();
            tokio::time::sleep(pause(tried)).await;
        }
    }

    fn unreadable(&self, reason: impl Into<String>) -> Error {
        error!(CANNOT_READ_FILE, path = self.shown.as_ref(), reason = reason.into())
    }

    /// An answer that would be the same next time.
    fn refused(&self, failure: &object_store::Error, seen: Seen) -> Error {
        let said = said(failure, seen);
        match failure {
            _ if seen.for_credentials => {
                self.unreadable(format!("there are no credentials for it ({said})")).hint(which_credentials(self.kind))
            }
            object_store::Error::NotFound { .. } => error!(PATH_NOT_FOUND, path = self.shown.as_ref()),
            _ if matches!(seen.status, Some(401 | 403)) => {
                self.unreadable(format!("access was denied: {said}")).hint(which_credentials(self.kind))
            }
            object_store::Error::Precondition { .. } => {
                self.unreadable("it has changed since the query was planned").hint("Run the query again.")
            }
            _ if seen.status == Some(200) => self
                .unreadable("its server does not give parts of files (it ignores the header Range)")
                .hint("Download the file, and read the copy."),
            _ if seen.status.is_some_and(|status| status / 100 == 3) && self.kind == Kind::S3 => self
                .unreadable(format!("the bucket is elsewhere: {said}"))
                .hint("Set fs.s3a.endpoint.region to the bucket's region."),
            _ => self.unreadable(said),
        }
    }

    fn exhausted(&self, failure: &object_store::Error, seen: Seen, tried: usize, took: Duration) -> Error {
        let said = said(failure, seen);
        let times = if tried == 1 { "once".to_owned() } else { format!("{tried} times") };
        self.unreadable(format!("{said}; tried {times} in {:.1} s", took.as_secs_f64())).hint(format!(
            "The store is overloaded, or the network fails. Run the query again later, lower {} so that less is asked \
             for at once, or raise {}.",
            PARALLEL_REQUESTS.key, ATTEMPTS.key
        ))
    }
}

/// An etag as If-Match wants it; weak ones match nothing, and some lists leave the quotes out.
fn strong(etag: &str) -> Option<String> {
    match etag {
        _ if etag.starts_with("W/") => None,
        _ if etag.starts_with('"') => Some(etag.to_owned()),
        _ => Some(format!("\"{etag}\"")),
    }
}

fn short(came: usize, wanted: u64) -> object_store::Error {
    let source = format!("the answer ended after {came} of {wanted} bytes").into();
    object_store::Error::Generic { store: "remote", source }
}

/// Whether another attempt may end otherwise.
fn may_help(failure: &object_store::Error, seen: Seen) -> bool {
    match failure {
        object_store::Error::Generic { .. } => match seen.status {
            _ if seen.requests == 0 => false,
            // No answer at all: whoever gives credentials is not there, or the network failed.
            None => !seen.for_credentials,
            // A whole object where a part was asked for.
            Some(200) => !failure.to_string().contains("non-partial"),
            Some(status) => !(300..500).contains(&status) || matches!(status, 408 | 429),
        },
        _ => false,
    }
}

/// What happened, in the words of whoever knows best, and without URLs.
fn said(failure: &object_store::Error, seen: Seen) -> String {
    let text = innermost(failure);
    match seen.status.filter(|status| *status >= 300) {
        Some(status) => match between(&text, "<Message>", "</Message>").or_else(|| between(&text, "<Code>", "</Code>"))
        {
            Some(message) => format!("the store answered {} ({message})", named(status)),
            None => format!("the store answered {}", named(status)),
        },
        None => text,
    }
}

/// The number of an answer and what it means.
fn named(status: u16) -> String {
    let name = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return status.to_string(),
    };
    format!("{status} {name}")
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inner, _)| inner)
}

/// The first cause: outer ones repeat it, with URLs that may hold signatures.
pub(super) fn innermost(failure: &(dyn StdError + 'static)) -> String {
    let mut cause = failure;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// What to set where credentials are missing or wrong.
pub(super) fn which_credentials(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => {
            "Set fs.s3a.access.key and fs.s3a.secret.key (and fs.s3a.session.token, if there is one), or the variables \
             AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a public bucket set fs.s3a.aws.credentials.provider to anonymous."
        }
        Kind::Google => {
            "Set the variable GOOGLE_SERVICE_ACCOUNT to the path of a key file; for a public bucket GOOGLE_SKIP_SIGNATURE to true."
        }
        Kind::Azure => {
            "Set the variables AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (or AZURE_STORAGE_SAS_TOKEN); for a \
             public container AZURE_SKIP_SIGNATURE to true."
        }
        Kind::Http => "Use a URL that the server lets everybody read, or a signed one.",
    }
}

/// Between half of and the whole of the next step, so that many who failed at once do not come back at once.
fn pause(tried: usize) -> Duration {
    let step = PAUSE.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(PAUSE_MAX);
    let random = RandomState::new().build_hasher().finish();
    step.mul_f64(0.5 + (random % 1024) as f64 / 2048.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        for (tried, step) in [(1, 50), (2, 100), (5, 800), (30, 5000)] {
            let pause = pause(tried).as_millis();
            assert!((step / 2..=step).contains(&pause), "{tried}: {pause}");
        }
    }

    #[test]
    fn etags_are_quoted_and_strong() {
        assert_eq!(strong("\"a\"").as_deref(), Some("\"a\""));
        assert_eq!(strong("0x8D").as_deref(), Some("\"0x8D\""));
        assert_eq!(strong("W/\"a\""), None);
    }

    #[test]
    fn what_may_help() {
        let generic = || object_store::Error::Generic { store: "S3", source: "broken".into() };
        let seen = |status| Seen { requests: 1, status, for_credentials: false };
        for (status, again) in [
            (None, true),
            (Some(503), true),
            (Some(429), true),
            (Some(206), true),
            (Some(400), false),
            (Some(301), false),
        ] {
            assert_eq!(may_help(&generic(), seen(status)), again, "{status:?}");
        }
        assert!(!may_help(&generic(), Seen::default()));
        assert!(!may_help(&generic(), Seen { for_credentials: true, ..seen(None) }));
        let gone = object_store::Error::NotFound { path: "x".to_owned(), source: "gone".into() };
        assert!(!may_help(&gone, seen(Some(404))));
    }
}
