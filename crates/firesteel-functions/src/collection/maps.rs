//! Maps taken apart and put together: `map_keys`, `map_values`, `map_entries`, `map_contains_key`, `map_concat`,
//! `map_from_arrays`, `map_from_entries`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StructArray, UInt32Array, new_empty_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType, bail, internal};
use firesteel_expr::coerce::{common_type_of, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::entries::{Maps, check_key_type, map_column};
use super::lists::{Keys, Lists, check_size, list_column, valid_in_all};
use super::operands::{cast, element_of, map_and_key};

const OF_MAP: ScalarFunction =
    ScalarFunction { signature: Signature::OneOf(&[&[Param::AnyMap]]), ..ScalarFunction::DEFAULT };

/// Key type, value type, and whether values may be NULL.
fn parts(data_type: &SqlType) -> (SqlType, SqlType, bool) {
    match data_type {
        SqlType::Map { key, value, value_contains_null } => {
            (key.as_ref().clone(), value.as_ref().clone(), *value_contains_null)
        }
        _ => (SqlType::Void, SqlType::Void, true),
    }
}

pub(super) const MAP_KEYS: ScalarFunction = ScalarFunction {
    name: "map_keys",
    returns: |types| Ok(SqlType::array(parts(&types[0]).0, false)),
    kernel: Kernel::Batch(|args| members(args, |maps| Ok(Arc::clone(maps.keys())))),
    doc: Doc {
        usage: "map_keys(map) - Returns an unordered array containing the keys of the map.",
        since: "2.0.0",
        examples: &[("SELECT map_keys(map(1, 'a', 2, 'b'))", "[1,2]")],
    },
    ..OF_MAP
};

pub(super) const MAP_VALUES: ScalarFunction = ScalarFunction {
    name: "map_values",
    returns: |types| {
        let (_, value, contains_null) = parts(&types[0]);
        Ok(SqlType::array(value, contains_null))
    },
    kernel: Kernel::Batch(|args| members(args, |maps| Ok(Arc::clone(maps.values())))),
    doc: Doc {
        usage: "map_values(map) - Returns an unordered array containing the values of the map.",
        since: "2.0.0",
        examples: &[("SELECT map_values(map(1, 'a', 2, 'b'))", "[\"a\",\"b\"]")],
    },
    ..OF_MAP
};

pub(super) const MAP_ENTRIES: ScalarFunction = ScalarFunction {
    name: "map_entries",
    returns: |types| {
        let (key, value, nullable) = parts(&types[0]);
        let key = StructField { name: Arc::from("key"), data_type: key, nullable: false };
        let value = StructField { name: Arc::from("value"), data_type: value, nullable };
        Ok(SqlType::array(SqlType::Struct(Arc::from([key, value])), false))
    },
    kernel: Kernel::Batch(|args| {
        members(args, |maps| {
            let DataType::Struct(fields) = element_of(args.return_type).to_arrow() else {
                return Err(internal!("map_entries() of type {}", args.return_type));
            };
            let columns = vec![Arc::clone(maps.keys()), Arc::clone(maps.values())];
            Ok(Arc::new(StructArray::try_new(fields, columns, None)?))
        })
    }),
    doc: Doc {
        usage: "map_entries(map) - Returns an unordered array of all entries in the given map.",
        since: "3.0.0",
        examples: &[("SELECT map_entries(map(1, 'a'))", "[{\"key\":1,\"value\":\"a\"}]")],
    },
    ..OF_MAP
};

/// Arrays of what `member` takes of the entries: offsets and NULLs stay.
fn members(args: &KernelArgs<'_>, member: impl Fn(&Maps) -> Result<ArrayRef>) -> Result<Column> {
    let maps = Maps::new(&args.columns[0])?;
    list_column(args.return_type, member(&maps)?, maps.map().offsets().clone(), maps.map().nulls().cloned())
}

pub(super) const MAP_CONTAINS_KEY: ScalarFunction = ScalarFunction {
    name: "map_contains_key",
    signature: Signature::Custom(map_and_key),
    returns: |_| Ok(SqlType::Boolean),
    kernel: Kernel::Batch(|args| {
        let maps = Maps::new(&args.columns[0])?;
        let keys = Keys::of(maps.keys())?;
        let wanted = Keys::of(&args.columns[1].flat_as(&args.types[1])?)?;
        let row = |row: usize| {
            let wanted = wanted.value(row).filter(|_| maps.is_valid(row))?;
            Some(maps.range(row).any(|at| keys.get(at) == wanted))
        };
        Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<BooleanArray>())))
    }),
    doc: Doc {
        usage: "map_contains_key(map, key) - Returns true if the map contains the key.",
        since: "3.3.0",
        examples: &[
            ("SELECT map_contains_key(map(1, 'a', 2, 'b'), 1)", "true"),
            ("SELECT map_contains_key(map(1, 'a', 2, 'b'), 3)", "false"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const MAP_CONCAT: ScalarFunction = ScalarFunction {
    name: "map_concat",
    signature: Signature::Custom(concat_operands),
    returns: |types| Ok(types.first().cloned().unwrap_or(SqlType::map(SqlType::STRING, SqlType::STRING, false))),
    can_fail: CanFail::When(|args| args.len() > 1),
    kernel: Kernel::Batch(map_concat),
    doc: Doc {
        usage: "map_concat(map, ...) - Returns the union of all the given maps.",
        since: "2.4.0",
        examples: &[("SELECT map_concat(map(1, 'a', 2, 'b'), map(3, 'c'))", "{1:\"a\",2:\"b\",3:\"c\"}")],
    },
    ..ScalarFunction::DEFAULT
};

fn concat_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let types: Vec<_> = args.iter().map(|arg| arg.data_type().clone()).collect();
    if types.iter().any(|given| !matches!(given, SqlType::Map { .. })) {
        let types: Vec<_> = types.iter().map(SqlType::quoted_sql).collect();
        bail!(
            DATATYPE_MISMATCH_MAP_CONCAT_DIFF_TYPES,
            sqlExpr = errors::call_text(name, &args),
            functionName = format!("`{name}`"),
            dataType = format!("[{}]", types.join(", "))
        );
    }
    let Some(common) = common_type_of(&types) else { return Err(errors::different_types(name, &args, &types)) };
    Ok(args.iter().map(|arg| cast(arg, common.clone())).collect())
}

fn map_concat(args: &KernelArgs<'_>) -> Result<Column> {
    let maps = args.columns.iter().map(Maps::new).collect::<Result<Vec<_>>>()?;
    let (mut places, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..args.rows {
        let before = places.len();
        let is_valid = maps.iter().all(|map| map.is_valid(row));
        if is_valid {
            for (source, map) in maps.iter().enumerate() {
                places.extend(map.range(row).map(|at| (source, at)));
            }
        }
        valid.push(is_valid);
        lengths.push(places.len() - before);
    }
    check_size("map_concat", places.len())?;
    let (key, value, _) = parts(args.return_type);
    let gather = |data_type: &SqlType, columns: Vec<&dyn Array>| -> Result<ArrayRef> {
        Ok(match places.is_empty() {
            true => new_empty_array(&data_type.to_arrow()),
            false => arrow::compute::interleave(&columns, &places)?,
        })
    };
    let keys = gather(&key, maps.iter().map(|map| map.keys().as_ref()).collect())?;
    let values = gather(&value, maps.iter().map(|map| map.values().as_ref()).collect())?;
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    map_column(args.return_type, keys, values, OffsetBuffer::from_lengths(lengths), nulls)
}

pub(super) const MAP_FROM_ARRAYS: ScalarFunction = ScalarFunction {
    name: "map_from_arrays",
    signature: Signature::Custom(|name, args| {
        let lists: &[&[Param]] = &[&[Param::AnyArray, Param::AnyArray]];
        let args = firesteel_expr::coerce::signature::apply(name, Signature::OneOf(lists), args)?;
        check_key_type(name, &args, &element_of(args[0].data_type()))?;
        Ok(args)
    }),
    returns: |types| {
        let contains_null = matches!(types[1], SqlType::Array { contains_null: true, .. });
        Ok(SqlType::map(element_of(&types[0]), element_of(&types[1]), contains_null))
    },
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(map_from_arrays),
    doc: Doc {
        usage: "map_from_arrays(keys, values) - Creates a map with a pair of the given key/value arrays. All elements in \
                keys should not be null.",
        since: "2.4.0",
        examples: &[("SELECT map_from_arrays(array(1.0, 3.0), array('2', '4'))", "{1.0:\"2\",3.0:\"4\"}")],
    },
    ..ScalarFunction::DEFAULT
};

fn map_from_arrays(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = [Lists::of(args, 0)?, Lists::of(args, 1)?];
    let valid = valid_in_all(&lists, args.rows);
    let (mut keys, mut values, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..args.rows {
        let [of_keys, of_values] = [lists[0].range(row), lists[1].range(row)];
        if !valid.value(row) {
            lengths.push(0);
            continue;
        }
        if of_keys.len() != of_values.len() {
            let (keys, values) = (of_keys.len().to_string(), of_values.len().to_string());
            bail!(MAP_KEYS_AND_VALUES_DIFFER, keys = keys, values = values);
        }
        lengths.push(of_keys.len());
        keys.extend(of_keys.map(|at| at as u32));
        values.extend(of_values.map(|at| at as u32));
    }
    let keys = arrow::compute::take(lists[0].elements(), &UInt32Array::from(keys), None)?;
    let values = arrow::compute::take(lists[1].elements(), &UInt32Array::from(values), None)?;
    let nulls = Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0);
    map_column(args.return_type, keys, values, OffsetBuffer::from_lengths(lengths), nulls)
}

pub(super) const MAP_FROM_ENTRIES: ScalarFunction = ScalarFunction {
    name: "map_from_entries",
    signature: Signature::Custom(entries_operand),
    returns: |types| match element_of(&types[0]) {
        SqlType::Struct(fields) if fields.len() == 2 => {
            Ok(SqlType::map(fields[0].data_type.clone(), fields[1].data_type.clone(), fields[1].nullable))
        }
        other => Err(internal!("map_from_entries of {other}")),
    },
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(map_from_entries),
    doc: Doc {
        usage: "map_from_entries(arrayOfEntries) - Returns a map created from the given array of entries.",
        since: "2.4.0",
        examples: &[("SELECT map_from_entries(array(struct(1, 'a'), struct(2, 'b')))", "{1:\"a\",2:\"b\"}")],
    },
    ..ScalarFunction::DEFAULT
};

fn entries_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    match element_of(arg.data_type()) {
        SqlType::Struct(fields) if fields.len() == 2 => {
            check_key_type(name, &args, &fields[0].data_type)?;
            Ok(args)
        }
        _ => Err(errors::unexpected_input(name, &args, 0, "\"ARRAY\" of pair \"STRUCT\"".to_owned())),
    }
}

fn map_from_entries(args: &KernelArgs<'_>) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let entries = lists.elements().as_struct();
    let (mut places, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..args.rows {
        let range = lists.range(row);
        let is_valid = lists.is_valid(row) && range.clone().all(|at| entries.is_valid(at));
        valid.push(is_valid);
        lengths.push(if is_valid { range.len() } else { 0 });
        if is_valid {
            places.extend(range.map(|at| at as u32));
        }
    }
    let places = UInt32Array::from(places);
    let keys = arrow::compute::take(entries.column(0), &places, None)?;
    let values = arrow::compute::take(entries.column(1), &places, None)?;
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    map_column(args.return_type, keys, values, OffsetBuffer::from_lengths(lengths), nulls)
}
