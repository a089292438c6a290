//! `xxhash64` with seed 42 over the arguments in turn.

use std::sync::Arc;

use arrow::array::Int64Array;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use twox_hash::XxHash64;

use super::fold::{self, Mix};

const SEED: Hash = Hash(42);

pub(super) const XXHASH64: ScalarFunction = ScalarFunction {
    name: "xxhash64",
    signature: Signature::Custom(fold::operands),
    returns: |_| Ok(SqlType::BigInt),
    nullability: Nullability::Never,
    kernel: Kernel::Batch(hash),
    doc: Doc {
        usage: "xxhash64(expr1, expr2, ...) - Returns a 64-bit hash value of the arguments. Hash seed is 42.",
        since: "3.0.0",
        examples: &[("SELECT xxhash64('Spark', array(123), 2)", "5602566077635097486")],
    },
    ..ScalarFunction::DEFAULT
};

fn hash(args: &KernelArgs<'_>) -> Result<Column> {
    let mut hashes = vec![SEED; args.rows];
    for (column, data_type) in args.columns.iter().zip(args.types) {
        fold::add(&column.flat_as(data_type)?, data_type, &mut hashes);
    }
    let hashes: Vec<i64> = hashes.into_iter().map(|hash| hash.0 as i64).collect();
    Ok(Column::Array(Arc::new(Int64Array::from(hashes))))
}

/// The hash of each row of a column; that of NULL says nothing.
pub(crate) fn hash_column(column: &Column, data_type: &SqlType) -> Result<Vec<u64>> {
    let mut hashes = vec![SEED; column.len()];
    fold::add(&column.flat_as(data_type)?, data_type, &mut hashes);
    Ok(hashes.into_iter().map(|hash| hash.0).collect())
}

#[derive(Clone, Copy)]
struct Hash(u64);

impl Mix for Hash {
    fn int(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn long(self, value: u64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        Hash(XxHash64::oneshot(self.0, bytes))
    }
}
