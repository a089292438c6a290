//! Functions of arrays, maps, structs; generators; documents in JSON and CSV; variants.

use super::{functions, variadic};
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoValue};

functions! {
    array_append(array | element): [array_append(expr("array('b', 'd', 'c', 'a')"), "d")] => "[[\"b\",\"d\",\"c\",\"a\",\"d\"]]";
    array_compact(array): [array_compact(expr("array(1, 2, 3, null)"))] => "[[1,2,3]]";
    array_contains(array | element): [array_contains(expr("array(1, 2, 3)"), 2)] => "[true]";
    array_distinct(array): [array_distinct(expr("array(1, 2, 3, null, 3)"))] => "[[1,2,3,null]]";
    array_except(left, right): [array_except(expr("array(1, 2, 3)"), expr("array(1, 3, 5)"))] => "[[2]]";
    array_insert(array | position, element): [array_insert(expr("array(1, 2, 3, 4)"), 5, 5)] => "[[1,2,3,4,5]]";
    array_intersect(left, right): [array_intersect(expr("array(1, 2, 3)"), expr("array(1, 3, 5)"))] => "[[1,3]]";
    array_join(array | delimiter): [array_join(expr("array('hello', 'world')"), " ")] => "[hello world]";
    array_max(array): [array_max(expr("array(1, 20, null, 3)"))] => "[20]";
    array_min(array): [array_min(expr("array(1, 20, null, 3)"))] => "[1]";
    array_position(array | element): [array_position(expr("array(312, 773, 708, 708)"), 708)] => "[3]";
    array_prepend(array | element): [array_prepend(expr("array('b', 'd', 'c', 'a')"), "d")] => "[[\"d\",\"b\",\"d\",\"c\",\"a\"]]";
    array_remove(array | element): [array_remove(expr("array(1, 2, 3, null, 3)"), 3)] => "[[1,2,null]]";
    array_repeat(column | count): [array_repeat(lit("123"), 2)] => "[[\"123\",\"123\"]]";
    array_size(array): [array_size(expr("array('b', 'd', 'c', 'a')"))] => "[4]";
    array_sort(array): [array_sort(expr("array('b', 'd', null, 'c', 'a')"))] => "[[\"a\",\"b\",\"c\",\"d\",null]]";
    array_union(left, right): [array_union(expr("array(1, 2, 3)"), expr("array(1, 3, 5)"))] => "[[1,2,3,5]]";
    arrays_overlap(left, right): [arrays_overlap(expr("array(1, 2, 3)"), expr("array(3, 4, 5)"))] => "[true]";
    cardinality(column): [cardinality(expr("array('b', 'd')"))] => "[2]";
    element_at(column | key): [element_at(expr("array(1, 2, 3)"), 2)] => "[2]";
    explode(column): [explode(expr("array(10, 20)"))] => "[10]";
    explode_outer(column): [explode_outer(expr("array(10, 20)"))] => "[10]";
    flatten(array): [flatten(expr("array(array(1, 2), array(3, 4))"))] => "[[1,2,3,4]]";
    from_json(column | schema): [from_json(lit("{\"a\":1, \"b\":0.8}"), "a INT, b DOUBLE")] => "[{\"a\":1,\"b\":0.8}]";
    get(array | index): [get(expr("array(1, 2, 3)"), 0)] => "[1]";
    get_json_object(column | path): [get_json_object(lit("{\"a\":\"b\"}"), "$.a")] => "[b]";
    inline(column): [inline(expr("array(struct(1, 'a'))"))] => "[1, a]";
    inline_outer(column): [inline_outer(expr("array(struct(1, 'a'))"))] => "[1, a]";
    json_array_length(column): [json_array_length(lit("[1,2,3,4]"))] => "[4]";
    json_object_keys(column): [json_object_keys(lit("{}"))] => "[[]]";
    map_contains_key(map | key): [map_contains_key(expr("map(1, 'a', 2, 'b')"), 1)] => "[true]";
    map_entries(map): [map_entries(expr("map(1, 'a')"))] => "[[{\"key\":1,\"value\":\"a\"}]]";
    map_from_arrays(keys, values): [map_from_arrays(expr("array(1.0, 3.0)"), expr("array('2', '4')"))] => "[{1.0:\"2\",3.0:\"4\"}]";
    map_from_entries(array): [map_from_entries(expr("array(struct(1, 'a'), struct(2, 'b'))"))] => "[{1:\"a\",2:\"b\"}]";
    map_keys(map): [map_keys(expr("map(1, 'a', 2, 'b')"))] => "[[1,2]]";
    map_values(map): [map_values(expr("map(1, 'a', 2, 'b')"))] => "[[\"a\",\"b\"]]";
    posexplode(column): [posexplode(expr("array(10, 20)"))] => "[0, 10]";
    posexplode_outer(column): [posexplode_outer(expr("array(10, 20)"))] => "[0, 10]";
    schema_of_json(column): [schema_of_json(lit("[{\"col\":0}]"))] => "[ARRAY<STRUCT<col: BIGINT>>]";
    sequence(start, stop): [sequence(lit(1), lit(5))] => "[[1,2,3,4,5]]";
    sequence_by(start, stop, step) = "sequence": [sequence_by(lit(1), lit(9), lit(4))] => "[[1,5,9]]";
    shuffle(array): [sort_array(shuffle(expr("array(3, 1, 2)")), true)] => "[[1,2,3]]";
    size(column): [size(expr("array('b', 'd', 'c', 'a')"))] => "[4]";
    slice(array | start, length): [slice(expr("array(1, 2, 3, 4)"), 2, 2)] => "[[2,3]]";
    sort_array(array | ascending): [sort_array(expr("array('b', 'd', null, 'c', 'a')"), true)] => "[[null,\"a\",\"b\",\"c\",\"d\"]]";
    str_to_map(column | pair_delimiter, key_value_delimiter): [str_to_map(lit("a:1,b:2,c:3"), ",", ":")] => "[{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}]";
    to_json(column): [to_json(expr("named_struct('a', 1, 'b', 2)"))] => "[{\"a\":1,\"b\":2}]";
    try_element_at(column | key): [try_element_at(expr("array(1, 2, 3)"), 5)] => "[NULL]";
}

variadic! {
    array: [array((lit(1), lit(2), lit(3)))] => "[[1,2,3]]";
    arrays_zip: [arrays_zip((expr("array(1, 2, 3)"), expr("array(2, 3, 4)")))] => "[[{\"0\":1,\"1\":2},{\"0\":2,\"1\":3},{\"0\":3,\"1\":4}]]";
    named_struct: [named_struct((lit("a"), lit(1), lit("b"), lit(2)))] => "[{\"a\":1,\"b\":2}]";
    map_concat: [map_concat((expr("map(1, 'a', 2, 'b')"), expr("map(3, 'c')")))] => "[{1:\"a\",2:\"b\",3:\"c\"}]";
    stack: [stack((lit(2), lit(1), lit("a"), lit(2), lit("b")))] => "[1, a]";
}

/// A map from columns that are keys and values in turn.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.range(7..8)?.select(functions::create_map((lit("k"), "id")))?;
/// assert_eq!(rows.take(1)?[0].to_string(), r#"[{"k":7}]"#);
/// # Ok::<(), Error>(())
/// ```
pub fn create_map(columns: impl crate::column::value::IntoColumns) -> Column {
    Column::call("map", columns.into_columns())
}

/// A struct of columns: fields have the columns' names and aliases.
///
/// ```
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let frame = session.range(0..1)?.select(functions::struct_(("id", lit("x").alias("note"))).alias("s"))?;
/// assert_eq!(frame.dtypes()[0].1, "struct<id:bigint,note:string>");
/// # Ok(())
/// # }
/// ```
pub fn struct_(columns: impl crate::column::value::IntoColumns) -> Column {
    let columns = columns.into_columns();
    let aliases: Vec<_> = columns.iter().map(|column| column.aliases.first().cloned()).collect();
    let mut call = Column::call("struct", columns);
    if let firesteel_plan::parsed::ExprKind::Function(call) = &mut call.expr.kind {
        for (argument, alias) in call.arguments.iter_mut().zip(aliases) {
            argument.name = alias;
        }
    }
    call
}

/// A column that stands for a lambda's parameter.
fn parameter(name: &str) -> Column {
    Column::plain_name(name)
}

/// Functions whose last argument is a function of one element.
macro_rules! of_each {
    ($($name:ident($column:ident): $example:tt => $expected:literal;)*) => {
        $(
            #[doc = super::documented!(
                concat!("SQL's `", stringify!($name), "` with a function of each element."), $example, $expected
            )]
            pub fn $name($column: impl IntoColumn, function: impl FnOnce(Column) -> Column) -> Column {
                let body = function(parameter("x"));
                Column::call(stringify!($name), vec![$column.into_column(), Column::lambda(&["x"], body)])
            }
        )*
    };
}

of_each! {
    exists(array): [exists(expr("array(1, 2, 3)"), |x| (x % 2).eq(0))] => "[true]";
    filter(array): [filter(expr("array(1, 2, 3)"), |x| (x % 2).eq(1))] => "[[1,3]]";
    forall(array): [forall(expr("array(1, 2, 3)"), |x| (x % 2).eq(0))] => "[false]";
    transform(array): [transform(expr("array(1, 2, 3)"), |x| x + 1)] => "[[2,3,4]]";
}

/// Functions whose last argument is a function of two things.
macro_rules! of_pairs {
    ($($name:ident($($column:ident),+; $first:literal $second:literal) $(= $sql:literal)?: $example:tt => $expected:literal;)*) => {
        $(
            #[doc = super::documented!(
                concat!("SQL's `", super::sql_name!($name $($sql)?), "` with a function of two values."), $example, $expected
            )]
            pub fn $name($($column: impl IntoColumn,)+ function: impl FnOnce(Column, Column) -> Column) -> Column {
                let body = function(parameter($first), parameter($second));
                let arguments = vec![$($column.into_column(),)+ Column::lambda(&[$first, $second], body)];
                Column::call(super::sql_name!($name $($sql)?), arguments)
            }
        )*
    };
}

of_pairs! {
    array_sort_by(array; "left" "right") = "array_sort": [array_sort_by(expr("array(5, 6, 1)"), |left, right| right - left)] => "[[6,5,1]]";
    map_filter(map; "k" "v"): [map_filter(expr("map(1, 0, 2, 2, 3, -1)"), |k, v| k.gt(v))] => "[{1:0,3:-1}]";
    transform_keys(map; "k" "v"): [transform_keys(expr("map(1, 1, 2, 2)"), |k, v| k + v)] => "[{2:1,4:2}]";
    transform_values(map; "k" "v"): [transform_values(expr("map(1, 1, 2, 2)"), |_, v| v + 1)] => "[{1:2,2:3}]";
    zip_with(left, right; "x" "y"): [zip_with(expr("array(1, 2)"), expr("array(3, 4)"), |x, y| x + y)] => "[[4,6]]";
}

/// Folds an array: from `start`, each element is merged in.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT array(1, 2, 3) AS a")?;
/// assert_eq!(rows.select(functions::aggregate("a", 0, |acc, x| acc + x))?.collect_rows::<i32>()?, [6]);
/// # Ok::<(), Error>(())
/// ```
pub fn aggregate(
    array: impl IntoColumn,
    start: impl IntoValue,
    merge: impl FnOnce(Column, Column) -> Column,
) -> Column {
    let body = merge(parameter("acc"), parameter("x"));
    Column::call("aggregate", vec![array.into_column(), start.into_value(), Column::lambda(&["acc", "x"], body)])
}

/// The same as [`aggregate`], with a last step that makes the result of what was folded.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT array(1, 2, 3) AS a")?;
/// let tenfold = functions::reduce("a", 0, |acc, x| acc + x, |acc| acc * 10);
/// assert_eq!(rows.select(tenfold)?.collect_rows::<i32>()?, [60]);
/// # Ok::<(), Error>(())
/// ```
pub fn reduce(
    array: impl IntoColumn,
    start: impl IntoValue,
    merge: impl FnOnce(Column, Column) -> Column,
    finish: impl FnOnce(Column) -> Column,
) -> Column {
    let merged = Column::lambda(&["acc", "x"], merge(parameter("acc"), parameter("x")));
    let finished = Column::lambda(&["acc"], finish(parameter("acc")));
    Column::call("reduce", vec![array.into_column(), start.into_value(), merged, finished])
}

/// One map of both: the function is given each key with the values that it has on the left and on the right.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.sql("SELECT map(1, 'a', 2, 'b') AS x, map(1, 'x', 2, 'y') AS y")?;
/// let zipped = functions::map_zip_with("x", "y", |_, left, right| functions::concat((left, right)));
/// assert_eq!(rows.select(zipped)?.take(1)?[0].to_string(), r#"[{1:"ax",2:"by"}]"#);
/// # Ok::<(), Error>(())
/// ```
pub fn map_zip_with(
    left: impl IntoColumn,
    right: impl IntoColumn,
    function: impl FnOnce(Column, Column, Column) -> Column,
) -> Column {
    let body = function(parameter("k"), parameter("v1"), parameter("v2"));
    let function = Column::lambda(&["k", "v1", "v2"], body);
    Column::call("map_zip_with", vec![left.into_column(), right.into_column(), function])
}
