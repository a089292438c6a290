//! Java's date patterns (`yyyy-MM-dd HH:mm:ss.SSS`), compiled once: written by `write`, read by `read`.

use firesteel_common::{Error, Result, error};
use firesteel_expr::cast::datetime::Zone;

mod read;
mod write;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What a pattern is for: not every letter can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Write,
    Read,
}

/// A pattern's parts in order.
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    /// A letter and how often it stands there.
    Field(char, usize),
    Literal(String),
    /// `[…]`: what need not be there when reading.
    Optional(Vec<Part>),
}

impl Pattern {
    pub(super) fn compile(text: &str, purpose: Purpose) -> Result<Pattern> {
        check(text, purpose)?;
        // Sections that are open, the pattern itself first.
        let mut open: Vec<Vec<Part>> = vec![Vec::new()];
        let literal = |open: &mut Vec<Vec<Part>>, c: char| {
            let Some(parts) = open.last_mut() else { return };
            match parts.last_mut() {
                Some(Part::Literal(known)) => known.push(c),
                _ => parts.push(Part::Literal(c.to_string())),
            }
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' if chars.next_if_eq(&'\'').is_some() => literal(&mut open, '\''),
                '\'' => {
                    while let Some(quoted) = chars.next() {
                        match quoted {
                            '\'' if chars.next_if_eq(&'\'').is_none() => break,
                            other => literal(&mut open, other),
                        }
                    }
                }
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while chars.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    open.last_mut().into_iter().for_each(|parts| parts.push(Part::Field(letter, count)));
                }
                '[' => open.push(Vec::new()),
                ']' if open.len() > 1 => close(&mut open),
                ']' => return Err(with_suggestion(text)),
                other => literal(&mut open, other),
            }
        }
        while open.len() > 1 {
            close(&mut open);
        }
        Ok(Pattern { text: text.to_owned(), parts: open.pop().unwrap_or_default() })
    }

    /// The cached pattern when `text` is still the same, else a new one: rows mostly share one.
    pub(super) fn cached<'a>(cache: &'a mut Option<Pattern>, text: &str, purpose: Purpose) -> Result<&'a Pattern> {
        let pattern = match cache.take() {
            Some(pattern) if pattern.text == text => pattern,
            _ => Pattern::compile(text, purpose)?,
        };
        Ok(cache.insert(pattern))
    }

    /// An instant as a clock of the zone shows it.
    pub(super) fn format(&self, micros: i64, zone: &Zone) -> String {
        write::format(&self.parts, micros, zone)
    }

    /// The wall clock in microseconds, and the zone if the text has one; else what is wrong with it.
    pub(super) fn parse(&self, text: &str) -> std::result::Result<(i64, Option<Zone>), String> {
        read::parse(&self.parts, text)
    }
}

fn close(open: &mut Vec<Vec<Part>>) {
    if let (Some(section), Some(outer)) = (open.pop(), open.last_mut()) {
        outer.push(Part::Optional(section));
    }
}

/// How often a letter may stand; others have no meaning at all.
fn count_max(letter: char) -> Option<usize> {
    Some(match letter {
        'G' | 'M' | 'L' | 'E' | 'Q' | 'q' | 'z' => 4,
        'y' => 6,
        'F' | 'a' => 1,
        'D' => 3,
        'd' | 'H' | 'h' | 'K' | 'k' | 'm' | 's' => 2,
        'S' => 9,
        'X' | 'x' | 'Z' => 5,
        'V' => 2,
        'O' => 4,
        _ => return None,
    })
}

/// Refuses what no letters mean, each with the error that tells why.
fn check(text: &str, purpose: Purpose) -> Result<()> {
    let runs = runs(text);
    let Some(problem) = runs.iter().find_map(|(letter, count)| problem(text, *letter, *count, purpose)) else {
        return Ok(());
    };
    // What the formatter of old took is said to have changed its meaning.
    let was_legal =
        |(letter, count): &(char, usize)| "GyYMLwWDdFEuaHkKhmsSzZ".contains(*letter) || (*letter == 'X' && *count <= 3);
    Err(match runs.iter().all(was_legal) {
        true => error!(
            DATETIME_PATTERN_RECOGNITION,
            config = "\"spark.sql.legacy.timeParserPolicy\"",
            docroot = "https://spark.apache.org/docs/latest",
            pattern = format!("'{text}'")
        ),
        false => problem,
    })
}

/// The letters outside of quotes, and how often each stands in a row.
fn runs(text: &str) -> Vec<(char, usize)> {
    let mut runs: Vec<(char, usize)> = Vec::new();
    let (mut quoted, mut last) = (false, None);
    for c in text.chars() {
        if c == '\'' {
            quoted = !quoted;
        }
        let is_letter = !quoted && c.is_ascii_alphabetic();
        match runs.last_mut() {
            Some((_, count)) if is_letter && last == Some(c) => *count += 1,
            _ if is_letter => runs.push((c, 1)),
            _ => {}
        }
        last = is_letter.then_some(c);
    }
    runs
}

fn problem(text: &str, letter: char, count: usize, purpose: Purpose) -> Option<Error> {
    let illegal = || error!(INVALID_DATETIME_PATTERN, c = letter.to_string(), pattern = text);
    match letter {
        'Y' | 'W' | 'w' | 'u' | 'e' | 'c' => {
            return Some(error!(DATETIME_WEEK_BASED_PATTERN, c = letter.to_string()));
        }
        'A' | 'B' | 'n' | 'N' | 'p' => return Some(illegal()),
        'E' | 'F' | 'q' | 'Q' if purpose == Purpose::Read => return Some(illegal()),
        'q' | 'Q' if count > 4 => return Some(error!(INVALID_DATETIME_PATTERN_LENGTH, pattern = text)),
        _ => {}
    }
    let fits = match letter {
        'V' => count == 2,
        'O' => matches!(count, 1 | 4),
        _ => count_max(letter).is_some_and(|most| count <= most),
    };
    (!fits).then(|| with_suggestion(text))
}

fn with_suggestion(text: &str) -> Error {
    error!(
        INVALID_DATETIME_PATTERN_WITH_SUGGESTION,
        docroot = "https://spark.apache.org/docs/latest",
        pattern = format!("'{text}'")
    )
}

/// Up to three letters give the short name.
fn shortened(name: &str, count: usize) -> &str {
    if count < 4 { &name[..3] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(pattern: &str, micros: i64) -> String {
        Pattern::compile(pattern, Purpose::Write).expect("a pattern").format(micros, &Zone::UTC)
    }

    fn parse(pattern: &str, text: &str) -> std::result::Result<i64, String> {
        let pattern = Pattern::compile(pattern, Purpose::Read).expect("a pattern");
        pattern.parse(text).map(|(micros, _)| micros)
    }

    #[test]
    fn written() {
        let moment = parse("yyyy-MM-dd HH:mm:ss.SSS", "2019-03-07 15:04:05.120").expect("a moment");
        for (pattern, expected) in [
            ("yyyy-MM-dd HH:mm:ss.SSS", "2019-03-07 15:04:05.120"),
            ("d/M/yy", "7/3/19"),
            ("EEE, MMM d", "Thu, Mar 7"),
            ("EEEE MMMM", "Thursday March"),
            ("hh:mm a", "03:04 PM"),
            ("'at' H 'o''clock'", "at 15 o'clock"),
            ("DDD", "066"),
            ("QQQ QQQQ", "Q1 1st quarter"),
            ("XXX", "Z"),
            ("G GGGG", "AD Anno Domini"),
            ("O ZZZZ x", "GMT GMT +00"),
            ("y[-MM]", "2019-03"),
        ] {
            assert_eq!(format(pattern, moment), expected, "{pattern}");
        }
        let before = Zone::Fixed(-(7 * 3600 + 52 * 60 + 58));
        let pattern = Pattern::compile("X XX XXX XXXX XXXXX O OOOO", Purpose::Write).expect("a pattern");
        assert_eq!(pattern.format(0, &before), "-0752 -0752 -07:52 -075258 -07:52:58 GMT-7:52:58 GMT-07:52:58");
    }

    #[test]
    fn read() {
        assert_eq!(parse("yyyyMMdd", "19700102"), Ok(86_400_000_000));
        assert_eq!(parse("MMM d, yyyy", "Jan 2, 1970"), Ok(86_400_000_000));
        assert_eq!(parse("yyyy-MM-dd[ HH:mm]", "1970-01-02"), Ok(86_400_000_000));
        assert_eq!(parse("yyyy-MM-dd[ HH:mm]", "1970-01-02 00:01"), Ok(86_460_000_000));
        let error = |text: &str| Err(text.to_owned());
        assert_eq!(parse("yy", "1"), error("Text '1' could not be parsed at index 0"));
        assert_eq!(parse("yy", "123"), error("Text '123' could not be parsed, unparsed text found at index 2"));
        assert_eq!(
            parse("yyyy-MM-dd", "2021-02-29"),
            error("Text '2021-02-29' could not be parsed: Invalid date 'February 29' as '2021' is not a leap year")
        );
        assert_eq!(
            parse("yyyy-MM-dd", "2021-13-01"),
            error("Text '2021-13-01' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13")
        );
        assert_eq!(parse("D", "366"), error("Invalid date 'DayOfYear 366' as '1970' is not a leap year"));
        assert_eq!(
            parse("yyyy-MM-DDD", "2020-10-350"),
            error(
                "Text '2020-10-350' could not be parsed: Conflict found: Field MonthOfYear 12 differs from MonthOfYear 10 \
                 derived from 2020-12-15"
            )
        );
    }

    #[test]
    fn refused() {
        let condition = |pattern: &str| match Pattern::compile(pattern, Purpose::Write) {
            Ok(_) => "none",
            Err(error) => error.condition().name,
        };
        assert_eq!(condition("yyyyyyy"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION");
        assert_eq!(condition("qqqqq"), "INVALID_DATETIME_PATTERN.LENGTH");
        assert_eq!(condition("V"), "INVALID_DATETIME_PATTERN.WITH_SUGGESTION");
        assert_eq!(condition("A"), "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER");
        assert_eq!(condition("e"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN");
    }
}
