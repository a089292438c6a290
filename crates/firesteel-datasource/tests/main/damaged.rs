//! Files that are not what they should be: errors that name them, never a panic.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use firesteel_common::{Error, conditions};
use firesteel_datasource::ParquetTable;
use tempfile::tempdir;

use crate::harness::{TestScan, batch, groups_of, query, write};

fn good_file(path: &Path) -> Vec<u8> {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1000));
    let text: ArrayRef = Arc::new(StringArray::from_iter_values((0..1000).map(|at| format!("value {at}"))));
    write(path, &batch(vec![("n", numbers), ("s", text)]), groups_of(250));
    fs::read(path).expect("bytes")
}

/// Opens and reads everything.
fn read(path: &Path) -> Result<usize, Error> {
    let table = ParquetTable::open(path.to_str().expect("UTF-8"))?;
    TestScan::all(table.as_ref()).rows(&query())
}

fn assert_unreadable(path: &Path) {
    let error = read(path).expect_err("a damaged file");
    assert!(error.is(&conditions::CANNOT_READ_FILE), "{error}");
    assert!(error.message().contains(path.file_name().expect("a name").to_str().expect("UTF-8")), "{error}");
}

#[test]
fn files_that_are_no_parquet() {
    let folder = tempdir().expect("folder");
    for (name, content) in [("empty", ""), ("short", "PAR1"), ("text", "a,b\n1,2\n3,4\n"), ("magic", "PAR1....PAR1")] {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        assert_unreadable(&path);
    }
}

#[test]
fn truncated_anywhere() {
    let folder = tempdir().expect("folder");
    let content = good_file(&folder.path().join("good"));
    for length in (0..content.len()).step_by(content.len() / 40) {
        let path = folder.path().join(format!("cut{length}"));
        fs::write(&path, &content[..length]).expect("written");
        assert_unreadable(&path);
    }
}

#[test]
fn truncated_after_planning() {
    let folder = tempdir().expect("folder");
    let path = folder.path().join("good");
    let content = good_file(&path);
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    fs::write(&path, &content[..content.len() / 2]).expect("written");
    let error = TestScan::all(table.as_ref()).rows(&query()).expect_err("a changed file");
    assert!(error.is(&conditions::CANNOT_READ_FILE), "{error}");
}

#[test]
fn garbage_is_an_error_or_other_values_but_no_panic() {
    let folder = tempdir().expect("folder");
    let content = good_file(&folder.path().join("good"));
    let footer =
        content.len() - 8 - u32::from_le_bytes(content[content.len() - 8..][..4].try_into().expect("four")) as usize;
    let mut failed = 0;
    for step in 0..150 {
        let mut damaged = content.clone();
        // Every other one in the footer.
        let (from, to) = if step % 2 == 0 { (footer, content.len() - 8) } else { (4, footer) };
        let at = from + (step * 7919) % (to - from);
        let end = (at + 1 + step % 5).min(to);
        damaged[at..end].iter_mut().for_each(|byte| *byte ^= 0xa5);
        let path = folder.path().join(format!("damaged{step}"));
        fs::write(&path, damaged).expect("written");
        if let Err(error) = read(&path) {
            failed += 1;
            let about_the_file = [&conditions::CANNOT_READ_FILE, &conditions::PARQUET_TYPE_NOT_SUPPORTED];
            assert!(about_the_file.iter().any(|condition| error.is(condition)), "byte {at}: {error}");
        }
    }
    assert!(failed > 20, "only {failed} of the damaged files were noticed");
}

#[test]
fn nothing_to_read() {
    let folder = tempdir().expect("folder");
    let missing = folder.path().join("none");
    let error = ParquetTable::open(missing.to_str().expect("UTF-8")).expect_err("nothing there");
    assert!(error.is(&conditions::PATH_NOT_FOUND));
    let error = ParquetTable::open(folder.path().to_str().expect("UTF-8")).expect_err("an empty folder");
    assert!(error.is(&conditions::UNABLE_TO_INFER_SCHEMA));
}
