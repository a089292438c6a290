//! The end of a pipeline: rows into files.
//!
//! Each worker writes files of its own, so that none waits for another; a worker has one file open per partition, and closes
//! the one used longest ago when there are too many.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, UInt32Array};
use firesteel_common::{Result, bail};
use firesteel_exec::contract::{FinalizeUnit, Sink, SinkFactory, WorkerId};
use firesteel_exec::memory::Reservation;
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_expr::Batch;
use firesteel_plan::physical::Write;
use hashbrown::HashMap;

use super::commit::Staging;
use super::texts::Texts;
use super::{Column, FileWriter};
use crate::listing;
use crate::options::FileOptions;
use crate::partitions;
use crate::registry::Format;

/// Files that one worker has open at once.
const OPEN_MAX: usize = 64;

pub(crate) struct WriteSinkFactory {
    shared: Arc<Shared>,
}

struct Shared {
    format: &'static Format,
    staging: Staging,
    replace: bool,
    columns: Vec<Column>,
    /// Positions of what goes into files, and of what names folders.
    in_files: Vec<usize>,
    in_folders: Vec<usize>,
    suffix: String,
    rows_per_file: u64,
    options: FileOptions,
    query: Arc<QueryContext>,
    metrics: Arc<OperatorMetrics>,
    files: AtomicUsize,
}

impl WriteSinkFactory {
    pub(crate) fn new(
        format: &'static Format,
        write: &Write,
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<Self> {
        let options: FileOptions = write.options.iter().cloned().collect();
        let in_files: Vec<usize> = (0..write.columns.len()).filter(|at| !write.partition_by.contains(at)).collect();
        if in_files.is_empty() {
            bail!(ALL_PARTITION_COLUMNS_NOT_ALLOWED);
        }
        let columns: Vec<Column> = write.columns.clone();
        let written: Vec<Column> = in_files.iter().map(|at| columns[*at].clone()).collect();
        (format.write.check)(&written)?;
        let path = listing::absolute_text(&write.path)?;
        let shared = Shared {
            format,
            staging: Staging::new(Path::new(&path))?,
            replace: write.replace,
            in_files,
            in_folders: write.partition_by.clone(),
            suffix: (format.write.suffix)(&options)?,
            rows_per_file: match options.number("maxRecordsPerFile", 0)? {
                0 => u64::MAX,
                rows => rows as u64,
            },
            columns,
            options,
            query: Arc::clone(query),
            metrics: Arc::clone(metrics),
            files: AtomicUsize::new(0),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl Shared {
    fn create(&self, partition: &str) -> Result<(PathBuf, Box<dyn FileWriter>)> {
        let path = self.staging.file(partition, self.files.fetch_add(1, Relaxed), &self.suffix)?;
        let columns: Vec<Column> = self.in_files.iter().map(|at| self.columns[*at].clone()).collect();
        let writer = (self.format.write.create)(&path, &columns, &self.options, &self.query.eval)?;
        Ok((path, writer))
    }

    fn finish(&self, writer: Box<dyn FileWriter>) -> Result<()> {
        self.metrics.add_bytes(writer.finish()? as usize);
        Ok(())
    }
}

impl SinkFactory for WriteSinkFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let shared = &self.shared;
        let types = shared.in_folders.iter().map(|at| &shared.columns[*at].1);
        Ok(Box::new(WriteSink {
            folders: types.map(|data_type| Texts::of_cast(data_type, &shared.query.eval)).collect(),
            reservation: shared.query.memory.reserve(format!("Write {}", shared.format.name)),
            open: HashMap::new(),
            uses: 0,
            shared: Arc::clone(shared),
        }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let shared = &self.shared;
        if shared.files.load(Relaxed) == 0 && shared.in_folders.is_empty() {
            // No rows still have columns.
            let (_, writer) = shared.create("")?;
            shared.finish(writer)?;
        }
        // A query that was cancelled leaves nothing.
        shared.query.check_cancelled()?;
        shared.staging.commit(shared.replace)?;
        Ok(Vec::new())
    }
}

struct WriteSink {
    shared: Arc<Shared>,
    /// The partition columns as folders' names.
    folders: Vec<Texts>,
    /// By folder.
    open: HashMap<String, OpenFile>,
    uses: u64,
    reservation: Reservation,
}

struct OpenFile {
    writer: Box<dyn FileWriter>,
    rows: u64,
    used: u64,
}

impl WriteSink {
    fn write(&mut self, folder: &str, columns: &[ArrayRef], rows: usize) -> Result<()> {
        self.uses += 1;
        let mut at = 0;
        while at < rows {
            if !self.open.contains_key(folder) {
                self.make_room()?;
                let (_, writer) = self.shared.create(folder)?;
                self.open.insert(folder.to_owned(), OpenFile { writer, rows: 0, used: self.uses });
            }
            let Some(file) = self.open.get_mut(folder) else { continue };
            let fits = usize::try_from(self.shared.rows_per_file - file.rows).unwrap_or(usize::MAX).min(rows - at);
            let part: Vec<ArrayRef> = columns.iter().map(|column| column.slice(at, fits)).collect();
            file.writer.write(&part, fits)?;
            file.rows += fits as u64;
            file.used = self.uses;
            at += fits;
            if file.rows >= self.shared.rows_per_file
                && let Some(full) = self.open.remove(folder)
            {
                self.shared.finish(full.writer)?;
            }
        }
        Ok(())
    }

    fn make_room(&mut self) -> Result<()> {
        if self.open.len() < OPEN_MAX {
            return Ok(());
        }
        let oldest = self.open.iter().min_by_key(|(_, file)| file.used).map(|(folder, _)| folder.clone());
        match oldest.and_then(|folder| self.open.remove(&folder)) {
            Some(file) => self.shared.finish(file.writer),
            None => Ok(()),
        }
    }

    /// The rows of each folder.
    fn by_folder(&mut self, batch: &Batch) -> Result<HashMap<String, Vec<u32>>> {
        let mut values = Vec::with_capacity(self.folders.len());
        for (texts, at) in self.folders.iter_mut().zip(&self.shared.in_folders) {
            values.push(texts.of(&batch.columns[*at].flat()?)?);
        }
        let mut rows: HashMap<String, Vec<u32>> = HashMap::new();
        let mut folder = String::new();
        for row in 0..batch.rows() {
            folder.clear();
            for (texts, at) in values.iter().zip(&self.shared.in_folders) {
                if !folder.is_empty() {
                    folder.push('/');
                }
                let value = texts.is_valid(row).then(|| texts.value(row));
                folder.push_str(&partitions::folder(&self.shared.columns[*at].0, value));
            }
            match rows.get_mut(folder.as_str()) {
                Some(rows) => rows.push(row as u32),
                None => drop(rows.insert(folder.clone(), vec![row as u32])),
            }
        }
        Ok(rows)
    }
}

impl Sink for WriteSink {
    fn push(&mut self, batch: Batch) -> Result<()> {
        let batch = batch.compact()?;
        let rows = batch.rows();
        let column = |at: &usize| batch.columns[*at].flat_as(&self.shared.columns[*at].1);
        let columns = self.shared.in_files.iter().map(column).collect::<Result<Vec<_>>>()?;
        if self.folders.is_empty() {
            self.write("", &columns, rows)?;
        } else {
            for (folder, rows) in self.by_folder(&batch)? {
                let rows = UInt32Array::from(rows);
                let taken = columns.iter().map(|column| arrow::compute::take(column, &rows, None));
                self.write(&folder, &taken.collect::<Result<Vec<_>, _>>()?, rows.len())?;
            }
        }
        self.reservation.resize(self.open.values().map(|file| file.writer.bytes_held()).sum())
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        let mut open = std::mem::take(&mut self.open).into_values();
        let finished = open.try_for_each(|file| self.shared.finish(file.writer));
        self.reservation.free();
        Poll::Ready(finished)
    }
}
