//! Bytes cut into records.
//!
//! ```text
//! bytes ──read in pieces──▶ buffer ──ends of records──▶ Block: up to so many records and their text
//!   └ none yet ─▶ the records so far, else Blocked
//! ```
//! A unit of work is a range of a file: it owns the lines that begin in it. So a range that does not start the file skips
//! to behind the first line end at or after the byte before it, and reads its last line to the end, beyond its border.

use std::io::ErrorKind;
use std::ops::Range;
use std::task::{Context, Poll};

use firesteel_common::Result;
use firesteel_exec::memory::Reservation;

use super::input::{self, Input};

/// How much is asked for at once.
const READ_BYTES: usize = 256 << 10;
/// A block ends after so many bytes, if it holds a record.
const BLOCK_BYTES: usize = 4 << 20;

/// Places within a block are numbers of 32 bits.
const RECORD_BYTES_MAX: usize = 1 << 30;

/// Where a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordEnd {
    /// At a line feed, with or without a carriage return before it.
    Line,
    /// At this byte.
    Byte(u8),
    /// At a line feed that is not inside of quotes.
    QuotedLine { quote: u8, escape: Option<u8> },
    /// Nowhere: the whole file is one.
    File,
}

/// Some records, in the order of the file.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) text: String,
    pub(crate) records: Vec<Range<usize>>,
}

impl Block {
    pub(crate) fn record(&self, at: usize) -> &str {
        &self.text[self.records[at].clone()]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|record| &self.text[record.clone()])
    }
}

/// What comes next.
pub(crate) enum Next {
    Block(Block),
    /// Nothing, before more bytes have come: see [`Lines::poll_ready`].
    Blocked,
    End,
}

/// The next record's place in the buffer.
enum Record {
    At(Range<usize>),
    Blocked,
    End,
}

/// Reads the records of one unit.
pub(crate) struct Lines {
    path: String,
    input: Input,
    record_end: RecordEnd,
    /// Whether the first record is another unit's.
    skips: bool,
    /// What was read and not given yet.
    buffer: Vec<u8>,
    from: usize,
    /// How far it was searched for an end, and whether that is inside of quotes.
    searched: usize,
    quoted: bool,
    input_ended: bool,
    /// Bytes until the unit ends; a record that begins behind it is another unit's.
    left: Option<u64>,
    reservation: Reservation,
}

impl Lines {
    pub(crate) fn new(path: &str, input: Input, record_end: RecordEnd, reservation: Reservation) -> Self {
        Self {
            path: path.to_owned(),
            input,
            record_end,
            skips: false,
            buffer: Vec::new(),
            from: 0,
            searched: 0,
            quoted: false,
            input_ended: false,
            left: None,
            reservation,
        }
    }

    /// Gives only records that begin within the next `bytes`.
    pub(crate) fn with_limit(mut self, bytes: u64) -> Self {
        self.left = Some(bytes);
        self
    }

    /// Passes over the rest of a record that another unit reads.
    pub(crate) fn skipping(self) -> Self {
        Self { skips: true, ..self }
    }

    /// Ready when it is worth asking again.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.input.poll_ready(cx)
    }

    /// The same as [`Lines::next_block`], for who may block; `None` at the end.
    pub(crate) fn wait_for_block(&mut self, records_max: usize) -> Result<Option<Block>> {
        loop {
            match self.next_block(records_max)? {
                Next::Block(block) => return Ok(Some(block)),
                Next::End => return Ok(None),
                Next::Blocked => self.input.wait()?,
            }
        }
    }

    /// Up to `records_max` records.
    pub(crate) fn next_block(&mut self, records_max: usize) -> Result<Next> {
        if self.skips {
            if let Record::Blocked = self.next_record()? {
                return Ok(Next::Blocked);
            }
            self.skips = false;
        }
        let mut blocked = false;
        let mut bytes = Vec::new();
        let mut block = Block::default();
        while block.records.len() < records_max && bytes.len() < BLOCK_BYTES && self.left != Some(0) {
            let record = match self.next_record()? {
                Record::At(record) => record,
                Record::End => break,
                Record::Blocked => {
                    blocked = true;
                    break;
                }
            };
            if record.len() > RECORD_BYTES_MAX {
                return Err(crate::parquet::unreadable(&self.path, "a record of more than 1 GiB"));
            }
            let start = bytes.len();
            bytes.extend_from_slice(&self.buffer[record]);
            block.records.push(start..bytes.len());
        }
        if block.records.is_empty() {
            return Ok(if blocked { Next::Blocked } else { Next::End });
        }
        match String::from_utf8(bytes) {
            Ok(text) => block.text = text,
            Err(error) => replace_invalid(&mut block, error.as_bytes()),
        }
        Ok(Next::Block(block))
    }

    /// Bytes of the file that were taken in so far, compressed as they are.
    pub(crate) fn consumed(&self) -> u64 {
        self.input.consumed()
    }

    /// The place of the next record in the buffer, without its end.
    fn next_record(&mut self) -> Result<Record> {
        loop {
            if let Some(end) = self.find_end() {
                let record = self.from..self.trimmed(end);
                self.advance_to(end + 1);
                return Ok(Record::At(record));
            }
            if self.input_ended {
                let record = self.from..self.trimmed(self.buffer.len());
                if self.from == self.buffer.len() {
                    return Ok(Record::End);
                }
                self.advance_to(self.buffer.len());
                return Ok(Record::At(record));
            }
            if !self.fill()? {
                return Ok(Record::Blocked);
            }
        }
    }

    /// Without the carriage return before a line feed.
    fn trimmed(&self, end: usize) -> usize {
        let lines = matches!(self.record_end, RecordEnd::Line | RecordEnd::QuotedLine { .. });
        match end > self.from && lines && self.buffer[end - 1] == b'\r' {
            true => end - 1,
            false => end,
        }
    }

    fn advance_to(&mut self, to: usize) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub((to - self.from) as u64);
        }
        self.from = to;
        self.searched = to;
        self.quoted = false;
    }

    fn find_end(&mut self) -> Option<usize> {
        let rest = &self.buffer[self.searched..];
        let found = match self.record_end {
            RecordEnd::Line => memchr::memchr(b'\n', rest),
            RecordEnd::Byte(byte) => memchr::memchr(byte, rest),
            RecordEnd::File => None,
            RecordEnd::QuotedLine { quote, escape } => return self.find_unquoted(quote, escape),
        };
        match found {
            Some(at) => Some(self.searched + at),
            None => {
                self.searched = self.buffer.len();
                None
            }
        }
    }

    fn find_unquoted(&mut self, quote: u8, escape: Option<u8>) -> Option<usize> {
        let mut at = self.searched;
        while at < self.buffer.len() {
            let byte = self.buffer[at];
            if self.quoted && Some(byte) == escape && escape != Some(quote) {
                // What is escaped may not have been read yet.
                if at + 1 == self.buffer.len() && !self.input_ended {
                    break;
                }
                at += 1;
            } else if byte == quote {
                self.quoted = !self.quoted;
            } else if byte == b'\n' && !self.quoted {
                self.searched = at;
                return Some(at);
            }
            at += 1;
        }
        self.searched = at.min(self.buffer.len());
        None
    }

    /// Reads more behind what is there; false when nothing has come yet.
    fn fill(&mut self) -> Result<bool> {
        if self.from > 0 {
            self.buffer.drain(..self.from);
            self.searched -= self.from;
            self.from = 0;
        }
        let filled = self.buffer.len();
        self.reservation.resize(filled + READ_BYTES)?;
        self.buffer.resize(filled + READ_BYTES, 0);
        let read = match self.input.read(&mut self.buffer[filled..]) {
            Err(reason) if reason.kind() == ErrorKind::WouldBlock => {
                self.buffer.truncate(filled);
                return Ok(false);
            }
            read => read.map_err(|reason| input::error(&self.path, &reason))?,
        };
        self.buffer.truncate(filled + read);
        self.input_ended = read == 0;
        Ok(true)
    }
}

/// What is no UTF-8 becomes U+FFFD, record by record.
fn replace_invalid(block: &mut Block, bytes: &[u8]) {
    for record in &mut block.records {
        let start = block.text.len();
        block.text.push_str(&String::from_utf8_lossy(&bytes[record.clone()]));
        *record = start..block.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_exec::memory::MemoryPool;

    fn lines(text: &str, record_end: RecordEnd) -> Lines {
        let input = Input::of_bytes(text.to_owned().into_bytes());
        Lines::new("t", input, record_end, MemoryPool::unlimited().reserve("test"))
    }

    fn all(mut lines: Lines, at_once: usize) -> Vec<String> {
        let mut records = Vec::new();
        while let Some(block) = lines.wait_for_block(at_once).expect("a block") {
            records.extend(block.iter().map(str::to_owned));
        }
        records
    }

    #[test]
    fn every_line_once_wherever_a_file_is_cut() {
        let text = "a\r\n\nbcd\nlast";
        assert_eq!(all(lines(text, RecordEnd::Line), 2), ["a", "", "bcd", "last"]);
        for cut in 1..text.len() {
            let mut found = all(lines(text, RecordEnd::Line).with_limit(cut as u64), 1);
            // The second unit sees the byte before it, to know whether a line begins with it.
            let second = lines(&text[cut - 1..], RecordEnd::Line).with_limit((text.len() - cut + 1) as u64);
            found.extend(all(second.skipping(), 1));
            assert_eq!(found, ["a", "", "bcd", "last"], "cut at {cut}");
        }
    }

    #[test]
    fn quotes_hold_line_ends() {
        let quoted = RecordEnd::QuotedLine { quote: b'"', escape: Some(b'\\') };
        assert_eq!(all(lines("a,\"x\ny\"\n\"q\\\"\n\",1\n", quoted), 9), ["a,\"x\ny\"", "\"q\\\"\n\",1"]);
        assert_eq!(all(lines("1|2|3", RecordEnd::Byte(b'|')), 9), ["1", "2", "3"]);
        assert_eq!(all(lines("a\nb\n", RecordEnd::File), 9), ["a\nb\n"]);
    }

    #[test]
    fn invalid_text_is_replaced() {
        let input = Input::of_bytes(vec![b'a', b'\n', 0xff, b'b']);
        let lines = Lines::new("t", input, RecordEnd::Line, MemoryPool::unlimited().reserve("test"));
        assert_eq!(all(lines, 9), ["a", "\u{fffd}b"]);
    }
}
