//! Typed settings. A setting is a [`Setting`] constant beside the code that reads it; the session holds the values that
//! differ from the defaults. Keys are Spark's where Spark has the meaning, `firesteel.*` for ours.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::error::Result;

/// A key, what it does and who would turn it, and its default.
#[derive(Debug)]
pub struct Setting<T: 'static> {
    pub key: &'static str,
    pub default: T,
    pub doc: &'static str,
}

/// How a setting's value is written.
pub trait SettingValue: Clone + Sized {
    const TYPE_NAME: &'static str;
    fn parse(text: &str) -> Option<Self>;
}

impl SettingValue for bool {
    const TYPE_NAME: &'static str = "boolean";
    fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

impl SettingValue for usize {
    const TYPE_NAME: &'static str = "int";
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

impl SettingValue for &'static str {
    const TYPE_NAME: &'static str = "string";
    fn parse(text: &str) -> Option<Self> {
        // Settings of this type are set a handful of times in a process's life.
        Some(Box::leak(text.to_owned().into_boxed_str()))
    }
}

/// The values of a session; cloning is cheap and gives an independent copy.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: Arc<HashMap<String, String>>,
}

impl Settings {
    /// The value set, else the default. A value that does not parse was refused when it was set.
    pub fn get<T: SettingValue>(&self, setting: &Setting<T>) -> T {
        self.values.get(setting.key).and_then(|text| T::parse(text)).unwrap_or_else(|| setting.default.clone())
    }

    pub fn get_text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        Arc::make_mut(&mut self.values).insert(key.into(), value.into());
    }

    pub fn reset(&mut self, key: &str) {
        Arc::make_mut(&mut self.values).remove(key);
    }

    pub fn clear(&mut self) {
        self.values = Arc::default();
    }

    /// All values that were set, by key.
    pub fn entries(&self) -> Vec<(&str, &str)> {
        let mut entries: Vec<_> = self.values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        entries.sort_unstable();
        entries
    }

    /// Refuses a text that the setting cannot read.
    pub fn check<T: SettingValue>(setting: &Setting<T>, text: &str) -> Result<()> {
        match T::parse(text) {
            Some(_) => Ok(()),
            None => crate::bail!(INVALID_CONF_VALUE, confValue = text, confName = setting.key, confType = T::TYPE_NAME),
        }
    }
}

/// `spark.sql.session.timeZone`: parses and displays TIMESTAMP values; storage is always UTC.
pub const SESSION_TIME_ZONE: Setting<&'static str> = Setting {
    key: "spark.sql.session.timeZone",
    default: "UTC",
    doc: "The zone in which timestamps are parsed and shown.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_override_defaults() {
        const SIZE: Setting<usize> = Setting { key: "firesteel.test.size", default: 7, doc: "" };
        let mut settings = Settings::default();
        assert_eq!(settings.get(&SIZE), 7);
        settings.set(SIZE.key, "12");
        assert_eq!(settings.get(&SIZE), 12);
        assert!(Settings::check(&SIZE, "twelve").is_err());
    }
}
