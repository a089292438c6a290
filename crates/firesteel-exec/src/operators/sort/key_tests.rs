//! Encoded sort keys against the order of the values.

use std::cmp::Ordering;

use firesteel_expr::batch::Batch;
use firesteel_plan::logical::SortKey;
use proptest::prelude::*;

use super::keys::{KeyEncoder, prefix};
use crate::any_columns::{Cell, any_batches, cells_of};
use crate::operators::by_hand::{column, query, schema};

/// Descending, NULLs first.
type Direction = (bool, bool);

fn compare(a: &[Cell], b: &[Cell], directions: &[Direction]) -> Ordering {
    let one = |((a, b), (descending, nulls_first)): ((&Cell, &Cell), &Direction)| match (a.is_null(), b.is_null()) {
        (false, false) if *descending => b.compare(a),
        (false, false) => a.compare(b),
        (a, b) if *nulls_first => b.cmp(&a),
        (a, b) => a.cmp(&b),
    };
    a.iter().zip(b).zip(directions).map(one).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn encoded_keys_order_as_the_values_do(
        (types, batches) in any_batches(3, 12),
        directions in proptest::collection::vec((any::<bool>(), any::<bool>()), 3),
    ) {
        let input = schema(0, &types);
        let key = |(at, (descending, nulls_first)): (usize, &Direction)| SortKey {
            expr: column(&input, at),
            descending: *descending,
            nulls_first: *nulls_first,
        };
        let keys: Vec<_> = directions.iter().take(types.len()).enumerate().map(key).collect();
        let ids: Vec<_> = input.columns.iter().map(|column| column.id).collect();
        let mut encoder = KeyEncoder::new(&keys, &ids, &query(8).eval).expect("an encoder");
        let mut encoded = Vec::new();
        for any in &batches {
            let batch: Batch = any.batch();
            let columns = encoder.evaluate(&batch).expect("keys");
            let rows = encoder.encode(&columns).expect("rows");
            prop_assert_eq!(rows.num_rows(), any.chosen_rows().len());
            encoded.extend(rows.iter().map(|row| row.data().to_vec()).zip(any.chosen_rows()));
        }
        for (key, cells) in &encoded {
            let first = cells_of(&encoder.first_of(key).expect("decoded"));
            prop_assert!(first[0].compare(&cells[0]).is_eq(), "{first:?} for {cells:?}");
            for (other, other_cells) in &encoded {
                let expected = compare(cells, other_cells, &directions);
                prop_assert_eq!(key.cmp(other), expected, "{:?} and {:?}", cells, other_cells);
                let by_prefix = prefix(key).cmp(&prefix(other));
                prop_assert!(by_prefix.is_eq() || by_prefix == expected, "prefixes of {cells:?} and {other_cells:?}");
            }
        }
    }
}
