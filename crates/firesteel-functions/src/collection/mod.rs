//! Arrays and maps.

use firesteel_expr::function::ScalarFunction;

mod array;
mod element_at;
mod size;

pub(crate) const ALL: &[ScalarFunction] =
    &[array::ARRAY, element_at::ELEMENT_AT, element_at::TRY_ELEMENT_AT, size::SIZE];
