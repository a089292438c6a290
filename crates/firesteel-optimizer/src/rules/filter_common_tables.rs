//! What all readers of a common table leave out is not computed.
//!
//! ```text
//! Filter(y = 1 AND k = 'a') over CTERelationRef, Filter(y = 2 AND z > 0) over CTERelationRef
//!     ⇒  the definition under Filter(y = 1 OR y = 2); readers keep their filters
//! ```
//! Column by column, so that each predicate can move on by itself below aggregates and unions.

use firesteel_plan::logical::{CommonTableId, CommonTables};
use hashbrown::HashMap;
use recursive::recursive;

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "filter_common_tables",
    looks_for: NodeKinds::COMMON_TABLES,
    order: Traversal::Whole,
    required: false,
    apply,
};

/// By position of the column: what one reader asks of it.
type Asked = HashMap<usize, ExprRef>;

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::CommonTables(tables) = &plan.node else { return Ok(None) };
    let mut readers: HashMap<CommonTableId, Vec<Asked>> = HashMap::new();
    collect(&tables.input, &mut readers)?;
    for (_, definition) in &tables.definitions {
        collect(definition, &mut readers)?;
    }
    let mut changed = false;
    let mut definitions = Vec::with_capacity(tables.definitions.len());
    for (id, definition) in &tables.definitions {
        let terms = readers.get(id).map_or(Ok(Vec::new()), |readers| common(readers, definition))?;
        // One reader's terms over one column are conjuncts of the filter each: so they are found again.
        let terms: Vec<_> = terms.iter().flat_map(|term| term.conjuncts()).collect();
        let known = match &definition.node {
            Node::Filter(filter) => filter.predicate.conjuncts(),
            _ => Vec::new(),
        };
        match terms.iter().all(|term| known.contains(term)) {
            true => definitions.push((*id, Arc::clone(definition))),
            false => {
                changed = true;
                let filter = Filter { input: Arc::clone(definition), predicate: Expr::and(terms)? };
                definitions.push((*id, LogicalPlan::new(Node::Filter(filter))));
            }
        }
    }
    let input = Arc::clone(&tables.input);
    Ok(changed.then(|| LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input }))))
}

#[recursive]
fn collect(plan: &LogicalPlan, readers: &mut HashMap<CommonTableId, Vec<Asked>>) -> Result<()> {
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLE_SCAN) {
        return Ok(());
    }
    match &plan.node {
        Node::CommonTableScan(scan) => readers.entry(scan.table).or_default().push(Asked::new()),
        Node::Filter(filter) => match &filter.input.node {
            Node::CommonTableScan(scan) => {
                let mut asked: HashMap<usize, Vec<ExprRef>> = HashMap::new();
                for term in filter.predicate.conjuncts() {
                    if let [id] = term.columns()
                        && !term.can_fail()
                        && let Some(at) = scan.columns.iter().position(|column| column.id == *id)
                    {
                        asked.entry(at).or_default().push(term);
                    }
                }
                let all = asked.into_iter().map(|(at, terms)| Ok((at, Expr::and(terms)?)));
                readers.entry(scan.table).or_default().push(all.collect::<Result<_>>()?);
            }
            _ => collect(&filter.input, readers)?,
        },
        _ => plan.children().into_iter().try_for_each(|child| collect(child, readers))?,
    }
    Ok(())
}

/// For each column that every reader asks something of: that one of them asks it.
fn common(readers: &[Asked], definition: &LogicalPlan) -> Result<Vec<ExprRef>> {
    let Some((first, others)) = readers.split_first() else { return Ok(Vec::new()) };
    let mut columns: Vec<usize> = first.keys().copied().collect();
    columns.retain(|at| others.iter().all(|asked| asked.contains_key(at)));
    columns.sort_unstable();
    let term = |at: &usize| {
        let column = definition.schema().columns[*at].to_expr();
        let mut alternatives = Vec::with_capacity(readers.len());
        for asked in readers {
            let over_own = asked[at].replace_columns(&|_| Some(Arc::clone(&column)))?;
            if !alternatives.contains(&over_own) {
                alternatives.push(over_own);
            }
        }
        Expr::or(alternatives)
    };
    columns.iter().map(term).collect()
}
