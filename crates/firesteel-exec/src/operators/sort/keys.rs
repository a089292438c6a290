//! Sort keys as bytes that order as the keys do.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::SortOptions;
use arrow::row::{RowConverter, Rows, SortField};
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_expr::eval::{EvalContext, Evaluator};
use firesteel_plan::logical::SortKey;

use crate::keys::{canonical, with_plain_floats};

/// One worker's keys: evaluated, then encoded in Arrow's row format. NaN is greatest, text orders by bytes.
pub(crate) struct KeyEncoder {
    evaluator: Evaluator,
    types: Vec<SqlType>,
    converter: RowConverter,
}

impl KeyEncoder {
    pub(crate) fn new(keys: &[SortKey], input: &[ColumnId], context: &Arc<EvalContext>) -> Result<Self> {
        let exprs: Vec<_> = keys.iter().map(|key| Arc::clone(&key.expr)).collect();
        let field = |key: &SortKey| {
            let options = SortOptions { descending: key.descending, nulls_first: key.nulls_first };
            SortField::new_with_options(key.expr.data_type().to_arrow(), options)
        };
        Ok(Self {
            evaluator: Evaluator::new(&exprs, input, context)?,
            types: exprs.iter().map(|expr| expr.data_type().clone()).collect(),
            converter: RowConverter::new(keys.iter().map(field).collect())?,
        })
    }

    /// The key columns of the rows that count, flat and normalized.
    pub(crate) fn evaluate(&mut self, batch: &Batch) -> Result<Vec<ArrayRef>> {
        let columns = self.evaluator.evaluate(batch)?;
        let columns = columns.iter().zip(&self.types);
        columns.map(|(column, data_type)| canonical(column, data_type).map(with_plain_floats)).collect()
    }

    pub(crate) fn encode(&self, keys: &[ArrayRef]) -> Result<Rows> {
        Ok(self.converter.convert_columns(keys)?)
    }

    pub(crate) fn append(&self, rows: &mut Rows, keys: &[ArrayRef]) -> Result<()> {
        Ok(self.converter.append(rows, keys)?)
    }

    /// The first key column of an encoded key: one row.
    pub(crate) fn first_of(&self, key: &[u8]) -> Result<ArrayRef> {
        let parser = self.converter.parser();
        let mut columns = self.converter.convert_rows([parser.parse(key)])?;
        Ok(columns.swap_remove(0))
    }

    pub(crate) fn no_rows(&self) -> Rows {
        self.converter.empty_rows(0, 0)
    }
}

/// The first eight bytes as a number: most comparisons end with it.
pub(crate) fn prefix(key: &[u8]) -> u64 {
    match key.first_chunk::<8>() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..key.len()].copy_from_slice(key);
            u64::from_be_bytes(bytes)
        }
    }
}
