//! How files are to be read or written: the `key = value` pairs of OPTIONS and of `read_files`.

use firesteel_common::{Error, Result, error};

/// Options by key, matched without case; of several values the last counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileOptions(Vec<(String, String)>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for FileOptions {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut options = Self::default();
        for (key, value) in pairs {
            options.set(key, value);
        }
        options
    }
}

impl FileOptions {
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// Takes an option out.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known.eq_ignore_ascii_case(key))?;
        Some(self.0.remove(at).1)
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool> {
        match self.get(key).map(str::trim) {
            None => Ok(default),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(other) => Err(invalid(key, other, "true or false is expected")),
        }
    }

    /// One character of ASCII; `None` when the value is empty.
    pub(crate) fn byte(&self, key: &str, default: u8) -> Result<Option<u8>> {
        match self.get(key) {
            None => Ok(Some(default)),
            Some("" | "\\0" | "\0") => Ok(None),
            Some("\\t") => Ok(Some(b'\t')),
            Some(text) => match text.as_bytes() {
                [byte] if byte.is_ascii() => Ok(Some(*byte)),
                _ => Err(invalid(key, text, "one ASCII character is expected")),
            },
        }
    }

    pub(crate) fn number(&self, key: &str, default: usize) -> Result<usize> {
        match self.get(key) {
            None => Ok(default),
            Some(text) => text.trim().parse().map_err(|_| invalid(key, text, "a number is expected")),
        }
    }
}

pub(crate) fn invalid(key: &str, value: &str, reason: &str) -> Error {
    error!(INVALID_FILE_OPTION, option = key, value = value, reason = reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_common::conditions;

    #[test]
    fn keys_have_no_case_and_values_are_checked() {
        let mut options: FileOptions = [("Header", "TRUE"), ("sep", "\\t"), ("quote", "")].into_iter().collect();
        assert!(options.flag("header", false).expect("a flag"));
        assert_eq!(options.byte("SEP", b',').expect("a byte"), Some(b'\t'));
        assert_eq!(options.byte("quote", b'"').expect("a byte"), None);
        options.set("HEADER", "maybe");
        assert_eq!(options.pairs().len(), 3);
        assert!(options.flag("header", false).expect_err("no flag").is(&conditions::INVALID_FILE_OPTION));
    }
}
