//! WITHIN GROUP (ORDER BY …): rows are held until their group is whole, then given to the aggregate in order.

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::SortOptions;
use arrow::row::{RowConverter, SortField};
use firesteel_common::Result;

use super::gathered::Gathered;
use crate::aggregate::{Accumulator, AggregateCall, GroupIndices};
use crate::column::Column;
use crate::operators::comparison::normalize_floats;

/// The call's own accumulator, fed with each group's rows in the order that the call asks for.
pub(crate) fn ordered(call: &AggregateCall, inner: Box<dyn Accumulator>) -> Result<Box<dyn Accumulator>> {
    let types: Vec<_> = call.row_inputs().map(|input| input.data_type().clone()).collect();
    let field = |(key, data_type): (&crate::GroupOrder, &firesteel_common::SqlType)| {
        let options = SortOptions { descending: key.descending, nulls_first: key.nulls_first };
        SortField::new_with_options(data_type.to_arrow(), options)
    };
    let fields = call.order_by.iter().zip(&types[call.args.len()..]).map(field).collect();
    let converter = RowConverter::new(fields)?;
    Ok(Box::new(Ordered { inner, args: call.args.len(), converter, rows: Gathered::new(types), groups: 0 }))
}

struct Ordered {
    inner: Box<dyn Accumulator>,
    /// So many columns are arguments; keys follow.
    args: usize,
    converter: RowConverter,
    rows: Gathered,
    groups: usize,
}

impl Accumulator for Ordered {
    fn resize(&mut self, groups: usize) {
        self.groups = groups;
        self.rows.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.rows.add(groups, args, None)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.rows.merge(groups, &states[0])
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.rows.state()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let (columns, offsets) = self.rows.by_group()?;
        let (args, keys) = columns.split_at(self.args);
        let keys = keys.iter().map(normalize_floats).collect::<Result<Vec<_>>>()?;
        let keys = self.converter.convert_columns(&keys)?;
        let mut order: Vec<u32> = (0..keys.num_rows() as u32).collect();
        let mut groups = Vec::with_capacity(order.len());
        for (group, bounds) in offsets.windows(2).enumerate() {
            let rows = bounds[0] as usize..bounds[1] as usize;
            groups.extend(std::iter::repeat_n(group as u32, rows.len()));
            order[rows].sort_by(|left, right| keys.row(*left as usize).cmp(&keys.row(*right as usize)));
        }
        let order = UInt32Array::from(order);
        let take = |arg: &ArrayRef| -> Result<Column> { Ok(Column::Array(arrow::compute::take(arg, &order, None)?)) };
        let args = args.iter().map(take).collect::<Result<Vec<_>>>()?;
        self.inner.resize(self.groups);
        self.inner.update(GroupIndices::Each(&groups), &args)?;
        self.inner.finish()
    }

    fn memory_size(&self) -> usize {
        self.rows.memory_size() + self.inner.memory_size()
    }
}
