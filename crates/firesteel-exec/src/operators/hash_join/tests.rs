//! The table of a join against comparing every row with every other.

use proptest::prelude::*;

use super::table::JoinTable;
use crate::any_columns::{AnyBatch, Cell, any_batches};
use crate::memory::MemoryPool;

/// A NULL has a partner only where NULLs match.
fn partners(a: &[Cell], b: &[Cell], nulls_match: &[bool]) -> bool {
    a.iter().zip(b).zip(nulls_match).all(|((a, b), nulls)| match (a.is_null(), b.is_null()) {
        (true, true) => *nulls,
        (false, false) => a.compare(b).is_eq(),
        _ => false,
    })
}

fn model(probe: &AnyBatch, held: &AnyBatch, nulls_match: &[bool]) -> Vec<(u32, u32)> {
    let pairs = (0..probe.rows).flat_map(|row| (0..held.rows).map(move |other| (row, other)));
    let partners = pairs.filter(|(row, other)| partners(&probe.row(*row), &held.row(*other), nulls_match));
    partners.map(|(row, other)| (row as u32, other as u32)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn rows_find_their_partners(
        (types, batches) in any_batches(3, 32),
        nulls_match in proptest::collection::vec(any::<bool>(), 3),
    ) {
        let nulls_match = &nulls_match[..types.len()];
        let held = &batches[0];
        let mut memory = MemoryPool::unlimited().reserve("a join");
        let table = JoinTable::build(types, nulls_match.to_vec(), &held.columns(), held.rows, &mut memory);
        let table = table.expect("a table");
        for probe in &batches {
            let mut found = Vec::new();
            table.find(&probe.columns(), probe.rows, &mut found).expect("find");
            let mut pairs = Vec::new();
            for found in found {
                let mut rows = Vec::new();
                table.extend_rows(found.start, found.end, &mut rows);
                pairs.extend(rows.into_iter().map(|row| (found.probe, row)));
            }
            pairs.sort_unstable();
            prop_assert_eq!(pairs, model(probe, held, nulls_match));
        }
    }
}
