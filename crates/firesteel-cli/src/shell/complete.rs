//! What may stand at the cursor: a pure function of the text, the cursor and a [`Dictionary`].
//!
//! ```text
//! .mo|                      commands              select n_|  from nation   columns of what FROM names
//! .mode |                   their arguments       n.|                       columns of one table
//! set spark.|               settings              from na|                  tables
//! from 'data/|              files                 SEL|                      keywords, in the case they are typed in
//! ```

use firesteel::sql::PieceKind;

use super::dictionary::Dictionary;
use super::keywords::{self, is_keyword};
use super::scope::Statement;
use crate::commands::{self, Takes};
use crate::output::Format;
use crate::script::is_command;

/// What replaces the text from a place up to the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) from: usize,
    pub(super) text: String,
    /// A column's type, a command's meaning.
    pub(super) about: String,
    /// Whether the word is over, so that a blank follows.
    pub(super) ends: bool,
}

/// All that may stand at the cursor, the likeliest first.
pub(super) fn complete(text: &str, cursor: usize, words: &mut dyn Dictionary) -> Vec<Choice> {
    let cursor = (cursor.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let before = &text[..cursor];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before[line_start..].trim_start();
    let nothing_before = Statement::around(&before[..line_start], line_start).pieces.is_empty();
    if nothing_before && (line.starts_with('\\') || line == "." || is_command(line)) {
        return command(line, cursor - line.len(), words);
    }
    Context::new(text, cursor).choices(words)
}

/// Choices for a begun word: those that begin so, else those that have it in them.
fn matching(
    from: usize,
    begun: &str,
    options: impl Iterator<Item = (String, String)> + Clone,
    ends: bool,
) -> Vec<Choice> {
    let begun = begun.to_lowercase();
    let choice = |(text, about): (String, String)| Choice { from, text, about, ends };
    let starts = options.clone().filter(|(text, _)| bare(text).starts_with(&begun)).map(choice);
    let starts: Vec<_> = starts.collect();
    if !starts.is_empty() || begun.len() < 3 {
        return starts;
    }
    options.filter(|(text, _)| bare(text).contains(&begun)).map(choice).collect()
}

fn bare(text: &str) -> String {
    text.trim_start_matches('`').to_lowercase()
}

/// A command's name or its argument; `start` is where the line's text begins.
fn command(line: &str, start: usize, words: &mut dyn Dictionary) -> Vec<Choice> {
    let Some(blank) = line.find(char::is_whitespace) else {
        let names =
            commands::ALL.iter().flat_map(|command| command.names.iter().map(move |name| (*name, command.help)));
        let options = names.map(|(name, help)| (name.to_owned(), help.to_owned()));
        let begun = options.filter(|(name, _)| name.starts_with(line));
        return begun.map(|(text, about)| Choice { from: start, text, about, ends: true }).collect();
    };
    let Some(command) = commands::find(&line[..blank]) else { return Vec::new() };
    let argument = line[blank..].trim_start();
    let from = start + line.len() - argument.len();
    let plain = |texts: &[String]| texts.iter().map(|text| (text.clone(), String::new())).collect::<Vec<_>>();
    let options = match command.takes {
        Takes::Nothing | Takes::Anything => Vec::new(),
        Takes::Table => plain(&quoted(words.tables())),
        Takes::Function => plain(words.functions()),
        Takes::Format => plain(&Format::names()),
        Takes::Words(texts) => texts.iter().map(|text| ((*text).to_owned(), String::new())).collect(),
        Takes::Command => {
            let all =
                commands::ALL.iter().flat_map(|command| command.names.iter().map(move |name| (*name, command.help)));
            all.map(|(name, help)| (name.to_owned(), help.to_owned())).collect()
        }
        Takes::File => return files(from, argument, words),
    };
    matching(from, argument, options.into_iter(), true)
}

fn files(from: usize, begun: &str, words: &mut dyn Dictionary) -> Vec<Choice> {
    let choice = |text: String| Choice { from, ends: false, text, about: String::new() };
    words.files(begun).into_iter().map(choice).collect()
}

/// Names as they are written in a statement.
fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| quote(name)).collect()
}

fn quote(name: &str) -> String {
    let plain =
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain && !name.is_empty() { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

/// The cursor within its statement.
struct Context<'a> {
    statement: Statement<'a>,
    cursor: usize,
    /// The pieces before the word at the cursor.
    before: usize,
    /// Where that word begins, and what of it stands before the cursor.
    from: usize,
    begun: &'a str,
    inside: Inside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Word,
    Number,
    Text,
    Name,
    Comment,
}

impl<'a> Context<'a> {
    fn new(text: &'a str, cursor: usize) -> Self {
        let statement = Statement::around(text, cursor);
        // A piece is begun when it goes on up to the cursor, or a quote beyond.
        let all = firesteel::sql::pieces(&text[..cursor]);
        let last = all.last().filter(|piece| piece.span.end as usize == cursor);
        let (inside, skip) = match last.map(|piece| (piece.kind, piece.closed, piece.span.slice(text))) {
            Some((PieceKind::Word, ..)) => (Inside::Word, 0),
            Some((PieceKind::Number, ..)) => (Inside::Number, 0),
            Some((PieceKind::Text, false, written)) => (Inside::Text, 1 + usize::from(written.starts_with(['r', 'R']))),
            Some((PieceKind::Quoted, false, _)) => (Inside::Name, 1),
            Some((PieceKind::Comment, closed, written))
                if !closed || (written.starts_with("--") && !written.ends_with('\n')) =>
            {
                (Inside::Comment, 0)
            }
            _ => (Inside::Nothing, 0),
        };
        let from = match (inside, last) {
            (Inside::Nothing, _) | (_, None) => cursor,
            (_, Some(piece)) => piece.span.start as usize + skip,
        };
        let begin = if inside == Inside::Nothing { cursor } else { from - skip };
        let before = statement.pieces.iter().take_while(|piece| (piece.span.start as usize) < begin).count();
        Self { statement, cursor, before, from, begun: &text[from..cursor], inside }
    }

    /// Whether the piece so many places before the word is this one.
    fn is_before(&self, back: usize, word: &str) -> bool {
        self.before.checked_sub(back).is_some_and(|at| self.statement.is(at, word))
    }

    fn mark_before(&self, back: usize) -> Option<char> {
        match self.statement.kind(self.before.checked_sub(back)?) {
            Some(PieceKind::Mark(mark)) => Some(mark),
            _ => None,
        }
    }

    fn choices(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        match self.inside {
            Inside::Comment | Inside::Number => Vec::new(),
            Inside::Text => files(self.from, self.begun, words),
            Inside::Name => self.in_back_ticks(words),
            _ if self.is_setting() => self.settings(words),
            _ if self.mark_before(1) == Some('.') => self.behind_dot(words),
            _ if self.is_table_place() => self.tables(words),
            _ if self.before == 0 => self.keywords(keywords::BEGINNINGS),
            _ => self.anything(words),
        }
    }

    /// `` parquet.`dir/ ``, or the name of a table or column.
    fn in_back_ticks(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        let mut names: Vec<String> = words.tables().to_vec();
        for relation in self.statement.visible(self.cursor) {
            names.extend(self.statement.columns(&relation, words).into_iter().map(|(name, _)| name));
        }
        let names = names.into_iter().filter(|name| name.to_lowercase().starts_with(&self.begun.to_lowercase()));
        let choice = |name: String| {
            let text = format!("{}`", name.replace('`', "``"));
            Choice { from: self.from, text, about: String::new(), ends: true }
        };
        let of_format = self.mark_before(1) == Some('.');
        let mut choices: Vec<_> = names.filter(|_| !of_format).map(choice).collect();
        choices.extend(files(self.from, self.begun, words));
        choices
    }

    /// `SET key` and `RESET key`: a key is several words with dots between.
    fn is_setting(&self) -> bool {
        let statement = &self.statement;
        (statement.is(0, "set") || statement.is(0, "reset"))
            && (1..self.before).all(|at| statement.kind(at) == Some(PieceKind::Word) || statement.written(at) == ".")
            && self.before > 0
    }

    fn settings(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        let from = self.statement.pieces.get(1).map_or(self.cursor, |piece| piece.span.start as usize);
        let begun = &self.statement.text[from.min(self.cursor)..self.cursor];
        let keys = words.settings().to_vec();
        let mut choices = matching(from.min(self.cursor), begun, keys.into_iter(), true);
        if self.before == 1 && self.statement.is(0, "set") {
            choices.extend(self.keywords(&["TIME ZONE"]));
        }
        choices
    }

    /// Columns of the table that stands before the dot, or tables of a schema.
    fn behind_dot(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        let owner = self.before.checked_sub(2).map_or("", |at| self.statement.written(at)).trim_matches('`');
        let visible = self.statement.visible(self.cursor);
        let mut columns = Vec::new();
        for relation in visible.iter().filter(|relation| relation.alias.eq_ignore_ascii_case(owner)) {
            columns.extend(self.statement.columns(relation, words));
        }
        if columns.is_empty() {
            let tables = quoted(words.tables());
            let is_table_place = (2..=4).any(|back| TABLE_WORDS.iter().any(|word| self.is_before(back, word)));
            return match is_table_place {
                true => matching(self.from, self.begun, tables.into_iter().map(|name| (name, String::new())), true),
                false => Vec::new(),
            };
        }
        let columns = columns.into_iter().map(|(name, data_type)| (quote(&name), data_type));
        matching(self.from, self.begun, columns, true)
    }

    /// Behind FROM and its like, and behind a comma between tables.
    fn is_table_place(&self) -> bool {
        if TABLE_WORDS.iter().any(|word| self.is_before(1, word)) {
            // `SHOW TABLES FROM`, `x IS DISTINCT FROM`: there it is no table.
            let other = self.is_before(1, "from") && (self.is_before(2, "distinct") || self.is_before(2, "tables"));
            return !other;
        }
        if self.mark_before(1) != Some(',') {
            return false;
        }
        // A list of tables has names, aliases and dots between FROM and here, and nothing else.
        let back = (0..self.before - 1).rev().take_while(|at| {
            let written = self.statement.written(*at);
            matches!(self.statement.kind(*at), Some(PieceKind::Word | PieceKind::Quoted | PieceKind::Text))
                && (!is_keyword(written) || written.eq_ignore_ascii_case("as"))
                || matches!(written, "," | ".")
        });
        let before = self.before - 1 - back.count();
        before.checked_sub(1).is_some_and(|at| self.statement.is(at, "from"))
    }

    fn tables(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        let mut names: Vec<String> = self.statement.names_of_queries().into_iter().map(str::to_owned).collect();
        names.extend(quoted(words.tables()));
        matching(self.from, self.begun, names.into_iter().map(|name| (name, String::new())), true)
    }

    /// Columns, aliases, functions, keywords.
    fn anything(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        let visible = self.statement.visible(self.cursor);
        let mut columns: Vec<(String, String)> = Vec::new();
        for relation in &visible {
            for (name, data_type) in self.statement.columns(relation, words) {
                let column = (quote(&name), data_type);
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        }
        let mut choices = matching(self.from, self.begun, columns.into_iter(), true);
        if self.begun.is_empty() {
            return choices;
        }
        // The word at the cursor may itself look like an alias.
        let aliases = visible.iter().filter(|relation| !relation.alias.is_empty() && relation.alias != self.begun);
        let aliases = aliases.map(|relation| (quote(&relation.alias), relation.table.clone()));
        choices.extend(starting(self.from, self.begun, aliases, false));
        choices.extend(self.functions(words));
        choices.extend(self.keywords(keywords::all()));
        choices
    }

    /// With how they are called, if they are few: each has to be asked for.
    fn functions(&self, words: &mut dyn Dictionary) -> Vec<Choice> {
        const DESCRIBED_MAX: usize = 24;
        let begun = self.begun.to_lowercase();
        let found = words.functions().iter().filter(|name| !is_keyword(name) && name.starts_with(&begun));
        let found: Vec<String> = found.cloned().collect();
        let described = found.len() <= DESCRIBED_MAX;
        let choice = |name: String| Choice {
            from: self.from,
            about: if described { words.signature(&name) } else { String::new() },
            text: format!("{name}("),
            ends: false,
        };
        found.into_iter().map(choice).collect()
    }

    /// In capitals for those who type capitals.
    fn keywords(&self, keywords: &[&str]) -> Vec<Choice> {
        let typed = if self.begun.is_empty() { self.last_keyword() } else { self.begun };
        let capitals = typed.starts_with(|c: char| c.is_uppercase());
        let spelt = |word: &&str| if capitals { (*word).to_owned() } else { word.to_lowercase() };
        let options = keywords.iter().map(spelt).map(|word| (word, String::new()));
        starting(self.from, self.begun, options, true)
    }

    fn last_keyword(&self) -> &'a str {
        let before = (0..self.before).rev().map(|at| self.statement.written(at));
        before.into_iter().find(|word| is_keyword(word)).unwrap_or("")
    }
}

/// Behind these a table is named.
const TABLE_WORDS: &[&str] = &["from", "join", "into", "table", "describe", "desc", "update", "view", "lateral"];

fn starting(from: usize, begun: &str, options: impl Iterator<Item = (String, String)>, ends: bool) -> Vec<Choice> {
    let begun = begun.to_lowercase();
    let begins = options.filter(|(text, _)| bare(text).starts_with(&begun));
    begins.map(|(text, about)| Choice { from, text, about, ends }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::Fixed;
    use super::*;

    /// The texts that may replace what is begun at `|`.
    fn choices(text: &str) -> Vec<String> {
        let cursor = text.find('|').expect("a cursor");
        complete(&text.replace('|', ""), cursor, &mut Fixed::new()).into_iter().map(|choice| choice.text).collect()
    }

    /// The text after the first choice is taken.
    fn taken(text: &str) -> String {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replace('|', "");
        let choice = complete(&text, cursor, &mut Fixed::new()).into_iter().next().expect("a choice");
        format!("{}{}{}", &text[..choice.from], choice.text, &text[cursor..])
    }

    #[test]
    fn keywords_keep_their_case() {
        assert_eq!(choices("sel|"), ["select"]);
        assert_eq!(choices("SEL|"), ["SELECT"]);
        assert_eq!(taken("select 1; INS|"), "select 1; INSERT");
        assert_eq!(choices("select 1 from nation whe|"), ["when", "where"]);
    }

    #[test]
    fn tables_stand_behind_from() {
        assert_eq!(choices("select * from n|"), ["nation"]);
        assert_eq!(choices("select * from nation n, |"), ["nation", "orders", "region", "`odd name`"]);
        assert_eq!(choices("select * from nation join re|"), ["region"]);
        assert_eq!(choices("describe o|"), ["orders", "`odd name`"]);
        assert_eq!(choices("with mine as (select 1) select * from mi|"), ["mine"]);
        assert_eq!(choices("select * from default.re|"), ["region"]);
    }

    #[test]
    fn columns_are_those_of_tables_in_scope() {
        assert_eq!(choices("select | from nation"), ["n_nationkey", "n_name", "n_regionkey"]);
        assert_eq!(choices("select n_n| from nation"), ["n_nationkey", "n_name"]);
        assert_eq!(choices("select r_n| from nation"), [] as [&str; 0]);
        assert_eq!(choices("select r.| from nation n, region r"), ["r_regionkey", "r_name"]);
        assert_eq!(choices("select | from `odd name`"), ["`a b`"]);
        assert_eq!(choices("select f| from 'x.parquet'")[0], "from_file");
        assert_eq!(choices("with w as (select 1 as one) select o| from w")[0], "one");
        // A part of a name is enough when nothing begins so.
        assert_eq!(choices("select region| from nation")[0], "n_regionkey");
    }

    #[test]
    fn functions_open_their_bracket() {
        assert_eq!(choices("select subs|"), ["substr(", "substring("]);
        assert_eq!(taken("select 1 + cou|"), "select 1 + count(");
        let about = complete("select sum", 10, &mut Fixed::new()).into_iter().map(|choice| choice.about).next();
        assert_eq!(about.as_deref(), Some("sum(x)"));
    }

    #[test]
    fn settings_stand_behind_set() {
        assert_eq!(taken("set spark.sql.s|"), "set spark.sql.session.timeZone");
        assert_eq!(choices("set timez|"), ["spark.sql.session.timeZone"]);
        assert_eq!(choices("SET |").len(), 3);
        assert_eq!(choices("reset spark.sql.a|"), ["spark.sql.adaptive.enabled"]);
    }

    #[test]
    fn files_stand_in_quotes() {
        assert_eq!(taken("select * from 'da|"), "select * from 'data/");
        assert_eq!(choices("select * from 'data/|"), ["data/", "data/a.parquet", "data/b.csv"]);
        assert_eq!(taken("select * from parquet.`data/a|"), "select * from parquet.`data/a.parquet");
        assert_eq!(taken("select * from `odd|"), "select * from `odd name`");
    }

    #[test]
    fn commands_and_their_arguments() {
        assert_eq!(choices(".tab|"), [".tables"]);
        assert!(choices("\\d|").starts_with(&["\\dt".to_owned()]) && choices("\\d|").contains(&"\\d".to_owned()));
        assert_eq!(choices(".mode js|"), ["json", "jsonl"]);
        assert_eq!(choices("\\d n|"), ["nation"]);
        assert_eq!(choices(".timer |"), ["on", "off"]);
        assert_eq!(taken(".read data/a|"), ".read data/a.parquet");
        assert_eq!(choices("select 1;\n.exp|"), [".expanded"]);
    }

    #[test]
    fn nothing_in_comments_and_numbers() {
        assert_eq!(choices("select 1 -- sel|"), [] as [&str; 0]);
        assert_eq!(choices("select /* sel|"), [] as [&str; 0]);
        assert_eq!(choices("select 12|"), [] as [&str; 0]);
    }
}
