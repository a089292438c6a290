//! Expressions: the parsed tree shown with all its parentheses.

use firesteel_common::SqlType;
use firesteel_plan::parsed::{BinaryOp, ExprKind, IntegerSuffix, Literal};
use firesteel_sql::{parse_data_type, parse_expression};

use super::expr;

fn check(cases: &[(&str, &str)]) {
    for (text, shown) in cases {
        assert_eq!(expr(text).to_string(), *shown, "{text}");
    }
}

#[test]
fn operators_bind_as_in_spark() {
    check(&[
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a || b + c", "((a || b) + c)"),
        ("1 | 2 & 3 ^ 4", "(1 | ((2 & 3) ^ 4))"),
        ("1 + 2 << 3", "((1 + 2) << 3)"),
        ("a >> 1 = b >>> 2", "((a >> 1) = (b >>> 2))"),
        ("a > b", "(a > b)"),
        ("10 DIV 3 % 2", "((10 div 3) % 2)"),
        ("a = b AND NOT c OR d", "(((a = b) AND (NOT c)) OR d)"),
        ("NOT a = b", "(NOT (a = b))"),
        ("!a AND b", "((NOT a) AND b)"),
        ("a <=> b == c != d <> e", "((((a <=> b) = c) != d) != e)"),
        ("a AND b AND c", "(a AND b AND c)"),
        ("a AND (b AND c)", "(a AND (b AND c))"),
        ("- a * b", "((- a) * b)"),
        ("2 - -1", "(2 - -1)"),
        ("a -1", "(a - 1)"),
        ("~1 + 2", "((~ 1) + 2)"),
    ]);
}

#[test]
fn numbers_keep_their_suffix() {
    let literal = |text: &str| match expr(text).kind {
        ExprKind::Literal(literal) => literal,
        other => panic!("{text}: {other:?}"),
    };
    for (text, digits, suffix) in [
        ("1", "1", None),
        ("1L", "1", Some(IntegerSuffix::BigInt)),
        ("1y", "1", Some(IntegerSuffix::TinyInt)),
        ("2S", "2", Some(IntegerSuffix::SmallInt)),
        ("-128Y", "-128", Some(IntegerSuffix::TinyInt)),
        ("12345678901234567890", "12345678901234567890", None),
    ] {
        assert_eq!(literal(text), Literal::Integer { text: digits.into(), suffix }, "{text}");
    }
    for (text, digits) in
        [("1.5", "1.5"), (".5", ".5"), ("1.", "1."), ("2.5BD", "2.5"), ("1e3BD", "1e3"), ("-2bd", "-2")]
    {
        assert_eq!(literal(text), Literal::Decimal(digits.into()), "{text}");
    }
    for (text, digits) in [("1e3", "1e3"), ("1.5E-3", "1.5E-3"), ("1D", "1"), ("1.5d", "1.5")] {
        assert_eq!(literal(text), Literal::Double(digits.into()), "{text}");
    }
    assert_eq!(literal("1.5f"), Literal::Float("1.5".into()));
    // Digits with any other word are a name.
    assert!(matches!(expr("1a").kind, ExprKind::Column(parts) if parts[0].value == "1a"));
    check(&[("t.1a", "t.`1a`"), ("t.1", "t.`1`")]);
}

#[test]
fn strings_and_other_literals() {
    let string = |text: &str| match expr(text).kind {
        ExprKind::Literal(Literal::String(value)) => value,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(string(r"'a\tb'"), "a\tb");
    assert_eq!(string(r#""it's""#), "it's");
    assert_eq!(string("'a' 'b'  \"c\""), "abc");
    assert_eq!(string("'a''b'"), "a'b");
    assert_eq!(string(r"r'\d+'"), r"\d+");
    assert_eq!(string("'-- no comment /* neither */'"), "-- no comment /* neither */");
    assert_eq!(expr("X'1f0'").kind, ExprKind::Literal(Literal::Binary(vec![0x01, 0xf0])));
    check(&[
        ("null", "NULL"),
        ("TRUE", "true"),
        ("date '2020-01-01'", "DATE '2020-01-01'"),
        ("timestamp_ntz'2020-01-01 00:00:00'", "TIMESTAMP_NTZ '2020-01-01 00:00:00'"),
        ("interval '1' day", "INTERVAL '1' DAY"),
        ("interval 1 year 2 months", "INTERVAL '1' YEAR '2' MONTH"),
        ("interval -'1-2' year to month", "INTERVAL '-1-2' YEAR TO MONTH"),
        ("interval '2 seconds'", "INTERVAL '2 seconds'"),
        ("a - interval 1.5 second", "(a - INTERVAL '1.5' SECOND)"),
        ("interval", "interval"),
        ("date", "date"),
        (":p + ?", "(:p + ?)"),
    ]);
}

#[test]
fn predicates() {
    check(&[
        ("a BETWEEN 1 AND 2 AND b", "((a BETWEEN 1 AND 2) AND b)"),
        ("a NOT BETWEEN b + 1 AND 3", "(a NOT BETWEEN (b + 1) AND 3)"),
        ("a IN (1, 2)", "(a IN (1, 2))"),
        ("a NOT IN (SELECT 1)", "(a NOT IN (…))"),
        ("(a, b) IN ((1, 2))", "((a, b) IN ((1, 2)))"),
        ("EXISTS (SELECT 1)", "EXISTS (…)"),
        ("exists(a, x -> x > 1)", "exists(a, x -> (x > 1))"),
        ("a LIKE 'x%' ESCAPE '!'", "(a LIKE 'x%' ESCAPE '!')"),
        ("a NOT ILIKE ANY ('x', 'y')", "(a NOT ILIKE ANY ('x', 'y'))"),
        ("a REGEXP 'x+'", "(a RLIKE 'x+')"),
        ("a IS NOT NULL", "(a IS NOT NULL)"),
        ("a = b IS TRUE", "((a = b) IS TRUE)"),
        ("a IS NOT DISTINCT FROM b AND c", "((a IS NOT DISTINCT FROM b) AND c)"),
        ("((SELECT 1) + 1)", "((…) + 1)"),
        ("((SELECT 1))", "(…)"),
        ("((SELECT 1) UNION (SELECT 2))", "(…)"),
    ]);
}

#[test]
fn functions_and_their_special_forms() {
    check(&[
        ("count(*)", "count(*)"),
        ("count(DISTINCT a, b)", "count(DISTINCT a, b)"),
        ("sum(a) FILTER (WHERE b > 1)", "sum(a) FILTER (WHERE (b > 1))"),
        ("first(a) IGNORE NULLS", "first(a)"),
        ("first(a IGNORE NULLS)", "first(a)"),
        ("percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC)", "percentile_cont(0.5) WITHIN GROUP (…)"),
        ("rank() OVER w", "rank() OVER (…)"),
        ("sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)", "sum(a) OVER (…)"),
        ("f(a => 1, b)", "f(a => 1, b)"),
        ("extract(YEAR FROM d)", "extract('YEAR', d)"),
        ("position('a' IN b)", "position('a', b)"),
        ("substring(a FROM 2 FOR 3)", "substring(a, 2, 3)"),
        ("substring(a, 2)", "substring(a, 2)"),
        ("trim(BOTH 'x' FROM a)", "trim('x', a)"),
        ("trim(LEADING FROM a)", "ltrim(a)"),
        ("trim(a)", "trim(a)"),
        ("overlay(a PLACING b FROM 2)", "overlay(a, b, 2)"),
        ("timestampadd(DAY, 1, t)", "timestampadd('DAY', 1, t)"),
        ("datediff(a, b)", "datediff(a, b)"),
        ("CAST(a AS DECIMAL(10, 2))", "CAST(a AS DECIMAL(10,2))"),
        ("try_cast(a AS array<array<int>>)", "TRY_CAST(a AS ARRAY<ARRAY<INT>>)"),
        ("a::int::string", "CAST(CAST(a AS INT) AS STRING)"),
        ("-1::string", "CAST(-1 AS STRING)"),
        ("transform(a, (x, i) -> x + i)", "transform(a, (x, i) -> (x + i))"),
        ("a.b[0].c", "a.b[0].c"),
        ("f(x).a", "f(x).a"),
        ("v:a.b[0]", "v:a.b[0]"),
        ("db.f(1)", "db.f(1)"),
        ("struct(t.*)", "struct(t.*)"),
        ("CASE a WHEN 1 THEN 'x' ELSE 'y' END", "CASE a WHEN 1 THEN 'x' ELSE 'y' END"),
        ("CASE WHEN a THEN b END", "CASE WHEN a THEN b END"),
        ("if(a, b, c)", "if(a, b, c)"),
        ("left(a, 1)", "left(a, 1)"),
        ("identifier('t.a') + 1", "(t.a + 1)"),
        ("a COLLATE UTF8_BINARY", "a COLLATE UTF8_BINARY"),
    ]);
}

#[test]
fn spans_cover_what_was_written() {
    for (text, part) in [
        ("1 + sum( b ) ", "sum( b )"),
        ("1 + CAST(x AS INT)", "CAST(x AS INT)"),
        ("é + `ü`", "`ü`"),
        ("1 + CASE WHEN a THEN b END", "CASE WHEN a THEN b END"),
    ] {
        let ExprKind::Binary { rest, .. } = expr(text).kind else { panic!("{text}") };
        assert_eq!(rest[0].0, BinaryOp::Add);
        assert_eq!(rest[0].1.span.slice(text), part);
    }
}

#[test]
fn types() {
    for (text, shown) in [
        ("byte", "tinyint"),
        ("LONG", "bigint"),
        ("dec(5)", "decimal(5,0)"),
        ("NUMERIC", "decimal(10,0)"),
        ("varchar(10)", "varchar(10)"),
        ("interval day to second", "interval day to second"),
        ("INTERVAL YEAR", "interval year"),
        ("timestamp_ltz", "timestamp"),
        ("struct<a: int, `b c` array<string> NOT NULL COMMENT 'x'>", "struct<a:int,b c:array<string>>"),
        ("map<string, map<int, array<struct<x:void>>>>", "map<string,map<int,array<struct<x:void>>>>"),
    ] {
        assert_eq!(parse_data_type(text).map(|data_type| data_type.to_string()).ok().as_deref(), Some(shown), "{text}");
    }
    let fields = parse_data_type("struct<a int not null>").ok();
    assert!(matches!(fields, Some(SqlType::Struct(fields)) if !fields[0].nullable));
    assert!(
        parse_data_type("decimal(39)").is_err_and(|e| e.condition().name == "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION")
    );
    assert!(parse_data_type("blob").is_err_and(|e| e.condition().name == "UNSUPPORTED_DATATYPE"));
    assert!(parse_expression("geo 'x'").is_err_and(|e| e.condition().name == "UNSUPPORTED_TYPED_LITERAL"));
}
