//! Rust values that functions of a program take and give, and the SQL types they stand for.
//!
//! ```text
//! bool i8 i16 i32 i64 f32 f64 String Vec<u8> NaiveDate    Option<T> where NULL may come
//! ```

use std::fmt::Display;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray, PrimitiveArray, StringArray};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
};
use chrono::NaiveDate;
use firesteel_common::SqlType;

/// A value of one SQL type.
pub trait SqlValue: Sized + Send + 'static {
    fn sql_type() -> SqlType;

    /// The value of a row that is not NULL, of an array of this type.
    fn read(array: &ArrayRef, row: usize) -> Self;

    /// An array of values.
    fn build(values: Vec<Option<Self>>) -> ArrayRef;
}

macro_rules! primitives {
    ($($rust:ty, $arrow:ty, $sql:ident;)*) => {
        $(impl SqlValue for $rust {
            fn sql_type() -> SqlType {
                SqlType::$sql
            }

            fn read(array: &ArrayRef, row: usize) -> Self {
                array.as_primitive::<$arrow>().value(row)
            }

            fn build(values: Vec<Option<Self>>) -> ArrayRef {
                primitive::<$arrow>(values)
            }
        })*
    };
}

primitives! {
    i8, Int8Type, TinyInt;
    i16, Int16Type, SmallInt;
    i32, Int32Type, Int;
    i64, Int64Type, BigInt;
    f32, Float32Type, Float;
    f64, Float64Type, Double;
}

fn primitive<T: ArrowPrimitiveType>(values: Vec<Option<T::Native>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<PrimitiveArray<T>>())
}

impl SqlValue for bool {
    fn sql_type() -> SqlType {
        SqlType::Boolean
    }

    fn read(array: &ArrayRef, row: usize) -> Self {
        array.as_boolean().value(row)
    }

    fn build(values: Vec<Option<Self>>) -> ArrayRef {
        Arc::new(BooleanArray::from(values))
    }
}

impl SqlValue for String {
    fn sql_type() -> SqlType {
        SqlType::STRING
    }

    fn read(array: &ArrayRef, row: usize) -> Self {
        array.as_string::<i32>().value(row).to_owned()
    }

    fn build(values: Vec<Option<Self>>) -> ArrayRef {
        Arc::new(StringArray::from(values))
    }
}

impl SqlValue for Vec<u8> {
    fn sql_type() -> SqlType {
        SqlType::Binary
    }

    fn read(array: &ArrayRef, row: usize) -> Self {
        array.as_binary::<i32>().value(row).to_vec()
    }

    fn build(values: Vec<Option<Self>>) -> ArrayRef {
        Arc::new(values.iter().map(|value| value.as_deref()).collect::<BinaryArray>())
    }
}

impl SqlValue for NaiveDate {
    fn sql_type() -> SqlType {
        SqlType::Date
    }

    /// SQL's dates reach from year 1 to 9999, which chrono holds.
    fn read(array: &ArrayRef, row: usize) -> Self {
        Date32Type::to_naive_date_opt(array.as_primitive::<Date32Type>().value(row)).unwrap_or_default()
    }

    fn build(values: Vec<Option<Self>>) -> ArrayRef {
        primitive::<Date32Type>(values.into_iter().map(|value| value.map(Date32Type::from_naive_date)).collect())
    }
}

/// An argument: a value, or `Option` of one. NULL for one that is no `Option` makes the whole result NULL.
pub trait Argument: Sized {
    fn sql_type() -> SqlType;

    /// `None`: NULL, which this argument cannot be.
    fn read(array: &ArrayRef, row: usize) -> Option<Self>;
}

impl<T: SqlValue> Argument for T {
    fn sql_type() -> SqlType {
        T::sql_type()
    }

    fn read(array: &ArrayRef, row: usize) -> Option<Self> {
        (!array.is_null(row)).then(|| T::read(array, row))
    }
}

impl<T: SqlValue> Argument for Option<T> {
    fn sql_type() -> SqlType {
        T::sql_type()
    }

    fn read(array: &ArrayRef, row: usize) -> Option<Self> {
        Some((!array.is_null(row)).then(|| T::read(array, row)))
    }
}

/// Several arguments.
pub trait Arguments: Sized {
    fn sql_types() -> Vec<SqlType>;

    /// `None` when an argument is NULL that cannot be.
    fn read(arrays: &[ArrayRef], row: usize) -> Option<Self>;
}

/// What a function gives: a value, `Option` of one, or `Result` of either.
pub trait Output {
    type Value: SqlValue;

    /// NULL, or why there is no value.
    fn into_value(self) -> Result<Option<Self::Value>, String>;
}

impl<T: SqlValue> Output for T {
    type Value = T;

    fn into_value(self) -> Result<Option<T>, String> {
        Ok(Some(self))
    }
}

impl<T: SqlValue> Output for Option<T> {
    type Value = T;

    fn into_value(self) -> Result<Option<T>, String> {
        Ok(self)
    }
}

impl<O: Output, E: Display> Output for Result<O, E> {
    type Value = O::Value;

    fn into_value(self) -> Result<Option<O::Value>, String> {
        self.map_err(|error| error.to_string())?.into_value()
    }
}

macro_rules! arguments {
    ($($($name:ident $at:tt)*;)*) => {
        $(impl<$($name: Argument),*> Arguments for ($($name,)*) {
            fn sql_types() -> Vec<SqlType> {
                vec![$($name::sql_type()),*]
            }

            #[allow(unused_variables)]
            fn read(arrays: &[ArrayRef], row: usize) -> Option<Self> {
                Some(($($name::read(&arrays[$at], row)?,)*))
            }
        })*
    };
}

arguments! {
    ;
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
}

/// A function of Rust values.
pub trait RowFunction<A: Arguments>: Send + Sync + 'static {
    type Output: Output;

    fn call(&self, arguments: A) -> Self::Output;
}

macro_rules! row_functions {
    ($($($name:ident)*;)*) => {
        $(impl<Function, O, $($name: Argument),*> RowFunction<($($name,)*)> for Function
        where
            Function: Fn($($name),*) -> O + Send + Sync + 'static,
            O: Output,
        {
            type Output = O;

            #[allow(non_snake_case)]
            fn call(&self, ($($name,)*): ($($name,)*)) -> O {
                self($($name),*)
            }
        })*
    };
}

row_functions! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
