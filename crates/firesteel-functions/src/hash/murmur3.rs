//! `hash`: Spark's Murmur3 with seed 42 over the arguments in turn.

use std::sync::Arc;

use arrow::array::Int32Array;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};

use super::fold::{self, Mix};

const SEED: Murmur3 = Murmur3(42);

pub(super) const HASH: ScalarFunction = ScalarFunction {
    name: "hash",
    signature: Signature::Custom(fold::operands),
    returns: |_| Ok(SqlType::Int),
    nullability: Nullability::Never,
    kernel: Kernel::Batch(hash),
    doc: Doc {
        usage: "hash(expr1, expr2, ...) - Returns a hash value of the arguments.",
        since: "2.0.0",
        examples: &[("SELECT hash('Spark', array(123), 2)", "-1321691492")],
    },
    ..ScalarFunction::DEFAULT
};

fn hash(args: &KernelArgs<'_>) -> Result<Column> {
    let mut hashes = vec![SEED; args.rows];
    for (column, data_type) in args.columns.iter().zip(args.types) {
        fold::add(&column.flat_as(data_type)?, data_type, &mut hashes);
    }
    let hashes: Vec<i32> = hashes.into_iter().map(|hash| hash.0 as i32).collect();
    Ok(Column::Array(Arc::new(Int32Array::from(hashes))))
}

#[derive(Clone, Copy)]
struct Murmur3(u32);

impl Mix for Murmur3 {
    fn int(self, value: u32) -> Self {
        finish(mix_block(self.0, value), 4)
    }

    fn long(self, value: u64) -> Self {
        finish(mix_block(mix_block(self.0, value as u32), (value >> 32) as u32), 8)
    }

    /// Whole words first, then each remaining byte as a word of its own (as Spark does, unlike others).
    fn bytes(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<4>();
        let hash = words.iter().fold(self.0, |hash, word| mix_block(hash, u32::from_le_bytes(*word)));
        let hash = rest.iter().fold(hash, |hash, byte| mix_block(hash, *byte as i8 as u32));
        finish(hash, bytes.len() as u32)
    }
}

/// The hash of bytes alone.
pub(crate) fn of_bytes(bytes: &[u8], seed: u32) -> u32 {
    Murmur3(seed).bytes(bytes).0
}

fn mix_block(hash: u32, block: u32) -> u32 {
    let block = block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    (hash ^ block).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finish(hash: u32, length: u32) -> Murmur3 {
    let mut hash = hash ^ length;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    Murmur3(hash ^ (hash >> 16))
}
