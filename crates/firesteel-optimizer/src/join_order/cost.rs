//! Rows of a set of relations, and what a join of two sets costs.
//!
//! Rows do not depend on the order: `product of rows / product, over the classes of equal columns, of all distinct values but
//! the fewest`. Costs are counted in rows: held, probed, and given out. A row that a runtime filter drops in the scan is
//! nearly free, so that joins with small selective builds come out cheap.

use firesteel_plan::logical::JoinKind;
use firesteel_plan::statistics::joins;

use super::graph::{Graph, Operation, Operator, Tree};
use super::set::Set;

/// A row put into a hash table, in rows looked up there.
pub(crate) const BUILD: f64 = 2.0;
/// A row read only for a runtime filter to drop it.
const FILTERED: f64 = 0.1;
/// A pair of rows compared by a join without keys.
const PAIR: f64 = 0.3;

/// The best tree of a set so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) rows: f64,
    pub(super) cost: f64,
}

impl Graph {
    pub(super) fn leaf(&self, relation: usize) -> Best {
        Best { rows: self.relations[relation].rows, cost: 0.0 }
    }

    /// The join of two sets that [`Graph::operation`] allows.
    pub(super) fn join(&self, left: (Set, Best), right: (Set, Best), operation: Operation) -> Best {
        let (pairs, keys) = self.pairs(left, right, operation);
        let below = left.1.cost + right.1.cost;
        let (l, r) = (left.1.rows, right.1.rows);
        match operation {
            Operation::Inner if !keys => Best { rows: pairs, cost: below + PAIR * l * r + pairs },
            Operation::Inner => {
                let (of_left, of_right) = self.matched(left.0, right.0);
                let build_right = BUILD * r + probed(l, of_left);
                let build_left = BUILD * l + probed(r, of_right);
                Best { rows: pairs, cost: below + build_right.min(build_left) + pairs }
            }
            Operation::Outer { operator, swapped } => {
                let operator = &self.operators[operator];
                let (l, r) = if swapped { (r, l) } else { (l, r) };
                let rows = self.outer_rows(operator, l, r, pairs);
                let work = match keys {
                    true => outer_work(operator, l, r),
                    false => PAIR * l * r,
                };
                Best { rows, cost: below + work + rows }
            }
        }
    }

    /// Pairs that match, and whether keys find them.
    fn pairs(&self, (left, l): (Set, Best), (right, r): (Set, Best), operation: Operation) -> (f64, bool) {
        let all = l.rows * r.rows;
        let operator = match operation {
            Operation::Inner => None,
            Operation::Outer { operator, .. } => Some(&self.operators[operator]),
        };
        if let Some(operator) = operator {
            return (all * operator.share, !operator.keys.is_empty());
        }
        let (mut rows, mut keys) = (all, false);
        for (l, r) in self.crossing(left, right) {
            rows /= l.max(r);
            keys = true;
        }
        let composite = self.composites.iter().filter(|(a, b, _)| {
            let (a, b) = (Set::of(*a), Set::of(*b));
            (left.contains(a) && right.contains(b)) || (left.contains(b) && right.contains(a))
        });
        rows *= composite.map(|(_, _, factor)| *factor).fold(1.0, f64::max);
        for operator in &self.operators {
            let needs = operator.needs();
            let here = (left | right).contains(needs) && !left.contains(needs) && !right.contains(needs);
            if operator.kind == JoinKind::Inner && here {
                rows *= operator.share;
                keys |= operator
                    .filter
                    .as_ref()
                    .is_some_and(|filter| ["=", "<=>"].iter().any(|name| filter.as_call(name).is_some()));
            }
        }
        (rows.max(all.min(1.0)), keys)
    }

    /// Per class with columns on both sides: the distinct values left and right.
    fn crossing(&self, left: Set, right: Set) -> impl Iterator<Item = (f64, f64)> {
        self.classes.iter().filter_map(move |class| {
            let least = |side: Set| {
                let there = class.iter().filter(|member| side.contains(Set::of(member.relation)));
                there.map(|member| member.distinct).reduce(f64::min)
            };
            Some((least(left)?, least(right)?))
        })
    }

    /// The shares of both sides' rows that have a partner.
    fn matched(&self, left: Set, right: Set) -> (f64, f64) {
        self.crossing(left, right)
            .fold((1.0, 1.0), |(of_left, of_right), (l, r)| (f64::min(of_left, r / l), f64::min(of_right, l / r)))
    }

    fn outer_rows(&self, operator: &Operator, left: f64, right: f64, pairs: f64) -> f64 {
        // A right side with fewer rows than it had values has fewer values.
        let whole: f64 = operator.right.relations().map(|relation| self.relations[relation].rows).fold(1.0, f64::max);
        let matched = operator.matched * (right / whole).min(1.0);
        joins::rows_of_kind(operator.kind, left, right, pairs, matched)
    }
}

/// Rows of the probe side: those without a partner are dropped where they are read.
pub(crate) fn probed(rows: f64, matched: f64) -> f64 {
    rows * (FILTERED + (1.0 - FILTERED) * matched.min(1.0))
}

/// Holding the right side and streaming the left one past it, or the other way round.
fn outer_work(operator: &Operator, left: f64, right: f64) -> f64 {
    let matched = if operator.kind == JoinKind::LeftSemi { operator.matched } else { 1.0 };
    let build_right = BUILD * right + probed(left, matched);
    let build_left = BUILD * left + right;
    build_right.min(build_left)
}

/// What a whole tree costs; `None` when some join of it is none that the graph allows.
#[recursive::recursive]
fn best_of(graph: &Graph, tree: &Tree) -> Option<(Set, Best)> {
    match tree {
        Tree::Relation(relation) => Some((Set::of(*relation), graph.leaf(*relation))),
        Tree::Join(sides) => {
            let (left, right) = (best_of(graph, &sides.0)?, best_of(graph, &sides.1)?);
            let operation = graph.operation(left.0, right.0)?;
            Some((left.0 | right.0, graph.join(left, right, operation)))
        }
    }
}

pub(super) fn of_tree(graph: &Graph, tree: &Tree) -> Option<f64> {
    Some(best_of(graph, tree)?.1.cost)
}
