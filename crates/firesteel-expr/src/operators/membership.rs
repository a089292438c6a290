//! `in`: the needle first, then the list. A list of literals becomes a set once per evaluator.
//!
//! TRUE when an item equals the needle, else NULL when the needle or an item is NULL, else FALSE.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::boolean::or_kleene;
use arrow::datatypes::{Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType};
use firesteel_common::{Result, SqlType, internal};
use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::comparison::{Comparison, compare};
use super::decimal::Operand;
use super::encoding::over_entries;
use crate::coerce::{common_type_of, errors};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Kernel, KernelArgs, Nullability, PreparedKernel, ScalarFunction, Signature};

/// Up to here a scan of the list beats a hash.
const SCAN_MAX: usize = 8;

/// The literals of a list that are not NULL.
enum Items {
    Few(Vec<i128>),
    Numbers(HashSet<i128, RandomState>),
    Bytes(HashSet<Box<[u8]>, RandomState>),
    /// Items that are no literals, or of a type that has no set: compared one after the other.
    Compared,
}

struct Membership {
    items: Items,
    has_null: bool,
}

impl Membership {
    fn prepare(args: &[ExprRef]) -> Result<Box<dyn PreparedKernel>> {
        let Some((needle, list)) = args.split_first() else { return Err(internal!("in without a needle")) };
        let mut items = Vec::with_capacity(list.len());
        let mut has_null = false;
        for item in list {
            match item.as_literal() {
                Some(literal) if literal.is_null() => has_null = true,
                Some(literal) => items.push(literal.to_array()?),
                None => return Ok(Box::new(Membership { items: Items::Compared, has_null: false })),
            }
        }
        Ok(Box::new(Membership { items: Items::of(&items, needle.data_type())?, has_null }))
    }
}

impl Items {
    fn of(items: &[ArrayRef], data_type: &SqlType) -> Result<Items> {
        let bytes = |item: &ArrayRef| match data_type {
            SqlType::Binary => Box::from(item.as_binary_view().value(0)),
            _ => Box::from(item.as_string_view().value(0).as_bytes()),
        };
        if data_type.is_string() || *data_type == SqlType::Binary {
            return Ok(Items::Bytes(items.iter().map(bytes).collect()));
        }
        let mut numbers = Vec::with_capacity(items.len());
        for item in items {
            match numbers_of(item, data_type)? {
                Some(values) => numbers.push(values.value(0)),
                None => return Ok(Items::Compared),
            }
        }
        Ok(match numbers.len() {
            0..=SCAN_MAX => Items::Few(numbers),
            _ => Items::Numbers(numbers.into_iter().collect()),
        })
    }
}

/// The values of any type that is a whole number underneath.
fn numbers_of(array: &ArrayRef, data_type: &SqlType) -> Result<Option<Operand>> {
    macro_rules! narrow {
        ($arrow:ty) => {
            Operand::Narrow(array.as_primitive::<$arrow>().values().iter().map(|value| i64::from(*value)).collect())
        };
    }
    Ok(Some(match data_type {
        SqlType::TinyInt => narrow!(Int8Type),
        SqlType::SmallInt => narrow!(Int16Type),
        SqlType::Int => narrow!(Int32Type),
        SqlType::Date => narrow!(Date32Type),
        SqlType::BigInt => Operand::Narrow(array.as_primitive::<Int64Type>().values().clone()),
        SqlType::Timestamp | SqlType::TimestampNtz => {
            Operand::Narrow(array.as_primitive::<TimestampMicrosecondType>().values().clone())
        }
        SqlType::Decimal { .. } => Operand::of(&Column::Array(Arc::clone(array)))?,
        _ => return Ok(None),
    }))
}

impl PreparedKernel for Membership {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        if matches!(self.items, Items::Compared) {
            return compare_all(args);
        }
        if args.columns[0].is_constant_null() || args.types[0] == SqlType::Void {
            return Ok(Column::nulls(&SqlType::Boolean, args.rows));
        }
        over_entries(&args.columns[0], |needle| self.find(needle, &args.types[0]))
    }
}

impl Membership {
    fn find(&self, needle: &Column, data_type: &SqlType) -> Result<Column> {
        let array = needle.values();
        let found = match &self.items {
            Items::Bytes(set) => match data_type {
                SqlType::Binary => {
                    let values = needle.flat()?;
                    let values = values.as_binary_view();
                    BooleanBuffer::collect_bool(values.len(), |at| set.contains(values.value(at)))
                }
                _ => {
                    let values = needle.flat()?;
                    let values = values.as_string_view();
                    BooleanBuffer::collect_bool(values.len(), |at| set.contains(values.value(at).as_bytes()))
                }
            },
            Items::Few(_) | Items::Numbers(_) | Items::Compared => {
                let numbers = numbers_of(array, data_type)?.ok_or_else(|| internal!("in of {data_type}"))?;
                self.find_numbers(&numbers, array.len())
            }
        };
        let found = match needle.is_constant() && found.len() != needle.len() {
            true if found.value(0) => BooleanBuffer::new_set(needle.len()),
            true => BooleanBuffer::new_unset(needle.len()),
            false => found,
        };
        let mut nulls = needle.nulls_buffer();
        if self.has_null {
            // Not found beside a NULL is NULL.
            nulls = NullBuffer::union(nulls.as_ref(), Some(&NullBuffer::new(found.clone())));
        }
        Ok(Column::Array(Arc::new(BooleanArray::new(found, nulls))))
    }

    fn find_numbers(&self, numbers: &Operand, rows: usize) -> BooleanBuffer {
        match (&self.items, numbers) {
            (Items::Few(items), Operand::Narrow(values)) => {
                // An item outside of i64 equals none of them.
                let items: Vec<i64> = items.iter().filter_map(|item| i64::try_from(*item).ok()).collect();
                let contains = |value: i64| items.iter().fold(false, |found, item| found | (*item == value));
                BooleanBuffer::collect_bool(rows, |at| contains(values[at]))
            }
            (Items::Few(items), numbers) => BooleanBuffer::collect_bool(rows, |at| items.contains(&numbers.value(at))),
            (Items::Numbers(items), numbers) => {
                BooleanBuffer::collect_bool(rows, |at| items.contains(&numbers.value(at)))
            }
            _ => BooleanBuffer::new_unset(rows),
        }
    }
}

fn compare_all(args: &KernelArgs<'_>) -> Result<Column> {
    let Some((needle, list)) = args.columns.split_first() else { return Err(internal!("in without a needle")) };
    let mut found = BooleanArray::new(BooleanBuffer::new_unset(args.rows), None);
    for item in list {
        let equal = compare(Comparison::Equal, needle, item, &args.types[0], args.rows)?;
        found = or_kleene(&found, &equal)?;
    }
    Ok(Column::Array(Arc::new(found)))
}

fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() < 2 {
        return Err(errors::wrong_num_args(name, "> 1", args.len()));
    }
    let types: Vec<SqlType> = args.iter().map(|arg| arg.data_type().clone()).collect();
    let common = common_type_of(&types).ok_or_else(|| errors::different_types(name, &args, &types))?;
    if matches!(common, SqlType::Map { .. } | SqlType::Variant) {
        return Err(errors::not_orderable(name, &args, &common));
    }
    Ok(args.into_iter().map(|arg| Expr::cast(arg, common.clone(), CastMode::Ansi)).collect())
}

pub const IN: ScalarFunction = ScalarFunction {
    name: "in",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::Boolean),
    nullability: Nullability::Custom(|args| args.iter().any(|arg| arg.nullable())),
    kernel: Kernel::Prepared(Membership::prepare),
    display: |_, args| match args.split_first() {
        Some((needle, list)) => format!("({needle} IN ({}))", list.join(", ")),
        None => String::new(),
    },
    doc: Doc {
        usage: "expr1 in(expr2, expr3, ...) - Returns true if `expr` equals to any valN.",
        since: "1.0.0",
        examples: &[("SELECT 1 in(1, 2, 3)", "true"), ("SELECT 1 in(2, 3, 4)", "false")],
    },
    ..ScalarFunction::DEFAULT
};

pub const ALL: &[ScalarFunction] = &[IN];
