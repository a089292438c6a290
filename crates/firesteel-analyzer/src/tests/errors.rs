//! Conditions and parameters, as Spark gives them.

use super::error;

#[test]
fn names() {
    for (sql, expected) in [
        ("select aa from t", "UNRESOLVED_COLUMN.WITH_SUGGESTION objectName=`aa` proposal=`a`, `b`, `d`"),
        (
            "select id from no.such.table",
            "REQUIRES_SINGLE_PART_NAMESPACE identifier=`no`.`such`.`table` sessionCatalog=spark_catalog",
        ),
        ("select x.* from t", "CANNOT_RESOLVE_STAR_EXPAND columns=`a`, `b`, `d` targetString=`x`"),
        ("select x", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION objectName=`x`"),
        (
            "select * from nowhere",
            "TABLE_OR_VIEW_NOT_FOUND relationName=`nowhere` searchPath=[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]",
        ),
        (
            "select a from t, u",
            "AMBIGUOUS_REFERENCE name=`a` referenceNames=[`spark_catalog`.`default`.`t`.`a`, `spark_catalog`.`default`.`u`.`a`]",
        ),
        (
            "select no_such(a) from t",
            "UNRESOLVED_ROUTINE routineName=`no_such` searchPath=[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]",
        ),
        (
            "select * from t join u using (b)",
            "UNRESOLVED_USING_COLUMN_FOR_JOIN colName=`b` side=right suggestion=`a`, `c`",
        ),
    ] {
        assert_eq!(error(sql), expected, "{sql}");
    }
}

#[test]
fn aggregates() {
    for (sql, expected) in [
        (
            "select a, sum(a) from t group by b",
            "MISSING_AGGREGATION expression=\"a\" expressionAnyValue=\"any_value(a)\"",
        ),
        ("select a, count(*) from t", "MISSING_GROUP_BY "),
        (
            "select a from t where count(*) > 1",
            "INVALID_WHERE_CONDITION condition=\"(count(1) > 1)\" expressionList=count(1)",
        ),
        ("select max(count(a)) from t", "NESTED_AGGREGATE_FUNCTION "),
        ("select a, b from t group by -1", "GROUP_BY_POS_OUT_OF_RANGE index=-1 size=2"),
        ("select a, sum(a) from t group by 3", "GROUP_BY_POS_OUT_OF_RANGE index=3 size=2"),
        ("select * from t group by 1", "STAR_GROUP_BY_POS "),
        ("select a from t order by 2", "ORDER_BY_POS_OUT_OF_RANGE index=2 size=1"),
        ("select a + sum(a) from t group by all", "UNRESOLVED_ALL_IN_GROUP_BY "),
        ("select sum(a) as s from t group by s", "GROUP_BY_AGGREGATE sqlExpr=s"),
    ] {
        assert_eq!(error(sql), expected, "{sql}");
    }
}

#[test]
fn types() {
    for (sql, expected) in [
        (
            "select a from t where a + 1",
            "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN filter=\"(a + 1)\" sqlExpr=\"(a + 1)\" type=\"INT\"",
        ),
        (
            "select a + true from t",
            "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES left=\"INT\" right=\"BOOLEAN\" sqlExpr=\"(a + true)\"",
        ),
        (
            "select cast(d as int) from t",
            "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION functionNames=`UNIX_DATE` sqlExpr=\"CAST(d AS INT)\" srcType=\"DATE\" targetType=\"INT\"",
        ),
        (
            "select a from t union select a, b from t",
            "NUM_COLUMNS_MISMATCH firstNumColumns=1 invalidNumColumns=2 invalidOrdinalNum=second operator=UNION",
        ),
        (
            "select * from values (1, 2) as s(x)",
            "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH actualNumCols=2 expectedNumCols=1 rowIndex=0",
        ),
        (
            "select * from values (1), ('a') as s(v)",
            "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE colName=`v`",
        ),
        ("select * from t as s(x)", "ASSIGNMENT_ARITY_MISMATCH numExpr=1 numTarget=3"),
        (
            "values (1), (2, 3)",
            "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH actualNumCols=2 expectedNumCols=1 rowIndex=1",
        ),
    ] {
        assert_eq!(error(sql), expected, "{sql}");
    }
}

#[test]
fn literals_and_limits() {
    for (sql, expected) in [
        (
            "select 128Y",
            "INVALID_NUMERIC_LITERAL_RANGE maxValue=127 minValue=-128 rawStrippedQualifier=128 typeName=tinyint",
        ),
        (
            "select 1234567890123456789012345678901234567890",
            "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION maxPrecision=38 precision=40",
        ),
        ("select 1.20E-38BD", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION maxPrecision=38 precision=40"),
        ("select date 'mar 11 2016'", "INVALID_TYPED_LITERAL value='mar 11 2016' valueType=\"DATE\""),
        ("select a from t limit -1", "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE expr=\"-1\" name=limit v=-1"),
        ("select a from t limit a", "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE expr=\"a\" name=limit"),
        (
            "select a from t limit true",
            "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE dataType=\"BOOLEAN\" expr=\"true\" name=limit",
        ),
        ("select a from t limit 1 offset -1", "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE expr=\"-1\" name=offset v=-1"),
    ] {
        assert_eq!(error(sql), expected, "{sql}");
    }
}

#[test]
fn what_is_not_done_yet_says_so() {
    for sql in [
        "select * from t version as of 1",
        "select cast(a as string) collate unicode from t",
        "select * from t limit (select 1)",
    ] {
        assert!(error(sql).starts_with("UNSUPPORTED_FEATURE feature="), "{sql}: {}", error(sql));
    }
}

#[test]
fn an_error_points_to_its_place() {
    let sql = "select a,\n  b + nope from t";
    let error = super::run(sql).map(|(analyzed, _)| analyzed.plan).expect_err("no such column");
    assert_eq!(error.span().map(|span| span.slice(sql)), Some("nope"));
}
