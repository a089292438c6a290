//! Plans on the wire: postcard over a flat list of nodes with child indices, shared nodes once.

use std::sync::Arc;

use firesteel_catalog::Estimate;
use firesteel_common::{Error, Result, internal};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::{PhysicalOp, PhysicalPlan, PhysicalRef};
use crate::schema::Schema;

#[derive(Serialize, Deserialize)]
struct WireNode {
    op: PhysicalOp,
    schema: Schema,
    rows: Estimate,
    /// Places of the children in the list; all smaller than this node's own.
    children: Vec<u32>,
}

/// The plan as bytes. The logical nodes it implements stay behind.
pub fn encode(plan: &PhysicalRef) -> Result<Vec<u8>> {
    let mut nodes = Vec::new();
    flatten(plan, &mut nodes, &mut HashMap::new());
    postcard::to_stdvec(&nodes).map_err(|error| internal!("a plan cannot be written: {error}"))
}

fn flatten(plan: &PhysicalRef, nodes: &mut Vec<WireNode>, places: &mut HashMap<*const PhysicalPlan, u32>) -> u32 {
    if let Some(place) = places.get(&Arc::as_ptr(plan)) {
        return *place;
    }
    let children = plan.children.iter().map(|child| flatten(child, nodes, places)).collect();
    nodes.push(WireNode { op: plan.op.clone(), schema: Schema::clone(&plan.schema), rows: plan.rows, children });
    let place = nodes.len() as u32 - 1;
    places.insert(Arc::as_ptr(plan), place);
    place
}

/// The plan that [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<PhysicalRef> {
    let broken = |what: &str| -> Error { internal!("a plan that arrived is broken: {what}") };
    let nodes: Vec<WireNode> = postcard::from_bytes(bytes).map_err(|error| broken(&error.to_string()))?;
    let mut built: Vec<PhysicalRef> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let child = |place: &u32| built.get(*place as usize).cloned().ok_or_else(|| broken("a child after its parent"));
        let children = node.children.iter().map(child).collect::<Result<_>>()?;
        built.push(PhysicalPlan::new(node.op, children, Arc::new(node.schema), node.rows));
    }
    built.pop().ok_or_else(|| broken("no nodes"))
}
