//! How a row group is read: in one pass or in two, chosen anew for each one.

use firesteel_common::ColumnId;

use super::scan::{ParquetScan, Unit};

/// Filter columns are decoded first when no larger share of rows passes.
const LATE_PASS_RATE: f64 = 0.3;

/// How a row group is read.
pub(super) struct Plan {
    /// Whether anything may be filtered.
    pub(super) filtering: bool,
    /// Positions of the filter columns.
    pub(super) active: Vec<usize>,
    /// Positions of the output columns besides.
    pub(super) others: Vec<usize>,
    /// Whether the filter columns are decoded alone at first.
    pub(super) in_two: bool,
}

impl Plan {
    /// By what is known now.
    pub(super) fn of(scan: &ParquetScan, ids: &[ColumnId], unit: &Unit) -> Self {
        let filtering = scan.filters.any_active(unit.number);
        let active = match filtering {
            true => scan.filters.columns_used(ids, unit.number),
            false => Vec::new(),
        };
        let file = &scan.files[unit.file];
        let others: Vec<usize> = (0..scan.outputs).filter(|at| active.binary_search(at).is_err()).collect();
        let others_to_read = others.iter().any(|at| file.columns[*at].is_some());
        let few_pass = scan.filters.pass_rate().is_none_or(|rate| rate <= LATE_PASS_RATE);
        let in_two = !active.is_empty() && others_to_read && few_pass;
        Self { filtering, active, others, in_two }
    }

    /// Positions of the columns of the first pass, or the only one.
    pub(super) fn first(&self) -> Vec<usize> {
        if self.in_two {
            return self.active.clone();
        }
        let mut wanted = [self.active.as_slice(), &self.others].concat();
        wanted.sort_unstable();
        wanted
    }
}
