//! The golden runner: every `.sql` file of a folder in every mode, each mode in a process of its own, against the
//! `.sql.out` files of another folder.

mod arguments;
mod compare;
mod engine;
mod error;
mod gaps;
mod golden;
mod input;
mod modes;
mod processes;
mod report;
mod runner;
mod survey;
mod tables;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use arguments::Arguments;
use compare::{Outcome, Verdict, compare};
use gaps::Gaps;
use golden::Record;
use input::TestFile;
use modes::Mode;
use report::{Failure, FileReport, Report};
use runner::Fixture;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) if arguments.survey || arguments.quiet || report.failed() == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Report> {
    if arguments.inputs.is_absolute() && arguments.tables.is_none() {
        // Statements of ours name files by paths that begin at the repository.
        std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    }
    let mut files = input::find(&arguments.inputs)
        .map_err(|error| format!("cannot list {}: {error}", arguments.inputs.display()))?;
    files.retain(|file| arguments.selects(file));
    if files.is_empty() {
        return Err(format!("no such .sql file in {}", arguments.inputs.display()).into());
    }
    let modes = arguments.modes();
    let report = match modes.as_slice() {
        // Panics are outcomes and shown as such; their messages would only litter the output.
        [mode] if arguments.quiet || !arguments.survey => {
            std::panic::set_hook(Box::new(|_| {}));
            run_here(arguments, *mode, &files)?
        }
        _ => processes::run(arguments, &modes, &files)?,
    };
    if arguments.write_gaps {
        let failures =
            report.files.iter().flat_map(|file| file.failures.iter().map(|f| (file.file.clone(), f.sql.clone())));
        Gaps::write(&arguments.gaps, failures)?;
    }
    if let Some(path) = &arguments.report {
        fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    if !arguments.quiet {
        let (passed, failed) = (report.passed(), report.failed());
        if arguments.survey {
            println!("{:.1} % agree", 100.0 * passed as f64 / (passed + failed).max(1) as f64);
        }
        if report.gaps() > 0 {
            println!("{} known gaps", report.gaps());
        }
        println!("{passed} passed, {failed} failed");
    }
    Ok(report)
}

fn run_here(arguments: &Arguments, mode: Mode, files: &[String]) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let tables = match &arguments.tables {
        Some(tables) => tables::write_parquet(tables, folder.path())?,
        None => Vec::new(),
    };
    let mut report = Report::default();
    for name in files {
        let file = TestFile::read(&arguments.inputs, name)?;
        if file.for_others {
            continue;
        }
        let mut found = run_file(arguments, mode, &file, &tables).unwrap_or_else(|problem| {
            // Nothing of it ran: all of it failed.
            let total = golden::count(&golden_file(arguments, name));
            FileReport { total, problem: Some(problem.to_string()), ..FileReport::default() }
        });
        (found.mode, found.file) = (mode.name().to_owned(), name.clone());
        if !arguments.quiet {
            found.print(arguments.verbose);
        }
        report.files.push(found);
    }
    Ok(report)
}

fn run_file(arguments: &Arguments, mode: Mode, file: &TestFile, tables: &[(String, PathBuf)]) -> Result<FileReport> {
    let golden = golden_file(arguments, &file.name);
    if arguments.write {
        return write_file(&golden, file, &fixture(arguments, mode, file, &[], tables)?);
    }
    let text = fs::read_to_string(&golden)
        .map_err(|error| format!("{}: {error} (record it with --write)", golden.display()))?;
    let expected = golden::parse(&text);
    // Where an imported file is missing, the golden file knows its statements.
    let statements = match file.imports_missing.is_empty() {
        true => file.statements.clone(),
        false => expected.iter().map(|record| record.sql.clone()).collect(),
    };
    let mut combinations = file.combinations();
    if arguments.survey {
        // The dimensions of Spark's files choose between its code generators.
        combinations.truncate(1);
    }
    let mut report = FileReport::default();
    for combination in combinations {
        let outcomes = fixture(arguments, mode, file, &combination, tables)?.run(&statements)?;
        judge(&mut report, arguments, file, &expected, (&statements, &outcomes));
    }
    Ok(report)
}

fn golden_file(arguments: &Arguments, name: &str) -> PathBuf {
    arguments.results.join(format!("{name}.out"))
}

fn fixture(
    arguments: &Arguments,
    mode: Mode,
    file: &TestFile,
    combination: &[input::KeyValue],
    tables: &[(String, PathBuf)],
) -> Result<Fixture> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut settings: Vec<_> = mode.settings().iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    if arguments.survey {
        settings.extend(survey::settings(&file.name));
    }
    settings.extend(arguments.settings.iter().chain(&file.settings).chain(combination).cloned());
    let mut tables = tables.to_vec();
    for folder in &file.tables {
        tables.extend(tables::parquet_files(&repository.join(folder))?);
    }
    Ok(Fixture { open: engine::open, settings, tables, time_limit: Duration::from_secs(arguments.time_limit) })
}

/// Adds one combination's statements to the report.
fn judge(
    report: &mut FileReport,
    arguments: &Arguments,
    file: &TestFile,
    expected: &[Record],
    (statements, outcomes): (&[String], &[Outcome]),
) {
    let gaps = if arguments.survey || arguments.write_gaps { Gaps::default() } else { Gaps::read(&arguments.gaps) };
    let detail = file.error_detail.unwrap_or(arguments.error_detail());
    let none = || "nothing: statements and records do not pair up".to_owned();
    let text = |record: &Record| format!("{}\n{}", record.schema, record.output);
    for at in 0..expected.len().max(statements.len()) {
        let sql = statements.get(at).map_or("", String::as_str);
        let record = expected.get(at).filter(|record| record.sql == sql);
        let verdict = match (record, outcomes.get(at)) {
            (Some(record), Some(outcome)) => compare(record, outcome, detail, file.approximate),
            _ => Verdict::Differs,
        };
        let (agrees, is_gap) = (verdict != Verdict::Differs, gaps.contains(&file.name, sql));
        report.total += 1;
        report.same += usize::from(verdict == Verdict::Same && !is_gap);
        report.agreed += usize::from(agrees && !is_gap);
        report.gaps += usize::from(!agrees && is_gap);
        if agrees == is_gap {
            let actual = outcomes.get(at).map_or_else(none, |outcome| text(&outcome.record(sql)));
            let expected = match is_gap {
                true => format!("a gap, which it no longer is: strike it from {}", arguments.gaps.display()),
                false => record.map_or_else(none, text),
            };
            report.failures.push(Failure { sql: sql.to_owned(), expected, actual });
        }
    }
}

fn write_file(golden: &Path, file: &TestFile, fixture: &Fixture) -> Result<FileReport> {
    let outcomes = fixture.run(&file.statements)?;
    if let Some(Outcome::Broken(why)) = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Broken(_))) {
        return Err(format!("not recorded: {why}").into());
    }
    let records: Vec<_> = file.statements.iter().zip(&outcomes).map(|(sql, outcome)| outcome.record(sql)).collect();
    if let Some(folder) = golden.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(golden, golden::render(&records))?;
    let count = records.len();
    Ok(FileReport { total: count, agreed: count, same: count, ..FileReport::default() })
}
