//! What a scalar function is: a descriptor that says everything true of it, and a kernel.

use std::fmt;
use std::sync::Arc;

use firesteel_common::{Result, SqlType};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::column::Column;
use crate::eval::{EvalContext, LazyArgs};
use crate::expr::ExprRef;
use crate::registry;

/// What an argument may be. Implicit casts follow Spark's ANSI rules (`coerce`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    Boolean,
    Int,
    BigInt,
    /// Any integral type, kept.
    Integral,
    Double,
    /// Any numeric type, kept.
    Numeric,
    /// Any decimal; integers become decimals.
    Decimal,
    String,
    Binary,
    /// STRING or BINARY, kept.
    StringOrBinary,
    Date,
    Timestamp,
    TimestampNtz,
    /// Either timestamp, kept; DATE and STRING become TIMESTAMP.
    AnyTimestamp,
    /// DATE or a timestamp, kept.
    Datetime,
    YearMonthInterval,
    DayTimeInterval,
    AnyInterval,
    AnyArray,
    AnyMap,
    AnyStruct,
    /// Any type that orders.
    Orderable,
    Any,
    /// The least common type of all arguments marked so.
    Common,
    /// As `Common`, of orderable types.
    CommonOrderable,
}

/// Which arguments a function takes.
#[derive(Clone, Copy)]
pub enum Signature {
    /// The first of these lists that the arguments fit, exact fits before casts.
    OneOf(&'static [&'static [Param]]),
    /// `fixed`, then at least `min` of `rest`.
    Variadic { fixed: &'static [Param], rest: Param, min: usize },
    /// The function's own rule: checks the arguments and casts them.
    Custom(fn(&'static str, Vec<ExprRef>) -> Result<Vec<ExprRef>>),
}

/// When a result is NULL.
#[derive(Clone, Copy)]
pub enum Nullability {
    /// NULL in, NULL out, and at no other time.
    Strict,
    /// NULL in, NULL out; other inputs may give NULL too.
    StrictAndMore,
    Never,
    Always,
    Custom(fn(&[ExprRef]) -> bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Volatility {
    /// The same arguments, the same result.
    Immutable,
    /// Fixed for one query (`current_date`).
    Stable,
    /// Anew for each row (`rand`).
    Volatile,
}

/// Whether evaluation can raise an error for some row, its arguments aside.
#[derive(Clone, Copy)]
pub enum CanFail {
    Never,
    Always,
    When(fn(&[ExprRef]) -> bool),
}

/// What a batch kernel gets.
#[derive(Debug)]
pub struct KernelArgs<'a> {
    /// Each `rows` long, in any encoding.
    pub columns: &'a [Column],
    pub types: &'a [SqlType],
    pub return_type: &'a SqlType,
    pub rows: usize,
    pub context: &'a EvalContext,
}

/// A kernel with state made once per evaluator: a compiled pattern, a parsed format.
pub trait PreparedKernel: Send {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column>;
}

/// How a function is computed.
#[derive(Clone, Copy)]
pub enum Kernel {
    /// Over evaluated arguments, all rows at once.
    Batch(fn(&KernelArgs<'_>) -> Result<Column>),
    /// Makes a kernel from the argument expressions, of which some may be literals.
    Prepared(fn(&[ExprRef]) -> Result<Box<dyn PreparedKernel>>),
    /// Evaluates its arguments itself, over as few rows as it likes.
    Lazy(fn(&mut LazyArgs<'_>) -> Result<Column>),
    /// Never computed: analysis puts an equal expression in its place.
    Rewrite(fn(Vec<ExprRef>) -> Result<ExprRef>),
    /// By the program's object in the [`FunctionRef`].
    User,
}

/// A function that a program brings: what of a descriptor is code, as an object.
pub trait UserFunction: Send + Sync {
    /// Checks the arguments and casts them.
    fn coerce(&self, args: Vec<ExprRef>) -> Result<Vec<ExprRef>>;
    fn returns(&self, types: &[SqlType]) -> Result<SqlType>;
    /// As [`Kernel::Batch`]; never panics.
    fn evaluate(&self, args: &KernelArgs<'_>) -> Result<Column>;
}

/// What is true of a function that takes functions: `transform(array, x -> x + 1)`. Values come first, as the signature
/// says, then the lambdas.
#[derive(Clone, Copy)]
pub struct HigherOrder {
    /// How many arguments are values.
    pub values: usize,
    /// The lambdas that may follow them, each with the most and the fewest parameters that it may name.
    pub lambdas: &'static [Arity],
    /// What a lambda of `count` parameters is given; `at` counts lambdas.
    pub parameters: fn(values: &[ExprRef], at: usize, count: usize) -> Result<Vec<(SqlType, bool)>>,
    /// Checks what the lambdas return and casts it; may add lambdas that were left out. Arguments are all there are.
    pub check: fn(&'static str, Vec<ExprRef>) -> Result<Vec<ExprRef>>,
}

/// How many parameters a lambda names, and whether it may be left out.
#[derive(Debug, Clone, Copy)]
pub struct Arity {
    pub usual: usize,
    /// Another number that is allowed too (`(element, index) -> …`).
    pub or: Option<usize>,
    pub optional: bool,
}

/// Documentation that is also test: each example's SQL and its result as text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doc {
    pub usage: &'static str,
    pub since: &'static str,
    pub examples: &'static [(&'static str, &'static str)],
}

/// Describes a scalar function.
#[derive(Clone, Copy)]
pub struct ScalarFunction {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub signature: Signature,
    /// The result type for (coerced) argument types.
    pub returns: fn(&[SqlType]) -> Result<SqlType>,
    /// In place of `returns` where the type depends on what arguments say: the names of a struct's fields.
    pub returns_for: Option<fn(&[ExprRef]) -> Result<SqlType>>,
    pub nullability: Nullability,
    pub volatility: Volatility,
    pub can_fail: CanFail,
    pub higher_order: Option<HigherOrder>,
    pub kernel: Kernel,
    /// How EXPLAIN writes a call, the arguments being written already.
    pub display: fn(&'static str, &[String]) -> String,
    pub doc: Doc,
}

impl ScalarFunction {
    /// Immutable, strict, never failing, written as `name(a, b)`; name, signature, result and kernel are to be given.
    pub const DEFAULT: ScalarFunction = ScalarFunction {
        name: "",
        aliases: &[],
        signature: Signature::OneOf(&[]),
        returns: |_| Ok(SqlType::Void),
        returns_for: None,
        nullability: Nullability::Strict,
        volatility: Volatility::Immutable,
        can_fail: CanFail::Never,
        higher_order: None,
        kernel: Kernel::Batch(|args| Ok(Column::nulls(args.return_type, args.rows))),
        display: call_form,
        doc: Doc { usage: "", since: "", examples: &[] },
    };

    pub fn call_can_fail(&self, args: &[ExprRef]) -> bool {
        match self.can_fail {
            CanFail::Never => false,
            CanFail::Always => true,
            CanFail::When(test) => test(args),
        }
    }

    pub fn call_nullable(&self, args: &[ExprRef]) -> bool {
        match self.nullability {
            Nullability::Strict => args.iter().any(|arg| arg.nullable()),
            Nullability::StrictAndMore | Nullability::Always => true,
            Nullability::Never => false,
            Nullability::Custom(test) => test(args),
        }
    }

    /// Whether a NULL argument makes the result NULL.
    pub fn is_strict(&self) -> bool {
        matches!(self.nullability, Nullability::Strict | Nullability::StrictAndMore)
    }
}

/// `name(a, b)`.
pub fn call_form(name: &'static str, args: &[String]) -> String {
    format!("{name}({})", args.join(", "))
}

/// `(a name b name c)`.
pub fn infix_form(name: &'static str, args: &[String]) -> String {
    format!("({})", args.join(&format!(" {} ", name.to_uppercase())))
}

/// A function of the registry, or a session's with its object; equal by name, and by name on the wire.
#[derive(Clone)]
pub struct FunctionRef(pub Arc<ScalarFunction>, Option<Arc<dyn UserFunction>>);

impl FunctionRef {
    pub fn new(function: ScalarFunction) -> Self {
        Self(Arc::new(function), None)
    }

    /// The descriptor's kernel is [`Kernel::User`].
    pub fn of_user(function: ScalarFunction, user: Arc<dyn UserFunction>) -> Self {
        Self(Arc::new(ScalarFunction { kernel: Kernel::User, ..function }), Some(user))
    }

    pub fn user(&self) -> Option<&Arc<dyn UserFunction>> {
        self.1.as_ref()
    }
}

impl std::ops::Deref for FunctionRef {
    type Target = ScalarFunction;
    fn deref(&self) -> &ScalarFunction {
        &self.0
    }
}

impl PartialEq for FunctionRef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for FunctionRef {}

impl std::hash::Hash for FunctionRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for FunctionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for FunctionRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FunctionRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        registry::scalar(&name).ok_or_else(|| de::Error::custom(format!("no function {name}")))
    }
}
