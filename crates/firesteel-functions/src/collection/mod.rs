//! Arrays, maps and structs.

use firesteel_expr::function::ScalarFunction;

mod array;
mod element_at;
mod map;
mod size;
mod structs;
mod subscript;

pub(crate) const ALL: &[ScalarFunction] = &[
    array::ARRAY,
    element_at::ELEMENT_AT,
    element_at::TRY_ELEMENT_AT,
    map::MAP,
    size::SIZE,
    structs::GET_FIELD,
    structs::NAMED_STRUCT,
    subscript::GET,
    subscript::SUBSCRIPT,
];
