//! How stores are reached: settings and environment become clients, one per bucket.
//!
//! ```text
//! SET fs.s3a.… ──┐
//! AWS_…, GOOGLE_…, AZURE_… ──▶ Access ──object(path)──▶ a client per bucket ──▶ Object
//! ```
//! Plans hold the number of an access and no secrets. What was set comes before the environment.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use firesteel_catalog::ScanSource;
use firesteel_common::settings::Settings;
use firesteel_common::{Result, error};
use hashbrown::HashMap;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};
use tokio::sync::Semaphore;

use super::location::{Kind, RemoteUrl};
use super::request::Object;
use super::settings::Config;
use super::wire::Connector;

/// The option of a scan that says how its files are reached.
const OPTION: &str = "remoteAccess";

/// A way to reach stores. Equal settings give the same one, so that connections are used again.
pub(crate) struct Access {
    number: u64,
    config: Config,
    permits: Semaphore,
    /// By what locations begin with.
    stores: Mutex<HashMap<(String, Option<String>), Arc<dyn ObjectStore>>>,
}

static ACCESSES: LazyLock<Mutex<Vec<Arc<Access>>>> = LazyLock::new(Mutex::default);

impl fmt::Debug for Access {
    // The rest may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access {}", self.number)
    }
}

impl Access {
    /// As a session's settings say.
    pub(crate) fn of(settings: &Settings) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let config = Config::of(settings);
        let mut known = ACCESSES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(access) = known.iter().find(|access| access.config == config) {
            return Arc::clone(access);
        }
        let access = Arc::new(Self {
            number: NEXT.fetch_add(1, Relaxed),
            permits: Semaphore::new(config.parallel_requests),
            config,
            stores: Mutex::default(),
        });
        known.push(Arc::clone(&access));
        access
    }

    /// What a scan's options say of it.
    pub(crate) fn option(&self) -> (String, String) {
        (OPTION.to_owned(), self.number.to_string())
    }

    /// As a scan was planned. A process that does not know the number has nothing but its environment.
    pub(crate) fn of_scan(source: &ScanSource) -> Arc<Self> {
        let number = source.options.iter().find(|(key, _)| key == OPTION).and_then(|(_, text)| text.parse().ok());
        let known = ACCESSES.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|access| Some(access.number) == number).map(Arc::clone);
        drop(known);
        found.unwrap_or_else(|| Self::of(&Settings::default()))
    }

    pub(super) fn permits(&self) -> &Semaphore {
        &self.permits
    }

    pub(super) fn attempts(&self) -> usize {
        self.config.attempts
    }

    pub(crate) fn object(self: &Arc<Self>, path: &str) -> Result<Object> {
        let url = RemoteUrl::parse(path)?;
        let key = Path::parse(&url.key);
        let key =
            key.map_err(|reason| error!(CANNOT_READ_FILE, path = super::display(path), reason = reason.to_string()))?;
        Ok(Object::new(path, &url, key, self.store(&url)?, Arc::clone(self)))
    }

    fn store(&self, url: &RemoteUrl) -> Result<Arc<dyn ObjectStore>> {
        let name = (url.root.clone(), url.query.clone());
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(&name) {
            return Ok(Arc::clone(store));
        }
        let store = self.build(url).map_err(|reason| {
            let reason = super::request::innermost(&reason);
            error!(CANNOT_READ_FILE, path = super::display(&url.root), reason = reason)
                .hint(super::request::which_credentials(url.kind))
        })?;
        stores.insert(name, Arc::clone(&store));
        Ok(store)
    }

    fn build(&self, url: &RemoteUrl) -> object_store::Result<Arc<dyn ObjectStore>> {
        // Trying again is our affair: it is counted, and bodies that break off count too.
        let retry = RetryConfig { max_retries: 0, retry_timeout: Duration::ZERO, ..RetryConfig::default() };
        let client = self.client_options();
        Ok(match url.kind {
            Kind::S3 => {
                let builder = self.s3(url).with_retry(retry).with_http_connector(Connector);
                let builder = client
                    .into_iter()
                    .fold(builder, |builder, (key, value)| builder.with_config(AmazonS3ConfigKey::Client(key), value));
                Arc::new(builder.build()?)
            }
            Kind::Google => {
                let builder = GoogleCloudStorageBuilder::from_env().with_url(&url.root);
                let builder = builder.with_retry(retry).with_http_connector(Connector);
                let builder = client
                    .into_iter()
                    .fold(builder, |builder, (key, value)| builder.with_config(GoogleConfigKey::Client(key), value));
                Arc::new(builder.build()?)
            }
            Kind::Azure => {
                let builder = MicrosoftAzureBuilder::from_env().with_url(&url.root);
                let builder = builder.with_retry(retry).with_http_connector(Connector);
                let builder = client
                    .into_iter()
                    .fold(builder, |builder, (key, value)| builder.with_config(AzureConfigKey::Client(key), value));
                Arc::new(builder.build()?)
            }
            Kind::Http => {
                let base = match &url.query {
                    Some(query) => format!("{}?{query}", url.root),
                    None => url.root.clone(),
                };
                let builder = HttpBuilder::new().with_url(base).with_retry(retry).with_http_connector(Connector);
                let builder = builder.with_config(ClientConfigKey::AllowHttp, "true");
                let builder = client.into_iter().fold(builder, |builder, (key, value)| builder.with_config(key, value));
                Arc::new(builder.build()?)
            }
        })
    }

    /// A body may take long, a silence may not.
    fn client_options(&self) -> [(ClientConfigKey, String); 3] {
        [
            (ClientConfigKey::Timeout, "1 hour".to_owned()),
            (ClientConfigKey::ReadTimeout, format!("{} s", self.config.timeout)),
            (ClientConfigKey::ConnectTimeout, format!("{} s", self.config.timeout.min(5))),
        ]
    }

    /// What the environment says; a key that was set has nothing to do with the credentials there.
    fn s3_environment(&self) -> AmazonS3Builder {
        use AmazonS3ConfigKey::{AccessKeyId, SecretAccessKey, Token};
        let has_key = self.config.texts.iter().any(|(key, _)| *key == AccessKeyId);
        let variables = std::env::vars_os().filter_map(|(key, value)| {
            let key = key.to_str().filter(|key| key.starts_with("AWS_"))?.to_ascii_lowercase();
            Some((key.parse().ok()?, value.into_string().ok()?))
        });
        let counts = |key: &AmazonS3ConfigKey| !(has_key && matches!(key, AccessKeyId | SecretAccessKey | Token));
        let variables = variables.filter(|(key, _)| counts(key));
        variables.fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
    }

    fn s3(&self, url: &RemoteUrl) -> AmazonS3Builder {
        let bucket = url.root.split_once("://").map_or("", |(_, bucket)| bucket);
        let mut builder = self.s3_environment().with_bucket_name(bucket);
        if let Some(endpoint) = &self.config.endpoint {
            let endpoint = match (self.config.path_style, endpoint.split_once("://")) {
                (false, Some((scheme, host))) => format!("{scheme}://{bucket}.{host}"),
                _ => endpoint.clone(),
            };
            // Of the two keys the environment may have the one that counts.
            builder = builder.with_config(AmazonS3ConfigKey::S3Endpoint, &endpoint);
            builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
        }
        if !self.config.path_style {
            builder = builder.with_virtual_hosted_style_request(true);
        }
        if self.config.anonymous {
            builder = builder.with_skip_signature(true);
        }
        self.config.texts.iter().fold(builder, |builder, (key, value)| builder.with_config(*key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::settings::{S3_ENDPOINT, S3_SSL};

    #[test]
    fn every_cloud_has_a_client() {
        let access = Access::of(&Settings::default());
        for path in ["gs://bucket/x", "abfss://container@account.dfs.core.windows.net/x", "https://host/x?signature=y"]
        {
            assert!(access.object(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn settings_make_an_access_that_shows_no_secret() {
        let mut settings = Settings::default();
        settings.set(S3_ENDPOINT.key, "localhost:9000");
        settings.set("spark.hadoop.fs.s3a.secret.key", "hush");
        let access = Access::of(&settings);
        assert_eq!(access.config.endpoint.as_deref(), Some("https://localhost:9000"));
        assert_eq!(access.config.texts, [(AmazonS3ConfigKey::SecretAccessKey, "hush".to_owned())]);
        assert!(!format!("{access:?}").contains("hush"));
        assert!(Arc::ptr_eq(&access, &Access::of(&settings.clone())));
        let source =
            ScanSource { reader: Arc::from("csv"), splits: Arc::from([]), options: Arc::from([access.option()]) };
        assert!(Arc::ptr_eq(&access, &Access::of_scan(&source)));
        settings.set(S3_SSL.key, "false");
        let other = Access::of(&settings);
        assert!(!Arc::ptr_eq(&access, &other));
        assert_eq!(other.config.endpoint.as_deref(), Some("http://localhost:9000"));
        // A secret without its key is told at once.
        let error = other.object("s3://bucket/x").err().expect("no access key");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}
