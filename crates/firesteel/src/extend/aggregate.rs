//! Functions of groups of rows, as a typed fold.
//!
//! ```text
//! rows ──update──▶ state      state + state ──merge──▶ state      state ──finish──▶ value
//! ```
//! Groups are folded on several threads; states meet as bytes, in serde's form.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray};
use arrow::compute::cast;
use firesteel_common::{Result, SqlType};
use firesteel_expr::aggregate::UserAggregate;
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, AggregateRef, Column as Values, ExprRef, GroupIndices};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::scalar::{Udf, arrays};
use super::value::{Arguments, Output, SqlValue};
use super::{coerce, failed, guarded, static_name};
use crate::session::Session;

/// A function of the rows of a group.
///
/// ```
/// use firesteel::extend::Aggregator;
/// use firesteel::prelude::*;
///
/// /// The longest text.
/// struct Longest;
///
/// impl Aggregator for Longest {
///     type Input = (String,);
///     type State = Option<String>;
///     type Output = Option<String>;
///
///     fn update(&self, state: &mut Self::State, (text,): (String,)) {
///         self.merge(state, Some(text));
///     }
///
///     fn merge(&self, state: &mut Self::State, other: Self::State) {
///         let length = |text: &Option<String>| text.as_ref().map(|text| text.len());
///         if length(&other) > length(state) {
///             *state = other;
///         }
///     }
///
///     fn finish(&self, state: Self::State) -> Option<String> {
///         state
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let longest = session.register_udaf("longest", Longest)?;
/// let frame = session.sql("SELECT * FROM VALUES (1, 'a'), (1, 'abc'), (2, NULL) AS t(k, s)")?;
/// let rows = frame.group_by("k").agg(longest.call("s").alias("s"))?.order_by("k")?;
/// assert_eq!(rows.collect_rows::<(i32, Option<String>)>()?, [(1, Some("abc".into())), (2, None)]);
/// frame.create_temp_view("t")?;
/// assert_eq!(session.sql("SELECT longest(s) FROM t WHERE k = 1")?.collect_rows::<String>()?, ["abc"]);
/// # Ok(())
/// # }
/// ```
pub trait Aggregator: Send + Sync + 'static {
    /// The arguments, as a tuple. Rows with NULL for one that is no `Option` are left out.
    type Input: Arguments;
    /// What is known of a group. The default is a group without rows.
    type State: Default + Serialize + DeserializeOwned + Send + 'static;
    type Output: Output;

    /// Adds a row.
    fn update(&self, state: &mut Self::State, input: Self::Input);

    /// Adds what another thread knows of the same group.
    fn merge(&self, state: &mut Self::State, other: Self::State);

    fn finish(&self, state: Self::State) -> Self::Output;
}

/// What the result is.
type ValueOf<A> = <<A as Aggregator>::Output as Output>::Value;

struct Described<A> {
    name: &'static str,
    parameters: Vec<SqlType>,
    result: SqlType,
    aggregator: Arc<A>,
}

impl<A: Aggregator> UserAggregate for Described<A> {
    fn coerce(&self, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
        coerce(self.name, &self.parameters, args)
    }

    fn returns(&self, _types: &[SqlType]) -> Result<SqlType> {
        Ok(self.result.clone())
    }

    fn accumulator(&self, _types: &[SqlType]) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Folding {
            name: self.name,
            parameters: self.parameters.clone(),
            result: self.result.clone(),
            aggregator: Arc::clone(&self.aggregator),
            states: Vec::new(),
            serialized: 0,
        }))
    }
}

/// The state of every group.
struct Folding<A: Aggregator> {
    name: &'static str,
    parameters: Vec<SqlType>,
    result: SqlType,
    aggregator: Arc<A>,
    states: Vec<A::State>,
    /// Bytes of states that came or went in serde's form: an idea of what the states hold on the heap.
    serialized: usize,
}

impl<A: Aggregator> Folding<A> {
    fn guarded<T>(&mut self, call: impl FnOnce(&A, &mut Vec<A::State>) -> Result<T, String>) -> Result<T> {
        let (name, parameters, result) = (self.name, &self.parameters, &self.result);
        let broken = |reason: String| failed(name, parameters, result, reason);
        let states = &mut self.states;
        guarded(broken, || call(&self.aggregator, states).map_err(broken))
    }
}

fn group_of(groups: GroupIndices<'_>, row: usize) -> usize {
    match groups {
        GroupIndices::Single { .. } => 0,
        GroupIndices::Each(groups) => groups[row] as usize,
    }
}

impl<A: Aggregator> Accumulator for Folding<A> {
    fn resize(&mut self, groups: usize) {
        self.states.resize_with(groups, A::State::default);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Values]) -> Result<()> {
        let arrays = arrays(args, &self.parameters)?;
        self.guarded(|aggregator, states| {
            for row in 0..groups.rows() {
                if let Some(input) = A::Input::read(&arrays, row) {
                    aggregator.update(&mut states[group_of(groups, row)], input);
                }
            }
            Ok(())
        })
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let [others] = states else {
            return Err(firesteel_common::internal!("one state column, not {}", states.len()));
        };
        let others = others.as_binary_view();
        self.serialized += others.total_bytes_len();
        self.guarded(|aggregator, states| {
            for row in 0..others.len() {
                let other = postcard::from_bytes(others.value(row)).map_err(|error| error.to_string())?;
                aggregator.merge(&mut states[group_of(groups, row)], other);
            }
            Ok(())
        })
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let bytes = self.guarded(|_, states| {
            states
                .iter()
                .map(|state| postcard::to_stdvec(state).map_err(|error| error.to_string()))
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(vec![Arc::new(BinaryViewArray::from_iter_values(bytes))])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let values = self.guarded(|aggregator, states| {
            std::mem::take(states)
                .into_iter()
                .map(|state| aggregator.finish(state).into_value())
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(cast(&ValueOf::<A>::build(values), &self.result.to_arrow())?)
    }

    fn memory_size(&self) -> usize {
        self.states.capacity() * size_of::<A::State>() + self.serialized
    }
}

impl Session {
    /// Makes an aggregate function known to this session, in SQL by its name. Names of built-in functions are refused.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use firesteel::extend::Aggregator;
    ///
    /// struct Product;
    ///
    /// impl Aggregator for Product {
    ///     type Input = (f64,);
    ///     type State = Option<f64>;
    ///     type Output = Option<f64>;
    ///
    ///     fn update(&self, state: &mut Option<f64>, (x,): (f64,)) {
    ///         *state = Some(state.unwrap_or(1.0) * x);
    ///     }
    ///     fn merge(&self, state: &mut Option<f64>, other: Option<f64>) {
    ///         if let Some(other) = other {
    ///             self.update(state, (other,));
    ///         }
    ///     }
    ///     fn finish(&self, state: Option<f64>) -> Option<f64> {
    ///         state
    ///     }
    /// }
    ///
    /// session.register_udaf("product", Product)?;
    /// assert_eq!(session.sql("SELECT product(double(id)) FROM range(1, 5)")?.collect_rows::<f64>()?, [24.0]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn register_udaf<A: Aggregator>(&self, name: &str, aggregator: A) -> Result<Udf> {
        let name = static_name(name);
        let descriptor = AggregateFunction {
            name,
            aliases: &[],
            signature: Signature::OneOf(&[]),
            // What is code is in the object.
            returns: |_| Err(firesteel_common::internal!("an aggregate of a session has an object")),
            nullable: true,
            order_dependent: false,
            ignores_duplicates: false,
            state_types: |_| Ok(vec![SqlType::Binary]),
            accumulator: |_| Err(firesteel_common::internal!("an aggregate of a session has an object")),
            doc: Doc { usage: "An aggregate function of this session.", since: "", examples: &[] },
        };
        let described = Described {
            name,
            parameters: A::Input::sql_types(),
            result: ValueOf::<A>::sql_type(),
            aggregator: Arc::new(aggregator),
        };
        let function = AggregateRef::of_user(descriptor, Arc::new(described));
        self.extend(|extensions| extensions.functions.add_aggregate(function))?;
        Ok(Udf { name })
    }
}
