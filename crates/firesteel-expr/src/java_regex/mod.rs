//! Regular expressions as Java understands them, on Rust's engines.
//!
//! ```text
//! Java's pattern ──translate──▶ the `regex` crate's syntax          linear time: most patterns
//!                          └──▶ `fancy-regex`: look-around, back-references, possessive quantifiers
//! ```
//! Java's `$` also matches before a line's end that ends the text. The linear engine cannot look ahead; so a pattern with
//! `$` has two forms, of which the exact one is used for texts that end with a line.

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use firesteel_common::Result;
use hashbrown::HashMap;

mod translate;

/// A compiled pattern. Clones share what was compiled.
#[derive(Debug, Clone)]
pub struct JavaRegex {
    engine: Engine,
    /// For texts that end with a line's end, if the pattern can tell: its translation, compiled when there is such a text.
    at_line_end: Option<Arc<(String, OnceLock<Option<fancy_regex::Regex>>)>>,
    groups: usize,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

/// Where a match and its groups lie; kept and filled anew for each match.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    spans: Vec<Option<(usize, usize)>>,
    locations: Option<regex::CaptureLocations>,
}

impl Groups {
    /// Group `at` of the last match, 0 being the match itself.
    pub fn span(&self, at: usize) -> Option<(usize, usize)> {
        match &self.locations {
            Some(locations) => locations.get(at),
            None => self.spans.get(at).copied().flatten(),
        }
    }

    pub fn text<'t>(&self, at: usize, text: &'t str) -> Option<&'t str> {
        self.span(at).map(|(from, to)| &text[from..to])
    }

    fn set(&mut self, found: Option<&fancy_regex::Captures<'_>>) -> Option<(usize, usize)> {
        self.locations = None;
        self.spans.clear();
        self.spans.extend(found?.iter().map(|group| group.map(|group| (group.start(), group.end()))));
        self.span(0)
    }

    /// Places for a pattern's groups.
    fn locations(&mut self, regex: &regex::Regex) -> &mut regex::CaptureLocations {
        let locations = self.locations.get_or_insert_with(|| regex.capture_locations());
        if locations.len() != regex.captures_len() {
            *locations = regex.capture_locations();
        }
        locations
    }
}

/// Compiled patterns of late: planning asks for the same one again and again.
static RECENT: LazyLock<Mutex<HashMap<String, Option<JavaRegex>>>> = LazyLock::new(Mutex::default);
const RECENT_MAX: usize = 64;

impl JavaRegex {
    /// `None` for what is no pattern.
    pub fn compile(pattern: &str) -> Option<JavaRegex> {
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = recent.get(pattern) {
            return known.clone();
        }
        let compiled = Self::compile_anew(pattern);
        if recent.len() >= RECENT_MAX {
            recent.clear();
        }
        recent.insert(pattern.to_owned(), compiled.clone());
        compiled
    }

    fn compile_anew(pattern: &str) -> Option<JavaRegex> {
        let translated = translate::translate(pattern)?;
        if !translated.needs_backtracking
            && let Ok(linear) = regex::Regex::new(&translated.text)
        {
            let groups = linear.captures_len() - 1;
            let at_line_end = translated.exact.map(|exact| Arc::new((exact, OnceLock::new())));
            return Some(JavaRegex { engine: Engine::Linear(linear), at_line_end, groups });
        }
        let exact = translated.exact.as_deref().unwrap_or(&translated.text);
        let fancy = fancy_regex::Regex::new(exact).ok()?;
        let groups = fancy.captures_len() - 1;
        Some(JavaRegex { engine: Engine::Backtracking(fancy), at_line_end: None, groups })
    }

    /// How many groups the pattern has, the match itself not counted.
    pub fn group_count(&self) -> usize {
        self.groups
    }

    /// The number of a named group.
    pub fn group_named(&self, name: &str) -> Option<usize> {
        match &self.engine {
            Engine::Linear(regex) => regex.capture_names().position(|known| known == Some(name)),
            Engine::Backtracking(regex) => regex.capture_names().position(|known| known == Some(name)),
        }
    }

    /// Whether matching can fail: patterns that backtrack give up on some texts.
    pub fn can_fail(&self) -> bool {
        matches!(self.engine, Engine::Backtracking(_))
    }

    /// The exact form, for texts that need it.
    fn exact(&self, text: &str) -> Option<&fancy_regex::Regex> {
        let exact = self.at_line_end.as_ref().filter(|_| text.ends_with(translate::LINE_ENDS))?;
        exact.1.get_or_init(|| fancy_regex::Regex::new(&exact.0).ok()).as_ref()
    }

    pub fn is_match(&self, text: &str) -> Result<bool> {
        match &self.engine {
            Engine::Backtracking(regex) => regex.is_match(text).map_err(gave_up),
            // An exact form that gives up leaves it at the other one's answer.
            Engine::Linear(regex) => match self.exact(text).and_then(|exact| exact.is_match(text).ok()) {
                Some(found) => Ok(found),
                _ => Ok(regex.is_match(text)),
            },
        }
    }

    /// The first match at or after a position.
    pub fn find_at(&self, text: &str, from: usize) -> Result<Option<(usize, usize)>> {
        let span = |found: fancy_regex::Match<'_>| (found.start(), found.end());
        match &self.engine {
            Engine::Backtracking(regex) => Ok(regex.find_from_pos(text, from).map_err(gave_up)?.map(span)),
            Engine::Linear(regex) => match self.exact(text).and_then(|exact| exact.find_from_pos(text, from).ok()) {
                Some(found) => Ok(found.map(span)),
                _ => Ok(regex.find_at(text, from).map(|found| (found.start(), found.end()))),
            },
        }
    }

    /// As [`JavaRegex::find_at`], with the places of the groups.
    pub fn groups_at(&self, text: &str, from: usize, groups: &mut Groups) -> Result<Option<(usize, usize)>> {
        match &self.engine {
            Engine::Backtracking(regex) => {
                Ok(groups.set(regex.captures_from_pos(text, from).map_err(gave_up)?.as_ref()))
            }
            Engine::Linear(regex) => {
                match self.exact(text).and_then(|exact| exact.captures_from_pos(text, from).ok()) {
                    Some(found) => Ok(groups.set(found.as_ref())),
                    _ => Ok(regex
                        .captures_read_at(groups.locations(regex), text, from)
                        .map(|found| (found.start(), found.end()))),
                }
            }
        }
    }

    /// Every match from a position on, as Java's `find` goes: after an empty one the next character is tried.
    pub fn each_match(
        &self,
        text: &str,
        from: usize,
        mut visit: impl FnMut(usize, usize) -> Result<bool>,
    ) -> Result<()> {
        let mut next = Some(from);
        while let Some(at) = next {
            let Some((start, end)) = self.find_at(text, at)? else { return Ok(()) };
            if !visit(start, end)? {
                return Ok(());
            }
            next = after(text, start, end);
        }
        Ok(())
    }
}

/// Where to look for the next match.
pub fn after(text: &str, start: usize, end: usize) -> Option<usize> {
    if end > start {
        return Some(end);
    }
    text[end..].chars().next().map(|c| end + c.len_utf8())
}

fn gave_up(source: fancy_regex::Error) -> firesteel_common::Error {
    firesteel_common::error!(
        UNSUPPORTED_FEATURE,
        feature = "a regular expression that needs too many steps to be matched against this text"
    )
    .caused_by(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pattern: &str, text: &str) -> Vec<String> {
        let regex = JavaRegex::compile(pattern).expect(pattern);
        let mut found = Vec::new();
        let collect = |from: usize, to: usize| {
            found.push(text[from..to].to_owned());
            Ok(true)
        };
        regex.each_match(text, 0, collect).expect("matches");
        found
    }

    #[test]
    fn as_java_matches() {
        for (pattern, text, expected) in [
            (r"\d+", "1a ٣", vec!["1"]),
            (r"\w+", "aä_1", vec!["a", "_1"]),
            (r"a.c", "a\rc abc", vec!["abc"]),
            (r"(?s)a.c", "a\rc", vec!["a\rc"]),
            (r"c$", "c abc\n", vec!["c"]),
            (r"c\z", "abc\n", vec![]),
            (r"\Qa.c\E+", "a.cc", vec!["a.cc"]),
            (r"(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+", "passwd7 plain A1234 a1234", vec!["passwd7", "a1234"]),
            (r"(a)\1", "aab", vec!["aa"]),
            (r"a*+b", "aab", vec!["aab"]),
            (r"[\w&&[^b]]+", "abc", vec!["a", "c"]),
            (r"\p{Upper}\p{Punct}", "A! Ä!", vec!["A!"]),
            (r"\p{IsAlphabetic}+", "äb1", vec!["äb"]),
            (r"\<b\>", "<b>", vec!["<b>"]),
            (r"\x41é", "Aé", vec!["Aé"]),
            (r"(?i)FOX", "the fox", vec!["fox"]),
            (r"\d*", "1a", vec!["1", "", ""]),
        ] {
            assert_eq!(all(pattern, text), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for pattern in ["(?l)", "(", ") ?", "[", "], [", "*a", r"\y", "(?<n", "a{2"] {
            assert!(JavaRegex::compile(pattern).is_none(), "{pattern}");
        }
    }
}
