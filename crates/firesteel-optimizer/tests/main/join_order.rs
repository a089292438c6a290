//! Whatever order joins are brought into, the rows stay the same: random trees of joins of every kind over tiny relations
//! with NULLs, computed by the book before and after.

use std::sync::Arc;

use firesteel_common::settings::Settings;
use firesteel_common::{ColumnId, ColumnIds, SqlType};
use firesteel_expr::{EvalContext, Expr, ExprKind, ExprRef, Literal};
use firesteel_optimizer::executor::apply;
use firesteel_optimizer::rules::{eliminate_outer_join, extract_join_keys, reorder_joins};
use firesteel_plan::logical::{Join, JoinKind, Node, Values};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef, validate};

type Row = Vec<Option<i64>>;

/// A small generator of numbers (xorshift), the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Two columns of small numbers and NULLs.
fn relation(random: &mut Random, ids: &ColumnIds) -> PlanRef {
    let columns = ["x", "y"].map(|name| PlanColumn { id: ids.fresh(name), data_type: SqlType::BigInt, nullable: true });
    let rows = 1 + random.below(5);
    let mut value = || match random.below(5) {
        0 => Expr::literal(Literal::null(SqlType::BigInt)),
        number => Expr::literal(Literal::bigint(number as i64)),
    };
    let rows = (0..rows).map(|_| vec![value(), value()]).collect::<Vec<_>>();
    LogicalPlan::new(Node::Values(Values { columns: columns.to_vec(), rows }))
}

/// A tree over so many relations.
fn tree(random: &mut Random, ids: &ColumnIds, relations: usize) -> PlanRef {
    if relations == 1 {
        return relation(random, ids);
    }
    let left = 1 + random.below(relations - 1);
    let (left, right) = (tree(random, ids, left), tree(random, ids, relations - left));
    let kinds = [
        JoinKind::Inner,
        JoinKind::Inner,
        JoinKind::Inner,
        JoinKind::Left,
        JoinKind::Left,
        JoinKind::Right,
        JoinKind::Full,
        JoinKind::LeftSemi,
        JoinKind::LeftAnti,
    ];
    let kind = kinds[random.below(kinds.len())];
    let mut pick = |side: &PlanRef| {
        let columns = &side.schema().columns;
        columns[random.below(columns.len())].to_expr()
    };
    let terms = [(pick(&left), pick(&right)), (pick(&left), pick(&right))];
    let names = ["=", "=", "=", "<", "<=>"];
    let count = 1 + random.below(2);
    let terms = terms.into_iter().take(count).enumerate().map(|(at, (l, r))| {
        let name = if at == 0 { "=" } else { names[random.below(names.len())] };
        Expr::call_named(name, vec![l, r]).expect("a comparison")
    });
    let filter = Some(Expr::and(terms.collect()).expect("a condition"));
    LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter }))
}

fn value(expr: &Expr, ids: &[ColumnId], row: &Row) -> Option<i64> {
    match &expr.kind {
        ExprKind::Column(id) => row[ids.iter().position(|known| known == id).expect("a bound column")],
        ExprKind::Literal(literal) => literal.as_integer(),
        ExprKind::Call(function, args) => {
            let values: Vec<_> = args.iter().map(|arg| value(arg, ids, row)).collect();
            let compare = |test: fn(i64, i64) -> bool| Some(i64::from(test(values[0]?, values[1]?)));
            match function.name {
                "=" => compare(|a, b| a == b),
                "<" => compare(|a, b| a < b),
                "<=>" => Some(i64::from(values[0] == values[1])),
                // Only whether it is TRUE counts.
                "and" => Some(i64::from(values.iter().all(|value| *value == Some(1)))),
                other => panic!("{other}"),
            }
        }
        ExprKind::Cast(..) | ExprKind::Lambda(..) => panic!("{expr}"),
    }
}

fn rows(plan: &PlanRef) -> Vec<Row> {
    let ids = plan.schema().ids();
    match &plan.node {
        Node::Values(values) => {
            let row = |row: &Vec<ExprRef>| row.iter().map(|expr| value(expr, &ids, &Vec::new())).collect();
            values.rows.iter().map(row).collect()
        }
        Node::Project(project) => {
            let below = project.input.schema().ids();
            let row = |row: &Row| project.exprs.iter().map(|(_, expr)| value(expr, &below, row)).collect();
            rows(&project.input).iter().map(row).collect()
        }
        Node::Join(join) => joined(join),
        other => panic!("{other:?}"),
    }
}

fn joined(join: &Join) -> Vec<Row> {
    let (left, right) = (rows(&join.left), rows(&join.right));
    let ids = [join.left.schema().ids(), join.right.schema().ids()].concat();
    let mut terms: Vec<ExprRef> = join.filter.iter().cloned().collect();
    for key in &join.keys {
        terms.push(key.to_expr().expect("an equality"));
    }
    let matches = |l: &Row, r: &Row| {
        let row = [l.clone(), r.clone()].concat();
        terms.iter().all(|term| value(term, &ids, &row) == Some(1))
    };
    let nothing = |side: &PlanRef| vec![None; side.schema().len()];
    let mut out = Vec::new();
    for l in &left {
        let partners: Vec<_> = right.iter().filter(|r| matches(l, r)).collect();
        match join.kind {
            JoinKind::LeftSemi if !partners.is_empty() => out.push(l.clone()),
            JoinKind::LeftAnti if partners.is_empty() => out.push(l.clone()),
            JoinKind::LeftSemi | JoinKind::LeftAnti => {}
            kind => {
                out.extend(partners.iter().map(|r| [l.clone(), (*r).clone()].concat()));
                if partners.is_empty() && kind.keeps_left() {
                    out.push([l.clone(), nothing(&join.right)].concat());
                }
            }
        }
    }
    if join.kind.keeps_right() {
        let alone = right.iter().filter(|r| !left.iter().any(|l| matches(l, r)));
        out.extend(alone.map(|r| [nothing(&join.left), r.clone()].concat()));
    }
    out
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

#[test]
fn any_order_gives_the_same_rows() {
    let mut changed = 0;
    for seed in 1..=4000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.below(2);
        let ids = ColumnIds::default();
        let relations = 3 + random.below(4);
        let written = tree(&mut random, &ids, relations);
        let context = firesteel_optimizer::context(&ids, &Settings::default(), &Arc::new(EvalContext::default()));
        let mut plan = Arc::clone(&written);
        for rule in [&extract_join_keys::RULE, &eliminate_outer_join::RULE] {
            plan = apply(rule, &plan, &context).expect("a plan");
        }
        let ordered = apply(&reorder_joins::RULE, &plan, &context).expect("a plan");
        validate::check(&ordered).expect("a valid plan");
        validate::check_same_output(written.schema(), ordered.schema()).expect("the same columns");
        changed += usize::from(!Arc::ptr_eq(&plan, &ordered));
        assert_eq!(sorted(rows(&written)), sorted(rows(&ordered)), "seed {seed}:\n{written:?}\nbecame\n{ordered:?}");
    }
    assert!(changed > 400, "only {changed} were reordered");
}
