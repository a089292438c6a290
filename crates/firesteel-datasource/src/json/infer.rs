//! The type of JSON: one that holds what all rows of a sample have.
//!
//! ```text
//! {"b": 1, "a": [null]}, {"b": 2.5}  ⇒  struct<a: array<string>, b: double>
//! ```
//! Members are sorted by name. What two rows disagree about is text. Objects without members are left out.

use std::collections::BTreeMap;

use firesteel_common::{SqlType, StructField};
use firesteel_expr::cast::datetime::{self, Zone};
use std::sync::Arc;

use super::value::{self, Kind, Members};

/// What is deeper stays text.
const DEPTH_MAX: usize = 100;

/// What values look like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Null,
    Boolean,
    Whole,
    /// So many digits, more than 64 bits hold.
    Long(u8),
    Fraction,
    Timestamp,
    Text,
    Array(Box<Shape>),
    Object(BTreeMap<String, Shape>),
}

/// How eager to be.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inference {
    pub(crate) primitives_as_string: bool,
    pub(crate) timestamps: bool,
}

impl Inference {
    /// `None` when the value is malformed.
    pub(crate) fn shape(self, value: &str) -> Option<Shape> {
        self.shape_at(value, 0)
    }

    fn shape_at(self, value: &str, depth: usize) -> Option<Shape> {
        Some(match value::kind(value) {
            Kind::Null => Shape::Null,
            Kind::Array | Kind::Object if depth > DEPTH_MAX => Shape::Text,
            Kind::Array => {
                let mut element = Shape::Null;
                for value in value::elements(value)? {
                    element = merge(element, self.shape_at(value, depth + 1)?);
                }
                Shape::Array(Box::new(element))
            }
            Kind::Object => {
                let Members(members) = value::members(value)?;
                let mut shapes = BTreeMap::new();
                for (name, value) in members {
                    shapes.insert(name.into_owned(), self.shape_at(value, depth + 1)?);
                }
                Shape::Object(shapes)
            }
            _ if self.primitives_as_string => Shape::Text,
            Kind::Boolean => Shape::Boolean,
            Kind::Number => number(value),
            Kind::Text if self.timestamps && is_timestamp(value) => Shape::Timestamp,
            Kind::Text => Shape::Text,
        })
    }
}

fn is_timestamp(value: &str) -> bool {
    let text = value::text(value).filter(|text| text.len() >= 8);
    text.is_some_and(|text| datetime::parse_timestamp(&text, &Zone::parse_or_utc("UTC")).is_some())
}

fn number(value: &str) -> Shape {
    let digits = value.trim_start_matches('-');
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Shape::Fraction;
    }
    match u8::try_from(digits.len()) {
        _ if value.parse::<i64>().is_ok() => Shape::Whole,
        Ok(digits) if digits <= 38 => Shape::Long(digits),
        _ => Shape::Fraction,
    }
}

pub(crate) fn merge(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Null, other) | (other, Shape::Null) => other,
        (Shape::Long(p), Shape::Long(q)) => Shape::Long(p.max(q)),
        // 64 bits have up to 20 digits there.
        (Shape::Long(digits), Shape::Whole) | (Shape::Whole, Shape::Long(digits)) => Shape::Long(digits.max(20)),
        (Shape::Fraction, Shape::Whole | Shape::Long(_)) | (Shape::Whole | Shape::Long(_), Shape::Fraction) => {
            Shape::Fraction
        }
        (Shape::Array(a), Shape::Array(b)) => Shape::Array(Box::new(merge(*a, *b))),
        (Shape::Object(mut a), Shape::Object(b)) => {
            for (name, shape) in b {
                let merged = match a.remove(&name) {
                    Some(known) => merge(known, shape),
                    None => shape,
                };
                a.insert(name, merged);
            }
            Shape::Object(a)
        }
        (a, b) if a == b => a,
        _ => Shape::Text,
    }
}

impl Shape {
    /// `None` for an object without members.
    pub(crate) fn data_type(&self) -> Option<SqlType> {
        Some(match self {
            Shape::Null | Shape::Text => SqlType::STRING,
            Shape::Boolean => SqlType::Boolean,
            Shape::Whole => SqlType::BigInt,
            Shape::Long(digits) => SqlType::decimal(*digits, 0),
            Shape::Fraction => SqlType::Double,
            Shape::Timestamp => SqlType::Timestamp,
            Shape::Array(element) => SqlType::array(element.data_type()?, true),
            Shape::Object(members) => {
                let member = |(name, shape): (&String, &Shape)| {
                    let data_type = shape.data_type()?;
                    Some(StructField { name: Arc::from(name.as_str()), data_type, nullable: true })
                };
                let members: Vec<_> = members.iter().filter_map(member).collect();
                if members.is_empty() {
                    return None;
                }
                SqlType::Struct(members.into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(values: &[&str]) -> String {
        let shapes = values.iter().map(|value| Inference::default().shape(value).expect("JSON"));
        let shape = shapes.reduce(merge).expect("a value");
        shape.data_type().map_or_else(|| "nothing".to_owned(), |data_type| data_type.to_string())
    }

    /// What Spark 4 infers.
    #[test]
    fn one_type_for_all_rows() {
        let rows = [
            r#"{"b":1,"a":"x","c":{"z":1.5,"y":[1,2]},"n":null,"e":{}}"#,
            r#"{"b":2.5,"a":7,"c":{"y":[3.5],"w":true},"big":12345678901234567890123}"#,
        ];
        assert_eq!(
            inferred(&rows),
            "struct<a:string,b:double,big:decimal(23,0),c:struct<w:boolean,y:array<double>,z:double>,n:string>"
        );
        assert_eq!(inferred(&["[null]"]), "array<string>");
        assert_eq!(inferred(&["[{}]"]), "nothing");
        assert_eq!(inferred(&["1", "{\"a\":1}"]), "string");
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        assert!(inferred(&[&deep]).starts_with("array<array<"));
    }
}
