//! What becomes of a query's rest when its finished stages gave other rows than expected. The job is told the rows; nothing
//! runs.

use std::sync::Arc;
use std::time::Duration;

use firesteel::planning::Planned;
use firesteel::sql::parse_statement;
use firesteel_common::ColumnIds;
use firesteel_optimizer::physical::ADAPTIVE_ROWS_MIN;
use firesteel_plan::parsed::StatementKind;
use firesteel_plan::physical::StageId;
use firesteel_plan::{PhysicalRef, explain};
use firesteel_scheduler::{Action, Event, Job, Rest, TaskSpec, cut};

/// A job, and the tasks that it has started and that have not ended.
struct History {
    job: Job,
    ids: ColumnIds,
    running: Vec<TaskSpec>,
}

impl History {
    fn of(sql: &str) -> Self {
        let session = crate::dataframe::session();
        session.set(ADAPTIVE_ROWS_MIN.key, "0").expect("a setting");
        let StatementKind::Query(query) = parse_statement(sql).expect(sql).kind else { panic!("{sql}") };
        let Planned { optimized, physical, ids, .. } = session.plan(&query).expect(sql);
        let context = firesteel_optimizer::context(&ids, &session.settings(), &Arc::default());
        let job = Job::new(cut(&physical, StageId(0))).with_rest(Rest::new(optimized, physical, context));
        let mut history = Self { job, ids, running: Vec::new() };
        history.tell(Event::Started);
        history
    }

    fn tell(&mut self, event: Event) {
        for action in self.job.handle(event, Duration::ZERO) {
            match action {
                Action::Run(task) => self.running.push(task),
                Action::Failed(error) => panic!("{error}"),
                Action::Cancel(_) | Action::Release(_) | Action::Finished => {}
            }
        }
    }

    /// The running stage whose plan contains `text` has given so many rows.
    fn gave(&mut self, text: &str, rows: u64) {
        let at = self.running.iter().position(|task| self.show(&task.plan).contains(text));
        let task = self.running.remove(at.unwrap_or_else(|| panic!("no stage with {text:?} runs: {:?}", self.plans())));
        self.tell(Event::TaskFinished { key: task.key, rows, bytes: 100 * rows });
    }

    fn show(&self, plan: &PhysicalRef) -> String {
        explain::physical(plan, &self.ids, &|_| None)
    }

    /// Of the stages that run.
    fn plans(&self) -> Vec<String> {
        self.running.iter().map(|task| self.show(&task.plan)).collect()
    }

    fn last(&self) -> String {
        assert_eq!(self.running.len(), 1, "{:?}", self.plans());
        self.plans().remove(0)
    }
}

const TWO_GROUPINGS: &str = "SELECT count(*) FROM (SELECT id % 1000 AS a, sum(id) AS s FROM range(1000000) GROUP BY 1) \
                             JOIN (SELECT id % 10 AS b, sum(id) AS t FROM range(1000000) WHERE id % 3 = 1 GROUP BY 1) ON a = b";

#[test]
fn a_build_that_turned_out_large_probes() {
    let mut history = History::of(TWO_GROUPINGS);
    history.gave("% 10", 5_000_000);
    let replanned = &history.job.replanned()[0];
    assert!(
        history.show(&replanned.before).contains("HashJoin Inner, BuildRight"),
        "{}",
        history.show(&replanned.before)
    );
    assert_eq!((replanned.learned[0].stage, replanned.learned[0].rows), (StageId(0), 5_000_000));
    // The other side is the build now, and a stage of its own; the first one is read, not run again.
    history.gave("% 1000", 1_000);
    let last = history.last();
    assert!(last.contains("HashJoin Inner, BuildLeft") && last.contains("StageInput stage 0"), "{last}");
}

#[test]
fn a_plan_that_was_right_stays() {
    let mut history = History::of(TWO_GROUPINGS);
    let expected = history.running[0].plan.rows.value;
    history.gave("% 10", expected as u64);
    assert!(history.job.replanned().is_empty());
    assert!(history.last().contains("BuildRight"));
}

#[test]
fn what_reads_a_stage_without_rows_does_not_run() {
    let mut history = History::of(TWO_GROUPINGS);
    history.gave("% 10", 0);
    let last = history.last();
    assert!(last.contains("LocalTableScan 0 rows") && !last.contains("Range"), "{last}");
}

#[test]
fn an_outer_join_keeps_its_rows() {
    let sql = TWO_GROUPINGS.replace("JOIN", "LEFT JOIN").replace("SELECT count(*)", "SELECT s, t");
    let mut history = History::of(&sql);
    history.gave("% 10", 0);
    let last = history.last();
    assert!(!last.contains("HashJoin") && last.contains("1000000 rows"), "{last}");
}

/// Whether the first build is joined first, or the other one, is decided by what the first one gave.
#[test]
fn joins_change_their_order() {
    let sql = "SELECT count(*) FROM range(1000000) r \
               JOIN (SELECT id % 100000 AS a, sum(id) FROM range(1000000) WHERE id % 3 = 1 GROUP BY 1) ON r.id = a \
               JOIN (SELECT id % 100000 AS b, sum(id) FROM range(1000000) WHERE id % 5 < 4 GROUP BY 1) ON r.id = b";
    for (rows, is_first) in [(3, true), (5_000_000, false)] {
        let mut history = History::of(sql);
        history.gave("% 3) = 1", rows);
        let next = history.plans().concat();
        assert_eq!(next.contains("StageInput stage 0"), is_first, "{next}");
        assert_eq!(next.contains("% 5) < 4"), !is_first, "{next}");
    }
}

/// A stage that runs is a leaf like one that has ended: it is read by the new plan, and not started again.
#[test]
fn what_has_begun_is_not_planned_anew() {
    let build = |test: &str| format!("(SELECT id % 100000 AS k, sum(id) FROM range(1000000) WHERE {test} GROUP BY 1)");
    let sql = format!(
        "SELECT r.id FROM range(1000000) r JOIN {} ON r.id = k UNION ALL \
         SELECT r.id FROM range(1000000) r JOIN {} AS a ON r.id = a.k JOIN {} AS b ON r.id = b.k",
        build("id % 5 = 2"),
        build("id % 3 = 1"),
        build("id % 7 < 6")
    );
    let mut history = History::of(&sql);
    let begun = |history: &History| history.plans().concat().matches("% 5) = 2").count();
    assert_eq!(begun(&history), 1, "{:?}", history.plans());
    history.gave("% 3) = 1", 5_000_000);
    assert!(history.job.replanned()[0].changed());
    assert_eq!(begun(&history), 1, "{:?}", history.plans());
    while let Some(task) = history.running.pop() {
        history.tell(Event::TaskFinished { key: task.key, rows: 1, bytes: 1 });
    }
    assert!(history.job.is_over());
    let ran: usize =
        history.job.begun_stages().map(|stage| history.show(&stage.plan).matches("% 5) = 2").count()).sum();
    assert_eq!(ran, 1);
}

/// A slot of a runtime filter is filled once: what has begun and what is planned anew never share one.
#[test]
fn filters_of_a_new_plan_have_numbers_of_their_own() {
    let table = |name: &str| format!("parquet.`{}/../../data/tpch/{name}.parquet`", env!("CARGO_MANIFEST_DIR"));
    let sql = format!(
        "SELECT count(*) FROM {} JOIN (SELECT o_orderkey FROM {} JOIN {} ON o_custkey = c_custkey \
         JOIN {} ON c_nationkey = n_nationkey WHERE c_comment LIKE '%x%') ON l_orderkey = o_orderkey JOIN {} ON l_suppkey = s_suppkey",
        table("lineitem"),
        table("orders"),
        table("customer"),
        table("nation"),
        table("supplier")
    );
    let mut history = History::of(&sql);
    while let Some(task) = history.running.pop() {
        history.tell(Event::TaskFinished { key: task.key, rows: 5_000_000, bytes: 1 });
    }
    assert!(history.job.replanned().iter().any(|replanned| replanned.changed()));
    let mut declared = Vec::new();
    for stage in history.job.begun_stages() {
        let plan = history.show(&stage.plan);
        let slots = plan.split("rf").skip(1).filter_map(|text| text.split_once(" <- key").map(|(number, _)| number));
        declared.extend(slots.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned));
    }
    let all = declared.len();
    declared.sort_unstable();
    declared.dedup();
    assert!(all > 1 && declared.len() == all, "{declared:?} of {all}");
}

/// Rounds go on as they began, whatever the rest becomes.
#[test]
fn a_recursion_that_has_begun_goes_on() {
    let sql = "WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 3) \
               SELECT count(*) FROM r JOIN (SELECT id % 10 AS b, sum(id) FROM range(1000) WHERE id % 5 = 2 GROUP BY 1) ON n = b";
    let mut history = History::of(sql);
    history.gave("% 5) = 2", 0);
    while let Some(task) = history.running.pop() {
        let rows = u64::from(task.key.stage_attempt < 2);
        history.tell(Event::TaskFinished { key: task.key, rows, bytes: 1 });
    }
    assert!(history.job.is_over());
}

#[test]
fn the_decision_is_shown() {
    let session = crate::dataframe::session();
    session.set(ADAPTIVE_ROWS_MIN.key, "0").expect("a setting");
    let sql = format!("EXPLAIN ANALYZE {}", TWO_GROUPINGS.replace("id % 3 = 1", "id % 3 = 7"));
    let result = session.execute_sql(&sql).expect("a plan");
    let rows = result.collect().expect("rows");
    let text = format!("{rows:?}");
    for part in ["== Planned anew ==", "stage 0 gave 0 rows", "- HashJoin Inner", "+ LocalTableScan 0 rows"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}
