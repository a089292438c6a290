//! Arrays as sets: `array_distinct`, `array_union`, `array_intersect`, `array_except`. Elements stay in the order in which
//! they first occur; NULL equals NULL.

use firesteel_common::Result;
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, ScalarFunction, Signature};
use hashbrown::HashSet;

use super::lists::{Keys, ListWriter, Lists, valid_in_all};
use super::operands::two_arrays;
use super::search::orderable_elements;

pub(super) const ARRAY_DISTINCT: ScalarFunction = ScalarFunction {
    name: "array_distinct",
    signature: Signature::Custom(orderable_elements),
    kernel: Kernel::Batch(|args| distinct(args, None)),
    doc: Doc {
        usage: "array_distinct(array) - Removes duplicate values from the array.",
        since: "2.4.0",
        examples: &[("SELECT array_distinct(array(1, 2, 3, null, 3))", "[1,2,3,null]")],
    },
    ..OF_TWO
};

const OF_TWO: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(two_arrays),
    returns: |types| Ok(types[0].clone()),
    ..ScalarFunction::DEFAULT
};

pub(super) const ARRAY_UNION: ScalarFunction = ScalarFunction {
    name: "array_union",
    kernel: Kernel::Batch(union),
    doc: Doc {
        usage: "array_union(array1, array2) - Returns an array of the elements in the union of array1 and array2, without \
                duplicates.",
        since: "2.4.0",
        examples: &[("SELECT array_union(array(1, 2, 3), array(1, 3, 5))", "[1,2,3,5]")],
    },
    ..OF_TWO
};

pub(super) const ARRAY_INTERSECT: ScalarFunction = ScalarFunction {
    name: "array_intersect",
    kernel: Kernel::Batch(|args| distinct(args, Some(true))),
    doc: Doc {
        usage: "array_intersect(array1, array2) - Returns an array of the elements in the intersection of array1 and \
                array2, without duplicates.",
        since: "2.4.0",
        examples: &[("SELECT array_intersect(array(1, 2, 3), array(1, 3, 5))", "[1,3]")],
    },
    ..OF_TWO
};

pub(super) const ARRAY_EXCEPT: ScalarFunction = ScalarFunction {
    name: "array_except",
    kernel: Kernel::Batch(|args| distinct(args, Some(false))),
    doc: Doc {
        usage: "array_except(array1, array2) - Returns an array of the elements in array1 but not in array2, without \
                duplicates.",
        since: "2.4.0",
        examples: &[("SELECT array_except(array(1, 2, 3), array(1, 3, 5))", "[2]")],
    },
    ..OF_TWO
};

/// The elements of the first array, each once; of them those that are (`Some(true)`) or are not in the second one.
fn distinct(args: &KernelArgs<'_>, among: Option<bool>) -> Result<Column> {
    let lists = (0..args.columns.len()).map(|at| Lists::of(args, at)).collect::<Result<Vec<_>>>()?;
    let keys = lists.iter().map(|list| Keys::of(list.elements())).collect::<Result<Vec<_>>>()?;
    let valid = valid_in_all(&lists, args.rows);
    let mut out = ListWriter::new(args.return_type, &[lists[0].elements()])?;
    for row in 0..args.rows {
        if !valid.value(row) {
            out.end_null();
            continue;
        }
        let others: HashSet<_> = match lists.get(1) {
            Some(second) => second.range(row).map(|at| keys[1].get(at)).collect(),
            None => HashSet::new(),
        };
        let mut known = HashSet::new();
        for at in lists[0].range(row) {
            let key = keys[0].get(at);
            if among.is_none_or(|among| others.contains(&key) == among) && known.insert(key) {
                out.push(0, at);
            }
        }
        out.end();
    }
    out.finish(args)
}

fn union(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = [Lists::of(args, 0)?, Lists::of(args, 1)?];
    let keys = [Keys::of(lists[0].elements())?, Keys::of(lists[1].elements())?];
    let valid = valid_in_all(&lists, args.rows);
    let mut out = ListWriter::new(args.return_type, &[lists[0].elements(), lists[1].elements()])?;
    for row in 0..args.rows {
        if !valid.value(row) {
            out.end_null();
            continue;
        }
        let mut known = HashSet::new();
        for side in 0..2 {
            lists[side].range(row).filter(|at| known.insert(keys[side].get(*at))).for_each(|at| out.push(side, at));
        }
        out.end();
    }
    out.finish(args)
}
