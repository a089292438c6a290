//! Where a row is: `monotonically_increasing_id`, `spark_partition_id`; and an identifier for it: `uuid`.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use arrow::array::{Int32Array, Int64Array};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::Column;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::{
    Doc, Kernel, KernelArgs, Nullability, Param, PreparedKernel, ScalarFunction, Signature, Volatility,
};

use crate::rows::{constant_integer, text_column};

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[]]),
    returns: |_| Ok(SqlType::BigInt),
    nullability: Nullability::Never,
    volatility: Volatility::Volatile,
    ..ScalarFunction::DEFAULT
};

/// How many rows this has seen.
struct Ids(i64);

impl PreparedKernel for Ids {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        let first = i64::from(args.context.partition.number()) << 33 | self.0;
        self.0 += args.rows as i64;
        Ok(Column::Array(Arc::new(Int64Array::from_iter_values((0..args.rows as i64).map(|row| first + row)))))
    }
}

pub(super) const MONOTONICALLY_INCREASING_ID: ScalarFunction = ScalarFunction {
    name: "monotonically_increasing_id",
    kernel: Kernel::Prepared(|_| Ok(Box::new(Ids(0)))),
    doc: Doc {
        usage: "monotonically_increasing_id() - Returns monotonically increasing 64-bit integers. The generated ID is \
                guaranteed to be monotonically increasing and unique, but not consecutive: the worker's number is in the \
                upper 31 bits, and the lower 33 bits represent the record number within what the worker sees.",
        since: "1.4.0",
        examples: &[("SELECT monotonically_increasing_id()", "0")],
    },
    ..COMMON
};

pub(super) const SPARK_PARTITION_ID: ScalarFunction = ScalarFunction {
    name: "spark_partition_id",
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let partition = args.context.partition.number() as i32;
        Ok(Column::constant(Arc::new(Int32Array::from(vec![partition])), args.rows))
    }),
    doc: Doc {
        usage: "spark_partition_id() - Returns the current partition id: the number of the worker.",
        since: "1.4.0",
        examples: &[("SELECT spark_partition_id()", "0")],
    },
    ..COMMON
};

/// Which file a row came from is not known once it has left the scan.
const FILE: ScalarFunction = ScalarFunction {
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Rewrite(|_| {
        bail!(UNSUPPORTED_FEATURE, feature = "telling which file a row was read from (input_file_name and its kin)")
    }),
    ..COMMON
};

pub(super) const INPUT_FILE_NAME: ScalarFunction = ScalarFunction {
    name: "input_file_name",
    doc: Doc {
        usage: "input_file_name() - Would return the name of the file being read; not supported.",
        since: "1.5.0",
        examples: &[],
    },
    ..FILE
};

pub(super) const INPUT_FILE_BLOCK_START: ScalarFunction = ScalarFunction {
    name: "input_file_block_start",
    doc: Doc {
        usage: "input_file_block_start() - Would return the start offset of the block being read; not supported.",
        since: "2.2.0",
        examples: &[],
    },
    ..FILE
};

pub(super) const INPUT_FILE_BLOCK_LENGTH: ScalarFunction = ScalarFunction {
    name: "input_file_block_length",
    doc: Doc {
        usage: "input_file_block_length() - Would return the length of the block being read; not supported.",
        since: "2.2.0",
        examples: &[],
    },
    ..FILE
};

/// Random bits: SplitMix64.
struct Uuids(u64);

impl Uuids {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

impl PreparedKernel for Uuids {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        text_column(args, |_| {
            // Version 4, variant 1.
            let (high, low) = (self.next() & !0xf000 | 0x4000, self.next() & !(0b11 << 62) | 0b10 << 62);
            let (time, middle, version) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
            Some(format!("{time:08x}-{middle:04x}-{version:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff))
        })
    }
}

fn seed(args: &[ExprRef]) -> u64 {
    match args.first().and_then(constant_integer) {
        Some(seed) => seed as u64,
        None => RandomState::new().hash_one(0),
    }
}

pub(super) const UUID: ScalarFunction = ScalarFunction {
    name: "uuid",
    signature: Signature::OneOf(&[&[], &[Param::BigInt]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Prepared(|args| Ok(Box::new(Uuids(seed(args))))),
    doc: Doc {
        usage: "uuid([seed]) - Returns an universally unique identifier (UUID) string. The value is returned as a canonical \
                UUID 36-character string. With a seed the values are the same every time.",
        since: "2.3.0",
        examples: &[("SELECT length(uuid())", "36")],
    },
    ..COMMON
};
