//! From a tree of joins to what may be joined with what.
//!
//! Inner equalities between columns make classes of equal columns: `a = b AND b = c` lets a and c be joined as well. Every
//! other condition, and every outer, semi and anti join, is an operator that needs certain relations on its two sides. What
//! it needs comes from the tree it stood in, by the conflict rules of CD-C (Moerkotte, Fender, Eich: On the correct and
//! complete enumeration of the core search space, SIGMOD 2013): where the operator and one below it may not swap, the one
//! needs what the other has joined.
//!
//! Full joins, joins whose condition can raise an error, and whatever is no join are relations here: they stay as they are.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result};
use firesteel_expr::function::Volatility;
use firesteel_expr::{Expr, ExprRef};
use firesteel_plan::logical::{Join, JoinKey, JoinKind, Node, Project};
use firesteel_plan::statistics::{Statistics, distinct_of, selectivity};
use firesteel_plan::{LogicalPlan, PlanRef};
use hashbrown::HashMap;
use recursive::recursive;

use super::set::{RELATIONS_MAX, Set};
use crate::nulls;

/// A tree over relations: as written, or as chosen.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Relation(usize),
    Join(Box<(Tree, Tree)>),
}

pub(super) struct Relation {
    pub(super) plan: PlanRef,
    pub(super) rows: f64,
}

/// A column, or an expression over one relation, of a class of equals.
pub(super) struct Member {
    pub(super) expr: ExprRef,
    pub(super) relation: usize,
    pub(super) distinct: f64,
}

pub(super) type Class = Vec<Member>;

/// A condition of an inner join, or a whole join of another kind.
pub(super) struct Operator {
    pub(super) kind: JoinKind,
    /// The relations of its left and right side as written.
    pub(super) right: Set,
    pub(super) left: Set,
    /// What must be on its left and right side.
    pub(super) needs_left: Set,
    pub(super) needs_right: Set,
    /// Where one of the first is there, all of the second must be.
    pub(super) rules: Vec<(Set, Set)>,
    pub(super) keys: Vec<JoinKey>,
    pub(super) filter: Option<ExprRef>,
    /// Of an inner condition: the share of pairs that pass. Of other joins: pairs by their keys, per pair of rows.
    pub(super) share: f64,
    /// The share of rows of the left side with a partner, by the keys.
    pub(super) matched: f64,
}

impl Operator {
    /// The condition that columns of two relations are equal.
    fn equality(left: &Member, right: &Member, all: &Statistics) -> Result<Self> {
        let term = Expr::call_named("=", vec![Arc::clone(&left.expr), Arc::clone(&right.expr)])?;
        let (l, r) = (Set::of(left.relation), Set::of(right.relation));
        Ok(Self {
            kind: JoinKind::Inner,
            left: l,
            right: r,
            needs_left: l,
            needs_right: r,
            rules: Vec::new(),
            keys: Vec::new(),
            share: selectivity(&term, all).value,
            filter: Some(term),
            matched: 1.0,
        })
    }

    pub(super) fn needs(&self) -> Set {
        self.needs_left | self.needs_right
    }
}

pub(super) struct Graph {
    pub(super) relations: Vec<Relation>,
    pub(super) classes: Vec<Class>,
    pub(super) operators: Vec<Operator>,
    /// Per relation, those it is joined with alone.
    pub(super) neighbors: Vec<Set>,
    /// Edges between sets of which one has several relations.
    pub(super) edges: Vec<(Set, Set)>,
    /// Two relations with several equal columns, and how many times more pairs match than if these were independent.
    pub(super) composites: Vec<(usize, usize, f64)>,
    pub(super) written: Tree,
}

/// A join that takes part in ordering, or `None` for one that stays where it is.
fn movable(plan: &LogicalPlan) -> Option<&Join> {
    let Node::Join(join) = &plan.node else { return None };
    let moves = matches!(
        join.kind,
        JoinKind::Inner | JoinKind::Left | JoinKind::Right | JoinKind::LeftSemi | JoinKind::LeftAnti
    );
    let safe = |expr: &&ExprRef| !expr.can_fail() && expr.volatility() != Volatility::Volatile;
    (moves && plan.expressions().iter().all(safe)).then_some(join)
}

/// The join below a projection that only leaves columns out.
fn below_pruning(plan: &PlanRef) -> &PlanRef {
    match &plan.node {
        Node::Project(Project { input, exprs })
            if movable(input).is_some() && exprs.iter().all(|(id, expr)| expr.as_column() == Some(*id)) =>
        {
            input
        }
        _ => plan,
    }
}

pub(super) fn inputs(plan: &PlanRef) -> Option<Vec<PlanRef>> {
    movable(plan)?;
    let mut inputs = Vec::new();
    collect_inputs(plan, &mut inputs);
    Some(inputs)
}

#[recursive]
fn collect_inputs(plan: &PlanRef, inputs: &mut Vec<PlanRef>) {
    let below = below_pruning(plan);
    match movable(below) {
        Some(join) => {
            collect_inputs(&join.left, inputs);
            collect_inputs(&join.right, inputs);
        }
        _ => inputs.push(Arc::clone(plan)),
    }
}

/// Takes the inputs in the order in which [`collect_inputs`] gave them.
#[recursive]
pub(super) fn with_inputs(plan: &PlanRef, inputs: &mut std::vec::IntoIter<PlanRef>) -> PlanRef {
    let below = below_pruning(plan);
    let Some(join) = movable(below) else { return inputs.next().unwrap_or_else(|| Arc::clone(plan)) };
    let children = vec![with_inputs(&join.left, inputs), with_inputs(&join.right, inputs)];
    let unchanged = Arc::ptr_eq(&children[0], &join.left) && Arc::ptr_eq(&children[1], &join.right);
    if unchanged {
        return Arc::clone(plan);
    }
    let new = below.with_children(children);
    if Arc::ptr_eq(below, plan) { new } else { plan.with_children(vec![new]) }
}

/// A join of the tree, while the graph is made.
struct Written {
    kind: JoinKind,
    left: Set,
    right: Set,
    /// Relations that its conditions use.
    used: Set,
    keys: Vec<JoinKey>,
    filter: Option<ExprRef>,
    rules: Vec<(Set, Set)>,
}

impl Written {
    fn all(&self) -> Set {
        self.left | self.right
    }
}

#[derive(Default)]
struct Builder {
    relations: Vec<Relation>,
    owners: HashMap<ColumnId, usize>,
    nodes: Vec<Written>,
}

impl Graph {
    /// `None` when there is nothing to order or the tree has a form that the graph cannot hold.
    pub(super) fn of(plan: &PlanRef) -> Result<Option<Graph>> {
        if movable(plan).is_none() {
            return Ok(None);
        }
        let mut builder = Builder::default();
        let Some((written, _)) = builder.add(plan) else { return Ok(None) };
        if builder.relations.len() < 3 || builder.relations.len() > RELATIONS_MAX {
            return Ok(None);
        }
        builder.add_conflicts();
        builder.graph(written)
    }
}

impl Builder {
    /// The tree and its relations; `None` when some condition uses one side only.
    #[recursive]
    fn add(&mut self, plan: &PlanRef) -> Option<(Tree, Set)> {
        let below = below_pruning(plan);
        let Some(join) = movable(below) else {
            let number = self.relations.len();
            if number >= RELATIONS_MAX {
                return None;
            }
            self.owners.extend(plan.schema().columns.iter().map(|column| (column.id, number)));
            self.relations.push(Relation { plan: Arc::clone(plan), rows: plan.statistics().rows.value });
            return Some((Tree::Relation(number), Set::of(number)));
        };
        let (left_tree, left) = self.add(&join.left)?;
        let (right_tree, right) = self.add(&join.right)?;
        let used = self.used_by(below)?;
        let swapped = join.kind == JoinKind::Right;
        let keys = join.keys.iter().map(|key| if swapped { key.swapped() } else { key.clone() });
        self.nodes.push(Written {
            kind: if swapped { JoinKind::Left } else { join.kind },
            left: if swapped { right } else { left },
            right: if swapped { left } else { right },
            used,
            keys: keys.collect(),
            filter: join.filter.clone(),
            rules: Vec::new(),
        });
        Some((Tree::Join(Box::new((left_tree, right_tree))), left | right))
    }

    fn used_by(&self, plan: &LogicalPlan) -> Option<Set> {
        let mut used = Set::EMPTY;
        for expr in plan.expressions() {
            used |= self.relations_of(expr)?;
        }
        Some(used)
    }

    fn relations_of(&self, expr: &Expr) -> Option<Set> {
        expr.columns().iter().try_fold(Set::EMPTY, |set, id| Some(set | Set::of(*self.owners.get(id)?)))
    }

    /// What keeps each join from moving past those below it.
    fn add_conflicts(&mut self) {
        for at in 0..self.nodes.len() {
            let mut rules = Vec::new();
            let node = &self.nodes[at];
            // Children come before their parents.
            for below in &self.nodes[..at] {
                // Of what the rule asks for, only what the join's conditions use.
                let asked = |side: Set| if side.meets(below.used) { side & below.used } else { side };
                if node.left.contains(below.all()) && !self.associate(below, node, below.right) {
                    rules.push((below.right, asked(below.left)));
                }
                if node.right.contains(below.all()) {
                    if !self.associate(node, below, below.left) {
                        rules.push((below.left, asked(below.right)));
                    }
                    if !(node.kind == JoinKind::Inner && below.kind == JoinKind::Inner) {
                        rules.push((below.right, asked(below.left)));
                    }
                }
            }
            self.nodes[at].rules = rules;
        }
    }

    /// Whether `(e1 a e2) b e3` is `e1 a (e2 b e3)`; `middle` is e2.
    fn associate(&self, a: &Written, b: &Written, middle: Set) -> bool {
        match (a.kind, b.kind) {
            (JoinKind::Inner, _) => true,
            (JoinKind::Left, JoinKind::Left) => self.rejects_nulls_of(b, middle),
            _ => false,
        }
    }

    /// Whether the join's condition is never TRUE when all columns of these relations are NULL.
    fn rejects_nulls_of(&self, node: &Written, relations: Set) -> bool {
        let is_of = |id: ColumnId| self.owners.get(&id).is_some_and(|owner| relations.meets(Set::of(*owner)));
        let keys = node.keys.iter().filter(|key| !key.nulls_match).flat_map(|key| [&key.left, &key.right]);
        keys.into_iter().any(|key| nulls::is_null_with(key, &is_of))
            || node.filter.iter().any(|filter| nulls::rejects(filter, &is_of))
    }

    fn graph(self, written: Tree) -> Result<Option<Graph>> {
        let mut graph = Graph {
            classes: Vec::new(),
            operators: Vec::new(),
            neighbors: vec![Set::EMPTY; self.relations.len()],
            edges: Vec::new(),
            composites: Vec::new(),
            relations: Vec::new(),
            written,
        };
        let mut equalities = Vec::new();
        let all = self.statistics();
        for node in &self.nodes {
            if node.kind != JoinKind::Inner {
                graph.operators.push(self.operator(node, &all));
                continue;
            }
            for key in &node.keys {
                let (left, right) = (&key.left, &key.right);
                let (Some(l), Some(r)) = (self.relations_of(left), self.relations_of(right)) else { return Ok(None) };
                if l.len() == 1 && r.len() == 1 && l != r && node.rules.is_empty() && !key.nulls_match {
                    equalities.push(((Arc::clone(left), l.first()), (Arc::clone(right), r.first())));
                    continue;
                }
                let Some(operator) = self.condition(node, key.to_expr()?, l, r, &all) else { return Ok(None) };
                graph.operators.push(operator);
            }
            for term in node.filter.iter().flat_map(|filter| filter.conjuncts()) {
                let Some(used) = self.relations_of(&term) else { return Ok(None) };
                let (l, r) = (used & node.left, used & node.right);
                let Some(operator) = self.condition(node, term, l, r, &all) else { return Ok(None) };
                graph.operators.push(operator);
            }
        }
        graph.add_classes(equalities, &self.relations, &all)?;
        graph.add_edges();
        graph.relations = self.relations;
        graph.add_composites();
        Ok(Some(graph))
    }

    /// What is known of all columns at once, to judge conditions over several relations.
    fn statistics(&self) -> Statistics {
        let mut all = Statistics::of_rows(firesteel_catalog::Estimate::exact(f64::MAX));
        for relation in &self.relations {
            let known = relation.plan.statistics();
            all.origins.extend(known.origins.iter().map(|(id, origin)| (*id, *origin)));
            for column in &relation.plan.schema().columns {
                let mut statistics = known.columns.get(&column.id).cloned().unwrap_or_default();
                statistics.distinct = known.distinct(column.id);
                all.columns.insert(column.id, statistics);
            }
        }
        all
    }

    /// An inner condition that needs these relations left and right; `None` when a side is not used at all.
    fn condition(&self, node: &Written, term: ExprRef, left: Set, right: Set, all: &Statistics) -> Option<Operator> {
        if left.is_empty() || right.is_empty() || left.meets(right) {
            return None;
        }
        let share = selectivity(&term, all).value;
        let mut operator = Operator {
            kind: JoinKind::Inner,
            left: node.left,
            right: node.right,
            needs_left: left,
            needs_right: right,
            rules: node.rules.clone(),
            keys: Vec::new(),
            filter: Some(term),
            share,
            matched: 1.0,
        };
        absorb(&mut operator);
        Some(operator)
    }

    fn operator(&self, node: &Written, all: &Statistics) -> Operator {
        let some = |used: Set, side: Set| if used.meets(side) { used & side } else { side };
        let distinct = |key: &ExprRef, side: Set| {
            let rows: f64 = side.relations().map(|relation| self.relations[relation].rows).fold(1.0, f64::max);
            distinct_of(key, all).map_or(rows, |distinct| distinct.value.clamp(1.0, rows))
        };
        let each = node.keys.iter().map(|key| (distinct(&key.left, node.left), distinct(&key.right, node.right)));
        let each: Vec<(f64, f64)> = each.collect();
        let filter = node.filter.as_ref().map_or(1.0, |filter| selectivity(filter, all).value);
        let mut operator = Operator {
            kind: node.kind,
            left: node.left,
            right: node.right,
            needs_left: some(node.used, node.left),
            needs_right: some(node.used, node.right),
            rules: node.rules.clone(),
            keys: node.keys.clone(),
            filter: node.filter.clone(),
            share: filter / each.iter().map(|(l, r)| l.max(*r)).reduce(|a, b| a.max(b)).unwrap_or(1.0),
            matched: each.iter().map(|(l, r)| (r / l).min(1.0)).fold(1.0, f64::min),
        };
        absorb(&mut operator);
        operator
    }
}

/// Rules that always apply become needs.
fn absorb(operator: &mut Operator) {
    let (left, right) = (operator.left, operator.right);
    loop {
        let needs = operator.needs();
        let more = operator.rules.iter().filter(|(with, _)| with.meets(needs));
        let more = more.fold(Set::EMPTY, |all, (_, asked)| all | *asked);
        if needs.contains(more) {
            break;
        }
        operator.needs_left |= more & left;
        operator.needs_right |= more & right;
    }
    let needs = operator.needs();
    operator.rules.retain(|(_, asked)| !needs.contains(*asked));
}

type Side = (ExprRef, usize);

impl Graph {
    /// Puts expressions that are equal by some chain into one class. A class has one member per relation: that two of a
    /// relation's own columns are equal has to be tested, so such an equality is a condition like others.
    fn add_classes(&mut self, equalities: Vec<(Side, Side)>, relations: &[Relation], all: &Statistics) -> Result<()> {
        for (left, right) in equalities {
            let l = self.class_of(left, relations);
            let r = self.class_of(right, relations);
            if l.0 == r.0 {
                continue;
            }
            let (a, b) = (&self.classes[l.0], &self.classes[r.0]);
            if a.iter().any(|a| b.iter().any(|b| a.relation == b.relation)) {
                let (left, right) = (&a[l.1], &b[r.1]);
                self.operators.push(Operator::equality(left, right, all)?);
                continue;
            }
            let moved = self.classes.swap_remove(l.0.max(r.0));
            self.classes[l.0.min(r.0)].extend(moved);
        }
        self.classes.retain(|class| class.len() > 1);
        Ok(())
    }

    /// The class of an expression and its place there; a new one if it is in none.
    fn class_of(&mut self, (expr, relation): Side, relations: &[Relation]) -> (usize, usize) {
        let found = self
            .classes
            .iter()
            .enumerate()
            .find_map(|(at, class)| class.iter().position(|member| member.expr == expr).map(|place| (at, place)));
        found.unwrap_or_else(|| {
            let rows = relations[relation].rows.max(1.0);
            let known = distinct_of(&expr, relations[relation].plan.statistics());
            let distinct = known.map_or(rows, |known| known.value.clamp(1.0, rows));
            self.classes.push(vec![Member { expr, relation, distinct }]);
            (self.classes.len() - 1, 0)
        })
    }

    fn add_edges(&mut self) {
        for class in &self.classes {
            let all = class.iter().fold(Set::EMPTY, |all, member| all | Set::of(member.relation));
            for relation in all.relations() {
                self.neighbors[relation] |= all.without(Set::of(relation));
            }
        }
        for operator in &self.operators {
            let (left, right) = (operator.needs_left, operator.needs_right);
            if left.len() == 1 && right.len() == 1 {
                self.neighbors[left.first()] |= right;
                self.neighbors[right.first()] |= left;
            } else {
                self.edges.push((left, right));
            }
        }
    }

    /// Keys of several columns match as one: no table has more combinations than rows.
    fn add_composites(&mut self) {
        let table_rows = |member: &Member| {
            let known = self.relations[member.relation].plan.statistics();
            member.expr.as_column().and_then(|id| known.origins.get(&id)).map_or(f64::INFINITY, |origin| origin.rows)
        };
        for a in 0..self.relations.len() {
            for b in a + 1..self.relations.len() {
                let (mut domain, mut least, mut shared) = (1.0, 1.0_f64, 0);
                let (mut rows_a, mut rows_b) = (0.0_f64, 0.0_f64);
                for class in &self.classes {
                    let of = |relation: usize| class.iter().find(|member| member.relation == relation);
                    let (Some(member_a), Some(member_b)) = (of(a), of(b)) else { continue };
                    let distinct = member_a.distinct.max(member_b.distinct);
                    domain *= distinct;
                    least = least.max(distinct);
                    shared += 1;
                    rows_a = rows_a.max(table_rows(member_a));
                    rows_b = rows_b.max(table_rows(member_b));
                }
                let most = rows_a.min(rows_b).max(least);
                if shared > 1 && domain > most {
                    self.composites.push((a, b, domain / most));
                }
            }
        }
    }

    pub(super) fn all(&self) -> Set {
        Set::up_to(self.relations.len() - 1)
    }

    /// Whether some condition connects the two.
    pub(super) fn connects(&self, left: Set, right: Set) -> bool {
        left.relations().any(|relation| self.neighbors[relation].meets(right))
            || self
                .edges
                .iter()
                .any(|(a, b)| (left.contains(*a) && right.contains(*b)) || (left.contains(*b) && right.contains(*a)))
    }

    /// The operator that a join of the two carries out; `None` when it would mean something else than the query.
    pub(super) fn operation(&self, left: Set, right: Set) -> Option<Operation> {
        let both = left | right;
        let mut outer = None;
        let mut inner = self.classes.iter().any(|class| {
            let meets = |set: Set| class.iter().any(|member| set.meets(Set::of(member.relation)));
            meets(left) && meets(right)
        });
        for (at, operator) in self.operators.iter().enumerate() {
            let needs = operator.needs();
            if !both.contains(needs) || left.contains(needs) || right.contains(needs) {
                continue;
            }
            if operator.rules.iter().any(|(with, asked)| with.meets(both) && !both.contains(*asked)) {
                return None;
            }
            if operator.kind == JoinKind::Inner {
                inner = true;
                continue;
            }
            let fits = |left: Set, right: Set| {
                left.contains(operator.needs_left)
                    && right.contains(operator.needs_right)
                    // What a semi or anti join looks for is seen by nobody else.
                    && (operator.kind == JoinKind::Left || operator.right.contains(right))
            };
            let swapped = match (fits(left, right), fits(right, left)) {
                (true, _) => false,
                (false, true) => true,
                _ => return None,
            };
            if outer.replace(Operation::Outer { operator: at, swapped }).is_some() {
                return None;
            }
        }
        match (outer, inner) {
            (Some(_), true) => None,
            (Some(outer), false) => Some(outer),
            (None, _) => Some(Operation::Inner),
        }
    }
}

/// What a join of two sets is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operation {
    Inner,
    /// Of another kind; `swapped` when the first set is its right side.
    Outer {
        operator: usize,
        swapped: bool,
    },
}
