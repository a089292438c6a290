//! Keys one after the other, by number.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryViewBuilder, StringViewBuilder};
use firesteel_common::{Result, SqlType, internal};

use super::layout::{KeyForm, KeyLayout};

/// Keys in the form of a layout.
pub(crate) enum KeyStore {
    Word(Vec<u64>),
    DoubleWord(Vec<u128>),
    Bytes(ByteStore),
    Row(ByteStore),
}

/// Byte strings in one heap. One of them may be NULL, which no byte string equals.
#[derive(Default)]
pub(crate) struct ByteStore {
    heap: Vec<u8>,
    ends: Vec<usize>,
    null: Option<u32>,
}

impl ByteStore {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.heap[start..self.ends[at]]
    }

    #[inline]
    pub(crate) fn equals(&self, at: usize, key: Option<&[u8]>) -> bool {
        let is_null = self.null == Some(at as u32);
        match key {
            Some(key) => !is_null && self.get(at) == key,
            None => is_null,
        }
    }

    pub(crate) fn push(&mut self, key: Option<&[u8]>) {
        match key {
            Some(key) => self.heap.extend_from_slice(key),
            None => self.null = Some(self.ends.len() as u32),
        }
        self.ends.push(self.heap.len());
    }

    fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> {
        (0..self.len()).map(|at| (self.null != Some(at as u32)).then(|| self.get(at)))
    }

    fn memory_size(&self) -> usize {
        self.heap.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}

impl KeyStore {
    pub(crate) fn new(form: KeyForm) -> Self {
        match form {
            KeyForm::Word => KeyStore::Word(Vec::new()),
            KeyForm::DoubleWord => KeyStore::DoubleWord(Vec::new()),
            KeyForm::Bytes => KeyStore::Bytes(ByteStore::default()),
            KeyForm::Row => KeyStore::Row(ByteStore::default()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            KeyStore::Word(words) => words.len(),
            KeyStore::DoubleWord(words) => words.len(),
            KeyStore::Bytes(bytes) | KeyStore::Row(bytes) => bytes.len(),
        }
    }

    pub(crate) fn memory_size(&self) -> usize {
        match self {
            KeyStore::Word(words) => words.capacity() * 8,
            KeyStore::DoubleWord(words) => words.capacity() * 16,
            KeyStore::Bytes(bytes) | KeyStore::Row(bytes) => bytes.memory_size(),
        }
    }

    /// The key columns, flat and canonical.
    pub(crate) fn decode(&self, layout: &KeyLayout) -> Result<Vec<ArrayRef>> {
        match self {
            KeyStore::Word(words) => layout.decode_words(words),
            KeyStore::DoubleWord(words) => layout.decode_double_words(words),
            KeyStore::Bytes(bytes) => Ok(vec![byte_column(bytes, &layout.types()[0])?]),
            KeyStore::Row(bytes) => layout.decode_rows(bytes.iter().map(Option::unwrap_or_default)),
        }
    }
}

fn byte_column(bytes: &ByteStore, data_type: &SqlType) -> Result<ArrayRef> {
    if !data_type.is_string() {
        let mut builder = BinaryViewBuilder::with_capacity(bytes.len());
        bytes.iter().for_each(|value| builder.append_option(value));
        return Ok(Arc::new(builder.finish()));
    }
    let mut builder = StringViewBuilder::with_capacity(bytes.len());
    for value in bytes.iter() {
        let text = value.map(str::from_utf8).transpose();
        builder.append_option(text.map_err(|error| internal!("a key that is no text: {error}"))?);
    }
    Ok(Arc::new(builder.finish()))
}
