//! Keys that travel as numbers of dictionary entries are looked up by those numbers.
//!
//! ```text
//! key columns ──▶ a code per row: dictionaries' numbers side by side (columns with one set of numbers once), small values
//! code ──seen before──▶ its group
//!      └──new──▶ the first row of each goes the long way, through its values
//! ```
//! A code is no key: entries may repeat, so that two codes may be of one group. Strings that a join brought along are
//! compared once per row of the join's held side that way, and not once per row.

use std::ops::{BitOr, Shl};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array};
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::{Column, same_numbers};

use super::group_table::{Directory, insert_words};
use super::words::{each_word, fixed_bits};
use crate::hash::{hash_double_word, hash_word};

/// Codes of at most so many bits are places in an array.
const DENSE_BITS: u32 = 20;
/// Grouping sets make as many; more have none.
const SHAPES_MAX: usize = 16;
/// After so many rows it shows whether codes come again.
const TRIAL_ROWS: usize = 64 * 1024;

/// The codes of one table.
#[derive(Default)]
pub(super) struct Codes {
    shapes: Vec<Shape>,
}

/// Which columns make up codes, and the codes seen.
struct Shape {
    parts: Vec<Part>,
    /// `None`: codes hardly ever came again.
    lookup: Option<Lookup>,
    /// The group of each code, by the order in which codes were first seen.
    groups: Vec<u32>,
    rows: usize,
}

enum Part {
    /// The dictionary, and which column before has the same numbers.
    Dictionary { entries: ArrayRef, like: Option<usize>, bits: u32 },
    /// A value of so many bits, and one that says whether it is NULL.
    Word(u32),
    /// NULL in every row.
    Null,
}

enum Lookup {
    /// By code: its place in the order, plus one.
    Dense(Vec<u32>),
    Word(Directory, Vec<u64>),
    DoubleWord(Directory, Vec<u128>),
}

/// What a batch's codes say.
pub(super) struct Found {
    shape: usize,
    /// By row, in the order of the codes.
    places: Vec<u32>,
    /// The first row of each new code.
    pub(super) new: Option<UInt32Array>,
}

impl Codes {
    /// `None`: these columns have no codes, or codes are of no use.
    pub(super) fn find(&mut self, columns: &[Column], types: &[SqlType], rows: usize) -> Result<Option<Found>> {
        if columns.iter().all(|column| column.as_dictionary().is_none()) {
            return Ok(None);
        }
        let Some(parts) = parts(columns, types) else { return Ok(None) };
        let at = match self.shapes.iter().position(|shape| alike(&shape.parts, &parts)) {
            Some(at) => at,
            None if self.shapes.len() == SHAPES_MAX => return Ok(None),
            None => {
                self.shapes.push(Shape::new(parts));
                self.shapes.len() - 1
            }
        };
        let shape = &mut self.shapes[at];
        let Some(places) = shape.places(columns, rows)? else { return Ok(None) };
        let mut next = shape.groups.len() as u32;
        let first = |(row, place): (usize, &u32)| {
            let is_new = *place == next;
            next += u32::from(is_new);
            is_new.then_some(row as u32)
        };
        let new: Vec<u32> = places.iter().enumerate().filter_map(first).collect();
        let new = (!new.is_empty()).then(|| UInt32Array::from(new));
        Ok(Some(Found { shape: at, places, new }))
    }

    /// The group of each row, when those of the new codes are known.
    pub(super) fn resolve(&mut self, found: &Found, new: &[u32], groups: &mut Vec<u32>) {
        let known = &mut self.shapes[found.shape].groups;
        known.extend(new);
        groups.clear();
        groups.extend(found.places.iter().map(|place| known[*place as usize]));
    }

    pub(super) fn memory_size(&self) -> usize {
        self.shapes
            .iter()
            .map(|shape| shape.groups.capacity() * 4 + shape.lookup.as_ref().map_or(0, Lookup::memory_size))
            .sum()
    }
}

/// `None`: some column is neither a dictionary nor small.
fn parts(columns: &[Column], types: &[SqlType]) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::with_capacity(columns.len());
    for (at, (column, data_type)) in columns.iter().zip(types).enumerate() {
        let part = match column.as_dictionary() {
            Some(dictionary) if dictionary.keys().null_count() == 0 => {
                let like = columns[..at].iter().position(|other| {
                    other.as_dictionary().is_some_and(|other| same_numbers(other.keys(), dictionary.keys()))
                });
                let bits = usize::BITS - dictionary.values().len().leading_zeros();
                Part::Dictionary { entries: Arc::clone(dictionary.values()), like, bits }
            }
            Some(_) => return None,
            None if column.is_constant_null() => Part::Null,
            None => Part::Word(fixed_bits(data_type)?),
        };
        parts.push(part);
    }
    (parts.iter().map(Part::bits).sum::<u32>() <= u128::BITS).then_some(parts)
}

fn alike(known: &[Part], parts: &[Part]) -> bool {
    known.iter().zip(parts).all(|pair| match pair {
        (Part::Dictionary { entries: a, like: i, .. }, Part::Dictionary { entries: b, like: j, .. }) => {
            Arc::ptr_eq(a, b) && i == j
        }
        (Part::Word(_), Part::Word(_)) | (Part::Null, Part::Null) => true,
        _ => false,
    })
}

impl Part {
    fn bits(&self) -> u32 {
        match self {
            Part::Dictionary { like: None, bits, .. } => *bits,
            Part::Dictionary { .. } | Part::Null => 0,
            Part::Word(bits) => *bits + 1,
        }
    }
}

impl Shape {
    fn new(parts: Vec<Part>) -> Self {
        let lookup = match parts.iter().map(Part::bits).sum::<u32>() {
            bits @ 0..=DENSE_BITS => Lookup::Dense(vec![0; 1 << bits]),
            0..=64 => Lookup::Word(Directory::new(), Vec::new()),
            _ => Lookup::DoubleWord(Directory::new(), Vec::new()),
        };
        Self { parts, lookup: Some(lookup), groups: Vec::new(), rows: 0 }
    }

    /// By row: the place of its code in the order in which codes were first seen.
    fn places(&mut self, columns: &[Column], rows: usize) -> Result<Option<Vec<u32>>> {
        if self.rows > TRIAL_ROWS && self.groups.len() > self.rows / 2 {
            self.lookup = None;
            self.groups = Vec::new();
        }
        let Some(lookup) = &mut self.lookup else { return Ok(None) };
        self.rows += rows;
        let mut places = Vec::with_capacity(rows);
        match lookup {
            Lookup::Dense(table) => {
                let mut next = self.groups.len() as u32;
                for code in codes::<u64>(&self.parts, columns, rows)? {
                    let place = &mut table[code as usize];
                    if *place == 0 {
                        next += 1;
                        *place = next;
                    }
                    places.push(*place - 1);
                }
            }
            Lookup::Word(directory, seen) => {
                let codes = codes(&self.parts, columns, rows)?;
                insert_words(directory, seen, &codes, &mut places, hash_word);
            }
            Lookup::DoubleWord(directory, seen) => {
                let codes = codes(&self.parts, columns, rows)?;
                insert_words(directory, seen, &codes, &mut places, hash_double_word);
            }
        }
        Ok(Some(places))
    }
}

/// The code of each row; codes have at most as many bits as `W`.
fn codes<W>(parts: &[Part], columns: &[Column], rows: usize) -> Result<Vec<W>>
where
    W: Copy + From<u64> + Shl<u32, Output = W> + BitOr<Output = W>,
{
    let mut codes = vec![W::from(0); rows];
    let mut shift = 0;
    for (part, column) in parts.iter().zip(columns) {
        match part {
            Part::Dictionary { like: None, .. } => {
                let numbers = column.as_dictionary().map_or(&[][..], |dictionary| dictionary.keys().values());
                let number = |number: i32| W::from(u64::from(number as u32)) << shift;
                codes.iter_mut().zip(numbers).for_each(|(code, at)| *code = *code | number(*at));
            }
            Part::Word(bits) => {
                let nulls = column.nulls_buffer();
                let (mut row, mask) = (0, u64::MAX >> (64 - bits));
                each_word(column, &mut |word| {
                    // NULL is zero.
                    if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
                        codes[row] = codes[row] | (W::from(word & mask) << 1 | W::from(1)) << shift;
                    }
                    row += 1;
                })?;
            }
            Part::Dictionary { .. } | Part::Null => {}
        }
        shift += part.bits();
    }
    Ok(codes)
}

impl Lookup {
    fn memory_size(&self) -> usize {
        match self {
            Lookup::Dense(table) => table.capacity() * 4,
            Lookup::Word(directory, codes) => directory.memory_size() + codes.capacity() * 8,
            Lookup::DoubleWord(directory, codes) => directory.memory_size() + codes.capacity() * 16,
        }
    }
}
