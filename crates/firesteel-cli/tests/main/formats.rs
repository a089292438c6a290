//! How results are written, format by format.

use crate::harness::{firesteel, run, sql, with_sample};

/// NULL, text with everything that could break a line or a cell, an empty text, wide characters.
const TEXTS: &str = r#"select * from values
    (1, 'a,"b"', ''), (2, 'tab\there', null), (3, 'two\nlines', 'back\\slash'), (4, '日本|語', 'é') as t(id, s, `odd, name`)"#;

/// Numbers and times; the session's zone shows the timestamp.
const TYPES: &str = "select 1.50 as dec, -0.0D as zero, double('NaN') as nan, double('-Infinity') as inf, 1e10D as big, \
    true as yes, date '2024-02-29' as d, timestamp '2024-01-01 12:00:00.5 UTC' as ts, \
    timestamp_ntz '2024-01-01 12:00:00' as ntz, cast(null as int) as nothing";

fn written(format: &str, query: &str) -> String {
    run(firesteel().args(["--format", format, "-c", query])).ok()
}

#[test]
fn csv() {
    let expected =
        "id,s,\"odd, name\"\n1,\"a,\"\"b\"\"\",\"\"\n2,tab\there,\n3,\"two\nlines\",back\\slash\n4,日本|語,é\n";
    assert_eq!(written("csv", TEXTS), expected);
}

#[test]
fn tsv() {
    let expected = "id\ts\todd, name\n1\ta,\"b\"\t\n2\ttab\\there\t\\N\n3\ttwo\\nlines\tback\\\\slash\n4\t日本|語\té\n";
    assert_eq!(written("tsv", TEXTS), expected);
}

#[test]
fn json() {
    let rows = [
        r#"{"id":1,"s":"a,\"b\"","odd, name":""}"#,
        r#"{"id":2,"s":"tab\there","odd, name":null}"#,
        r#"{"id":3,"s":"two\nlines","odd, name":"back\\slash"}"#,
        r#"{"id":4,"s":"日本|語","odd, name":"é"}"#,
    ];
    assert_eq!(written("json", TEXTS), format!("[\n{}\n]\n", rows.join(",\n")));
    assert_eq!(written("jsonl", TEXTS), format!("{}\n", rows.join("\n")));
    assert_eq!(written("json", "select 1 as a where 1 = 0"), "[]\n");
}

#[test]
fn json_is_json() {
    let parsed: serde_json::Value = serde_json::from_str(&written("json", TYPES)).expect("JSON");
    let row = &parsed[0];
    assert_eq!(row["nan"], "NaN");
    assert_eq!(row["inf"], "-Infinity");
    assert_eq!(row["big"], 1e10);
    assert_eq!(row["yes"], true);
    assert_eq!(row["d"], "2024-02-29");
    assert!(row["nothing"].is_null());
    assert!(written("jsonl", "select 12345678901234567890.10 as n").contains(r#""n":12345678901234567890.10"#));
}

#[test]
fn nested_values() {
    let query = "select array(1, null, 3) as a, named_struct('x', 'q\"', 'y', array(1.5D)) as s";
    assert_eq!(written("jsonl", query), "{\"a\":[1,null,3],\"s\":{\"x\":\"q\\\"\",\"y\":[1.5]}}\n");
    assert_eq!(written("csv", "select array(1, 2) as a"), "a\n\"[1,2]\"\n");
}

#[test]
fn values_as_text() {
    let expected = "dec,zero,nan,inf,big,yes,d,ts,ntz,nothing\n\
        1.50,-0.0,NaN,-Infinity,1.0E10,true,2024-02-29,2024-01-01 12:00:00.5,2024-01-01 12:00:00,\n";
    assert_eq!(written("csv", TYPES), expected);
}

#[test]
fn timestamps_are_shown_in_the_session_zone() {
    for (zone, shown) in
        [("Asia/Tokyo", "2024-01-01 21:00:00"), ("+01:30", "2024-01-01 13:30:00"), ("UTC", "2024-01-01 12:00:00")]
    {
        let set = format!("spark.sql.session.timeZone={zone}");
        let query = "select timestamp '2024-01-01 12:00:00 UTC' as t";
        let out = run(firesteel().args(["--set", &set, "--format", "csv", "-c", query])).ok();
        assert_eq!(out, format!("t\n{shown}\n"), "{zone}");
    }
}

#[test]
fn markdown() {
    let expected = "| id | s | odd, name |\n| ---: | --- | --- |\n| 1 | a,\"b\" |  |\n| 2 | tab\there | NULL |\n\
        | 3 | two<br>lines | back\\slash |\n| 4 | 日本\\|語 | é |\n";
    assert_eq!(written("markdown", TEXTS), expected);
}

#[test]
fn table() {
    let out = written("table", TEXTS);
    let expected = [
        "┌─────┬────────────┬────────────┐",
        "│ id  │ s          │ odd, name  │",
        "│ int │ string     │ string     │",
        "├─────┼────────────┼────────────┤",
        "│   1 │ a,\"b\"      │            │",
        "│   2 │ tab\\there  │ NULL       │",
        "│   3 │ two\\nlines │ back\\slash │",
        "│   4 │ 日本|語    │ é          │",
        "└─────┴────────────┴────────────┘",
        "4 rows",
    ];
    assert_eq!(out.lines().collect::<Vec<_>>(), expected, "{out}");
}

#[test]
fn long_results_show_both_ends_in_a_table_and_all_elsewhere() {
    let query = "select l_orderkey from lineitem order by l_orderkey, l_linenumber";
    let table = sql(query).ok();
    let lines: Vec<_> = table.lines().collect();
    // The frame's four lines above and one below, forty rows, the dots, ten rows, the footer.
    assert_eq!(lines.len(), 4 + 40 + 1 + 10 + 1 + 1);
    assert!(lines[44].contains('…'), "{table}");
    assert_eq!(lines.last(), Some(&"60175 rows (50 shown)"));
    let csv = run(with_sample().args(["--format", "csv", "-c", query])).ok();
    assert_eq!(csv.lines().count(), 1 + 60175);
}

#[test]
fn no_rows() {
    let query = "select 1 as a, 'x' as b where 1 = 0";
    assert_eq!(written("csv", query), "a,b\n");
    assert_eq!(written("tsv", query), "a\tb\n");
    assert_eq!(written("jsonl", query), "");
    assert_eq!(written("markdown", query), "| a | b |\n| ---: | --- |\n");
    assert!(written("table", query).ends_with("┘\n0 rows\n"));
}

#[test]
fn explain_is_text() {
    let out = sql("explain select count(*) from nation").ok();
    assert!(out.starts_with("== Physical Plan ==\n"), "{out}");
    assert!(!out.contains('│') && out.contains("nation"), "{out}");
    let out = sql("explain analyze select count(*) from nation").ok();
    assert!(out.contains("rows=") && out.contains("Planning: "), "{out}");
}
