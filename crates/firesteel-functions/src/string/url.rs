//! URLs taken apart and encoded: `parse_url`, `url_encode`, `url_decode`.

use std::fmt::Write;

use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::java_regex::{Groups, JavaRegex};

use crate::rows::{Texts, optional, text_column, try_text_column};

pub(super) const PARSE_URL: ScalarFunction = ScalarFunction {
    name: "parse_url",
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| parse(args, |url| Err(error!(INVALID_URL, url = url)))),
    doc: Doc {
        usage: "parse_url(url, partToExtract[, key]) - Extracts a part from a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, \
                AUTHORITY or USERINFO; of QUERY also the value of a key.",
        since: "2.0.0",
        examples: &[
            ("SELECT parse_url('http://spark.apache.org/path?query=1', 'HOST')", "spark.apache.org"),
            ("SELECT parse_url('http://spark.apache.org/path?query=1', 'QUERY')", "query=1"),
            ("SELECT parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')", "1"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_PARSE_URL: ScalarFunction = ScalarFunction {
    name: "try_parse_url",
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| parse(args, |_| Ok(None))),
    doc: Doc {
        usage: "try_parse_url(url, partToExtract[, key]) - As parse_url, but NULL for what is no URL.",
        since: "4.0.0",
        examples: &[
            ("SELECT try_parse_url('http://spark.apache.org/path?query=1', 'HOST')", "spark.apache.org"),
            ("SELECT try_parse_url('inva lid://spark.apache.org/path?query=1', 'QUERY')", "NULL"),
        ],
    },
    ..PARSE_URL
};

fn parse(args: &KernelArgs<'_>, otherwise: fn(&str) -> Result<Option<String>>) -> Result<Column> {
    let (urls, parts) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let keys = optional(args, 2, Texts::of)?;
    try_text_column(args, |row| {
        let (Some(url), Some(part)) = (urls.get(row), parts.get(row)) else { return Ok(None) };
        let key = match &keys {
            Some(keys) => match keys.get(row) {
                Some(key) => Some(key),
                None => return Ok(None),
            },
            None => None,
        };
        let Some(url) = Url::parse(url) else { return otherwise(url) };
        match key {
            Some(_) if part != "QUERY" => Ok(None),
            Some(key) => url.query.map_or(Ok(None), |query| value_of(query, key)),
            None => Ok(url.part(part)),
        }
    })
}

/// The key is taken for a pattern.
fn value_of(query: &str, key: &str) -> Result<Option<String>> {
    let pattern = format!("(&|^){key}=([^&]*)");
    let regex = JavaRegex::compile(&pattern).ok_or_else(|| -> Error {
        error!(
            INVALID_PARAMETER_VALUE_PATTERN,
            functionName = "`parse_url`",
            parameter = "`key`",
            value = format!("'{key}'")
        )
    })?;
    let mut groups = Groups::default();
    let found = regex.groups_at(query, 0, &mut groups)?;
    Ok(found.and_then(|_| groups.text(2, query)).map(str::to_owned))
}

/// `scheme://authority/path?query#fragment`, each but the path optional.
struct Url<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: Option<&'a str>,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    fn parse(url: &'a str) -> Option<Url<'a>> {
        if !has_legal_characters(url) {
            return None;
        }
        let (rest, fragment) = match url.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (url, None),
        };
        let (scheme, rest) = match rest.find([':', '/', '?']) {
            Some(at) if rest[at..].starts_with(':') => (Some(&rest[..at]), &rest[at + 1..]),
            _ => (None, rest),
        };
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        };
        if scheme.is_some_and(|scheme| !is_scheme(scheme) || rest.is_empty()) {
            return None;
        }
        // What follows a scheme without a slash has no parts.
        if scheme.is_some() && !rest.starts_with('/') {
            return Some(Url { scheme, authority: None, path: None, query: None, fragment });
        }
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", rest),
        };
        let authority = Some(authority).filter(|authority| !authority.is_empty());
        Some(Url { scheme, authority, path: Some(path), query, fragment })
    }

    fn part(&self, part: &str) -> Option<String> {
        let text = match part {
            "HOST" => self.host(),
            "PATH" => self.path,
            "QUERY" => self.query,
            "REF" => self.fragment,
            "PROTOCOL" => self.scheme,
            "FILE" => {
                return self.path.map(|path| match self.query {
                    Some(query) => format!("{path}?{query}"),
                    None => path.to_owned(),
                });
            }
            "AUTHORITY" => self.authority,
            "USERINFO" => self.authority.and_then(|authority| Some(authority.rsplit_once('@')?.0)),
            _ => None,
        };
        text.map(str::to_owned)
    }

    /// Without user and port; none if it is no name or address of a host.
    fn host(&self) -> Option<&'a str> {
        let authority = self.authority?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if host.starts_with('[') {
            return host.find(']').map(|end| &host[..=end]);
        }
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            Some(_) => return None,
            None => host,
        };
        let legal = host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
        (legal && !host.is_empty()).then_some(host)
    }
}

fn has_legal_characters(url: &str) -> bool {
    let mut chars = url.chars();
    while let Some(c) = chars.next() {
        let legal = match c {
            '%' => (0..2).all(|_| chars.next().is_some_and(|c| c.is_ascii_hexdigit())),
            _ => !(c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c)),
        };
        if !legal {
            return false;
        }
    }
    true
}

pub(super) const URL_ENCODE: ScalarFunction = ScalarFunction {
    name: "url_encode",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        text_column(args, |row| texts.get(row).map(encode))
    }),
    doc: Doc {
        usage: "url_encode(str) - Translates a string into 'application/x-www-form-urlencoded' format using a specific \
                encoding scheme.",
        since: "3.4.0",
        examples: &[("SELECT url_encode('https://spark.apache.org')", "https%3A%2F%2Fspark.apache.org")],
    },
    ..ScalarFunction::DEFAULT
};

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'.' | b'-' | b'*' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

pub(super) const URL_DECODE: ScalarFunction = ScalarFunction {
    name: "url_decode",
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        try_text_column(args, |row| match texts.get(row) {
            Some(text) => decode(text).map(Some).ok_or_else(|| error!(CANNOT_DECODE_URL, url = text)),
            None => Ok(None),
        })
    }),
    doc: Doc {
        usage: "url_decode(str) - Decodes a `str` in 'application/x-www-form-urlencoded' format using a specific encoding \
                scheme.",
        since: "3.4.0",
        examples: &[("SELECT url_decode('https%3A%2F%2Fspark.apache.org')", "https://spark.apache.org")],
    },
    ..URL_ENCODE
};

pub(super) const TRY_URL_DECODE: ScalarFunction = ScalarFunction {
    name: "try_url_decode",
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        text_column(args, |row| decode(texts.get(row)?))
    }),
    doc: Doc {
        usage: "try_url_decode(str) - As url_decode, but NULL for what cannot be decoded.",
        since: "4.0.0",
        examples: &[("SELECT try_url_decode('https%3A%2F%2Fspark.apache.org')", "https://spark.apache.org")],
    },
    ..URL_ENCODE
};

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            other => *other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let url = "http://user:pw@example.org:80/a/b.html?x=1&yy=2#top";
        let part = |url: &'static str, part: &str| Url::parse(url).and_then(|url| url.part(part));
        for (name, expected) in [
            ("HOST", "example.org"),
            ("PATH", "/a/b.html"),
            ("QUERY", "x=1&yy=2"),
            ("REF", "top"),
            ("PROTOCOL", "http"),
            ("FILE", "/a/b.html?x=1&yy=2"),
            ("AUTHORITY", "user:pw@example.org:80"),
            ("USERINFO", "user:pw"),
        ] {
            assert_eq!(part(url, name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(part("mailto:a@b.c", "HOST"), None);
        assert_eq!(part(url, "host"), None);
        assert!(Url::parse("inva lid://x").is_none());
        assert_eq!(value_of("x=1&yy=2", "yy").ok().flatten().as_deref(), Some("2"));
        assert_eq!(decode(&encode("ä b/c")).as_deref(), Some("ä b/c"));
        assert_eq!(decode("%4"), None);
    }
}
