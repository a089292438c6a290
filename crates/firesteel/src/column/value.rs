//! What may stand where a column, or a value, is asked for.
//!
//! ```text
//! IntoColumn    "a" is the column a          where columns are named: select, group_by, functions
//! IntoValue     "a" is the text 'a'          where values are compared: operators and methods of Column
//! IntoColumns   one, an array, a Vec, a tuple of what is IntoColumn
//! ```

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use firesteel_common::SqlType;
use firesteel_plan::parsed::{ExprKind, IntegerSuffix, Literal, TypedLiteral};

use super::{Column, col, node};

/// A column, or the name of one.
pub trait IntoColumn {
    fn into_column(self) -> Column;
}

impl IntoColumn for Column {
    fn into_column(self) -> Column {
        self
    }
}

impl IntoColumn for &Column {
    fn into_column(self) -> Column {
        self.clone()
    }
}

impl IntoColumn for &str {
    fn into_column(self) -> Column {
        col(self)
    }
}

impl IntoColumn for String {
    fn into_column(self) -> Column {
        col(&self)
    }
}

impl IntoColumn for &String {
    fn into_column(self) -> Column {
        col(self)
    }
}

/// A column, or a value of the program as a literal.
pub trait IntoValue {
    fn into_value(self) -> Column;
}

/// A value as a literal. A column stays what it is.
///
/// ```
/// use firesteel::prelude::*;
///
/// assert_eq!(lit("it's").to_string(), r"'it\'s'");
/// assert_eq!(lit(None::<i32>).to_string(), "NULL");
/// ```
pub fn lit(value: impl IntoValue) -> Column {
    value.into_value()
}

fn literal(literal: Literal) -> Column {
    Column::new(ExprKind::Literal(literal))
}

fn integer(text: String, suffix: Option<IntegerSuffix>) -> Column {
    literal(Literal::Integer { text, suffix })
}

fn cast_of_text(text: String, data_type: SqlType) -> Column {
    let operand = Box::new(node(ExprKind::Literal(Literal::String(text))));
    Column::new(ExprKind::Cast { operand, data_type, is_try: false })
}

impl IntoValue for Column {
    fn into_value(self) -> Column {
        self
    }
}

impl IntoValue for &Column {
    fn into_value(self) -> Column {
        self.clone()
    }
}

macro_rules! values {
    ($($rust:ty: |$value:ident| $column:expr;)*) => {
        $(impl IntoValue for $rust {
            fn into_value(self) -> Column {
                let $value = self;
                $column
            }
        })*
    };
}

values! {
    bool: |value| literal(Literal::Boolean(value));
    i8: |value| integer(value.to_string(), Some(IntegerSuffix::TinyInt));
    i16: |value| integer(value.to_string(), Some(IntegerSuffix::SmallInt));
    i32: |value| integer(value.to_string(), None);
    i64: |value| integer(value.to_string(), Some(IntegerSuffix::BigInt));
    u32: |value| i64::from(value).into_value();
    f64: |value| float(value.is_finite(), format!("{value:?}"), Literal::Double, SqlType::Double);
    f32: |value| float(value.is_finite(), format!("{value:?}"), Literal::Float, SqlType::Float);
    &str: |value| literal(Literal::String(value.to_owned()));
    String: |value| literal(Literal::String(value));
    &String: |value| literal(Literal::String(value.clone()));
    &[u8]: |value| literal(Literal::Binary(value.to_vec()));
    NaiveDate: |value| typed(TypedLiteral::Date, value.to_string());
    NaiveDateTime: |value| typed(TypedLiteral::TimestampNtz, value.to_string());
    DateTime<Utc>: |value| typed(TypedLiteral::TimestampLtz, value.format("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string());
}

fn typed(kind: TypedLiteral, text: String) -> Column {
    literal(Literal::Typed { kind, text })
}

/// Rust writes infinities and NaN in a form that casts read.
fn float(finite: bool, text: String, kind: fn(String) -> Literal, data_type: SqlType) -> Column {
    if finite { literal(kind(text)) } else { cast_of_text(text, data_type) }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Column {
        self.map_or_else(|| literal(Literal::Null), IntoValue::into_value)
    }
}

/// An array.
impl<T: IntoValue> IntoValue for Vec<T> {
    fn into_value(self) -> Column {
        Column::call("array", self.into_iter().map(IntoValue::into_value).collect())
    }
}

/// Several columns: one of them, an array, a Vec, a slice, or a tuple of different kinds.
pub trait IntoColumns {
    fn into_columns(self) -> Vec<Column>;
}

/// Implements a trait of lists for single things, arrays, Vecs, slices and tuples of what has a trait of single things.
macro_rules! list_of {
    ($list:ident::$list_method:ident, $one:ident::$one_method:ident -> $out:ty; $($single:ty),*) => {
        $(impl $list for $single {
            fn $list_method(self) -> Vec<$out> {
                vec![self.$one_method()]
            }
        })*

        impl $list for () {
            fn $list_method(self) -> Vec<$out> {
                Vec::new()
            }
        }

        impl<T: $one, const N: usize> $list for [T; N] {
            fn $list_method(self) -> Vec<$out> {
                self.into_iter().map(|one| one.$one_method()).collect()
            }
        }

        impl<T: $one> $list for Vec<T> {
            fn $list_method(self) -> Vec<$out> {
                self.into_iter().map(|one| one.$one_method()).collect()
            }
        }

        impl<'a, T> $list for &'a [T]
        where
            &'a T: $one,
        {
            fn $list_method(self) -> Vec<$out> {
                self.iter().map(|one| one.$one_method()).collect()
            }
        }

        list_of!(@tuples $list::$list_method, $one::$one_method -> $out;
            A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H,
            A B C D E F G H I, A B C D E F G H I J);
    };
    (@tuples $list:ident::$list_method:ident, $one:ident::$one_method:ident -> $out:ty; $($($name:ident)+),*) => {
        $(impl<$($name: $one),+> $list for ($($name,)+) {
            fn $list_method(self) -> Vec<$out> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                vec![$($name.$one_method()),+]
            }
        })*
    };
}
pub(crate) use list_of;

list_of!(IntoColumns::into_columns, IntoColumn::into_column -> Column; Column, &Column, &str, String);
