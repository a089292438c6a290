//! What programs add to a session: functions, aggregates, tables, catalogs, optimizer rules. Each session has its own.
//!
//! ```text
//! ScalarUdf, Aggregator ──▶ session.register_…  ──▶  found by name in SQL and in DataFrames
//! TableSource           ──▶ a relation: filters and columns are handed to it
//! Catalog               ──▶ names that begin with the catalog's
//! Rule                  ──▶ a batch before the engine's own
//! ```
//! Code of the program runs behind a wall: when it panics, the query fails with FAILED_EXECUTE_UDF or its kin and names what
//! has failed; other queries go on.
//!
//! - [`scalar`]: functions of rows, over Arrow arrays or as a closure over Rust values; [`value`]: which values these are.
//! - [`aggregate`]: functions of groups of rows.
//! - [`table`]: tables and functions that give tables.

pub mod aggregate;
pub mod scalar;
pub mod table;
pub mod value;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::registry::SessionFunctions;
use firesteel_optimizer::rule::{Batch, Rule, Strategy};
use firesteel_optimizer::{Effect, RuleContext, RuleExecutor};
use firesteel_plan::PlanRef;

use crate::session::Session;

pub use aggregate::Aggregator;
pub use firesteel_catalog::Catalog;
pub use firesteel_datasource::external::{BatchIterator, Comparison, ScanRequest, SourceFilter, TableSource};
pub use firesteel_optimizer::rule;
pub use scalar::{ScalarUdf, Udf};

/// What one session knows beside what all know.
#[derive(Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) functions: SessionFunctions,
    rules: Vec<&'static [Rule]>,
}

impl Extensions {
    /// The session's own rules, each list until it settles. They stand before the engine's, which clean up behind them.
    pub(crate) fn optimize(&self, plan: &PlanRef, context: &RuleContext) -> Result<(PlanRef, Vec<Effect>)> {
        const ROUNDS_MAX: usize = 50;
        if self.rules.is_empty() {
            return Ok((Arc::clone(plan), Vec::new()));
        }
        let strategy = Strategy::FixedPoint { iterations_max: ROUNDS_MAX };
        let batches: Vec<Batch> = self.rules.iter().map(|rules| Batch { name: "session", strategy, rules }).collect();
        let names = || self.rules.iter().flat_map(|rules| rules.iter().map(|rule| rule.name)).collect::<Vec<_>>();
        guarded(
            |reason| error!(FAILED_OPTIMIZER_RULE, rules = names().join(", "), reason = reason),
            || RuleExecutor::new(&batches).run(plan, context),
        )
    }
}

impl Session {
    /// Adds rules to the session's optimizer.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::rule::Rule;
    ///
    /// // `add-a-rule.md` among the how-to pages shows how to write one.
    /// static NONE: [Rule; 0] = [];
    /// session.register_optimizer_rules(&NONE);
    /// assert_eq!(session.range(0..3)?.count()?, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_optimizer_rules(&self, rules: &'static [Rule]) {
        self.extend(|extensions| extensions.rules.push(rules));
    }

    /// Takes a function or an aggregate out of the session; whether there was one.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::ScalarUdf;
    ///
    /// session.register_udf(ScalarUdf::of_rows("twice", |x: i64| x * 2))?;
    /// assert!(session.drop_function("twice") && !session.drop_function("twice"));
    /// assert!(session.sql("SELECT twice(1)").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn drop_function(&self, name: &str) -> bool {
        self.extend(|extensions| extensions.functions.remove(name))
    }
}

/// Calls code of the program; a panic becomes an error.
pub(crate) fn guarded<T>(
    error: impl FnOnce(String) -> firesteel_common::Error,
    call: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result,
        Err(panic) => Err(error(format!("it panicked: {}", panic_text(panic.as_ref())))),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// The error of a function of the program.
pub(crate) fn failed(
    name: &str,
    parameters: &[SqlType],
    result: &SqlType,
    reason: impl Into<String>,
) -> firesteel_common::Error {
    let signature = parameters.iter().map(SqlType::to_string).collect::<Vec<_>>().join(", ");
    let (function, result) = (firesteel_common::names::quote(name), result.to_string());
    error!(FAILED_EXECUTE_UDF, functionName = function, signature = signature, result = result, reason = reason.into())
}

/// A name that lives as long as the process: descriptors hold such. Each different name is kept once.
pub(crate) fn static_name(name: &str) -> &'static str {
    use std::sync::{LazyLock, Mutex, PoisonError};
    static NAMES: LazyLock<Mutex<hashbrown::HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name);
    name
}

/// Arguments as many as there are parameters, each cast to its parameter's type as far as that happens implicitly.
pub(crate) fn coerce(
    name: &'static str,
    parameters: &[SqlType],
    args: Vec<firesteel_expr::ExprRef>,
) -> Result<Vec<firesteel_expr::ExprRef>> {
    use firesteel_expr::{CastMode, Expr, coerce};
    if args.len() != parameters.len() {
        return Err(coerce::errors::wrong_num_args(name, parameters.len().to_string(), args.len()));
    }
    let fits = |from: &SqlType, to: &SqlType| {
        let of_text = from.is_string() && !to.is_nested() && !to.is_ansi_interval();
        of_text || coerce::can_store_assign(from, to)
    };
    let cast = |(at, (arg, to)): (usize, (&firesteel_expr::ExprRef, &SqlType))| match fits(arg.data_type(), to) {
        true => Ok(Expr::cast(Arc::clone(arg), to.clone(), CastMode::Ansi)),
        false => Err(coerce::errors::unexpected_input(name, &args, at, to.quoted_sql())),
    };
    args.iter().zip(parameters).enumerate().map(cast).collect()
}
