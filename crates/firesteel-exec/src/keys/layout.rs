//! Which form keys have, and how columns become keys and keys columns.
//!
//! A layout packs what it can: it leaves out null bits where no NULL was seen and takes strings as words while all are
//! short. A batch that does not fit asks for a wider layout; each column can widen twice only.

use arrow::array::{ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::column::Column;

use super::words::{SHORT_STRING, all_short, array_of_words, each_word, fixed_bits};
use super::{canonical, with_plain_floats};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyForm {
    Word,
    DoubleWord,
    /// One string or binary column: its bytes.
    Bytes,
    /// Anything: Arrow's row encoding.
    Row,
}

/// What batches have shown of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Shown {
    nulls: bool,
    long_strings: bool,
}

/// A column's place in a packed key.
#[derive(Debug, Clone, Copy)]
struct Slot {
    bits: u32,
    shift: u32,
    /// Set when the value is NULL; the value's bits are then zero.
    null_shift: Option<u32>,
}

pub(crate) struct KeyLayout {
    types: Vec<SqlType>,
    shown: Vec<Shown>,
    form: KeyForm,
    /// Of packed forms.
    slots: Vec<Slot>,
    /// Of rows.
    converter: Option<RowConverter>,
}

/// A batch's keys in a layout's form.
pub(crate) enum BatchKeys {
    Word(Vec<u64>),
    DoubleWord(Vec<u128>),
    /// A view array, string or binary.
    Bytes(ArrayRef),
    Row(Rows),
}

impl KeyLayout {
    /// The narrowest: for tables that can widen theirs.
    pub(crate) fn narrow(types: Vec<SqlType>) -> Result<Self> {
        let shown = vec![Shown::default(); types.len()];
        Self::of(types, shown)
    }

    /// Whatever the strings, with room for the NULLs of some columns: never needs to widen. Keys are not looked at as bytes
    /// where they may be NULL.
    pub(crate) fn for_join(types: Vec<SqlType>, nulls: &[bool]) -> Result<Self> {
        let shown: Vec<_> = nulls.iter().map(|nulls| Shown { nulls: *nulls, long_strings: true }).collect();
        match (types.as_slice(), nulls) {
            ([only], [true]) if is_bytes(only) => Self::in_form(KeyForm::Row, Vec::new(), types, shown),
            _ => Self::of(types, shown),
        }
    }

    fn of(types: Vec<SqlType>, shown: Vec<Shown>) -> Result<Self> {
        let (form, slots) = match pack(&types, &shown) {
            Some((slots, 0..=64)) => (KeyForm::Word, slots),
            Some((slots, _)) => (KeyForm::DoubleWord, slots),
            None if matches!(types.as_slice(), [only] if is_bytes(only)) => (KeyForm::Bytes, Vec::new()),
            None => (KeyForm::Row, Vec::new()),
        };
        Self::in_form(form, slots, types, shown)
    }

    fn in_form(form: KeyForm, slots: Vec<Slot>, types: Vec<SqlType>, shown: Vec<Shown>) -> Result<Self> {
        let converter = match form {
            KeyForm::Row => Some(RowConverter::new(types.iter().map(|t| SortField::new(t.to_arrow())).collect())?),
            _ => None,
        };
        Ok(Self { types, shown, form, slots, converter })
    }

    pub(crate) fn form(&self) -> KeyForm {
        self.form
    }

    pub(crate) fn types(&self) -> &[SqlType] {
        &self.types
    }

    /// The layout that these columns need when it is not this one.
    pub(crate) fn widened_for(&self, columns: &[Column]) -> Result<Option<KeyLayout>> {
        let mut shown = self.shown.clone();
        for ((column, data_type), shown) in columns.iter().zip(&self.types).zip(&mut shown) {
            shown.nulls |= column.nulls_buffer().is_some();
            shown.long_strings |= is_bytes(data_type) && !shown.long_strings && !all_short(column);
        }
        if shown == self.shown {
            return Ok(None);
        }
        Ok(Some(Self::of(self.types.clone(), shown)?))
    }

    /// The keys of rows. What the layout has no room for must not occur (ask `widened_for`), except NULLs whose keys
    /// nobody looks at.
    pub(crate) fn encode(&self, columns: &[Column], rows: usize) -> Result<BatchKeys> {
        Ok(match self.form {
            KeyForm::Word => {
                let mut words = vec![0u64; rows];
                for (column, slot) in columns.iter().zip(&self.slots) {
                    let mut at = words.iter_mut();
                    let mask = low_bits(slot.bits);
                    each_word(column, &mut |word| {
                        if let Some(key) = at.next() {
                            *key |= (word & mask) << slot.shift;
                        }
                    })?;
                    mark_nulls(column, slot, |row, keep, mark| words[row] = words[row] & keep as u64 | mark as u64);
                }
                BatchKeys::Word(words)
            }
            KeyForm::DoubleWord => {
                let mut words = vec![0u128; rows];
                for (column, slot) in columns.iter().zip(&self.slots) {
                    let mut at = words.iter_mut();
                    let mask = low_bits(slot.bits);
                    each_word(column, &mut |word| {
                        if let Some(key) = at.next() {
                            *key |= u128::from(word & mask) << slot.shift;
                        }
                    })?;
                    mark_nulls(column, slot, |row, keep, mark| words[row] = words[row] & keep | mark);
                }
                BatchKeys::DoubleWord(words)
            }
            KeyForm::Bytes => BatchKeys::Bytes(canonical(&columns[0], &self.types[0])?),
            KeyForm::Row => {
                let arrays = columns.iter().zip(&self.types);
                let arrays: Vec<_> =
                    arrays.map(|(column, t)| canonical(column, t).map(with_plain_floats)).collect::<Result<_>>()?;
                BatchKeys::Row(self.converter()?.convert_columns(&arrays)?)
            }
        })
    }

    fn converter(&self) -> Result<&RowConverter> {
        self.converter.as_ref().ok_or_else(|| internal!("a layout of rows without a converter"))
    }

    /// The key columns of packed keys.
    pub(crate) fn decode_words(&self, keys: &[u64]) -> Result<Vec<ArrayRef>> {
        self.decode_packed(keys.len(), |at| u128::from(keys[at]))
    }

    pub(crate) fn decode_double_words(&self, keys: &[u128]) -> Result<Vec<ArrayRef>> {
        self.decode_packed(keys.len(), |at| keys[at])
    }

    fn decode_packed(&self, rows: usize, key: impl Fn(usize) -> u128) -> Result<Vec<ArrayRef>> {
        let decode = |(slot, data_type): (&Slot, &SqlType)| {
            let nulls = slot.null_shift.map(|shift| (0..rows).map(|at| key(at) >> shift & 1 == 0).collect());
            let nulls = nulls.map(NullBuffer::new).filter(|nulls| nulls.null_count() > 0);
            let words = (0..rows).map(|at| (key(at) >> slot.shift) as u64 & low_bits(slot.bits));
            array_of_words(words, nulls, data_type)
        };
        self.slots.iter().zip(&self.types).map(decode).collect()
    }

    /// The key columns of encoded rows.
    pub(crate) fn decode_rows<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<Vec<ArrayRef>> {
        let converter = self.converter()?;
        let parser = converter.parser();
        Ok(converter.convert_rows(rows.map(|bytes| parser.parse(bytes)))?)
    }
}

impl BatchKeys {
    pub(crate) fn memory_size(&self) -> usize {
        match self {
            BatchKeys::Word(words) => words.len() * 8,
            BatchKeys::DoubleWord(words) => words.len() * 16,
            BatchKeys::Bytes(array) => array.get_array_memory_size(),
            BatchKeys::Row(rows) => rows.size(),
        }
    }
}

fn is_bytes(data_type: &SqlType) -> bool {
    matches!(data_type.to_arrow(), DataType::Utf8View | DataType::BinaryView)
}

fn low_bits(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

/// The slots and how many bits they take; `None` when they do not fit two words.
fn pack(types: &[SqlType], shown: &[Shown]) -> Option<(Vec<Slot>, u32)> {
    let mut end = 0;
    let mut slots = Vec::with_capacity(types.len());
    for (data_type, shown) in types.iter().zip(shown) {
        let bits = match is_bytes(data_type) {
            true if shown.long_strings => return None,
            true => (SHORT_STRING + 1) * 8,
            false => fixed_bits(data_type)?,
        };
        slots.push(Slot { bits, shift: end, null_shift: None });
        end += bits;
    }
    for (slot, _) in slots.iter_mut().zip(shown).filter(|(_, shown)| shown.nulls) {
        slot.null_shift = Some(end);
        end += 1;
    }
    (end <= 128).then_some((slots, end))
}

/// Calls back for each NULL with what to keep of the key and what to set in it.
fn mark_nulls(column: &Column, slot: &Slot, mut set: impl FnMut(usize, u128, u128)) {
    let (Some(null_shift), Some(nulls)) = (slot.null_shift, column.nulls_buffer()) else { return };
    let keep = !(u128::from(low_bits(slot.bits)) << slot.shift);
    let invalid = nulls.iter().enumerate().filter(|(_, valid)| !valid);
    invalid.for_each(|(row, _)| set(row, keep, 1 << null_shift));
}

/// The bytes of one row of a view array.
#[inline]
pub(crate) fn view_bytes(array: &ArrayRef) -> Result<ViewBytes<'_>> {
    match array.data_type() {
        DataType::Utf8View => Ok(ViewBytes::Text(array.as_string_view())),
        DataType::BinaryView => Ok(ViewBytes::Binary(array.as_binary_view())),
        other => Err(internal!("keys of {other} are no bytes")),
    }
}

#[derive(Clone, Copy)]
pub(crate) enum ViewBytes<'a> {
    Text(&'a arrow::array::StringViewArray),
    Binary(&'a arrow::array::BinaryViewArray),
}

impl ViewBytes<'_> {
    #[inline]
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        match self {
            ViewBytes::Text(array) => array.value(at).as_bytes(),
            ViewBytes::Binary(array) => array.value(at),
        }
    }
}
