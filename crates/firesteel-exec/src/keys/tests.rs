//! Keys of every type and encoding against their values: as one sees equal values, so does the other.

use firesteel_common::SqlType;
use firesteel_expr::column::Column;
use proptest::prelude::*;

use super::group_table::GroupTable;
use crate::any_columns::{AnyBatch, Cell, any_batches, array_of, cells_of, equal_rows};
use crate::hash::hash_columns;

/// Each key once, in the order seen; and the number of each row's.
fn model(batches: &[AnyBatch]) -> (Vec<Vec<Cell>>, Vec<Vec<u32>>) {
    let mut seen: Vec<Vec<Cell>> = Vec::new();
    let mut number = |key: Vec<Cell>| match seen.iter().position(|other| equal_rows(other, &key)) {
        Some(at) => at as u32,
        None => {
            seen.push(key);
            seen.len() as u32 - 1
        }
    };
    let numbers = batches.iter().map(|batch| (0..batch.rows).map(|row| number(batch.row(row))).collect()).collect();
    (seen, numbers)
}

fn hashes(columns: &[Column], types: &[SqlType], rows: usize) -> Vec<u64> {
    let mut hashes = Vec::new();
    hash_columns(&columns.iter().zip(types).collect::<Vec<_>>(), rows, &mut hashes).expect("hash");
    hashes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn rows_have_one_number_where_their_values_are_equal((types, batches) in any_batches(4, 24)) {
        let (keys, numbers) = model(&batches);
        let mut table = GroupTable::new(types).expect("a table");
        let mut groups = Vec::new();
        for (batch, numbers) in batches.iter().zip(&numbers) {
            table.find_or_insert(&batch.columns(), batch.rows, &mut groups).expect("find");
            prop_assert_eq!(&groups, numbers);
        }
        prop_assert_eq!(table.len(), keys.len());
        for (at, column) in table.keys().expect("keys").iter().enumerate() {
            let (decoded, expected): (_, Vec<_>) = (cells_of(column), keys.iter().map(|key| key[at].clone()).collect());
            prop_assert!(equal_rows(&decoded, &expected), "column {at}: {decoded:?} for {expected:?}");
        }
    }

    #[test]
    fn equal_rows_hash_alike_in_every_encoding((types, batches) in any_batches(3, 24)) {
        let mut seen: Vec<(Vec<Cell>, u64)> = Vec::new();
        for batch in &batches {
            let flat: Vec<_> = batch.columns.iter().map(|c| Column::Array(array_of(&c.data_type, &c.cells))).collect();
            let encoded = hashes(&batch.columns(), &types, batch.rows);
            prop_assert_eq!(&encoded, &hashes(&flat, &types, batch.rows));
            for (row, hash) in encoded.into_iter().enumerate() {
                let key = batch.row(row);
                match seen.iter().find(|(other, _)| equal_rows(other, &key)) {
                    Some((_, other)) => prop_assert_eq!(*other, hash),
                    None => seen.push((key, hash)),
                }
            }
        }
        // Sixty-four bits do not meet by chance in so few rows.
        let different: hashbrown::HashSet<_> = seen.iter().map(|(_, hash)| hash).collect();
        prop_assert_eq!(different.len(), seen.len());
    }
}
