//! Errors as Spark's result files print them: a JSON block with condition, SQLSTATE, parameters and place. Spark puts the
//! Java class of the exception on a line before it; we have none and pass over it when reading.

use std::collections::BTreeMap;

use firesteel_common::Error;
use serde::Deserialize;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ErrorBlock {
    #[serde(rename = "errorClass")]
    pub(crate) condition: String,
    #[serde(rename = "sqlState", default)]
    pub(crate) sql_state: String,
    #[serde(rename = "messageParameters", default)]
    pub(crate) parameters: BTreeMap<String, String>,
    #[serde(rename = "queryContext", default)]
    pub(crate) context: Vec<Context>,
}

/// The part of the statement that failed; positions count characters from 1, the last included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Context {
    #[serde(rename = "startIndex", default)]
    pub(crate) start: usize,
    #[serde(rename = "stopIndex", default)]
    pub(crate) stop: usize,
    #[serde(default)]
    pub(crate) fragment: String,
}

impl ErrorBlock {
    pub(crate) fn new(error: &Error, sql: &str) -> ErrorBlock {
        let sql = error.text().unwrap_or(sql);
        let context = error.span().filter(|span| !span.slice(sql).is_empty()).map(|span| {
            let fragment = span.slice(sql);
            let start = sql[..span.start as usize].chars().count() + 1;
            Context { start, stop: start + fragment.chars().count() - 1, fragment: fragment.to_owned() }
        });
        ErrorBlock {
            condition: error.condition().name.to_owned(),
            sql_state: error.condition().sql_state.to_owned(),
            parameters: error.parameters().iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            context: context.into_iter().collect(),
        }
    }

    /// Reads a record's output; `None` when it is not an error. An old-style error has a class and a message only: its
    /// condition is then empty.
    pub(crate) fn parse(output: &str) -> Option<ErrorBlock> {
        let block = output.find("{\n  \"errorClass\"").map(|at| &output[at..]);
        if let Some(block) = block.and_then(|block| serde_json::from_str(block).ok()) {
            return Some(block);
        }
        let class = output.lines().next().unwrap_or("");
        let is_class = !class.contains(char::is_whitespace) && class.ends_with("Exception") && class.contains('.');
        is_class.then(ErrorBlock::default)
    }

    pub(crate) fn render(&self) -> String {
        let mut fields = vec![format!("\"errorClass\" : {}", quoted(&self.condition))];
        if !self.sql_state.is_empty() {
            fields.push(format!("\"sqlState\" : {}", quoted(&self.sql_state)));
        }
        if !self.parameters.is_empty() {
            let parameters: Vec<_> = self
                .parameters
                .iter()
                .map(|(name, value)| format!("    {} : {}", quoted(name), quoted(value)))
                .collect();
            fields.push(format!("\"messageParameters\" : {{\n{}\n  }}", parameters.join(",\n")));
        }
        if !self.context.is_empty() {
            let contexts: Vec<_> = self.context.iter().map(Context::render).collect();
            fields.push(format!("\"queryContext\" : [ {} ]", contexts.join(", ")));
        }
        format!("{{\n  {}\n}}", fields.join(",\n  "))
    }
}

impl Context {
    fn render(&self) -> String {
        let Context { start, stop, fragment } = self;
        format!(
            "{{\n    \"objectType\" : \"\",\n    \"objectName\" : \"\",\n    \"startIndex\" : {start},\n    \
             \"stopIndex\" : {stop},\n    \"fragment\" : {}\n  }}",
            quoted(fragment)
        )
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use firesteel_common::error;
    use firesteel_common::span::Span;

    use super::*;

    const BLOCK: &str = r#"{
  "errorClass" : "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL",
  "sqlState" : "42K0E",
  "messageParameters" : {
    "expr" : "\"CAST(NULL AS INT)\"",
    "name" : "limit"
  },
  "queryContext" : [ {
    "objectType" : "",
    "objectName" : "",
    "startIndex" : 16,
    "stopIndex" : 32,
    "fragment" : "CAST(NULL AS INT)"
  } ]
}"#;

    #[test]
    fn an_error_prints_as_spark_prints_it_and_reads_back() {
        let sql = "SELECT 1 LIMIT CAST(NULL AS INT)";
        let error = error!(INVALID_LIMIT_IS_NULL, expr = "\"CAST(NULL AS INT)\"", name = "limit").at(Span::new(15, 32));
        let block = ErrorBlock::new(&error, sql);
        assert_eq!(block.render(), BLOCK);
        let with_class = format!("org.apache.spark.sql.catalyst.ExtendedAnalysisException\n{BLOCK}");
        assert_eq!(ErrorBlock::parse(&with_class), Some(block));
    }

    #[test]
    fn old_errors_have_a_class_only() {
        assert_eq!(ErrorBlock::parse("java.lang.ArithmeticException\nlong overflow"), Some(ErrorBlock::default()));
        assert_eq!(ErrorBlock::parse("1\t2"), None);
    }
}
