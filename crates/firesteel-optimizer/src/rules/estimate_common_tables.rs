//! Readers of a common table learn how many rows it will have, and what is known of its columns.

use firesteel_plan::logical::{CommonTableId, CommonTableScan, CommonTables};
use firesteel_plan::statistics::Statistics;
use hashbrown::HashMap;
use recursive::recursive;

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "estimate_common_tables",
    looks_for: NodeKinds::COMMON_TABLES,
    order: Traversal::Whole,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::CommonTables(tables) = &plan.node else { return Ok(None) };
    let mut known = HashMap::new();
    let mut definitions = Vec::with_capacity(tables.definitions.len());
    for (id, definition) in &tables.definitions {
        let definition = informed(definition, &known)?;
        known.insert(*id, Arc::clone(&definition));
        definitions.push((*id, definition));
    }
    let input = informed(&tables.input, &known)?;
    let same = Arc::ptr_eq(&input, &tables.input)
        && definitions.iter().zip(&tables.definitions).all(|((_, new), (_, old))| Arc::ptr_eq(new, old));
    Ok((!same).then(|| LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input }))))
}

#[recursive]
fn informed(plan: &PlanRef, known: &HashMap<CommonTableId, PlanRef>) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLE_SCAN) {
        return Ok(Arc::clone(plan));
    }
    let Node::CommonTableScan(scan) = &plan.node else {
        return crate::executor::map_children(plan, |child| informed(child, known));
    };
    let Some(definition) = known.get(&scan.table) else { return Ok(Arc::clone(plan)) };
    let theirs = definition.statistics();
    let pairs = scan.columns.iter().zip(&definition.schema().columns);
    let own: HashMap<ColumnId, ColumnId> = pairs.map(|(own, column)| (column.id, own.id)).collect();
    let rename = |id: ColumnId| own.get(&id).copied().unwrap_or(id);
    let statistics = Statistics { origins: HashMap::new(), ..theirs.of_columns(theirs.rows, rename, &scan.columns) };
    if *scan.statistics == statistics {
        return Ok(Arc::clone(plan));
    }
    let scan = CommonTableScan { statistics: Arc::new(statistics), ..scan.clone() };
    Ok(LogicalPlan::new(Node::CommonTableScan(scan)))
}
