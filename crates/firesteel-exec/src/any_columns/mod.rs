//! Random columns for tests: every type in every encoding, beside their values as a model that compares as SQL does.
//!
//! ```text
//! type ──values_of──▶ a few cells, the odd ones among them ──any_column──▶ rows of cells │ the same rows as a Column
//! ```

mod cells;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Decimal64Array, DictionaryArray, Int32Array};
use arrow::datatypes::Int32Type;
use firesteel_common::SqlType;
use firesteel_expr::batch::{Batch, Selection};
use firesteel_expr::column::Column;
use proptest::prelude::*;

pub(crate) use cells::{Cell, array_of, cells_of, equal_rows};

pub(crate) fn any_type() -> impl Strategy<Value = SqlType> {
    proptest::sample::select(vec![
        SqlType::Boolean,
        SqlType::TinyInt,
        SqlType::SmallInt,
        SqlType::Int,
        SqlType::BigInt,
        SqlType::Date,
        SqlType::Time(6),
        SqlType::Timestamp,
        SqlType::TimestampNtz,
        SqlType::YEAR_MONTH,
        SqlType::DAY_TIME,
        SqlType::Float,
        SqlType::Double,
        SqlType::decimal(10, 2),
        SqlType::decimal(38, 6),
        SqlType::STRING,
        SqlType::STRING,
        SqlType::Binary,
    ])
}

/// Few values, so that rows meet; those at the ends of the type and those that are easily mistaken for each other.
fn values_of(data_type: &SqlType) -> Vec<Cell> {
    let integers = |values: &[i64]| values.iter().map(|value| Cell::Integer(*value)).collect();
    let bytes = |values: &[&[u8]]| values.iter().map(|value| Cell::Bytes(value.to_vec())).collect();
    match data_type {
        SqlType::Boolean => vec![Cell::Boolean(false), Cell::Boolean(true)],
        SqlType::TinyInt => integers(&[-128, -1, 0, 1, 127]),
        SqlType::SmallInt => integers(&[i16::MIN.into(), -1, 0, 1, 256, i16::MAX.into()]),
        SqlType::Int | SqlType::Date | SqlType::YearMonthInterval(..) => {
            integers(&[i32::MIN.into(), -1, 0, 1, 65_536, i32::MAX.into()])
        }
        SqlType::Time(_) => integers(&[0, 1_000, 86_399_999_999_000]),
        SqlType::Float | SqlType::Double => {
            let odd =
                [f64::NAN, -f64::NAN, 0.0, -0.0, 1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::from(f32::MIN)];
            odd.iter().map(|value| Cell::Float(*value)).collect()
        }
        SqlType::Decimal { precision, .. } if *precision > 18 => {
            let end = 10i128.pow(38) - 1;
            [-end, -(1 << 64), -1, 0, 1, 1 << 64, end].iter().map(|value| Cell::Decimal(*value)).collect()
        }
        SqlType::Decimal { .. } => {
            [-9_999_999_999, -1, 0, 1, 9_999_999_999].iter().map(|v| Cell::Decimal(*v)).collect()
        }
        SqlType::Binary => bytes(&[b"", b"\0", b"\0\0", b"a", b"a\0", b"\xff", b"a prefix of more than 12 bytes\0"]),
        SqlType::String(_) => bytes(&[
            b"",
            b"\0",
            b"a",
            b"a\0",
            b"ab",
            b"seven b",
            b"eight by",
            b"twelve bytes",
            b"thirteen byte",
            b"a long common prefix, beyond what fits inline: a",
            b"a long common prefix, beyond what fits inline: b",
            b"a long common prefix, beyond what fits inline: ",
            "été".as_bytes(),
        ]),
        _ => integers(&[i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 32, i64::MAX]),
    }
}

#[derive(Debug, Clone)]
pub(crate) struct AnyColumn {
    pub(crate) data_type: SqlType,
    pub(crate) cells: Vec<Cell>,
    pub(crate) column: Column,
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Flat,
    /// Behind and before rows of other arrays.
    Sliced,
    Dictionary,
    /// A dictionary that has NULL among its values, as functions of a dictionary's values leave it.
    NullInDictionary,
    SlicedDictionary,
    /// Decimals of few digits in 64 bits; else flat.
    Narrow,
    Constant,
}

const ENCODINGS: [Encoding; 7] = [
    Encoding::Flat,
    Encoding::Sliced,
    Encoding::Dictionary,
    Encoding::NullInDictionary,
    Encoding::SlicedDictionary,
    Encoding::Narrow,
    Encoding::Constant,
];

fn encode(data_type: &SqlType, cells: &[Cell], values: &[Cell], encoding: Encoding) -> Column {
    let flat = || array_of(data_type, cells);
    let rows = cells.len();
    match encoding {
        Encoding::Constant if rows > 0 => Column::constant(array_of(data_type, &cells[..1]), rows),
        Encoding::Flat | Encoding::Constant => Column::Array(flat()),
        Encoding::Sliced => Column::Array(array_of(data_type, &framed(cells, values)).slice(3, rows)),
        Encoding::Dictionary => Column::Array(dictionary(data_type, cells, values, false)),
        Encoding::NullInDictionary => Column::Array(dictionary(data_type, cells, values, true)),
        Encoding::SlicedDictionary => {
            Column::Array(dictionary(data_type, &framed(cells, values), values, false).slice(3, rows))
        }
        Encoding::Narrow => match data_type {
            SqlType::Decimal { precision, scale } if *precision <= 18 => {
                let narrow = |cell: &Cell| if let Cell::Decimal(value) = cell { Some(*value as i64) } else { None };
                let narrow: Decimal64Array = cells.iter().map(narrow).collect();
                Column::Array(Arc::new(narrow.with_precision_and_scale(*precision, *scale).expect("digits")))
            }
            _ => Column::Array(flat()),
        },
    }
}

/// Three other rows before, one behind.
fn framed(cells: &[Cell], values: &[Cell]) -> Vec<Cell> {
    let other = values.last().expect("values").clone();
    let before = [other.clone(), Cell::Null, other.clone()];
    before.into_iter().chain(cells.iter().cloned()).chain([other]).collect()
}

/// NULL as a key that is NULL, or as one that points to NULL.
fn dictionary(data_type: &SqlType, cells: &[Cell], values: &[Cell], null_value: bool) -> ArrayRef {
    let same = |a: &Cell, b: &Cell| match (a, b) {
        // Each NaN and zero keeps its bits.
        (Cell::Float(a), Cell::Float(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a.compare(b).is_eq(),
    };
    let mut entries = values.to_vec();
    entries.push(Cell::Null);
    let key = |cell: &Cell| match cell {
        Cell::Null if !null_value => None,
        cell => entries.iter().position(|entry| same(entry, cell)).map(|at| at as i32),
    };
    let keys: Int32Array = cells.iter().map(key).collect();
    let entries = if null_value { &entries[..] } else { values };
    Arc::new(DictionaryArray::<Int32Type>::new(keys, array_of(data_type, entries)))
}

pub(crate) fn any_column(data_type: SqlType, rows: usize) -> impl Strategy<Value = AnyColumn> {
    let values = values_of(&data_type);
    let at = proptest::option::weighted(0.85, 0..values.len());
    let encodings = proptest::sample::select(ENCODINGS.to_vec());
    (proptest::collection::vec(at, rows), encodings).prop_map(move |(places, encoding)| {
        let mut cells: Vec<Cell> = places.iter().map(|at| at.map_or(Cell::Null, |at| values[at].clone())).collect();
        if matches!(encoding, Encoding::Constant) {
            cells = vec![cells.first().cloned().unwrap_or(Cell::Null); rows];
        }
        let column = encode(&data_type, &cells, &values, encoding);
        AnyColumn { data_type: data_type.clone(), cells, column }
    })
}

/// Columns of the same rows.
#[derive(Debug, Clone)]
pub(crate) struct AnyBatch {
    pub(crate) columns: Vec<AnyColumn>,
    pub(crate) rows: usize,
    /// Which rows count, for those who look at selections.
    chosen: Option<Vec<u32>>,
}

impl AnyBatch {
    pub(crate) fn columns(&self) -> Vec<Column> {
        self.columns.iter().map(|column| column.column.clone()).collect()
    }

    pub(crate) fn row(&self, row: usize) -> Vec<Cell> {
        self.columns.iter().map(|column| column.cells[row].clone()).collect()
    }

    /// A batch, behind a selection perhaps.
    pub(crate) fn batch(&self) -> Batch {
        let batch = Batch::new(self.columns(), self.rows);
        match &self.chosen {
            Some(rows) => batch.with_selection(Selection::from_indices(rows.clone().into())),
            None => batch,
        }
    }

    /// The rows of [`AnyBatch::batch`].
    pub(crate) fn chosen_rows(&self) -> Vec<Vec<Cell>> {
        match &self.chosen {
            Some(rows) => rows.iter().map(|row| self.row(*row as usize)).collect(),
            None => (0..self.rows).map(|row| self.row(row)).collect(),
        }
    }
}

fn any_batch(types: Vec<SqlType>, rows_max: usize) -> impl Strategy<Value = AnyBatch> {
    (0..=rows_max).prop_flat_map(move |rows| {
        let columns: Vec<_> = types.iter().map(|data_type| any_column(data_type.clone(), rows)).collect();
        let chosen = proptest::option::of(proptest::collection::vec(any::<bool>(), rows));
        (columns, chosen).prop_map(move |(columns, chosen)| {
            let chosen = chosen.map(|keep| (0..rows as u32).filter(|row| keep[*row as usize]).collect());
            AnyBatch { columns, rows, chosen }
        })
    })
}

/// One to `columns_max` types, and batches of columns of these types.
pub(crate) fn any_batches(columns_max: usize, rows_max: usize) -> impl Strategy<Value = (Vec<SqlType>, Vec<AnyBatch>)> {
    proptest::collection::vec(any_type(), 1..=columns_max).prop_flat_map(move |types| {
        let batches = proptest::collection::vec(any_batch(types.clone(), rows_max), 1..5);
        (Just(types), batches)
    })
}
