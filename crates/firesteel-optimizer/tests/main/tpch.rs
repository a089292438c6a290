//! TPC-H at scale 1, as its footers would tell, and the order in which its queries join.

use std::sync::Arc;

use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, MemoryCatalog, Source};
use firesteel_common::SqlType;
use firesteel_plan::logical::{Join, Node};
use firesteel_plan::{LogicalPlan, PlanRef};
use insta::assert_snapshot;

use crate::harness::{analyzed, table_of};

/// A column: its type by the first letter of `kind` (i, d, s, n for INT, DATE, STRING, DECIMAL), distinct values, bounds.
type Column = (&'static str, char, f64, i32, i32);

pub(crate) fn register(catalog: &MemoryCatalog) {
    let tables: [(&str, f64, &[Column]); 8] = [
        ("region", 5.0, &[("r_regionkey", 'i', 5.0, 0, 4), ("r_name", 's', 5.0, 0, 0)]),
        (
            "nation",
            25.0,
            &[("n_nationkey", 'i', 25.0, 0, 24), ("n_name", 's', 25.0, 0, 0), ("n_regionkey", 'i', 5.0, 0, 4)],
        ),
        (
            "supplier",
            1e4,
            &[
                ("s_suppkey", 'i', 1e4, 1, 10_000),
                ("s_name", 's', 1e4, 0, 0),
                ("s_nationkey", 'i', 25.0, 0, 24),
                ("s_acctbal", 'n', 1e4, 0, 0),
            ],
        ),
        (
            "customer",
            1.5e5,
            &[
                ("c_custkey", 'i', 1.5e5, 1, 150_000),
                ("c_nationkey", 'i', 25.0, 0, 24),
                ("c_mktsegment", 's', 5.0, 0, 0),
            ],
        ),
        (
            "part",
            2e5,
            &[
                ("p_partkey", 'i', 2e5, 1, 200_000),
                ("p_name", 's', 2e5, 0, 0),
                ("p_mfgr", 's', 5.0, 0, 0),
                ("p_type", 's', 150.0, 0, 0),
                ("p_size", 'i', 50.0, 1, 50),
                ("p_brand", 's', 25.0, 0, 0),
            ],
        ),
        (
            "partsupp",
            8e5,
            &[
                ("ps_partkey", 'i', 2e5, 1, 200_000),
                ("ps_suppkey", 'i', 1e4, 1, 10_000),
                ("ps_supplycost", 'n', 1e5, 0, 0),
            ],
        ),
        (
            "orders",
            1.5e6,
            &[
                ("o_orderkey", 'i', 1.5e6, 1, 6_000_000),
                ("o_custkey", 'i', 1e5, 1, 149_999),
                ("o_orderstatus", 's', 3.0, 0, 0),
                ("o_orderdate", 'd', 2406.0, 8035, 10_440),
            ],
        ),
        (
            "lineitem",
            6_001_215.0,
            &[
                ("l_orderkey", 'i', 1.5e6, 1, 6_000_000),
                ("l_partkey", 'i', 2e5, 1, 200_000),
                ("l_suppkey", 'i', 1e4, 1, 10_000),
                ("l_quantity", 'n', 50.0, 0, 0),
                ("l_extendedprice", 'n', 9e5, 0, 0),
                ("l_discount", 'n', 11.0, 0, 0),
                ("l_shipdate", 'd', 2526.0, 8036, 10_561),
                ("l_commitdate", 'd', 2466.0, 8065, 10_530),
                ("l_receiptdate", 'd', 2554.0, 8037, 10_591),
            ],
        ),
    ];
    for (name, rows, columns) in tables {
        let columns = columns.iter().map(|column| (column.0, data_type(column), statistics(column)));
        catalog.register_table(name, table_of(rows, columns.collect()));
    }
}

fn data_type(column: &Column) -> SqlType {
    match column.1 {
        'i' => SqlType::Int,
        'd' => SqlType::Date,
        'n' => SqlType::decimal(15, 2),
        _ => SqlType::STRING,
    }
}

fn statistics((_, kind, distinct, min, max): &Column) -> ColumnStatistics {
    let bound = |value: i32| match kind {
        'i' => Some(ScalarValue::Int32(Some(value))),
        'd' => Some(ScalarValue::Date32(Some(value))),
        _ => None,
    };
    ColumnStatistics {
        min: bound(*min),
        max: bound(*max),
        nulls: Some(Estimate::exact(0.0)),
        distinct: Some(Estimate { value: *distinct, source: Source::Measured }),
        ..ColumnStatistics::default()
    }
}

/// The joins of a plan, one a line, deeper ones further right: `kind rows`, then its sides.
fn joins(plan: &LogicalPlan, depth: usize, out: &mut String) {
    match &plan.node {
        Node::Join(Join { kind, left, right, .. }) => {
            let rows = plan.statistics().rows.value;
            out.push_str(&format!("{:width$}{} join, {rows:.0} rows\n", "", kind.name(), width = 2 * depth));
            joins(left, depth + 1, out);
            joins(right, depth + 1, out);
        }
        Node::Relation(relation) => {
            let rows = plan.statistics().rows.value;
            out.push_str(&format!("{:width$}{}, {rows:.0} rows\n", "", relation.name, width = 2 * depth));
        }
        _ => plan.children().into_iter().for_each(|child| joins(child, depth, out)),
    }
}

fn join_order(sql: &str) -> String {
    let (plan, context) = analyzed(sql);
    let (plan, _): (PlanRef, _) = firesteel_optimizer::optimize(&plan, &context).expect(sql);
    let mut out = String::new();
    joins(&Arc::clone(&plan), 0, &mut out);
    out
}

macro_rules! query {
    ($file:literal) => {
        include_str!(concat!("../../../../benches/queries/tpch/", $file))
    };
}

#[test]
fn q02_joins_suppliers_of_the_region_to_parts_of_the_kind() {
    assert_snapshot!(join_order(
        "SELECT s_acctbal FROM part, supplier, partsupp, nation, region
         WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 15 AND p_type LIKE '%BRASS'
           AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'"
    ));
}

#[test]
fn q03() {
    assert_snapshot!(join_order(
        "SELECT l_orderkey, o_orderdate FROM customer, orders, lineitem
         WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
           AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'"
    ));
}

#[test]
fn q05() {
    assert_snapshot!(join_order(query!("q05.sql")));
}

#[test]
fn q07() {
    assert_snapshot!(join_order(query!("q07.sql")));
}

#[test]
fn q08() {
    assert_snapshot!(join_order(query!("q08.sql")));
}

#[test]
fn q09() {
    assert_snapshot!(join_order(query!("q09.sql")));
}

#[test]
fn q21_with_its_subqueries_as_joins() {
    assert_snapshot!(join_order(
        "SELECT s_name FROM supplier
         JOIN lineitem l1 ON s_suppkey = l1.l_suppkey
         JOIN orders ON o_orderkey = l1.l_orderkey
         JOIN nation ON s_nationkey = n_nationkey
         LEFT SEMI JOIN lineitem l2 ON l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey != l1.l_suppkey
         LEFT ANTI JOIN lineitem l3
           ON l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey != l1.l_suppkey AND l3.l_receiptdate > l3.l_commitdate
         WHERE o_orderstatus = 'F' AND l1.l_receiptdate > l1.l_commitdate AND n_name = 'SAUDI ARABIA'"
    ));
}
