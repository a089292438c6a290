//! Arrays, maps and structs.

use firesteel_expr::function::ScalarFunction;

mod array;
mod edit;
mod element_at;
pub(crate) mod entries;
mod join;
pub(crate) mod lists;
mod map;
mod maps;
mod operands;
mod search;
mod sequence;
mod sets;
mod size;
mod sort;
mod str_to_map;
mod structs;
mod subscript;

pub(crate) const ALL: &[ScalarFunction] = &[
    array::ARRAY,
    edit::ARRAY_APPEND,
    edit::ARRAY_COMPACT,
    edit::ARRAY_INSERT,
    edit::ARRAY_PREPEND,
    edit::ARRAY_REMOVE,
    edit::ARRAY_REPEAT,
    edit::FLATTEN,
    edit::REVERSE,
    edit::SHUFFLE,
    edit::SLICE,
    element_at::ELEMENT_AT,
    element_at::TRY_ELEMENT_AT,
    join::ARRAYS_ZIP,
    join::ARRAY_JOIN,
    map::MAP,
    maps::MAP_CONCAT,
    maps::MAP_CONTAINS_KEY,
    maps::MAP_ENTRIES,
    maps::MAP_FROM_ARRAYS,
    maps::MAP_FROM_ENTRIES,
    maps::MAP_KEYS,
    maps::MAP_VALUES,
    search::ARRAYS_OVERLAP,
    search::ARRAY_CONTAINS,
    search::ARRAY_MAX,
    search::ARRAY_MIN,
    search::ARRAY_POSITION,
    search::ARRAY_SIZE,
    sequence::SEQUENCE,
    sets::ARRAY_DISTINCT,
    sets::ARRAY_EXCEPT,
    sets::ARRAY_INTERSECT,
    sets::ARRAY_UNION,
    size::SIZE,
    sort::SORT_ARRAY,
    str_to_map::STR_TO_MAP,
    structs::GET_ARRAY_FIELD,
    structs::GET_FIELD,
    structs::NAMED_STRUCT,
    subscript::GET,
    subscript::SUBSCRIPT,
];
