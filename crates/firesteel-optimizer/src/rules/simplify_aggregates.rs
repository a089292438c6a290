//! Aggregates that group and compute less.
//!
//! ```text
//! GROUP BY a, a + 1          ⇒  GROUP BY a, a + 1 computed per group
//! GROUP BY a, 1              ⇒  GROUP BY a                     (one key at least stays)
//! max(DISTINCT a)            ⇒  max(a)
//! sum(a), sum(a)             ⇒  sum(a) once
//! count(a), a never NULL     ⇒  count(1)
//! f(a) FILTER (WHERE true)   ⇒  f(a)
//! ```
//! A key that follows from others is computed where each group is seen once; should it fail, it fails for a group.

use hashbrown::{HashMap, HashSet};

use super::prelude::*;
use firesteel_expr::AggregateCall;
use firesteel_expr::function::Volatility;
use firesteel_plan::PlanColumn;

pub const RULE: Rule = Rule {
    name: "simplify_aggregates",
    looks_for: NodeKinds::AGGREGATE,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Aggregate(aggregate) = &plan.node else { return Ok(None) };
    let calls: Vec<_> =
        aggregate.aggregates.iter().map(|(id, call)| Ok((*id, simplified(call)?))).collect::<Result<_>>()?;
    let (keys, mut above) = independent_keys(&aggregate.keys)?;
    let (calls, repeats) = once_each(calls);
    above.extend(repeats);
    let changed = keys.len() != aggregate.keys.len()
        || calls.len() != aggregate.aggregates.len()
        || calls.iter().zip(&aggregate.aggregates).any(|(new, old)| new != old);
    if !changed {
        return Ok(None);
    }
    let new =
        LogicalPlan::new(Node::Aggregate(Aggregate { input: Arc::clone(&aggregate.input), keys, aggregates: calls }));
    if above.is_empty() {
        return Ok(Some(new));
    }
    let expr = |column: &PlanColumn| match above.get(&column.id) {
        Some(Above::Computed(expr)) => Some((column.id, Arc::clone(expr))),
        Some(Above::Same(id)) => Some((column.id, new.schema().get(*id)?.to_expr())),
        None => Some((column.id, new.schema().get(column.id)?.to_expr())),
    };
    let exprs: Vec<_> = plan.schema().columns.iter().filter_map(expr).collect();
    debug_assert_eq!(exprs.len(), plan.schema().len());
    Ok(Some(LogicalPlan::new(Node::Project(Project { input: new, exprs }))))
}

/// How a column comes about that the aggregate no longer gives.
enum Above {
    Computed(ExprRef),
    Same(ColumnId),
}

type Keys = Vec<(ColumnId, ExprRef)>;

/// Keys that do not follow from others, and how the others do.
fn independent_keys(keys: &Keys) -> Result<(Keys, HashMap<ColumnId, Above>)> {
    let mut kept: Keys = Vec::new();
    let mut above = HashMap::new();
    let columns: HashMap<ColumnId, ColumnId> =
        keys.iter().rev().filter_map(|(id, key)| Some((key.as_column()?, *id))).collect();
    for (at, (id, key)) in keys.iter().enumerate() {
        if let Some((same, _)) = kept.iter().find(|(_, known)| known == key) {
            above.insert(*id, Above::Same(*same));
        } else if key.as_column().is_some() {
            kept.push((*id, Arc::clone(key)));
        } else if key.as_literal().is_some() {
            // Without any key no rows would still be one group.
            match kept.is_empty() && at + 1 == keys.len() {
                true => kept.push((*id, Arc::clone(key))),
                false => drop(above.insert(*id, Above::Computed(Arc::clone(key)))),
            }
        } else if follows(key, &columns) {
            let of_group = |id: ColumnId| columns.get(&id).copied();
            above.insert(*id, Above::Computed(renamed(key, &of_group)?));
        } else {
            kept.push((*id, Arc::clone(key)));
        }
    }
    Ok((kept, above))
}

/// Whether the key is computed from plain columns that are keys, and always the same way.
fn follows(key: &ExprRef, columns: &HashMap<ColumnId, ColumnId>) -> bool {
    let known = key.columns().iter().all(|id| columns.contains_key(id));
    known && !key.columns().is_empty() && key.volatility() != Volatility::Volatile && !tells_equals_apart(key)
}

/// 0.0 and -0.0 are one group, and so are texts that a collation takes for equal; functions may tell them apart.
fn tells_equals_apart(key: &ExprRef) -> bool {
    use firesteel_common::SqlType;
    key.any(&mut |node| {
        let ambiguous = match node.data_type() {
            SqlType::Float | SqlType::Double => true,
            SqlType::String(_) => *node.data_type() != SqlType::STRING,
            other => other.is_nested(),
        };
        node.as_column().is_some() && ambiguous
    })
}

fn renamed(key: &ExprRef, to: &dyn Fn(ColumnId) -> Option<ColumnId>) -> Result<ExprRef> {
    key.rewrite(&mut |node| {
        let Some(id) = node.as_column().and_then(to) else { return Ok(None) };
        Ok(Some(Expr::column(id, node.data_type().clone(), node.nullable())))
    })
}

fn simplified(call: &AggregateCall) -> Result<AggregateCall> {
    let mut new = call.clone();
    if new.function.ignores_duplicates {
        new.distinct = false;
    }
    let always = |filter: &ExprRef| filter.as_literal().is_some_and(|literal| literal.as_boolean() == Some(true));
    if new.filter.as_ref().is_some_and(always) {
        new.filter = None;
    }
    let counts_rows = new.function.name == "count"
        && !new.distinct
        && new.args.iter().all(|arg| !arg.nullable() && !arg.can_fail())
        && new.args.iter().any(|arg| arg.as_literal().is_none());
    if counts_rows {
        new = AggregateCall::new(new.function, vec![Expr::literal(Literal::int(1))], false, new.filter)?;
    }
    Ok(new)
}

/// Each call once; the others as what they repeat.
fn once_each(calls: Vec<(ColumnId, AggregateCall)>) -> (Vec<(ColumnId, AggregateCall)>, HashMap<ColumnId, Above>) {
    let mut seen: HashSet<AggregateCall> = HashSet::new();
    let mut kept: Vec<(ColumnId, AggregateCall)> = Vec::with_capacity(calls.len());
    let mut repeats = HashMap::new();
    for (id, call) in calls {
        let volatile = call.inputs().any(|input| input.volatility() == Volatility::Volatile);
        if volatile || seen.insert(call.clone()) {
            kept.push((id, call));
            continue;
        }
        match kept.iter().find(|(_, known)| *known == call) {
            Some((same, _)) => drop(repeats.insert(id, Above::Same(*same))),
            None => kept.push((id, call)),
        }
    }
    (kept, repeats)
}
