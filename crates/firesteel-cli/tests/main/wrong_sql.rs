//! Statements that are wrong, as a new user writes them: a clear error with the condition and the place.

use crate::harness::{run_with_input, sql, with_sample};

#[test]
fn misspelt_column() {
    sql("select l_orderkeyy from lineitem")
        .fails("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")
        .at(1, "l_orderkeyy")
        .says("Did you mean one of the following? [`l_orderkey`");
}

#[test]
fn misspelt_table() {
    sql("select *\nfrom lineitm")
        .fails("TABLE_OR_VIEW_NOT_FOUND", "42P01")
        .at(2, "lineitm")
        .says("Did you mean `lineitem`?");
}

#[test]
fn misspelt_function() {
    sql("select 1, cuont(*) from lineitem")
        .fails("UNRESOLVED_ROUTINE", "42883")
        .at(1, "cuont")
        .says("Did you mean `count`?");
}

#[test]
fn misspelt_keywords() {
    sql("selct 1").fails("PARSE_SYNTAX_ERROR", "42601").at(1, "selct").says("Did you mean `SELECT`?");
    sql("select l_orderkey form lineitem")
        .fails("PARSE_SYNTAX_ERROR", "42601")
        .at(1, "lineitem")
        .says("Did you mean `FROM`?");
}

#[test]
fn unbalanced_quotes() {
    sql("select 'abc from lineitem")
        .fails("PARSE_SYNTAX_ERROR", "42601")
        .at(1, "'")
        .says("the string that begins here has no closing quote");
    sql("select 1;\nselect `abc from lineitem").fails("PARSE_SYNTAX_ERROR", "42601").at(2, "`");
}

#[test]
fn unbalanced_parentheses() {
    sql("select (1 + 2 from lineitem").fails("PARSE_SYNTAX_ERROR", "42601").at(1, "from").says("missing ')'");
    sql("select 1 + 2) from lineitem").fails("PARSE_SYNTAX_ERROR", "42601").at(1, ")");
}

#[test]
fn unclosed_comment() {
    sql("select /* 1 from lineitem").fails("UNCLOSED_BRACKETED_COMMENT", "42601").at(1, "/*");
}

#[test]
fn trailing_comma() {
    sql("select l_orderkey, from lineitem")
        .fails("PARSE_SYNTAX_ERROR", "42601")
        .at(1, "from")
        .says("remove the comma before FROM");
}

#[test]
fn nothing_after_an_operator() {
    sql("select 1 +").fails("PARSE_SYNTAX_ERROR", "42601").says("end of input");
}

#[test]
fn a_character_that_is_none_of_sql() {
    sql("select 1 # 2").fails("PARSE_SYNTAX_ERROR", "42601").at(1, "#").says("comments begin with --");
    sql("select “text”").fails("PARSE_SYNTAX_ERROR", "42601").at(1, "“").says("“ is a typographic quote");
}

#[test]
fn habits_from_elsewhere() {
    let wrong = |text: &str| sql(text).fails("PARSE_SYNTAX_ERROR", "42601");
    wrong("select n_name n_comment n_regionkey from nation")
        .at(1, "n_regionkey")
        .says("a comma or an operator may be missing");
    wrong("select 1 as a 2 as b").at(1, "2").says("a comma or an operator may be missing");
    wrong("select n_name from nation limit 2, 3").at(1, ",").says("write LIMIT 3 OFFSET 2");
    wrong("select true && false").says("write AND instead of &&");
    wrong("select top 5 n_name from nation").at(1, "5").says("write LIMIT 5 at the end");
    wrong("select 5 – 3").says("is no minus sign");
}

#[test]
fn types_that_do_not_go_together() {
    sql("select 1 + true")
        .fails("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09")
        .at(1, "1 + true")
        .says("\"INT\" and \"BOOLEAN\"");
}

#[test]
fn text_that_is_no_number() {
    sql("select 'a' = 1").fails("CAST_INVALID_INPUT", "22018").at(1, "'a' = 1").says("try_cast");
    sql("select cast('abc' as int)").fails("CAST_INVALID_INPUT", "22018").at(1, "cast('abc' as int)");
    sql("select n_nationkey\nfrom nation\nwhere int(n_name) > 1")
        .fails("CAST_INVALID_INPUT", "22018")
        .at(3, "int(n_name)");
}

#[test]
fn division_by_zero() {
    sql("select 1, 2 / 0").fails("DIVIDE_BY_ZERO", "22012").at(1, "2 / 0").says("try_divide");
    sql("select l_orderkey\n, l_partkey / (l_linenumber - 1) as x\nfrom lineitem")
        .fails("DIVIDE_BY_ZERO", "22012")
        .at(2, "l_partkey / (l_linenumber - 1)");
    sql("select sum(1 % (l_linenumber - 1)) from lineitem")
        .fails("REMAINDER_BY_ZERO", "22012")
        .at(1, "1 % (l_linenumber - 1)");
}

#[test]
fn a_place_inside_of_a_view_is_where_the_view_is_named() {
    sql("create temp view v as select     1 / (n_nationkey - 1) as x from nation;\nselect max(x) from v")
        .fails("DIVIDE_BY_ZERO", "22012")
        .at(2, "v");
}

#[test]
fn overflow() {
    sql("select 2147483647 + 1").fails("ARITHMETIC_OVERFLOW", "22003").at(1, "2147483647 + 1").says("try_add");
    sql("select sum(9223372036854775807) from lineitem").fails("ARITHMETIC_OVERFLOW", "22003");
    sql("select 99999999999L, 99999999999999999999L").fails("INVALID_NUMERIC_LITERAL_RANGE", "22003");
    sql("select cast(300 as tinyint)").fails("CAST_OVERFLOW", "22003").at(1, "cast(300 as tinyint)");
}

#[test]
fn invalid_date() {
    sql("select date '2024-13-01'").fails("INVALID_TYPED_LITERAL", "42604").at(1, "date '2024-13-01'");
    sql("select to_date('tomorrow, perhaps')").fails("CAST_INVALID_INPUT", "22018");
}

#[test]
fn columns_that_are_not_grouped() {
    sql("select l_orderkey, count(*) from lineitem").fails("MISSING_GROUP_BY", "42803");
    sql("select l_partkey, count(*) from lineitem group by l_orderkey")
        .fails("MISSING_AGGREGATION", "42803")
        .at(1, "l_partkey");
    sql("select count(*) from lineitem group by nobody")
        .fails("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")
        .at(1, "nobody");
}

#[test]
fn aggregates_where_none_may_be() {
    sql("select l_orderkey from lineitem where count(*) > 1")
        .fails("INVALID_WHERE_CONDITION", "42903")
        .at(1, "count(*)");
    sql("select sum(count(*)) from lineitem").fails("NESTED_AGGREGATE_FUNCTION", "42607").at(1, "count(*)");
    sql("select 1 from lineitem group by sum(l_tax)").fails("GROUP_BY_AGGREGATE", "42903").at(1, "sum(l_tax)");
}

#[test]
fn ordinals_out_of_range() {
    sql("select 1 order by 3").fails("ORDER_BY_POS_OUT_OF_RANGE", "42805").at(1, "3");
    sql("select 1 group by 0").fails("GROUP_BY_POS_OUT_OF_RANGE", "42805").at(1, "0");
}

#[test]
fn limits_that_are_none() {
    sql("select 1 limit -1").fails("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "42K0E").at(1, "-1");
    sql("select 1 limit 'many'").fails("INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "42K0E").at(1, "'many'");
    sql("select n_nationkey from nation limit n_nationkey")
        .fails("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "42K0E");
}

#[test]
fn ambiguous_column() {
    sql("select n_name from nation a join nation b on a.n_nationkey = b.n_nationkey")
        .fails("AMBIGUOUS_REFERENCE", "42704")
        .at(1, "n_name")
        .says("[`a`.`n_name`, `b`.`n_name`]");
}

#[test]
fn wrong_number_of_arguments() {
    sql("select substr('a')").fails("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605").at(1, "substr('a')");
}

#[test]
fn statements_that_are_not_supported() {
    sql("insert into nation values (1)").fails("UNSUPPORTED_FEATURE", "0A000").says("INSERT");
    sql("merge into a using b on x when matched then delete").fails("UNSUPPORTED_FEATURE", "0A000").at(1, "merge");
}

#[test]
fn a_view_that_is_there_already() {
    sql("create temp view a as select 1; create temp view a as select 1")
        .fails("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07")
        .says("`a`");
}

#[test]
fn bad_values_of_settings() {
    sql("set spark.sql.session.timeZone = Nowhere").fails("INVALID_CONF_VALUE.TYPE_MISMATCH", "22022").says("Nowhere");
    sql("set firesteel.execution.workers = many").fails("INVALID_CONF_VALUE.TYPE_MISMATCH", "22022").says("many");
}

#[test]
fn places_count_in_the_whole_script() {
    let script = "select 1;\n-- a comment\nselect 2; select\n  nobody;\nselect 3;\n";
    let ran = run_with_input(with_sample().args(["--format", "csv"]), script.as_bytes());
    assert_eq!(ran.out, "1\n1\n2\n2\n", "what stands before the mistake ran, what stands behind it did not");
    ran.fails("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703").at(4, "nobody");
}

#[test]
fn carets_stand_below_wide_characters() {
    let ran = sql("select '日本語', nobody").fails("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703");
    // Each of the three is two columns wide.
    let caret = ran.err.lines().last().expect("carets");
    assert_eq!(caret, format!("{}^^^^^^", " ".repeat("select '######', ".len())));
}

#[test]
fn text_in_a_message_is_shown_as_it_is() {
    sql("select cast('<targetType>' as int)").fails("CAST_INVALID_INPUT", "22018").says("'<targetType>' of the type");
}
