//! Spark's functions by their names, over columns.
//!
//! ```text
//! upper("name")    ──▶  upper(name)      a text names a column
//! round("x", 2)    ──▶  round(x, 2)      where a function takes a setting rather than data, a value is a value
//! ```
//! What a function does is said by SQL's `DESCRIBE FUNCTION name`, and in the reference of functions. A function that this
//! version does not know is refused by the DataFrame that takes it; [`call_function`] calls any by its name.
//!
//! ```
//! use firesteel::functions::*;
//! use firesteel::prelude::{Result, Session, col};
//!
//! # fn main() -> Result<()> {
//! let session = Session::builder().get_or_create()?;
//! let frame = session.sql("SELECT 'ann' AS name, 2.345 AS x, DATE'2024-02-29' AS day")?;
//! let row = frame.select((initcap("name"), round("x", 1).cast("double"), year("day"), call_function("ascii", "name")))?;
//! assert_eq!(row.collect_rows::<(String, f64, i32, i32)>()?, [("Ann".into(), 2.3, 2024, 97)]);
//! let counts = frame.agg((count("*"), count_distinct("name"), sum(col("x") * 2).cast("double")))?;
//! assert_eq!(counts.collect_rows::<(i64, i64, f64)>()?, [(1, 1, 4.69)]);
//! # Ok(())
//! # }
//! ```

mod aggregates;
mod collections;
mod datetime;
mod math;
mod misc;
mod text;
mod windows;

pub use aggregates::*;
pub use collections::*;
pub use datetime::*;
pub use math::*;
pub use misc::*;
pub use text::*;
pub use windows::*;

pub use crate::column::value::lit;
pub use crate::column::{col, expr, when};

/// The documentation of a function: what it is called in SQL, and an example over some rows with what the first row is.
macro_rules! documented {
    ($text:expr, [$($example:tt)*], $rows:literal, $expected:literal) => {
        concat!(
            $text,
            "\n\n```\n# use firesteel::functions::*;\n# use firesteel::prelude::*;\n",
            "# let session = Session::builder().get_or_create()?;\n",
            "let rows = session.sql(", stringify!($rows), ")?;\n",
            "let result = rows.select(", stringify!($($example)*), ")?;\n",
            "assert_eq!(result.take(1)?[0].to_string(), ", stringify!($expected), ");\n",
            "# Ok::<(), Error>(())\n```"
        )
    };
    ($text:expr, $example:tt, $expected:literal) => {
        $crate::functions::documented!($text, $example, "SELECT 1 AS one", $expected)
    };
}
pub(crate) use documented;

/// Functions of one shape each: `name(columns)`, `name(columns | values)`, each with an example: `[call] from "rows" => "first
/// row"`.
macro_rules! functions {
    ($($name:ident($($column:ident),* $(| $($value:ident),+)?) $(= $sql:literal)?: $example:tt $(from $rows:literal)? => $expected:literal;)*) => {
        $(
            #[doc = $crate::functions::documented!(
                concat!("SQL's `", $crate::functions::sql_name!($name $($sql)?), stringify!(($($column),* $($(, $value)+)?)), "`."),
                $example, $($rows,)? $expected
            )]
            pub fn $name($($column: impl $crate::column::value::IntoColumn,)* $($($value: impl $crate::column::value::IntoValue),+)?) -> $crate::column::Column {
                #[allow(unused_imports)]
                use $crate::column::value::{IntoColumn as _, IntoValue as _};
                let arguments = vec![$($column.into_column(),)* $($($value.into_value()),+)?];
                $crate::column::Column::call($crate::functions::sql_name!($name $($sql)?), arguments)
            }
        )*
    };
}
pub(crate) use functions;

/// Functions of any number of columns.
macro_rules! variadic {
    ($($name:ident: $example:tt $(from $rows:literal)? => $expected:literal;)*) => {
        $(
            #[doc = $crate::functions::documented!(
                concat!("SQL's `", stringify!($name), "` of any number of columns."), $example, $($rows,)? $expected
            )]
            pub fn $name(columns: impl $crate::column::value::IntoColumns) -> $crate::column::Column {
                $crate::column::Column::call(stringify!($name), columns.into_columns())
            }
        )*
    };
}
pub(crate) use variadic;

/// The name in SQL where Rust's must differ.
macro_rules! sql_name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $sql:literal) => {
        $sql
    };
}
pub(crate) use sql_name;

/// Any function by its name, those that the session was given included.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let rows = session.range(2..4)?.select(functions::call_function("power", ("id", lit(2))))?;
/// assert_eq!(rows.collect_rows::<f64>()?, [4.0, 9.0]);
/// # Ok::<(), Error>(())
/// ```
pub fn call_function(name: &str, arguments: impl crate::column::value::IntoColumns) -> crate::column::Column {
    crate::column::Column::call(name, arguments.into_columns())
}

/// The same as [`call_function`].
///
/// ```
/// # use firesteel::extend::ScalarUdf;
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// session.register_udf(ScalarUdf::of_rows("twice", |x: i64| x * 2))?;
/// let rows = session.range(2..4)?.select(functions::call_udf("twice", "id"))?;
/// assert_eq!(rows.collect_rows::<i64>()?, [4, 6]);
/// # Ok::<(), Error>(())
/// ```
pub fn call_udf(name: &str, arguments: impl crate::column::value::IntoColumns) -> crate::column::Column {
    call_function(name, arguments)
}
