//! Rust's operators on columns: `+ - * / %` compute, `& | !` combine conditions. Comparisons are methods, since Rust's give
//! a `bool`.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Rem, Sub};

use firesteel_plan::parsed::{BinaryOp, Expr, ExprKind, UnaryOp};

use super::Column;
use super::value::IntoValue;

impl Column {
    /// `self op other`; a chain on the left is laid flat, as the parser does.
    pub(crate) fn binary(self, op: BinaryOp, other: Column) -> Column {
        self.of_two(other, |left, right| match left.kind {
            ExprKind::Binary { first, mut rest } => {
                rest.push((op, *right));
                ExprKind::Binary { first, rest }
            }
            _ => ExprKind::Binary { first: left, rest: vec![(op, *right)] },
        })
    }

    fn both(self, other: Column) -> Column {
        self.of_two(other, |left, right| ExprKind::And(terms(*left, *right, and_terms)))
    }

    fn either(self, other: Column) -> Column {
        self.of_two(other, |left, right| ExprKind::Or(terms(*left, *right, or_terms)))
    }
}

fn terms(left: Expr, right: Expr, flat: fn(Expr) -> Vec<Expr>) -> Vec<Expr> {
    let mut terms = flat(left);
    terms.push(right);
    terms
}

fn and_terms(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::And(terms) => terms,
        _ => vec![expr],
    }
}

fn or_terms(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::Or(terms) => terms,
        _ => vec![expr],
    }
}

macro_rules! arithmetic {
    ($($trait:ident::$method:ident = $op:ident;)*) => {
        $(
            impl<T: IntoValue> $trait<T> for Column {
                type Output = Column;
                fn $method(self, other: T) -> Column {
                    self.binary(BinaryOp::$op, other.into_value())
                }
            }

            impl<T: IntoValue> $trait<T> for &Column {
                type Output = Column;
                fn $method(self, other: T) -> Column {
                    self.clone().binary(BinaryOp::$op, other.into_value())
                }
            }

            arithmetic!(@from_left $trait::$method = $op; i32 i64 f64 &str);
        )*
    };
    (@from_left $trait:ident::$method:ident = $op:ident; $($rust:ty)*) => {
        $(impl $trait<Column> for $rust {
            type Output = Column;
            fn $method(self, other: Column) -> Column {
                self.into_value().binary(BinaryOp::$op, other)
            }
        })*
    };
}

arithmetic! {
    Add::add = Add;
    Sub::sub = Subtract;
    Mul::mul = Multiply;
    Div::div = Divide;
    Rem::rem = Modulo;
}

impl<T: IntoValue> BitAnd<T> for Column {
    type Output = Column;
    fn bitand(self, other: T) -> Column {
        self.both(other.into_value())
    }
}

impl<T: IntoValue> BitOr<T> for Column {
    type Output = Column;
    fn bitor(self, other: T) -> Column {
        self.either(other.into_value())
    }
}

impl Not for Column {
    type Output = Column;
    fn not(self) -> Column {
        self.of_one(ExprKind::Not)
    }
}

impl Neg for Column {
    type Output = Column;
    fn neg(self) -> Column {
        self.of_one(|operand| ExprKind::Unary { op: UnaryOp::Minus, operand })
    }
}
