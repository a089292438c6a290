//! Functions that make several rows of one.

use firesteel_common::{Result, SqlType};
use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Generator {
    /// The elements of an array or the entries of a map; before them, if asked for, their number from 0.
    Explode { collection: ExprRef, position: bool },
    /// The structs of an array, a column per field.
    Inline(ExprRef),
    /// The arguments dealt out in `rows` rows; where they end, NULLs follow. Those of one column have one type.
    Stack { rows: usize, args: Vec<ExprRef> },
    /// No columns, but the row itself as often as the number (BIGINT) says.
    Replicate(ExprRef),
}

/// A column that a generator gives.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedColumn {
    /// Spark's name for it.
    pub name: String,
    pub data_type: SqlType,
    pub nullable: bool,
}

impl Generator {
    pub fn name(&self) -> &'static str {
        match self {
            Generator::Explode { position: false, .. } => "explode",
            Generator::Explode { position: true, .. } => "posexplode",
            Generator::Inline(_) => "inline",
            Generator::Stack { .. } => "stack",
            Generator::Replicate(_) => "replicaterows",
        }
    }

    pub fn args(&self) -> &[ExprRef] {
        match self {
            Generator::Explode { collection: arg, .. } | Generator::Inline(arg) | Generator::Replicate(arg) => {
                std::slice::from_ref(arg)
            }
            Generator::Stack { args, .. } => args,
        }
    }

    /// The same over other arguments.
    pub fn map_args(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<Generator> {
        let mut generator = self.clone();
        match &mut generator {
            Generator::Explode { collection: arg, .. } | Generator::Inline(arg) | Generator::Replicate(arg) => {
                *arg = map(arg)?;
            }
            Generator::Stack { args, .. } => {
                for arg in args {
                    *arg = map(arg)?;
                }
            }
        }
        Ok(generator)
    }

    /// Its columns, apart from what an outer one adds in NULLs.
    pub fn columns(&self) -> Vec<GeneratedColumn> {
        match self {
            Generator::Explode { collection, position } => {
                let position = position.then(|| column("pos", &SqlType::Int, false));
                position.into_iter().chain(entries(collection.data_type())).collect()
            }
            Generator::Inline(structs) => fields(structs.data_type()),
            Generator::Stack { rows, args } => stacked(*rows, args),
            Generator::Replicate(_) => Vec::new(),
        }
    }
}

fn column(name: &str, data_type: &SqlType, nullable: bool) -> GeneratedColumn {
    GeneratedColumn { name: name.to_owned(), data_type: data_type.clone(), nullable }
}

fn entries(collection: &SqlType) -> Vec<GeneratedColumn> {
    match collection {
        SqlType::Array { element, contains_null } => vec![column("col", element, *contains_null)],
        SqlType::Map { key, value, value_contains_null } => {
            vec![column("key", key, false), column("value", value, *value_contains_null)]
        }
        _ => Vec::new(),
    }
}

/// Of a NULL among the structs all fields are NULL.
fn fields(structs: &SqlType) -> Vec<GeneratedColumn> {
    let SqlType::Array { element, contains_null } = structs else { return Vec::new() };
    let SqlType::Struct(fields) = element.as_ref() else { return Vec::new() };
    fields.iter().map(|field| column(&field.name, &field.data_type, field.nullable || *contains_null)).collect()
}

fn stacked(rows: usize, args: &[ExprRef]) -> Vec<GeneratedColumn> {
    let width = args.len().div_ceil(rows.max(1));
    let column_at = |at: usize| {
        let cells: Vec<_> = args.iter().skip(at).step_by(width).collect();
        let data_type = cells.first().map_or(&SqlType::Void, |cell| cell.data_type());
        let nullable = cells.len() < rows || cells.iter().any(|cell| cell.nullable());
        column(&format!("col{at}"), data_type, nullable)
    };
    (0..width).map(column_at).collect()
}
