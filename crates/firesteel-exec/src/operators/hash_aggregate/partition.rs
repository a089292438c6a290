//! Groups by parts of their keys' hash.

use arrow::array::UInt32Array;
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::Column;

use super::update::Exported;
use crate::hash::hash_columns;

const BITS: u32 = 5;
/// So many partitions a table is cut into at once.
pub(super) const PARTITIONS: usize = 1 << BITS;
/// Partitions of partitions go so deep. Tables of groups place keys by the lowest bits: these are left to them, other than in
/// `spill::partition`, whose rows join by the highest.
pub(super) const LEVELS: u32 = 7;

/// Groups, and which of them belong to which partition.
pub(super) struct Partitioned {
    pub(super) exported: Exported,
    /// The numbers of each partition's groups.
    pub(super) partitions: Vec<UInt32Array>,
}

impl Partitioned {
    /// By the bits of the hash for that level: 55–51, then the five below them, and so on.
    pub(super) fn new(exported: Exported, types: &[SqlType], level: u32) -> Result<Self> {
        let keys: Vec<Column> = exported.keys.iter().cloned().map(Column::Array).collect();
        let mut hashes = Vec::new();
        hash_columns(&keys.iter().zip(types).collect::<Vec<_>>(), exported.groups, &mut hashes)?;
        let shift = 56 - BITS * (level + 1);
        let mut partitions = vec![Vec::new(); PARTITIONS];
        for (number, hash) in hashes.iter().enumerate() {
            partitions[(hash >> shift) as usize & (PARTITIONS - 1)].push(number as u32);
        }
        Ok(Self { exported, partitions: partitions.into_iter().map(UInt32Array::from).collect() })
    }
}
