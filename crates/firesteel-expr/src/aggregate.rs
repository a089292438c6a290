//! What an aggregate function is: a descriptor, and an accumulator over many groups at once.

use std::fmt;
use std::sync::Arc;

use arrow::array::ArrayRef;
use firesteel_common::{Result, SqlType};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::column::Column;
use crate::expr::ExprRef;
use crate::function::{Doc, Signature};
use crate::{aggregates, registry};

/// The group of each row of a batch.
#[derive(Debug, Clone, Copy)]
pub enum GroupIndices<'a> {
    /// All rows belong to group 0: aggregation without keys.
    Single {
        rows: usize,
    },
    Each(&'a [u32]),
}

impl GroupIndices<'_> {
    pub fn rows(&self) -> usize {
        match self {
            GroupIndices::Single { rows } => *rows,
            GroupIndices::Each(groups) => groups.len(),
        }
    }
}

/// The state of one aggregate for all groups: arrays by group id, no dispatch by row.
///
/// A group's life: `resize` makes room (new groups start empty), `update` adds rows, `merge` adds states made by `state`,
/// `finish` gives one value per group.
pub trait Accumulator: Send {
    fn resize(&mut self, groups: usize);

    /// Adds rows: `args` have as many rows as `groups`; every group id is below the last `resize`.
    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()>;

    /// Adds states: columns as `AggregateFunction::state_types` says.
    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()>;

    /// The state of every group, one array per state column.
    fn state(&mut self) -> Result<Vec<ArrayRef>>;

    /// The value of every group, in the canonical Arrow form of the result type.
    fn finish(&mut self) -> Result<ArrayRef>;

    fn memory_size(&self) -> usize;

    /// Adds to each group what the group before it holds by then, except where `restarts` is true: a running value over
    /// groups of one row. `false`, and nothing done, where the function does not know how.
    fn running(&mut self, _restarts: &[bool]) -> Result<bool> {
        Ok(false)
    }
}

/// Describes an aggregate function; everything true of it is a field here.
pub struct AggregateFunction {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub signature: Signature,
    /// The result type for (coerced) argument types.
    pub returns: fn(&[SqlType]) -> Result<SqlType>,
    /// Whether a group without any row that counts gives NULL.
    pub nullable: bool,
    /// Whether the result depends on the order of the rows (`first`, `collect_list`).
    pub order_dependent: bool,
    /// Whether DISTINCT changes nothing (`max`, `bool_and`).
    pub ignores_duplicates: bool,
    pub state_types: fn(&[SqlType]) -> Result<Vec<SqlType>>,
    pub accumulator: fn(&[SqlType]) -> Result<Box<dyn Accumulator>>,
    pub doc: Doc,
}

/// An aggregate function that a program brings: what of a descriptor is code, as an object. Its accumulators never panic.
pub trait UserAggregate: Send + Sync {
    /// Checks the arguments and casts them.
    fn coerce(&self, args: Vec<ExprRef>) -> Result<Vec<ExprRef>>;
    fn returns(&self, types: &[SqlType]) -> Result<SqlType>;
    fn accumulator(&self, types: &[SqlType]) -> Result<Box<dyn Accumulator>>;
}

/// A function of the registry, or a session's with its object; equal by name, and by name on the wire.
#[derive(Clone)]
pub struct AggregateRef(pub Arc<AggregateFunction>, Option<Arc<dyn UserAggregate>>);

impl AggregateRef {
    pub fn new(function: AggregateFunction) -> Self {
        Self(Arc::new(function), None)
    }

    pub fn of_user(function: AggregateFunction, user: Arc<dyn UserAggregate>) -> Self {
        Self(Arc::new(function), Some(user))
    }

    pub fn user(&self) -> Option<&Arc<dyn UserAggregate>> {
        self.1.as_ref()
    }

    fn result_type(&self, types: &[SqlType]) -> Result<SqlType> {
        match &self.1 {
            Some(user) => user.returns(types),
            None => (self.returns)(types),
        }
    }

    fn open(&self, types: &[SqlType]) -> Result<Box<dyn Accumulator>> {
        match &self.1 {
            Some(user) => user.accumulator(types),
            None => (self.accumulator)(types),
        }
    }
}

impl std::ops::Deref for AggregateRef {
    type Target = AggregateFunction;
    fn deref(&self) -> &AggregateFunction {
        &self.0
    }
}

impl PartialEq for AggregateRef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for AggregateRef {}

impl std::hash::Hash for AggregateRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for AggregateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for AggregateRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AggregateRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        registry::aggregate(&name).ok_or_else(|| de::Error::custom(format!("no aggregate function {name}")))
    }
}

/// A key of `WITHIN GROUP (ORDER BY …)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupOrder {
    pub expr: ExprRef,
    pub descending: bool,
    pub nulls_first: bool,
}

/// Which part of an aggregate's work a call does: `sum(x)` over all rows is `merge_sum` over `partial_sum(x)` of parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AggregateStep {
    /// Rows in, values out.
    Whole,
    /// Rows in, states out: per group a struct of what [`AggregateFunction::state_types`] says.
    Partial,
    /// States in, values out. The arguments that the states were made of had these types.
    Merge(Vec<SqlType>),
}

/// An aggregate function applied: `listagg(DISTINCT a) WITHIN GROUP (ORDER BY a) FILTER (WHERE b)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AggregateCall {
    pub function: AggregateRef,
    pub args: Vec<ExprRef>,
    pub distinct: bool,
    /// In which order the accumulator sees a group's rows; empty: in any.
    pub order_by: Vec<GroupOrder>,
    pub filter: Option<ExprRef>,
    pub step: AggregateStep,
    pub data_type: SqlType,
    pub nullable: bool,
}

impl AggregateCall {
    /// Over arguments that are already of the types that the function takes.
    pub fn new(function: AggregateRef, args: Vec<ExprRef>, distinct: bool, filter: Option<ExprRef>) -> Result<Self> {
        let types: Vec<_> = args.iter().map(|arg| arg.data_type().clone()).collect();
        let data_type = function.result_type(&types)?;
        let distinct = distinct && !function.ignores_duplicates;
        let nullable = function.nullable;
        let step = AggregateStep::Whole;
        Ok(Self { function, args, distinct, order_by: Vec::new(), filter, step, data_type, nullable })
    }

    /// Whether parts of a group may be aggregated apart and their states merged, in any order.
    pub fn can_be_split(&self) -> bool {
        let any_order = self.order_by.is_empty() && !self.function.order_dependent;
        self.step == AggregateStep::Whole && any_order && !self.distinct && self.function.user().is_none()
    }

    /// Of a call that [can be split](Self::can_be_split): the one that gives a part's states.
    pub fn partial(&self) -> Result<Self> {
        let data_type = aggregates::state_struct(&self.function, &self.arg_types())?;
        Ok(Self { step: AggregateStep::Partial, data_type, nullable: false, ..self.clone() })
    }

    /// Of a call that [can be split](Self::can_be_split): the one that gives its values, `states` being those of parts.
    pub fn merge(&self, states: ExprRef) -> Self {
        let step = AggregateStep::Merge(self.arg_types());
        Self { step, args: vec![states], filter: None, ..self.clone() }
    }

    /// The function's name, and the step where it is not the whole.
    pub fn name(&self) -> String {
        let step = match self.step {
            AggregateStep::Whole => "",
            AggregateStep::Partial => "partial_",
            AggregateStep::Merge(_) => "merge_",
        };
        format!("{step}{}", self.function.name)
    }

    /// The same call, each group's rows in this order.
    pub fn ordered_by(self, order_by: Vec<GroupOrder>) -> Self {
        Self { order_by, ..self }
    }

    pub fn arg_types(&self) -> Vec<SqlType> {
        self.args.iter().map(|arg| arg.data_type().clone()).collect()
    }

    /// What the accumulator gets of a row: arguments, then the keys that order the rows.
    pub fn row_inputs(&self) -> impl Iterator<Item = &ExprRef> {
        self.args.iter().chain(self.order_by.iter().map(|key| &key.expr))
    }

    pub fn accumulator(&self) -> Result<Box<dyn Accumulator>> {
        match &self.step {
            AggregateStep::Merge(types) => Ok(aggregates::merging(self.function.open(types)?)),
            AggregateStep::Partial => Ok(aggregates::partial(self.function.open(&self.arg_types())?)),
            AggregateStep::Whole if self.order_by.is_empty() => self.function.open(&self.arg_types()),
            AggregateStep::Whole => aggregates::ordered(self, self.function.open(&self.arg_types())?),
        }
    }

    /// Everything evaluated by row.
    pub fn inputs(&self) -> impl Iterator<Item = &ExprRef> {
        self.row_inputs().chain(&self.filter)
    }

    pub fn can_fail(&self) -> bool {
        self.inputs().any(|input| input.can_fail())
    }

    /// The same call over other inputs.
    pub fn map_inputs(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<Self> {
        let args = self.args.iter().map(&mut *map).collect::<Result<_>>()?;
        let order_by = self.order_by.iter().map(|key| Ok(GroupOrder { expr: map(&key.expr)?, ..key.clone() }));
        let order_by = order_by.collect::<Result<_>>()?;
        let filter = self.filter.as_ref().map(map).transpose()?;
        Ok(Self { args, order_by, filter, ..self.clone() })
    }
}
