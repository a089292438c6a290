//! Rows into files, in reading order:
//!
//! - [`sink`]: the end of a pipeline: each worker writes files of its own, one per partition.
//! - [`commit`]: files are written beside the place where they belong, and moved there when all are complete.
//! - [`texts`]: values as text; [`csv`], [`json`], [`text`], [`parquet`]: one file in a format.
//!
//! ```text
//! batches ──partition columns──▶ groups of rows ──▶ FileWriter ──▶ .out.XXXX.writing/k=v/part-00000-XXXX-c000.csv ──commit──▶ out/k=v/…
//! ```

pub(crate) mod commit;
pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod parquet;
pub(crate) mod sink;
pub(crate) mod text;
pub(crate) mod texts;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::ArrayRef;
use firesteel_common::{Error, Result, SqlType, bail, error};
use firesteel_expr::EvalContext;

use crate::listing;
use crate::options::FileOptions;

pub(crate) use sink::WriteSinkFactory;

/// What is at the place into which somebody wants to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Nothing,
    /// Files, or a folder: maybe an empty one.
    Something,
}

/// Looks at the place, and refuses what can never be written there.
pub fn check_target(format: &str, path: &str) -> Result<Target> {
    if crate::registry::format(format).is_none() {
        bail!(DATA_SOURCE_NOT_FOUND, provider = format);
    }
    if path.is_empty() {
        bail!(INVALID_EMPTY_LOCATION, location = path);
    }
    if path.contains("://") && !path.starts_with("file:") {
        bail!(UNSUPPORTED_FEATURE, feature = format!("writing to {path}: files are written to local folders"));
    }
    Ok(match Path::new(&listing::absolute_text(path)?).exists() {
        true => Target::Something,
        false => Target::Nothing,
    })
}

/// A format, as far as writing goes.
pub(crate) struct WriteFormat {
    /// What a file's name ends in, compression included.
    pub(crate) suffix: fn(&FileOptions) -> Result<String>,
    /// Refuses columns that the format has no place for.
    pub(crate) check: fn(&[Column]) -> Result<()>,
    pub(crate) create: fn(&Path, &[Column], &FileOptions, &Arc<EvalContext>) -> Result<Box<dyn FileWriter>>,
}

/// Name and type.
pub(crate) type Column = (Arc<str>, SqlType);

/// Writes one file.
pub(crate) trait FileWriter: Send {
    /// Flat arrays of the columns' canonical types.
    fn write(&mut self, columns: &[ArrayRef], rows: usize) -> Result<()>;

    /// What is held in memory until more has come.
    fn bytes_held(&self) -> usize;

    /// The file is complete; how many bytes it has.
    fn finish(self: Box<Self>) -> Result<u64>;
}

pub(crate) fn failed(path: &Path, reason: impl ToString) -> Error {
    error!(CANNOT_WRITE_FILE, path = listing::display(&path.to_string_lossy()), reason = reason.to_string())
}

/// Text into a file, compressed as the option `compression` says.
pub(crate) struct TextFile {
    path: std::path::PathBuf,
    out: Compressor,
}

enum Compressor {
    None(BufWriter<File>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Deflate(flate2::write::ZlibEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<BufWriter<File>>>),
    Bzip2(bzip2::write::BzEncoder<BufWriter<File>>),
}

/// The codec's name in Spark, and what file names get from it.
fn codec(options: &FileOptions) -> Result<&'static str> {
    let name = options.get("compression").or_else(|| options.get("codec")).unwrap_or("none");
    Ok(match name.to_ascii_lowercase().as_str() {
        "none" | "uncompressed" => "",
        "gzip" => ".gz",
        "deflate" => ".deflate",
        "zstd" => ".zst",
        "lz4" => ".lz4",
        "bzip2" => ".bz2",
        _ => bail!(
            CODEC_NOT_AVAILABLE,
            codecName = name,
            availableCodecs = "bzip2, deflate, uncompressed, lz4, gzip, zstd, none"
        ),
    })
}

/// The end of a text file's name: `.csv.gz`.
pub(crate) fn text_suffix(format: &str, options: &FileOptions) -> Result<String> {
    Ok(format!(".{format}{}", codec(options)?))
}

impl TextFile {
    pub(crate) fn create(path: &Path, options: &FileOptions) -> Result<Self> {
        let file = BufWriter::new(File::create(path).map_err(|reason| failed(path, reason))?);
        let level = flate2::Compression::default();
        let out = match codec(options)? {
            ".gz" => Compressor::Gzip(flate2::write::GzEncoder::new(file, level)),
            ".deflate" => Compressor::Deflate(flate2::write::ZlibEncoder::new(file, level)),
            ".zst" => Compressor::Zstd(zstd::Encoder::new(file, 3).map_err(|reason| failed(path, reason))?),
            ".lz4" => Compressor::Lz4(Box::new(lz4_flex::frame::FrameEncoder::new(file))),
            ".bz2" => Compressor::Bzip2(bzip2::write::BzEncoder::new(file, bzip2::Compression::default())),
            _ => Compressor::None(file),
        };
        Ok(Self { path: path.to_owned(), out })
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<()> {
        let bytes = text.as_bytes();
        let written = match &mut self.out {
            Compressor::None(out) => out.write_all(bytes),
            Compressor::Gzip(out) => out.write_all(bytes),
            Compressor::Deflate(out) => out.write_all(bytes),
            Compressor::Zstd(out) => out.write_all(bytes),
            Compressor::Lz4(out) => out.write_all(bytes),
            Compressor::Bzip2(out) => out.write_all(bytes),
        };
        written.map_err(|reason| failed(&self.path, reason))
    }

    pub(crate) fn finish(self) -> Result<u64> {
        let Self { path, out } = self;
        let finish = || -> io::Result<u64> {
            let file = match out {
                Compressor::None(out) => out,
                Compressor::Gzip(out) => out.finish()?,
                Compressor::Deflate(out) => out.finish()?,
                Compressor::Zstd(out) => out.finish()?,
                Compressor::Lz4(out) => out.finish().map_err(io::Error::other)?,
                Compressor::Bzip2(out) => out.finish()?,
            };
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            Ok(file.metadata()?.len())
        };
        finish().map_err(|reason| failed(&path, reason))
    }
}
