//! `firesteel bench`: each query file several times in one process, the whole result fetched, times and peak memory as JSON.

use std::path::{Path, PathBuf};
use std::time::Instant;

use firesteel::{Error, Result, Session};
use firesteel_datasource::ParquetWriter;
use serde::Serialize;

use crate::args::Bench;
use crate::complaint::complain;
use crate::run::say;

/// What one query did.
#[derive(Debug, Serialize)]
struct Measured {
    name: String,
    /// Wall time of each run, from text to the last row.
    seconds: Vec<f64>,
    rows: u64,
    /// The process's largest resident set while this query ran.
    peak_memory_bytes: Option<u64>,
    error: Option<String>,
}

/// Whether every query succeeded.
pub(crate) fn run(session: &Session, bench: &Bench) -> Result<bool> {
    let files = query_files(bench)?;
    if let Some(folder) = &bench.results {
        std::fs::create_dir_all(folder).map_err(|error| file_error(Path::new(folder), &error))?;
    }
    let mut measured = Vec::new();
    for (name, path) in files {
        let result = measure(session, bench, &name, &path);
        match &result.error {
            None => {
                let best = result.seconds.iter().copied().fold(f64::INFINITY, f64::min);
                complain(&format!("{name}: {best:.3} s, {} rows", result.rows));
            }
            Some(error) => complain(&format!("{name}: {error}")),
        }
        measured.push(result);
    }
    let json = serde_json::to_string_pretty(&measured).map_err(|error| Error::internal(error.to_string()))?;
    match &bench.output {
        Some(path) => std::fs::write(path, json + "\n").map_err(|error| file_error(Path::new(path), &error))?,
        None => say(&json),
    }
    Ok(measured.iter().all(|query| query.error.is_none()))
}

/// Names and paths, sorted by name. A name that was asked for must be there.
fn query_files(bench: &Bench) -> Result<Vec<(String, PathBuf)>> {
    let folder = Path::new(&bench.queries);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| file_error(folder, &error))? {
        let path = entry.map_err(|error| file_error(folder, &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".sql"));
        // q29.spark.sql and its like are variants for other engines.
        if let Some(name) = name.filter(|name| !name.contains('.')) {
            files.push((name.to_owned(), path.clone()));
        }
    }
    files.sort_unstable();
    for name in &bench.query {
        if !files.iter().any(|(known, _)| known == name) {
            return Err(file_error(&folder.join(format!("{name}.sql")), &std::io::ErrorKind::NotFound.into()));
        }
    }
    // A variant in Spark's dialect goes before the common text.
    for (name, path) in &mut files {
        let variant = folder.join(format!("{name}.spark.sql"));
        if variant.exists() {
            *path = variant;
        }
    }
    files.retain(|(name, _)| bench.query.is_empty() || bench.query.contains(name));
    Ok(files)
}

fn measure(session: &Session, bench: &Bench, name: &str, path: &Path) -> Measured {
    let mut measured =
        Measured { name: name.to_owned(), seconds: Vec::new(), rows: 0, peak_memory_bytes: None, error: None };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            measured.error = Some(file_error(path, &error).render(None));
            return measured;
        }
    };
    reset_peak_memory();
    for iteration in 0..bench.iterations.max(1) {
        let start = Instant::now();
        let outcome = session.execute_sql(&text).and_then(|result| match (&bench.results, iteration) {
            // Written once, and that run is not faster for it.
            (Some(folder), 0) => write_result(result, &Path::new(folder).join(format!("{name}.parquet"))),
            _ => result.count_rows(),
        });
        match outcome {
            Ok(rows) => {
                measured.rows = rows;
                measured.seconds.push(start.elapsed().as_secs_f64());
            }
            Err(error) => {
                measured.error = Some(error.render(Some(&text)));
                break;
            }
        }
    }
    measured.peak_memory_bytes = peak_memory();
    measured
}

fn write_result(result: firesteel::QueryResult, path: &Path) -> Result<u64> {
    let columns: Vec<_> =
        result.columns().iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
    let mut writer = ParquetWriter::create(path, &columns)?;
    for batch in result {
        writer.write(&batch?)?;
    }
    writer.finish()
}

fn file_error(path: &Path, error: &std::io::Error) -> Error {
    firesteel::file_error(&path.display().to_string(), &error.to_string())
}

/// Where the system can: what follows is measured alone.
fn reset_peak_memory() {
    // Not every system has the file; the figure then covers the whole process's life.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
