//! CASE, IF, COALESCE and what is written with them. A branch is evaluated only for the rows that reach it, unless it
//! cannot fail and computing all rows is the cheaper way.

use arrow::array::{Array, AsArray, BooleanArray, UInt32Array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Float32Type, Float64Type};
use firesteel_common::{Result, SqlType, internal};

use super::encoding::{choose, unify};
use crate::coerce::{common_type_of, errors, implicit_cast};
use crate::column::Column;
use crate::eval::{LazyArgs, Rows, true_mask};
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature, call_form};
use crate::literal::Literal;
use crate::registry;

/// The result's rows, taken from the columns of several branches.
struct Assembly {
    columns: Vec<Column>,
    /// For each row of the result: which column, and which of its rows.
    sources: Vec<(usize, usize)>,
}

impl Assembly {
    fn new(rows: usize) -> Self {
        Self { columns: Vec::new(), sources: vec![(0, 0); rows] }
    }

    /// Takes rows of `column`: pairs of result row and column row.
    fn place(&mut self, column: Column, rows: impl Iterator<Item = (usize, usize)>) {
        let (branch, constant) = (self.columns.len(), column.is_constant());
        for (to, from) in rows {
            self.sources[to] = (branch, if constant { 0 } else { from });
        }
        self.columns.push(column);
    }

    fn finish(self, data_type: &SqlType) -> Result<Column> {
        if *data_type == SqlType::Void {
            return Ok(Column::nulls(data_type, self.sources.len()));
        }
        let arrays = unify(&self.columns, data_type)?;
        let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        Ok(Column::Array(arrow::compute::interleave(&arrays, &self.sources)?))
    }
}

/// Some of the rows, by their positions among all; `None` is all of them.
type Positions = Option<UInt32Array>;

fn rows_at<'a>(rows: &Rows<'a>, positions: &Positions) -> Option<Rows<'a>> {
    positions.as_ref().map(|positions| rows.narrow(positions))
}

/// Position among all rows of the row `at` among `positions`.
fn outer(positions: &Positions, at: usize) -> usize {
    positions.as_ref().map_or(at, |positions| positions.value(at) as usize)
}

fn select(positions: &Positions, keep: &BooleanBuffer) -> UInt32Array {
    UInt32Array::from_iter_values(keep.set_indices().map(|at| outer(positions, at) as u32))
}

/// `condition, value, condition, value, …[, else]`.
fn evaluate_case(args: &mut LazyArgs<'_>) -> Result<Column> {
    let (rows, data_type) = (args.rows(), args.return_type().clone());
    let is_void = data_type == SqlType::Void;
    if is_void && (0..args.len()).all(|at| !args.can_fail(at)) {
        return Ok(Column::nulls(&data_type, rows.len()));
    }
    let mut assembly = Assembly::new(rows.len());
    let mut remaining: Positions = None;
    for branch in 0..args.len() / 2 {
        let (condition, value) = (branch * 2, branch * 2 + 1);
        let narrowed = rows_at(rows, &remaining);
        let here = narrowed.as_ref().unwrap_or(rows);
        let taken = true_mask(&args.evaluate(condition, here)?)?;
        match taken.values().count_set_bits() {
            0 => continue,
            all if all == here.len() && remaining.is_none() => return args.evaluate(value, here),
            _ => {}
        }
        let last = branch + 1 == args.len() / 2;
        if last && !is_void && remaining.is_none() && !args.can_fail(value) && !otherwise_can_fail(args) {
            let value = args.evaluate(value, rows)?;
            return choose(&taken, &value, &evaluate_otherwise(args, rows, &data_type)?, &data_type);
        }
        let positions = select(&remaining, taken.values());
        let column = args.evaluate(value, &rows.narrow(&positions))?;
        assembly.place(column, positions.values().iter().enumerate().map(|(at, to)| (*to as usize, at)));
        let left = select(&remaining, &!taken.values());
        if left.is_empty() {
            return assembly.finish(&data_type);
        }
        remaining = Some(left);
    }
    match &remaining {
        None => evaluate_otherwise(args, rows, &data_type),
        Some(positions) => {
            let column = evaluate_otherwise(args, &rows.narrow(positions), &data_type)?;
            assembly.place(column, positions.values().iter().enumerate().map(|(at, to)| (*to as usize, at)));
            assembly.finish(&data_type)
        }
    }
}

fn otherwise_can_fail(args: &LazyArgs<'_>) -> bool {
    args.len() % 2 == 1 && args.can_fail(args.len() - 1)
}

fn evaluate_otherwise(args: &mut LazyArgs<'_>, rows: &Rows<'_>, data_type: &SqlType) -> Result<Column> {
    match args.len() % 2 {
        1 => args.evaluate(args.len() - 1, rows),
        _ => Ok(Column::nulls(data_type, rows.len())),
    }
}

fn evaluate_coalesce(args: &mut LazyArgs<'_>) -> Result<Column> {
    let (rows, data_type) = (args.rows(), args.return_type().clone());
    if data_type == SqlType::Void {
        return Ok(Column::nulls(&data_type, rows.len()));
    }
    let mut assembly = Assembly::new(rows.len());
    let mut remaining: Positions = None;
    for at in 0..args.len() {
        let narrowed = rows_at(rows, &remaining);
        let here = narrowed.as_ref().unwrap_or(rows);
        let column = args.evaluate(at, here)?;
        let last = at + 1 == args.len();
        let Some(nulls) = column.nulls_buffer().filter(|_| !last) else {
            if remaining.is_none() {
                return Ok(column);
            }
            assembly.place(column, (0..here.len()).map(|from| (outer(&remaining, from), from)));
            return assembly.finish(&data_type);
        };
        if at + 2 == args.len() && remaining.is_none() && !args.can_fail(at + 1) {
            let valid = BooleanArray::new(nulls.into_inner(), None);
            return choose(&valid, &column, &args.evaluate(at + 1, rows)?, &data_type);
        }
        let valid = nulls.inner();
        assembly.place(column, valid.set_indices().map(|from| (outer(&remaining, from), from)));
        remaining = Some(select(&remaining, &!valid));
    }
    Err(internal!("coalesce of nothing"))
}

/// Conditions as BOOLEAN, values in their common type.
fn case_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() < 2 {
        return Err(errors::wrong_num_args(name, "> 1", args.len()));
    }
    let is_condition = |at: usize| at.is_multiple_of(2) && at + 1 < args.len();
    let values: Vec<SqlType> =
        (0..args.len()).filter(|at| !is_condition(*at)).map(|at| args[at].data_type().clone()).collect();
    let common = common_type_of(&values).ok_or_else(|| errors::different_types(name, &args, &values))?;
    let cast = |(at, arg): (usize, &ExprRef)| match is_condition(at) {
        false => Ok(Expr::cast(arg.clone(), common.clone(), CastMode::Ansi)),
        // IF takes an untyped NULL for a condition, CASE does not.
        true if name == "when" && *arg.data_type() != SqlType::Boolean => {
            Err(errors::unexpected_input(name, &args, at, errors::required_type(&[Param::Boolean])))
        }
        true => implicit_cast(arg, Param::Boolean)
            .ok_or_else(|| errors::unexpected_input(name, &args, at, errors::required_type(&[Param::Boolean]))),
    };
    args.iter().enumerate().map(cast).collect()
}

fn if_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.len() {
        3 => case_operands(name, args),
        other => Err(errors::wrong_num_args(name, "3", other)),
    }
}

fn case_nullable(args: &[ExprRef]) -> bool {
    let no_else = args.len().is_multiple_of(2);
    let is_value = |at: usize| at % 2 == 1 || at + 1 == args.len();
    no_else || args.iter().enumerate().any(|(at, arg)| is_value(at) && arg.nullable())
}

fn case_type(types: &[SqlType]) -> Result<SqlType> {
    types.get(1).cloned().ok_or_else(|| internal!("CASE without a branch"))
}

fn case_form(_: &'static str, args: &[String]) -> String {
    let mut text = "CASE".to_owned();
    let pairs = args.chunks_exact(2);
    if let [otherwise] = pairs.remainder() {
        let branches: String = pairs.map(|pair| format!(" WHEN {} THEN {}", pair[0], pair[1])).collect();
        return format!("{text}{branches} ELSE {otherwise} END");
    }
    pairs.for_each(|pair| text.push_str(&format!(" WHEN {} THEN {}", pair[0], pair[1])));
    text + " END"
}

pub const WHEN: ScalarFunction = ScalarFunction {
    name: "when",
    aliases: &["case"],
    signature: Signature::Custom(case_operands),
    returns: case_type,
    nullability: Nullability::Custom(case_nullable),
    kernel: Kernel::Lazy(evaluate_case),
    display: case_form,
    doc: Doc {
        usage: "CASE WHEN expr1 THEN expr2 [WHEN expr3 THEN expr4]* [ELSE expr5] END - When `expr1` = true, returns `expr2`; else when `expr3` = true, returns `expr4`; else returns `expr5`.",
        since: "1.0.1",
        examples: &[
            ("SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END", "1.0"),
            ("SELECT CASE WHEN 1 < 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END", "2.0"),
            ("SELECT CASE WHEN 1 < 0 THEN 1 WHEN 2 < 0 THEN 2.0 END", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub const IF: ScalarFunction = ScalarFunction {
    name: "if",
    aliases: &[],
    signature: Signature::Custom(if_operands),
    display: |_, args| format!("(IF({}))", args.join(", ")),
    doc: Doc {
        usage: "if(expr1, expr2, expr3) - If `expr1` evaluates to true, then returns `expr2`; otherwise returns `expr3`.",
        since: "1.0.0",
        examples: &[("SELECT if(1 < 2, 'a', 'b')", "a")],
    },
    ..WHEN
};

pub const COALESCE: ScalarFunction = ScalarFunction {
    name: "coalesce",
    signature: Signature::Variadic { fixed: &[], rest: Param::Common, min: 1 },
    returns: |types| types.first().cloned().ok_or_else(|| internal!("coalesce of nothing")),
    nullability: Nullability::Custom(|args| args.iter().all(|arg| arg.nullable())),
    kernel: Kernel::Lazy(evaluate_coalesce),
    doc: Doc {
        usage: "coalesce(expr1, expr2, ...) - Returns the first non-null argument if exists. Otherwise, null.",
        since: "1.0.0",
        examples: &[("SELECT coalesce(NULL, 1, NULL)", "1")],
    },
    ..ScalarFunction::DEFAULT
};

/// Written with other functions: its arguments come as they are.
const REWRITE: ScalarFunction = ScalarFunction { display: call_form, ..ScalarFunction::DEFAULT };

fn two(args: Vec<ExprRef>) -> Result<[ExprRef; 2]> {
    args.try_into().map_err(|_| internal!("two arguments expected"))
}

fn three(args: Vec<ExprRef>) -> Result<[ExprRef; 3]> {
    args.try_into().map_err(|_| internal!("three arguments expected"))
}

pub const NVL: ScalarFunction = ScalarFunction {
    name: "nvl",
    aliases: &["ifnull"],
    signature: Signature::OneOf(&[&[Param::Any, Param::Any]]),
    kernel: Kernel::Rewrite(|args| registry::call("coalesce", args)),
    doc: Doc {
        usage: "nvl(expr1, expr2) - Returns `expr2` if `expr1` is null, or `expr1` otherwise.",
        since: "2.0.0",
        examples: &[("SELECT nvl(NULL, 2)", "2"), ("SELECT ifnull(NULL, 2)", "2")],
    },
    ..REWRITE
};

pub const NVL2: ScalarFunction = ScalarFunction {
    name: "nvl2",
    signature: Signature::OneOf(&[&[Param::Any, Param::Any, Param::Any]]),
    kernel: Kernel::Rewrite(|args| {
        let [tested, value, otherwise] = three(args)?;
        registry::call("if", vec![registry::call("isnotnull", vec![tested])?, value, otherwise])
    }),
    doc: Doc {
        usage: "nvl2(expr1, expr2, expr3) - Returns `expr2` if `expr1` is not null, or `expr3` otherwise.",
        since: "2.0.0",
        examples: &[("SELECT nvl2(NULL, 2, 1)", "1")],
    },
    ..REWRITE
};

pub const NULLIF: ScalarFunction = ScalarFunction {
    name: "nullif",
    signature: Signature::OneOf(&[&[Param::Any, Param::Any]]),
    kernel: Kernel::Rewrite(|args| {
        let [value, other] = two(args)?;
        let null = Expr::literal(Literal::null(value.data_type().clone()));
        registry::call("if", vec![registry::call("=", vec![value.clone(), other])?, null, value])
    }),
    doc: Doc {
        usage: "nullif(expr1, expr2) - Returns null if `expr1` equals to `expr2`, or `expr1` otherwise.",
        since: "2.0.0",
        examples: &[("SELECT nullif(2, 2)", "NULL")],
    },
    ..REWRITE
};

pub const BETWEEN: ScalarFunction = ScalarFunction {
    name: "between",
    signature: Signature::OneOf(&[&[Param::Any, Param::Any, Param::Any]]),
    kernel: Kernel::Rewrite(|args| {
        let [value, low, high] = three(args)?;
        Expr::and(vec![registry::call(">=", vec![value.clone(), low])?, registry::call("<=", vec![value, high])?])
    }),
    display: |_, args| match args {
        [value, low, high] => format!("({value} BETWEEN {low} AND {high})"),
        _ => args.join(", "),
    },
    doc: Doc {
        usage: "input [NOT] between lower AND upper - evaluate if `input` is [not] in between `lower` and `upper`",
        since: "1.0.0",
        examples: &[("SELECT 0.5 between 0.1 AND 1.0", "true")],
    },
    ..REWRITE
};

fn float_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() != 2 {
        return Err(errors::wrong_num_args(name, "2", args.len()));
    }
    if args.iter().all(|arg| *arg.data_type() == SqlType::Float) {
        return Ok(args);
    }
    let required = "(\"DOUBLE\" or \"FLOAT\")";
    let cast = |(at, arg)| {
        implicit_cast(arg, Param::Double).ok_or_else(|| errors::unexpected_input(name, &args, at, required.to_owned()))
    };
    args.iter().enumerate().map(cast).collect()
}

fn replace_nan(args: &KernelArgs<'_>) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let number = |at: usize| match args.return_type {
        SqlType::Float => !flat.as_primitive::<Float32Type>().value(at).is_nan(),
        _ => !flat.as_primitive::<Float64Type>().value(at).is_nan(),
    };
    let keep = BooleanBuffer::collect_bool(args.rows, |at| flat.is_null(at) || number(at));
    choose(&BooleanArray::new(keep, None), &Column::Array(flat), &args.columns[1], args.return_type)
}

pub const NANVL: ScalarFunction = ScalarFunction {
    name: "nanvl",
    signature: Signature::Custom(float_operands),
    returns: |types| types.first().cloned().ok_or_else(|| internal!("nanvl of nothing")),
    nullability: Nullability::Custom(|args| args.iter().any(|arg| arg.nullable())),
    kernel: Kernel::Batch(replace_nan),
    doc: Doc {
        usage: "nanvl(expr1, expr2) - Returns `expr1` if it's not NaN, or `expr2` otherwise.",
        since: "1.5.0",
        examples: &[("SELECT nanvl(cast('NaN' as double), 123)", "123.0")],
    },
    ..ScalarFunction::DEFAULT
};

pub const ALL: &[ScalarFunction] = &[WHEN, IF, COALESCE, NVL, NVL2, NULLIF, BETWEEN, NANVL];
