//! What a string literal's text means: quotes off, doubled quotes and backslash escapes resolved.

/// The value of a literal as written, quotes and prefix included: `'it\'s'`, `"a"`, `r'\d'`.
pub(super) fn string_value(literal: &str) -> String {
    let raw = literal.starts_with(['r', 'R']);
    let body = if raw { &literal[1..] } else { literal };
    let mut inside = body.chars();
    let quote = inside.next().unwrap_or('\'');
    inside.next_back();
    let inside = inside.as_str();
    if raw || !inside.contains(['\\', quote]) { inside.to_owned() } else { unescape(inside, quote) }
}

/// The name inside back-ticks, doubled ones resolved.
pub(super) fn quoted_name(literal: &str) -> String {
    let inside = literal.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(literal);
    inside.replace("``", "`")
}

fn unescape(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', quote]) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\\') {
            rest = escape(after, &mut out);
        } else {
            // A quote inside stands doubled.
            out.push(quote);
            rest = rest[quote.len_utf8()..].strip_prefix(quote).unwrap_or(&rest[quote.len_utf8()..]);
        }
    }
    out.push_str(rest);
    out
}

/// Resolves what follows a backslash and gives what follows that.
fn escape<'a>(after: &'a str, out: &mut String) -> &'a str {
    if let Some((c, length)) = numeric_escape(after) {
        out.push(c);
        return &after[length..];
    }
    let mut chars = after.chars();
    match chars.next() {
        None => out.push('\\'),
        Some('0') => out.push('\0'),
        Some('b') => out.push('\u{8}'),
        Some('n') => out.push('\n'),
        Some('r') => out.push('\r'),
        Some('t') => out.push('\t'),
        Some('Z') => out.push('\u{1a}'),
        // LIKE wants to see these two with their backslash.
        Some(c @ ('%' | '_')) => out.extend(['\\', c]),
        Some(c) => out.push(c),
    }
    chars.as_str()
}

/// `u00e9`, `U0001f600`, and the octal `101` (first digit 0 or 1): the character, and how many bytes it took.
fn numeric_escape(text: &str) -> Option<(char, usize)> {
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = text.get(from..from + count)?;
        let code = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix).ok())??;
        Some((char::from_u32(code)?, from + count))
    };
    match text.as_bytes().first()? {
        b'u' => surrogate_pair(text).or_else(|| digits(1, 4, 16)),
        b'U' => digits(1, 8, 16),
        b'0' | b'1' => digits(0, 3, 8),
        _ => None,
    }
}

/// `uD83D\uDE00`: characters beyond the first 65,536 may be written as two halves.
fn surrogate_pair(text: &str) -> Option<(char, usize)> {
    let half = |from: usize| u32::from_str_radix(text.get(from..from + 4)?, 16).ok();
    let (high, low) = (half(1)?, half(7)?);
    let is_pair = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low) && text.get(5..7)? == "\\u";
    is_pair.then(|| char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)))?.map(|c| (c, 11))
}

#[cfg(test)]
mod tests {
    use super::string_value;

    #[test]
    fn escapes_as_in_the_reference() {
        for (written, value) in [
            (r"'it\'s'", "it's"),
            (r"'it''s'", "it's"),
            (r#""say \"hi\"""#, "say \"hi\""),
            (r"'a\nb\tc\rd\be'", "a\nb\tc\rd\u{8}e"),
            (r"'\0\Z\\'", "\0\u{1a}\\"),
            (r"'\u00e9\U0001F600'", "é😀"),
            (r"'\uD83D\uDE00'", "😀"),
            (r"'\101\0012'", "A\u{1}2"),
            (r"'\%\_\q'", r"\%\_q"),
            (r"r'a\nb'", r"a\nb"),
            (r#"R"a\nb""#, r"a\nb"),
            (r"'\u00'", "u00"),
            ("''", ""),
            (r"'\é'", "é"),
        ] {
            assert_eq!(string_value(written), value, "{written}");
        }
    }
}
