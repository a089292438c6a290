//! Pages give back what was put in, whatever it came in.

use proptest::prelude::*;

use super::Pages;
use crate::any_columns::{Cell, any_batches, cells_of};
use crate::keys::canonical;
use crate::memory::MemoryPool;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn rows_come_back_in_their_order((types, batches) in any_batches(3, 16)) {
        let mut pages = Pages::new(types.as_slice().into(), MemoryPool::unlimited().reserve("a test"));
        for any in &batches {
            pages.push(any.batch()).expect("room");
        }
        let rows: Vec<Vec<Cell>> = batches.iter().flat_map(|any| any.chosen_rows()).collect();
        prop_assert_eq!(pages.rows(), rows.len());
        let (columns, _memory) = pages.into_columns().expect("columns");
        for (at, (array, data_type)) in columns.into_iter().zip(&types).enumerate() {
            let array = canonical(&array.into(), data_type).expect("flat");
            let (cells, expected): (_, Vec<_>) = (cells_of(&array), rows.iter().map(|row| &row[at]).collect());
            prop_assert_eq!(cells.len(), expected.len());
            for (cell, expected) in cells.iter().zip(expected) {
                prop_assert!(cell.compare(expected).is_eq(), "column {at}: {cell:?} for {expected:?}");
            }
        }
    }
}
