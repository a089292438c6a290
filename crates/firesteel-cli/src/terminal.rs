//! What the terminal is and can: size, colours, characters.

use std::io::IsTerminal;

/// How a thing looks on a terminal, as the codes that select it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Dim,
    Bold,
    Red,
    BoldRed,
    Yellow,
}

impl Look {
    fn codes(self) -> &'static str {
        match self {
            Self::Dim => "2",
            Self::Bold => "1",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Yellow => "33",
        }
    }

    /// The text in this look, or as it is when colours are off.
    pub(crate) fn paint(self, text: &str, on: bool) -> String {
        match on && !text.is_empty() {
            true => format!("\u{1b}[{}m{text}\u{1b}[0m", self.codes()),
            false => text.to_owned(),
        }
    }
}

/// Columns and rows of the terminal that is written to, if it is one that tells.
pub(crate) fn size() -> Option<(usize, usize)> {
    let (columns, rows) = std::io::stdout().is_terminal().then(crossterm::terminal::size)?.ok()?;
    (columns > 0 && rows > 0).then_some((usize::from(columns), usize::from(rows)))
}

/// Whether colours are wished at all: as <https://no-color.org> asks, and not on terminals that can do nothing.
pub(crate) fn wants_color() -> bool {
    let asked_not_to = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !asked_not_to && !is_dumb()
}

pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether the locale says UTF-8; one that says nothing is taken to be able to.
pub(crate) fn speaks_unicode() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
