//! Slips that people of other databases make, recognised where the parser stops: what to write instead.
//!
//! ```text
//! select “text”          ⇒  a typographic quote          select a b c from t   ⇒  a comma may be missing
//! select 1 limit 2, 3    ⇒  LIMIT 3 OFFSET 2             a && b                ⇒  AND
//! ```

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    /// What may have been meant by what stands here, for the line below an error's place.
    pub(super) fn slip(&self) -> Option<String> {
        let written = self.slice(self.span());
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.tokens.get(at));
        let hint = match (self.peek(), before) {
            (Token::Unknown, _) => return unknown(written),
            (Token::Symbol("&"), Some(Token::Symbol("&"))) => "Hint: write AND instead of &&.".to_owned(),
            (Token::Symbol(","), Some(Token::Number(first))) if self.is_word_before(2, "limit") => {
                let Token::Number(second) = self.peek_at(1) else { return None };
                format!("Hint: write LIMIT {second} OFFSET {first}.")
            }
            (Token::Number(count), Some(Token::Word(top))) if top.eq_ignore_ascii_case("top") => {
                format!("Hint: write LIMIT {count} at the end of the query.")
            }
            (here, Some(before)) if self.in_select_list() && ends_item(before) && begins_item(here) => {
                "Hint: a comma or an operator may be missing before it.".to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }

    fn is_word_before(&self, back: usize, word: &str) -> bool {
        let token = self.at.checked_sub(back).and_then(|at| self.tokens.tokens.get(at));
        matches!(token, Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    /// Whether the nearest clause that begins before this place is a SELECT.
    fn in_select_list(&self) -> bool {
        const CLAUSES: [&str; 8] = ["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "VALUES"];
        let clause = self.tokens.tokens[..self.at].iter().rev().find_map(|token| match token {
            Token::Word(word) => CLAUSES.iter().find(|clause| clause.eq_ignore_ascii_case(word)),
            _ => None,
        });
        clause == Some(&"SELECT")
    }
}

fn ends_item(token: &Token) -> bool {
    matches!(token, Token::Word(_) | Token::Quoted(_) | Token::Number(_) | Token::String(_) | Token::Symbol(")" | "]"))
}

fn begins_item(token: &Token) -> bool {
    matches!(token, Token::Word(_) | Token::Quoted(_) | Token::Number(_) | Token::String(_))
}

fn unknown(written: &str) -> Option<String> {
    let hint = match written.chars().next()? {
        c @ ('“' | '”' | '„' | '«' | '»' | '‘' | '’' | '‚') => {
            format!("Hint: {c} is a typographic quote; write ' around texts and ` around names.")
        }
        '´' => "Hint: ´ is an accent; write ' around texts and ` around names.".to_owned(),
        '\\' => "Hint: commands stand on lines of their own; end the statement with ';' first.".to_owned(),
        '#' => "Hint: comments begin with --.".to_owned(),
        c @ ('–' | '—' | '−') => format!("Hint: {c} is no minus sign; write -."),
        _ => return None,
    };
    Some(hint)
}
