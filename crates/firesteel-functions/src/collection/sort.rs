//! `sort_array`: NULLs come first when ascending, last when descending.

use arrow::array::{Array, AsArray};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, Expr, ExprRef, Literal};

use super::lists::{Keys, ListWriter, Lists};
use super::operands::element_of;

pub(super) const SORT_ARRAY: ScalarFunction = ScalarFunction {
    name: "sort_array",
    signature: Signature::Custom(operands),
    returns: |types| Ok(types[0].clone()),
    kernel: Kernel::Batch(sort_array),
    doc: Doc {
        usage: "sort_array(array[, ascendingOrder]) - Sorts the input array in ascending or descending order according to \
                the natural ordering of the array elements. NaN is greater than any number. NULLs are smallest.",
        since: "1.5.0",
        examples: &[
            ("SELECT sort_array(array('b', 'd', null, 'c', 'a'), true)", "[null,\"a\",\"b\",\"c\",\"d\"]"),
            ("SELECT sort_array(array(1, null, 3), false)", "[3,1,null]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() == 1 {
        args.push(Expr::literal(Literal::boolean(true)));
    }
    if args.len() != 2 {
        return Err(errors::wrong_num_args(name, "[1, 2]", args.len()));
    }
    // Text is not read as a truth value here.
    if !matches!(args[1].data_type(), SqlType::Boolean | SqlType::Void) {
        return Err(errors::unexpected_input(name, &args, 1, "\"BOOLEAN\"".to_owned()));
    }
    let taken = signature::apply(name, Signature::OneOf(&[&[Param::AnyArray, Param::Boolean]]), args.clone())?;
    let element = element_of(taken[0].data_type());
    if !element.is_orderable() {
        return Err(errors::not_orderable(name, &args, taken[0].data_type()));
    }
    if !taken[1].is_foldable() {
        bail!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, &args),
            inputName = "`ascendingOrder`",
            inputType = "\"BOOLEAN\"",
            inputExpr = format!("\"{}\"", errors::sql_text(&args[1]))
        );
    }
    Ok(taken)
}

fn sort_array(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let keys = Keys::of(lists.elements())?;
    let ascending = args.columns[1].flat()?;
    let ascending = ascending.as_boolean();
    let mut out = ListWriter::new(args.return_type, &[lists.elements()])?;
    for row in 0..args.rows {
        if !lists.is_valid(row) || ascending.is_null(row) {
            out.end_null();
            continue;
        }
        let mut places: Vec<usize> = lists.range(row).collect();
        match ascending.value(row) {
            true => places.sort_by(|left, right| keys.get(*left).cmp(&keys.get(*right))),
            false => places.sort_by(|left, right| keys.get(*right).cmp(&keys.get(*left))),
        }
        places.into_iter().for_each(|at| out.push(0, at));
        out.end();
    }
    out.finish(args)
}
