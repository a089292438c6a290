//! A small S3 over a folder, in this process: lists, sends ranges, fails as it is told, and counts.
//!
//! ```text
//! GET /bucket?list-type=2&prefix=…&delimiter=/&continuation-token=…&start-after=…     pages of keys
//! GET, HEAD /bucket/key      Range, If-Match                                            files of the folder
//! ```
//! The same URLs are plain HTTP for who knows no S3.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) const BUCKET: &str = "bucket";

/// How often what goes wrong, in a thousand requests. The same seed fails the same requests of a sequence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) seed: u64,
    /// Answered 503 (or 429, every other time).
    pub(crate) refused: u64,
    /// Broken off in the middle of the body.
    pub(crate) broken: u64,
    /// Answered after `pause`.
    pub(crate) slow: u64,
    pub(crate) pause: Duration,
    /// Only requests whose key contains this fail.
    pub(crate) only: String,
}

/// A request that was answered.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) key: String,
    pub(crate) bytes: u64,
    pub(crate) status: u16,
    pub(crate) signed: bool,
}

struct State {
    root: PathBuf,
    faults: Mutex<Faults>,
    requests: AtomicU64,
    seen: Mutex<Vec<Seen>>,
    /// Requests that are being answered.
    open: Arc<AtomicUsize>,
    page: usize,
}

pub(crate) struct Server {
    state: Arc<State>,
    address: String,
    // Dropped with the server: its connections end.
    _runtime: Runtime,
}

/// Keys that begin so may not be read.
const FORBIDDEN: &str = "forbidden";

impl Server {
    pub(crate) fn start(root: &Path) -> Self {
        Self::with_pages(root, 1000)
    }

    /// Lists so many keys at once.
    pub(crate) fn with_pages(root: &Path, page: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let state = Arc::new(State {
            root: root.to_owned(),
            faults: Mutex::default(),
            requests: AtomicU64::new(0),
            seen: Mutex::default(),
            open: Arc::default(),
            page,
        });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        runtime.spawn(serve(listener, Arc::clone(&state)));
        Self { state, address, _runtime: runtime }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on.
    pub(crate) fn set_faults(&self, faults: Faults) {
        *self.state.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The requests since the last call.
    pub(crate) fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn open_requests(&self) -> usize {
        self.state.open.load(SeqCst)
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&state)));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Counts a request as open until its answer is sent or nobody wants it.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// A body that may break off.
struct Answer {
    left: Bytes,
    whole: u64,
    breaks: bool,
    _open: Open,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        if self.left.is_empty() {
            return Poll::Ready(match std::mem::take(&mut self.breaks) {
                true => Some(Err(std::io::ErrorKind::ConnectionReset.into())),
                false => None,
            });
        }
        let piece = self.left.len().min(64 << 10);
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && !self.breaks
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Answer>, std::io::Error> {
    let open = Open::new(&state.open);
    let number = state.requests.fetch_add(1, SeqCst);
    let path = decoded(request.uri().path());
    let key = path.trim_start_matches('/').strip_prefix(BUCKET).unwrap_or_default().trim_start_matches('/').to_owned();
    let faults = state.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let chance = dice(faults.seed, number);
    let (mut refused, mut broken) = (false, false);
    if key.contains(&faults.only) {
        refused = chance < faults.refused;
        broken = !refused && chance < faults.refused + faults.broken;
        if chance >= 1000 - faults.slow.min(1000) {
            tokio::time::sleep(faults.pause).await;
        }
    }
    let mut reply = match refused {
        true if number.is_multiple_of(2) => Reply::error(503, "SlowDown", "Please reduce your request rate."),
        true => Reply::error(429, "TooManyRequests", "Too many requests."),
        false => reply(&request, &key, &state),
    };
    if request.method() == Method::HEAD {
        reply.bytes = Bytes::new();
    }
    let whole = reply.bytes.len() as u64;
    if broken && whole > 1 {
        reply.bytes.truncate(reply.bytes.len() / 2);
    }
    let seen = Seen {
        method: request.method().to_string(),
        key,
        bytes: reply.bytes.len() as u64,
        status: reply.status,
        signed: request.headers().contains_key("authorization"),
    };
    state.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    let breaks = broken && whole > 1;
    let mut response = Response::new(Answer { left: reply.bytes, whole, breaks, _open: open });
    *response.status_mut() = StatusCode::from_u16(reply.status).expect("a status");
    for (name, value) in reply.headers {
        let value = HeaderValue::from_str(&value).expect("a header");
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(response)
}

/// 0 to 999.
fn dice(seed: u64, number: u64) -> u64 {
    let mut x = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) % 1000
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    bytes: Bytes,
}

impl Reply {
    fn error(status: u16, code: &str, message: &str) -> Self {
        let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Self { status, headers: Vec::new(), bytes: text.into() }
    }
}

fn reply(request: &Request<Incoming>, key: &str, state: &State) -> Reply {
    let is_list = request.uri().query().is_some_and(|query| query.contains("list-type=2"));
    match (is_list, request.method()) {
        (true, _) => list(request.uri().query().unwrap_or_default(), state),
        (false, &Method::GET | &Method::HEAD) => object(request, key, state).unwrap_or_else(|reply| reply),
        _ => Reply::error(405, "MethodNotAllowed", "Only reading is allowed."),
    }
}

fn object(request: &Request<Incoming>, key: &str, state: &State) -> Result<Reply, Reply> {
    if key.starts_with(FORBIDDEN) {
        return Err(Reply::error(403, "AccessDenied", "Access Denied"));
    }
    let missing = || Reply::error(404, "NoSuchKey", "The specified key does not exist.");
    let file = File::open(state.root.join(key)).map_err(|_| missing())?;
    let metadata = file.metadata().map_err(|_| missing())?;
    if metadata.is_dir() {
        return Err(missing());
    }
    let (length, etag) = (metadata.len(), etag(&metadata));
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("if-match").is_some_and(|wanted| wanted != etag) {
        return Err(Reply::error(412, "PreconditionFailed", "At least one of the preconditions did not hold."));
    }
    let mut headers = vec![
        ("etag", etag),
        ("last-modified", "Sat, 01 Jan 2022 00:00:00 GMT".to_owned()),
        ("accept-ranges", "bytes".to_owned()),
    ];
    if request.method() == Method::HEAD {
        headers.push(("content-length", length.to_string()));
        return Ok(Reply { status: 200, headers, bytes: Bytes::new() });
    }
    let range = header("range").and_then(|range| range.strip_prefix("bytes=")).map(|range| bounds(range, length));
    let (status, start, end) = match range {
        None => (200, 0, length),
        Some(Some((start, end))) => (206, start, end),
        Some(None) => return Err(Reply::error(416, "InvalidRange", "The requested range is not satisfiable")),
    };
    if status == 206 {
        headers.push(("content-range", format!("bytes {start}-{}/{length}", end - 1)));
    }
    let mut bytes = vec![0; (end - start) as usize];
    file.read_exact_at(&mut bytes, start).map_err(|_| missing())?;
    Ok(Reply { status, headers, bytes: bytes.into() })
}

fn etag(metadata: &std::fs::Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), modified.unwrap_or_default().as_nanos())
}

/// `a-b`, `a-`, `-n` within so many bytes.
fn bounds(range: &str, length: u64) -> Option<(u64, u64)> {
    let (start, end) = range.split_once('-')?;
    let bounds = match (start, end) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length),
        (start, "") => (start.parse().ok()?, length),
        (start, end) => (start.parse().ok()?, length.min(end.parse::<u64>().ok()? + 1)),
    };
    (bounds.0 < bounds.1).then_some(bounds)
}

fn list(query: &str, state: &State) -> Reply {
    let parameter = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| decoded(value)).next()
    };
    let prefix = parameter("prefix").unwrap_or_default();
    if prefix.starts_with(FORBIDDEN) {
        return Reply::error(403, "AccessDenied", "Access Denied");
    }
    let after = parameter("continuation-token").or_else(|| parameter("start-after")).unwrap_or_default();
    let mut keys = BTreeSet::new();
    walk(&state.root, "", &mut keys);
    // A folder stands in the place of all keys below it.
    let mut entries = BTreeSet::new();
    for key in keys.iter().filter(|key| key.starts_with(&prefix)) {
        let folder = parameter("delimiter").and_then(|delimiter| key[prefix.len()..].find(&delimiter));
        match folder {
            Some(at) => entries.insert(format!("{}/", &key[..prefix.len() + at])),
            None => entries.insert(key.clone()),
        };
    }
    let mut entries = entries.into_iter().filter(|key| *key > after);
    let page: Vec<String> = entries.by_ref().take(state.page).collect();
    let mut text = String::from("<?xml version=\"1.0\"?><ListBucketResult>");
    for key in &page {
        if key.ends_with('/') && !keys.contains(key) {
            text.push_str(&format!("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escaped(key)));
            continue;
        }
        let Ok(metadata) = std::fs::metadata(state.root.join(key)) else { continue };
        text.push_str(&format!(
            "<Contents><Key>{}</Key><LastModified>2022-01-01T00:00:00.000Z</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
            escaped(key),
            escaped(&etag(&metadata)),
            metadata.len()
        ));
    }
    if let (Some(last), Some(_)) = (page.last(), entries.next()) {
        text.push_str(&format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(last)));
    }
    text.push_str("</ListBucketResult>");
    Reply { status: 200, headers: vec![("content-type", "application/xml".to_owned())], bytes: text.into() }
}

fn walk(folder: &Path, prefix: &str, keys: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let key = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => walk(&entry.path(), &format!("{key}/"), keys),
            false => drop(keys.insert(key)),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
