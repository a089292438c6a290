//! What is written comes back; what is damaged is found out.

use std::os::unix::fs::FileExt;
use std::sync::Arc;

use arrow::array::ArrayRef;
use firesteel_expr::column::Column;
use proptest::prelude::*;

use super::*;
use crate::any_columns::any_batches;
use crate::keys::canonical;

fn file() -> SpillFile {
    SpillFile::create(&Arc::default(), &Arc::default()).expect("a file")
}

fn columns_of(reader: SegmentReader) -> Vec<Vec<ArrayRef>> {
    reader.map(|batch| batch.expect("a batch").columns().to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn segments_come_back_in_any_order((types, batches) in any_batches(3, 12)) {
        let mut file = file();
        let (mut segments, mut written) = (Vec::new(), Vec::new());
        for any in &batches {
            let batch = any.batch().compact().expect("rows");
            let flat: Vec<ArrayRef> =
                batch.columns.iter().zip(&types).map(|(column, t)| canonical(column, t).expect("flat")).collect();
            let writer = file.begin().write(flat.clone(), batch.rows()).expect("written");
            let (next, segment) = writer.write(flat.clone(), batch.rows()).expect("written").finish().expect("ended");
            file = next;
            segments.push(segment);
            written.push(flat);
        }
        for (segment, written) in segments.iter().zip(&written).rev() {
            let read = columns_of(segment.read().expect("readable"));
            prop_assert_eq!(read.len(), 2);
            for columns in read {
                prop_assert_eq!(&columns, written);
            }
        }
    }
}

#[test]
fn an_empty_segment_has_no_batches() {
    let (_, segment) = file().begin().finish().expect("nothing to write");
    assert!(columns_of(segment.read().expect("readable")).is_empty());
}

#[test]
fn rows_without_columns_are_counted() {
    let (_, segment) = file().begin().write(Vec::new(), 7).expect("written").finish().expect("ended");
    let rows: usize = segment.read().expect("readable").map(|batch| batch.expect("rows").num_rows()).sum();
    assert_eq!(rows, 7);
}

#[test]
fn a_flipped_bit_is_an_error_and_no_wrong_row() {
    let column = Column::Array(Arc::new(arrow::array::Int64Array::from_iter_values(0..1000)));
    let writer = file().begin().write(vec![Arc::clone(column.values())], 1000).expect("written");
    let (file, segment) = writer.finish().expect("ended");
    for at in (0..file.end).step_by(97) {
        let mut byte = [0];
        file.file.read_exact_at(&mut byte, at).expect("a byte");
        file.file.write_all_at(&[byte[0] ^ 0x10], at).expect("damaged");
        let read = segment.read().and_then(|reader| reader.collect::<Result<Vec<_>>>());
        match read {
            Err(error) => assert_eq!(error.condition().name, "SPILL_FAILED", "byte {at}"),
            Ok(batches) => {
                // The frame's own end is all that is not covered.
                let rows: Vec<_> = batches.iter().map(|batch| Arc::clone(batch.column(0))).collect();
                assert!(rows.len() == 1 && &rows[0] == column.values(), "byte {at}");
            }
        }
        file.file.write_all_at(&byte, at).expect("repaired");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let space = Arc::new(SpillSpace { folder: "/nowhere/at/all".into(), ..SpillSpace::default() });
    let error = SpillFile::create(&space, &Arc::default()).err().expect("no folder");
    assert!(error.message().contains("/nowhere/at/all"), "{error}");
}
