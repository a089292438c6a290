//! Which tables a statement names and what they are called in it, as far as that can be told of a text that is not
//! finished: what stands behind FROM, JOIN and the commas between, in the query around the cursor and those around that.
//!
//! ```text
//! with w as (select 1 as x) select | from nation n, w   ⇒   nation as n; w with its column x
//! ```

use firesteel::Span;
use firesteel::sql::{PieceKind, TextPiece, pieces};

use super::dictionary::Dictionary;
use super::keywords::{follows_table, is_keyword};

/// The statement around a place, without its blanks and comments.
pub(super) struct Statement<'a> {
    pub(super) text: &'a str,
    pub(super) pieces: Vec<TextPiece>,
    /// For each piece the number of the bracket that it stands in: the piece's index plus one, 0 outside of all.
    blocks: Vec<usize>,
}

/// A table as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// As DESCRIBE takes it; empty for a query in brackets.
    pub(super) table: String,
    /// What its columns may be called by.
    pub(super) alias: String,
    /// Of a query in brackets, whose columns stand in its own text.
    query: Option<(usize, usize)>,
    /// Where the name stands, for a table or view.
    pub(super) span: Option<Span>,
    block: usize,
}

impl<'a> Statement<'a> {
    pub(super) fn around(text: &'a str, cursor: usize) -> Self {
        let mut kept: Vec<TextPiece> = Vec::new();
        for piece in pieces(text) {
            match piece.kind {
                PieceKind::Blank | PieceKind::Comment => {}
                PieceKind::Mark(';') if piece.span.end as usize <= cursor => kept.clear(),
                PieceKind::Mark(';') => break,
                _ => kept.push(piece),
            }
        }
        let blocks = blocks(&kept);
        Self { text, pieces: kept, blocks }
    }

    pub(super) fn written(&self, at: usize) -> &'a str {
        self.pieces.get(at).map_or("", |piece| piece.span.slice(self.text))
    }

    pub(super) fn kind(&self, at: usize) -> Option<PieceKind> {
        self.pieces.get(at).map(|piece| piece.kind)
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.kind(at) == Some(PieceKind::Word) && self.written(at).eq_ignore_ascii_case(word)
    }

    fn is_mark(&self, at: usize, mark: char) -> bool {
        self.kind(at) == Some(PieceKind::Mark(mark))
    }

    fn is_name(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(PieceKind::Word | PieceKind::Quoted))
    }

    /// The piece behind the bracket that closes the one at a place.
    fn behind(&self, open: usize) -> usize {
        let inside = |at: &usize| self.blocks[*at] != self.blocks[open] || *at == open;
        let close = (open..self.pieces.len()).find(|at| !inside(at));
        close.map_or(self.pieces.len(), |at| if self.is_mark(at, ')') { at + 1 } else { at })
    }

    /// The bracket around a place, and those around that.
    fn blocks_around(&self, cursor: usize) -> Vec<usize> {
        let before = self.pieces.iter().take_while(|piece| (piece.span.end as usize) <= cursor).count();
        let mut block = match before.checked_sub(1) {
            Some(last) if self.is_mark(last, '(') => last + 1,
            Some(last) => self.blocks[last],
            None => 0,
        };
        let mut around = vec![block];
        while block > 0 {
            block = self.blocks[block - 1];
            around.push(block);
        }
        around
    }

    /// Names that WITH gives to queries, and where those stand.
    fn named_queries(&self) -> Vec<(&'a str, (usize, usize))> {
        let mut named = Vec::new();
        for at in 1..self.pieces.len() {
            let begins = self.is(at - 1, "with") || self.is(at - 1, "recursive") || self.is_mark(at - 1, ',');
            if !begins || !self.is_name(at) {
                continue;
            }
            let mut next = at + 1;
            if self.is_mark(next, '(') {
                next = self.behind(next);
            }
            if self.is(next, "as") && self.is_mark(next + 1, '(') {
                named.push((self.written(at), (next + 2, self.behind(next + 1))));
            }
        }
        named
    }

    /// Every table that the statement names.
    pub(super) fn relations(&self) -> Vec<Relation> {
        let mut found = Vec::new();
        for at in 0..self.pieces.len() {
            if self.is(at, "from") || self.is(at, "join") {
                // `extract(year from x)` has no table, `is distinct from x` neither.
                if self.is(at, "from") && (self.is_extract(at) || (at > 0 && self.is(at - 1, "distinct"))) {
                    continue;
                }
                self.take_tables(at + 1, &mut found);
            }
        }
        found
    }

    fn is_extract(&self, from: usize) -> bool {
        let Some(open) = self.blocks[from].checked_sub(1) else { return false };
        open > 0 && ["extract", "trim", "substring", "substr", "overlay"].iter().any(|name| self.is(open - 1, name))
    }

    /// Tables with commas between them.
    fn take_tables(&self, start: usize, found: &mut Vec<Relation>) {
        let mut at = start;
        loop {
            if self.is(at, "lateral") || self.is(at, "table") {
                at += 1;
            }
            let next = self.relation(at, found);
            if !self.is_mark(next, ',') {
                return;
            }
            at = next + 1;
        }
    }

    /// One table with its alias; what comes behind.
    fn relation(&self, start: usize, found: &mut Vec<Relation>) -> usize {
        let block = self.blocks.get(start).copied().unwrap_or(0);
        let (table, query, span, mut at) = match self.kind(start) {
            Some(PieceKind::Mark('(')) => {
                let end = self.behind(start);
                (String::new(), Some((start + 1, end)), None, end)
            }
            Some(PieceKind::Text) => {
                let path = self.written(start).trim_matches(['\'', '"']);
                (format!("`{}`", path.replace('`', "``")), None, None, start + 1)
            }
            Some(PieceKind::Word | PieceKind::Quoted) => {
                let mut at = start + 1;
                while self.is_mark(at, '.') && self.is_name(at + 1) {
                    at += 2;
                }
                // A function that gives a table.
                if self.is_mark(at, '(') {
                    return self.behind(at);
                }
                let span = self.pieces[start].span.to(self.pieces[at - 1].span);
                (span.slice(self.text).to_owned(), None, Some(span), at)
            }
            _ => return start,
        };
        let mut alias = table.rsplit('.').next().unwrap_or("").trim_matches('`').to_owned();
        let named = self.is(at, "as") as usize;
        if self.is_name(at + named)
            && !(self.kind(at + named) == Some(PieceKind::Word) && follows_table(self.written(at + named)))
        {
            alias = self.written(at + named).trim_matches('`').to_owned();
            at += named + 1;
        }
        found.push(Relation { table, alias, query, span, block });
        at
    }

    /// Tables that can be seen from a place.
    pub(super) fn visible(&self, cursor: usize) -> Vec<Relation> {
        let around = self.blocks_around(cursor);
        self.relations().into_iter().filter(|relation| around.contains(&relation.block)).collect()
    }

    /// Columns of a table, with their types where those are known.
    pub(super) fn columns(&self, relation: &Relation, words: &mut dyn Dictionary) -> Vec<(String, String)> {
        if let Some((start, end)) = relation.query {
            return self.columns_of_query(start, end, words);
        }
        let named = self.named_queries();
        match named.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(&relation.table)) {
            Some((_, (start, end))) => self.columns_of_query(*start, *end, words),
            None => words.columns(&relation.table),
        }
    }

    /// Whether a name is given by WITH.
    pub(super) fn is_named_query(&self, name: &str) -> bool {
        self.named_queries().iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    pub(super) fn names_of_queries(&self) -> Vec<&'a str> {
        self.named_queries().into_iter().map(|(name, _)| name).collect()
    }

    /// What `SELECT a, b AS c, *, …` calls its columns.
    fn columns_of_query(&self, start: usize, end: usize, words: &mut dyn Dictionary) -> Vec<(String, String)> {
        if !self.is(start, "select") {
            return Vec::new();
        }
        let block = self.blocks[start];
        let closed = end > start && self.is_mark(end - 1, ')') && self.blocks[end - 1] != block;
        let end = if closed { end - 1 } else { end };
        let mut columns = Vec::new();
        let mut item = start + 1;
        for at in start + 1..=end {
            let from = at < end && self.blocks[at] == block && self.is(at, "from");
            let comma = at < end && self.blocks[at] == block && self.is_mark(at, ',');
            if (from || comma || at == end) && at > item {
                self.column_of_item(at - 1, start, words, &mut columns);
                item = at + 1;
            }
            if from {
                break;
            }
        }
        columns
    }

    fn column_of_item(&self, last: usize, select: usize, words: &mut dyn Dictionary, out: &mut Vec<(String, String)>) {
        if self.is_mark(last, '*') {
            let block = self.blocks[select];
            let inner: Vec<_> = self.relations().into_iter().filter(|relation| relation.block == block).collect();
            // Deeper ones only: a query cannot be its own source, whatever the text says.
            let inner = inner.iter().filter(|relation| relation.query.is_none_or(|(start, _)| start > select));
            for relation in inner.filter(|relation| !self.is_named_query(&relation.table)) {
                out.extend(self.columns(relation, words));
            }
        } else if self.is_name(last) && !(self.kind(last) == Some(PieceKind::Word) && is_keyword(self.written(last))) {
            out.push((self.written(last).trim_matches('`').to_owned(), String::new()));
        }
    }
}

fn blocks(pieces: &[TextPiece]) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut blocks = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        match piece.kind {
            PieceKind::Mark('(') => {
                blocks.push(open.last().copied().unwrap_or(0));
                open.push(at + 1);
            }
            PieceKind::Mark(')') => {
                open.pop();
                blocks.push(open.last().copied().unwrap_or(0));
            }
            _ => blocks.push(open.last().copied().unwrap_or(0)),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::Fixed;
    use super::*;

    /// `table as alias` of what can be seen from `|`.
    fn visible(text: &str) -> Vec<String> {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replace('|', "");
        let statement = Statement::around(&text, cursor);
        statement.visible(cursor).iter().map(|relation| format!("{} as {}", relation.table, relation.alias)).collect()
    }

    fn columns(text: &str) -> Vec<String> {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replace('|', "");
        let statement = Statement::around(&text, cursor);
        let relations = statement.visible(cursor);
        let columns = relations.iter().flat_map(|relation| statement.columns(relation, &mut Fixed::new()));
        columns.map(|(name, _)| name).collect()
    }

    #[test]
    fn tables_behind_from_join_and_commas() {
        assert_eq!(visible("select | from nation n, region"), ["nation as n", "region as region"]);
        assert_eq!(visible("select * from a join b as x on | left join c"), ["a as a", "b as x", "c as c"]);
        assert_eq!(visible("select | from default.t where x"), ["default.t as t"]);
        assert_eq!(visible("select | from 'x.parquet' as f"), ["`x.parquet` as f"]);
        assert_eq!(visible("select | from range(3), t"), ["t as t"]);
    }

    #[test]
    fn only_the_statement_around_the_cursor_counts() {
        assert_eq!(visible("select 1 from a; select | from b; select 2 from c"), ["b as b"]);
    }

    #[test]
    fn inner_queries_see_outer_ones_and_not_the_other_way_round() {
        assert_eq!(visible("select | from a where exists (select 1 from b)"), ["a as a"]);
        assert_eq!(visible("select 1 from a where exists (select 1 from b where |)"), ["a as a", "b as b"]);
        assert_eq!(visible("select extract(year from d), | from a"), ["a as a"]);
    }

    #[test]
    fn columns_of_tables_and_queries() {
        assert_eq!(columns("select | from region"), ["r_regionkey", "r_name"]);
        assert_eq!(columns("select | from (select n_name, count(*) as n, 1 + x from nation) t"), ["n_name", "n", "x"]);
        assert_eq!(columns("with w as (select 1 as one, two from a) select | from w"), ["one", "two"]);
        assert_eq!(columns("select | from (select * from region) t"), ["r_regionkey", "r_name"]);
        assert_eq!(columns("with w as (select * from w) select | from w"), [] as [&str; 0]);
    }
}
