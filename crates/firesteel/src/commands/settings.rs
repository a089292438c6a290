//! SET, RESET and what may be set.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use firesteel_analyzer::{CTE_RECURSION_LEVEL_LIMIT, CTE_RECURSION_ROW_LIMIT};
use firesteel_common::names::quote_parts;
use firesteel_common::settings::{SESSION_TIME_ZONE, Setting, SettingValue, Settings};
use firesteel_common::{Result, SqlType, error};
use firesteel_datasource::{
    ATTEMPTS, PARALLEL_REQUESTS, S3_ACCESS_KEY, S3_CREDENTIALS_PROVIDER, S3_ENDPOINT, S3_PATH_STYLE, S3_REGION,
    S3_SECRET_KEY, S3_SESSION_TOKEN, S3_SSL, TIMEOUT,
};
use firesteel_optimizer::OPTIONAL_RULES;
use firesteel_optimizer::physical::ADAPTIVE_ENABLED;
use firesteel_plan::parsed::TimeZone;

use crate::edge::ARROW_VIEWS;
use crate::result::QueryResult;
use crate::session::{
    BATCH_ROWS, CHECKPOINT_DIRECTORY, PARALLEL_ROWS_MIN, SPILL_DIRECTORY, SPILL_OPERATOR_BYTES_MAX, Session, WORKERS,
};

/// A setting without its type, for listing and checking.
struct Known {
    key: &'static str,
    default: String,
    doc: &'static str,
    check: Box<dyn Fn(&str) -> Result<()>>,
}

fn known_setting<T: SettingValue + ToString>(setting: &'static Setting<T>) -> Known {
    Known {
        key: setting.key,
        default: setting.default.to_string(),
        doc: setting.doc,
        check: Box::new(|text| Settings::check(setting, text)),
    }
}

/// Every setting that something reads: a new one is one line.
fn all() -> Vec<Known> {
    vec![
        known_setting(&SESSION_TIME_ZONE),
        known_setting(&CTE_RECURSION_LEVEL_LIMIT),
        known_setting(&CTE_RECURSION_ROW_LIMIT),
        known_setting(&ADAPTIVE_ENABLED),
        known_setting(&OPTIONAL_RULES),
        known_setting(&WORKERS),
        known_setting(&BATCH_ROWS),
        known_setting(&PARALLEL_ROWS_MIN),
        known_setting(&CHECKPOINT_DIRECTORY),
        known_setting(&SPILL_DIRECTORY),
        known_setting(&SPILL_OPERATOR_BYTES_MAX),
        known_setting(&ARROW_VIEWS),
        known_setting(&S3_ENDPOINT),
        known_setting(&S3_REGION),
        known_setting(&S3_ACCESS_KEY),
        known_setting(&S3_SECRET_KEY),
        known_setting(&S3_SESSION_TOKEN),
        known_setting(&S3_CREDENTIALS_PROVIDER),
        known_setting(&S3_PATH_STYLE),
        known_setting(&S3_SSL),
        known_setting(&PARALLEL_REQUESTS),
        known_setting(&ATTEMPTS),
        known_setting(&TIMEOUT),
    ]
}

/// What a setting is called, does, and is when nobody sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSetting {
    pub key: &'static str,
    pub default: String,
    pub doc: &'static str,
}

/// Every setting, by key: what documentation is made from.
///
/// ```
/// # use firesteel::prelude::*;
/// let zone = firesteel::settings().into_iter().find(|known| known.key == "spark.sql.session.timeZone");
/// assert_eq!(zone.map(|known| known.default).as_deref(), Some("UTC"));
/// # Ok::<(), Error>(())
/// ```
pub fn settings() -> Vec<KnownSetting> {
    let describe = |known: Known| KnownSetting { key: known.key, default: known.default, doc: known.doc };
    let mut settings: Vec<_> = all().into_iter().map(describe).collect();
    settings.sort_unstable_by_key(|setting| setting.key);
    settings
}

/// What a setting is when nobody sets it; `None` when nothing reads it.
pub(crate) fn default_of(key: &str) -> Option<String> {
    all().into_iter().find(|known| known.key == key).map(|known| known.default)
}

/// Keys that nobody reads may be set to anything, as in Spark.
pub(crate) fn check(key: &str, value: &str) -> Result<()> {
    if key == SESSION_TIME_ZONE.key && firesteel_expr::cast::datetime::zone::Zone::parse(value).is_none() {
        return Err(error!(INVALID_CONF_VALUE, confValue = value, confName = key, confType = "time zone"));
    }
    all().iter().find(|known| known.key == key).map_or(Ok(()), |known| (known.check)(value))
}

/// A value as lists show it: none of what Spark's `spark.redaction.regex` takes for a secret.
fn shown(key: &str, value: &str) -> String {
    let key = key.to_ascii_lowercase();
    let secret = ["secret", "password", "token", "access.key", "accesskey", "account.key"];
    match !value.is_empty() && secret.iter().any(|word| key.contains(word)) {
        true => "*********(redacted)".to_owned(),
        false => value.to_owned(),
    }
}

pub(crate) fn set(session: &Session, key: &str, value: &str) -> Result<QueryResult> {
    if let Some(parts) = crate::column::name_parts(key)
        && super::variables::is_variable(session, &parts)
    {
        let parts: Vec<_> = parts.iter().map(|part| part.value.as_str()).collect();
        return Err(error!(SET_VARIABLE_USING_SET, variableName = quote_parts(&parts)));
    }
    session.set(key, value)?;
    Ok(table(vec![(key.to_owned(), shown(key, value))]))
}

pub(crate) fn set_time_zone(session: &Session, zone: &TimeZone) -> Result<QueryResult> {
    let name = match zone {
        TimeZone::Local => "UTC",
        TimeZone::Name(name) => name,
        TimeZone::Interval(expr) => {
            return Err(error!(UNSUPPORTED_FEATURE, feature = "SET TIME ZONE INTERVAL").at(expr.span));
        }
    };
    set(session, SESSION_TIME_ZONE.key, name)
}

pub(crate) fn show(session: &Session, key: Option<&str>, verbose: bool) -> Result<QueryResult> {
    let settings = session.settings();
    if let Some(key) = key {
        let default = || all().into_iter().find(|known| known.key == key).map(|known| known.default);
        let value = settings.get_text(key).map(|value| shown(key, value)).or_else(default);
        return Ok(table(vec![(key.to_owned(), value.unwrap_or_else(|| "<undefined>".to_owned()))]));
    }
    if !verbose {
        let entries = settings.entries().into_iter();
        return Ok(table(entries.map(|(key, value)| (key.to_owned(), shown(key, value))).collect()));
    }
    let mut known = all();
    known.sort_unstable_by_key(|known| known.key);
    let column = |texts: Vec<String>| Arc::new(StringViewArray::from_iter_values(texts)) as ArrayRef;
    let value = |known: &Known| {
        settings.get_text(known.key).map_or_else(|| known.default.clone(), |value| shown(known.key, value))
    };
    Ok(QueryResult::known(vec![
        ("key", SqlType::STRING, column(known.iter().map(|known| known.key.to_owned()).collect())),
        ("value", SqlType::STRING, column(known.iter().map(value).collect())),
        ("meaning", SqlType::STRING, column(known.iter().map(|known| known.doc.to_owned()).collect())),
    ]))
}

pub(crate) fn reset(session: &Session, key: Option<&str>) -> Result<QueryResult> {
    match key {
        Some(key) => session.settings_mut().reset(key),
        None => session.settings_mut().clear(),
    }
    Ok(QueryResult::nothing())
}

fn table(rows: Vec<(String, String)>) -> QueryResult {
    let (keys, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let column = |texts: Vec<String>| Arc::new(StringViewArray::from_iter_values(texts)) as ArrayRef;
    QueryResult::known(vec![("key", SqlType::STRING, column(keys)), ("value", SqlType::STRING, column(values))])
}
