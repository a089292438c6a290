//! Functions of text and bytes.

use super::{functions, variadic};
use crate::column::Column;
use crate::column::value::{IntoColumns, IntoValue};

functions! {
    ascii(column): [ascii(lit("222"))] => "[50]";
    base64(column): [base64(lit("Spark SQL"))] => "[U3BhcmsgU1FM]";
    bit_length(column): [bit_length(lit("Spark SQL"))] => "[72]";
    btrim(column): [btrim(lit("    SparkSQL   "))] => "[SparkSQL]";
    char(column): [char(lit(65))] => "[A]";
    char_length(column): [char_length(expr("x'537061726b2053514c'"))] => "[9]";
    character_length(column): [character_length(lit("Spark SQL "))] => "[10]";
    contains(column | part): [contains(lit("Spark SQL"), "Spark")] => "[true]";
    decode(column | charset): [decode(expr("encode('abc', 'utf-8')"), "utf-8")] => "[abc]";
    encode(column | charset): [hex(encode(lit("abc"), "utf-8"))] => "[616263]";
    endswith(column | suffix): [endswith(lit("Spark SQL"), "SQL")] => "[true]";
    find_in_set(column, list): [find_in_set(lit("ab"), lit("abc,b,ab,c,def"))] => "[3]";
    format_number(column | decimals): [format_number(expr("12332.123456"), 4)] => "[12,332.1235]";
    ilike(column | pattern): [ilike(lit("Spark"), "_Park")] => "[true]";
    initcap(column): [initcap(lit("sPark sql"))] => "[Spark Sql]";
    instr(column | part): [instr(lit("SparkSQL"), "SQL")] => "[6]";
    is_valid_utf8(column): [is_valid_utf8(lit("Spark"))] => "[true]";
    lcase(column): [lcase(lit("SparkSql"))] => "[sparksql]";
    left(column | length): [left(lit("Spark SQL"), 3)] => "[Spa]";
    len(column): [len(lit("Spark SQL "))] => "[10]";
    length(column): [length(lit("Spark SQL "))] => "[10]";
    levenshtein(left, right): [levenshtein(lit("kitten"), lit("sitting"))] => "[3]";
    like(column | pattern): [like(lit("Spark"), "_park")] => "[true]";
    locate(| part, column): [locate("bar", "foobarbar")] => "[4]";
    lower(column): [lower(lit("SparkSql"))] => "[sparksql]";
    lpad(column | length, pad): [lpad(lit("hi"), 5, "??")] => "[???hi]";
    ltrim(column): [ltrim(lit("    SparkSQL"))] => "[SparkSQL]";
    luhn_check(column): [luhn_check(lit("8112189876"))] => "[true]";
    make_valid_utf8(column): [make_valid_utf8(lit("Spark"))] => "[Spark]";
    mask(column): [mask(lit("abcd-EFGH-8765-4321"))] => "[xxxx-XXXX-nnnn-nnnn]";
    octet_length(column): [octet_length(lit("Spark SQL"))] => "[9]";
    overlay(column, by | position, length): [overlay(lit("Spark SQL"), lit("ANSI "), 7, 0)] => "[Spark ANSI SQL]";
    parse_url(column | part): [parse_url(lit("http://spark.apache.org/path?query=1"), "HOST")] => "[spark.apache.org]";
    position(| part, column): [position("bar", lit("foobarbar"))] => "[4]";
    quote(column): [quote(expr("'Don\\'t'"))] => "['Don\\'t']";
    randstr(| length): [length(randstr(5))] => "[5]";
    regexp_count(column | pattern): [regexp_count(lit("Steven Jones and Stephen Smith are the best players"), "Ste(v|ph)en")] => "[2]";
    regexp_extract(column | pattern, group): [regexp_extract(lit("100-200"), expr("'(\\\\d+)-(\\\\d+)'"), 1)] => "[100]";
    regexp_extract_all(column | pattern, group): [regexp_extract_all(lit("100-200, 300-400"), expr("'(\\\\d+)-(\\\\d+)'"), 1)] => "[[\"100\",\"300\"]]";
    regexp_instr(column | pattern): [regexp_instr(lit("user@spark.apache.org"), "@[^.]*")] => "[5]";
    regexp_like(column | pattern): [regexp_like(lit("Spark"), "^S.*k$")] => "[true]";
    regexp_replace(column | pattern, by): [regexp_replace(lit("100-200"), expr("'(\\\\d+)'"), "num")] => "[num-num]";
    regexp_substr(column | pattern): [regexp_substr(lit("Steven Jones and Stephen Smith are the best players"), "Ste(v|ph)en")] => "[Steven]";
    repeat(column | times): [repeat(lit("123"), 2)] => "[123123]";
    replace(column | part, by): [replace(lit("ABCabc"), "abc", "DEF")] => "[ABCDEF]";
    reverse(column): [reverse(lit("Spark SQL"))] => "[LQS krapS]";
    right(column | length): [right(lit("Spark SQL"), 3)] => "[SQL]";
    rlike(column | pattern): [rlike(lit("Spark"), "^S.*k$")] => "[true]";
    rpad(column | length, pad): [rpad(lit("hi"), 5, "??")] => "[hi???]";
    rtrim(column): [rtrim(lit("SparkSQL   "))] => "[SparkSQL]";
    sentences(column): [sentences(lit("Hi there! Good morning."))] => "[[[\"Hi\",\"there\"],[\"Good\",\"morning\"]]]";
    soundex(column): [soundex(lit("Miller"))] => "[M460]";
    space(column): [concat((space(lit(2)), lit("1")))] => "[  1]";
    split(column | pattern, limit): [split(lit("oneAtwoBthreeC"), "[ABC]", -1)] => "[[\"one\",\"two\",\"three\",\"\"]]";
    split_part(column | delimiter, part): [split_part(lit("11.12.13"), ".", 3)] => "[13]";
    startswith(column | prefix): [startswith(lit("Spark SQL"), "Spark")] => "[true]";
    substr(column | start, length): [substr(lit("Spark SQL"), 5, 1)] => "[k]";
    substring(column | start, length): [substring(lit("Spark SQL"), 5, 1)] => "[k]";
    substring_index(column | delimiter, count): [substring_index(lit("www.apache.org"), ".", 2)] => "[www.apache]";
    to_binary(column | format): [to_binary(lit("abc"), "utf-8")] => "[abc]";
    to_char(column | format): [to_char(lit(454), "999")] => "[454]";
    to_number(column | format): [to_number(lit("454"), "999")] => "[454]";
    to_varchar(column | format): [to_varchar(lit(454), "999")] => "[454]";
    translate(column | from, to): [translate(lit("AaBbCc"), "abc", "123")] => "[A1B2C3]";
    trim(column): [trim(lit("    SparkSQL   "))] => "[SparkSQL]";
    try_parse_url(column | part): [try_parse_url(lit("inva lid://spark.apache.org/path?query=1"), "QUERY")] => "[NULL]";
    try_to_binary(column | format): [try_to_binary(lit("abc"), "utf-8")] => "[abc]";
    try_to_number(column | format): [try_to_number(lit("12,454"), "99,999")] => "[12454]";
    try_url_decode(column): [try_url_decode(lit("https%3A%2F%2Fspark.apache.org"))] => "[https://spark.apache.org]";
    try_validate_utf8(column): [try_validate_utf8(expr("x'80'"))] => "[NULL]";
    ucase(column): [ucase(lit("SparkSql"))] => "[SPARKSQL]";
    unbase64(column): [unbase64(lit("U3BhcmsgU1FM"))] => "[Spark SQL]";
    upper(column): [upper(lit("SparkSql"))] => "[SPARKSQL]";
    url_decode(column): [url_decode(lit("https%3A%2F%2Fspark.apache.org"))] => "[https://spark.apache.org]";
    url_encode(column): [url_encode(lit("https://spark.apache.org"))] => "[https%3A%2F%2Fspark.apache.org]";
    validate_utf8(column): [validate_utf8(lit("Spark"))] => "[Spark]";
}

variadic! {
    concat: [concat((lit("Spark"), lit("SQL")))] => "[SparkSQL]";
}

/// The columns' texts with a separator between them; NULLs are left out.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT 'a' AS x, NULL AS y, 'c' AS z")?.select(functions::concat_ws("-", ("x", "y", "z")))?;
/// assert_eq!(rows.collect_rows::<String>()?, ["a-c"]);
/// # Ok::<(), Error>(())
/// ```
pub fn concat_ws(separator: impl IntoValue, columns: impl IntoColumns) -> Column {
    let columns = std::iter::once(separator.into_value()).chain(columns.into_columns());
    Column::call("concat_ws", columns.collect())
}

/// The n-th of the columns, counted from 1.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT 'scala' AS x, 'java' AS y")?.select(functions::elt(2, ("x", "y")))?;
/// assert_eq!(rows.collect_rows::<String>()?, ["java"]);
/// # Ok::<(), Error>(())
/// ```
pub fn elt(at: impl IntoValue, columns: impl IntoColumns) -> Column {
    let columns = std::iter::once(at.into_value()).chain(columns.into_columns());
    Column::call("elt", columns.collect())
}

/// Text by a pattern such as `%s has %d`.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT 'Ulm' AS x, 7 AS n")?.select(functions::format_string("%s has %d", ("x", "n")))?;
/// assert_eq!(rows.collect_rows::<String>()?, ["Ulm has 7"]);
/// # Ok::<(), Error>(())
/// ```
pub fn format_string(format: impl IntoValue, columns: impl IntoColumns) -> Column {
    let columns = std::iter::once(format.into_value()).chain(columns.into_columns());
    Column::call("format_string", columns.collect())
}
