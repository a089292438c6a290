//! Random numbers: `rand`, `randn`, `uniform`, `randstr`. The generator is Spark's XORShift, begun for each worker with
//! the seed plus the worker's number.

use std::hash::{BuildHasher, RandomState};

use arrow::datatypes::{Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::coerce::{common_type_of, errors};
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{
    CanFail, Doc, Kernel, KernelArgs, Nullability, PreparedKernel, ScalarFunction, Signature, Volatility,
};
use firesteel_expr::{Column, EvalContext, Literal};
use std::sync::Arc;

use crate::hash::murmur3;
use crate::rows::{constant_integer, number_column, text_column};

struct XorShift {
    state: i64,
    /// The second of two normal numbers that are made at once.
    spare: Option<f64>,
}

impl XorShift {
    fn new(seed: i64) -> XorShift {
        const SEED: u32 = 0x3c07_4a61;
        let low = murmur3::of_bytes(&seed.to_be_bytes(), SEED);
        let high = murmur3::of_bytes(&seed.to_be_bytes(), low);
        XorShift { state: i64::from(high as i32) << 32 | i64::from(low), spare: None }
    }

    fn bits(&mut self, bits: u32) -> i32 {
        let mut next = self.state ^ (self.state << 21);
        next ^= (next as u64 >> 35) as i64;
        next ^= next << 4;
        self.state = next;
        (next & ((1 << bits) - 1)) as i32
    }

    /// In [0, 1).
    fn double(&mut self) -> f64 {
        let upper = i64::from(self.bits(26)) << 27;
        let lower = i64::from(self.bits(27));
        (upper + lower) as f64 / (1i64 << 53) as f64
    }

    /// Normally distributed, by Marsaglia's polar method.
    fn gaussian(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.double() - 1.0, 2.0 * self.double() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * factor);
                return x * factor;
            }
        }
    }
}

/// A generator that begins with the first batch.
struct Generated {
    seed: i64,
    generator: Option<XorShift>,
    next: fn(&mut XorShift, &KernelArgs<'_>) -> Result<Column>,
}

impl PreparedKernel for Generated {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        let seed = self.seed;
        let begin = || XorShift::new(seed.wrapping_add(args.context.partition.number().into()));
        (self.next)(self.generator.get_or_insert_with(begin), args)
    }
}

/// The seed is the argument at `at`; without one it is new each time.
fn generated(
    args: &[ExprRef],
    at: usize,
    next: fn(&mut XorShift, &KernelArgs<'_>) -> Result<Column>,
) -> Result<Box<dyn PreparedKernel>> {
    let seed = match args.get(at) {
        // A NULL counts as zero.
        Some(seed) => constant_integer(seed).unwrap_or(0),
        None => RandomState::new().hash_one(0) as i64,
    };
    Ok(Box::new(Generated { seed, generator: None, next }))
}

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(|name, args| match args.len() {
        0 => Ok(args),
        1 => Ok(vec![seed(name, &args, 0)?]),
        other => Err(errors::wrong_num_args(name, "[0, 1]", other)),
    }),
    returns: |_| Ok(SqlType::Double),
    nullability: Nullability::Never,
    volatility: Volatility::Volatile,
    ..ScalarFunction::DEFAULT
};

/// An integer that planning knows.
fn seed(name: &'static str, args: &[ExprRef], at: usize) -> Result<ExprRef> {
    let arg = &args[at];
    if !(arg.data_type().is_integral() || *arg.data_type() == SqlType::Void) {
        return Err(errors::unexpected_input(name, args, at, "(\"INT\" or \"BIGINT\")".to_owned()));
    }
    folded(name, args, at, "seed", &SqlType::BigInt).map(Expr::literal)
}

fn folded(name: &'static str, args: &[ExprRef], at: usize, what: &str, to: &SqlType) -> Result<Literal> {
    let arg = &args[at];
    if !arg.is_foldable() {
        return Err(error!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, args),
            inputName = format!("`{what}`"),
            inputType = to.quoted_sql(),
            inputExpr = format!("\"{}\"", errors::sql_text(arg))
        ));
    }
    evaluate_constant(&Expr::cast(arg.clone(), to.clone(), CastMode::Ansi), &Arc::new(EvalContext::default()))
}

pub(super) const RAND: ScalarFunction = ScalarFunction {
    name: "rand",
    aliases: &["random"],
    kernel: Kernel::Prepared(|args| {
        generated(args, 0, |generator, args| number_column::<Float64Type>(args, |_| Some(generator.double())))
    }),
    doc: Doc {
        usage: "rand([seed]) - Returns a random value with independent and identically distributed (i.i.d.) uniformly \
                distributed values in [0, 1). With a seed the values of each worker are the same every time.",
        since: "1.5.0",
        examples: &[("SELECT rand(0)", "0.7604953758285915")],
    },
    ..COMMON
};

pub(super) const RANDN: ScalarFunction = ScalarFunction {
    name: "randn",
    aliases: &[],
    kernel: Kernel::Prepared(|args| {
        generated(args, 0, |generator, args| number_column::<Float64Type>(args, |_| Some(generator.gaussian())))
    }),
    doc: Doc {
        usage: "randn([seed]) - Returns a random value with independent and identically distributed (i.i.d.) values drawn \
                from the standard normal distribution.",
        since: "1.5.0",
        examples: &[("SELECT randn(0)", "1.6034991609278433")],
    },
    ..COMMON
};

pub(super) const UNIFORM: ScalarFunction = ScalarFunction {
    name: "uniform",
    aliases: &[],
    signature: Signature::Custom(bounds),
    returns: |types| Ok(types[0].clone()),
    nullability: Nullability::Custom(|args| args[..2].iter().any(|arg| arg.nullable())),
    kernel: Kernel::Prepared(|args| generated(args, 2, uniform)),
    doc: Doc {
        usage: "uniform(min, max[, seed]) - Returns a random value with independent and identically distributed (i.i.d.) \
                values within the specified range of numbers, which must be constant: an integer if both of them are.",
        since: "4.0.0",
        examples: &[("SELECT uniform(10, 20, 0) > 0", "true")],
    },
    ..COMMON
};

/// Two constants of one numeric type.
fn bounds(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    for (at, arg) in args[..2].iter().enumerate() {
        if !(arg.data_type().is_numeric() || *arg.data_type() == SqlType::Void) {
            return Err(errors::unexpected_input(name, &args, at, "\"NUMERIC\"".to_owned()));
        }
    }
    let types = [args[0].data_type().clone(), args[1].data_type().clone()];
    let common = match common_type_of(&types) {
        Some(SqlType::Void) | None => SqlType::Int,
        Some(common) => common,
    };
    let mut checked = vec![
        Expr::literal(bound(name, &args, 0, "min", &common)?),
        Expr::literal(bound(name, &args, 1, "max", &common)?),
    ];
    if args.len() > 2 {
        checked.push(seed(name, &args, 2)?);
    }
    Ok(checked)
}

fn bound(name: &'static str, args: &[ExprRef], at: usize, what: &str, to: &SqlType) -> Result<Literal> {
    folded(name, args, at, what, to).map_err(|error| error.replace("inputType", "integer or floating-point"))
}

fn uniform(generator: &mut XorShift, args: &KernelArgs<'_>) -> Result<Column> {
    let double = |at: usize| -> Result<Option<f64>> {
        let column = firesteel_expr::cast::cast(
            &args.columns[at],
            &args.types[at],
            &SqlType::Double,
            CastMode::Ansi,
            args.context,
        )?;
        Ok(crate::rows::Numbers::<Float64Type>::of(&KernelArgs { columns: &[column], ..*args }, 0)?.get(0))
    };
    if args.rows == 0 {
        return Ok(Column::nulls(args.return_type, 0));
    }
    let (Some(low), Some(high)) = (double(0)?, double(1)?) else {
        return Ok(Column::nulls(args.return_type, args.rows));
    };
    let mut next = || low + (high - low) * generator.double();
    match args.return_type {
        SqlType::TinyInt => number_column::<Int8Type>(args, |_| Some(next() as i8)),
        SqlType::SmallInt => number_column::<Int16Type>(args, |_| Some(next() as i16)),
        SqlType::Int => number_column::<Int32Type>(args, |_| Some(next() as i32)),
        SqlType::BigInt => number_column::<Int64Type>(args, |_| Some(next() as i64)),
        SqlType::Float => number_column::<Float32Type>(args, |_| Some(next() as f32)),
        SqlType::Double => number_column::<Float64Type>(args, |_| Some(next())),
        SqlType::Decimal { precision, scale } => number_column::<Decimal128Type>(args, |_| {
            firesteel_expr::cast::decimal::double_to_decimal(next(), *precision, *scale)
        }),
        other => Err(internal!("random numbers of {other}")),
    }
}

pub(crate) const RANDSTR: ScalarFunction = ScalarFunction {
    name: "randstr",
    aliases: &[],
    signature: Signature::Custom(|name, args| {
        if !(1..=2).contains(&args.len()) {
            return Err(errors::wrong_num_args(name, "[1, 2]", args.len()));
        }
        if !matches!(args[0].data_type(), SqlType::SmallInt | SqlType::Int | SqlType::TinyInt | SqlType::Void) {
            return Err(errors::unexpected_input(name, &args, 0, "INT or SMALLINT".to_owned()));
        }
        let length = folded(name, &args, 0, "length", &SqlType::Int)?;
        if length.as_integer().is_some_and(|length| length < 0) {
            return Err(error!(
                VALUE_OUT_OF_RANGE_POSITION,
                sqlExpr = errors::call_text(name, &args),
                exprName = "`length`",
                valueRange = "[0, 2147483647]",
                currentValue = length.as_integer().unwrap_or(0).to_string()
            ));
        }
        let mut checked = vec![Expr::literal(length)];
        if args.len() > 1 {
            checked.push(seed(name, &args, 1)?);
        }
        Ok(checked)
    }),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::Never,
    can_fail: CanFail::Never,
    kernel: Kernel::Prepared(|args| generated(args, 1, texts)),
    doc: Doc {
        usage: "randstr(length[, seed]) - Returns a string of the specified length whose characters are chosen uniformly at \
                random from the following pool of characters: 0-9, a-z, A-Z. The string length must be constant.",
        since: "4.0.0",
        examples: &[("SELECT randstr(3, 0)", "ceV")],
    },
    ..COMMON
};

fn texts(generator: &mut XorShift, args: &KernelArgs<'_>) -> Result<Column> {
    const POOL: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if args.rows == 0 {
        return Ok(Column::nulls(args.return_type, 0));
    }
    let length = crate::rows::Numbers::<Int32Type>::of(args, 0)?.get(0).unwrap_or(0);
    text_column(args, |_| {
        let one = |_| char::from(POOL[(generator.bits(32) % 62).unsigned_abs() as usize]);
        Some((0..length).map(one).collect::<String>())
    })
}
