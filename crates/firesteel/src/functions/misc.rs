//! Functions of conditions, hashes, the session, and others.

use super::{functions, variadic};
use crate::frame::DataFrame;

functions! {
    assert_true(condition): [assert_true(expr("0 < 1"))] => "[NULL]";
    bitmap_bit_position(column): [bitmap_bit_position(lit(1))] => "[0]";
    bitmap_bucket_number(column): [bitmap_bucket_number(lit(123))] => "[1]";
    bitmap_count(column): [bitmap_count(expr("X'1010'"))] => "[2]";
    crc32(column): [crc32(lit("Spark"))] => "[1557323817]";
    current_catalog(): [current_catalog()] => "[spark_catalog]";
    current_database(): [current_database()] => "[default]";
    current_path(): [current_path()] => "[system.builtin,system.session,spark_catalog.default]";
    current_schema(): [current_schema()] => "[default]";
    current_user(): [current_user().eq(user())] => "[true]";
    equal_null(left, right): [equal_null(lit(3), lit(3))] => "[true]";
    if_(condition | yes, no) = "if": [if_(expr("1 < 2"), "a", "b")] => "[a]";
    ifnull(column, other): [ifnull(expr("NULL"), lit(2))] => "[2]";
    isnotnull(column): [isnotnull(lit(1))] => "[true]";
    isnull(column): [isnull(lit(1))] => "[false]";
    md5(column): [md5(lit("Spark"))] => "[8cde774d6f7333752ed72cacddb05126]";
    monotonically_increasing_id(): [monotonically_increasing_id()] => "[0]";
    nullif(column | other): [nullif(lit(2), 2)] => "[NULL]";
    nullifzero(column): [nullifzero(lit(0))] => "[NULL]";
    nvl(column, other): [nvl(expr("NULL"), lit(2))] => "[2]";
    nvl2(column, present, missing): [nvl2(expr("NULL"), lit(2), lit(1))] => "[1]";
    raise_error(message): [when(lit(false), raise_error(lit("never"))).otherwise(1)] => "[1]";
    session_user(): [session_user().eq(user())] => "[true]";
    sha(column): [sha(lit("Spark"))] => "[85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c]";
    sha1(column): [sha1(lit("Spark"))] => "[85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c]";
    sha2(column | bits): [sha2(lit("Spark"), 256)] => "[529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b]";
    spark_partition_id(): [spark_partition_id()] => "[0]";
    typeof_(column) = "typeof": [typeof_(lit(1))] => "[int]";
    user(): [user().is_not_null()] => "[true]";
    uuid(): [length(uuid())] => "[36]";
    version(): [version().is_not_null()] => "[true]";
    zeroifnull(column): [zeroifnull(expr("NULL"))] => "[0]";
}

variadic! {
    coalesce: [coalesce((expr("NULL"), lit(1), expr("NULL")))] => "[1]";
    hash: [hash((lit("Spark"), expr("array(123)"), lit(2)))] => "[-1321691492]";
    xxhash64: [xxhash64((lit("Spark"), expr("array(123)"), lit(2)))] => "[5602566077635097486]";
}

/// The DataFrame, small enough to be held by every task where it is joined.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let (large, small) = (session.range(0..1000)?, session.range(5..7)?);
/// assert_eq!(large.join(&functions::broadcast(&small)?, "id", "inner")?.count()?, 2);
/// # Ok::<(), Error>(())
/// ```
pub fn broadcast(frame: &DataFrame) -> firesteel_common::Result<DataFrame> {
    frame.hint("broadcast")
}
