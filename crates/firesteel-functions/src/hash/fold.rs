//! A hash carried through values of every type, as Spark carries it: NULLs leave it as it is, nested values hash as their
//! members in turn.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNanoType, IntervalYearMonthType, Time64NanosecondType, TimestampMicrosecondType,
};
use firesteel_common::{Result, SqlType, error};
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::ExprRef;

/// A hash so far, and what becomes of it with one more value.
pub(super) trait Mix: Copy {
    fn int(self, value: u32) -> Self;
    fn long(self, value: u64) -> Self;
    fn bytes(self, bytes: &[u8]) -> Self;
}

/// Any arguments, at least one, but no maps: equal ones may have their entries in different orders.
pub(super) fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.is_empty() {
        return Err(errors::wrong_num_args(name, "> 0", 0));
    }
    if args.iter().any(|arg| has_map(arg.data_type())) {
        return Err(error!(
            DATATYPE_MISMATCH_HASH_MAP_TYPE,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`")
        ));
    }
    Ok(args)
}

fn has_map(data_type: &SqlType) -> bool {
    match data_type {
        SqlType::Map { .. } => true,
        SqlType::Array { element, .. } => has_map(element),
        SqlType::Struct(fields) => fields.iter().any(|field| has_map(&field.data_type)),
        _ => false,
    }
}

/// Mixes a column into the hashes of its rows.
pub(super) fn add<H: Mix>(array: &ArrayRef, data_type: &SqlType, hashes: &mut [H]) {
    let mut each = |mix: &dyn Fn(usize, H) -> H| {
        for (row, hash) in hashes.iter_mut().enumerate() {
            if array.is_valid(row) {
                *hash = mix(row, *hash);
            }
        }
    };
    macro_rules! numbers {
        ($arrow:ty, $mix:ident, $as:ty, $to:expr) => {{
            let values = array.as_primitive::<$arrow>();
            each(&|row, hash| hash.$mix($to(values.value(row)) as $as))
        }};
    }
    match data_type {
        SqlType::Boolean => {
            let values = array.as_boolean();
            each(&|row, hash| hash.int(u32::from(values.value(row))));
        }
        SqlType::TinyInt => numbers!(Int8Type, int, u32, i32::from),
        SqlType::SmallInt => numbers!(Int16Type, int, u32, i32::from),
        SqlType::Int => numbers!(Int32Type, int, u32, i32::from),
        SqlType::Date => numbers!(Date32Type, int, u32, i32::from),
        SqlType::YearMonthInterval(..) => numbers!(IntervalYearMonthType, int, u32, i32::from),
        SqlType::BigInt => numbers!(Int64Type, long, u64, i64::from),
        SqlType::Time(_) => numbers!(Time64NanosecondType, long, u64, i64::from),
        SqlType::Timestamp | SqlType::TimestampNtz => numbers!(TimestampMicrosecondType, long, u64, i64::from),
        SqlType::DayTimeInterval(..) => numbers!(DurationMicrosecondType, long, u64, i64::from),
        // Minus zero hashes as zero, every NaN alike.
        SqlType::Float => {
            numbers!(Float32Type, int, u32, |v: f32| if v.is_nan() { f32::NAN } else { v + 0.0 }.to_bits())
        }
        SqlType::Double => {
            numbers!(Float64Type, long, u64, |v: f64| if v.is_nan() { f64::NAN } else { v + 0.0 }.to_bits())
        }
        SqlType::Decimal { precision: ..=18, .. } => numbers!(Decimal128Type, long, u64, |v: i128| v as i64),
        SqlType::Decimal { .. } => {
            let values = array.as_primitive::<Decimal128Type>();
            each(&|row, hash| hash.bytes(shortest_bytes(&values.value(row).to_be_bytes())));
        }
        SqlType::Binary => {
            let values = array.as_binary_view();
            each(&|row, hash| hash.bytes(values.value(row)));
        }
        SqlType::CalendarInterval => {
            let values = array.as_primitive::<IntervalMonthDayNanoType>();
            each(&|row, hash| {
                let value = values.value(row);
                hash.long((value.nanoseconds / 1000) as u64).int(value.days as u32).int(value.months as u32)
            });
        }
        SqlType::Array { element, .. } => {
            let lists = array.as_list::<i32>();
            each(&|row, hash| members(&lists.value(row), element, hash));
        }
        SqlType::Struct(fields) => {
            let columns = array.as_struct().columns();
            each(&|row, hash| {
                let fields = columns.iter().zip(fields.iter());
                fields.fold(hash, |hash, (column, field)| members(&column.slice(row, 1), &field.data_type, hash))
            });
        }
        text if text.is_string() => {
            let values = array.as_string_view();
            each(&|row, hash| hash.bytes(values.value(row).as_bytes()));
        }
        // Types without a value of their own, VOID among them, count as NULL.
        _ => {}
    }
}

/// One value after the other into one hash.
fn members<H: Mix>(array: &ArrayRef, data_type: &SqlType, hash: H) -> H {
    (0..array.len()).fold(hash, |hash, at| {
        let mut one = [hash];
        add(&array.slice(at, 1), data_type, &mut one);
        one[0]
    })
}

/// A big-endian two's complement number without the bytes that only repeat its sign.
fn shortest_bytes(bytes: &[u8; 16]) -> &[u8] {
    let redundant = |pair: &[u8]| matches!((pair[0], pair[1] >> 7), (0, 0) | (0xff, 1));
    let skipped = bytes.windows(2).take_while(|pair| redundant(pair)).count();
    &bytes[skipped..]
}
