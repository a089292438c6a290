//! HTTP as object stores speak it, watched: how many requests one attempt took, and what was answered last.
//!
//! ```text
//! attempt ──observed──▶ object_store ──HttpService──▶ Watched ──▶ the client
//!    └─────────────────────── Seen ◀──────────────────┘
//! ```

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use object_store::ClientOptions;
use object_store::client::ReqwestConnector;
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService};

/// Where clouds hand out credentials to their machines.
const CREDENTIAL_HOSTS: [&str; 3] = ["169.254.169.254", "169.254.170.2", "metadata.google.internal"];

/// What went over the wire in one attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) requests: u64,
    /// Of the last request; `None` when nothing came back.
    pub(super) status: Option<u16>,
    /// Whether the last request asked for credentials, not for data.
    pub(super) for_credentials: bool,
}

tokio::task_local! {
    static SEEN: Cell<Seen>;
}

/// Runs an attempt and tells what was seen of it.
pub(super) async fn observed<T>(attempt: impl Future<Output = T>) -> (T, Seen) {
    let both = async {
        let result = attempt.await;
        (result, SEEN.with(Cell::get))
    };
    SEEN.scope(Cell::new(Seen::default()), both).await
}

/// Makes clients that are watched.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // TLS asks the process for its cryptography; who has installed some already keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(HttpClient::new(Watched(ReqwestConnector::default().connect(options)?)))
    }
}

#[derive(Debug)]
struct Watched(HttpClient);

type Answer<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for Watched {
    // The desugared form of an async method in a trait.
    fn call<'a, 'b>(&'a self, request: HttpRequest) -> Answer<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let for_credentials = request.uri().host().is_some_and(|host| CREDENTIAL_HOSTS.contains(&host));
        see(|seen| Seen { requests: seen.requests + 1, status: None, for_credentials });
        Box::pin(async move {
            let answer = self.0.execute(request).await;
            if let Ok(response) = &answer {
                let status = response.status().as_u16();
                see(|seen| Seen { status: Some(status), ..seen });
            }
            answer
        })
    }
}

/// Outside of an attempt there is nobody to tell.
fn see(change: impl FnOnce(Seen) -> Seen) {
    let _ = SEEN.try_with(|seen| seen.set(change(seen.get())));
}
