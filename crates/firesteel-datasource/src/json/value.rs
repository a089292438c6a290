//! JSON one level deep: members and elements as the text that they are.
//!
//! serde_json says where a value ends and whether it is well-formed; nothing is built of what it holds.

use std::borrow::Cow;

use serde::de::{Deserialize, IgnoredAny};

/// What a text of one value is, told by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

pub(crate) fn kind(value: &str) -> Kind {
    match value.as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::Text,
        Some(b't' | b'f') => Kind::Boolean,
        Some(b'n') => Kind::Null,
        _ => Kind::Number,
    }
}

/// An object's members in order; a name may be there twice.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a str)>);

pub(crate) fn members(value: &str) -> Option<Members<'_>> {
    let mut rest = value.strip_prefix('{')?;
    let mut members = Vec::new();
    if closes(rest, '}') {
        return Some(Members(members));
    }
    loop {
        let (name, after) = next(rest)?;
        let (member, after) = next(skip_blanks(after).strip_prefix(':')?)?;
        members.push((text(name)?, member));
        rest = match skip_blanks(after).strip_prefix(',') {
            Some(more) => more,
            None => return closes(after, '}').then_some(Members(members)),
        };
    }
}

pub(crate) fn elements(value: &str) -> Option<Vec<&str>> {
    let mut rest = value.strip_prefix('[')?;
    let mut elements = Vec::new();
    if closes(rest, ']') {
        return Some(elements);
    }
    loop {
        let (element, after) = next(rest)?;
        elements.push(element);
        rest = match skip_blanks(after).strip_prefix(',') {
            Some(more) => more,
            None => return closes(after, ']').then_some(elements),
        };
    }
}

/// The value at the front of a text, and what follows it.
fn next(text: &str) -> Option<(&str, &str)> {
    let text = skip_blanks(text);
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    stream.next()?.ok()?;
    Some(text.split_at(stream.byte_offset()))
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

fn closes(text: &str, close: char) -> bool {
    skip_blanks(text).starts_with(close)
}

/// Text, borrowed where nothing is escaped in it.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A string's characters.
pub(crate) fn text(value: &str) -> Option<Cow<'_, str>> {
    let mut deserializer = serde_json::Deserializer::from_str(value);
    Text::deserialize(&mut deserializer).ok().map(|Text(text)| text)
}

/// The values of a text, one after the other; `Err` once where it is malformed, and then the end.
pub(crate) fn values(text: &str) -> impl Iterator<Item = Result<&str, ()>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = skip_blanks(rest.take()?);
        if text.is_empty() {
            return None;
        }
        Some(match next(text) {
            Some((value, after)) => {
                rest = Some(after);
                Ok(value)
            }
            None => Err(()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_level_at_a_time() {
        let Members(found) = members(r#"{"a": {"b":[1, 2]} , "\u0063": "x\n", "a":null}"#).expect("an object");
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
        assert_eq!(found, [("a", r#"{"b":[1, 2]}"#), ("c", r#""x\n""#), ("a", "null")]);
        assert_eq!(elements("[1, [2], \"3\" ]").expect("an array"), ["1", "[2]", "\"3\""]);
        assert_eq!(elements("[ ]").expect("an array"), Vec::<&str>::new());
        assert_eq!(text(r#""\u00fc""#).expect("text"), "ü");
        for malformed in ["{bad", "{\"a\":1", "{\"a\" 1}", "{\"a\":1,}", "{1:2}"] {
            assert!(members(malformed).is_none(), "{malformed}");
        }
        assert!(elements("{}").is_none() && elements("[1 2]").is_none() && elements("[1,]").is_none());
        assert_eq!(values("{} [1]  x").collect::<Vec<_>>(), [Ok("{}"), Ok("[1]"), Err(())]);
    }
}
