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

/// Functions of one shape each: `name(columns); name(columns | values); name(columns ...)` for any number of columns.
macro_rules! functions {
    ($($name:ident($($column:ident),* $(| $($value:ident),+)?) $(= $sql:literal)?;)*) => {
        $(
            #[doc = concat!("SQL's `", stringify!($name), "`: ", stringify!(($($column),* $(; $($value),+)?)), ".")]
            pub fn $name($($column: impl $crate::column::value::IntoColumn,)* $($($value: impl $crate::column::value::IntoValue),+)?) -> $crate::column::Column {
                #[allow(unused_imports)]
                use $crate::column::value::{IntoColumn as _, IntoValue as _};
                let arguments = vec![$($column.into_column(),)* $($($value.into_value()),+)?];
                $crate::column::Column::call($crate::functions::sql_name(stringify!($name), &[$($sql)?]), arguments)
            }
        )*
    };
}
pub(crate) use functions;

/// Functions of any number of columns.
macro_rules! variadic {
    ($($name:ident;)*) => {
        $(
            #[doc = concat!("SQL's `", stringify!($name), "` of any number of columns.")]
            pub fn $name(columns: impl $crate::column::value::IntoColumns) -> $crate::column::Column {
                $crate::column::Column::call(stringify!($name), columns.into_columns())
            }
        )*
    };
}
pub(crate) use variadic;

/// The name in SQL where Rust's must differ.
pub(crate) fn sql_name(rust: &'static str, given: &[&'static str]) -> &'static str {
    given.first().copied().unwrap_or(rust)
}

/// Any function by its name, those that the session was given included.
pub fn call_function(name: &str, arguments: impl crate::column::value::IntoColumns) -> crate::column::Column {
    crate::column::Column::call(name, arguments.into_columns())
}

/// The same as [`call_function`].
pub fn call_udf(name: &str, arguments: impl crate::column::value::IntoColumns) -> crate::column::Column {
    call_function(name, arguments)
}
