//! JSON text as a tree. Spark reads laxer than the standard: single quotes, NaN, and what options allow.

use std::borrow::Cow;

#[derive(Debug)]
pub(crate) enum Json<'a> {
    Null,
    Boolean(bool),
    /// As written.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    /// In the order written; a name may repeat.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// What is read besides the standard's JSON; single quotes and NaN are read by default.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lax {
    pub(crate) single_quotes: bool,
    pub(crate) unquoted_names: bool,
    pub(crate) leading_zeros: bool,
    pub(crate) non_numeric_numbers: bool,
    pub(crate) comments: bool,
    pub(crate) control_characters: bool,
    pub(crate) any_escapes: bool,
}

impl Default for Lax {
    fn default() -> Self {
        Lax {
            single_quotes: true,
            unquoted_names: false,
            leading_zeros: false,
            non_numeric_numbers: true,
            comments: false,
            control_characters: false,
            any_escapes: false,
        }
    }
}

/// Deeper structures are no data.
const DEPTH_MAX: usize = 500;

/// The first value of the text; `None` when it is malformed. What follows it is not looked at.
pub(crate) fn read(text: &str, lax: Lax) -> Option<Json<'_>> {
    Reader { text, at: 0, lax, depth: 0 }.value()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    lax: Lax,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            let end = match (self.lax.comments, trimmed.as_bytes()) {
                (true, [b'/', b'*', ..]) => trimmed.find("*/")? + 2,
                (true, [b'/', b'/', ..]) => trimmed.find('\n').unwrap_or(trimmed.len()),
                _ => return Some(()),
            };
            self.at += end;
        }
    }

    fn value(&mut self) -> Option<Json<'a>> {
        self.skip_blanks()?;
        match self.peek()? {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' => Some(Json::String(self.string(b'"')?)),
            b'\'' if self.lax.single_quotes => Some(Json::String(self.string(b'\'')?)),
            b'-' | b'+' | b'0'..=b'9' | b'N' | b'I' => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Json<'a>>) -> Option<Json<'a>> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        self.at += 1;
        let json = read(self)?;
        self.depth -= 1;
        Some(json)
    }

    fn object(&mut self) -> Option<Json<'a>> {
        let mut members = Vec::new();
        self.skip_blanks()?;
        if self.take(b'}') {
            return Some(Json::Object(members));
        }
        loop {
            self.skip_blanks()?;
            let name = self.name()?;
            self.skip_blanks()?;
            if !self.take(b':') {
                return None;
            }
            members.push((name, self.value()?));
            self.skip_blanks()?;
            match self.take(b',') {
                true => {}
                false => return self.take(b'}').then_some(Json::Object(members)),
            }
        }
    }

    fn name(&mut self) -> Option<Cow<'a, str>> {
        match self.peek()? {
            b'"' => self.string(b'"'),
            b'\'' if self.lax.single_quotes => self.string(b'\''),
            _ if self.lax.unquoted_names => {
                let rest = self.rest();
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '@' | '#' | '*' | '+');
                let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
                self.at += end;
                (end > 0).then(|| Cow::Borrowed(&rest[..end]))
            }
            _ => None,
        }
    }

    fn array(&mut self) -> Option<Json<'a>> {
        let mut items = Vec::new();
        self.skip_blanks()?;
        if self.take(b']') {
            return Some(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_blanks()?;
            match self.take(b',') {
                true => {}
                false => return self.take(b']').then_some(Json::Array(items)),
            }
        }
    }

    /// At the opening quote.
    fn string(&mut self, quote: u8) -> Option<Cow<'a, str>> {
        self.at += 1;
        let start = self.at;
        let mut out: Option<String> = None;
        loop {
            let from = self.at;
            let length = self.rest().bytes().position(|byte| byte == quote || byte == b'\\' || byte < 0x20)?;
            self.at += length;
            if let Some(out) = &mut out {
                out.push_str(&self.text[from..self.at]);
            }
            match self.peek()? {
                b'\\' => {
                    let out = out.get_or_insert_with(|| self.text[start..self.at].to_owned());
                    self.at += 1;
                    let c = self.escape()?;
                    out.push(c);
                }
                byte if byte == quote => {
                    let end = self.at;
                    self.at += 1;
                    return Some(out.map_or_else(|| Cow::Borrowed(&self.text[start..end]), Cow::Owned));
                }
                control => {
                    if !self.lax.control_characters {
                        return None;
                    }
                    self.at += 1;
                    if let Some(out) = &mut out {
                        out.push(control as char);
                    }
                }
            }
        }
    }

    /// After the backslash.
    fn escape(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.hex()?;
                let code = match first {
                    0xD800..=0xDBFF if self.rest().starts_with("\\u") => {
                        self.at += 2;
                        0x10000 + ((first - 0xD800) << 10) + self.hex()?.checked_sub(0xDC00)?
                    }
                    _ => first,
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            '\'' if self.lax.single_quotes => c,
            _ if self.lax.any_escapes => c,
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Option<Json<'a>> {
        let rest = self.rest();
        if self.lax.non_numeric_numbers {
            for word in ["NaN", "Infinity", "-Infinity", "+Infinity", "INF", "-INF", "+INF"] {
                if rest.starts_with(word) && !rest[word.len()..].starts_with(|c: char| c.is_alphanumeric()) {
                    self.at += word.len();
                    return Some(Json::Number(word));
                }
            }
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let text = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        self.at += text.len();
        is_number(text, self.lax.leading_zeros).then_some(Json::Number(text))
    }

    fn word(&mut self) -> Option<Json<'a>> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        self.at += end;
        Some(match &rest[..end] {
            "null" => Json::Null,
            "true" => Json::Boolean(true),
            "false" => Json::Boolean(false),
            _ => return None,
        })
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
fn is_number(text: &str, leading_zeros: bool) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (leading_zeros || whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Appends text as a JSON string, quotes and all.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl Json<'_> {
    /// Appends the value without blanks; fractions in the form of a DOUBLE.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(text) => out.push_str(&number_text(text)),
            Json::String(text) => write_string(out, text),
            Json::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (at, (name, member)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_string(out, name);
                    out.push(':');
                    member.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn number_text(text: &str) -> Cow<'_, str> {
    let is_integer = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(value) if !is_integer && value.is_finite() => {
            Cow::Owned(firesteel_expr::cast::to_string::format_double(value))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> Option<String> {
        let mut out = String::new();
        read(text, Lax::default())?.write(&mut out);
        Some(out)
    }

    #[test]
    fn values_survive() {
        let text = r#" { "a" : [1, -2.50, true, null, "x\ty\u00e4\ud83d\ude00"], 'b' : {} } "#;
        assert_eq!(round_trip(text).as_deref(), Some("{\"a\":[1,-2.5,true,null,\"x\\tyä😀\"],\"b\":{}}"));
    }

    #[test]
    fn malformed_text_is_none() {
        for text in ["", "{", "[1,", "{\"a\"}", "{a:1}", "01", "1.", "tru", "\"\\x\"", "{\"a\":1,}", "'a", "+1"] {
            assert!(round_trip(text).is_none(), "{text}");
        }
        assert!(round_trip(&"[".repeat(100_000)).is_none());
    }
}
