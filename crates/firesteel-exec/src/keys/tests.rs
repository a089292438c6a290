//! Keys of every type and encoding against their values: as one sees equal values, so does the other.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, StringViewArray};
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

/// Two dictionaries with their numbers in common, one with others, and integers; some batches have NULL for one of them.
fn late_batches() -> impl Strategy<Value = (Vec<ArrayRef>, Vec<Vec<(i32, i32, Option<i64>, bool)>>)> {
    let entry = proptest::option::weighted(0.9, "[ab]{0,2}|[ab]{12}-long");
    let entries = |most| {
        proptest::collection::vec(entry.clone(), 1..most)
            .prop_map(|texts| Arc::new(texts.into_iter().collect::<StringViewArray>()) as ArrayRef)
    };
    (entries(6), entries(40)).prop_flat_map(|(few, many)| {
        let row = (0..few.len() as i32, 0..many.len() as i32, proptest::option::of(-2i64..2), any::<bool>());
        let batches = proptest::collection::vec(proptest::collection::vec(row, 1..12), 1..6);
        (Just(vec![few, many]), batches)
    })
}

proptest! {
    #[test]
    fn dictionaries_group_as_their_values_do((entries, batches) in late_batches()) {
        let [few, many] = entries.as_slice() else { panic!("two dictionaries") };
        let types = || vec![SqlType::STRING, SqlType::STRING, SqlType::STRING, SqlType::BigInt];
        let (mut late, mut flat) = (GroupTable::new(types()).expect("a table"), GroupTable::new(types()).expect("a table"));
        let (mut groups, mut expected) = (Vec::new(), Vec::new());
        for rows in &batches {
            let first = Int32Array::from_iter_values(rows.iter().map(|row| row.0));
            let second = Int32Array::from_iter_values(rows.iter().map(|row| row.1));
            let dictionary = |numbers: &Int32Array, entries: &ArrayRef| {
                Column::Array(Arc::new(DictionaryArray::try_new(numbers.clone(), Arc::clone(entries)).expect("numbers")))
            };
            let mut columns = vec![
                dictionary(&first, few),
                dictionary(&first, few),
                dictionary(&second, many),
                Column::Array(Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>())),
            ];
            if rows[0].3 {
                columns[1] = Column::nulls(&SqlType::STRING, rows.len());
            }
            late.find_or_insert(&columns, rows.len(), &mut groups).expect("found");
            let values: Vec<_> = columns.iter().map(|column| Column::Array(column.flat().expect("flat"))).collect();
            flat.find_or_insert(&values, rows.len(), &mut expected).expect("found");
            prop_assert_eq!(&groups, &expected);
        }
        prop_assert_eq!(late.keys().expect("keys"), flat.keys().expect("keys"));
    }
}

#[test]
fn codes_that_do_not_come_again_are_given_up() {
    let texts: StringViewArray = (0..300_000).map(|at| Some(format!("number {at}, a long one"))).collect();
    let texts: ArrayRef = Arc::new(texts);
    let mut table = GroupTable::new(vec![SqlType::STRING, SqlType::BigInt]).expect("a table");
    let mut groups = Vec::new();
    for batch in 0..30 {
        let numbers = Int32Array::from_iter_values((0..10_000).map(|at| batch * 10_000 + at));
        let texts = Column::Array(Arc::new(DictionaryArray::try_new(numbers, Arc::clone(&texts)).expect("numbers")));
        let ones = Column::Array(Arc::new(Int64Array::from(vec![1; 10_000])));
        table.find_or_insert(&[texts, ones], 10_000, &mut groups).expect("found");
        assert_eq!(groups[17], batch as u32 * 10_000 + 17);
    }
    assert_eq!(table.len(), 300_000);
    let mut flat = GroupTable::new(vec![SqlType::STRING, SqlType::BigInt]).expect("a table");
    let ones = Column::Array(Arc::new(Int64Array::from(vec![1; 300_000])));
    flat.find_or_insert(&[Column::Array(texts), ones], 300_000, &mut groups).expect("found");
    assert!(table.memory_size() < flat.memory_size() * 5 / 4, "{} bytes", table.memory_size());
}
