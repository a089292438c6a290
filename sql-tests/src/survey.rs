//! What Spark's own files expect to find, beyond what they say: the session its SQLQueryTestSuite makes for them.

use crate::input::KeyValue;

/// The settings under which Spark recorded a file, by the file's folder.
pub(crate) fn settings(file: &str) -> Vec<KeyValue> {
    let mut settings = vec![("spark.sql.session.timeZone", "America/Los_Angeles")];
    match file.split_once('/').map_or("", |(folder, _)| folder) {
        "nonansi" => settings.push(("spark.sql.ansi.enabled", "false")),
        "timestampNTZ" => settings.push(("spark.sql.timestampType", "TIMESTAMP_NTZ")),
        "postgreSQL" => settings.push(("spark.sql.legacy.interval.enabled", "true")),
        _ => {}
    }
    settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
