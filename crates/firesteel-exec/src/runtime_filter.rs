//! What a join's complete build tells scans on its probe side: which key values can have a partner at all.
//!
//! ```text
//! keys of the build ──▶ none                        nothing passes
//!                       integers: min/max and … few  ▶ the values themselves
//!                                               dense ▶ a bit per value of the range
//!                                               else  ▶ a Bloom filter
//!                       anything else: hashes in a Bloom filter, text with its min/max
//! ```
//! A filter never refuses a value that has a partner; NULL has one only if the build has NULLs that match. Made once, of the whole build, never of a part.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::buffer::BooleanBuffer;
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::Column;

use crate::contract::RuntimeFilter;
use crate::hash::{hash_columns, hash_word};
use crate::keys::canonical;
use crate::keys::words::{each_word, is_integer};
use crate::memory::Reservation;

/// Up to so many different integers are kept as they are.
const FEW: usize = 64;
/// A bit per value of the range, as long as that takes at most so many bits per key, or so many at all.
const BITS_PER_KEY_MAX: u64 = 64;
const BITMAP_BITS_SMALL: u64 = 1 << 20;
const BLOOM_BITS_PER_KEY: usize = 12;

/// The filter over one key column.
pub struct KeyFilter {
    data_type: SqlType,
    keys: Keys,
    passes_null: bool,
    _memory: Reservation,
}

enum Keys {
    None,
    Integers {
        min: i64,
        max: i64,
        members: Members,
    },
    /// Bounds are those of text, compared by bytes.
    Hashed {
        bounds: Option<(Box<str>, Box<str>)>,
        members: Option<Bloom>,
    },
}

enum Members {
    /// Sorted.
    Few(Vec<i64>),
    /// Bit `value - min`.
    Bitmap(Vec<u64>),
    Bloom(Bloom),
    /// There was no memory for more than the bounds.
    Range,
}

impl KeyFilter {
    /// Of all keys of a complete build, NULLs among them or not.
    pub fn of(keys: &Column, data_type: &SqlType, nulls_match: bool, mut memory: Reservation) -> Result<Self> {
        let nulls = keys.nulls_buffer().map_or(0, |nulls| nulls.null_count());
        let valid = keys.len() - nulls;
        let kept = match valid {
            0 => Keys::None,
            _ if is_integer(data_type) => integers(keys, &mut memory)?,
            _ => hashed(keys, data_type, &mut memory)?,
        };
        Ok(Self { data_type: data_type.clone(), keys: kept, passes_null: nulls_match && nulls > 0, _memory: memory })
    }

    fn contains_integer(&self, value: i64) -> bool {
        match &self.keys {
            Keys::Integers { min, max, members } => (*min..=*max).contains(&value) && members.contain(value, *min),
            _ => false,
        }
    }
}

/// The values of rows that are not NULL.
fn valid_words(keys: &Column) -> Result<Vec<i64>> {
    let nulls = keys.nulls_buffer();
    let mut words = Vec::with_capacity(keys.len());
    let mut row = 0;
    each_word(keys, &mut |word| {
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            words.push(word as i64);
        }
        row += 1;
    })?;
    Ok(words)
}

fn integers(keys: &Column, memory: &mut Reservation) -> Result<Keys> {
    let words = valid_words(keys)?;
    let (min, max) = words.iter().fold((i64::MAX, i64::MIN), |(min, max), word| (min.min(*word), max.max(*word)));
    let span = max.abs_diff(min);
    let bitmap_bits = BITMAP_BITS_SMALL.max(words.len() as u64 * BITS_PER_KEY_MAX);
    let members = if words.len() <= FEW {
        let mut few = words;
        few.sort_unstable();
        few.dedup();
        Members::Few(few)
    } else if span < bitmap_bits && memory.try_grow((span / 8) as usize + 8) {
        let mut bits = vec![0u64; (span / 64) as usize + 1];
        for word in words {
            let at = word.abs_diff(min);
            bits[(at / 64) as usize] |= 1 << (at % 64);
        }
        Members::Bitmap(bits)
    } else {
        let hashes = words.iter().map(|word| hash_word(*word as u64));
        Bloom::of(hashes, words.len(), memory).map_or(Members::Range, Members::Bloom)
    };
    Ok(Keys::Integers { min, max, members })
}

fn hashed(keys: &Column, data_type: &SqlType, memory: &mut Reservation) -> Result<Keys> {
    let nulls = keys.nulls_buffer();
    let mut hashes = Vec::new();
    hash_columns(&[(keys, data_type)], keys.len(), &mut hashes)?;
    let valid = |row: &usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*row));
    let members = Bloom::of((0..hashes.len()).filter(valid).map(|row| hashes[row]), hashes.len(), memory);
    let bounds = match data_type.is_string() {
        true => text_bounds(&canonical(keys, data_type)?),
        false => None,
    };
    Ok(Keys::Hashed { bounds, members })
}

fn text_bounds(keys: &ArrayRef) -> Option<(Box<str>, Box<str>)> {
    let texts = keys.as_string_view().iter().flatten();
    let (min, max) = texts.fold(None, |bounds: Option<(&str, &str)>, text| {
        Some(bounds.map_or((text, text), |(min, max)| (min.min(text), max.max(text))))
    })?;
    Some((min.into(), max.into()))
}

impl Members {
    fn contain(&self, value: i64, min: i64) -> bool {
        match self {
            Members::Few(values) => values.binary_search(&value).is_ok(),
            Members::Bitmap(bits) => {
                let at = value.abs_diff(min);
                bits[(at / 64) as usize] >> (at % 64) & 1 == 1
            }
            Members::Bloom(bloom) => bloom.contains(hash_word(value as u64)),
            Members::Range => true,
        }
    }

    /// Whether there may be a member within the range, which lies within the bounds.
    fn may_meet(&self, from: i64, to: i64, min: i64) -> bool {
        match self {
            Members::Few(values) => values.iter().any(|value| (from..=to).contains(value)),
            Members::Bitmap(bits) => {
                let (from, to) = (from.abs_diff(min), to.abs_diff(min));
                let words = &bits[(from / 64) as usize..=(to / 64) as usize];
                let last = words.len() - 1;
                words.iter().enumerate().any(|(at, word)| {
                    let low = if at == 0 { u64::MAX << (from % 64) } else { u64::MAX };
                    let high = if at == last { u64::MAX >> (63 - to % 64) } else { u64::MAX };
                    word & low & high != 0
                })
            }
            Members::Bloom(_) | Members::Range => true,
        }
    }
}

impl RuntimeFilter for KeyFilter {
    fn test(&self, column: &Column) -> Result<BooleanArray> {
        let rows = column.len();
        let passed = match &self.keys {
            Keys::None => BooleanBuffer::new_unset(rows),
            Keys::Integers { min, max, members } => {
                let mut words = Vec::with_capacity(rows);
                each_word(column, &mut |word| words.push(word as i64))?;
                let inside = |at: usize| words[at] >= *min && words[at] <= *max;
                match members {
                    Members::Bitmap(bits) => BooleanBuffer::collect_bool(rows, |at| {
                        let bit = words[at].wrapping_sub(*min) as u64;
                        inside(at) && bits[(bit / 64) as usize] >> (bit % 64) & 1 == 1
                    }),
                    Members::Bloom(bloom) => BooleanBuffer::collect_bool(rows, |at| {
                        inside(at) && bloom.contains(hash_word(words[at] as u64))
                    }),
                    Members::Few(_) | Members::Range => {
                        BooleanBuffer::collect_bool(rows, |at| self.contains_integer(words[at]))
                    }
                }
            }
            Keys::Hashed { members: None, .. } => BooleanBuffer::new_set(rows),
            Keys::Hashed { members: Some(bloom), .. } => {
                let mut hashes = Vec::new();
                hash_columns(&[(column, &self.data_type)], rows, &mut hashes)?;
                BooleanBuffer::collect_bool(rows, |at| bloom.contains(hashes[at]))
            }
        };
        Ok(BooleanArray::new(
            match column.nulls_buffer() {
                Some(nulls) if self.passes_null => &passed | &!nulls.inner(),
                Some(nulls) => &passed & nulls.inner(),
                None => passed,
            },
            None,
        ))
    }

    fn may_match(&self, min: &ArrayRef, max: &ArrayRef) -> Result<bool> {
        // Bounds tell nothing of NULLs.
        if self.passes_null || min.is_empty() || max.is_empty() || min.is_null(0) || max.is_null(0) {
            return Ok(true);
        }
        Ok(match &self.keys {
            Keys::None => false,
            Keys::Integers { min: least, max: most, members } => {
                let (from, to) = (one_integer(min)?.max(*least), one_integer(max)?.min(*most));
                from <= to && members.may_meet(from, to, *least)
            }
            Keys::Hashed { bounds: Some((least, most)), .. } => {
                let bound = |array: &ArrayRef| canonical(&Column::Array(array.clone()), &self.data_type);
                let (min, max) = (bound(min)?, bound(max)?);
                min.as_string_view().value(0) <= most.as_ref() && max.as_string_view().value(0) >= least.as_ref()
            }
            Keys::Hashed { members: Some(bloom), .. } if min == max => bloom.contains(one_hash(min, &self.data_type)?),
            Keys::Hashed { .. } => true,
        })
    }
}

fn one_integer(array: &ArrayRef) -> Result<i64> {
    let mut value = 0;
    each_word(&Column::Array(array.slice(0, 1)), &mut |word| value = word as i64)?;
    Ok(value)
}

fn one_hash(array: &ArrayRef, data_type: &SqlType) -> Result<u64> {
    let mut hashes = Vec::new();
    hash_columns(&[(&Column::Array(array.slice(0, 1)), data_type)], 1, &mut hashes)?;
    Ok(hashes[0])
}

/// Four bits per key, all in one word: one load per test.
struct Bloom {
    words: Vec<u64>,
}

impl Bloom {
    /// `None` when there is no memory for it.
    fn of(hashes: impl Iterator<Item = u64>, keys: usize, memory: &mut Reservation) -> Option<Bloom> {
        let words = (keys * BLOOM_BITS_PER_KEY / 64).next_power_of_two();
        if !memory.try_grow(words * 8) {
            return None;
        }
        let mut bloom = Bloom { words: vec![0; words] };
        for hash in hashes {
            let at = bloom.place(hash);
            bloom.words[at] |= Self::bits(hash);
        }
        Some(bloom)
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.words.len() - 1)
    }

    fn bits(hash: u64) -> u64 {
        let bit = |shift: u32| 1u64 << (hash >> shift & 63);
        bit(34) | bit(40) | bit(46) | bit(52)
    }

    fn contains(&self, hash: u64) -> bool {
        let bits = Self::bits(hash);
        self.words[self.place(hash)] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryPool;
    use arrow::array::{Int32Array, Int64Array, StringViewArray};
    use std::sync::Arc;

    fn filter(keys: ArrayRef, data_type: SqlType) -> KeyFilter {
        KeyFilter::of(&Column::Array(keys), &data_type, false, MemoryPool::unlimited().reserve("test")).expect("filter")
    }

    fn test(filter: &KeyFilter, values: impl Array + 'static) -> Vec<bool> {
        let mask = filter.test(&Column::Array(Arc::new(values))).expect("test");
        assert_eq!(mask.null_count(), 0);
        mask.values().iter().collect()
    }

    fn prune(filter: &KeyFilter, min: i64, max: i64) -> bool {
        let one = |value| Arc::new(Int64Array::from(vec![value])) as ArrayRef;
        !filter.may_match(&one(min), &one(max)).expect("may match")
    }

    #[test]
    fn an_empty_build_lets_nothing_pass() {
        let filter = filter(Arc::new(Int64Array::from(vec![None::<i64>])), SqlType::BigInt);
        assert_eq!(test(&filter, Int64Array::from(vec![Some(0), None])), [false, false]);
        assert!(prune(&filter, i64::MIN, i64::MAX));
    }

    #[test]
    fn null_passes_where_it_has_a_partner() {
        let memory = || MemoryPool::unlimited().reserve("test");
        let of = |keys: Vec<Option<i64>>, nulls_match| {
            let keys = Column::Array(Arc::new(Int64Array::from(keys)));
            KeyFilter::of(&keys, &SqlType::BigInt, nulls_match, memory()).expect("filter")
        };
        let values = || Int64Array::from(vec![Some(1), None, Some(2)]);
        assert_eq!(test(&of(vec![Some(1), None], true), values()), [true, true, false]);
        assert_eq!(test(&of(vec![Some(1), None], false), values()), [true, false, false]);
        assert_eq!(test(&of(vec![Some(1)], true), values()), [true, false, false]);
        assert_eq!(test(&of(vec![None], true), values()), [false, true, false]);
        assert!(!prune(&of(vec![Some(1), None], true), 5, 9), "bounds leave out NULLs");
        assert!(prune(&of(vec![Some(1)], true), 5, 9));
    }

    #[test]
    fn integers_in_every_form() {
        for (count, step) in [(10i64, 3i64), (1000, 3), (1000, 1 << 40)] {
            let keys: Vec<i64> = (0..count).map(|at| at * step - 50).collect();
            let filter = filter(Arc::new(Int64Array::from(keys.clone())), SqlType::BigInt);
            assert!(test(&filter, Int64Array::from(keys.clone())).iter().all(|passed| *passed));
            let (min, max) = (keys[0], keys[keys.len() - 1]);
            let outside = Int64Array::from(vec![Some(min - 1), Some(max + 1), None, Some(i64::MIN), Some(i64::MAX)]);
            assert_eq!(test(&filter, outside), [false; 5]);
            let between: Vec<i64> = keys.iter().take(keys.len() - 1).map(|key| key + 1).collect();
            let wrong = test(&filter, Int64Array::from(between)).iter().filter(|passed| **passed).count();
            assert!(wrong <= keys.len() / 20, "{wrong} of {count} pass wrongly");
            assert!(prune(&filter, max + 1, i64::MAX) && prune(&filter, i64::MIN, min - 1));
            assert!(!prune(&filter, min, min) && !prune(&filter, max, max) && !prune(&filter, i64::MIN, i64::MAX));
            if step == 3 {
                assert!(prune(&filter, min + 1, min + 2), "exact forms see holes");
            }
        }
    }

    #[test]
    fn text_by_hash_and_bounds() {
        let filter = filter(Arc::new(StringViewArray::from(vec![Some("kiwi"), None, Some("apple")])), SqlType::STRING);
        let passed = test(&filter, StringViewArray::from(vec![Some("apple"), Some("kiwi"), None, Some("zebra")]));
        assert_eq!(passed[..3], [true, true, false]);
        let one = |text: &str| Arc::new(StringViewArray::from(vec![text])) as ArrayRef;
        assert!(!filter.may_match(&one("lemon"), &one("melon")).expect("may match"));
        assert!(filter.may_match(&one("a"), &one("b")).expect("may match"));
    }

    #[test]
    fn without_memory_the_bounds_are_left() {
        let keys = Column::Array(Arc::new(Int32Array::from_iter_values((0..1000).map(|at| at * 1000))));
        let filter = KeyFilter::of(&keys, &SqlType::Int, false, MemoryPool::new(16).reserve("test")).expect("filter");
        assert_eq!(test(&filter, Int32Array::from(vec![-1, 0, 1, 999_001])), [false, true, true, false]);
    }
}
