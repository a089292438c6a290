//! `zip_with` and `map_zip_with`: two arrays element by element, two maps key by key. What one side lacks is NULL.

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{common_type, errors, signature};
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{CanFail, Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};
use hashbrown::HashMap;

use super::calls::{element, entry, takes};
use crate::collection::entries::{Maps, map_column};
use crate::collection::lists::{Keys, Lists, list_column, valid_in_all};

pub(super) const ZIP_WITH: ScalarFunction = ScalarFunction {
    name: "zip_with",
    signature: Signature::OneOf(&[&[Param::AnyArray, Param::AnyArray]]),
    returns_for: Some(|args| Ok(SqlType::array(args[2].data_type().clone(), args[2].nullable()))),
    nullability: Nullability::Custom(|args| args[0].nullable() || args[1].nullable()),
    higher_order: Some(HigherOrder {
        values: 2,
        lambdas: &[takes(2)],
        parameters: |values, _, _| Ok(values.iter().map(|array| (element(array).0, true)).collect()),
        check: |_, args| Ok(args),
    }),
    kernel: Kernel::Lazy(zip_with),
    doc: Doc {
        usage: "zip_with(left, right, func) - Merges the two given arrays, element-wise, into a single array using function. \
                If one array is shorter, nulls are appended at the end to match the length of the longer array, before \
                applying function.",
        since: "2.4.0",
        examples: &[
            ("SELECT zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)", "[4,6]"),
            (
                "SELECT zip_with(array('a', 'b', 'c'), array('d', 'e', 'f'), (x, y) -> concat(x, y))",
                "[\"ad\",\"be\",\"cf\"]",
            ),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn zip_with(args: &mut LazyArgs<'_>) -> Result<Column> {
    let lists = [Lists::new(&args.evaluate(0, args.rows())?)?, Lists::new(&args.evaluate(1, args.rows())?)?];
    let valid = valid_in_all(&lists, args.rows().len());
    let mut pairs = Pairs::default();
    for row in 0..args.rows().len() {
        if valid.value(row) {
            let [left, right] = [lists[0].range(row), lists[1].range(row)];
            let place = |range: &std::ops::Range<usize>, at: usize| (at < range.len()).then(|| range.start + at);
            (0..left.len().max(right.len())).for_each(|at| pairs.push(row, place(&left, at), place(&right, at)));
        }
        pairs.end();
    }
    let parameters = pairs.parameters(lists[0].elements(), lists[1].elements())?.map(Column::Array).to_vec();
    let values = args.apply(2, &pairs.of_rows(), parameters)?.flat_as(args.data_type(2))?;
    let nulls = Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0);
    list_column(args.return_type(), values, pairs.offsets(), nulls)
}

/// Calls with a value of either side, or of one.
#[derive(Default)]
struct Pairs {
    rows: Vec<u32>,
    left: Vec<Option<u32>>,
    right: Vec<Option<u32>>,
    ends: Vec<usize>,
}

impl Pairs {
    fn push(&mut self, row: usize, left: Option<usize>, right: Option<usize>) {
        self.rows.push(row as u32);
        self.left.push(left.map(|at| at as u32));
        self.right.push(right.map(|at| at as u32));
    }

    fn end(&mut self) {
        self.ends.push(self.rows.len());
    }

    fn of_rows(&self) -> UInt32Array {
        UInt32Array::from(self.rows.clone())
    }

    fn offsets(&self) -> OffsetBuffer<i32> {
        OffsetBuffer::from_lengths(
            std::iter::once(&0).chain(&self.ends).zip(&self.ends).map(|(start, end)| end - start),
        )
    }

    fn parameters(&self, left: &ArrayRef, right: &ArrayRef) -> Result<[ArrayRef; 2]> {
        Ok([
            arrow::compute::take(left, &UInt32Array::from(self.left.clone()), None)?,
            arrow::compute::take(right, &UInt32Array::from(self.right.clone()), None)?,
        ])
    }
}

pub(super) const MAP_ZIP_WITH: ScalarFunction = ScalarFunction {
    name: "map_zip_with",
    signature: Signature::Custom(map_operands),
    returns_for: Some(|args| {
        let [(key, _), _] = entry(&args[0]);
        Ok(SqlType::map(key, args[2].data_type().clone(), args[2].nullable()))
    }),
    nullability: Nullability::Custom(|args| args[0].nullable() || args[1].nullable()),
    can_fail: CanFail::Never,
    higher_order: Some(HigherOrder {
        values: 2,
        lambdas: &[takes(3)],
        parameters: |values, _, _| {
            let [[key, (left, _)], [_, (right, _)]] = [entry(&values[0]), entry(&values[1])];
            Ok(vec![key, (left, true), (right, true)])
        },
        check: |_, args| Ok(args),
    }),
    kernel: Kernel::Lazy(map_zip_with),
    doc: Doc {
        usage: "map_zip_with(map1, map2, function) - Merges two given maps into a single map by applying function to the pair \
                of values with the same key. For keys only presented in one map, NULL will be passed as the value for the \
                missing key.",
        since: "3.0.0",
        examples: &[(
            "SELECT map_zip_with(map(1, 'a', 2, 'b'), map(1, 'x', 2, 'y'), (k, v1, v2) -> concat(v1, v2))",
            "{1:\"ax\",2:\"by\"}",
        )],
    },
    ..ScalarFunction::DEFAULT
};

/// Two maps with keys of one type.
fn map_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let args = signature::apply(name, Signature::OneOf(&[&[Param::AnyMap, Param::AnyMap]]), args)?;
    let [[(left, _), (left_value, left_null)], [(right, _), (right_value, right_null)]] =
        [entry(&args[0]), entry(&args[1])];
    let text_beside_other = left.is_string() != right.is_string();
    let common = if text_beside_other { None } else { common_type(&left, &right) };
    let Some(key) = common else {
        bail!(
            DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`"),
            leftType = left.quoted_sql(),
            rightType = right.quoted_sql()
        );
    };
    let cast = |arg: &ExprRef, value: SqlType, contains_null: bool| {
        Expr::cast(arg.clone(), SqlType::map(key.clone(), value, contains_null), CastMode::Ansi)
    };
    Ok(vec![cast(&args[0], left_value, left_null), cast(&args[1], right_value, right_null)])
}

/// The keys of the first map, then those that only the second one has.
fn map_zip_with(args: &mut LazyArgs<'_>) -> Result<Column> {
    let maps = [Maps::new(&args.evaluate(0, args.rows())?)?, Maps::new(&args.evaluate(1, args.rows())?)?];
    let keys = [Keys::of(maps[0].keys())?, Keys::of(maps[1].keys())?];
    let (mut pairs, mut key_places, mut valid) = (Pairs::default(), Vec::new(), Vec::new());
    for row in 0..args.rows().len() {
        let is_valid = maps.iter().all(|map| map.is_valid(row));
        valid.push(is_valid);
        if is_valid {
            let mut others: HashMap<_, _> = maps[1].range(row).map(|at| (keys[1].get(at), at)).collect();
            for at in maps[0].range(row) {
                key_places.push((0, at));
                pairs.push(row, Some(at), others.remove(&keys[0].get(at)));
            }
            for at in maps[1].range(row).filter(|at| others.contains_key(&keys[1].get(*at))) {
                key_places.push((1, at));
                pairs.push(row, None, Some(at));
            }
        }
        pairs.end();
    }
    let sources: [&dyn Array; 2] = [maps[0].keys().as_ref(), maps[1].keys().as_ref()];
    let keys = match key_places.is_empty() {
        true => maps[0].keys().slice(0, 0),
        false => arrow::compute::interleave(&sources, &key_places)?,
    };
    let [left, right] = pairs.parameters(maps[0].values(), maps[1].values())?.map(Column::Array);
    let parameters = vec![Column::Array(keys.clone()), left, right];
    let values = args.apply(2, &pairs.of_rows(), parameters)?.flat_as(args.data_type(2))?;
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    map_column(args.return_type(), keys, values, pairs.offsets(), nulls)
}
