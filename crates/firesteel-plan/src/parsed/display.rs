//! Parsed expressions as compact text. Queries inside expressions are shown as `(…)`: messages point to them by span. What
//! holds no query, no window and no clause of a call reads back as what it was.

use std::fmt::{self, Display, Formatter};

use firesteel_common::names::quote_if_needed;

use super::*;

impl Display for Ident {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&quote_if_needed(&self.value))
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&list(&self.parts, "."))
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for ExprKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Column(parts) => f.write_str(&list(parts, ".")),
            ExprKind::Outer(operand) => write!(f, "outer({operand})"),
            ExprKind::Star(parts) if parts.is_empty() => f.write_str("*"),
            ExprKind::Star(parts) => write!(f, "{}.*", list(parts, ".")),
            ExprKind::Parameter(Parameter::Positional(_)) => f.write_str("?"),
            ExprKind::Parameter(Parameter::Named(name)) => write!(f, ":{name}"),
            ExprKind::Unary { op, operand } => write!(f, "({op} {operand})"),
            ExprKind::Binary { first, rest } => {
                write!(f, "{}{first}", "(".repeat(rest.len()))?;
                rest.iter().try_for_each(|(op, right)| write!(f, " {op} {right})"))
            }
            ExprKind::And(terms) => write!(f, "({})", list(terms, " AND ")),
            ExprKind::Or(terms) => write!(f, "({})", list(terms, " OR ")),
            ExprKind::Not(operand) => write!(f, "(NOT {operand})"),
            ExprKind::Is { operand, negated, test } => write!(f, "({operand} IS {}{test})", not(*negated)),
            ExprKind::IsDistinctFrom { left, right, negated } => {
                write!(f, "({left} IS {}DISTINCT FROM {right})", not(*negated))
            }
            ExprKind::Between { operand, negated, low, high } => {
                write!(f, "({operand} {}BETWEEN {low} AND {high})", not(*negated))
            }
            ExprKind::InList { operand, negated, list: items } => {
                write!(f, "({operand} {}IN ({}))", not(*negated), list(items, ", "))
            }
            ExprKind::InSubquery { operand, negated, .. } => write!(f, "({operand} {}IN (…))", not(*negated)),
            ExprKind::Exists(_) => f.write_str("EXISTS (…)"),
            ExprKind::Subquery(_) => f.write_str("(…)"),
            ExprKind::Like(like) => like.fmt(f),
            ExprKind::Case { operand, branches, otherwise } => {
                f.write_str("CASE")?;
                operand.iter().try_for_each(|operand| write!(f, " {operand}"))?;
                branches.iter().try_for_each(|branch| write!(f, " WHEN {} THEN {}", branch.when, branch.then))?;
                otherwise.iter().try_for_each(|otherwise| write!(f, " ELSE {otherwise}"))?;
                f.write_str(" END")
            }
            ExprKind::Cast { operand, data_type, is_try } => {
                let name = if *is_try { "TRY_CAST" } else { "CAST" };
                write!(f, "{name}({operand} AS {})", data_type.sql())
            }
            ExprKind::Function(call) => call.fmt(f),
            ExprKind::Subscript { operand, index } => write!(f, "{operand}[{index}]"),
            ExprKind::Field { operand, name } => write!(f, "{operand}.{name}"),
            ExprKind::Lambda { parameters, body } => match parameters.as_slice() {
                [one] => write!(f, "{one} -> {body}"),
                many => write!(f, "({}) -> {body}", list(many, ", ")),
            },
            ExprKind::Collate { operand, collation } => write!(f, "{operand} COLLATE {collation}"),
            ExprKind::Row(items) => write!(f, "({})", list(items, ", ")),
            ExprKind::VariantPath { operand, path } => write!(f, "{operand}:{path}"),
            ExprKind::TableArgument(_) => f.write_str("TABLE(…)"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("NULL"),
            Literal::Boolean(value) => write!(f, "{value}"),
            Literal::Integer { text, suffix } => write!(f, "{text}{}", suffix.map_or("", IntegerSuffix::letter)),
            // Without a point the digits alone would be a whole number.
            Literal::Decimal(text) if text.contains('.') && !text.contains(['e', 'E']) => f.write_str(text),
            Literal::Decimal(text) => write!(f, "{text}BD"),
            Literal::Double(text) => write!(f, "{text}D"),
            Literal::Float(text) => write!(f, "{text}F"),
            Literal::String(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Literal::Binary(bytes) => {
                f.write_str("X'")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))?;
                f.write_str("'")
            }
            Literal::Typed { kind, text } => write!(f, "{kind} '{text}'"),
            Literal::Interval(interval) => interval.fmt(f),
        }
    }
}

impl IntegerSuffix {
    fn letter(self) -> &'static str {
        match self {
            IntegerSuffix::TinyInt => "Y",
            IntegerSuffix::SmallInt => "S",
            IntegerSuffix::BigInt => "L",
        }
    }
}

impl Display for TypedLiteral {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TypedLiteral::Date => "DATE",
            TypedLiteral::Time => "TIME",
            TypedLiteral::Timestamp => "TIMESTAMP",
            TypedLiteral::TimestampLtz => "TIMESTAMP_LTZ",
            TypedLiteral::TimestampNtz => "TIMESTAMP_NTZ",
        })
    }
}

impl Display for IntervalLiteral {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            IntervalLiteral::Text(text) => write!(f, "INTERVAL '{text}'"),
            IntervalLiteral::Fields(fields) => {
                f.write_str("INTERVAL")?;
                fields.iter().try_for_each(|field| write!(f, " '{}' {}", field.value, field.unit))
            }
            IntervalLiteral::Range { text, from, to } => write!(f, "INTERVAL '{text}' {from} TO {to}"),
        }
    }
}

impl Display for IntervalUnit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IntervalUnit::Year => "YEAR",
            IntervalUnit::Quarter => "QUARTER",
            IntervalUnit::Month => "MONTH",
            IntervalUnit::Week => "WEEK",
            IntervalUnit::Day => "DAY",
            IntervalUnit::Hour => "HOUR",
            IntervalUnit::Minute => "MINUTE",
            IntervalUnit::Second => "SECOND",
            IntervalUnit::Millisecond => "MILLISECOND",
            IntervalUnit::Microsecond => "MICROSECOND",
            IntervalUnit::Nanosecond => "NANOSECOND",
        })
    }
}

impl Display for UnaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnaryOp::Plus => "+",
            UnaryOp::Minus => "-",
            UnaryOp::BitNot => "~",
        })
    }
}

/// The operator's sign, which is also its function's name in the registry.
impl Display for BinaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::IntegerDivide => "div",
            BinaryOp::Modulo => "%",
            BinaryOp::Concat => "||",
            BinaryOp::Eq => "=",
            BinaryOp::NotEq => "!=",
            BinaryOp::NullSafeEq => "<=>",
            BinaryOp::Lt => "<",
            BinaryOp::LtEq => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::GtEq => ">=",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::ShiftLeft => "<<",
            BinaryOp::ShiftRight => ">>",
            BinaryOp::ShiftRightUnsigned => ">>>",
        })
    }
}

impl Display for IsTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IsTest::Null => "NULL",
            IsTest::True => "TRUE",
            IsTest::False => "FALSE",
            IsTest::Unknown => "UNKNOWN",
        })
    }
}

impl Display for Like {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LikeKind::Like => "LIKE",
            LikeKind::Ilike => "ILIKE",
            LikeKind::Rlike => "RLIKE",
        };
        write!(f, "({} {}{kind} ", self.operand, not(self.negated))?;
        let patterns = list(&self.patterns, ", ");
        match self.quantifier {
            LikeQuantifier::One => f.write_str(&patterns)?,
            LikeQuantifier::Any => write!(f, "ANY ({patterns})")?,
            LikeQuantifier::All => write!(f, "ALL ({patterns})")?,
        }
        self.escape.iter().try_for_each(|escape| write!(f, " ESCAPE '{escape}'"))?;
        f.write_str(")")
    }
}

impl Display for FunctionCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        write!(f, "{}({distinct}{})", self.name, list(&self.arguments, ", "))?;
        if !self.order_by.is_empty() {
            f.write_str(" WITHIN GROUP (…)")?;
        }
        self.filter.iter().try_for_each(|filter| write!(f, " FILTER (WHERE {filter})"))?;
        match self.over {
            Some(_) => f.write_str(" OVER (…)"),
            None => Ok(()),
        }
    }
}

impl Display for FunctionArgument {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.name.iter().try_for_each(|name| write!(f, "{name} => "))?;
        self.value.fmt(f)
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn list<T: Display>(items: &[T], separator: &str) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(separator)
}
