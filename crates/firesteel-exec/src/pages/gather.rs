//! Rows of several runs, brought together in a given order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array};
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::Column;

use crate::keys::canonical;

/// Columns of one type in all runs: some runs may have had wide decimals, others not.
pub(crate) fn unify(runs: &mut [&mut Vec<ArrayRef>], types: &[SqlType]) -> Result<()> {
    for (at, data_type) in types.iter().enumerate() {
        let mut arrow = runs.iter().map(|run| run[at].data_type());
        let first = arrow.next();
        if arrow.all(|other| Some(other) == first) {
            continue;
        }
        for run in runs.iter_mut() {
            run[at] = canonical(&Column::Array(Arc::clone(&run[at])), data_type)?;
        }
    }
    Ok(())
}

/// The columns of the rows at `places` (run, row). All runs have the same columns, of the same types.
pub(crate) fn gather(runs: &[&[ArrayRef]], places: impl Iterator<Item = (u32, u32)>) -> Result<Vec<ArrayRef>> {
    let taken: std::result::Result<Vec<ArrayRef>, _> = match runs {
        [] => Ok(Vec::new()),
        [only] => {
            let rows = UInt32Array::from_iter_values(places.map(|(_, row)| row));
            only.iter().map(|column| arrow::compute::take(column, &rows, None)).collect()
        }
        runs => {
            let rows: Vec<_> = places.map(|(run, row)| (run as usize, row as usize)).collect();
            let column = |at: usize| {
                let arrays: Vec<&dyn Array> = runs.iter().map(|run| run[at].as_ref()).collect();
                arrow::compute::interleave(&arrays, &rows)
            };
            (0..runs[0].len()).map(column).collect()
        }
    };
    Ok(taken?)
}
