//! Errors about names, with what the user may have meant.

use firesteel_common::names::{did_you_mean, quote_parts, same_name, suggestions};
use firesteel_common::{ColumnIds, Error, Span, error};
use firesteel_plan::parsed::{Ident, Name};

use crate::scope::{Scope, ScopeColumn};

const CATALOG: &str = "spark_catalog";
/// Where names without a qualifier are looked for.
const SEARCH_PATH: &str = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]";

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
    let nearest = proposal(&object_name, name.len(), &columns);
    let error = match nearest.is_empty() {
        true => error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = object_name),
        false => {
            error!(UNRESOLVED_COLUMN_WITH_SUGGESTION, objectName = object_name, proposal = nearest.join(", "))
        }
    };
    error.at(span_of(name))
}

/// The nearest names, shown without qualifiers that all of them share. Distances count the relation in all the same.
fn proposal(wanted: &str, wanted_parts: usize, columns: &[&ScopeColumn]) -> Vec<String> {
    let shown = stripped(columns, wanted_parts);
    let with_relation = |column: &&ScopeColumn| {
        let parts = column.parts();
        quote_parts(&parts[parts.len().saturating_sub(2)..])
    };
    let full: Vec<_> = columns.iter().map(with_relation).collect();
    // Equal names in relations of equal names: only the full ones tell them apart.
    let distinct: hashbrown::HashSet<_> = full.iter().collect();
    if distinct.len() < full.len() {
        return suggestions(wanted, shown.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
    }
    let nearest = suggestions(wanted, full.iter().map(String::as_str));
    let at = |text: &str| full.iter().position(|known| known == text);
    nearest.into_iter().filter_map(at).map(|at| shown[at].clone()).collect()
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

/// `known`: the names that there are.
pub(crate) fn table_not_found(name: &Name, known: &[String]) -> Error {
    let quoted = quote_parts(&name.values());
    let error = match name.parts.as_slice() {
        [catalog, _, _, ..] if !same_name(&catalog.value, CATALOG) => {
            error!(REQUIRES_SINGLE_PART_NAMESPACE, sessionCatalog = CATALOG, identifier = quoted)
        }
        _ => error!(TABLE_OR_VIEW_NOT_FOUND, relationName = quoted, searchPath = SEARCH_PATH),
    };
    let error = error.at(name.span);
    match did_you_mean(name.last(), known.iter().map(String::as_str)) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// A clause of a call that the function does not take: `IGNORE NULLS`.
pub(crate) fn unsupported_syntax(function: &str, syntax: &'static str) -> Error {
    let name = firesteel_common::names::quote(function);
    error!(FUNCTION_WITH_UNSUPPORTED_SYNTAX, prettyName = name, syntax = syntax)
}

/// The parameters in which an error about types shows expressions: the call gets the text of what was written, and
/// arguments the labels of their columns.
pub(crate) fn in_words(error: Error, ids: &ColumnIds, written: &dyn Fn() -> String) -> Error {
    let value =
        |wanted: &str| error.parameters().iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    let call = value("sqlExpr");
    let inputs = ["inputSql", "inputExpr"].map(|name| (name, value(name)));
    let error = match call {
        Some(_) => error.replace("sqlExpr", format!("\"{}\"", written())),
        None => error,
    };
    inputs.into_iter().fold(error, |error, (name, input)| match input {
        Some(input) => error.replace(name, labelled(&input, ids)),
        None => error,
    })
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
