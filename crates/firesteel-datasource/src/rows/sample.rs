//! The first records of some files: what columns are learned from.

use std::sync::Arc;

use firesteel_catalog::Split;
use firesteel_common::Result;
use firesteel_exec::memory::MemoryPool;

use super::input;
use super::lines::{Lines, RecordEnd};
use crate::remote::Access;

/// Records that are read at once.
const AT_ONCE: usize = 4096;

/// How much there was.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Sampled {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
    /// Whether there was more than was looked at.
    pub(crate) is_part: bool,
}

impl Sampled {
    /// Bytes of a record on average, with its end.
    pub(crate) fn row_bytes(&self) -> Option<f64> {
        (self.records > 0).then(|| (self.bytes + self.records) as f64 / self.records as f64)
    }
}

/// Shows up to `records_max` records, file by file, each with its number in its file. Blocks.
pub(crate) fn each_record(
    files: &[Split],
    access: &Arc<Access>,
    record_end: RecordEnd,
    records_max: usize,
    mut see: impl FnMut(usize, &str) -> Result<()>,
) -> Result<Sampled> {
    let mut sampled = Sampled::default();
    // Before there is a query there is no account; what is held is one block.
    let memory = MemoryPool::unlimited();
    for file in files {
        let input = input::open_sample(file, access)?;
        let mut lines = Lines::new(&file.location, input, record_end, memory.reserve("schema inference"));
        let mut number = 0;
        while let Some(block) = lines.wait_for_block(AT_ONCE.min(records_max.saturating_sub(sampled.records).max(1)))? {
            for record in block.iter() {
                if sampled.records >= records_max {
                    sampled.is_part = true;
                    return Ok(sampled);
                }
                let text = if number == 0 { record.strip_prefix('\u{feff}').unwrap_or(record) } else { record };
                see(number, text)?;
                number += 1;
                sampled.records += 1;
                sampled.bytes += record.len();
            }
        }
    }
    Ok(sampled)
}
