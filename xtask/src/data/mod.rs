//! Scale factor → one Parquet file per table.
//!
//! A table is a number of independent parts, and a part becomes a row group. Parts are generated and encoded side by
//! side, a round of `threads` of them at a time, and appended in order: memory holds one encoded round, never a table,
//! and the file does not depend on the number of threads.

mod tpcds;
mod tpch;

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Instant;

use arrow::record_batch::RecordBatchReader;
use clap::ValueEnum;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowRowGroupWriterFactory, ArrowWriter, ArrowWriterOptions, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// About how many rows a row group has: enough groups for every core, few enough for small footers.
const ROW_GROUP_ROWS: u64 = 524_288;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Benchmark {
    Tpch,
    Tpcds,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Codec {
    Snappy,
    Zstd,
}

pub(crate) struct DataOptions {
    pub(crate) scale: f64,
    pub(crate) out: PathBuf,
    pub(crate) codec: Codec,
    pub(crate) threads: usize,
}

/// A table as parts that any thread can generate.
struct TableSource {
    name: &'static str,
    parts: u64,
    /// Opens a part, counted from 0.
    open: Box<dyn Fn(u64) -> Box<dyn RecordBatchReader + Send> + Sync>,
}

impl TableSource {
    fn new<R>(name: &'static str, rows: u64, open: impl Fn(u64, u64) -> R + Sync + 'static) -> TableSource
    where
        R: RecordBatchReader + Send + 'static,
    {
        let parts = rows.div_ceil(ROW_GROUP_ROWS).max(1);
        TableSource { name, parts, open: Box::new(move |part| Box::new(open(part, parts))) }
    }
}

/// Writes every table of `benchmark` into `options.out`, reporting each on standard output.
pub(crate) fn generate(benchmark: Benchmark, options: &DataOptions) -> Result<()> {
    if !(options.scale > 0.0 && options.scale.is_finite()) {
        return Err(format!("the scale must be a positive number, not {}", options.scale).into());
    }
    fs::create_dir_all(&options.out).map_err(|e| format!("cannot create {}: {e}", options.out.display()))?;
    let started = Instant::now();
    let tables = match benchmark {
        Benchmark::Tpch => tpch::tables(options.scale),
        Benchmark::Tpcds => tpcds::tables(options.scale)?,
    };
    let mut bytes = 0;
    for table in &tables {
        bytes += write_table(table, options)?;
    }
    let (megabytes, seconds) = (bytes as f64 / 1e6, started.elapsed().as_secs_f64());
    println!("{} tables, {megabytes:.1} MB in {seconds:.1} s: {}", tables.len(), options.out.display());
    Ok(())
}

/// The file takes its name only when it is complete, so an interrupted run leaves no truncated table.
fn write_table(table: &TableSource, options: &DataOptions) -> Result<u64> {
    let started = Instant::now();
    let path = options.out.join(format!("{}.parquet", table.name));
    let unfinished = options.out.join(format!("{}.parquet.tmp", table.name));
    let rows = write_file(table, options, &File::create(&unfinished)?)?;
    fs::rename(&unfinished, &path)?;
    let bytes = fs::metadata(&path)?.len();
    let (megabytes, seconds) = (bytes as f64 / 1e6, started.elapsed().as_secs_f64());
    println!("{:<24} {rows:>12} rows {megabytes:>10.1} MB {seconds:>8.1} s", table.name);
    Ok(bytes)
}

fn write_file(table: &TableSource, options: &DataOptions, file: &File) -> Result<i64> {
    let compression = match options.codec {
        Codec::Snappy => Compression::SNAPPY,
        Codec::Zstd => Compression::ZSTD(ZstdLevel::try_new(9)?),
    };
    let properties = WriterProperties::builder().set_compression(compression).build();
    // Without the Arrow schema in the footer a file says what any Parquet writer's would, not which Arrow type made it.
    let writer_options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let schema = (table.open)(0).schema();
    let (mut writer, row_groups) =
        ArrowWriter::try_new_with_options(file, schema, writer_options)?.into_serialized_writer()?;

    let parts: Vec<u64> = (0..table.parts).collect();
    for round in parts.chunks(options.threads) {
        for chunks in encode_round(table, &row_groups, round)? {
            let mut row_group = writer.next_row_group()?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut row_group)?;
            }
            row_group.close()?;
        }
    }
    Ok(writer.close()?.file_metadata().num_rows())
}

fn encode_round(
    table: &TableSource,
    row_groups: &ArrowRowGroupWriterFactory,
    round: &[u64],
) -> Result<Vec<Vec<ArrowColumnChunk>>> {
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            round.iter().map(|part| scope.spawn(move || encode_part(table, row_groups, *part))).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| "a generator thread panicked")?).collect()
    })
}

fn encode_part(
    table: &TableSource,
    row_groups: &ArrowRowGroupWriterFactory,
    part: u64,
) -> Result<Vec<ArrowColumnChunk>> {
    let reader = (table.open)(part);
    let schema = reader.schema();
    let mut columns = row_groups.create_column_writers(part as usize)?;
    for batch in reader {
        let batch = batch?;
        let mut writers = columns.iter_mut();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, array)? {
                writers.next().ok_or("more leaves than columns")?.write(&leaf)?;
            }
        }
    }
    columns.into_iter().map(|column| Ok(column.close()?)).collect()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;

    fn rows(folder: &std::path::Path, table: &str) -> i64 {
        let file = File::open(folder.join(format!("{table}.parquet"))).unwrap();
        SerializedFileReader::new(file).unwrap().metadata().file_metadata().num_rows()
    }

    /// The row counts that the specifications give, scaled.
    #[test]
    fn tables_have_the_rows_of_their_scale() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_owned();
        let options = DataOptions { scale: 0.01, out: out.clone(), codec: Codec::Snappy, threads: 2 };
        generate(Benchmark::Tpch, &options).unwrap();
        let tables = ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"];
        let expected = [5, 25, 100, 1_500, 2_000, 8_000, 15_000, 60_175];
        assert_eq!(tables.map(|table| rows(&out, table)), expected);
    }

    /// Parts follow each other without gap or overlap, however many threads there are.
    #[test]
    fn a_file_does_not_depend_on_the_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        let table = |name| {
            TableSource::new(name, 3 * ROW_GROUP_ROWS, |part, parts| {
                tpchgen_arrow::SupplierArrow::new(tpchgen::generators::SupplierGenerator::new(
                    0.1,
                    part as i32 + 1,
                    parts as i32,
                ))
            })
        };
        let bytes = |name, threads| {
            let options = DataOptions { scale: 0.1, out: folder.path().to_owned(), codec: Codec::Snappy, threads };
            write_table(&table(name), &options).unwrap();
            fs::read(folder.path().join(format!("{name}.parquet"))).unwrap()
        };
        assert_eq!(bytes("one", 1), bytes("two", 2));
        assert_eq!(rows(folder.path(), "two"), 1_000);
    }

    #[test]
    fn a_scale_must_be_positive() {
        let options = DataOptions { scale: -1.0, out: PathBuf::new(), codec: Codec::Snappy, threads: 1 };
        assert!(generate(Benchmark::Tpch, &options).is_err());
    }
}
