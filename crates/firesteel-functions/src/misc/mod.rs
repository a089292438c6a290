//! Functions about the session and about values as such.

use firesteel_expr::function::ScalarFunction;

mod raise;
mod rows;
mod session;
mod type_of;
mod zeros;

pub(crate) const ALL: &[ScalarFunction] = &[
    raise::RAISE_ERROR,
    raise::ASSERT_TRUE,
    rows::MONOTONICALLY_INCREASING_ID,
    rows::SPARK_PARTITION_ID,
    rows::INPUT_FILE_NAME,
    rows::INPUT_FILE_BLOCK_START,
    rows::INPUT_FILE_BLOCK_LENGTH,
    rows::UUID,
    session::CURRENT_USER,
    session::CURRENT_DATABASE,
    session::CURRENT_CATALOG,
    session::CURRENT_PATH,
    session::VERSION,
    type_of::TYPEOF,
    zeros::NULLIFZERO,
    zeros::ZEROIFNULL,
    zeros::EQUAL_NULL,
];
