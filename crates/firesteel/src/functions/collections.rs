//! Functions of arrays, maps, structs; generators; documents in JSON and CSV; variants.

use super::{functions, variadic};
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoValue};

functions! {
    array_append(array | element);
    array_compact(array);
    array_contains(array | element);
    array_distinct(array);
    array_except(left, right);
    array_insert(array | position, element);
    array_intersect(left, right);
    array_join(array | delimiter);
    array_max(array);
    array_min(array);
    array_position(array | element);
    array_prepend(array | element);
    array_remove(array | element);
    array_repeat(column | count);
    array_size(array);
    array_union(left, right);
    arrays_overlap(left, right);
    cardinality(column);
    element_at(column | key);
    explode(column);
    explode_outer(column);
    flatten(array);
    from_csv(column | schema);
    from_json(column | schema);
    get(array | index);
    get_json_object(column | path);
    inline(column);
    inline_outer(column);
    is_variant_null(column);
    json_array_length(column);
    json_object_keys(column);
    map_contains_key(map | key);
    map_entries(map);
    map_from_arrays(keys, values);
    map_from_entries(array);
    map_keys(map);
    map_values(map);
    parse_json(column);
    posexplode(column);
    posexplode_outer(column);
    schema_of_json(column);
    schema_of_variant(column);
    shuffle(array);
    size(column);
    slice(array | start, length);
    sort_array(array | ascending);
    str_to_map(column | pair_delimiter, key_value_delimiter);
    to_csv(column);
    to_json(column);
    to_variant_object(column);
    try_element_at(column | key);
    try_parse_json(column);
    try_variant_get(column | path, data_type);
    variant_get(column | path, data_type);
}

variadic! {
    array;
    arrays_zip;
    map_concat;
    stack;
}

/// A map from columns that are keys and values in turn.
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
    ($($name:ident($column:ident);)*) => {
        $(
            #[doc = concat!("SQL's `", stringify!($name), "` with a function of each element.")]
            pub fn $name($column: impl IntoColumn, function: impl FnOnce(Column) -> Column) -> Column {
                let body = function(parameter("x"));
                Column::call(stringify!($name), vec![$column.into_column(), Column::lambda(&["x"], body)])
            }
        )*
    };
}

of_each! {
    exists(array);
    filter(array);
    forall(array);
    transform(array);
}

/// Functions whose last argument is a function of two things.
macro_rules! of_pairs {
    ($($name:ident($($column:ident),+; $first:literal $second:literal);)*) => {
        $(
            #[doc = concat!("SQL's `", stringify!($name), "` with a function of two values.")]
            pub fn $name($($column: impl IntoColumn,)+ function: impl FnOnce(Column, Column) -> Column) -> Column {
                let body = function(parameter($first), parameter($second));
                Column::call(stringify!($name), vec![$($column.into_column(),)+ Column::lambda(&[$first, $second], body)])
            }
        )*
    };
}

of_pairs! {
    map_filter(map; "k" "v");
    transform_keys(map; "k" "v");
    transform_values(map; "k" "v");
    zip_with(left, right; "x" "y");
}

/// Folds an array: from `start`, each element is merged in.
pub fn aggregate(
    array: impl IntoColumn,
    start: impl IntoValue,
    merge: impl FnOnce(Column, Column) -> Column,
) -> Column {
    let body = merge(parameter("acc"), parameter("x"));
    Column::call("aggregate", vec![array.into_column(), start.into_value(), Column::lambda(&["acc", "x"], body)])
}
