//! Functions by name. This crate brings the operators and the aggregates that rules build; `firesteel-functions` installs
//! all others. Names match without case.

use std::sync::{LazyLock, PoisonError, RwLock};

use firesteel_common::{Result, error, names};
use hashbrown::HashMap;

use crate::aggregate::{AggregateCall, AggregateFunction, AggregateRef};
use crate::expr::{Expr, ExprRef};
use crate::function::{FunctionRef, Kernel, ScalarFunction};
use crate::{aggregates, coerce, operators};

#[derive(Default)]
struct Registry {
    scalars: HashMap<String, FunctionRef>,
    aggregates: HashMap<String, AggregateRef>,
}

impl Registry {
    fn add_scalar(&mut self, function: ScalarFunction) {
        let function = FunctionRef::new(function);
        for name in std::iter::once(&function.name).chain(function.aliases) {
            self.scalars.insert(name.to_lowercase(), function.clone());
        }
    }

    fn add_aggregate(&mut self, function: AggregateFunction) {
        let function = AggregateRef::new(function);
        for name in std::iter::once(&function.name).chain(function.aliases) {
            self.aggregates.insert(name.to_lowercase(), function.clone());
        }
    }
}

static REGISTRY: LazyLock<RwLock<Registry>> = LazyLock::new(|| {
    let mut registry = Registry::default();
    operators::all().for_each(|function| registry.add_scalar(*function));
    aggregates::all().into_iter().for_each(|function| registry.add_aggregate(function));
    RwLock::new(registry)
});

/// Adds functions for the whole process; a name that is known is replaced.
pub fn install(scalars: &[ScalarFunction], aggregates: Vec<AggregateFunction>) {
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    scalars.iter().for_each(|function| registry.add_scalar(*function));
    aggregates.into_iter().for_each(|function| registry.add_aggregate(function));
}

pub fn scalar(name: &str) -> Option<FunctionRef> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    registry.scalars.get(&name.to_lowercase()).cloned()
}

pub fn aggregate(name: &str) -> Option<AggregateRef> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    registry.aggregates.get(&name.to_lowercase()).cloned()
}

/// Every name under which something can be called, sorted.
pub fn function_names() -> Vec<String> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    let mut names: Vec<_> = registry.scalars.keys().chain(registry.aggregates.keys()).cloned().collect();
    names.extend(crate::window::FUNCTIONS.iter().map(|function| function.name.to_owned()));
    names.sort_unstable();
    names.dedup();
    names
}

/// Every scalar function once, by name: what documentation and registry-driven tests walk over.
pub fn scalar_functions() -> Vec<FunctionRef> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    let mut functions: Vec<_> = registry.scalars.values().cloned().collect();
    functions.sort_unstable_by_key(|function| function.name);
    functions.dedup_by_key(|function| function.name);
    functions
}

pub fn aggregate_functions() -> Vec<AggregateRef> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    let mut functions: Vec<_> = registry.aggregates.values().cloned().collect();
    functions.sort_unstable_by_key(|function| function.name);
    functions.dedup_by_key(|function| function.name);
    functions
}

/// A call as a user writes it: the function is looked up, its arguments checked and cast.
pub fn call(name: &str, args: Vec<ExprRef>) -> Result<ExprRef> {
    let function = scalar(name).ok_or_else(|| not_found(name))?;
    if let Some(resolved) = operators::datetime::resolve(function.name, &args)? {
        return Ok(resolved);
    }
    let args = coerce::signature::apply(function.name, function.signature, args)?;
    match function.kernel {
        Kernel::Rewrite(rewrite) => rewrite(args),
        _ => Expr::call(&function, args),
    }
}

/// An aggregate call as a user writes it.
pub fn call_aggregate(
    name: &str,
    args: Vec<ExprRef>,
    distinct: bool,
    filter: Option<ExprRef>,
) -> Result<AggregateCall> {
    let function = aggregate(name).ok_or_else(|| not_found(name))?;
    let args = coerce::signature::apply(function.name, function.signature, args)?;
    AggregateCall::new(function, args, distinct, filter)
}

/// The functions that one session has beside those of the process. Names are those of neither.
#[derive(Default, Clone)]
pub struct SessionFunctions {
    scalars: HashMap<String, FunctionRef>,
    aggregates: HashMap<String, AggregateRef>,
}

impl SessionFunctions {
    /// A function of that name that the session already has is replaced; one of the process is not.
    pub fn add(&mut self, function: FunctionRef) -> Result<()> {
        self.take(function.name)?;
        self.scalars.insert(function.name.to_lowercase(), function);
        Ok(())
    }

    pub fn add_aggregate(&mut self, function: AggregateRef) -> Result<()> {
        self.take(function.name)?;
        self.aggregates.insert(function.name.to_lowercase(), function);
        Ok(())
    }

    fn take(&mut self, name: &str) -> Result<()> {
        if scalar(name).is_some() || aggregate(name).is_some() {
            return Err(error!(ROUTINE_ALREADY_EXISTS, routineName = names::quote(name)));
        }
        self.remove(name);
        Ok(())
    }

    /// Whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let key = name.to_lowercase();
        self.scalars.remove(&key).is_some() | self.aggregates.remove(&key).is_some()
    }

    pub fn scalar(&self, name: &str) -> Option<&FunctionRef> {
        self.scalars.get(&name.to_lowercase())
    }

    pub fn aggregate(&self, name: &str) -> Option<&AggregateRef> {
        self.aggregates.get(&name.to_lowercase())
    }

    /// Sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.scalars.keys().chain(self.aggregates.keys()).cloned().collect();
        names.sort_unstable();
        names
    }

    /// A call of one of these; `None` when there is none of that name.
    pub fn call(&self, name: &str, args: Vec<ExprRef>) -> Option<Result<ExprRef>> {
        let function = self.scalar(name)?;
        let user = function.user()?;
        Some(user.coerce(args).and_then(|args| Expr::call(function, args)))
    }

    /// As [`call_aggregate`], of the session's functions first.
    pub fn call_aggregate(
        &self,
        name: &str,
        args: Vec<ExprRef>,
        distinct: bool,
        filter: Option<ExprRef>,
    ) -> Result<AggregateCall> {
        match self.aggregate(name).and_then(|function| Some((function, function.user()?))) {
            Some((function, user)) => AggregateCall::new(function.clone(), user.coerce(args)?, distinct, filter),
            None => call_aggregate(name, args, distinct, filter),
        }
    }
}

pub fn not_found(name: &str) -> firesteel_common::Error {
    let error = error!(
        ROUTINE_NOT_FOUND,
        routineName = names::quote(name),
        searchPath = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"
    );
    match names::did_you_mean(name, function_names().iter().map(String::as_str)) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
