//! `bitmap_construct_agg`, `bitmap_or_agg`, `bitmap_and_agg`: bitmaps of 32768 bits, whose positions and buckets
//! `bitmap_bit_position` and `bitmap_bucket_number` tell.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryViewArray};
use arrow::datatypes::Int64Type;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::aggregates::input::{Input, each_group};
use firesteel_expr::function::{Doc, Param, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};

use super::common;

const BYTES: usize = 4096;

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![
        AggregateFunction {
            name: "bitmap_construct_agg",
            signature: Signature::OneOf(&[&[Param::BigInt]]),
            accumulator: |_| Ok(Box::new(Bitmaps::new(0, |a, b| a | b))),
            doc: Doc {
                usage: "bitmap_construct_agg(child) - Returns a bitmap with the positions of the bits set from all the \
                        values from the child expression. The child expression will most likely be bitmap_bit_position().",
                since: "3.5.0",
                examples: &[(
                    "SELECT substring(hex(bitmap_construct_agg(bitmap_bit_position(col))), 0, 6) FROM VALUES (1), (2), (3) AS tab(col)",
                    "070000",
                )],
            },
            ..of_bitmaps()
        },
        AggregateFunction {
            name: "bitmap_or_agg",
            accumulator: |_| Ok(Box::new(Bitmaps::new(0, |a, b| a | b))),
            doc: Doc {
                usage: "bitmap_or_agg(child) - Returns a bitmap that is the bitwise OR of all of the bitmaps from the child \
                        expression.",
                since: "3.5.0",
                examples: &[(
                    "SELECT substring(hex(bitmap_or_agg(col)), 0, 6) FROM VALUES (X'10'), (X'20'), (X'40') AS tab(col)",
                    "700000",
                )],
            },
            ..of_bitmaps()
        },
        AggregateFunction {
            name: "bitmap_and_agg",
            accumulator: |_| Ok(Box::new(Bitmaps::new(0xff, |a, b| a & b))),
            doc: Doc {
                usage: "bitmap_and_agg(child) - Returns a bitmap that is the bitwise AND of all of the bitmaps from the \
                        child expression.",
                since: "4.1.0",
                examples: &[(
                    "SELECT substring(hex(bitmap_and_agg(col)), 0, 6) FROM VALUES (X'F0'), (X'70'), (X'30') AS tab(col)",
                    "300000",
                )],
            },
            ..of_bitmaps()
        },
    ]
}

fn of_bitmaps() -> AggregateFunction {
    AggregateFunction {
        signature: Signature::OneOf(&[&[Param::Binary]]),
        returns: |_| Ok(SqlType::Binary),
        nullable: false,
        ignores_duplicates: true,
        state_types: |_| Ok(vec![SqlType::Binary]),
        ..common()
    }
}

struct Bitmaps {
    /// Bytes of a bitmap that nothing was added to.
    neutral: u8,
    combine: fn(u8, u8) -> u8,
    groups: Vec<Option<Box<[u8]>>>,
}

impl Bitmaps {
    fn new(neutral: u8, combine: fn(u8, u8) -> u8) -> Self {
        Self { neutral, combine, groups: Vec::new() }
    }

    fn bitmap(&mut self, group: usize) -> &mut [u8] {
        let neutral = self.neutral;
        self.groups[group].get_or_insert_with(|| vec![neutral; BYTES].into_boxed_slice())
    }

    /// Bytes that a shorter bitmap does not have are zero.
    fn add_bytes(&mut self, groups: GroupIndices<'_>, column: &Column) -> Result<()> {
        let input = Input::new(column)?;
        let bitmaps = input.array.as_binary_view();
        let combine = self.combine;
        each_group(groups, column.nulls_buffer().as_ref(), |group, row| {
            let bytes = bitmaps.value(input.at(row));
            for (at, own) in self.bitmap(group).iter_mut().enumerate() {
                *own = combine(*own, bytes.get(at).copied().unwrap_or(0));
            }
        });
        Ok(())
    }
}

impl Accumulator for Bitmaps {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let input = Input::new(&args[0])?;
        if input.array.as_binary_view_opt().is_some() {
            return self.add_bytes(groups, &args[0]);
        }
        let mut outside = None;
        input.each::<Int64Type>(groups, |group, position| match usize::try_from(position) {
            Ok(at) if at < 8 * BYTES => self.bitmap(group)[at / 8] |= 1 << (at % 8),
            _ => outside = Some(position),
        });
        if let Some(position) = outside {
            bail!(
                INVALID_BITMAP_POSITION,
                bitPosition = position.to_string(),
                bitmapNumBytes = BYTES.to_string(),
                bitmapNumBits = (8 * BYTES).to_string()
            );
        }
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add_bytes(groups, &Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let bitmaps: BinaryViewArray = std::mem::take(&mut self.groups).into_iter().collect();
        Ok(vec![Arc::new(bitmaps)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let neutral = vec![self.neutral; BYTES];
        let bitmaps = std::mem::take(&mut self.groups).into_iter();
        let bitmaps: BinaryViewArray =
            bitmaps.map(|bitmap| Some(bitmap.map_or_else(|| neutral.clone(), Vec::from))).collect();
        Ok(Arc::new(bitmaps))
    }

    fn memory_size(&self) -> usize {
        self.groups.iter().flatten().count() * BYTES + self.groups.capacity() * size_of::<Option<Box<[u8]>>>()
    }
}
