//! Text in a terminal: how wide it is, how it is cut and padded, what of it a terminal would act upon.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Control characters as escapes: a terminal would act upon them.
pub(super) fn harmless(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let plain = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(plain).collect()
}

/// At most `width` columns of a text; where something is cut off, the last one is `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        // Measured as a whole: some characters join with those before them.
        kept.push(c);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    // A joiner that has lost what it joined.
    while kept.chars().next_back().is_some_and(|c| c.width() == Some(0)) {
        kept.pop();
    }
    kept + "…"
}

pub(super) fn padded(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: usize, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `12.3 MiB`, `1.5 GiB`.
pub(crate) fn byte_size(bytes: u64) -> String {
    match bytes as f64 / f64::from(1 << 20) {
        large if large >= 1024.0 => format!("{:.1} GiB", large / 1024.0),
        small => format!("{small:.1} MiB"),
    }
}

/// With a comma between groups of three, from five digits on.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_their_width() {
        assert_eq!(cut(&"日".repeat(41), 80).width(), 79);
        assert_eq!(cut(&"日".repeat(40), 80).width(), 80);
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }

    #[test]
    fn joined_characters_are_kept_or_left_out_together() {
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(cut(&format!("{family}abc"), 4), format!("{family}a…"));
        assert!(!cut(&format!("a{family}bcd"), 2).contains('\u{200d}'));
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(harmless("a\tb\u{1b}[0m"), "a\\tb\\u{1b}[0m");
    }

    #[test]
    fn counts() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(60175, "row"), "60175 rows");
        assert_eq!((grouped(60175), grouped(1234567)), ("60,175".to_owned(), "1,234,567".to_owned()));
    }
}
