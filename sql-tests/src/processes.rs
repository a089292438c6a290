//! Parts of a run as processes of their own: modes never share one, so what one leaves behind (pools, caches, settings
//! of the process) cannot help or hurt another; in a survey files do not share one either, so that a file which takes
//! its process down is one failure among others.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::golden;
use crate::modes::Mode;
use crate::report::{FileReport, Report};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub(crate) fn run(arguments: &Arguments, modes: &[Mode], files: &[String]) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let mut whole = Report::default();
    for mode in modes {
        let parts: Vec<Option<&str>> =
            if arguments.survey { files.iter().map(|file| Some(file.as_str())).collect() } else { vec![None] };
        for file in parts {
            let part = run_part(arguments, *mode, file, &folder.path().join("report.json"))?;
            part.files.iter().for_each(|file| file.print(arguments.verbose));
            whole.files.extend(part.files);
        }
    }
    Ok(whole)
}

fn run_part(arguments: &Arguments, mode: Mode, file: Option<&str>, report: &Path) -> Result<Report> {
    let process = Command::new(std::env::current_exe()?).args(arguments.for_process(mode, file, report)).spawn()?;
    // A statement ends by its own limit; this one is for a process that cannot even end.
    let limit = Duration::from_secs(arguments.time_limit * if arguments.survey { 10 } else { 1000 });
    let status = wait(process, limit)?;
    let text = fs::read(report);
    let _ = fs::remove_file(report);
    match text {
        Ok(text) if status.is_some_and(|status| status.success()) => Ok(serde_json::from_slice(&text)?),
        _ => Ok(Report { files: vec![died(arguments, mode, file, status)] }),
    }
}

#[expect(clippy::disallowed_methods, reason = "a parent that only waits for its child")]
fn wait(mut process: Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = process.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    process.kill()?;
    process.wait()?;
    Ok(None)
}

/// All of a file's statements failed.
fn died(arguments: &Arguments, mode: Mode, file: Option<&str>, status: Option<ExitStatus>) -> FileReport {
    let problem = match status {
        Some(status) => format!("the process ended by itself: {status}"),
        None => "the process had to be stopped".to_owned(),
    };
    FileReport {
        mode: mode.name().to_owned(),
        file: file.unwrap_or("(all)").to_owned(),
        total: file.map_or(1, |file| golden::count(&crate::golden_file(arguments, file))),
        problem: Some(problem),
        ..FileReport::default()
    }
}
