//! Functions called as the analyzer calls them, over constants and over columns in every encoding.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, DictionaryArray, Int32Array, StringViewArray};
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::to_string::value_text;
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::expr::{CastMode, ExprRef};
use firesteel_expr::{Batch, Column, EvalContext, Evaluator, Expr, Literal, registry};

fn text(value: &str) -> ExprRef {
    Expr::literal(Literal::string(value))
}

fn int(value: i32) -> ExprRef {
    Expr::literal(Literal::int(value))
}

fn double(value: f64) -> ExprRef {
    Expr::literal(Literal::double(value))
}

fn decimal(value: i128, precision: u8, scale: i8) -> ExprRef {
    Expr::literal(Literal::decimal(value, precision, scale))
}

fn typed(value: &str, data_type: SqlType) -> ExprRef {
    Expr::cast(text(value), data_type, CastMode::Ansi)
}

/// Type and value of a call, as text.
fn call(name: &str, args: Vec<ExprRef>) -> Result<(String, String)> {
    crate::install();
    let expr = registry::call(name, args)?;
    let literal = evaluate_constant(&expr, &Arc::new(EvalContext::default()))?;
    let array = literal.to_array()?;
    Ok((expr.data_type().to_string(), value_text(&array, 0, expr.data_type(), &Zone::UTC)))
}

fn check(name: &str, args: Vec<ExprRef>, data_type: &str, value: &str) {
    let (found_type, found) = call(name, args).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((found_type.as_str(), found.as_str()), (data_type, value), "{name}");
}

#[test]
fn strings() {
    check("substring", vec![text("Spark SQL"), int(5), int(1)], "string", "k");
    check("length", vec![text("Spark SQL ")], "int", "10");
    check("upper", vec![text("straße")], "string", "STRASSE");
    check("initcap", vec![text("sPark sql")], "string", "Spark Sql");
    check("lpad", vec![text("hi"), int(5), text("??")], "string", "???hi");
    check("instr", vec![text("SparkSQL"), text("SQL")], "int", "6");
    check("locate", vec![text("bar"), text("foobarbar"), int(5)], "int", "7");
    check("split_part", vec![text("11.12.13"), text("."), int(-1)], "string", "13");
    check("substring_index", vec![text("www.apache.org"), text("."), int(2)], "string", "www.apache");
    check(
        "concat_ws",
        vec![text("/"), text("foo"), Expr::literal(Literal::null(SqlType::Void)), text("bar")],
        "string",
        "foo/bar",
    );
    check("regexp_replace", vec![text("100-200"), text(r"(\d+)"), text("<$1>")], "string", "<100>-<200>");
    check("regexp_extract", vec![text("100-200"), text(r"(\d+)-(\d+)"), int(2)], "string", "200");
    check("split", vec![text("oneAtwoBthreeC"), text("[ABC]")], "array<string>", "[one, two, three, ]");
    check("trim", vec![text("SL"), text("SSparkSQLS")], "string", "parkSQ");
    check("btrim", vec![text("SSparkSQLS"), text("SL")], "string", "parkSQ");
    check("hex", vec![text("Spark SQL")], "string", "537061726B2053514C");
    check("hex", vec![int(17)], "string", "11");
    check("translate", vec![text("AaBbCc"), text("abc"), text("123")], "string", "A1B2C3");
}

#[test]
fn numbers() {
    check("round", vec![decimal(25, 2, 1), int(0)], "decimal(2,0)", "3");
    check("bround", vec![decimal(25, 2, 1), int(0)], "decimal(2,0)", "2");
    check("round", vec![double(2.345), int(2)], "double", "2.35");
    check("round", vec![int(25), int(-1)], "int", "30");
    check("bround", vec![int(25), int(-1)], "int", "20");
    check("round", vec![decimal(123456, 10, 3), int(2)], "decimal(10,2)", "123.46");
    check("ceil", vec![decimal(-1, 1, 1)], "decimal(1,0)", "0");
    check("ceil", vec![double(3.1)], "bigint", "4");
    check("floor", vec![int(5)], "bigint", "5");
    check("ceil", vec![decimal(31411, 5, 4), int(3)], "decimal(5,3)", "3.142");
    check("ceil", vec![decimal(31411, 5, 4), int(-3)], "decimal(4,0)", "1000");
    check("floor", vec![decimal(31411, 5, 4), int(-3)], "decimal(4,0)", "0");
    check("abs", vec![int(-1)], "int", "1");
    check("abs", vec![decimal(-125, 5, 2)], "decimal(5,2)", "1.25");
    check("power", vec![int(2), int(3)], "double", "8.0");
    check("ln", vec![int(0)], "double", "null");
    check("log", vec![int(10), int(100)], "double", "2.0");
    check("factorial", vec![int(5)], "bigint", "120");
    check("sign", vec![int(-40)], "double", "-1.0");
    assert!(call("abs", vec![int(i32::MIN)]).is_err());
}

#[test]
fn dates() {
    let date = |value: &str| typed(value, SqlType::Date);
    let timestamp = |value: &str| typed(value, SqlType::Timestamp);
    check("year", vec![text("2016-07-30")], "int", "2016");
    check("year", vec![timestamp("2016-07-30 12:00:00")], "int", "2016");
    check("dayofweek", vec![date("2009-07-30")], "int", "5");
    check("weekofyear", vec![date("2008-02-20")], "int", "8");
    check("dayofyear", vec![date("2016-04-09")], "int", "100");
    check("minute", vec![text("2009-07-30 12:58:59")], "int", "58");
    check("add_months", vec![text("2016-08-31"), int(1)], "date", "2016-09-30");
    check("months_between", vec![text("1997-02-28 10:30:00"), text("1996-10-30")], "double", "3.94959677");
    check("last_day", vec![text("2009-01-12")], "date", "2009-01-31");
    check("next_day", vec![text("2015-01-14"), text("TU")], "date", "2015-01-20");
    check("datediff", vec![text("2009-07-31"), text("2009-07-30")], "int", "1");
    check("trunc", vec![text("2019-08-04"), text("week")], "date", "2019-07-29");
    check("date_trunc", vec![text("MM"), text("2015-03-05T09:32:05.359")], "timestamp", "2015-03-01 00:00:00");
    check("extract", vec![text("week"), timestamp("2019-08-12 01:00:00.123456")], "int", "33");
    check("extract", vec![text("SECONDS"), timestamp("2019-10-01 00:00:01.000001")], "decimal(8,6)", "1.000001");
    check("extract", vec![text("MONTH"), typed("2021-11", SqlType::YEAR_MONTH)], "tinyint", "11");
    check("extract", vec![text("MINUTE"), typed("123 23:55:59.002001", SqlType::DAY_TIME)], "tinyint", "55");
    check("to_timestamp", vec![text("2016-12-31"), text("yyyy-MM-dd")], "timestamp", "2016-12-31 00:00:00");
    check("to_date", vec![text("2009-07-30 04:17:52")], "date", "2009-07-30");
    check("unix_timestamp", vec![text("1970-01-02"), text("yyyy-MM-dd")], "bigint", "86400");
    check("from_unixtime", vec![int(0), text("yyyy-MM-dd HH:mm:ss")], "string", "1970-01-01 00:00:00");
    check("date_format", vec![text("2016-04-08"), text("y")], "string", "2016");
    check("make_date", vec![int(2013), int(7), int(15)], "date", "2013-07-15");
    assert!(call("make_date", vec![int(2013), int(13), int(15)]).is_err());
    assert!(call("next_day", vec![text("2015-01-14"), text("xx")]).is_err());
}

#[test]
fn collections_and_hashes() {
    crate::install();
    let array = || registry::call("array", vec![int(1), int(2), int(3)]).expect("array");
    check("array", vec![int(1), int(2)], "array<int>", "[1, 2]");
    check("element_at", vec![array(), int(-1)], "int", "3");
    check("try_element_at", vec![array(), int(5)], "int", "null");
    check("size", vec![array()], "int", "3");
    assert!(call("element_at", vec![array(), int(5)]).is_err());
    // Documented for hash('Spark', array(123), 2); an array hashes as its elements in turn.
    check("hash", vec![text("Spark"), int(123), int(2)], "int", "-1321691492");
    check("md5", vec![text("Spark")], "string", "8cde774d6f7333752ed72cacddb05126");
    let digest = "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b";
    check("sha2", vec![text("Spark"), int(256)], "string", digest);
}

#[test]
fn dictionaries_give_what_arrays_give() {
    crate::install();
    let entries: ArrayRef = Arc::new(StringViewArray::from(vec![Some("Ab"), None, Some("longer than twelve bytes")]));
    let keys = Int32Array::from(vec![Some(2), Some(0), Some(1), None, Some(0)]);
    let dictionary = Column::Array(Arc::new(DictionaryArray::new(keys, entries)));
    let flat = Column::Array(dictionary.flat().expect("flat"));
    let id = ColumnId(1);
    let column = || Expr::column(id, SqlType::STRING, true);
    let calls: Vec<(&str, Vec<ExprRef>)> = vec![
        ("upper", vec![column()]),
        ("length", vec![column()]),
        ("substring", vec![column(), int(2), int(3)]),
        ("replace", vec![column(), text("b"), text("x")]),
    ];
    for (name, args) in calls {
        let expr = registry::call(name, args).expect(name);
        let mut evaluator = Evaluator::new(&[expr], &[id], &Arc::default()).expect("an evaluator");
        let mut run = |column: &Column| {
            let batch = Batch::new(vec![column.clone()], 5);
            evaluator.evaluate(&batch).expect("columns")[0].flat().expect("flat")
        };
        assert_eq!(&run(&dictionary), &run(&flat), "{name}");
    }
    assert_eq!(flat.values().as_string_view().value(1), "Ab");
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> =
        crate::all().iter().flat_map(|f| std::iter::once(f.name).chain(f.aliases.iter().copied())).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(crate::examples().len() > 100);
}
