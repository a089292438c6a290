//! Expressions bound to column positions and computed over batches.
//!
//! ```text
//! Evaluator: [Expr] + column ids of the input ──bind──▶ [Bound] ──batch──▶ one compact column per expression
//! Predicate: conjuncts in their order, each over the rows that passed the ones before ──▶ a narrower selection
//! ```
//! An evaluator belongs to one worker: kernels prepared for literal arguments (patterns, formats) live in it.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, UInt32Array};
use arrow::datatypes::Int32Type;
use firesteel_common::{ColumnId, Result, Span, SqlType, internal};
use recursive::recursive;

use crate::batch::{Batch, Selection};
use crate::cast;
use crate::column::{Column, same_numbers};
use crate::expr::{CastMode, Expr, ExprKind, ExprRef};
use crate::function::{FunctionRef, Kernel, KernelArgs, PreparedKernel, UserFunction, Volatility};

/// What kernels may know of the session and the query; fixed once per query.
#[derive(Debug, Clone)]
pub struct EvalContext {
    /// `spark.sql.session.timeZone`, an IANA name or an offset.
    pub time_zone: Arc<str>,
    /// Microseconds since the epoch at which the query began.
    pub query_time: i64,
    pub user: Arc<str>,
    pub current_database: Arc<str>,
    pub partition: Partition,
}

/// What one evaluator with volatile functions sees is a partition: they are numbered as they begin.
#[derive(Debug, Clone, Default)]
pub struct Partition {
    begun: Arc<AtomicU32>,
    number: OnceLock<u32>,
}

impl Partition {
    pub fn number(&self) -> u32 {
        *self.number.get_or_init(|| self.begun.fetch_add(1, Ordering::Relaxed))
    }
}

impl EvalContext {
    /// The context of an evaluator of these expressions.
    fn of_evaluator(self: &Arc<Self>, exprs: &[ExprRef]) -> Arc<Self> {
        if exprs.iter().all(|expr| expr.volatility() < Volatility::Volatile) {
            return Arc::clone(self);
        }
        let partition = Partition { begun: Arc::clone(&self.partition.begun), number: OnceLock::new() };
        Arc::new(Self { partition, ..Self::clone(self) })
    }
}

impl Default for EvalContext {
    fn default() -> Self {
        Self {
            time_zone: Arc::from("UTC"),
            query_time: 0,
            user: Arc::from("user"),
            current_database: Arc::from("default"),
            partition: Partition::default(),
        }
    }
}

/// Computes expressions over batches whose columns are `input`, in that order.
pub struct Evaluator {
    bound: Vec<Bound>,
    context: Arc<EvalContext>,
}

impl Evaluator {
    pub fn new(exprs: &[ExprRef], input: &[ColumnId], context: &Arc<EvalContext>) -> Result<Self> {
        let bound = exprs.iter().map(|expr| Bound::new(expr, input)).collect::<Result<_>>()?;
        Ok(Self { bound, context: context.of_evaluator(exprs) })
    }

    /// One column per expression, each as long as the batch has selected rows.
    pub fn evaluate(&mut self, batch: &Batch) -> Result<Vec<Column>> {
        let rows = Rows::of(batch);
        self.bound.iter_mut().map(|bound| bound.evaluate(&rows, &self.context)).collect()
    }

    /// One column per expression over every physical row, selected or not. Only for expressions that cannot fail.
    pub fn evaluate_all_rows(&mut self, batch: &Batch) -> Result<Vec<Column>> {
        let rows = Rows::new(&batch.columns, None, batch.physical_rows());
        self.bound.iter_mut().map(|bound| bound.evaluate(&rows, &self.context)).collect()
    }
}

/// A filter: conjuncts evaluated in their order, each only for rows that passed those before it.
pub struct Predicate {
    conjuncts: Vec<Bound>,
    context: Arc<EvalContext>,
}

impl Predicate {
    pub fn new(predicate: &ExprRef, input: &[ColumnId], context: &Arc<EvalContext>) -> Result<Self> {
        let conjuncts = predicate.conjuncts().iter().map(|expr| Bound::new(expr, input)).collect::<Result<_>>()?;
        Ok(Self { conjuncts, context: context.of_evaluator(std::slice::from_ref(predicate)) })
    }

    /// The batch with only the rows for which every conjunct is TRUE.
    pub fn filter(&mut self, batch: Batch) -> Result<Batch> {
        let mut selection = batch.selection().cloned();
        for conjunct in &mut self.conjuncts {
            let rows = Rows::new(&batch.columns, selection.as_ref(), batch.physical_rows());
            if rows.is_empty() {
                break;
            }
            let passed = match conjunct.evaluate(&rows, &self.context)? {
                Column::Constant(value, _) if is_true(&value) => continue,
                Column::Constant(..) => Selection::from_indices(UInt32Array::from(Vec::<u32>::new())),
                mask => Selection::from_mask(mask.flat()?.as_boolean()),
            };
            selection = Some(match selection {
                Some(outer) => outer.narrow(&passed),
                None => passed,
            });
        }
        Ok(match selection {
            Some(selection) => batch.with_selection(selection),
            None => batch,
        })
    }
}

fn is_true(value: &Arc<dyn Array>) -> bool {
    value.as_boolean_opt().is_some_and(|value| value.is_valid(0) && value.value(0))
}

/// Some rows of some columns: what an expression is computed over. Columns are gathered when first asked for.
pub struct Rows<'a> {
    columns: &'a [Column],
    selection: Option<UInt32Array>,
    gathered: Vec<OnceCell<Column>>,
    rows: usize,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a Batch) -> Self {
        Self::new(&batch.columns, batch.selection(), batch.physical_rows())
    }

    fn new(columns: &'a [Column], selection: Option<&Selection>, physical_rows: usize) -> Self {
        let selection = selection.map(|selection| selection.indices().clone());
        let rows = selection.as_ref().map_or(physical_rows, |selection| selection.len());
        Self { columns, selection, gathered: vec![OnceCell::new(); columns.len()], rows }
    }

    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn column(&self, at: usize) -> Result<Column> {
        let Some(selection) = &self.selection else { return Ok(self.columns[at].clone()) };
        if let Some(column) = self.gathered[at].get() {
            return Ok(column.clone());
        }
        let column = self.columns[at].take(selection)?;
        Ok(self.gathered[at].get_or_init(|| column).clone())
    }

    /// Of these rows, the ones at `positions` (strictly increasing, counted among these rows).
    pub fn narrow(&self, positions: &UInt32Array) -> Rows<'a> {
        let selection = match &self.selection {
            Some(outer) => UInt32Array::from_iter_values(positions.values().iter().map(|at| outer.value(*at as usize))),
            None => positions.clone(),
        };
        let rows = selection.len();
        Rows {
            columns: self.columns,
            selection: Some(selection),
            gathered: vec![OnceCell::new(); self.columns.len()],
            rows,
        }
    }
}

/// What a call gives for every entry of the dictionaries that its arguments are: computed once, however many batches have
/// these dictionaries, when at least as many rows have been seen.
#[derive(Default)]
struct OverEntries {
    dictionaries: Vec<ArrayRef>,
    rows: usize,
    results: Option<Column>,
}

/// Larger dictionaries are not worth their results' memory.
const ENTRIES_MAX: usize = 256 * 1024;

impl OverEntries {
    /// `None`: the arguments are no dictionaries with their numbers in common, or were not seen often enough.
    fn column(
        &mut self,
        columns: &[Column],
        compute: &mut dyn FnMut(&[Column], usize) -> Result<Column>,
    ) -> Result<Option<Column>> {
        let dictionaries: Vec<_> = columns.iter().filter_map(Column::as_dictionary).collect();
        let Some(first) = dictionaries.first() else { return Ok(None) };
        let (numbers, entries) = (first.keys(), first.values().len());
        let alike = |other: &&DictionaryArray<Int32Type>| {
            same_numbers(numbers, other.keys()) && other.values().len() == entries
        };
        let others_are_constant = columns.iter().all(|column| column.is_constant() || column.as_dictionary().is_some());
        if entries > ENTRIES_MAX || !others_are_constant || !dictionaries.iter().all(alike) {
            return Ok(None);
        }
        let known = self.dictionaries.len() == dictionaries.len()
            && self.dictionaries.iter().zip(&dictionaries).all(|(known, new)| Arc::ptr_eq(known, new.values()));
        if !known {
            let dictionaries = dictionaries.iter().map(|dictionary| Arc::clone(dictionary.values())).collect();
            *self = OverEntries { dictionaries, rows: 0, results: None };
        }
        self.rows = self.rows.saturating_add(numbers.len());
        if self.results.is_none() && self.rows >= entries && entries > 0 {
            let over_entries = |column: &Column| match column {
                Column::Constant(value, _) => Column::Constant(Arc::clone(value), entries),
                Column::Array(array) => match array.as_any_dictionary_opt() {
                    Some(dictionary) => Column::Array(Arc::clone(dictionary.values())),
                    None => column.clone(),
                },
            };
            let columns: Vec<_> = columns.iter().map(over_entries).collect();
            self.results = Some(compute(&columns, entries)?);
        }
        Ok(match &self.results {
            None => None,
            Some(Column::Constant(value, _)) => Some(Column::Constant(Arc::clone(value), numbers.len())),
            Some(Column::Array(results)) => Some(Column::late(results, numbers)?),
        })
    }
}

/// An expression with positions in the place of ids and its kernels at hand.
struct Bound {
    kind: BoundKind,
    data_type: SqlType,
    can_fail: bool,
    span: Option<Span>,
}

enum BoundKind {
    Column(usize),
    /// One row.
    Constant(ArrayRef),
    Call {
        function: FunctionRef,
        kernel: BoundKernel,
        args: Vec<Bound>,
        arg_types: Vec<SqlType>,
        /// `None`: it may fail, or is another one each time.
        over_entries: Option<OverEntries>,
    },
    Cast {
        input: Box<Bound>,
        mode: CastMode,
    },
    Lambda(Box<BoundLambda>),
}

/// A lambda's body, bound to the columns that it takes from around it and then to its parameters.
struct BoundLambda {
    captured: Vec<usize>,
    parameters: usize,
    body: Bound,
}

enum BoundKernel {
    Batch(fn(&KernelArgs<'_>) -> Result<Column>),
    Prepared(Box<dyn PreparedKernel>),
    Lazy(fn(&mut LazyArgs<'_>) -> Result<Column>),
    User(Arc<dyn UserFunction>),
}

impl Bound {
    #[recursive]
    fn new(expr: &Expr, input: &[ColumnId]) -> Result<Self> {
        let kind = match &expr.kind {
            ExprKind::Column(id) => {
                let at = input.iter().position(|known| known == id);
                BoundKind::Column(at.ok_or_else(|| internal!("column {id} is not among the input's {input:?}"))?)
            }
            ExprKind::Literal(literal) => BoundKind::Constant(literal.to_array()?),
            ExprKind::Call(function, args) => {
                let kernel = match function.kernel {
                    Kernel::Batch(kernel) => BoundKernel::Batch(kernel),
                    Kernel::Prepared(prepare) => BoundKernel::Prepared(prepare(args)?),
                    Kernel::Lazy(kernel) => BoundKernel::Lazy(kernel),
                    Kernel::User => match function.user() {
                        Some(user) => BoundKernel::User(Arc::clone(user)),
                        None => return Err(internal!("{} has no object", function.name)),
                    },
                    Kernel::Rewrite(_) => return Err(internal!("{} should have been rewritten", function.name)),
                };
                let arg_types = args.iter().map(|arg| arg.data_type().clone()).collect();
                let args = args.iter().map(|arg| Bound::new(arg, input)).collect::<Result<_>>()?;
                let pure = !expr.can_fail() && expr.volatility() == Volatility::Immutable;
                let over_entries = pure.then(OverEntries::default);
                BoundKind::Call { function: function.clone(), kernel, args, arg_types, over_entries }
            }
            ExprKind::Cast(inner, mode) => BoundKind::Cast { input: Box::new(Bound::new(inner, input)?), mode: *mode },
            ExprKind::Lambda(parameters, body) => {
                let outer = expr.columns();
                let at = |id: &ColumnId| input.iter().position(|known| known == id);
                let captured = outer.iter().map(at).collect::<Option<Vec<_>>>();
                let captured = captured.ok_or_else(|| internal!("a lambda's {outer:?} are not among {input:?}"))?;
                let inner: Vec<_> =
                    outer.iter().copied().chain(parameters.iter().map(|parameter| parameter.id)).collect();
                let body = Bound::new(body, &inner)?;
                BoundKind::Lambda(Box::new(BoundLambda { captured, parameters: parameters.len(), body }))
            }
        };
        Ok(Self { kind, data_type: expr.data_type().clone(), can_fail: expr.can_fail(), span: expr.span() })
    }

    /// An error says where the expression was written.
    #[recursive]
    fn evaluate(&mut self, rows: &Rows<'_>, context: &EvalContext) -> Result<Column> {
        let span = self.span;
        self.compute(rows, context).map_err(|error| error.at_opt(span))
    }

    fn compute(&mut self, rows: &Rows<'_>, context: &EvalContext) -> Result<Column> {
        let return_type = &self.data_type;
        match &mut self.kind {
            BoundKind::Column(at) => rows.column(*at),
            BoundKind::Constant(value) => Ok(Column::constant(Arc::clone(value), rows.len())),
            BoundKind::Cast { input, mode } => {
                let column = input.evaluate(rows, context)?;
                cast::cast(&column, &input.data_type, return_type, *mode, context)
            }
            BoundKind::Lambda(_) => Err(internal!("a lambda has no value of its own")),
            BoundKind::Call { kernel: BoundKernel::Lazy(kernel), args, .. } => {
                kernel(&mut LazyArgs { args, rows, context, return_type })
            }
            BoundKind::Call { function, kernel, args, arg_types, over_entries } => {
                let columns: Vec<_> = args.iter_mut().map(|arg| arg.evaluate(rows, context)).collect::<Result<_>>()?;
                if function.is_strict() && columns.iter().any(Column::is_constant_null) {
                    return Ok(Column::nulls(return_type, rows.len()));
                }
                let constant = !columns.is_empty()
                    && function.volatility != Volatility::Volatile
                    && columns.iter().all(Column::is_constant);
                let (columns, length) = match constant {
                    // All the same row: compute one.
                    true if !rows.is_empty() => (columns.iter().map(|column| column.slice(0, 1)).collect(), 1),
                    _ => (columns, rows.len()),
                };
                let mut compute = |columns: &[Column], rows: usize| {
                    let args = KernelArgs { columns, types: arg_types, return_type, rows, context };
                    match kernel {
                        BoundKernel::Batch(kernel) => kernel(&args),
                        BoundKernel::Prepared(kernel) => kernel.evaluate(&args),
                        BoundKernel::User(function) => function.evaluate(&args),
                        BoundKernel::Lazy(_) => Err(internal!("a lazy kernel outside of its arm")),
                    }
                };
                if let Some(over_entries) = over_entries
                    && let Some(column) = over_entries.column(&columns, &mut compute)?
                {
                    return Ok(column);
                }
                let result = compute(&columns, length)?;
                debug_assert_eq!(result.len(), length, "{} gave a column of another length", function.name);
                match result {
                    Column::Array(array) if constant && length == 1 && rows.len() != 1 => {
                        Ok(Column::Constant(array, rows.len()))
                    }
                    Column::Constant(array, _) => Ok(Column::Constant(array, rows.len())),
                    array => Ok(array),
                }
            }
        }
    }
}

/// The unevaluated arguments of a function that decides itself which rows need which argument.
pub struct LazyArgs<'a> {
    args: &'a mut [Bound],
    rows: &'a Rows<'a>,
    context: &'a EvalContext,
    return_type: &'a SqlType,
}

impl<'a> LazyArgs<'a> {
    pub fn len(&self) -> usize {
        self.args.len()
    }

    pub fn is_empty(&self) -> bool {
        self.args.is_empty()
    }

    pub fn rows(&self) -> &'a Rows<'a> {
        self.rows
    }

    pub fn return_type(&self) -> &'a SqlType {
        self.return_type
    }

    pub fn context(&self) -> &'a EvalContext {
        self.context
    }

    /// Whether argument `at` can raise an error: then only rows that need it may see it.
    pub fn can_fail(&self, at: usize) -> bool {
        self.args[at].can_fail
    }

    /// Argument `at` over some of the rows.
    pub fn evaluate(&mut self, at: usize, rows: &Rows<'_>) -> Result<Column> {
        self.args[at].evaluate(rows, self.context)
    }

    /// The type of argument `at`; of a lambda, what it returns.
    pub fn data_type(&self, at: usize) -> &SqlType {
        &self.args[at].data_type
    }

    /// How many parameters the lambda `at` names.
    pub fn parameters(&self, at: usize) -> Result<usize> {
        match &self.args[at].kind {
            BoundKind::Lambda(lambda) => Ok(lambda.parameters),
            _ => Err(internal!("argument {at} is no lambda")),
        }
    }

    /// The lambda `at`, called as often as `of_rows` is long: call `i` for the row `of_rows[i]` (counted among the rows),
    /// with the values `i` of the parameters.
    pub fn apply(&mut self, at: usize, of_rows: &UInt32Array, parameters: Vec<Column>) -> Result<Column> {
        let BoundKind::Lambda(lambda) = &mut self.args[at].kind else {
            return Err(internal!("argument {at} is no lambda"));
        };
        let rows = self.rows;
        let captured = lambda.captured.iter().map(|column| rows.column(*column)?.take(of_rows));
        let mut columns = captured.collect::<Result<Vec<_>>>()?;
        columns.extend(parameters);
        lambda.body.evaluate(&Rows::new(&columns, None, of_rows.len()), self.context)
    }
}

/// The value of an expression without columns, computed as planning does.
pub fn evaluate_constant(expr: &ExprRef, context: &Arc<EvalContext>) -> Result<crate::Literal> {
    let mut evaluator = Evaluator::new(std::slice::from_ref(expr), &[], context)?;
    let columns = evaluator.evaluate(&Batch::new(Vec::new(), 1))?;
    crate::Literal::from_array(&columns[0].flat_as(expr.data_type())?, expr.data_type().clone())
}

/// TRUE rows of a boolean column as a mask without NULLs.
pub fn true_mask(column: &Column) -> Result<BooleanArray> {
    let flat = column.flat()?;
    let mask = flat.as_boolean();
    Ok(match mask.nulls() {
        Some(nulls) => BooleanArray::new(mask.values() & nulls.inner(), None),
        None => mask.clone(),
    })
}
