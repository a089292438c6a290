//! Tables, and functions that show plans as text with ids renumbered in the order in which they appear.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion_common::ScalarValue;
use firesteel_analyzer::AnalyzerContext;
use firesteel_catalog::{ColumnStatistics, Estimate, MemoryCatalog, ScanSource, Table, TableColumn, TableStatistics};
use firesteel_common::settings::Settings;
use firesteel_common::{ColumnIds, Result, SqlType};
use firesteel_expr::EvalContext;
use firesteel_expr::registry::SessionFunctions;
use firesteel_optimizer::rule::{Batch, Rule, Strategy};
use firesteel_optimizer::{RuleContext, RuleExecutor};
use firesteel_plan::parsed::{Query, StatementKind};
use firesteel_plan::{PhysicalRef, PlanRef, explain};

#[derive(Debug)]
struct TestTable {
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
}

impl Table for TestTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }
    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }
    fn source(&self) -> ScanSource {
        ScanSource { reader: Arc::from("test"), splits: Arc::from([]), options: Arc::from([]) }
    }
    fn provider(&self) -> &str {
        "test"
    }
}

/// Integers from 1 to the number of rows; nothing is known of texts.
fn table(columns: &[(&str, SqlType)], rows: f64) -> Arc<dyn Table> {
    let bounds = |data_type: &SqlType| match data_type {
        SqlType::Int => ColumnStatistics {
            min: Some(ScalarValue::Int32(Some(1))),
            max: Some(ScalarValue::Int32(Some(rows as i32))),
            ..ColumnStatistics::default()
        },
        _ => ColumnStatistics::default(),
    };
    table_of(rows, columns.iter().map(|(name, data_type)| (*name, data_type.clone(), bounds(data_type))).collect())
}

pub(crate) fn table_of(rows: f64, columns: Vec<(&str, SqlType, ColumnStatistics)>) -> Arc<dyn Table> {
    let column = |(name, data_type, _): &(&str, SqlType, ColumnStatistics)| TableColumn {
        name: Arc::from(*name),
        data_type: data_type.clone(),
        nullable: true,
        comment: None,
    };
    Arc::new(TestTable {
        columns: columns.iter().map(column).collect(),
        statistics: TableStatistics {
            rows: Estimate::exact(rows),
            bytes: Estimate::exact(rows * 100.0),
            columns: columns.into_iter().map(|(_, _, statistics)| statistics).collect(),
        },
    })
}

/// t and u of 1,000 rows, big of a million, small of ten; and the tables of TPC-H.
fn catalog() -> MemoryCatalog {
    use SqlType::Int;
    let catalog = MemoryCatalog::default();
    catalog.register_table("t", table(&[("a", Int), ("b", Int), ("s", SqlType::STRING)], 1e3));
    catalog.register_table("u", table(&[("k", Int), ("v", Int)], 1e3));
    catalog.register_table("big", table(&[("id", Int), ("x", Int), ("y", Int)], 1e6));
    catalog.register_table("small", table(&[("id", Int), ("name", SqlType::STRING)], 10.0));
    crate::tpch::register(&catalog);
    catalog
}

fn parse(text: &str) -> Result<Query> {
    match firesteel_sql::parse_statement(text)?.kind {
        StatementKind::Query(query) => Ok(*query),
        other => panic!("{other:?} is no query"),
    }
}

pub(crate) fn analyzed(sql: &str) -> (PlanRef, RuleContext) {
    firesteel_functions::install();
    let (ids, eval) = (ColumnIds::default(), Arc::new(EvalContext::default()));
    let catalog = catalog();
    let context = AnalyzerContext {
        catalog: &catalog,
        functions: &SessionFunctions::default(),
        variables: &firesteel_analyzer::Variables::default(),
        parse_query: &parse,
        ids: ids.clone(),
        settings: Settings::default(),
        eval: Arc::clone(&eval),
    };
    let query = parse(sql).expect(sql);
    let plan = firesteel_analyzer::analyze(&query, &context).expect(sql).plan;
    (plan, firesteel_optimizer::context(&ids, &Settings::default(), &eval))
}

/// The plan after running only these rules, to a fixed point.
pub(crate) fn after(rules: &'static [Rule], sql: &str) -> String {
    let (plan, context) = analyzed(sql);
    let batch =
        Box::leak(Box::new([Batch { name: "test", strategy: Strategy::FixedPoint { iterations_max: 20 }, rules }]));
    let (plan, _) = RuleExecutor::new(batch).run(&plan, &context).expect(sql);
    renumbered(&explain::logical(&plan, &context.ids))
}

/// The plan after all batches.
pub(crate) fn optimized(sql: &str) -> String {
    let (plan, context) = analyzed(sql);
    let (plan, _) = firesteel_optimizer::optimize(&plan, &context).expect(sql);
    renumbered(&explain::logical(&plan, &context.ids))
}

pub(crate) fn physical_plan(sql: &str) -> PhysicalRef {
    let (plan, context) = analyzed(sql);
    let (plan, _) = firesteel_optimizer::optimize(&plan, &context).expect(sql);
    firesteel_optimizer::plan_physical(&plan, &context).expect(sql)
}

pub(crate) fn physical(sql: &str) -> String {
    let (plan, context) = analyzed(sql);
    let (plan, _) = firesteel_optimizer::optimize(&plan, &context).expect(sql);
    let plan = firesteel_optimizer::plan_physical(&plan, &context).expect(sql);
    renumbered(&explain::physical(&plan, &context.ids, &|_| None))
}

/// `a#17` becomes `a#1`, whatever the counter said.
fn renumbered(text: &str) -> String {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        rest = &rest[digits.len()..];
        let next = known.len();
        out.push_str(&known.entry(digits).or_insert(next).to_string());
    }
    out.push_str(rest);
    out
}

/// Each statement, its plan as analyzed, and its plan after the rules: a rule's behaviour as one snapshot.
pub(crate) fn cases(rules: &'static [Rule], statements: &[&str]) -> String {
    let case = |sql: &&str| {
        let (plan, context) = analyzed(sql);
        let before = renumbered(&explain::logical(&plan, &context.ids));
        format!("{sql}\n\n{before}=>\n{}", after(rules, sql))
    };
    statements.iter().map(case).collect::<Vec<_>>().join("\n----\n\n")
}
