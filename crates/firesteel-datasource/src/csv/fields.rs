//! A record cut into fields.
//!
//! ```text
//! 1,"a\"b",,""  ──▶  1 | a"b | nothing | empty
//! ```
//! A quote counts only at the front of a field. What follows a closing quote must be a separator; else the field is taken as it
//! stands, quotes and all, up to the next separator. A field whose quote is never closed reaches to the end of the record.

use super::dialect::Dialect;

/// Where the text of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Bytes of the block, by start and end.
    Plain(u32, u32),
    /// Bytes of the scratch text: a field with escapes in it.
    Unescaped(u32, u32),
    /// `""`.
    Empty,
    /// Nothing between separators, or no field at all.
    Missing,
}

/// Cuts the record at `start..end` of `text`. Fields are given in order; unescaped ones go through `scratch`.
pub(crate) fn split(
    text: &str,
    (start, end): (usize, usize),
    dialect: &Dialect,
    scratch: &mut String,
    mut give: impl FnMut(Field),
) {
    let bytes = text.as_bytes();
    let mut at = start;
    loop {
        let mut front = at;
        if dialect.trim_start {
            while front < end && matches!(bytes[front], b' ' | b'\t') && bytes[front] != dialect.separator {
                front += 1;
            }
        }
        let quoted = front < end && Some(bytes[front]) == dialect.quote;
        let (field, stop) = match quoted.then(|| quoted_field(text, front, end, dialect, scratch)).flatten() {
            Some(found) => found,
            None => plain_field(
                bytes,
                front,
                if quoted { unquoted_from(bytes, front, end, dialect) } else { front },
                end,
                dialect,
            ),
        };
        give(field);
        if stop >= end {
            return;
        }
        at = stop + 1;
    }
}

/// A field from `front` to the next separator at or behind `search`, and where it ends.
fn plain_field(bytes: &[u8], front: usize, search: usize, end: usize, dialect: &Dialect) -> (Field, usize) {
    let stop = memchr::memchr(dialect.separator, &bytes[search..end]).map_or(end, |found| search + found);
    let mut back = stop;
    if dialect.trim_end {
        while back > front && matches!(bytes[back - 1], b' ' | b'\t') {
            back -= 1;
        }
    }
    match back == front {
        true => (Field::Missing, stop),
        false => (Field::Plain(front as u32, back as u32), stop),
    }
}

/// What is between the quotes; `None` when something other than a separator follows the closing one.
fn quoted_field(
    text: &str,
    front: usize,
    end: usize,
    dialect: &Dialect,
    scratch: &mut String,
) -> Option<(Field, usize)> {
    let bytes = text.as_bytes();
    let kept = scratch.len();
    let mut piece = front + 1;
    let closed = loop {
        match next_special(bytes, piece, end, dialect) {
            // The escape of a quote or of itself falls away, any other is text.
            Some((at, true)) => {
                scratch.push_str(&text[piece..at]);
                piece = at + 1;
                // The escaped character is copied with what follows.
                let after = piece + 1;
                scratch.push_str(&text[piece..after]);
                piece = after;
            }
            Some((at, false)) => break at,
            None => {
                // Never closed.
                let field = finish(text, piece, end, front, kept, scratch);
                return Some((field, end));
            }
        }
    };
    let mut stop = closed + 1;
    while dialect.trim_end && stop < end && matches!(bytes[stop], b' ' | b'\t') && bytes[stop] != dialect.separator {
        stop += 1;
    }
    if stop < end && bytes[stop] != dialect.separator {
        scratch.truncate(kept);
        return None;
    }
    Some((finish(text, piece, closed, front, kept, scratch), stop))
}

fn finish(text: &str, piece: usize, closed: usize, front: usize, kept: usize, scratch: &mut String) -> Field {
    if scratch.len() == kept && piece == front + 1 {
        return match closed == piece {
            true => Field::Empty,
            false => Field::Plain(piece as u32, closed as u32),
        };
    }
    scratch.push_str(&text[piece..closed]);
    Field::Unescaped(kept as u32, scratch.len() as u32)
}

/// The next escape that escapes something (true) or closing quote (false) from `from` on.
fn next_special(bytes: &[u8], from: usize, end: usize, dialect: &Dialect) -> Option<(usize, bool)> {
    let quote = dialect.quote?;
    let escape = dialect.escape.unwrap_or(quote);
    let mut at = from;
    while at < end {
        at += memchr::memchr2(quote, escape, &bytes[at..end])?;
        let next = bytes.get(at + 1).filter(|_| at + 1 < end).copied();
        let escapes = bytes[at] == escape && dialect.escape.is_some() && (next == Some(quote) || next == Some(escape));
        match bytes[at] {
            _ if escapes => return Some((at, true)),
            byte if byte == quote => return Some((at, false)),
            _ => at += 1,
        }
    }
    None
}

/// Where to look for the separator that ends a field with a stray quote: behind that quote.
fn unquoted_from(bytes: &[u8], front: usize, end: usize, dialect: &Dialect) -> usize {
    let mut at = front + 1;
    while let Some((special, escapes)) = next_special(bytes, at, end, dialect) {
        if !escapes {
            return special + 1;
        }
        at = special + 2;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::FileOptions;

    fn fields(record: &str, options: &[(&str, &str)]) -> Vec<String> {
        let options: FileOptions = options.iter().copied().collect();
        let dialect = Dialect::of(&options).expect("a dialect");
        let (mut scratch, mut found) = (String::new(), Vec::new());
        split(record, (0, record.len()), &dialect, &mut scratch, |field| found.push(field));
        let text = |field: &Field| match *field {
            Field::Plain(start, end) => record[start as usize..end as usize].to_owned(),
            Field::Unescaped(start, end) => scratch[start as usize..end as usize].to_owned(),
            Field::Empty => "<empty>".to_owned(),
            Field::Missing => "<missing>".to_owned(),
        };
        found.iter().map(text).collect()
    }

    /// What Spark 4 reads.
    #[test]
    fn quotes_and_escapes() {
        assert_eq!(fields(r#""",,x"#, &[]), ["<empty>", "<missing>", "x"]);
        assert_eq!(fields(r#""a""b",q,1"#, &[]), [r#""a""b""#, "q", "1"]);
        assert_eq!(fields(r#""a\"b",q,1"#, &[]), [r#"a"b"#, "q", "1"]);
        assert_eq!(fields(r#""a\\b","c\d",1"#, &[]), [r"a\b", r"c\d", "1"]);
        assert_eq!(fields(r#""ab"x,q,1"#, &[]), [r#""ab"x"#, "q", "1"]);
        assert_eq!(fields(r#" x , "y" ,z"#, &[]), [" x ", r#" "y" "#, "z"]);
        assert_eq!(fields(r#""open,q,1"#, &[]), ["open,q,1"]);
        assert_eq!(fields(r#""x"y"z,q,2"#, &[]), [r#""x"y"z"#, "q", "2"]);
        let escape_is_quote = [("escape", "\"")];
        assert_eq!(fields(r#""a""b",q,1"#, &escape_is_quote), [r#"a"b"#, "q", "1"]);
        assert_eq!(fields(r#""a\"b",q,1"#, &escape_is_quote), [r#""a\"b""#, "q", "1"]);
        assert_eq!(fields(r#""a\\b","c\d",1"#, &escape_is_quote), [r"a\\b", r"c\d", "1"]);
        let trim = [("ignoreLeadingWhiteSpace", "true"), ("ignoreTrailingWhiteSpace", "true")];
        assert_eq!(fields(r#" x , "y" ,z"#, &trim), ["x", "y", "z"]);
        assert_eq!(fields("a|'b|c'", &[("sep", "|"), ("quote", "'")]), ["a", "b|c"]);
        assert_eq!(fields("a,", &[]), ["a", "<missing>"]);
        assert_eq!(fields("\"ü\\\"ö\"", &[]), ["ü\"ö"]);
    }
}
