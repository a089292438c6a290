//! Java's pattern syntax → that of the `regex` and `fancy-regex` crates.
//!
//! ```text
//! \d \w \s   ⇒  ASCII classes           .          ⇒  anything but the ends of lines, of which Java knows more
//! \Q…\E      ⇒  escaped text            \p{Alpha}  ⇒  its ASCII class, \p{IsX} ⇒ \p{X}
//! $          ⇒  the very end; exactly: the end, or a line's end before it
//! ```

use std::iter::Peekable;
use std::str::Chars;

/// What ends a line. (Carriage return and line feed together end one.)
pub(super) const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
const NO_LINE_END: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";
const EXACT_END: &str = r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)";

pub(super) struct Translated {
    pub(super) text: String,
    /// The form that also knows of a line's end at the end, where it differs.
    pub(super) exact: Option<String>,
    pub(super) needs_backtracking: bool,
}

/// `None` for what Java rejects and nobody here would notice.
pub(super) fn translate(pattern: &str) -> Option<Translated> {
    let mut translator = Translator {
        chars: pattern.chars().peekable(),
        text: String::with_capacity(pattern.len() + 16),
        exact: String::with_capacity(pattern.len() + 16),
        has_end: false,
        needs_backtracking: false,
        flags: vec![Flags::default()],
    };
    translator.pattern()?;
    let Translator { text, exact, has_end, needs_backtracking, .. } = translator;
    Some(Translated { text, exact: has_end.then_some(exact), needs_backtracking })
}

#[derive(Clone, Copy, Default)]
struct Flags {
    dot_all: bool,
    multi_line: bool,
    comments: bool,
    unix_lines: bool,
    unicode: bool,
}

struct Translator<'a> {
    chars: Peekable<Chars<'a>>,
    text: String,
    exact: String,
    has_end: bool,
    needs_backtracking: bool,
    /// Of the groups that are open.
    flags: Vec<Flags>,
}

impl Translator<'_> {
    fn flags(&mut self) -> &mut Flags {
        if self.flags.is_empty() {
            self.flags.push(Flags::default());
        }
        let last = self.flags.len() - 1;
        &mut self.flags[last]
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.exact.push_str(text);
    }

    fn put_char(&mut self, c: char) {
        self.text.push(c);
        self.exact.push(c);
    }

    fn put_literal(&mut self, c: char) {
        self.put(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }

    fn pattern(&mut self) -> Option<()> {
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open_group()?,
                ')' => {
                    if self.flags.len() > 1 {
                        self.flags.pop();
                    }
                    self.put_char(')');
                }
                '.' => self.dot(),
                '$' => self.dollar(),
                '{' if !self.counts() => return None,
                '*' | '+' | '?' | '}' => self.quantifier(c),
                '#' if self.flags().comments => while self.chars.next_if(|c| *c != '\n').is_some() {},
                other => self.put_char(other),
            }
        }
        Some(())
    }

    /// After `{`: whether `n}`, `n,}` or `n,m}` follows. For Java it is nothing else.
    fn counts(&self) -> bool {
        let mut ahead = self.chars.clone().skip_while(char::is_ascii_digit);
        let counted = self.chars.clone().next().is_some_and(|c| c.is_ascii_digit());
        counted
            && match ahead.next() {
                Some(',') => ahead.find(|c| !c.is_ascii_digit()) == Some('}'),
                end => end == Some('}'),
            }
    }

    /// After a quantifier's last character; a `+` behind it is possessive.
    fn quantifier(&mut self, c: char) {
        self.put_char(c);
        if self.chars.next_if_eq(&'+').is_some() {
            self.needs_backtracking = true;
            self.put_char('+');
        } else if self.chars.next_if_eq(&'?').is_some() {
            self.put_char('?');
        }
    }

    fn dot(&mut self) {
        let flags = *self.flags();
        self.put(match (flags.dot_all, flags.unix_lines) {
            (true, _) => "(?s:.)",
            (_, true) => r"[^\n]",
            _ => NO_LINE_END,
        });
    }

    fn dollar(&mut self) {
        if self.flags().multi_line {
            return self.put_char('$');
        }
        self.has_end = true;
        self.text.push_str(r"\z");
        self.exact.push_str(EXACT_END);
    }

    /// After `(`.
    fn open_group(&mut self) -> Option<()> {
        let inherited = *self.flags();
        if self.chars.next_if_eq(&'?').is_none() {
            self.flags.push(inherited);
            self.put_char('(');
            return Some(());
        }
        match *self.chars.peek()? {
            '=' | '!' | '>' => {
                self.needs_backtracking = true;
                self.flags.push(inherited);
                let kind = self.chars.next()?;
                self.put(&format!("(?{kind}"));
            }
            '<' => {
                self.chars.next();
                self.flags.push(inherited);
                match self.chars.next_if(|c| matches!(c, '=' | '!')) {
                    Some(kind) => {
                        self.needs_backtracking = true;
                        self.put(&format!("(?<{kind}"));
                    }
                    None => self.put("(?<"),
                }
            }
            _ => self.flag_group(inherited)?,
        }
        Some(())
    }

    /// `(?i)`, `(?i-s:`, `(?:`: flags that the engines have are kept, the others are acted on here.
    fn flag_group(&mut self, inherited: Flags) -> Option<()> {
        let mut flags = inherited;
        let (mut on, mut off, mut value) = (String::new(), String::new(), true);
        loop {
            let c = self.chars.next()?;
            match c {
                '-' if value => value = false,
                's' => flags.dot_all = value,
                'd' => flags.unix_lines = value,
                'u' => {}
                'U' => flags.unicode = value,
                'i' | 'm' | 'x' => {
                    if c == 'm' {
                        flags.multi_line = value;
                    }
                    if c == 'x' {
                        flags.comments = value;
                    }
                    if value { on.push(c) } else { off.push(c) }
                }
                ')' | ':' => {
                    let off = if off.is_empty() { off } else { format!("-{off}") };
                    if c == ':' {
                        self.flags.push(flags);
                        self.put(&format!("(?{on}{off}:"));
                    } else {
                        *self.flags() = flags;
                        if !(on.is_empty() && off.is_empty()) {
                            self.put(&format!("(?{on}{off})"));
                        }
                    }
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// After a backslash outside of a class.
    fn escape(&mut self) -> Option<()> {
        let c = *self.chars.peek()?;
        match c {
            'Q' => {
                self.chars.next();
                self.quoted();
            }
            'Z' => {
                self.chars.next();
                self.has_end = true;
                self.text.push_str(r"\z");
                self.exact.push_str(EXACT_END);
            }
            'A' | 'z' | 'b' | 'B' => {
                self.chars.next();
                self.put(&format!("\\{c}"));
            }
            'G' => {
                self.chars.next();
                self.needs_backtracking = true;
                self.put(r"\G");
            }
            'R' => {
                self.chars.next();
                self.put(r"(?:\r\n|[\n\x0B\x0C\r\x{85}\x{2028}\x{2029}])");
            }
            '1'..='9' => self.back_reference(),
            'k' => {
                self.chars.next();
                self.needs_backtracking = true;
                self.put(r"\k");
            }
            _ => {
                let class = self.escaped_class()?;
                match class {
                    Escaped::Char(c) => self.put_literal(c),
                    Escaped::Members(members) => self.put(&format!("[{members}]")),
                }
            }
        }
        Some(())
    }

    fn back_reference(&mut self) {
        self.needs_backtracking = true;
        let mut number = String::new();
        // More digits belong to it only as long as there are so many groups; few patterns have ten.
        if let Some(digit) = self.chars.next() {
            number.push(digit);
        }
        self.put(&format!("(?:\\{number})"));
    }

    /// `\Q…\E`
    fn quoted(&mut self) {
        while let Some(c) = self.chars.next() {
            if c == '\\' && self.chars.next_if_eq(&'E').is_some() {
                return;
            }
            self.put_literal(c);
        }
    }

    /// An escape that stands for a character or for several, in a class or outside; the backslash was read.
    fn escaped_class(&mut self) -> Option<Escaped> {
        let unicode = self.flags().unicode;
        let members = |ascii: &str, full: &str| Escaped::Members(if unicode { full } else { ascii }.to_owned());
        Some(match self.chars.next()? {
            'd' => members("0-9", r"\d"),
            'D' => members("[^0-9]", r"\D"),
            'w' => members("a-zA-Z_0-9", r"\w"),
            'W' => members("[^a-zA-Z_0-9]", r"\W"),
            's' => members(r"\t\n\x0B\x0C\r ", r"\s"),
            'S' => members(r"[^\t\n\x0B\x0C\r ]", r"\S"),
            'h' => Escaped::Members(r" \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}".to_owned()),
            'H' => {
                Escaped::Members(r"[^ \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]".to_owned())
            }
            'v' => Escaped::Members(r"\n\x0B\x0C\r\x{85}\x{2028}\x{2029}".to_owned()),
            'V' => Escaped::Members(r"[^\n\x0B\x0C\r\x{85}\x{2028}\x{2029}]".to_owned()),
            'p' => Escaped::Members(self.property(false)?),
            'P' => Escaped::Members(self.property(true)?),
            't' => Escaped::Char('\t'),
            'n' => Escaped::Char('\n'),
            'r' => Escaped::Char('\r'),
            'f' => Escaped::Char('\x0C'),
            'a' => Escaped::Char('\x07'),
            'e' => Escaped::Char('\x1B'),
            '0' => Escaped::Char(self.octal()?),
            'x' => Escaped::Char(self.hexadecimal()?),
            'u' => Escaped::Char(self.digits(4)?),
            'c' => Escaped::Char(char::from_u32(u32::from(self.chars.next()?) ^ 64)?),
            letter if letter.is_ascii_alphanumeric() => return None,
            other => Escaped::Char(other),
        })
    }

    fn octal(&mut self) -> Option<char> {
        let mut value = self.chars.next_if(|c| c.is_digit(8))?.to_digit(8)?;
        for _ in 0..2 {
            let Some(digit) = self.chars.next_if(|c| c.is_digit(8)) else { break };
            let more = value * 8 + digit.to_digit(8)?;
            if more > 0o377 {
                return None;
            }
            value = more;
        }
        char::from_u32(value)
    }

    fn hexadecimal(&mut self) -> Option<char> {
        if self.chars.next_if_eq(&'{').is_none() {
            return self.digits(2);
        }
        let mut digits = String::new();
        loop {
            match self.chars.next()? {
                '}' => return char::from_u32(u32::from_str_radix(&digits, 16).ok()?),
                digit => digits.push(digit),
            }
        }
    }

    fn digits(&mut self, count: usize) -> Option<char> {
        let digits: String = (0..count).map_while(|_| self.chars.next()).collect();
        if digits.len() != count {
            return None;
        }
        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
    }

    /// After `\p` or `\P`.
    fn property(&mut self, negated: bool) -> Option<String> {
        let mut name = String::new();
        match self.chars.next()? {
            '{' => loop {
                match self.chars.next()? {
                    '}' => break,
                    c => name.push(c),
                }
            },
            letter => name.push(letter),
        }
        let p = if negated { 'P' } else { 'p' };
        let Some(ascii) = ascii_property(&name) else {
            let name = name.strip_prefix("Is").or(name.strip_prefix("In")).unwrap_or(&name);
            return Some(format!("\\{p}{{{name}}}"));
        };
        Some(if negated { format!("[^{ascii}]") } else { ascii.to_owned() })
    }

    /// After `[`: a class, other classes inside of it.
    fn class(&mut self) -> Option<()> {
        self.put_char('[');
        if self.chars.next_if_eq(&'^').is_some() {
            self.put_char('^');
        }
        if self.chars.next_if_eq(&']').is_some() {
            self.put(r"\]");
        }
        loop {
            match self.chars.next()? {
                ']' => {
                    self.put_char(']');
                    return Some(());
                }
                '[' => self.class()?,
                '\\' if self.chars.next_if_eq(&'Q').is_some() => self.quoted(),
                '\\' => match self.escaped_class()? {
                    Escaped::Char(c) => self.put_literal(c),
                    Escaped::Members(members) => self.put(&members),
                },
                '&' if self.chars.next_if_eq(&'&').is_some() => self.put("&&"),
                // Where the engines know operators, Java knows characters.
                '-' if self.chars.peek() == Some(&'-') => self.put(r"\-"),
                c @ ('~' | '&') => self.put(&format!("\\{c}")),
                c if c.is_whitespace() || c == '#' => self.put_literal(c),
                other => self.put_char(other),
            }
        }
    }
}

enum Escaped {
    Char(char),
    /// What stands inside of the brackets of a class.
    Members(String),
}

/// POSIX classes and Java's own, which are of ASCII only.
fn ascii_property(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "0-9a-zA-Z",
        "Punct" => r"!-/:-@\[-`{-\~",
        "Graph" => r"!-\~",
        "Print" => r" -\~",
        "Blank" => r" \t",
        "Cntrl" => r"\x00-\x1F\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => r"\t\n\x0B\x0C\r ",
        "javaLowerCase" => r"\p{Lowercase}",
        "javaUpperCase" => r"\p{Uppercase}",
        "javaWhitespace" => r"\t-\r\x1C-\x1F\p{Z}",
        _ => return None,
    })
}
