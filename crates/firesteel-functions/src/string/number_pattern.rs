//! Patterns of numbers, `S$99,999.99`: written by `to_char`, read by `to_number`.
//!
//! ```text
//! [MI | S] [$] [digits with , or G between] [. or D [digits]] [$] [PR | MI | S]
//! ```
//! Of a group of digits, one that begins with 0 has exactly so many, one that begins with 9 at most so many.

use firesteel_common::{Error, Result, error};

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Sign {
    None,
    /// `S`: plus or minus.
    Either,
    /// `MI`: minus or a blank.
    Minus,
}

pub(super) struct NumberPattern {
    text: String,
    before: Sign,
    after: Sign,
    /// `PR`: negative numbers in angle brackets.
    brackets: bool,
    currency: bool,
    /// The groups of digits before the point, as written, parted by separators.
    whole: Vec<String>,
    point: bool,
    fraction: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Digits(String),
    Separator,
    Point,
    Dollar,
    Plus,
    Minus,
    Brackets,
}

impl Token {
    /// As errors name it.
    fn name(&self) -> &'static str {
        match self {
            Token::Digits(_) => "digit sequence",
            Token::Separator => ", or G",
            Token::Point => ". or D",
            Token::Dollar => "$",
            Token::Plus => "S",
            Token::Minus => "MI",
            Token::Brackets => "PR",
        }
    }
}

fn unexpected(token: String, format: &str) -> Error {
    error!(INVALID_FORMAT_UNEXPECTED_TOKEN, token = token, format = format!("'{format}'"))
}

fn tokens(format: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '0' | '9' => {
                let mut digits = String::from(c);
                while let Some(digit) = chars.next_if(|c| matches!(c, '0' | '9')) {
                    digits.push(digit);
                }
                Token::Digits(digits)
            }
            ',' | 'G' => Token::Separator,
            '.' | 'D' => Token::Point,
            '$' => Token::Dollar,
            'S' => Token::Plus,
            'M' if chars.next_if_eq(&'I').is_some() => Token::Minus,
            'P' if chars.next_if_eq(&'R').is_some() => Token::Brackets,
            other => return Err(unexpected(format!("character '{other}''"), format)),
        });
    }
    Ok(tokens)
}

impl NumberPattern {
    pub(super) fn parse(format: &str) -> Result<NumberPattern> {
        let text = format.to_uppercase();
        let quoted = || format!("'{text}'");
        if text.is_empty() {
            return Err(error!(INVALID_FORMAT_EMPTY, format = quoted()));
        }
        let has_digits = text.contains(['0', '9']);
        if !has_digits {
            return Err(error!(INVALID_FORMAT_WRONG_NUM_DIGIT, format = quoted()));
        }
        let tokens = tokens(&text)?;
        for once in [Token::Point, Token::Plus, Token::Minus, Token::Dollar, Token::Brackets] {
            if tokens.iter().filter(|token| **token == once).count() > 1 {
                return Err(error!(INVALID_FORMAT_WRONG_NUM_TOKEN, token = once.name(), format = quoted()));
            }
        }
        Self::check_separators(&tokens, &quoted)?;
        let first_digits = tokens.iter().position(|token| matches!(token, Token::Digits(_) | Token::Point));
        let dollar = tokens.iter().position(|token| *token == Token::Dollar);
        if let (Some(digits), Some(dollar)) = (first_digits, dollar)
            && dollar > digits
        {
            return Err(error!(INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT, format = quoted()));
        }
        Self::assemble(tokens, text)
    }

    /// A separator has digits on both sides, and stands before the point.
    fn check_separators(tokens: &[Token], quoted: &dyn Fn() -> String) -> Result<()> {
        let point = tokens.iter().position(|token| *token == Token::Point).unwrap_or(tokens.len());
        for at in (0..tokens.len()).filter(|at| tokens[*at] == Token::Separator) {
            if at > point {
                return Err(error!(INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC, format = quoted()));
            }
            let is_digits = |at: Option<usize>| matches!(at.and_then(|at| tokens.get(at)), Some(Token::Digits(_)));
            if !is_digits(at.checked_sub(1)) || !is_digits(Some(at + 1)) {
                return Err(error!(INVALID_FORMAT_CONT_THOUSANDS_SEPS, format = quoted()));
            }
        }
        Ok(())
    }

    fn assemble(tokens: Vec<Token>, text: String) -> Result<NumberPattern> {
        let mut tokens = tokens.into_iter().peekable();
        let mut pattern = NumberPattern {
            before: Sign::None,
            after: Sign::None,
            brackets: false,
            currency: false,
            whole: Vec::new(),
            point: false,
            fraction: 0,
            text,
        };
        pattern.before = Self::sign(&mut tokens);
        pattern.currency = tokens.next_if_eq(&Token::Dollar).is_some();
        while let Some(token) = tokens.next_if(|token| matches!(token, Token::Digits(_) | Token::Separator)) {
            if let Token::Digits(digits) = token {
                pattern.whole.push(digits);
            }
        }
        pattern.point = tokens.next_if_eq(&Token::Point).is_some();
        if pattern.point
            && let Some(Token::Digits(digits)) = tokens.next_if(|token| matches!(token, Token::Digits(_)))
        {
            pattern.fraction = digits.len();
        }
        pattern.after = Self::sign(&mut tokens);
        if pattern.before != Sign::None && pattern.after != Sign::None {
            let name = if pattern.after == Sign::Either { "S" } else { "MI" };
            return Err(error!(INVALID_FORMAT_WRONG_NUM_TOKEN, token = name, format = format!("'{}'", pattern.text)));
        }
        pattern.brackets = tokens.next_if_eq(&Token::Brackets).is_some();
        match tokens.next() {
            Some(token) => Err(unexpected(token.name().to_owned(), &pattern.text)),
            None => Ok(pattern),
        }
    }

    fn sign(tokens: &mut std::iter::Peekable<std::vec::IntoIter<Token>>) -> Sign {
        match tokens.next_if(|token| matches!(token, Token::Plus | Token::Minus)) {
            Some(Token::Plus) => Sign::Either,
            Some(_) => Sign::Minus,
            None => Sign::None,
        }
    }

    /// In upper case.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Of the numbers that are read.
    pub(super) fn digits(&self) -> (u8, i8) {
        let whole: usize = self.whole.iter().map(String::len).sum();
        ((whole + self.fraction).clamp(1, 38) as u8, self.fraction.min(38) as i8)
    }

    /// The unscaled number at the pattern's scale; `None` for what does not fit.
    pub(super) fn read(&self, text: &str) -> Option<i128> {
        let mut rest = text.trim_matches(' ');
        let mut negative = false;
        if self.brackets
            && let Some(inner) = rest.strip_prefix('<')
        {
            rest = inner.strip_suffix('>')?;
            negative = true;
        }
        for (sign, at_start) in [(self.before, true), (self.after, false)] {
            let strip = |c: char| if at_start { rest.strip_prefix(c) } else { rest.strip_suffix(c) };
            let (minus, plus) = (strip('-'), strip('+'));
            match (sign, minus, plus) {
                (Sign::None, ..) => {}
                (_, Some(stripped), _) => (rest, negative) = (stripped, true),
                (Sign::Either, _, Some(stripped)) => rest = stripped,
                _ => {}
            }
        }
        if self.currency {
            rest = rest.strip_prefix('$')?;
        }
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        if rest.contains('.') && !self.point {
            return None;
        }
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.len() > self.fraction || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let whole = self.read_whole(whole)?;
        let digits = format!("{whole}{fraction:0<width$}", width = self.fraction);
        let value: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(if negative { -value } else { value })
    }

    /// Groups from the right; only leading ones may be missing, unless they are to be there.
    fn read_whole(&self, text: &str) -> Option<String> {
        let groups: Vec<&str> = text.split(',').collect();
        if groups.len() > self.whole.len().max(1) || (groups.len() > 1 && groups.iter().any(|group| group.is_empty())) {
            return None;
        }
        if self.whole.is_empty() {
            return text.is_empty().then(String::new);
        }
        let exact = self.whole[0].starts_with('0');
        let mut wanted = self.whole.iter().rev();
        for group in groups.iter().rev() {
            let wanted = wanted.next()?;
            let fits = if exact { group.len() == wanted.len() } else { group.len() <= wanted.len() };
            if !fits || !group.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
        }
        (!exact || wanted.next().is_none()).then(|| groups.concat())
    }

    /// The digits of a number without its sign; `#` in the place of each if there are too many.
    pub(super) fn write(&self, negative: bool, whole: &str, fraction: &str) -> String {
        let has_fraction = !fraction.is_empty();
        // Zeros that the pattern has no place for are not missed.
        let fraction = match fraction.len() > self.fraction {
            true => fraction.trim_end_matches('0'),
            false => fraction,
        };
        let whole = match whole.trim_start_matches('0') {
            "" if has_fraction => "0",
            stripped => stripped,
        };
        let room: usize = self.whole.iter().map(String::len).sum();
        let fits = whole.len() <= room.max(usize::from(whole == "0" && room == 0)) && fraction.len() <= self.fraction;
        let digits = self.digits_text(fits, whole, fraction);
        // A sign or bracket stands next to the first digit.
        let (blanks, digits) = match self.currency {
            true => ("", format!("${digits}")),
            false => {
                let first = digits.find(|c| c != ' ').unwrap_or(digits.len());
                (&digits[..first], digits[first..].to_owned())
            }
        };
        let sign = |sign: Sign| match (sign, negative) {
            (Sign::None, _) => "",
            (_, true) => "-",
            (Sign::Either, false) => "+",
            (Sign::Minus, false) => " ",
        };
        let (open, close) = match (self.brackets, negative) {
            (true, true) => ("<", ">"),
            (true, false) => ("", "  "),
            _ => ("", ""),
        };
        format!("{blanks}{open}{}{digits}{}{close}", sign(self.before), sign(self.after))
    }

    fn digits_text(&self, fits: bool, whole: &str, fraction: &str) -> String {
        let mut out: Vec<char> = Vec::new();
        let fills_with_zeros = self.whole.first().is_some_and(|first| first.starts_with('0'));
        let mut left = whole.chars().rev();
        for (at, group) in self.whole.iter().rev().enumerate() {
            if at > 0 {
                let more = fits && (left.clone().next().is_some() || fills_with_zeros);
                out.push(if more { ',' } else { ' ' });
            }
            for _ in 0..group.len() {
                out.push(match (fits, left.next()) {
                    (false, _) => '#',
                    (_, Some(digit)) => digit,
                    (_, None) if fills_with_zeros => '0',
                    _ => ' ',
                });
            }
        }
        let mut text: String = out.into_iter().rev().collect();
        if self.point {
            match (self.fraction, fits) {
                (0, _) => text.push(' '),
                (count, true) => text.push_str(&format!(".{fraction:0<count$}")),
                (count, false) => text.push_str(&format!(".{}", "#".repeat(count))),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pattern: &str, negative: bool, whole: &str, fraction: &str) -> String {
        NumberPattern::parse(pattern).expect(pattern).write(negative, whole, fraction)
    }

    fn read(pattern: &str, text: &str) -> Option<i128> {
        NumberPattern::parse(pattern).expect(pattern).read(text)
    }

    /// Results of Spark 4.2.
    #[test]
    fn numbers_written() {
        for (pattern, negative, whole, fraction, expected) in [
            ("999", false, "454", "", "454"),
            ("999", false, "5", "", "  5"),
            ("999", false, "0", "", "   "),
            ("99", false, "454", "", "##"),
            ("S999", true, "5", "", "  -5"),
            ("MI999", false, "5", "", "   5"),
            ("999MI", true, "5", "", "  5-"),
            ("999PR", true, "5", "", "  <5>"),
            ("999PR", false, "5", "", "  5  "),
            ("0.9", false, "0", "5", "0.5"),
            ("999.99", false, "12", "3", " 12.30"),
            ("999.99", false, "12", "345", "###.##"),
            ("9,999,999", false, "567", "", "      567"),
            ("0,000,000", false, "567", "", "0,000,567"),
            ("$999", false, "12", "", "$ 12"),
            ("S$999.99", true, "12", "", "-$ 12.00"),
            ("999.", false, "12", "", " 12 "),
            ("9G9", false, "123456", "", "# #"),
            ("99G999D9S", true, "12454", "8", "12,454.8-"),
            ("0999", false, "7", "", "0007"),
            ("9990", false, "7", "", "   7"),
        ] {
            assert_eq!(written(pattern, negative, whole, fraction), expected, "{pattern}");
        }
    }

    #[test]
    fn numbers_read() {
        for (pattern, text, expected) in [
            ("999", "454", Some(454)),
            ("00", "5", None),
            ("00", "05", Some(5)),
            ("99,999", "12,454", Some(12454)),
            ("9,999", "1,23", Some(123)),
            ("$99.99", "$78.12", Some(7812)),
            ("99,999.9S", "12,454.8-", Some(-124_548)),
            ("S9", "+5", Some(5)),
            ("MI9", "-5", Some(-5)),
            ("MI9", "+5", None),
            ("9PR", "<5>", Some(-5)),
            ("99.99", "12.3456", None),
            ("9.9", ".5", Some(5)),
            ("9.9", "5.", Some(50)),
            ("9", "", None),
            ("9", " 5 ", Some(5)),
        ] {
            assert_eq!(read(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_refused() {
        let condition = |pattern: &str| match NumberPattern::parse(pattern) {
            Ok(_) => "none",
            Err(error) => error.condition().name,
        };
        assert_eq!(condition("9x"), "INVALID_FORMAT.UNEXPECTED_TOKEN");
        assert_eq!(condition(""), "INVALID_FORMAT.EMPTY");
        assert_eq!(condition("9.9.9"), "INVALID_FORMAT.WRONG_NUM_TOKEN");
        assert_eq!(condition("99,"), "INVALID_FORMAT.CONT_THOUSANDS_SEPS");
        assert_eq!(condition("S9S"), "INVALID_FORMAT.WRONG_NUM_TOKEN");
        assert_eq!(condition("9$9"), "INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT");
        assert_eq!(condition("x"), "INVALID_FORMAT.WRONG_NUM_DIGIT");
        assert_eq!(condition("PR99"), "INVALID_FORMAT.UNEXPECTED_TOKEN");
    }
}
