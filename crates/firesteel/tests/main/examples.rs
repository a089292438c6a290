//! Every function's documented examples, run as SQL. The expectations are Spark's own documentation.

use firesteel::{Result, Session, SessionOptions, display};

/// Examples whose result depends on when or where they run.
const NOT_REPEATABLE: &[&str] = &[];

fn result_text(session: &Session, sql: &str) -> Result<String> {
    let result = session.execute_sql(sql)?;
    let types: Vec<_> = result.columns().iter().map(|column| column.data_type.clone()).collect();
    let batches = result.collect()?;
    Ok(display::rows(&batches, &types, chrono_tz::UTC)?.join("\n"))
}

#[test]
fn every_example_gives_what_its_documentation_says() {
    let session = Session::new(SessionOptions::default()).expect("a session");
    let examples = firesteel_functions::examples();
    assert!(!examples.is_empty(), "no examples");
    let mut failures = Vec::new();
    for (name, sql, expected) in examples {
        if NOT_REPEATABLE.contains(&name) {
            continue;
        }
        match result_text(&session, sql) {
            Ok(text) if text == expected => {}
            Ok(text) => failures.push(format!("{name}: {sql}\n    expected {expected:?}\n    got      {text:?}")),
            Err(error) => failures.push(format!("{name}: {sql}\n    expected {expected:?}\n    got      {error}")),
        }
    }
    assert!(failures.is_empty(), "{} examples disagree:\n{}", failures.len(), failures.join("\n"));
}
