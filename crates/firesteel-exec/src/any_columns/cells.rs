//! Values one by one, and arrays of them.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BinaryViewArray, BooleanArray, PrimitiveArray, StringViewArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, IntervalYearMonthType, Time64NanosecondType, TimestampMicrosecondType,
};
use firesteel_common::SqlType;

#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(i128),
    Float(f64),
    Bytes(Vec<u8>),
}

impl Cell {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    /// As SQL orders values that are not NULL: NaN equals itself and is greatest, zeros are equal, text goes by bytes.
    /// For grouping NULLs are equal, too; here they are least.
    pub(crate) fn compare(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Null, Cell::Null) => Ordering::Equal,
            (Cell::Null, _) => Ordering::Less,
            (_, Cell::Null) => Ordering::Greater,
            (Cell::Boolean(a), Cell::Boolean(b)) => a.cmp(b),
            (Cell::Integer(a), Cell::Integer(b)) => a.cmp(b),
            (Cell::Decimal(a), Cell::Decimal(b)) => a.cmp(b),
            (Cell::Float(a), Cell::Float(b)) => match (a.is_nan(), b.is_nan()) {
                (false, false) => a.partial_cmp(b).expect("numbers"),
                (a, b) => a.cmp(&b),
            },
            (Cell::Bytes(a), Cell::Bytes(b)) => a.cmp(b),
            (a, b) => panic!("cells of two types: {a:?} and {b:?}"),
        }
    }
}

pub(crate) fn equal_rows(a: &[Cell], b: &[Cell]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.compare(b).is_eq())
}

/// The canonical array of the type.
pub(crate) fn array_of(data_type: &SqlType, cells: &[Cell]) -> ArrayRef {
    fn primitive<T: ArrowPrimitiveType>(
        cells: &[Cell],
        data_type: &SqlType,
        value: impl Fn(&Cell) -> T::Native,
    ) -> ArrayRef {
        let values = cells.iter().map(|cell| (!cell.is_null()).then(|| value(cell)));
        Arc::new(values.collect::<PrimitiveArray<T>>().with_data_type(data_type.to_arrow()))
    }
    fn integer(cell: &Cell) -> i64 {
        let Cell::Integer(value) = cell else { panic!("no integer: {cell:?}") };
        *value
    }
    fn float(cell: &Cell) -> f64 {
        let Cell::Float(value) = cell else { panic!("no float: {cell:?}") };
        *value
    }
    fn bytes(cell: &Cell) -> Option<&[u8]> {
        if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None }
    }
    match data_type.to_arrow() {
        DataType::Boolean => {
            let value = |cell: &Cell| if let Cell::Boolean(value) = cell { Some(*value) } else { None };
            Arc::new(cells.iter().map(value).collect::<BooleanArray>())
        }
        DataType::Int8 => primitive::<Int8Type>(cells, data_type, |cell| integer(cell) as i8),
        DataType::Int16 => primitive::<Int16Type>(cells, data_type, |cell| integer(cell) as i16),
        DataType::Int32 => primitive::<Int32Type>(cells, data_type, |cell| integer(cell) as i32),
        DataType::Int64 => primitive::<Int64Type>(cells, data_type, integer),
        DataType::Date32 => primitive::<Date32Type>(cells, data_type, |cell| integer(cell) as i32),
        DataType::Time64(_) => primitive::<Time64NanosecondType>(cells, data_type, integer),
        DataType::Timestamp(..) => primitive::<TimestampMicrosecondType>(cells, data_type, integer),
        DataType::Interval(_) => primitive::<IntervalYearMonthType>(cells, data_type, |cell| integer(cell) as i32),
        DataType::Duration(_) => primitive::<DurationMicrosecondType>(cells, data_type, integer),
        DataType::Float32 => primitive::<Float32Type>(cells, data_type, |cell| float(cell) as f32),
        DataType::Float64 => primitive::<Float64Type>(cells, data_type, float),
        DataType::Decimal128(..) => primitive::<Decimal128Type>(cells, data_type, |cell| {
            let Cell::Decimal(value) = cell else { panic!("no decimal: {cell:?}") };
            *value
        }),
        DataType::Utf8View => {
            let text = |cell| bytes(cell).map(|bytes| str::from_utf8(bytes).expect("text"));
            Arc::new(cells.iter().map(text).collect::<StringViewArray>())
        }
        DataType::BinaryView => Arc::new(cells.iter().map(bytes).collect::<BinaryViewArray>()),
        other => panic!("no arrays of {other}"),
    }
}

/// The way back.
pub(crate) fn cells_of(array: &ArrayRef) -> Vec<Cell> {
    let integers = |array: &ArrayRef| {
        let array = arrow::compute::cast(array, &DataType::Int64).expect("integers underneath");
        array.as_primitive::<Int64Type>().iter().map(|v| v.map_or(Cell::Null, Cell::Integer)).collect()
    };
    match array.data_type() {
        DataType::Boolean => array.as_boolean().iter().map(|v| v.map_or(Cell::Null, Cell::Boolean)).collect(),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().iter();
            values.map(|v| v.map_or(Cell::Null, |v| Cell::Float(f64::from(v)))).collect()
        }
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().iter().map(|v| v.map_or(Cell::Null, Cell::Float)).collect()
        }
        DataType::Decimal128(..) => {
            array.as_primitive::<Decimal128Type>().iter().map(|v| v.map_or(Cell::Null, Cell::Decimal)).collect()
        }
        DataType::Utf8View => {
            let values = array.as_string_view().iter();
            values.map(|v| v.map_or(Cell::Null, |v| Cell::Bytes(v.as_bytes().to_vec()))).collect()
        }
        DataType::BinaryView => {
            array.as_binary_view().iter().map(|v| v.map_or(Cell::Null, |v| Cell::Bytes(v.to_vec()))).collect()
        }
        DataType::Interval(_) => {
            let values = array.as_primitive::<IntervalYearMonthType>().iter();
            values.map(|v| v.map_or(Cell::Null, |v| Cell::Integer(v.into()))).collect()
        }
        DataType::Date32 => integers(&arrow::compute::cast(array, &DataType::Int32).expect("days")),
        _ => integers(array),
    }
}
