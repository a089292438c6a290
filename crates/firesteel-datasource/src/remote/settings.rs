//! The settings of object stores. Those of S3 have Hadoop's names, with which Spark's users know them.

use firesteel_common::settings::{Setting, Settings};
use object_store::aws::AmazonS3ConfigKey;

pub const S3_ENDPOINT: Setting<&'static str> = Setting {
    key: "fs.s3a.endpoint",
    default: "",
    doc: "The URL of an S3 service other than Amazon's; http:// in it permits to go without TLS.",
};
pub const S3_REGION: Setting<&'static str> = Setting {
    key: "fs.s3a.endpoint.region",
    default: "",
    doc: "The region of S3 buckets. Empty: AWS_REGION, else us-east-1.",
};
pub const S3_ACCESS_KEY: Setting<&'static str> = Setting {
    key: "fs.s3a.access.key",
    default: "",
    doc: "The access key for S3. Empty: AWS_ACCESS_KEY_ID, else what the machine is given by its cloud.",
};
pub const S3_SECRET_KEY: Setting<&'static str> = Setting {
    key: "fs.s3a.secret.key",
    default: "",
    doc: "The secret that belongs to fs.s3a.access.key. Empty: AWS_SECRET_ACCESS_KEY. Never shown.",
};
pub const S3_SESSION_TOKEN: Setting<&'static str> = Setting {
    key: "fs.s3a.session.token",
    default: "",
    doc: "The token that comes with temporary S3 credentials. Empty: AWS_SESSION_TOKEN. Never shown.",
};
pub const S3_CREDENTIALS_PROVIDER: Setting<&'static str> = Setting {
    key: "fs.s3a.aws.credentials.provider",
    default: "",
    doc: "With a name that contains Anonymous, S3 requests go unsigned, as public buckets want them. Others mean nothing here.",
};
pub const S3_PATH_STYLE: Setting<bool> = Setting {
    key: "fs.s3a.path.style.access",
    default: true,
    doc: "Whether S3 buckets stand in the path of URLs. Turned off for services that want them in the host's name.",
};
pub const S3_SSL: Setting<bool> = Setting {
    key: "fs.s3a.connection.ssl.enabled",
    default: true,
    doc: "Whether an S3 endpoint given without https:// or http:// is spoken to with TLS.",
};
pub const PARALLEL_REQUESTS: Setting<usize> = Setting {
    key: "firesteel.remote.parallelRequests",
    default: 32,
    doc: "How many requests to object stores may be under way at once. Lowered for services that refuse so many.",
};
pub const ATTEMPTS: Setting<usize> = Setting {
    key: "firesteel.remote.attempts",
    default: 8,
    doc: "How often a request to an object store is tried before the query fails. Raised where networks are bad.",
};
pub const TIMEOUT: Setting<usize> = Setting {
    key: "firesteel.remote.timeoutSeconds",
    default: 30,
    doc: "After so long without a byte a request to an object store is given up and tried again.",
};

/// Other text settings, and what object_store calls them.
const S3_TEXTS: [(&Setting<&'static str>, AmazonS3ConfigKey); 4] = [
    (&S3_REGION, AmazonS3ConfigKey::Region),
    (&S3_ACCESS_KEY, AmazonS3ConfigKey::AccessKeyId),
    (&S3_SECRET_KEY, AmazonS3ConfigKey::SecretAccessKey),
    (&S3_SESSION_TOKEN, AmazonS3ConfigKey::Token),
];

/// What settings say, as far as it decides how stores are reached.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) endpoint: Option<String>,
    pub(super) path_style: bool,
    pub(super) anonymous: bool,
    pub(super) texts: Vec<(AmazonS3ConfigKey, String)>,
    pub(super) parallel_requests: usize,
    pub(super) attempts: usize,
    pub(super) timeout: usize,
}

/// The value set under Hadoop's key, alone or as Spark's configuration passes it on.
fn text<'s>(settings: &'s Settings, key: &str) -> Option<&'s str> {
    let passed_on = || settings.get_text(&format!("spark.hadoop.{key}"));
    settings.get_text(key).or_else(passed_on).map(str::trim).filter(|text| !text.is_empty())
}

impl Config {
    pub(super) fn of(settings: &Settings) -> Self {
        let flag = |setting: &Setting<bool>| {
            text(settings, setting.key).map_or(setting.default, |text| text.eq_ignore_ascii_case("true"))
        };
        let scheme = if flag(&S3_SSL) { "https" } else { "http" };
        let endpoint = text(settings, S3_ENDPOINT.key).map(|endpoint| match endpoint.contains("://") {
            true => endpoint.to_owned(),
            false => format!("{scheme}://{endpoint}"),
        });
        let texts = S3_TEXTS.iter().filter_map(|(setting, key)| Some((*key, text(settings, setting.key)?.to_owned())));
        Self {
            endpoint,
            path_style: flag(&S3_PATH_STYLE),
            anonymous: text(settings, S3_CREDENTIALS_PROVIDER.key)
                .is_some_and(|name| name.to_ascii_lowercase().contains("anonymous")),
            texts: texts.collect(),
            parallel_requests: settings.get(&PARALLEL_REQUESTS).clamp(1, 10_000),
            attempts: settings.get(&ATTEMPTS).max(1),
            timeout: settings.get(&TIMEOUT).clamp(1, 86_400),
        }
    }
}
