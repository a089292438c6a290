//! JSON text: looked into, read into values of a schema, written from values.

use firesteel_expr::function::ScalarFunction;

mod convert;
mod from_json;
mod infer;
mod inspect;
mod options;
mod path;
mod to_json;
mod value;

pub(crate) const ALL: &[ScalarFunction] = &[
    from_json::FROM_JSON,
    infer::SCHEMA_OF_JSON,
    inspect::JSON_ARRAY_LENGTH,
    inspect::JSON_OBJECT_KEYS,
    path::GET_JSON_OBJECT,
    path::JSON_FIELD,
    to_json::TO_JSON,
];
