//! How many distinct values columns have, from what their dictionaries say.
//!
//! ```text
//! a few row groups ──header of the dictionary page──▶ values in it, rows written with it ──▶ values of the whole column
//! ```
//! Writers put a column chunk's values into a dictionary and give that up when it grows too large; the pages written up to
//! then still tell how often values repeat. A header is read by one small read, once per file and process:
//! of a remote file in one row group, and not at all where columns are many, since each one is a request.

use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use firesteel_catalog::{Estimate, Source};
use firesteel_plan::statistics::groups::unseen;
use parquet::basic::{Encoding, PageType};
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};

use super::footer_cache::Footer;
use crate::remote::runtime::Task;
use crate::remote::{Counters, RemoteFile};

/// Row groups looked at in one file, and files in one table: first, last and some between.
const GROUPS: usize = 3;
const FILES: usize = 8;
/// Of a remote file with more columns no header is read.
const REMOTE_COLUMNS: usize = 64;
/// The longest header of a dictionary page takes less.
const HEADER_BYTES: usize = 64;
/// Up to this share of row groups may overlap in a column by which rows are still taken to be sorted.
const OVERLAP_MAX: f64 = 0.2;

/// What one row group's dictionary says of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Rows written with the dictionary.
    pub(super) rows: f64,
    pub(super) distinct: f64,
}

/// Samples of every column of a file, none where there is no dictionary. What cannot be read was no help, and no error.
pub(super) fn samples(footer: &Footer) -> Vec<Vec<Sample>> {
    let mut samples = vec![Vec::new(); footer.columns.len()];
    match &footer.remote {
        Some(file) if footer.columns.len() <= REMOTE_COLUMNS => {
            let fetch = |(at, chunk)| Some((at, chunk, fetch_header(file, chunk)?));
            // All are under way before the first is waited for.
            let headers: Vec<_> = chunks(footer, 1).into_iter().filter_map(fetch).collect();
            for (at, chunk, header) in headers {
                samples[at].extend(header.wait().ok().and_then(|header| sample(&header, chunk)));
            }
        }
        Some(_) => {}
        None => {
            let Ok(file) = File::open(footer.path.as_ref()) else { return samples };
            for (at, chunk) in chunks(footer, GROUPS) {
                let mut header = [0; HEADER_BYTES];
                let read = dictionary_offset(chunk).and_then(|offset| file.read_at(&mut header, offset).ok());
                samples[at].extend(read.and_then(|length| sample(&header[..length], chunk)));
            }
        }
    }
    samples
}

/// The column chunks to look at, each with its column.
fn chunks(footer: &Footer, groups: usize) -> Vec<(usize, &ColumnChunkMetaData)> {
    let all = footer.metadata().row_groups();
    let mut chunks = Vec::new();
    for group in spread(all.len(), groups) {
        let columns = footer.columns.iter().enumerate().filter(|(_, column)| column.leaves.len() == 1);
        chunks.extend(columns.map(|(at, column)| (at, all[group].column(column.leaves.start))));
    }
    chunks
}

fn fetch_header(file: &RemoteFile, chunk: &ColumnChunkMetaData) -> Option<Task<Bytes>> {
    let offset = dictionary_offset(chunk)?;
    let end = offset.saturating_add(HEADER_BYTES as u64).min(file.length());
    (offset < end).then(|| file.fetch(offset..end, &Counters::default()))
}

fn dictionary_offset(chunk: &ColumnChunkMetaData) -> Option<u64> {
    u64::try_from(chunk.dictionary_page_offset().filter(|offset| *offset > 0)?).ok()
}

/// Which files of a table to look at.
pub(super) fn files(footers: usize) -> impl Iterator<Item = usize> {
    spread(footers, FILES)
}

/// At most `most` of the first `all` numbers, evenly spread, the ends among them.
fn spread(all: usize, most: usize) -> impl Iterator<Item = usize> {
    let taken = all.min(most);
    (0..taken).map(move |at| if taken < 2 { 0 } else { at * (all - 1) / (taken - 1) })
}

fn sample(header: &[u8], chunk: &ColumnChunkMetaData) -> Option<Sample> {
    let distinct = f64::from(dictionary_values(header)?);
    let nulls = chunk.statistics().and_then(|statistics| statistics.null_count_opt()).unwrap_or(0);
    let values = (chunk.num_values().max(0) as u64).saturating_sub(nulls) as f64;
    let rows = (values * dictionary_share(chunk)?).max(distinct);
    (distinct >= 1.0).then_some(Sample { rows, distinct })
}

/// The share of a chunk's data pages that were written with the dictionary.
fn dictionary_share(chunk: &ColumnChunkMetaData) -> Option<f64> {
    let data = |stats: &&PageEncodingStats| matches!(stats.page_type, PageType::DATA_PAGE | PageType::DATA_PAGE_V2);
    let Some(stats) = chunk.page_encoding_stats() else {
        // Without counts a chunk helps when nothing but its dictionary was used.
        let plain = chunk.encodings().any(|encoding| !is_dictionary(encoding) && encoding != Encoding::RLE);
        return (!plain).then_some(1.0);
    };
    let pages = |stats: &PageEncodingStats| f64::from(stats.count.max(0));
    let all: f64 = stats.iter().filter(data).map(pages).sum();
    let with: f64 = stats.iter().filter(data).filter(|stats| is_dictionary(stats.encoding)).map(pages).sum();
    (with > 0.0).then_some(with / all)
}

fn is_dictionary(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY)
}

/// The number of values in the header of a dictionary page: a Thrift struct in compact form.
///
/// ```text
/// PageHeader { 1: type = 2, 2: size, 3: compressed size, 4: checksum?, 7: { 1: number of values, … } }
/// ```
fn dictionary_values(header: &[u8]) -> Option<u32> {
    const INT: u8 = 5;
    const STRUCT: u8 = 12;
    let mut bytes = header.iter().copied();
    let mut field = 0;
    loop {
        let tag = bytes.next()?;
        field += tag >> 4;
        match (field, tag & 0x0f) {
            // Sizes and the checksum say nothing here; the type must be that of a dictionary.
            (1, INT) => (integer(&mut bytes)? == 2).then_some(())?,
            (2..=4, INT) => drop(integer(&mut bytes)?),
            (7, STRUCT) => {
                let inner = bytes.next()?;
                return if inner == (1 << 4) | INT { u32::try_from(integer(&mut bytes)?).ok() } else { None };
            }
            _ => return None,
        }
    }
}

/// A zigzag varint.
fn integer(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.next()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    None
}

/// Row groups of a column in the order of their smallest values: whether each begins where the one before ended.
#[derive(Default)]
pub(super) struct Ranges {
    groups: usize,
    overlapping: usize,
}

impl Ranges {
    /// One more row group and whether it overlaps with its neighbour.
    pub(super) fn add(&mut self, overlaps: bool) {
        self.groups += 1;
        self.overlapping += usize::from(overlaps);
    }

    /// Whether the rows lie in the order of this column.
    fn are_apart(&self) -> bool {
        self.groups > 0 && self.overlapping as f64 <= OVERLAP_MAX * self.groups as f64
    }
}

/// Distinct values of a whole column of `rows` values that are not NULL.
pub(super) fn estimate(samples: &[Sample], rows: f64, ranges: &Ranges) -> Option<Estimate> {
    let most = samples.iter().map(|sample| sample.distinct).reduce(f64::max)?;
    let (seen, distinct) =
        samples.iter().fold((0.0, 0.0), |(rows, distinct), sample| (rows + sample.rows, distinct + sample.distinct));
    let value = match ranges.are_apart() {
        // Each row group has values of its own.
        true => distinct / seen * rows,
        false => samples.iter().map(|sample| unseen(sample.distinct, sample.rows)).fold(0.0, f64::max),
    };
    // One chunk that was read as a whole is all there is to know.
    let source = if samples.len() == 1 && seen >= rows { Source::Exact } else { Source::Measured };
    Some(Estimate { value: if source == Source::Exact { distinct } else { value.clamp(most, rows.max(most)) }, source })
}

#[cfg(test)]
mod tests {
    use super::{Ranges, Sample, dictionary_values, estimate, spread};

    #[test]
    fn headers_give_the_number_of_values() {
        // type 2, sizes 100 and 60, dictionary of 300 values in encoding 0.
        let header = [0x15, 0x04, 0x15, 0xc8, 0x01, 0x15, 0x78, 0x4c, 0x15, 0xd8, 0x04, 0x15, 0x00, 0x00, 0x00];
        assert_eq!(dictionary_values(&header), Some(300));
        // With a checksum between.
        let header = [0x15, 0x04, 0x15, 0x08, 0x15, 0x08, 0x15, 0x02, 0x3c, 0x15, 0x06];
        assert_eq!(dictionary_values(&header), Some(3));
        // A data page, and what is no header.
        assert_eq!(dictionary_values(&[0x15, 0x00, 0x15, 0x08]), None);
        assert_eq!(dictionary_values(&[0xff; 64]), None);
        assert_eq!(dictionary_values(&[]), None);
    }

    #[test]
    fn samples_are_spread_over_all() {
        assert_eq!(spread(0, 3).count(), 0);
        assert_eq!(spread(1, 3).collect::<Vec<_>>(), [0]);
        assert_eq!(spread(10, 3).collect::<Vec<_>>(), [0, 4, 9]);
    }

    #[test]
    fn sorted_columns_add_up_and_others_repeat() {
        let sample = Sample { rows: 1000.0, distinct: 250.0 };
        let apart = Ranges { groups: 9, overlapping: 0 };
        assert_eq!(estimate(&[sample, sample], 10_000.0, &apart).map(|e| e.value), Some(2500.0));
        let mixed = Ranges { groups: 9, overlapping: 9 };
        let value = estimate(&[sample, sample], 10_000.0, &mixed).map_or(0.0, |estimate| estimate.value);
        assert!((250.0..260.0).contains(&value), "{value}");
        // All different: as many as rows.
        let unique = Sample { rows: 1000.0, distinct: 1000.0 };
        assert_eq!(estimate(&[unique, unique], 10_000.0, &mixed).map(|e| e.value), Some(10_000.0));
        assert_eq!(estimate(&[], 10.0, &mixed), None);
    }
}
