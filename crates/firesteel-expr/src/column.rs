//! One column of a batch, in whatever encoding it travels.

use std::sync::Arc;

use arrow::array::{
    AnyDictionaryArray, Array, ArrayRef, AsArray, Decimal128Array, DictionaryArray, Int32Array, Scalar, UInt32Array,
    new_null_array,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Decimal64Type, Decimal128Type, Int32Type};
use firesteel_common::{Result, SqlType, internal};

/// A column's values. The logical type is the plan's affair; the encoding is seen here:
///
/// | encoding | carrier |
/// | --- | --- |
/// | flat | the canonical Arrow array of the type |
/// | narrow decimal | `Decimal64Array` of the type's scale while every value fits i64; its precision says nothing |
/// | dictionary | Arrow's `DictionaryArray<Int32, _>` |
/// | constant | one row, repeated |
#[derive(Debug, Clone)]
pub enum Column {
    Array(ArrayRef),
    /// A one-row array and how often it repeats.
    Constant(ArrayRef, usize),
}

impl Column {
    pub fn constant(one_row: ArrayRef, rows: usize) -> Self {
        debug_assert_eq!(one_row.len(), 1);
        Column::Constant(one_row, rows)
    }

    /// All NULL.
    pub fn nulls(data_type: &SqlType, rows: usize) -> Self {
        Column::Constant(new_null_array(&data_type.to_arrow(), 1), rows)
    }

    pub fn len(&self) -> usize {
        match self {
            Column::Array(array) => array.len(),
            Column::Constant(_, rows) => *rows,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The encoding's Arrow type, which need not be the canonical one.
    pub fn arrow_type(&self) -> &DataType {
        match self {
            Column::Array(array) | Column::Constant(array, _) => array.data_type(),
        }
    }

    /// The values as they are: `len` of them, or one for a constant.
    pub fn values(&self) -> &ArrayRef {
        match self {
            Column::Array(array) | Column::Constant(array, _) => array,
        }
    }

    pub fn is_constant(&self) -> bool {
        matches!(self, Column::Constant(..))
    }

    /// The column as numbers of entries, if it travels so.
    pub fn as_dictionary(&self) -> Option<&DictionaryArray<Int32Type>> {
        match self {
            Column::Array(array) => array.as_any().downcast_ref(),
            Column::Constant(..) => None,
        }
    }

    /// The values with these numbers: strings as a dictionary, so that who needs their bytes gathers them, after filters
    /// and joins; values of fixed width at once. No number is NULL.
    pub fn late(values: &ArrayRef, numbers: &Int32Array) -> Result<Column> {
        Ok(Column::Array(match values.data_type() {
            DataType::Utf8View | DataType::BinaryView => {
                Arc::new(DictionaryArray::try_new(numbers.clone(), Arc::clone(values))?)
            }
            _ => arrow::compute::take(values, numbers, None)?,
        }))
    }

    /// Whether this is one NULL, repeated.
    pub fn is_constant_null(&self) -> bool {
        matches!(self, Column::Constant(array, _) if array.is_null(0) || array.data_type() == &DataType::Null)
    }

    /// The same values one by one: constants repeated, dictionaries unpacked, narrow decimals widened. What a kernel
    /// that knows no encoding works on.
    pub fn flat(&self) -> Result<ArrayRef> {
        match self {
            Column::Array(array) => unpack(array),
            Column::Constant(array, rows) => {
                let array = unpack(array)?;
                if array.is_null(0) {
                    return Ok(new_null_array(array.data_type(), *rows));
                }
                Ok(arrow::compute::take(&array, &UInt32Array::from(vec![0; *rows]), None)?)
            }
        }
    }

    /// Like [`Column::flat`], with the digits of the logical type: a decimal may travel with fewer or more than it has
    /// in the plan (a product of two narrow decimals stays narrow while its values fit).
    pub fn flat_as(&self, data_type: &SqlType) -> Result<ArrayRef> {
        let flat = self.flat()?;
        match (data_type, flat.data_type()) {
            (SqlType::Decimal { precision, scale }, DataType::Decimal128(p, s)) if (precision, scale) != (p, s) => {
                debug_assert_eq!(scale, s, "a decimal of another scale");
                let array = flat.as_primitive::<Decimal128Type>().clone();
                Ok(Arc::new(array.with_precision_and_scale(*precision, *scale)?))
            }
            _ => Ok(flat),
        }
    }

    /// Like [`Column::flat`], but a constant stays one row: for kernels over Arrow's `Datum`.
    pub fn flat_or_scalar(&self) -> Result<FlatOrScalar> {
        match self {
            Column::Array(_) => Ok(FlatOrScalar::Array(self.flat()?)),
            Column::Constant(array, _) => Ok(FlatOrScalar::Scalar(Scalar::new(unpack(array)?))),
        }
    }

    /// The validity of the rows; `None` when no row is NULL.
    pub fn nulls_buffer(&self) -> Option<NullBuffer> {
        match self {
            Column::Array(array) => array.logical_nulls().filter(|nulls| nulls.null_count() > 0),
            Column::Constant(_, rows) => self.is_constant_null().then(|| NullBuffer::new_null(*rows)),
        }
    }

    /// The rows at `indices`, in that order.
    pub fn take(&self, indices: &UInt32Array) -> Result<Column> {
        match self {
            Column::Array(array) => Ok(Column::Array(arrow::compute::take(array, indices, None)?)),
            Column::Constant(array, _) => Ok(Column::Constant(Arc::clone(array), indices.len())),
        }
    }

    /// The rows at `indices` of several columns. Dictionaries that have their numbers in common have them in common
    /// afterwards, too.
    pub fn take_all(columns: &[Column], indices: &UInt32Array) -> Result<Vec<Column>> {
        let mut all = Vec::with_capacity(columns.len());
        let mut taken: Vec<(&Int32Array, Int32Array)> = Vec::new();
        for column in columns {
            let Some(dictionary) = column.as_dictionary() else {
                all.push(column.take(indices)?);
                continue;
            };
            let known = taken.iter().find(|(numbers, _)| same_numbers(numbers, dictionary.keys()));
            let numbers = match known {
                Some((_, numbers)) => numbers.clone(),
                None => {
                    let numbers = arrow::compute::take(dictionary.keys(), indices, None)?;
                    let numbers = numbers.as_primitive::<Int32Type>().clone();
                    taken.push((dictionary.keys(), numbers.clone()));
                    numbers
                }
            };
            all.push(Column::Array(Arc::new(DictionaryArray::try_new(numbers, Arc::clone(dictionary.values()))?)));
        }
        Ok(all)
    }

    pub fn slice(&self, offset: usize, rows: usize) -> Column {
        match self {
            Column::Array(array) => Column::Array(array.slice(offset, rows)),
            Column::Constant(array, _) => Column::Constant(Arc::clone(array), rows),
        }
    }

    /// Bytes held, shared buffers counted in full.
    pub fn memory_size(&self) -> usize {
        self.values().get_array_memory_size()
    }
}

impl From<ArrayRef> for Column {
    fn from(array: ArrayRef) -> Self {
        Column::Array(array)
    }
}

/// An operand of an Arrow kernel.
#[derive(Debug)]
pub enum FlatOrScalar {
    Array(ArrayRef),
    Scalar(Scalar<ArrayRef>),
}

impl arrow::array::Datum for FlatOrScalar {
    fn get(&self) -> (&dyn Array, bool) {
        match self {
            FlatOrScalar::Array(array) => (array.as_ref(), false),
            FlatOrScalar::Scalar(scalar) => scalar.get(),
        }
    }
}

/// The dictionary, if it is one of no more entries than rows: only then may all of its entries be gone through for a batch.
pub fn small_dictionary(array: &ArrayRef) -> Option<&dyn AnyDictionaryArray> {
    array.as_any_dictionary_opt().filter(|dictionary| dictionary.values().len() <= array.len())
}

/// Whether two dictionaries' numbers are the same memory.
pub fn same_numbers(a: &Int32Array, b: &Int32Array) -> bool {
    a.values().as_ptr() == b.values().as_ptr() && a.len() == b.len() && a.null_count() + b.null_count() == 0
}

fn unpack(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Decimal64(precision, scale) => {
            let narrow = array.as_primitive::<Decimal64Type>();
            let wide: Decimal128Array = narrow.unary(i128::from);
            Ok(Arc::new(wide.with_precision_and_scale(*precision, *scale)?))
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary_opt().ok_or_else(|| internal!("a dictionary that is none"))?;
            let values = unpack(dictionary.values())?;
            Ok(arrow::compute::take(&values, dictionary.keys(), None)?)
        }
        _ => Ok(Arc::clone(array)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Decimal64Array;

    #[test]
    fn flat_unpacks_every_encoding() {
        let narrow = Decimal64Array::from(vec![Some(12), None]).with_precision_and_scale(10, 2).expect("digits fit");
        let flat = Column::Array(Arc::new(narrow)).flat().expect("flat");
        assert_eq!(flat.data_type(), &DataType::Decimal128(10, 2));
        assert!(flat.is_null(1));
        let constant = Column::constant(Arc::new(Int32Array::from(vec![7])), 3);
        assert_eq!(constant.flat().expect("flat").as_ref(), &Int32Array::from(vec![7, 7, 7]) as &dyn Array);
        assert_eq!(Column::nulls(&SqlType::Int, 2).flat().expect("flat").null_count(), 2);
    }
}
