//! Functions of conditions, hashes, the session, and others.

use super::{functions, variadic};
use crate::frame::DataFrame;

functions! {
    assert_true(condition);
    bitmap_bit_position(column);
    bitmap_bucket_number(column);
    bitmap_count(column);
    crc32(column);
    current_catalog();
    current_database();
    current_schema();
    current_user();
    equal_null(left, right);
    if_(condition | yes, no) = "if";
    ifnull(column, other);
    input_file_name();
    isnotnull(column);
    isnull(column);
    md5(column);
    monotonically_increasing_id();
    nullif(column | other);
    nullifzero(column);
    nvl(column, other);
    nvl2(column, present, missing);
    raise_error(message);
    session_user();
    sha(column);
    sha1(column);
    sha2(column | bits);
    spark_partition_id();
    typeof_(column) = "typeof";
    user();
    uuid();
    version();
    zeroifnull(column);
    xpath(column | path);
    xpath_boolean(column | path);
    xpath_int(column | path);
    xpath_string(column | path);
}

variadic! {
    coalesce;
    hash;
    xxhash64;
}

/// The DataFrame, small enough to be held by every task where it is joined.
pub fn broadcast(frame: &DataFrame) -> firesteel_common::Result<DataFrame> {
    frame.hint("broadcast")
}
