//! `concat_ws`: texts, and the texts of arrays, with a separator between them; NULLs are left out.

use arrow::array::{Array, ArrayRef, AsArray};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::coerce::{errors, implicit_cast};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Texts, text_column};

pub(super) const CONCAT_WS: ScalarFunction = ScalarFunction {
    name: "concat_ws",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(concat),
    doc: Doc {
        usage: "concat_ws(sep[, str | array(str)]+) - Returns the concatenation of the strings separated by `sep`, skipping \
                NULLs.",
        since: "1.5.0",
        examples: &[
            ("SELECT concat_ws(' ', 'Spark', 'SQL')", "Spark SQL"),
            ("SELECT concat_ws('s')", ""),
            ("SELECT concat_ws('/', 'foo', null, 'bar')", "foo/bar"),
            ("SELECT concat_ws(null, 'Spark', 'SQL')", "NULL"),
            ("SELECT concat_ws('-', array('a', null), 'b')", "a-b"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// The separator is STRING, the others STRING or `ARRAY<STRING>`.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.is_empty() {
        return Err(errors::wrong_num_args(name, "> 0", 0));
    }
    let cast = |(at, arg): (usize, &ExprRef)| match arg.data_type() {
        SqlType::Array { element, contains_null } if at > 0 && (element.is_string() || **element == SqlType::Void) => {
            Ok(Expr::cast(arg.clone(), SqlType::array(SqlType::STRING, *contains_null), CastMode::Ansi))
        }
        _ => implicit_cast(arg, Param::String).ok_or_else(|| {
            let required = if at == 0 { "\"STRING\"" } else { "(\"ARRAY<STRING>\" or \"STRING\")" };
            errors::unexpected_input(name, &args, at, required.to_owned())
        }),
    };
    args.iter().enumerate().map(cast).collect()
}

enum Part {
    Texts(Texts),
    Lists(ArrayRef),
}

impl Part {
    fn of(args: &KernelArgs<'_>, at: usize) -> Result<Part> {
        Ok(match args.types[at] {
            SqlType::Array { .. } => Part::Lists(args.columns[at].flat()?),
            _ => Part::Texts(Texts::of(args, at)?),
        })
    }

    fn push(&self, row: usize, separator: &str, first: &mut bool, out: &mut String) {
        let mut put = |text: &str| {
            if !std::mem::take(first) {
                out.push_str(separator);
            }
            out.push_str(text);
        };
        match self {
            Part::Texts(texts) => texts.get(row).into_iter().for_each(&mut put),
            Part::Lists(lists) if lists.is_null(row) => {}
            Part::Lists(lists) => {
                let members = lists.as_list::<i32>().value(row);
                members.as_string_view().iter().flatten().for_each(put);
            }
        }
    }
}

fn concat(args: &KernelArgs<'_>) -> Result<Column> {
    let separators = Texts::of(args, 0)?;
    let parts = (1..args.columns.len()).map(|at| Part::of(args, at)).collect::<Result<Vec<_>>>()?;
    text_column(args, |row| {
        let separator = separators.get(row)?;
        let (mut out, mut first) = (String::new(), true);
        parts.iter().for_each(|part| part.push(row, separator, &mut first, &mut out));
        Some(out)
    })
}
