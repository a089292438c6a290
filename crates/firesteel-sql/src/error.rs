//! Syntax errors: what stands at the wrong place, where, and what would help.

use firesteel_common::{Error, Span, error};

/// `near` is the offending text, or nothing at the end of the input.
pub(crate) fn syntax_error(near: Option<&str>, hint: &str, span: Span) -> Error {
    let near = match near {
        Some(near) => format!("'{}'", shorten(near)),
        None => "end of input".to_owned(),
    };
    error!(PARSE_SYNTAX_ERROR, error = near, hint = hint).at(span)
}

/// Long tokens are cut: an error of a 100 MB literal fits a screen.
fn shorten(text: &str) -> String {
    const CHARS_MAX: usize = 100;
    match text.char_indices().nth(CHARS_MAX) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
