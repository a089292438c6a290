//! Documents that can be wrong are checked: links, the README's commands and its sample output, generated pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use firesteel::{Session, SessionOptions};

use crate::workspace::{packages, root};

#[test]
fn generated_pages_are_fresh() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["docs", "--check"]).output().expect("xtask runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn relative_links_lead_somewhere() {
    let mut pages = markdown_below(&root().join("docs"));
    pages.extend(
        ["README.md", "benches/README.md", "data/README.md", "sql-tests/README.md"].map(|page| root().join(page)),
    );
    for page in pages {
        let text = read(&page);
        for link in links(&text) {
            let target = page.parent().expect("a page lies in a folder").join(link);
            assert!(target.exists(), "{}: the link to {link} leads nowhere", page.display());
        }
    }
}

/// Paths in code font that name files of this repository, such as `crates/firesteel-sql/src/lib.rs`, exist.
#[test]
fn paths_named_in_documents_exist() {
    let tops = ["crates/", "sql-tests/", "benches/", "xtask/", "data/", "docs/"];
    for page in markdown_below(&root().join("docs")).into_iter().chain([root().join("README.md")]) {
        let text = read(&page);
        for code in text.split('`').skip(1).step_by(2) {
            let named = tops.iter().any(|top| code.starts_with(top));
            let is_path = !code.contains(|c: char| c.is_whitespace() || "<>{}*…".contains(c));
            if named && is_path {
                assert!(root().join(code).exists(), "{}: there is no {code}", page.display());
            }
        }
    }
}

#[test]
fn every_crate_is_on_the_code_map() {
    let map = read(&root().join("docs/architecture.md"));
    let later = ["firesteel-cluster", "firesteel-flight-sql"].map(str::to_owned);
    for name in packages().into_iter().map(|package| package.name).chain(later) {
        assert!(map.contains(&format!("`{name}`")), "docs/architecture.md does not say what {name} is for");
    }
}

/// Every example in the functions' documentation gives the result that stands beside it.
#[test]
fn documented_examples_hold() {
    let session = Session::new(SessionOptions::default()).expect("a session");
    let mut wrong = Vec::new();
    for (name, sql, expected) in firesteel_functions::examples() {
        let found = first_column(&session, sql).unwrap_or_else(|error| error.to_string());
        if found != expected {
            wrong.push(format!("{name}: {sql} gives {found}, documented is {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first column's values, one a line.
fn first_column(session: &Session, sql: &str) -> firesteel::Result<String> {
    let result = session.execute_sql(sql)?;
    let data_type = result.columns()[0].data_type.clone();
    let mut lines = Vec::new();
    for batch in result.collect()? {
        let values = firesteel::display::column_text(batch.column(0), &data_type, "UTC")?;
        lines.extend(values.into_iter().map(|value| value.unwrap_or("NULL".to_owned())));
    }
    Ok(lines.join("\n"))
}

#[test]
fn the_readme_sets_up_in_two_commands() {
    let commands = set_up_commands();
    assert_eq!(commands.len(), 2, "{commands:#?}");
    assert!(commands[0].starts_with("cargo run --release -- --data data/tpch -c \"SELECT "), "{}", commands[0]);
    assert_eq!(commands[1], "cargo test --workspace");
    assert!(read(&root().join(".ci/run")).contains(&commands[1]), ".ci/run runs other tests than the README");
    let manifest = read(&root().join("Cargo.toml"));
    assert!(manifest.contains("default-members = [\"crates/firesteel-cli\"]"), "`cargo run` starts something else");
}

/// The first command's query gives the rows that the README shows.
#[test]
fn the_readme_shows_what_comes_out() {
    let commands = set_up_commands();
    let sql = commands[0].split('"').nth(1).expect("a query in quotes");
    let data = root().join("data/tpch").display().to_string();
    let session = Session::new(SessionOptions { data: Some(data), ..SessionOptions::default() }).expect("a session");
    let result = session.execute_sql(sql).expect("a query");
    let columns = result.columns().to_vec();
    let mut found = vec![columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()];
    found.push(columns.iter().map(|column| column.data_type.to_string()).collect());
    for batch in result.collect().expect("rows") {
        let texts = columns
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| firesteel::display::column_text(array, &column.data_type, "UTC").expect("text"));
        let texts: Vec<_> = texts.collect();
        let row = |at: usize| texts.iter().map(|column| column[at].clone().unwrap_or("NULL".to_owned())).collect();
        found.extend((0..batch.num_rows()).map(row));
    }
    assert_eq!(shown_rows(&set_up_section()), found);
}

/// The cells of the box that stands below the first command: names, types, rows.
fn shown_rows(section: &str) -> Vec<Vec<String>> {
    let lines = section.lines().filter(|line| line.starts_with('│'));
    lines.map(|line| line.trim_matches('│').split('│').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn set_up_section() -> String {
    let readme = read(&root().join("README.md"));
    let section = readme.split("\n## Set-up\n").nth(1).expect("a section 'Set-up'");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The lines in the section's shell blocks.
fn set_up_commands() -> Vec<String> {
    let section = set_up_section();
    let blocks = section.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// Targets of `[text](target)` outside of code that are neither addresses nor anchors, anchors cut off.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let targets = prose.flat_map(|part| part.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    let paths = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    paths.map(|target| target.split('#').next().unwrap_or_default()).filter(|path| !path.is_empty()).collect()
}

fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of documents") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(markdown_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
