//! What a query computes twice becomes a common table.
//!
//! ```text
//! Join(Aggregate(x), Filter(Aggregate(x')))  ⇒  WithCTE [x: Aggregate(x)] over Join(CTERelationRef x, Filter(CTERelationRef x))
//! ```
//! Two subtrees are the same when they are equal under column ids given in the order of visiting. The largest are taken; what
//! is still twice inside of one is found by another pass. Taken is only what gives far fewer rows than it reads: the copies
//! could each have had filters of their own from the joins above.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use firesteel_common::ColumnIds;
use firesteel_expr::function::Volatility;
use firesteel_plan::logical::{CommonTableId, CommonTableScan, CommonTables, free_columns, renumbered};
use recursive::recursive;

use super::prelude::*;
use crate::executor::map_children;

pub const RULE: Rule = Rule {
    name: "share_subplans",
    looks_for: NodeKinds::JOIN.or(NodeKinds::AGGREGATE).or(NodeKinds::WINDOW),
    order: Traversal::Whole,
    required: false,
    apply,
};

/// How many times as many rows a shared part reads as it gives.
const READ_PER_ROW: f64 = 4.0;

/// What stands outside of a part, or differs from run to run.
const NEVER: NodeKinds = NodeKinds::COMMON_TABLES
    .or(NodeKinds::COMMON_TABLE_SCAN)
    .or(NodeKinds::RECURSION)
    .or(NodeKinds::WORKING_TABLE)
    .or(NodeKinds::SAMPLE)
    .or(NodeKinds::MATERIALIZED);

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let mut shared = None;
    while let Some(next) = pass(shared.as_ref().unwrap_or(plan), context)? {
        shared = Some(next);
    }
    Ok(shared)
}

/// Takes what is there twice now; `None` when nothing is.
fn pass(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let mut alike: BTreeMap<u64, Vec<PlanRef>> = BTreeMap::new();
    collect(plan, &mut alike);
    alike.retain(|_, plans| plans.len() > 1);
    if alike.is_empty() {
        return Ok(None);
    }
    let (definitions, input) = match &plan.node {
        Node::CommonTables(tables) => (tables.definitions.as_slice(), &tables.input),
        _ => (&[][..], plan),
    };
    let next = definitions.iter().map(|(id, _)| id.0 + 1).max().unwrap_or(0);
    let mut sharing = Sharing { groups: Vec::new(), next };
    for plans in alike.into_values() {
        sharing.add(plans)?;
    }
    sharing.keep_outer(plan);
    if sharing.groups.is_empty() {
        return Ok(None);
    }
    let old = definitions.iter().map(|(id, definition)| Ok((*id, sharing.replace(definition)?)));
    let old = old.collect::<Result<Vec<_>>>()?;
    let input = sharing.replace(input)?;
    let mut definitions = Vec::with_capacity(sharing.groups.len() + old.len());
    for group in sharing.groups {
        if let (Some(table), Some(member)) = (group.table, group.members.first()) {
            definitions.push((table, renumbered(member, &context.ids)?));
        }
    }
    // Behind the new ones, which read no other table.
    definitions.extend(old);
    Ok(Some(LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input }))))
}

/// The parts that may be shared, by what equal ones have in common. A part's own parts are among them.
#[recursive]
fn collect(plan: &PlanRef, alike: &mut BTreeMap<u64, Vec<PlanRef>>) {
    if !plan.kinds().intersects(RULE.looks_for) {
        return;
    }
    if is_worth_sharing(plan) {
        let mut hasher = DefaultHasher::new();
        shape(plan, &mut hasher);
        alike.entry(hasher.finish()).or_default().push(Arc::clone(plan));
    }
    plan.children().into_iter().for_each(|child| collect(child, alike));
}

fn is_worth_sharing(plan: &PlanRef) -> bool {
    !plan.kinds().intersects(NEVER)
        && rows_read(plan) >= READ_PER_ROW * plan.statistics().rows.value
        && !is_volatile(plan)
        && free_columns(plan).is_empty()
}

#[recursive]
fn is_volatile(plan: &LogicalPlan) -> bool {
    plan.expressions().iter().any(|expr| expr.volatility() == Volatility::Volatile)
        || plan.children().into_iter().any(|child| is_volatile(child))
}

#[recursive]
fn rows_read(plan: &LogicalPlan) -> f64 {
    match &plan.node {
        Node::Relation(relation) => relation.table.statistics().rows.value,
        _ => plan.children().into_iter().map(|child| rows_read(child)).sum(),
    }
}

/// What does not depend on column ids.
#[recursive]
fn shape(plan: &LogicalPlan, hasher: &mut impl Hasher) {
    std::mem::discriminant(&plan.node).hash(hasher);
    plan.schema().len().hash(hasher);
    if let Node::Relation(relation) = &plan.node {
        relation.name.hash(hasher);
    }
    plan.children().into_iter().for_each(|child| shape(child, hasher));
}

struct Sharing {
    groups: Vec<Group>,
    next: u32,
}

/// Parts that are equal.
struct Group {
    members: Vec<PlanRef>,
    /// Given when the first member is replaced.
    table: Option<CommonTableId>,
}

impl Group {
    fn has(&self, plan: &PlanRef) -> bool {
        self.members.iter().any(|member| Arc::ptr_eq(member, plan))
    }
}

impl Sharing {
    /// Groups parts that look alike by whether they are.
    fn add(&mut self, plans: Vec<PlanRef>) -> Result<()> {
        let mut groups: Vec<(PlanRef, Vec<PlanRef>)> = Vec::new();
        for plan in plans {
            let canonical = renumbered(&plan, &ColumnIds::default())?;
            match groups.iter_mut().find(|(known, _)| *known == canonical) {
                Some((_, members)) => members.push(plan),
                None => groups.push((canonical, vec![plan])),
            }
        }
        for (_, members) in groups {
            if members.len() > 1 {
                self.groups.push(Group { members, table: None });
            }
        }
        Ok(())
    }

    /// Drops groups of which fewer than two members lie outside of others' members: those are read once less than it seems.
    fn keep_outer(&mut self, plan: &PlanRef) {
        loop {
            let mut outer = vec![0; self.groups.len()];
            self.count_outer(plan, &mut outer);
            let before = self.groups.len();
            let mut counts = outer.into_iter();
            self.groups.retain(|_| counts.next().is_some_and(|count| count > 1));
            if self.groups.len() == before {
                return;
            }
        }
    }

    #[recursive]
    fn count_outer(&self, plan: &PlanRef, outer: &mut [usize]) {
        match self.groups.iter().position(|group| group.has(plan)) {
            Some(at) => outer[at] += 1,
            None => plan.children().into_iter().for_each(|child| self.count_outer(child, outer)),
        }
    }

    /// The plan that reads the tables, of parts within parts the outer one.
    #[recursive]
    fn replace(&mut self, plan: &PlanRef) -> Result<PlanRef> {
        if !plan.kinds().intersects(RULE.looks_for) {
            return Ok(Arc::clone(plan));
        }
        let Some(group) = self.groups.iter_mut().find(|group| group.has(plan)) else {
            return map_children(plan, |child| self.replace(child));
        };
        let table = *group.table.get_or_insert_with(|| {
            self.next += 1;
            CommonTableId(self.next - 1)
        });
        let (columns, statistics) = (plan.schema().columns.clone(), Arc::clone(plan.statistics()));
        Ok(LogicalPlan::new(Node::CommonTableScan(CommonTableScan { table, columns, statistics })))
    }
}
