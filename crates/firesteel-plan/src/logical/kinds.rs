//! Node kinds as bits: a rule says which it looks for, and subtrees without them are not visited.

use std::ops::BitOr;

use super::Node;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NodeKinds(u32);

impl NodeKinds {
    pub const RELATION: NodeKinds = NodeKinds(1);
    pub const VALUES: NodeKinds = NodeKinds(1 << 1);
    pub const MATERIALIZED: NodeKinds = NodeKinds(1 << 2);
    pub const PROJECT: NodeKinds = NodeKinds(1 << 3);
    pub const FILTER: NodeKinds = NodeKinds(1 << 4);
    pub const AGGREGATE: NodeKinds = NodeKinds(1 << 5);
    pub const JOIN: NodeKinds = NodeKinds(1 << 6);
    pub const SORT: NodeKinds = NodeKinds(1 << 7);
    pub const LIMIT: NodeKinds = NodeKinds(1 << 8);
    pub const UNION: NodeKinds = NodeKinds(1 << 9);
    pub const DEPENDENT_JOIN: NodeKinds = NodeKinds(1 << 10);
    pub const COMMON_TABLES: NodeKinds = NodeKinds(1 << 11);
    pub const COMMON_TABLE_SCAN: NodeKinds = NodeKinds(1 << 12);
    pub const GENERATE: NodeKinds = NodeKinds(1 << 15);
    pub const RANGE: NodeKinds = NodeKinds(1 << 16);
    pub const RECURSION: NodeKinds = NodeKinds(1 << 20);
    pub const WORKING_TABLE: NodeKinds = NodeKinds(1 << 21);
    pub const EXPAND: NodeKinds = NodeKinds(1 << 13);
    pub const WINDOW: NodeKinds = NodeKinds(1 << 14);
    pub const SAMPLE: NodeKinds = NodeKinds(1 << 22);
    pub const WINDOW_GROUP_LIMIT: NodeKinds = NodeKinds(1 << 23);
    pub const ALL: NodeKinds = NodeKinds(u32::MAX);

    /// Either set's kinds, in constants.
    pub const fn or(self, other: NodeKinds) -> NodeKinds {
        NodeKinds(self.0 | other.0)
    }

    pub fn intersects(self, other: NodeKinds) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for NodeKinds {
    type Output = NodeKinds;
    fn bitor(self, other: NodeKinds) -> NodeKinds {
        self.or(other)
    }
}

impl Node {
    /// This node's own bit.
    pub fn kind(&self) -> NodeKinds {
        match self {
            Node::Relation(_) => NodeKinds::RELATION,
            Node::Values(_) => NodeKinds::VALUES,
            Node::Materialized(_) => NodeKinds::MATERIALIZED,
            Node::Project(_) => NodeKinds::PROJECT,
            Node::Filter(_) => NodeKinds::FILTER,
            Node::Aggregate(_) => NodeKinds::AGGREGATE,
            Node::Join(_) => NodeKinds::JOIN,
            Node::DependentJoin(_) => NodeKinds::DEPENDENT_JOIN,
            Node::CommonTables(_) => NodeKinds::COMMON_TABLES,
            Node::CommonTableScan(_) => NodeKinds::COMMON_TABLE_SCAN,
            Node::Sort(_) => NodeKinds::SORT,
            Node::Limit(_) => NodeKinds::LIMIT,
            Node::Union(_) => NodeKinds::UNION,
            Node::Generate(_) => NodeKinds::GENERATE,
            Node::Range(_) => NodeKinds::RANGE,
            Node::Recursion(_) => NodeKinds::RECURSION,
            Node::Sample(_) => NodeKinds::SAMPLE,
            Node::WorkingTable(_) => NodeKinds::WORKING_TABLE,
            Node::Expand(_) => NodeKinds::EXPAND,
            Node::Window(_) => NodeKinds::WINDOW,
            Node::WindowGroupLimit(_) => NodeKinds::WINDOW_GROUP_LIMIT,
        }
    }
}
