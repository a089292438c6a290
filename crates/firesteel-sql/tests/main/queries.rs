//! Queries: clauses, set operations, FROM.

use firesteel_plan::parsed::*;

use super::{query, select};

#[test]
fn select_items() {
    let select = select(
        "SELECT DISTINCT a, b + 1 c, t.*, * EXCEPT (x, y.z), explode(m) AS (k, v), count(*), `date` AS date FROM t",
    );
    assert!(select.distinct);
    let kinds: Vec<_> = select.projection.iter().map(|item| &item.kind).collect();
    assert!(matches!(kinds[0], SelectItemKind::Expr { alias: None, .. }));
    assert!(matches!(kinds[1], SelectItemKind::Expr { alias: Some(alias), .. } if alias.value == "c"));
    assert!(
        matches!(kinds[2], SelectItemKind::Wildcard { qualifier, except } if qualifier.len() == 1 && except.is_empty())
    );
    assert!(matches!(kinds[3], SelectItemKind::Wildcard { except, .. } if except[1].values() == ["y", "z"]));
    assert!(matches!(kinds[4], SelectItemKind::MultiAlias { aliases, .. } if aliases.len() == 2));
    assert!(matches!(kinds[6], SelectItemKind::Expr { alias: Some(alias), .. } if alias.value == "date"));
}

#[test]
fn all_clauses_in_order() {
    let text = "SELECT /*+ BROADCAST(t, u), REPARTITION(3, a) */ a, sum(b) FROM t WHERE a > 1 GROUP BY a HAVING sum(b) > 2 \
                QUALIFY rank() OVER w = 1 WINDOW w AS (ORDER BY a) ORDER BY a DESC NULLS LAST, b LIMIT 10 OFFSET 5";
    let query = query(text);
    assert!(query.order_by[0].descending && query.order_by[0].nulls_first == Some(false));
    assert_eq!(query.limit.map(|limit| limit.to_string()).as_deref(), Some("10"));
    assert_eq!(query.offset.map(|offset| offset.to_string()).as_deref(), Some("5"));
    assert_eq!(query.span.slice(text), text);
    let QueryBodyKind::Select(select) = query.body.kind else { panic!("no SELECT") };
    assert_eq!(
        select.hints.iter().map(|hint| (hint.name.as_str(), hint.arguments.len())).collect::<Vec<_>>(),
        [("BROADCAST", 2), ("REPARTITION", 2)]
    );
    assert!(select.selection.is_some() && select.having.is_some() && select.qualify.is_some());
    assert_eq!(select.windows[0].name.value, "w");
}

#[test]
fn intersect_binds_tighter_and_chains_are_flat() {
    let QueryBodyKind::SetOperation { first, rest } =
        query("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 MINUS SELECT 4").body.kind
    else {
        panic!("no set operation")
    };
    assert!(matches!(first.kind, QueryBodyKind::Select(_)));
    assert_eq!(
        rest.iter().map(|part| (part.op, part.all)).collect::<Vec<_>>(),
        [(SetOp::Union, true), (SetOp::Except, false)]
    );
    assert!(matches!(&rest[0].body.kind, QueryBodyKind::SetOperation { rest, .. } if rest[0].op == SetOp::Intersect));
}

#[test]
fn other_bodies() {
    assert!(matches!(query("TABLE db.t").body.kind, QueryBodyKind::Table(name) if name.values() == ["db", "t"]));
    let QueryBodyKind::Values(values) = query("VALUES 1, (2), (3, 4)").body.kind else { panic!("no VALUES") };
    assert_eq!(values.rows.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2]);
    assert!(matches!(&select("VALUES (1) AS t(a)").from[0].relation.alias, Some(alias) if alias.columns.len() == 1));
    assert_eq!(select("FROM t").projection.len(), 1);
    assert_eq!(select("FROM t SELECT a, b WHERE a > 1").projection.len(), 2);
    assert!(matches!(query("(SELECT 1) ORDER BY 1").body.kind, QueryBodyKind::Query(_)));
}

#[test]
fn common_tables() {
    let with =
        query("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r), s AS (SELECT 2) SELECT * FROM r").with;
    let with = with.unwrap();
    assert!(with.recursive);
    assert_eq!(with.ctes[0].columns.len(), 1);
    assert_eq!(with.ctes[1].name.value, "s");
}

#[test]
fn joins() {
    let from = select(
        "SELECT * FROM a, b JOIN c ON a.x = c.x LEFT OUTER JOIN d USING (x, y) LEFT SEMI JOIN e ON true NATURAL JOIN f \
         CROSS JOIN g FULL JOIN h ON 1 = 1 RIGHT JOIN LATERAL (SELECT 1) i ON true",
    )
    .from;
    assert_eq!(from.len(), 2);
    let kinds: Vec<_> = from[1].joins.iter().map(|join| join.kind).collect();
    assert_eq!(
        kinds,
        [
            JoinKind::Inner,
            JoinKind::LeftOuter,
            JoinKind::LeftSemi,
            JoinKind::Inner,
            JoinKind::Cross,
            JoinKind::FullOuter,
            JoinKind::RightOuter
        ]
    );
    assert!(matches!(&from[1].joins[1].condition, JoinCondition::Using(columns) if columns.len() == 2));
    assert_eq!(from[1].joins[3].condition, JoinCondition::Natural);
    assert!(matches!(from[1].joins[6].relation.kind, TableFactorKind::Subquery { lateral: true, .. }));
}

#[test]
fn relations() {
    let factor = |text: &str| select(&format!("SELECT * FROM {text}")).from.remove(0).relation;
    let TableFactorKind::Table { name, .. } = factor("parquet.`/data/x.parquet` p").kind else { panic!("no table") };
    assert_eq!(name.values(), ["parquet", "/data/x.parquet"]);
    assert!(matches!(factor("range(10) AS r(i)").kind, TableFactorKind::Function { lateral: false, .. }));
    assert!(
        matches!(factor("VALUES (1, 2), (3, 4) AS t(a, b)").kind, TableFactorKind::Values(values) if values.rows.len() == 2)
    );
    assert!(matches!(factor("(a JOIN b ON true) x").kind, TableFactorKind::Nested(_)));
    assert!(matches!(factor("((SELECT 1)) x").kind, TableFactorKind::Subquery { .. }));
    assert!(matches!(factor("t VERSION AS OF 3").kind, TableFactorKind::Table { as_of: Some(AsOf::Version(_)), .. }));
    assert!(matches!(factor("t TABLESAMPLE (5 ROWS) s").sample, Some(Sample { size: SampleSize::Rows(_), .. })));
    let TableFactorKind::Pivot(pivot) =
        factor("t PIVOT (sum(x) AS s, avg(y) FOR (a, b) IN ((1, 2) AS p, (3, 4)))").kind
    else {
        panic!("no PIVOT")
    };
    assert_eq!((pivot.aggregates.len(), pivot.columns.len(), pivot.values.len()), (2, 2, 2));
    assert!(
        matches!(factor("t UNPIVOT INCLUDE NULLS (v FOR n IN (a, b AS bb))").kind, TableFactorKind::Unpivot(unpivot)
        if unpivot.include_nulls && unpivot.columns.len() == 2)
    );
    assert_eq!(
        select("SELECT * FROM t LATERAL VIEW OUTER explode(a) e AS k, v WHERE k > 1").lateral_views[0].columns.len(),
        2
    );
}

#[test]
fn grouping() {
    let group = |text: &str| select(&format!("SELECT 1 FROM t GROUP BY {text}")).group_by;
    assert!(matches!(group("ALL"), GroupBy::All(_)));
    assert!(matches!(group("ALL HAVING true"), GroupBy::All(_)));
    let GroupBy::Items(items) = group("a, ROLLUP (b, (c, d)), GROUPING SETS ((a, b), a, (), CUBE (x, y))") else {
        panic!("ALL")
    };
    assert!(matches!(&items[1], GroupingItem::Rollup(steps) if steps[1].len() == 2));
    let GroupingItem::GroupingSets(sets) = &items[2] else { panic!("no sets") };
    assert_eq!(sets[2], GroupingSet::Columns(Vec::new()));
    assert!(matches!(&sets[3], GroupingSet::Nested(GroupingItem::Cube(columns)) if columns.len() == 2));
    assert!(
        matches!(group("a, b WITH CUBE"), GroupBy::Items(items) if matches!(&items[0], GroupingItem::Cube(c) if c.len() == 2))
    );
}

#[test]
fn keywords_are_names_where_nothing_else_fits() {
    for text in [
        "SELECT user, year, values, first, table FROM t",
        "SELECT t.select FROM t",
        "SELECT date FROM t date",
        "SELECT count FROM t",
        "SELECT a AS from FROM t",
        "SELECT limit FROM t limit 1",
        "SELECT case FROM t",
        "SELECT map FROM map",
    ] {
        query(text);
    }
}
