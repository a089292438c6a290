//! Errors about names, with what the user may have meant.

use firesteel_common::names::{quote_parts, suggestions};
use firesteel_common::{ColumnIds, Error, Span, error};
use firesteel_plan::parsed::{Ident, Name};

use crate::scope::{Scope, ScopeColumn};

fn quoted(name: &[Ident]) -> String {
    let parts: Vec<_> = name.iter().map(|part| part.value.as_str()).collect();
    quote_parts(&parts)
}

pub(crate) fn span_of(name: &[Ident]) -> Span {
    name.iter().map(|part| part.span).reduce(Span::to).unwrap_or_default()
}

/// UNRESOLVED_COLUMN with the nearest names in sight.
pub(crate) fn unresolved_column(name: &[Ident], scope: Option<&Scope>) -> Error {
    let object_name = quoted(name);
    let columns: Vec<_> = scope.into_iter().flat_map(|scope| scope.visible()).collect();
    let candidates = stripped(&columns, name.len());
    let nearest = suggestions(&object_name, candidates.iter().map(String::as_str));
    let error = match nearest.is_empty() {
        true => error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = object_name),
        false => {
            error!(UNRESOLVED_COLUMN_WITH_SUGGESTION, objectName = object_name, proposal = nearest.join(", "))
        }
    };
    error.at(span_of(name))
}

/// The candidates' names, without qualifiers that all of them share.
fn stripped(columns: &[&ScopeColumn], wanted_parts: usize) -> Vec<String> {
    let all: Vec<Vec<&str>> = columns.iter().map(|column| column.parts()).collect();
    let same_but = |last: usize| {
        let prefix = |parts: &Vec<&str>| parts[..parts.len().saturating_sub(last)].join(".");
        all.windows(2).all(|pair| prefix(&pair[0]) == prefix(&pair[1]))
    };
    let kept = match wanted_parts {
        1 if same_but(1) => 1,
        _ if same_but(2) => 2,
        _ => usize::MAX,
    };
    all.iter().map(|parts| quote_parts(&parts[parts.len().saturating_sub(kept)..])).collect()
}

pub(crate) fn ambiguous(name: &[Ident], columns: &[&ScopeColumn]) -> Error {
    let mut references: Vec<_> = columns.iter().map(|column| column.quoted()).collect();
    references.sort_unstable();
    error!(AMBIGUOUS_REFERENCE, name = quoted(name), referenceNames = format!("[{}]", references.join(", ")))
        .at(span_of(name))
}

pub(crate) fn table_not_found(name: &Name) -> Error {
    error!(TABLE_OR_VIEW_NOT_FOUND, relationName = quote_parts(&name.values())).at(name.span)
}

/// The parameters in which an error about types shows expressions: the call gets the text of what was written, and
/// arguments the labels of their columns.
pub(crate) fn in_words(error: Error, ids: &ColumnIds, written: &dyn Fn() -> String) -> Error {
    let value =
        |wanted: &str| error.parameters().iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    let (call, input) = (value("sqlExpr"), value("inputSql"));
    let error = match call {
        Some(_) => error.replace("sqlExpr", format!("\"{}\"", written())),
        None => error,
    };
    match input {
        Some(input) => error.replace("inputSql", labelled(&input, ids)),
        None => error,
    }
}

/// `#12` → `amount`.
pub(crate) fn labelled(text: &str, ids: &ColumnIds) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('#');
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        match piece[..digits].parse() {
            Ok(id) => out.push_str(&ids.label(firesteel_common::ColumnId(id))),
            Err(_) => out.push_str(&format!("#{}", &piece[..digits])),
        }
        out.push_str(&piece[digits..]);
    }
    out
}
