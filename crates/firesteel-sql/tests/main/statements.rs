//! Statements other than queries.

use firesteel_plan::parsed::*;
use firesteel_sql::parse_statements;

use super::statement;

#[test]
fn settings() {
    let set = |key: &str, value: &str| StatementKind::Set { key: key.into(), value: value.into() };
    assert_eq!(statement("SET spark.sql.ansi.enabled = true;"), set("spark.sql.ansi.enabled", "true"));
    assert_eq!(statement("set a.b=x y, 'z' = 1"), set("a.b", "x y, 'z' = 1"));
    assert_eq!(statement("SET `a b`=`c`"), set("a b", "c"));
    assert_eq!(statement("SET a="), set("a", ""));
    assert_eq!(statement("SET"), StatementKind::SetShow { key: None, verbose: false });
    assert_eq!(statement("SET -v"), StatementKind::SetShow { key: None, verbose: true });
    assert_eq!(statement("SET a.b"), StatementKind::SetShow { key: Some("a.b".into()), verbose: false });
    assert_eq!(statement("RESET"), StatementKind::Reset { key: None });
    assert_eq!(statement("RESET a.b"), StatementKind::Reset { key: Some("a.b".into()) });
    assert_eq!(statement("SET TIME ZONE LOCAL"), StatementKind::SetTimeZone(TimeZone::Local));
    assert_eq!(
        statement("SET TIME ZONE 'Asia/Tokyo'"),
        StatementKind::SetTimeZone(TimeZone::Name("Asia/Tokyo".into()))
    );
    assert!(matches!(statement("SET TIME ZONE INTERVAL 2 HOURS"), StatementKind::SetTimeZone(TimeZone::Interval(_))));
}

#[test]
fn explain_modes() {
    for (word, mode) in [
        ("", ExplainMode::Simple),
        ("EXTENDED", ExplainMode::Extended),
        ("FORMATTED", ExplainMode::Formatted),
        ("COST", ExplainMode::Cost),
        ("CODEGEN", ExplainMode::Codegen),
        ("ANALYZE", ExplainMode::Analyze),
        ("RULES", ExplainMode::Rules),
    ] {
        let StatementKind::Explain { mode: found, statement } = statement(&format!("EXPLAIN {word} SELECT 1")) else {
            panic!()
        };
        assert_eq!(found, mode);
        assert!(matches!(statement.kind, StatementKind::Query(_)));
    }
}

#[test]
fn views() {
    let StatementKind::CreateView(view) =
        statement("CREATE OR REPLACE TEMP VIEW v (a COMMENT 'x', b) COMMENT 'c' AS SELECT 1,  2 ;")
    else {
        panic!("no view")
    };
    assert!(view.or_replace && view.temporary && !view.global);
    assert_eq!(
        (view.columns.len(), view.columns[0].comment.as_deref(), view.comment.as_deref()),
        (2, Some("x"), Some("c"))
    );
    assert!(matches!(&view.source, ViewSource::Query { text, .. } if text == "SELECT 1,  2"));
    let StatementKind::CreateView(view) =
        statement("CREATE TEMPORARY VIEW v (a INT, b STRING) USING csv OPTIONS (path '/x', 'header' = true)")
    else {
        panic!("no view")
    };
    assert!(matches!(&view.source, ViewSource::Files { columns, options, .. }
        if columns.len() == 2 && options[1] == Property { key: "header".into(), value: "true".into() }));
    assert!(matches!(statement("DROP VIEW IF EXISTS a.b"), StatementKind::DropView { if_exists: true, .. }));
    assert!(matches!(statement("DROP TABLE t PURGE"), StatementKind::DropTable { purge: true, .. }));
}

#[test]
fn tables_and_inserts() {
    let StatementKind::CreateTable(table) = statement(
        "CREATE TABLE IF NOT EXISTS db.t (a INT NOT NULL DEFAULT 1, b ARRAY<STRUCT<x: INT>> COMMENT 'c') USING parquet \
         PARTITIONED BY (a) LOCATION '/x' TBLPROPERTIES ('k' = 'v')",
    ) else {
        panic!("no table")
    };
    assert!(table.columns[0].not_null && table.columns[0].default.is_some());
    assert_eq!((table.partitioned_by.len(), table.location.as_deref()), (1, Some("/x")));
    assert!(
        matches!(statement("CREATE TABLE t USING parquet AS SELECT 1"), StatementKind::CreateTable(t) if t.query.is_some())
    );
    let StatementKind::Insert(insert) = statement("INSERT OVERWRITE t PARTITION (p = 1, q) (a, b) SELECT 1, 2") else {
        panic!("no insert")
    };
    assert!(insert.overwrite);
    assert_eq!((insert.partition.len(), insert.columns.len()), (2, 2));
    assert!(
        matches!(statement("WITH c AS (SELECT 1) INSERT INTO t SELECT * FROM c"), StatementKind::Insert(i) if i.query.with.is_some())
    );
    assert!(matches!(statement("INSERT INTO t (SELECT 1)"), StatementKind::Insert(i) if i.columns.is_empty()));
}

#[test]
fn show_and_describe() {
    assert_eq!(
        statement("SHOW TABLES LIKE 'a*'"),
        StatementKind::Show(Show::Tables { namespace: None, like: Some("a*".into()) })
    );
    assert!(matches!(statement("SHOW TABLES IN db"), StatementKind::Show(Show::Tables { namespace: Some(_), .. })));
    assert!(
        matches!(statement("SHOW COLUMNS IN t FROM db"), StatementKind::Show(Show::Columns { table }) if table.values() == ["db", "t"])
    );
    assert!(matches!(
        statement("SHOW SYSTEM FUNCTIONS 'x'"),
        StatementKind::Show(Show::Functions { scope: FunctionScope::System, .. })
    ));
    assert!(matches!(statement("SHOW SCHEMAS"), StatementKind::Show(Show::Namespaces { .. })));
    assert!(matches!(
        statement("DESC EXTENDED a.b c"),
        StatementKind::DescribeTable { extended: true, column: Some(_), .. }
    ));
    assert!(
        matches!(statement("DESCRIBE parquet.`/x`"), StatementKind::DescribeTable { name, .. } if name.parts.len() == 2)
    );
    assert!(matches!(statement("DESCRIBE TABLE t"), StatementKind::DescribeTable { name, .. } if name.last() == "t"));
    assert!(matches!(statement("DESCRIBE QUERY SELECT 1"), StatementKind::DescribeQuery(_)));
    assert!(matches!(statement("DESC SELECT 1"), StatementKind::DescribeQuery(_)));
    assert!(matches!(
        statement("DESCRIBE FUNCTION EXTENDED abs"),
        StatementKind::DescribeFunction { extended: true, .. }
    ));
    assert!(
        matches!(statement("CACHE LAZY TABLE c AS SELECT 1"), StatementKind::CacheTable(c) if c.lazy && c.query.is_some())
    );
    assert_eq!(statement("CLEAR CACHE"), StatementKind::ClearCache);
    assert!(matches!(statement("USE SCHEMA x"), StatementKind::Use(name) if name.last() == "x"));
}

#[test]
fn several_statements_with_their_places() {
    let text = "select 1; -- one\n set a=b;;\nselect 2";
    let parts: Vec<_> = parse_statements(text).unwrap().iter().map(|(_, span)| span.slice(text)).collect();
    assert_eq!(parts, ["select 1", "set a=b", "select 2"]);
}
