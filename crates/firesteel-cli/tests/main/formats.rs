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
fn boxes_and_ascii() {
    let query = "select 1 as a, cast(null as string) as b";
    let unicode = "┌─────┬────────┐\n│ a   │ b      │\n│ int │ string │\n├─────┼────────┤\n│   1 │ NULL   │\n└─────┴────────┘\n1 row\n";
    let ascii = "+-----+--------+\n| a   | b      |\n| int | string |\n+-----+--------+\n|   1 | NULL   |\n+-----+--------+\n1 row\n";
    assert_eq!(written("box", query), unicode);
    assert_eq!(written("table", query), unicode);
    assert_eq!(written("ascii", query), ascii);
    // A locale without UTF-8 gets what it can show.
    let plain = run(firesteel().env("LC_ALL", "C").args(["-c", query])).ok();
    assert_eq!(plain, ascii);
}

#[test]
fn lines_and_vertical() {
    let query = "select * from values (1, 'x'), (2, null) as t(a, long_name) order by a";
    assert_eq!(written("line", query), "        a = 1\nlong_name = x\n\n        a = 2\nlong_name = NULL\n");
    let rule = "─".repeat(80 - "─[ row 1 ]".chars().count());
    let row =
        |number: usize, name: &str| format!("─[ row {number} ]{rule}\na         │ {number}\nlong_name │ {name}\n");
    assert_eq!(written("vertical", query), format!("{}{}2 rows\n", row(1, "x"), row(2, "NULL")));
    // A value of several lines goes on below itself.
    assert!(written("vertical", "select 'one\\ntwo' as t").contains("t │ one\n  │ two\n"));
}

#[test]
fn inserts_make_the_rows_anew() {
    let query = r#"select 1Y as a, 2L as b, 1.50 as c, -0.5D as d, double('NaN') as e, 'it\'s \\ "x"' as f, true as g,
        date '2024-02-29' as h, timestamp '2024-01-01 12:00:00.5' as i, timestamp_ntz '2024-01-01 12:00:00' as j,
        x'00ff' as k, array(1, null) as l, named_struct('p', 'q', 'r', 1) as m,
        -9223372036854775807L - 1L as n"#;
    let inserts = written("insert", query);
    let (begin, values) = inserts.split_once(" VALUES\n").expect("an INSERT");
    assert!(begin.starts_with("INSERT INTO table (`a`, `b`, "), "{begin}");
    // What is inserted, selected, is what was there before.
    let anew = format!("select * from values {}", values.trim_end().trim_end_matches(';'));
    let rows = |query: &str| written("csv", query).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&anew), rows(query), "{values}");
    let types = |query: &str| {
        let described = written("csv", &format!("describe query {query}"));
        described.lines().skip(1).map(|line| line.split_once(',').map(|(_, rest)| rest.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(types(&anew), types(query), "{values}");
    assert!(written("insert", "select cast(null as int) as n").ends_with("(NULL);\n"));
    let named = run(firesteel().args(["-c", ".mode insert a.b\nselect 1 as x where 1 = 0; select 2 as x"])).ok();
    assert_eq!(named, "INSERT INTO a.b (`x`) VALUES\n(2);\n");
}

#[test]
fn what_stands_for_null() {
    let query = ".nullvalue -\nselect null as a, '-' as b, '' as c";
    let out = |format: &str| run(firesteel().args(["--format", format, "-c", query])).ok();
    assert_eq!(out("csv"), "a,b,c\n-,\"-\",\"\"\n");
    assert_eq!(out("tsv"), "a\tb\tc\n-\t-\t\n");
    assert_eq!(out("jsonl"), "{\"a\":null,\"b\":\"-\",\"c\":\"\"}\n");
    assert!(out("table").contains("│ -    │ -      │"), "{}", out("table"));
}

#[test]
fn columns_of_a_given_width() {
    let out = run(firesteel().args(["-c", ".width 5 0\nselect 'abcdefgh' as a, 'abcdefgh' as b"])).ok();
    assert!(out.contains("│ abcd… │ abcdefgh │"), "{out}");
}

#[test]
fn an_endless_result_is_not_read_to_its_end() {
    // More rows than could be read in years.
    let query = "select a.l_orderkey from lineitem a cross join lineitem b cross join lineitem c";
    let out = sql(query).ok();
    assert!(out.contains("│ …") || out.contains("…"), "{out}");
    let footer = out.lines().last().unwrap_or_default();
    assert!(footer.starts_with("more than ") && footer.contains("(50 shown"), "{footer}");
    assert_eq!(out.lines().count(), 4 + 50 + 1 + 1 + 1);
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
    let out = sql("explain select count(*) from nation where n_regionkey = 1").ok();
    assert!(out.starts_with("== Physical Plan ==\n"), "{out}");
    assert!(!out.contains('│') && out.contains("nation"), "{out}");
    let out = sql("explain analyze select count(*) from nation where n_regionkey = 1").ok();
    assert!(out.contains("rows=") && out.contains("Planning: "), "{out}");
}
