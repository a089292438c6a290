//! Texts that are deep, long or both: rows of a tree or a clear error, on a thread with the usual small stack.

use firesteel_plan::parsed::ExprKind;
use firesteel_sql::{parse_expression, parse_statement, split_statements};

/// Runs on the 2 MiB stack of a pool thread.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("no panic");
}

fn repeated(first: &str, more: &str, times: usize) -> String {
    format!("{first}{}", more.repeat(times))
}

fn condition(text: &str) -> &'static str {
    parse_statement(text).err().map_or("", |error| error.condition().name)
}

#[test]
fn long_chains_are_flat() {
    on_small_stack(|| {
        for (more, count) in [(" + 1", 50_000), (" AND a", 50_000), (" OR a = 1", 50_000), (" || 'x'", 50_000)] {
            let parsed = parse_expression(&repeated("a", more, count)).unwrap();
            let length = match &parsed.kind {
                ExprKind::Binary { rest, .. } => rest.len(),
                ExprKind::And(terms) | ExprKind::Or(terms) => terms.len() - 1,
                other => panic!("{other:?}"),
            };
            assert_eq!(length, count);
            assert!(parsed.to_string().len() > count);
            drop(parsed.clone());
        }
        assert_eq!(condition(&repeated("SELECT 1", " UNION ALL SELECT 1", 20_000)), "");
        assert_eq!(condition(&repeated("SELECT * FROM t", " JOIN t ON true", 20_000)), "");
        assert_eq!(condition(&repeated("VALUES (1, 'a')", ", (1, 'a')", 50_000)), "");
    });
}

#[test]
fn nesting_is_deep_but_not_endless() {
    on_small_stack(|| {
        let nested = |open: &str, inner: &str, close: &str, depth: usize| {
            format!("SELECT {}{inner}{}", open.repeat(depth), close.repeat(depth))
        };
        for (open, inner, close) in
            [("(", "1", ")"), ("f(", "1", ")"), ("(SELECT ", "1", ")"), ("CASE WHEN a THEN ", "1", " END")]
        {
            assert_eq!(condition(&nested(open, inner, close, 200)), "", "{open}");
            assert_eq!(condition(&nested(open, inner, close, 100_000)), "STATEMENT_TOO_COMPLEX", "{open}");
        }
        for text in [
            nested("(", "", "", 100_000),
            nested("- ", "1", "", 100_000),
            nested("NOT ", "a", "", 100_000),
            nested("", "a", "[0]", 100_000),
            nested("", "a", "::int", 100_000),
            nested("x -> ", "1", "", 100_000),
            nested("", "CAST(a AS ", "", 1) + &"ARRAY<".repeat(100_000),
            format!("SELECT * FROM {}t", "(".repeat(100_000)),
            "EXPLAIN ".repeat(100_000) + "SELECT 1",
        ] {
            assert_eq!(condition(&text), "STATEMENT_TOO_COMPLEX", "{}", &text[..40]);
        }
        assert_eq!(condition(&nested("CASE ", "", "", 500)), "PARSE_SYNTAX_ERROR");
    });
}

#[test]
fn large_texts_are_read_or_refused() {
    on_small_stack(|| {
        const SIZE: usize = 4 << 20;
        let literal = format!("SELECT '{}'", "x".repeat(SIZE));
        assert_eq!(condition(&literal), "");
        assert_eq!(condition(&literal[..literal.len() - 1]), "PARSE_SYNTAX_ERROR");
        assert_eq!(condition(&format!("SELECT 1{}", " ".repeat(SIZE))), "");
        assert_eq!(condition(&format!("SELECT 1 /*{}*/", "é".repeat(SIZE))), "");
        assert_eq!(condition(&format!("SELECT {}", "x".repeat(SIZE))), "");
        for garbage in ["#", "$", "\\", "@a ", "é;", "1e", "...", "((", "))", "::", "\u{0}", "select ", "`a` ", "?#&|"]
        {
            assert_ne!(condition(&garbage.repeat(50_000)), "", "{garbage}");
        }
        assert_eq!(split_statements(&"select 1;".repeat(100_000)).statements.len(), 100_000);
        assert_eq!(condition(&format!("SELECT {}1", "1+".repeat(1_500_000))), "STATEMENT_TOO_COMPLEX");
    });
}
