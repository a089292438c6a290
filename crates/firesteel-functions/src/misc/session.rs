//! Who asks, and where.

use std::sync::Arc;

use arrow::array::StringViewArray;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature, Volatility};

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::Never,
    volatility: Volatility::Stable,
    ..ScalarFunction::DEFAULT
};

fn constant(args: &KernelArgs<'_>, text: &str) -> Result<Column> {
    Ok(Column::constant(Arc::new(StringViewArray::from(vec![text])), args.rows))
}

pub(super) const CURRENT_USER: ScalarFunction = ScalarFunction {
    name: "current_user",
    aliases: &["user", "session_user"],
    kernel: Kernel::Batch(|args| constant(args, &args.context.user)),
    doc: Doc { usage: "current_user() - user name of current execution context.", since: "3.2.0", examples: &[] },
    ..COMMON
};

pub(super) const CURRENT_DATABASE: ScalarFunction = ScalarFunction {
    name: "current_database",
    aliases: &["current_schema"],
    kernel: Kernel::Batch(|args| constant(args, &args.context.current_database)),
    doc: Doc {
        usage: "current_database() - Returns the current database.",
        since: "1.6.0",
        examples: &[("SELECT current_database()", "default")],
    },
    ..COMMON
};

pub(super) const CURRENT_CATALOG: ScalarFunction = ScalarFunction {
    name: "current_catalog",
    kernel: Kernel::Batch(|args| constant(args, "spark_catalog")),
    doc: Doc {
        usage: "current_catalog() - Returns the current catalog.",
        since: "3.1.0",
        examples: &[("SELECT current_catalog()", "spark_catalog")],
    },
    ..COMMON
};

pub(super) const CURRENT_PATH: ScalarFunction = ScalarFunction {
    name: "current_path",
    kernel: Kernel::Batch(|args| {
        let path = format!("system.builtin,system.session,spark_catalog.{}", args.context.current_database);
        constant(args, &path)
    }),
    doc: Doc {
        usage: "current_path() - Returns the path on which names of functions are looked for.",
        since: "4.2.0",
        examples: &[("SELECT current_path()", "system.builtin,system.session,spark_catalog.default")],
    },
    ..COMMON
};

pub(super) const VERSION: ScalarFunction = ScalarFunction {
    name: "version",
    volatility: Volatility::Immutable,
    kernel: Kernel::Batch(|args| constant(args, concat!(env!("CARGO_PKG_VERSION"), " firesteel"))),
    doc: Doc {
        usage: "version() - Returns the version of the engine and its name, where Spark has its revision.",
        since: "3.0.0",
        examples: &[],
    },
    ..COMMON
};
