//! The public Rust API, read from its source: every method has an example, every action that blocks a twin that waits.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::root;

/// A public function and what stands before it.
struct Function {
    file: String,
    name: String,
    /// From the name to the opening brace.
    signature: String,
    has_example: bool,
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// The functions that say `pub fn` outside of tests. Those that macros write have their examples from the macro, which takes
/// no function without one.
fn public_functions() -> Vec<Function> {
    let sources = root().join("crates/firesteel/src");
    let mut functions = Vec::new();
    for path in files_below(&sources) {
        let text = fs::read_to_string(&path).expect("a source file");
        let lines: Vec<&str> = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).collect();
        for (at, line) in lines.iter().enumerate() {
            let declared = ["pub fn ", "pub async fn ", "pub const fn "];
            let Some(rest) = declared.iter().find_map(|start| line.trim_start().strip_prefix(start)) else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.is_empty() {
                continue;
            }
            let before = lines[..at].iter().rev().map(|line| line.trim_start());
            let attached = before.take_while(|line| line.starts_with("///") || line.starts_with('#'));
            let has_example = attached.filter(|line| line.contains("```") || line.contains("documented!")).count() > 0;
            let signature: Vec<&str> = lines[at..].iter().copied().take_while(|line| !line.ends_with('{')).collect();
            let last = lines[at..].iter().find(|line| line.ends_with('{')).copied().unwrap_or_default();
            let file = path.strip_prefix(&sources).expect("below the sources").display().to_string();
            functions.push(Function { file, name, signature: signature.join(" ") + last, has_example });
        }
    }
    functions
}

#[test]
fn every_public_method_has_an_example() {
    let functions = public_functions();
    assert!(functions.len() > 250, "only {} public functions were found", functions.len());
    let without: Vec<_> = functions.iter().filter(|function| !function.has_example).collect();
    let list = without.iter().map(|function| format!("{}: {}", function.file, function.name)).collect::<Vec<_>>();
    assert!(list.is_empty(), "without an example that runs:\n{}", list.join("\n"));
}

/// What runs a query and blocks: everything in these files that can fail and gives no DataFrame to go on with.
#[test]
fn every_action_has_a_twin_that_waits() {
    const FILES: [&str; 4] = ["frame/actions.rs", "frame/show.rs", "frame/save.rs", "frame/stat.rs"];
    /// They give names to queries and run none.
    const NAMING: [&str; 2] = ["create_or_replace_temp_view", "create_temp_view"];
    let functions = public_functions();
    let twin = |name: &str| functions.iter().any(|function| function.name == format!("{name}_async"));
    let actions = functions.iter().filter(|function| {
        let runs = function.signature.contains("-> Result<") && !function.signature.contains("Result<DataFrame>");
        FILES.contains(&function.file.as_str()) && runs && !NAMING.contains(&function.name.as_str())
    });
    let blocking: Vec<_> = actions.filter(|function| !function.name.ends_with("_async")).collect();
    assert!(blocking.len() >= 20, "only {} actions were found", blocking.len());
    let without: Vec<_> = blocking.iter().filter(|function| !twin(&function.name)).map(|f| f.name.as_str()).collect();
    assert!(without.is_empty(), "no _async twin: {}", without.join(", "));
}

/// The functions that a macro of `functions` writes, one a line: `name(columns): [example] => "result";`, or `= "SQL's name"`
/// before the colon; and those written out.
fn rust_functions() -> Vec<String> {
    let sources = root().join("crates/firesteel/src/functions");
    let mut names = Vec::new();
    for path in files_below(&sources) {
        let text = fs::read_to_string(&path).expect("a source file");
        for line in text.lines() {
            let declared = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("    ")).unwrap_or_default();
            let name: String = declared.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
            let renamed = line.split_once(") = \"").and_then(|(_, rest)| rest.split_once("\": ["));
            names.extend(renamed.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

#[test]
fn every_function_of_sql_can_be_called_from_rust() {
    /// Operators and syntax, which columns have as methods or Rust's operators, or which stand behind syntax only; and what
    /// no version of Firesteel can answer.
    const ELSEWHERE: [&str; 16] = [
        "and",
        "between",
        "div",
        "extract",
        "get_array_field",
        "get_field",
        "in",
        "input_file_block_length",
        "input_file_block_start",
        "input_file_name",
        "json_field",
        "map",
        "mode_within_group",
        "not",
        "or",
        "when",
    ];
    let page = fs::read_to_string(root().join("docs/functions.md")).expect("the page of functions");
    let headings = page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
    let named: Vec<&str> = headings.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    assert!(named.len() > 350, "only {} functions were found", named.len());
    let known = rust_functions();
    let is_known = |name: &&str| ELSEWHERE.contains(name) || known.iter().any(|known| known == name);
    let without: Vec<_> = named.iter().filter(|name| !is_known(name)).copied().collect();
    assert!(without.is_empty(), "not in `functions`: {}", without.join(", "));
}
