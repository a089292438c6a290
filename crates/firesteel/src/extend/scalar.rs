//! Functions of rows: over Arrow arrays, or as a closure over the values of one row.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::cast;
use firesteel_common::{Result, SqlType};
use firesteel_expr::function::{CanFail, Doc, KernelArgs, Nullability, UserFunction, Volatility};
use firesteel_expr::{Column as Values, ExprRef, FunctionRef, ScalarFunction};

use super::value::{Arguments, Output, RowFunction, SqlValue};
use super::{coerce, failed, guarded, static_name};
use crate::column::Column;
use crate::column::methods::IntoSqlType;
use crate::column::value::IntoColumns;
use crate::edge::classic;
use crate::session::Session;

type ArrayFunction = dyn Fn(&[ArrayRef]) -> Result<ArrayRef, String> + Send + Sync;

/// A function of rows that a program brings.
#[derive(Clone)]
pub struct ScalarUdf {
    name: &'static str,
    parameters: Vec<SqlType>,
    result: SqlType,
    deterministic: bool,
    function: Arc<ArrayFunction>,
}

impl ScalarUdf {
    /// A closure over the values of one row: types follow from the closure's. NULL for an argument that is no `Option`
    /// gives NULL without a call. An `Err` fails the query.
    ///
    /// ```
    /// use firesteel::extend::ScalarUdf;
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let shout = ScalarUdf::of_rows("shout", |text: String, times: i32| format!("{text}{}", "!".repeat(times as usize)));
    /// let shout = session.register_udf(shout)?;
    /// assert_eq!(session.sql("SELECT shout('hey', 2)")?.collect_rows::<String>()?, ["hey!!"]);
    /// let frame = session.create_dataframe([("ho",)], ["word"])?.select(shout.call(("word", lit(1))))?;
    /// assert_eq!(frame.collect_rows::<String>()?, ["ho!"]);
    ///
    /// let picky = ScalarUdf::of_rows("picky", |n: i32| if n > 0 { Ok(n) } else { Err("not positive") });
    /// session.register_udf(picky)?;
    /// let error = session.sql("SELECT picky(id - 1) FROM range(0, 2)")?.collect().unwrap_err();
    /// assert_eq!(error.condition().name, "FAILED_EXECUTE_UDF");
    /// # Ok(())
    /// # }
    /// ```
    pub fn of_rows<A, F>(name: &str, function: F) -> Self
    where
        A: Arguments + 'static,
        F: RowFunction<A>,
    {
        type Value<F, A> = <<F as RowFunction<A>>::Output as Output>::Value;
        let over_arrays = move |arrays: &[ArrayRef], rows: usize| {
            let mut values = Vec::with_capacity(rows);
            for row in 0..rows {
                values.push(match A::read(arrays, row) {
                    Some(arguments) => function.call(arguments).into_value()?,
                    None => None,
                });
            }
            Ok(Value::<F, A>::build(values))
        };
        let function = move |arrays: &[ArrayRef]| over_arrays(arrays, arrays.first().map_or(1, |array| array.len()));
        Self {
            name: static_name(name),
            parameters: A::sql_types(),
            result: Value::<F, A>::sql_type(),
            deterministic: true,
            function: Arc::new(function),
        }
    }

    /// A function over whole arrays, all of one length (of one row when there are no parameters); its array must have
    /// that length too. Text comes as `Utf8`, decimals as `Decimal128`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, AsArray, Int64Array};
    /// use firesteel::extend::ScalarUdf;
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let double = ScalarUdf::of_arrays("twice", ["bigint"], "bigint", |arrays: &[ArrayRef]| {
    ///     let numbers = arrays[0].as_primitive::<arrow::datatypes::Int64Type>();
    ///     Ok(Arc::new(numbers.unary::<_, arrow::datatypes::Int64Type>(|n| n * 2)))
    /// })?;
    /// session.register_udf(double)?;
    /// assert_eq!(session.sql("SELECT twice(id) FROM range(3)")?.collect_rows::<i64>()?, [0, 2, 4]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of_arrays<T: IntoSqlType>(
        name: &str,
        parameters: impl IntoIterator<Item = T>,
        result: impl IntoSqlType,
        function: impl Fn(&[ArrayRef]) -> Result<ArrayRef> + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self {
            name: static_name(name),
            parameters: parameters.into_iter().map(IntoSqlType::into_sql_type).collect::<Result<_>>()?,
            result: result.into_sql_type()?,
            deterministic: true,
            function: Arc::new(move |arrays| function(arrays).map_err(|error| error.message())),
        })
    }

    /// Says that the same arguments may give different results: it is called anew for each row, and never beforehand.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use std::sync::atomic::{AtomicI64, Ordering};
    ///
    /// use firesteel::extend::ScalarUdf;
    ///
    /// static CALLS: AtomicI64 = AtomicI64::new(0);
    /// let ticket = ScalarUdf::of_rows("ticket", |_: i64| CALLS.fetch_add(1, Ordering::Relaxed)).as_nondeterministic();
    /// session.register_udf(ticket)?;
    /// session.sql("SELECT ticket(1), ticket(1)")?.collect()?;
    /// assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn as_nondeterministic(self) -> Self {
        Self { deterministic: false, ..self }
    }
}

impl UserFunction for ScalarUdf {
    fn coerce(&self, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
        coerce(self.name, &self.parameters, args)
    }

    fn returns(&self, _types: &[SqlType]) -> Result<SqlType> {
        Ok(self.result.clone())
    }

    fn evaluate(&self, args: &KernelArgs<'_>) -> Result<Values> {
        let broken = |reason: String| failed(self.name, &self.parameters, &self.result, reason);
        let arrays = arrays(args.columns, args.types)?;
        if arrays.is_empty() {
            return self.without_arguments(args.rows);
        }
        let array = guarded(broken, || (self.function)(&arrays).map_err(broken))?;
        if array.len() != args.rows {
            return Err(broken(format!("it gave {} rows for {}", array.len(), args.rows)));
        }
        self.result_of(&array).map(Values::Array)
    }
}

impl ScalarUdf {
    /// Once for each row, unless it always gives the same.
    fn without_arguments(&self, rows: usize) -> Result<Values> {
        let broken = |reason: String| failed(self.name, &self.parameters, &self.result, reason);
        let one = || {
            let array = guarded(broken, || (self.function)(&[]).map_err(broken))?;
            if array.len() == 1 {
                self.result_of(&array)
            } else {
                Err(broken(format!("it gave {} rows for 1", array.len())))
            }
        };
        if self.deterministic || rows == 0 {
            return Ok(Values::constant(one()?, rows));
        }
        let pieces = (0..rows).map(|_| one()).collect::<Result<Vec<_>>>()?;
        let pieces: Vec<_> = pieces.iter().map(|piece| piece.as_ref()).collect();
        Ok(Values::Array(arrow::compute::concat(&pieces)?))
    }

    /// In the type's canonical form.
    fn result_of(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let to = self.result.to_arrow();
        let reason = || format!("it gave {} for {}", array.data_type(), self.result);
        cast(array, &to).map_err(|_| failed(self.name, &self.parameters, &self.result, reason()))
    }
}

/// Columns as programs expect them: flat, without views.
pub(super) fn arrays(columns: &[Values], types: &[SqlType]) -> Result<Vec<ArrayRef>> {
    let array = |(column, data_type): (&Values, &SqlType)| -> Result<ArrayRef> {
        Ok(cast(&column.flat_as(data_type)?, &classic(&data_type.to_arrow()))?)
    };
    columns.iter().zip(types).map(array).collect()
}

/// A function that was registered, for DataFrames.
#[derive(Debug, Clone)]
pub struct Udf {
    pub(super) name: &'static str,
}

impl Udf {
    /// The function of these columns. Only DataFrames of the session that knows the function take it.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::ScalarUdf;
    ///
    /// let twice = session.register_udf(ScalarUdf::of_rows("twice", |x: i64| x * 2))?;
    /// assert_eq!(session.range(2..4)?.select(twice.call("id"))?.collect_rows::<i64>()?, [4, 6]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn call(&self, columns: impl IntoColumns) -> Column {
        Column::call(self.name, columns.into_columns())
    }
}

impl Session {
    /// Makes a function known to this session, in SQL by its name. A name that an earlier call gave is given anew; names
    /// of built-in functions are refused.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::ScalarUdf;
    ///
    /// session.register_udf(ScalarUdf::of_rows("shout", |text: String| text.to_uppercase() + "!"))?;
    /// assert_eq!(session.sql("SELECT shout('hey')")?.collect_rows::<String>()?, ["HEY!"]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_udf(&self, function: ScalarUdf) -> Result<Udf> {
        let name = function.name;
        let descriptor = ScalarFunction {
            name,
            nullability: Nullability::Always,
            volatility: if function.deterministic { Volatility::Immutable } else { Volatility::Volatile },
            // Whatever a program's code does: rows that do not reach it must not see its errors.
            can_fail: CanFail::Always,
            doc: Doc { usage: "A function of this session.", since: "", examples: &[] },
            ..ScalarFunction::DEFAULT
        };
        self.extend(|extensions| extensions.functions.add(FunctionRef::of_user(descriptor, Arc::new(function))))?;
        Ok(Udf { name })
    }
}
