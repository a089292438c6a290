//! Pages that the code writes about itself: `docs/functions.md` from the registry, `docs/settings.md` from the settings.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use firesteel_expr::function::Doc;
use firesteel_expr::{registry, window};

const NOTE: &str = "<!-- Written by `cargo xtask docs`: edit what it is made from, in the code. -->";

/// Writes the pages, or only checks that they are as they would be written.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut stale = Vec::new();
    for (name, text) in [("functions.md", functions()), ("settings.md", settings())] {
        let path = folder.join(name);
        if !check {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            stale.push(format!("docs/{name}"));
        }
    }
    match stale.as_slice() {
        [] => Ok(()),
        stale => Err(format!("{} no longer as the code says: run `cargo xtask docs`", stale.join(" and "))),
    }
}

/// What a reader wants to know of a function, scalar or aggregate.
struct Entry {
    name: &'static str,
    aliases: &'static [&'static str],
    doc: Doc,
}

fn functions() -> String {
    firesteel_functions::install();
    let scalars = registry::scalar_functions();
    let scalars = scalars.iter().map(|f| Entry { name: f.name, aliases: f.aliases, doc: f.doc });
    let aggregates = registry::aggregate_functions();
    let aggregates = aggregates.iter().map(|f| Entry { name: f.name, aliases: f.aliases, doc: f.doc });
    let windows: Vec<_> = window::FUNCTIONS.iter().map(|f| Entry { name: f.name, aliases: &[], doc: f.doc }).collect();
    // What only rules call has no documentation, and nobody to read it.
    let documented = |entry: &Entry| !entry.doc.usage.is_empty();
    let is_word = |entry: &Entry| entry.name.starts_with(|c: char| c.is_ascii_alphabetic());
    let (words, signs): (Vec<_>, Vec<_>) = scalars.filter(documented).partition(is_word);
    let aggregates: Vec<_> = aggregates.filter(documented).collect();

    let mut page = format!("{NOTE}\n\n# Functions and operators\n\n");
    page.push_str(
        "Every example runs as a test. *Since* names the release of Apache Spark that brought the function.\n\
         In the shell, `DESCRIBE FUNCTION EXTENDED name` shows the same.\n",
    );
    let sections = [
        ("Operators", &signs),
        ("Aggregate functions", &aggregates),
        ("Window functions", &windows),
        ("Functions", &words),
    ];
    for (title, entries) in sections {
        section(title, entries, &mut page);
    }
    page
}

fn section(title: &str, entries: &[Entry], page: &mut String) {
    push(page, format_args!("\n## {title}\n"));
    for Entry { name, aliases, doc } in entries {
        push(page, format_args!("\n### `{name}`\n\n"));
        // The usage begins with the forms of a call and goes on with what it gives.
        match doc.usage.split_once(" - ") {
            Some((forms, meaning)) => push(page, format_args!("`{forms}`: {meaning}\n")),
            None => push(page, format_args!("{}\n", doc.usage)),
        }
        if !aliases.is_empty() {
            let aliases: Vec<_> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
            push(page, format_args!("Also {}.\n", aliases.join(", ")));
        }
        if !doc.since.is_empty() {
            push(page, format_args!("Since {}.\n", doc.since));
        }
        if !doc.examples.is_empty() {
            page.push_str("\n```sql\n");
            for (sql, result) in doc.examples {
                push(page, format_args!("{sql};  -- {result}\n"));
            }
            page.push_str("```\n");
        }
    }
}

fn settings() -> String {
    let mut page = format!("{NOTE}\n\n# Settings\n\n");
    page.push_str(
        "`SET key = value` in a session, `--set key=value` on the command line; `SET -v` lists them with their values.\n\
         Keys are Spark's where Spark has the meaning, `firesteel.*` for what is only ours.\n\n\
         | Key | Default | Meaning |\n| --- | --- | --- |\n",
    );
    for setting in firesteel::settings() {
        push(&mut page, format_args!("| `{}` | `{}` | {} |\n", setting.key, setting.default, setting.doc));
    }
    page
}

/// Writing to a string does not fail.
fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}
