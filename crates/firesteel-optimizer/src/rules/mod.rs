//! One rule, one file: its module doc shows the rewrite, its constant `RULE` goes into a batch of [`crate::batches`].

pub mod aggregate_before_expand;
pub mod answer_from_statistics;
pub mod collapse_projects;
pub mod combine_filters;
pub mod combine_unions;
pub mod common_tables;
pub mod derive_from_or;
pub mod eliminate_filter;
pub mod eliminate_outer_join;
pub mod estimate_common_tables;
pub mod extract_join_keys;
pub mod filter_common_tables;
pub mod fold_constants;
pub mod infer_filters;
pub mod infer_window_group_limit;
pub mod limit_recursion;
pub mod propagate_constants;
pub mod propagate_empty;
pub mod prove_arithmetic;
pub mod prune_columns;
pub mod pull_up_projects;
pub mod push_down_filter;
pub mod push_down_limit;
pub mod push_filter_into_read;
pub mod recognize_anti_join;
pub mod remove_aggregates;
pub mod remove_joins;
pub mod remove_projects;
pub mod remove_sorts;
pub mod reorder_joins;
pub mod share_subplans;
pub mod simplify_aggregates;
pub mod simplify_booleans;
pub mod simplify_conditionals;
pub mod simplify_in;
pub mod simplify_limits;
pub mod split_distinct;
pub mod unnest_subqueries;
pub mod unwrap_casts;

/// What every rule needs.
pub(crate) mod prelude {
    pub(crate) use std::sync::Arc;

    pub(crate) use firesteel_common::{ColumnId, Result};
    pub(crate) use firesteel_expr::{Expr, ExprRef, Literal};
    pub(crate) use firesteel_plan::logical::{
        Aggregate, Expand, Filter, Generate, Join, JoinKey, JoinKind, Limit, Node, NodeKinds, Project, Relation,
        Sample, Sort, Union, Values, Window, WindowGroupLimit,
    };
    pub(crate) use firesteel_plan::{LogicalPlan, PlanRef};

    pub(crate) use crate::rule::{Rule, RuleContext, Traversal};
}
