//! Every batch of the logical optimizer, in order, with its reason: those for the whole query ([`ALL`]), and those for what
//! is left of it when a part has run ([`REST`]).

use crate::rule::{Batch, Rule, Strategy};
use crate::rules::*;

const UNTIL_SETTLED: Strategy = Strategy::FixedPoint { iterations_max: 50 };

/// Expressions get simpler, rows disappear early, columns are computed once. Rules feed each other: a folded constant empties
/// a filter, a pushed filter meets another.
const SIMPLIFY_AND_PUSH_DOWN: &[Rule] = &[
    fold_constants::RULE,
    propagate_constants::RULE,
    simplify_conditionals::RULE,
    simplify_booleans::RULE,
    simplify_in::RULE,
    prove_arithmetic::RULE,
    unwrap_casts::RULE,
    eliminate_filter::RULE,
    combine_filters::RULE,
    collapse_projects::RULE,
    pull_up_projects::RULE,
    push_down_filter::RULE,
    eliminate_outer_join::RULE,
    recognize_anti_join::RULE,
    extract_join_keys::RULE,
    propagate_empty::RULE,
    combine_unions::RULE,
    simplify_limits::RULE,
    limit_recursion::RULE,
    push_down_limit::RULE,
    simplify_aggregates::RULE,
    remove_aggregates::RULE,
    remove_joins::RULE,
    remove_sorts::RULE,
];

/// Needs every predicate at its place; what it builds is final but for what later batches drop.
const ORDER_JOINS: Batch = Batch { name: "order joins", strategy: Strategy::ByCost, rules: &[reorder_joins::RULE] };

/// Reordering leaves projections that restore column order; nobody above cares for it.
const CLEAN_UP: Batch = Batch {
    name: "clean up",
    strategy: UNTIL_SETTLED,
    rules: &[collapse_projects::RULE, push_down_filter::RULE, extract_join_keys::RULE, remove_projects::RULE],
};

pub const ALL: &[Batch] = &[
    // What looks at a query around it has to be where it looks before that query is unnested.
    Batch { name: "common tables", strategy: Strategy::Once, rules: &[common_tables::RULE] },
    // Early, so that no other rule has to know of sides that look at each other.
    Batch { name: "unnest", strategy: Strategy::Once, rules: &[unnest_subqueries::RULE] },
    Batch { name: "simplify and push down", strategy: UNTIL_SETTLED, rules: SIMPLIFY_AND_PUSH_DOWN },
    // Needs keys and filters at their places, and gives more filters to push down. Apart from pushing down, so that what is
    // inferred is seen where it was put and not inferred again.
    Batch {
        name: "infer",
        strategy: UNTIL_SETTLED,
        rules: &[derive_from_or::RULE, infer_filters::RULE, answer_from_statistics::RULE],
    },
    Batch { name: "push down what was inferred", strategy: UNTIL_SETTLED, rules: SIMPLIFY_AND_PUSH_DOWN },
    // Equal parts are equal only where all that can be pushed down was.
    Batch { name: "share", strategy: Strategy::Once, rules: &[share_subplans::RULE] },
    // Now every reader's filters lie on its reference; what the definitions get of them moves on in the batch after.
    Batch { name: "filter common tables", strategy: Strategy::Once, rules: &[filter_common_tables::RULE] },
    Batch { name: "simplify common tables", strategy: UNTIL_SETTLED, rules: SIMPLIFY_AND_PUSH_DOWN },
    // Definitions are what they will be, but for the order of their joins.
    Batch { name: "estimate common tables", strategy: Strategy::Once, rules: &[estimate_common_tables::RULE] },
    // Bounds of what common tables give are known only now.
    Batch {
        name: "keys by bounds",
        strategy: UNTIL_SETTLED,
        rules: &[prove_arithmetic::RULE, push_down_filter::RULE, extract_join_keys::RULE],
    },
    ORDER_JOINS,
    CLEAN_UP,
    // Once all else about aggregates is settled; each level is then pruned by itself.
    Batch {
        name: "split aggregates",
        strategy: Strategy::Once,
        rules: &[split_distinct::RULE, aggregate_before_expand::RULE],
    },
    // Before pruning: what ranks a window has is known best where none has been dropped.
    Batch { name: "limit windows", strategy: Strategy::Once, rules: &[infer_window_group_limit::RULE] },
    // Last of the rewrites, so that nothing brings back what was pruned.
    Batch { name: "prune", strategy: Strategy::Once, rules: &[prune_columns::RULE] },
    // Readers apply what they can before they decode the rest. After pruning: filters need no output column.
    Batch { name: "filters into reads", strategy: Strategy::Once, rules: &[push_filter_into_read::RULE] },
];

/// What finished stages can change: parts that turned out to give nothing, and the order of joins.
pub const REST: &[Batch] = &[
    Batch {
        name: "parts without rows",
        strategy: UNTIL_SETTLED,
        rules: &[
            propagate_empty::RULE,
            fold_constants::RULE,
            simplify_booleans::RULE,
            eliminate_filter::RULE,
            collapse_projects::RULE,
            combine_unions::RULE,
            simplify_limits::RULE,
        ],
    },
    ORDER_JOINS,
    CLEAN_UP,
    // Filters that moved down to a table are its reader's again.
    Batch { name: "filters into reads", strategy: Strategy::Once, rules: &[push_filter_into_read::RULE] },
];
