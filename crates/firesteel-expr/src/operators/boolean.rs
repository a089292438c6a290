//! `and`, `or`, `not`: three-valued, and lazy: an argument that can fail, or of which few results still matter, is only
//! evaluated for the rows that are undecided.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, BooleanBufferBuilder, UInt32Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::boolean;
use firesteel_common::{Result, SqlType, error};

use crate::coerce::errors;
use crate::column::Column;
use crate::eval::LazyArgs;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature, infix_form};

/// With less than one undecided row in so many, gathering them is cheaper than computing all.
const NARROW_BELOW: usize = 4;

/// AND or OR.
#[derive(Clone, Copy)]
struct Connective {
    /// The value of one argument that decides the whole: FALSE for AND, TRUE for OR.
    decisive: bool,
}

const AND_CONNECTIVE: Connective = Connective { decisive: false };
const OR_CONNECTIVE: Connective = Connective { decisive: true };

impl Connective {
    fn evaluate(self, args: &mut LazyArgs<'_>) -> Result<Column> {
        let rows = args.rows();
        let mut result: Option<BooleanArray> = None;
        for at in 0..args.len() {
            let so_far = match &result {
                // What came before was neutral for every row.
                None => {
                    match args.evaluate(at, rows)? {
                        Column::Constant(value, _) if value.is_valid(0) => {
                            if value.as_boolean().value(0) == self.decisive {
                                return Ok(Column::constant(value, rows.len()));
                            }
                        }
                        column => result = Some(column.flat()?.as_boolean().clone()),
                    }
                    continue;
                }
                Some(so_far) => so_far,
            };
            let undecided = self.undecided(so_far);
            let count = undecided.count_set_bits();
            if count == 0 {
                break;
            }
            let all = count == rows.len() || (!args.can_fail(at) && count * NARROW_BELOW >= rows.len());
            let next = if all {
                args.evaluate(at, rows)?.flat()?.as_boolean().clone()
            } else {
                let positions = UInt32Array::from_iter_values(undecided.set_indices().map(|row| row as u32));
                let some = args.evaluate(at, &rows.narrow(&positions))?;
                self.spread(&some, &positions, rows.len())?
            };
            result = Some(self.combine(so_far, &next)?);
        }
        Ok(match result {
            Some(result) => Column::Array(Arc::new(result)),
            None => Column::constant(Arc::new(BooleanArray::from(vec![!self.decisive])), rows.len()),
        })
    }

    /// Rows whose value another argument may still change.
    fn undecided(self, so_far: &BooleanArray) -> BooleanBuffer {
        let decided = if self.decisive { so_far.values().clone() } else { !so_far.values() };
        match so_far.nulls() {
            Some(nulls) => !&(&decided & nulls.inner()),
            None => !&decided,
        }
    }

    fn combine(self, left: &BooleanArray, right: &BooleanArray) -> Result<BooleanArray> {
        Ok(match (self.decisive, left.null_count() + right.null_count()) {
            (false, 0) => boolean::and(left, right)?,
            (true, 0) => boolean::or(left, right)?,
            (false, _) => boolean::and_kleene(left, right)?,
            (true, _) => boolean::or_kleene(left, right)?,
        })
    }

    /// Values of some rows among `rows` rows, all others neutral.
    fn spread(self, some: &Column, positions: &UInt32Array, rows: usize) -> Result<BooleanArray> {
        let flat = some.flat()?;
        let some = flat.as_boolean();
        let mut values = BooleanBufferBuilder::new(rows);
        values.append_n(rows, !self.decisive);
        let mut valid = (some.null_count() > 0).then(|| {
            let mut valid = BooleanBufferBuilder::new(rows);
            valid.append_n(rows, true);
            valid
        });
        for (at, row) in positions.values().iter().enumerate() {
            values.set_bit(*row as usize, some.value(at));
            if let Some(valid) = &mut valid {
                valid.set_bit(*row as usize, some.is_valid(at));
            }
        }
        Ok(BooleanArray::new(values.finish(), valid.map(|mut valid| NullBuffer::new(valid.finish()))))
    }
}

/// Booleans, text and NULL read as such; another type is told beside its neighbour's.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() < 2 {
        return Err(errors::wrong_num_args(name, "2", args.len()));
    }
    let is_truth =
        |arg: &ExprRef| matches!(arg.data_type(), SqlType::Boolean | SqlType::Void) || arg.data_type().is_string();
    let Some(wrong) = args.iter().position(|arg| !is_truth(arg)) else {
        return Ok(args.into_iter().map(|arg| Expr::cast(arg, SqlType::Boolean, CastMode::Ansi)).collect());
    };
    let (left, right) = if wrong == 0 { (&args[0], &args[1]) } else { (&args[wrong - 1], &args[wrong]) };
    if left.data_type() == right.data_type() {
        return Err(errors::wrong_operands(name, &args, errors::required_type(&[Param::Boolean]), left.data_type()));
    }
    Err(error!(
        DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES,
        sqlExpr = errors::call_text(name, &args),
        left = left.data_type().quoted_sql(),
        right = right.data_type().quoted_sql()
    ))
}

const CONNECTIVE: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::Boolean),
    // NULL only where some argument is, though not always then.
    nullability: Nullability::Custom(|args| args.iter().any(|arg| arg.nullable())),
    display: infix_form,
    ..ScalarFunction::DEFAULT
};

pub const AND: ScalarFunction = ScalarFunction {
    name: "and",
    kernel: Kernel::Lazy(|args| AND_CONNECTIVE.evaluate(args)),
    doc: Doc {
        usage: "expr1 and expr2 - Logical AND.",
        since: "1.0.0",
        examples: &[
            ("SELECT true and true", "true"),
            ("SELECT true and false", "false"),
            ("SELECT true and NULL", "NULL"),
            ("SELECT false and NULL", "false"),
        ],
    },
    ..CONNECTIVE
};

pub const OR: ScalarFunction = ScalarFunction {
    name: "or",
    kernel: Kernel::Lazy(|args| OR_CONNECTIVE.evaluate(args)),
    doc: Doc {
        usage: "expr1 or expr2 - Logical OR.",
        since: "1.0.0",
        examples: &[
            ("SELECT true or false", "true"),
            ("SELECT false or false", "false"),
            ("SELECT true or NULL", "true"),
            ("SELECT false or NULL", "NULL"),
        ],
    },
    ..CONNECTIVE
};

pub const NOT: ScalarFunction = ScalarFunction {
    name: "not",
    aliases: &["!"],
    signature: Signature::OneOf(&[&[Param::Boolean]]),
    returns: |_| Ok(SqlType::Boolean),
    kernel: Kernel::Batch(|args| {
        let flat = args.columns[0].flat()?;
        Ok(Column::Array(Arc::new(boolean::not(flat.as_boolean())?)))
    }),
    display: |_, args| format!("(NOT {})", args.join(", ")),
    doc: Doc {
        usage: "not expr - Logical not.",
        since: "1.0.0",
        examples: &[("SELECT not true", "false"), ("SELECT ! false", "true"), ("SELECT not NULL", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

pub const ALL: &[ScalarFunction] = &[AND, OR, NOT];
