//! LIKE patterns: `%` is any text, `_` any one character, and the escape character makes either one plain.
//!
//! A pattern is cut at its `%` into segments. Plain first and last segments are a prefix and a suffix; segments between
//! are looked for from left to right, each as early as possible, which finds a match if there is one.

use memchr::memmem::Finder;

/// Why a pattern is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    EscapeAtTheEnd,
    EscapeBefore(char),
}

#[derive(Debug)]
pub enum LikePattern {
    Equal(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Contains(Box<Finder<'static>>),
    Segments {
        first: Segment,
        middle: Vec<Segment>,
        last: Segment,
    },
    /// Without `%`, with `_`.
    Whole(Segment),
}

/// What stands between two `%`.
#[derive(Debug)]
pub enum Segment {
    Plain(Box<Finder<'static>>),
    /// `None` is any one character.
    Mixed(Vec<Option<char>>),
}

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Plain(char),
    AnyOne,
    AnyText,
}

impl LikePattern {
    pub fn compile(pattern: &str, escape: char) -> Result<LikePattern, Malformed> {
        let tokens = tokens(pattern, escape)?;
        let mut segments: Vec<Segment> = tokens.split(|token| *token == Token::AnyText).map(Segment::new).collect();
        if segments.len() == 1 {
            let only = segments.remove(0);
            return Ok(match only.plain() {
                Some(text) => LikePattern::Equal(text),
                None => LikePattern::Whole(only),
            });
        }
        let last = segments.pop().unwrap_or_else(Segment::empty);
        let first = if segments.is_empty() { Segment::empty() } else { segments.remove(0) };
        // `%%` is `%`.
        segments.retain(|segment| !segment.is_empty());
        if segments.is_empty() {
            match (first.plain(), last.plain()) {
                (Some(prefix), Some(suffix)) if suffix.is_empty() => return Ok(LikePattern::Prefix(prefix)),
                (Some(prefix), Some(suffix)) if prefix.is_empty() => return Ok(LikePattern::Suffix(suffix)),
                _ => {}
            }
        }
        if let ([Segment::Plain(text)], true) = (segments.as_slice(), first.is_empty() && last.is_empty()) {
            return Ok(LikePattern::Contains(text.clone()));
        }
        Ok(LikePattern::Segments { first, middle: segments, last })
    }

    pub fn matches(&self, text: &str) -> bool {
        match self {
            LikePattern::Equal(whole) => text == whole.as_ref(),
            LikePattern::Prefix(prefix) => text.as_bytes().starts_with(prefix.as_bytes()),
            LikePattern::Suffix(suffix) => text.as_bytes().ends_with(suffix.as_bytes()),
            LikePattern::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            LikePattern::Whole(segment) => segment.match_start(text) == Some(text.len()),
            LikePattern::Segments { first, middle, last } => match_segments(first, middle, last, text),
        }
    }
}

fn match_segments(first: &Segment, middle: &[Segment], last: &Segment, text: &str) -> bool {
    let Some(start) = first.match_start(text) else { return false };
    let mut rest = &text[start..];
    for segment in middle {
        match segment.find_end(rest) {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
    }
    last.match_end(rest)
}

fn tokens(pattern: &str, escape: char) -> Result<Vec<Token>, Malformed> {
    let mut chars = pattern.chars();
    let mut tokens = Vec::with_capacity(pattern.len());
    while let Some(char) = chars.next() {
        tokens.push(match char {
            char if char == escape => match chars.next() {
                Some(plain) if plain == escape || plain == '%' || plain == '_' => Token::Plain(plain),
                Some(other) => return Err(Malformed::EscapeBefore(other)),
                None => return Err(Malformed::EscapeAtTheEnd),
            },
            '%' => Token::AnyText,
            '_' => Token::AnyOne,
            plain => Token::Plain(plain),
        });
    }
    Ok(tokens)
}

impl Segment {
    fn new(tokens: &[Token]) -> Segment {
        let places: Vec<Option<char>> = tokens
            .iter()
            .map(|token| match token {
                Token::Plain(char) => Some(*char),
                Token::AnyOne | Token::AnyText => None,
            })
            .collect();
        match places.iter().copied().collect::<Option<String>>() {
            Some(text) => Segment::Plain(Box::new(Finder::new(&text).into_owned())),
            None => Segment::Mixed(places),
        }
    }

    fn empty() -> Segment {
        Segment::Plain(Box::new(Finder::new("").into_owned()))
    }

    fn is_empty(&self) -> bool {
        matches!(self, Segment::Plain(finder) if finder.needle().is_empty())
    }

    fn plain(&self) -> Option<Box<str>> {
        match self {
            Segment::Plain(finder) => std::str::from_utf8(finder.needle()).ok().map(Box::from),
            Segment::Mixed(_) => None,
        }
    }

    /// Where the segment ends, when the text starts with it.
    fn match_start(&self, text: &str) -> Option<usize> {
        match self {
            Segment::Plain(finder) => text.as_bytes().starts_with(finder.needle()).then(|| finder.needle().len()),
            Segment::Mixed(places) => {
                let mut chars = text.char_indices();
                for place in places {
                    let (_, char) = chars.next()?;
                    if place.is_some_and(|wanted| wanted != char) {
                        return None;
                    }
                }
                Some(chars.offset())
            }
        }
    }

    /// Where the first occurrence ends.
    fn find_end(&self, text: &str) -> Option<usize> {
        match self {
            Segment::Plain(finder) => finder.find(text.as_bytes()).map(|at| at + finder.needle().len()),
            Segment::Mixed(_) => {
                text.char_indices().find_map(|(at, _)| self.match_start(&text[at..]).map(|end| at + end))
            }
        }
    }

    fn match_end(&self, text: &str) -> bool {
        match self {
            Segment::Plain(finder) => text.as_bytes().ends_with(finder.needle()),
            Segment::Mixed(places) => {
                let mut chars = text.chars().rev();
                places
                    .iter()
                    .rev()
                    .all(|place| chars.next().is_some_and(|char| place.is_none_or(|wanted| wanted == char)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn like(text: &str, pattern: &str) -> bool {
        LikePattern::compile(pattern, '\\').expect("a pattern").matches(text)
    }

    #[test]
    fn shapes() {
        for (text, pattern, expected) in [
            ("abc", "abc", true),
            ("abc", "ab", false),
            ("abc", "a%", true),
            ("abc", "%c", true),
            ("abc", "%b%", true),
            ("abc", "_b_", true),
            ("äbc", "_bc", true),
            ("aXbXc", "a%b%c", true),
            ("ab", "a%b%b", false),
            ("special packages requests", "%special%requests%", true),
            ("a%c", r"a\%c", true),
            ("abc", r"a\%c", false),
            (r"a\c", r"a\\c", true),
            ("", "%", true),
            ("", "_", false),
            ("line\nbreak", "line%", true),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} LIKE {pattern}");
        }
        assert_eq!(LikePattern::compile(r"a\", '\\').err(), Some(Malformed::EscapeAtTheEnd));
        assert_eq!(LikePattern::compile(r"a\b", '\\').err(), Some(Malformed::EscapeBefore('b')));
    }

    /// The definition, character by character.
    fn naive(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skip| naive(&text[skip..], rest)),
            Some((wanted, rest)) => {
                text.split_first().is_some_and(|(char, text)| (*wanted == '_' || wanted == char) && naive(text, rest))
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(text in "[abä]{0,8}", pattern in "[abä%_]{0,6}") {
            let (t, p): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
            prop_assert_eq!(like(&text, &pattern), naive(&t, &p));
        }
    }
}
