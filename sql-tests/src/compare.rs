//! Expected record + what the engine did → do they agree, and how closely.

use crate::error::ErrorBlock;
use crate::golden::Record;

/// What became of one statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Rows {
        schema: String,
        rows: Vec<String>,
    },
    Error(ErrorBlock),
    /// A panic, or the time limit; never agrees with anything.
    Broken(String),
}

impl Outcome {
    pub(crate) fn record(&self, sql: &str) -> Record {
        let (schema, output) = match self {
            Outcome::Rows { schema, rows } if keeps_order(sql) => (schema.as_str(), rows.join("\n")),
            Outcome::Rows { schema, rows } => {
                let mut rows = rows.clone();
                rows.sort_unstable();
                (schema.as_str(), rows.join("\n"))
            }
            Outcome::Error(block) => ("struct<>", block.render()),
            Outcome::Broken(why) => ("struct<>", format!("broken: {why}")),
        };
        Record { sql: sql.to_owned(), schema: schema.to_owned(), output }
    }
}

/// How much of an error must agree. Condition and SQLSTATE always must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, clap::ValueEnum)]
pub(crate) enum ErrorDetail {
    Condition,
    Parameters,
    Context,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// To the last byte that the format has, an error's place included.
    Same,
    /// As far as was asked: details of an error differ.
    Agrees,
    Differs,
}

pub(crate) fn compare(expected: &Record, actual: &Outcome, detail: ErrorDetail, approximate: bool) -> Verdict {
    let expected_error = (expected.schema == "struct<>").then(|| ErrorBlock::parse(&expected.output)).flatten();
    match (expected_error, actual) {
        (Some(expected), Outcome::Error(actual)) => compare_errors(&expected, actual, detail),
        (None, Outcome::Rows { schema, .. }) => {
            let actual = actual.record(&expected.sql).output;
            let lines = |output: &str| comparable_lines(output, &expected.sql, approximate);
            let same = *schema == expected.schema && lines(&actual) == lines(&expected.output);
            if same { Verdict::Same } else { Verdict::Differs }
        }
        _ => Verdict::Differs,
    }
}

fn compare_errors(expected: &ErrorBlock, actual: &ErrorBlock, detail: ErrorDetail) -> Verdict {
    if expected.condition.is_empty() {
        // The expected error has no condition to compare with; failing at all is all that can be asked.
        return Verdict::Agrees;
    }
    let states_agree = expected.sql_state.is_empty() || expected.sql_state == actual.sql_state;
    if expected.condition != actual.condition || !states_agree {
        return Verdict::Differs;
    }
    let agreed = match (expected.parameters == actual.parameters, expected.context == actual.context) {
        (true, true) => return Verdict::Same,
        (true, false) => ErrorDetail::Parameters,
        (false, _) => ErrorDetail::Condition,
    };
    if agreed >= detail { Verdict::Agrees } else { Verdict::Differs }
}

fn comparable_lines(output: &str, sql: &str, approximate: bool) -> Vec<String> {
    let line = |line: &str| if approximate { approximate_line(line) } else { line.to_owned() };
    let mut lines: Vec<_> = output.trim_end().lines().map(line).collect();
    if !keeps_order(sql) {
        lines.sort_unstable();
    }
    lines
}

/// Rounds what looks like a floating-point number to 12 significant digits.
fn approximate_line(line: &str) -> String {
    let cell = |cell: &str| match cell.parse::<f64>() {
        Ok(number) if cell.contains(['.', 'E']) => format!("{number:.11e}"),
        _ => cell.to_owned(),
    };
    line.split('\t').map(cell).collect::<Vec<_>>().join("\t")
}

/// Whether the statement promises an order of its rows: ORDER BY (or SORT BY) outside of all parentheses, or a listing
/// whose order is part of it.
pub(crate) fn keeps_order(sql: &str) -> bool {
    let words = outer_words(sql);
    let first = words.first().map_or("", String::as_str);
    let ordered = |pair: &[String]| matches!(pair[0].as_str(), "order" | "sort") && pair[1] == "by";
    matches!(first, "desc" | "describe" | "explain") || words.windows(2).any(ordered)
}

/// The words outside of parentheses, literals and comments, in lower case.
fn outer_words(sql: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0usize;
    let mut rest = sql;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '\'' | '"' | '`' => literal_length(rest, next),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => next.len_utf8(),
        };
        match next {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match words.last_mut() {
            Some(word) if depth == 0 && (next.is_alphanumeric() || next == '_') => word.extend(next.to_lowercase()),
            Some(word) if !word.is_empty() => words.push(String::new()),
            _ => {}
        }
        rest = &rest[length..];
    }
    words.retain(|word| !word.is_empty());
    words
}

fn literal_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(schema: &str, rows: &[&str]) -> Outcome {
        Outcome::Rows { schema: schema.to_owned(), rows: rows.iter().map(|row| (*row).to_owned()).collect() }
    }

    fn expected(sql: &str, schema: &str, output: &str) -> Record {
        Record { sql: sql.to_owned(), schema: schema.to_owned(), output: output.to_owned() }
    }

    #[test]
    fn order_counts_only_where_the_statement_asks_for_it() {
        let actual = rows("struct<a:int>", &["2", "1"]);
        let verdict = |sql| compare(&expected(sql, "struct<a:int>", "1\n2"), &actual, ErrorDetail::Condition, false);
        assert_eq!(verdict("select a from t"), Verdict::Same);
        assert_eq!(verdict("select a from (select a from t order by a)"), Verdict::Same);
        assert_eq!(verdict("select a, 'order by' from t -- order by a"), Verdict::Same);
        assert_eq!(verdict("select a from t ORDER\nBY a"), Verdict::Differs);
    }

    #[test]
    fn names_and_types_count() {
        let actual = rows("struct<a:bigint>", &["1"]);
        let record = expected("select a", "struct<a:int>", "1");
        assert_eq!(compare(&record, &actual, ErrorDetail::Condition, false), Verdict::Differs);
    }

    #[test]
    fn approximate_is_twelve_digits() {
        let actual = rows("struct<a:double>", &["0.30000000000000004\t1"]);
        let verdict = |output, approximate| {
            compare(&expected("select a", "struct<a:double>", output), &actual, ErrorDetail::Condition, approximate)
        };
        assert_eq!(verdict("0.3\t1", true), Verdict::Same);
        assert_eq!(verdict("0.3\t1", false), Verdict::Differs);
        assert_eq!(verdict("0.30000001\t1", true), Verdict::Differs);
    }

    #[test]
    fn errors_agree_by_condition_then_parameters_then_place() {
        let block = |name: &str, value: &str| ErrorBlock {
            condition: name.to_owned(),
            sql_state: "22012".to_owned(),
            parameters: [("config".to_owned(), value.to_owned())].into(),
            context: Vec::new(),
        };
        let actual = block("DIVIDE_BY_ZERO", "x");
        assert_eq!(compare_errors(&block("DIVIDE_BY_ZERO", "x"), &actual, ErrorDetail::Context), Verdict::Same);
        assert_eq!(compare_errors(&block("DIVIDE_BY_ZERO", "y"), &actual, ErrorDetail::Condition), Verdict::Agrees);
        assert_eq!(compare_errors(&block("DIVIDE_BY_ZERO", "y"), &actual, ErrorDetail::Parameters), Verdict::Differs);
        assert_eq!(compare_errors(&block("OTHER", "x"), &actual, ErrorDetail::Condition), Verdict::Differs);
    }
}
