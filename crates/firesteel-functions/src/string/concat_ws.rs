//! `concat_ws`: texts with a separator between them; NULLs are left out.

use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Texts, text_column};

pub(super) const CONCAT_WS: ScalarFunction = ScalarFunction {
    name: "concat_ws",
    signature: Signature::Variadic { fixed: &[Param::String], rest: Param::String, min: 0 },
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    kernel: Kernel::Batch(|args| {
        let separators = Texts::of(args, 0)?;
        let parts = (1..args.columns.len()).map(|at| Texts::of(args, at)).collect::<Result<Vec<_>, _>>()?;
        text_column(args, |row| {
            let separator = separators.get(row)?;
            Some(parts.iter().filter_map(|part| part.get(row)).collect::<Vec<_>>().join(separator))
        })
    }),
    doc: Doc {
        usage: "concat_ws(sep[, str]+) - Returns the concatenation of the strings separated by `sep`, skipping NULLs.",
        since: "1.5.0",
        examples: &[
            ("SELECT concat_ws(' ', 'Spark', 'SQL')", "Spark SQL"),
            ("SELECT concat_ws('s')", ""),
            ("SELECT concat_ws('/', 'foo', null, 'bar')", "foo/bar"),
            ("SELECT concat_ws(null, 'Spark', 'SQL')", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};
