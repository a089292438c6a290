//! `array_sort`: by natural order, NULLs last, or by a lambda that compares two elements.
//!
//! Sorting merges runs from the bottom up, in all rows at once: each round makes the next comparison of every merge that is
//! under way, so that the lambda sees many pairs at a time.

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{
    Arity, CanFail, Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature,
};
use firesteel_expr::{Column, ExprRef};

use super::calls::element;
use crate::collection::lists::{Keys, Lists, list_column};

pub(super) const ARRAY_SORT: ScalarFunction = ScalarFunction {
    name: "array_sort",
    signature: Signature::Custom(|name, args| signature::apply(name, Signature::OneOf(&[&[Param::AnyArray]]), args)),
    returns: |types| Ok(types[0].clone()),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    can_fail: CanFail::When(|args| args.len() > 1),
    higher_order: Some(HigherOrder {
        values: 1,
        lambdas: &[Arity { usual: 2, or: None, optional: true }],
        parameters: |values, _, _| Ok(vec![element(&values[0]), element(&values[0])]),
        check,
    }),
    kernel: Kernel::Lazy(array_sort),
    doc: Doc {
        usage: "array_sort(expr, func) - Sorts the input array. If func is omitted, sort in ascending order, NULLs last. The \
                comparator takes two arguments and returns a negative integer, 0, or a positive integer as the first \
                element is less than, equal to, or greater than the second element.",
        since: "2.4.0",
        examples: &[
            ("SELECT array_sort(array('b', 'd', null, 'c', 'a'))", "[\"a\",\"b\",\"c\",\"d\",null]"),
            ("SELECT array_sort(array(5, 6, 1), (left, right) -> right - left)", "[6,5,1]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn check(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.get(1) {
        None => {
            let (element, _) = element(&args[0]);
            if !element.is_orderable() {
                return Err(errors::not_orderable(name, &args, args[0].data_type()));
            }
        }
        Some(lambda) if *lambda.data_type() != SqlType::Int => bail!(
            DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE,
            sqlExpr = errors::call_text(name, &args),
            functionName = "`lambdafunction`",
            expectedType = "\"INT\"",
            actualType = lambda.data_type().quoted_sql()
        ),
        Some(_) => {}
    }
    Ok(args)
}

fn array_sort(args: &mut LazyArgs<'_>) -> Result<Column> {
    let lists = Lists::new(&args.evaluate(0, args.rows())?)?;
    let rows = args.rows().len();
    let mut sorted: Vec<Vec<u32>> =
        (0..rows).map(|row| if lists.is_valid(row) { lists.range(row) } else { 0..0 }).map(places).collect();
    match args.len() {
        1 => sort_naturally(&lists, &mut sorted)?,
        _ => Merging { args, elements: lists.elements() }.sort(&mut sorted)?,
    }
    let offsets = arrow::buffer::OffsetBuffer::from_lengths(sorted.iter().map(Vec::len));
    let elements = arrow::compute::take(lists.elements(), &UInt32Array::from(sorted.concat()), None)?;
    list_column(args.return_type(), elements, offsets, lists.nulls().cloned())
}

fn places(range: std::ops::Range<usize>) -> Vec<u32> {
    range.map(|at| at as u32).collect()
}

fn sort_naturally(lists: &Lists, rows: &mut [Vec<u32>]) -> Result<()> {
    let keys = Keys::of(lists.elements())?;
    let key = |at: u32| (keys.is_null(at as usize), keys.get(at as usize));
    rows.iter_mut().for_each(|row| row.sort_by(|left, right| key(*left).cmp(&key(*right))));
    Ok(())
}

/// Two neighbouring runs of a row that become one.
struct Merge {
    row: usize,
    left: std::ops::Range<usize>,
    right: std::ops::Range<usize>,
    merged: Vec<u32>,
}

struct Merging<'a, 'b> {
    args: &'a mut LazyArgs<'b>,
    elements: &'a ArrayRef,
}

impl Merging<'_, '_> {
    fn sort(&mut self, rows: &mut [Vec<u32>]) -> Result<()> {
        let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut width = 1;
        while width < longest {
            let mut merges: Vec<Merge> = Vec::new();
            for (row, places) in rows.iter().enumerate() {
                for start in (0..places.len()).step_by(2 * width) {
                    let middle = (start + width).min(places.len());
                    let end = (start + 2 * width).min(places.len());
                    merges.push(Merge { row, left: start..middle, right: middle..end, merged: Vec::new() });
                }
            }
            self.merge(rows, &mut merges)?;
            rows.iter_mut().for_each(Vec::clear);
            merges.into_iter().for_each(|merge| rows[merge.row].extend(merge.merged));
            width *= 2;
        }
        Ok(())
    }

    /// Rounds of comparisons until every merge has used up one side; then the rest of the other follows.
    fn merge(&mut self, rows: &[Vec<u32>], merges: &mut [Merge]) -> Result<()> {
        loop {
            let mut active: Vec<&mut Merge> =
                merges.iter_mut().filter(|merge| !merge.left.is_empty() && !merge.right.is_empty()).collect();
            if active.is_empty() {
                break;
            }
            let pair = |merge: &&mut Merge| {
                let places = &rows[merge.row];
                (merge.row as u32, places[merge.left.start], places[merge.right.start])
            };
            let pairs: Vec<_> = active.iter().map(pair).collect();
            let order = self.compare(&pairs)?;
            for ((merge, (_, left, right)), order) in active.iter_mut().zip(&pairs).zip(order) {
                // Equal elements stay in their order.
                if order < 0 {
                    merge.right.start += 1;
                    merge.merged.push(*right);
                } else {
                    merge.left.start += 1;
                    merge.merged.push(*left);
                }
            }
        }
        for merge in merges {
            let places = &rows[merge.row];
            merge.merged.extend_from_slice(&places[merge.left.clone()]);
            merge.merged.extend_from_slice(&places[merge.right.clone()]);
        }
        Ok(())
    }

    /// How the right elements of pairs compare to the left ones.
    fn compare(&mut self, pairs: &[(u32, u32, u32)]) -> Result<Vec<i32>> {
        let of_rows: UInt32Array = pairs.iter().map(|(row, _, _)| *row).collect();
        let take = |at: fn(&(u32, u32, u32)) -> u32| -> Result<Column> {
            let places: UInt32Array = pairs.iter().map(at).collect();
            Ok(Column::Array(arrow::compute::take(self.elements, &places, None)?))
        };
        let parameters = vec![take(|pair| pair.2)?, take(|pair| pair.1)?];
        let order = self.args.apply(1, &of_rows, parameters)?.flat()?;
        if order.null_count() > 0 {
            bail!(COMPARATOR_RETURNS_NULL);
        }
        Ok(order.as_primitive::<Int32Type>().values().to_vec())
    }
}
