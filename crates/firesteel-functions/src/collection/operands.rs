//! Which types go together in functions over arrays and maps: an array and an element, two arrays, a map and a key.

use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::{errors, implicit_type, tightest_common_type, wider_type};
use firesteel_expr::function::Param;
use firesteel_expr::{CastMode, Expr, ExprRef};

type CommonRule = fn(&SqlType, &SqlType) -> Option<SqlType>;

pub(super) fn cast(arg: &ExprRef, to: SqlType) -> ExprRef {
    Expr::cast(arg.clone(), to, CastMode::Ansi)
}

/// An array and a value to look for in it: types widen, but text stays text. NULL has no type to look for.
pub(super) fn array_and_value(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [array, value] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    if [array, value].iter().any(|arg| *arg.data_type() == SqlType::Void) {
        bail!(
            DATATYPE_MISMATCH_NULL_TYPE,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`")
        );
    }
    let (array, value) = meet(name, &args, 1, wider_type)?;
    if !value.data_type().is_orderable() {
        return Err(errors::not_orderable(name, &args, value.data_type()));
    }
    Ok(vec![array, value])
}

/// An array and a value that is put into it.
pub(super) fn array_and_element(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() != 2 {
        return Err(errors::wrong_num_args(name, "2", args.len()));
    }
    let (array, element) = meet(name, &args, 1, tightest_common_type)?;
    Ok(vec![array, element])
}

/// The array `args[0]` and the value `args[at]`, the array's elements and the value in one type.
pub(super) fn meet(name: &'static str, args: &[ExprRef], at: usize, rule: CommonRule) -> Result<(ExprRef, ExprRef)> {
    let (array, value) = (&args[0], &args[at]);
    let Some(SqlType::Array { element, contains_null }) = implicit_type(array.data_type(), Param::AnyArray) else {
        return Err(errors::unexpected_input(name, args, 0, errors::required_type(&[Param::AnyArray])));
    };
    match rule(&element, value.data_type()) {
        Some(common) => {
            let contains_null = contains_null || *element != common;
            Ok((cast(array, SqlType::array(common.clone(), contains_null)), cast(value, common)))
        }
        None => bail!(
            DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES,
            sqlExpr = errors::call_text(name, args),
            functionName = format!("`{name}`"),
            dataType = "\"ARRAY\"",
            leftType = array.data_type().quoted_sql(),
            rightType = value.data_type().quoted_sql()
        ),
    }
}

/// Two arrays of one element type.
pub(super) fn two_arrays(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [left, right] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let both = [left, right].iter().all(|arg| matches!(arg.data_type(), SqlType::Array { .. }));
    let common = if both { tightest_common_type(left.data_type(), right.data_type()) } else { None };
    let Some(common) = common else {
        bail!(
            DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`"),
            arrayType = "\"ARRAY\"",
            leftType = left.data_type().quoted_sql(),
            rightType = right.data_type().quoted_sql()
        );
    };
    if let SqlType::Array { element, .. } = &common
        && !element.is_orderable()
    {
        return Err(errors::not_orderable(name, &args, element));
    }
    Ok(vec![cast(left, common.clone()), cast(right, common)])
}

/// A map and a key to look for in it.
pub(super) fn map_and_key(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [map, wanted] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    if [map, wanted].iter().any(|arg| *arg.data_type() == SqlType::Void) {
        bail!(
            DATATYPE_MISMATCH_NULL_TYPE,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`")
        );
    }
    let common = match map.data_type() {
        SqlType::Map { key, value, value_contains_null } => wider_type(key, wanted.data_type())
            .map(|key| (SqlType::map(key.clone(), value.as_ref().clone(), *value_contains_null), key)),
        _ => None,
    };
    let Some((map_type, key)) = common else {
        bail!(
            DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`"),
            dataType = "\"MAP\"",
            leftType = map.data_type().quoted_sql(),
            rightType = wanted.data_type().quoted_sql()
        );
    };
    Ok(vec![cast(map, map_type), cast(wanted, key)])
}

/// The element type of an array.
pub(super) fn element_of(data_type: &SqlType) -> SqlType {
    match data_type {
        SqlType::Array { element, .. } => element.as_ref().clone(),
        _ => SqlType::Void,
    }
}

/// The same array, in which there may be NULLs.
pub(super) fn with_nulls(data_type: &SqlType) -> SqlType {
    SqlType::array(element_of(data_type), true)
}
