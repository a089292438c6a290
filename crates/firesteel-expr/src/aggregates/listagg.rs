//! `listagg`: a group's texts (or binaries) that are not NULL, end to end with a delimiter between them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray};
use firesteel_common::{Result, SqlType, bail, internal};

use super::input::each_group;
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::coerce::{errors, implicit_cast};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Param, Signature};
use crate::literal::Literal;

pub(super) fn listagg() -> AggregateFunction {
    AggregateFunction {
        name: "listagg",
        aliases: &["string_agg"],
        signature: Signature::Custom(operands),
        returns: |types| Ok(types[0].clone()),
        nullable: true,
        order_dependent: true,
        ignores_duplicates: false,
        state_types: |types| Ok(vec![types[0].clone(), types[0].clone()]),
        accumulator: |types| {
            let data_type = types[0].clone();
            Ok(Box::new(Joined { data_type, texts: Vec::new(), delimiter: Vec::new(), bytes: 0 }))
        },
        doc: Doc {
            usage: "listagg(expr[, delimiter])[ WITHIN GROUP (ORDER BY key [ASC | DESC] [,...])] - Returns the \
                    concatenation of non-NULL input values, separated by the delimiter, ordered by the keys.",
            since: "4.0.0",
            examples: &[
                ("SELECT listagg(col) FROM VALUES ('a'), ('b'), ('c') AS tab(col)", "abc"),
                ("SELECT listagg(col) WITHIN GROUP (ORDER BY col DESC) FROM VALUES ('a'), ('b') AS tab(col)", "ba"),
                ("SELECT listagg(DISTINCT col, ', ') FROM VALUES ('a'), ('a'), ('b') AS tab(col)", "a, b"),
            ],
        },
    }
}

/// Text or binary, and a constant of the same kind between the values.
fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() == 1 {
        args.push(Expr::literal(Literal::null(SqlType::Void)));
    }
    let [value, delimiter] = args.as_slice() else {
        return Err(errors::wrong_num_args(name, "[1, 2]", args.len()));
    };
    let required = || "(\"STRING\" or \"BINARY\")".to_owned();
    let Some(value) = implicit_cast(value, Param::StringOrBinary) else {
        return Err(errors::unexpected_input(name, &args, 0, required()));
    };
    let given = delimiter.data_type();
    let delimiter = match given {
        SqlType::Void => Expr::cast(delimiter.clone(), value.data_type().clone(), CastMode::Ansi),
        _ => implicit_cast(delimiter, Param::StringOrBinary)
            .ok_or_else(|| errors::unexpected_input(name, &args, 1, required()))?,
    };
    if (value.data_type() == &SqlType::Binary) != (delimiter.data_type() == &SqlType::Binary) {
        let types = [value.data_type().clone(), delimiter.data_type().clone()];
        return Err(errors::different_types(name, &args, &types));
    }
    if !delimiter.is_foldable() {
        bail!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, &args),
            inputName = "`delimiter`",
            inputType = delimiter.data_type().quoted_sql(),
            inputExpr = format!("\"{}\"", errors::sql_text(&args[1]))
        );
    }
    Ok(vec![value, delimiter])
}

struct Joined {
    data_type: SqlType,
    /// None while a group has no value.
    texts: Vec<Option<Vec<u8>>>,
    delimiter: Vec<u8>,
    bytes: usize,
}

/// Text as bytes.
fn bytes_of(array: &ArrayRef) -> Result<BinaryViewArray> {
    match (array.as_string_view_opt(), array.as_binary_view_opt()) {
        (Some(texts), _) => Ok(texts.clone().to_binary_view()),
        (_, Some(binaries)) => Ok(binaries.clone()),
        _ => Err(internal!("listagg over {}", array.data_type())),
    }
}

impl Joined {
    fn add(&mut self, groups: GroupIndices<'_>, values: &BinaryViewArray) {
        let (texts, delimiter, bytes) = (&mut self.texts, &self.delimiter, &mut self.bytes);
        each_group(groups, values.nulls(), |group, row| {
            let text = match &mut texts[group] {
                Some(text) => {
                    text.extend_from_slice(delimiter);
                    *bytes += delimiter.len();
                    text
                }
                none => none.insert(Vec::new()),
            };
            text.extend_from_slice(values.value(row));
            *bytes += values.value(row).len();
        });
    }

    fn column(&self, texts: Vec<Option<Vec<u8>>>) -> Result<ArrayRef> {
        let binaries: BinaryViewArray = texts.iter().map(Option::as_deref).collect();
        Ok(match self.data_type {
            SqlType::Binary => Arc::new(binaries),
            _ => Arc::new(binaries.to_string_view()?),
        })
    }
}

impl Accumulator for Joined {
    fn resize(&mut self, groups: usize) {
        self.texts.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if groups.rows() == 0 {
            return Ok(());
        }
        let delimiter = bytes_of(&args[1].slice(0, 1).flat()?)?;
        self.delimiter = if delimiter.is_valid(0) { delimiter.value(0).to_vec() } else { Vec::new() };
        self.add(groups, &bytes_of(&args[0].flat()?)?);
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        // Groups without rows know no delimiter.
        let delimiters = bytes_of(&states[1])?;
        if let Some(delimiter) = delimiters.iter().flatten().next() {
            self.delimiter = delimiter.to_vec();
        }
        self.add(groups, &bytes_of(&states[0])?);
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let texts = std::mem::take(&mut self.texts);
        let delimiters = texts.iter().map(|text| text.as_ref().map(|_| self.delimiter.clone())).collect();
        Ok(vec![self.column(texts)?, self.column(delimiters)?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let texts = std::mem::take(&mut self.texts);
        self.column(texts)
    }

    fn memory_size(&self) -> usize {
        self.bytes + self.texts.capacity() * size_of::<Option<Vec<u8>>>()
    }
}
