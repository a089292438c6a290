//! What programs add to a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use firesteel::extend::rule::{Rule, RuleContext, Traversal};
use firesteel::extend::{Aggregator, BatchIterator, Catalog, Comparison, ScalarUdf, ScanRequest, TableSource};
use firesteel::functions::*;
use firesteel::prelude::*;

fn session() -> Session {
    Session::builder().master("local[2]").get_or_create().expect("a session")
}

#[test]
fn functions_belong_to_their_session() {
    let (one, other) = (session(), session());
    one.register_udf(ScalarUdf::of_rows("plus_one", |n: i64| n + 1)).expect("registered");
    other.register_udf(ScalarUdf::of_rows("PLUS_ONE", |n: i64| n + 100)).expect("registered");
    let value = |session: &Session| session.sql("SELECT plus_one(1)").and_then(|f| f.collect_rows::<i64>());
    assert_eq!((value(&one).expect("one"), value(&other).expect("other")), (vec![2], vec![101]));
    assert_eq!(session().sql("SELECT plus_one(1)").expect_err("unknown").condition().name, "UNRESOLVED_ROUTINE");
    let taken = one.register_udf(ScalarUdf::of_rows("Upper", |text: String| text)).expect_err("built in");
    assert_eq!(taken.condition().name, "ROUTINE_ALREADY_EXISTS");
    assert!(one.drop_function("plus_one") && one.sql("SELECT plus_one(1)").is_err());
}

#[test]
fn functions_take_nulls_casts_and_any_encoding() {
    let session = session();
    session.register_udf(ScalarUdf::of_rows("add", |a: i64, b: Option<i64>| a + b.unwrap_or(0))).expect("add");
    let rows = session.sql("SELECT add(a, b) FROM VALUES (1, 2), (1, NULL), (NULL, 5) AS t(a, b)").expect("frame");
    assert_eq!(rows.collect_rows::<Option<i64>>().expect("rows"), [Some(3), Some(1), None]);
    let error = session.sql("SELECT add(array(1), 2)").expect_err("an array");
    assert_eq!(error.condition().name, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
    assert_eq!(session.sql("SELECT add(1)").expect_err("one").condition().name, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
    session.register_udf(ScalarUdf::of_rows("shout", |text: String| text.to_uppercase())).expect("shout");
    let sql = "SELECT shout(s), count(1) FROM (SELECT substr('abc', 1, id % 2 + 1) AS s FROM range(1000) WHERE id > 1) \
               WHERE shout(s) <> 'Z' GROUP BY shout(s) ORDER BY 1";
    let rows: Vec<(String, i64)> = session.sql(sql).and_then(|frame| frame.collect_rows()).expect("rows");
    assert_eq!(rows, [("A".to_owned(), 499), ("AB".to_owned(), 499)]);
}

#[test]
fn a_panic_fails_its_query_only_and_names_the_function() {
    let session = session();
    session.register_udf(ScalarUdf::of_rows("fragile", |n: i64| 10 / (n - 2))).expect("registered");
    session
        .register_udf(ScalarUdf::of_rows("refuses", |n: i64| Err::<i64, _>(format!("not {n}"))))
        .expect("registered");
    let error = session.sql("SELECT fragile(id) FROM range(5)").and_then(|f| f.collect()).expect_err("a panic");
    assert_eq!(error.condition().name, "FAILED_EXECUTE_UDF");
    assert!(error.to_string().contains("`fragile`: (bigint) => bigint"), "{error}");
    let error = session.sql("SELECT refuses(id) FROM range(5)").and_then(|f| f.collect()).expect_err("an error");
    assert!(error.to_string().contains("not 0"), "{error}");
    // Guarded rows never reach it.
    let guarded = "SELECT CASE WHEN id <> 2 THEN fragile(id) END FROM range(4)";
    assert_eq!(session.sql(guarded).and_then(|f| f.count()).expect("rows"), 4);
    assert_eq!(session.sql("SELECT fragile(3)").and_then(|f| f.collect_rows::<i64>()).expect("a row"), [10]);
}

#[test]
fn arrays_of_a_wrong_length_or_type_are_refused() {
    let session = session();
    let short =
        ScalarUdf::of_arrays("short", ["bigint"], "bigint", |_: &[ArrayRef]| Ok(Arc::new(Int64Array::from(vec![1]))));
    session.register_udf(short.expect("types")).expect("registered");
    let error = session.sql("SELECT short(id) FROM range(3)").and_then(|f| f.collect()).expect_err("too short");
    assert!(error.to_string().contains("it gave 1 rows for 3"), "{error}");
    assert!(ScalarUdf::of_arrays("bad", ["nothing"], "int", |arrays: &[ArrayRef]| Ok(Arc::clone(&arrays[0]))).is_err());
}

/// The product of all numbers; panics at 13.
struct Product;

impl Aggregator for Product {
    type Input = (i64,);
    type State = Option<i64>;
    type Output = Option<i64>;

    fn update(&self, state: &mut Option<i64>, (n,): (i64,)) {
        assert!(n != 13, "13 is bad luck");
        *state = Some(state.unwrap_or(1) * n);
    }

    fn merge(&self, state: &mut Option<i64>, other: Option<i64>) {
        if let Some(other) = other {
            *state = Some(state.unwrap_or(1) * other);
        }
    }

    fn finish(&self, state: Option<i64>) -> Option<i64> {
        state
    }
}

#[test]
fn aggregates_of_programs_group_filter_and_take_distinct_values() {
    let session = session();
    session.conf().set("firesteel.execution.parallelRowsMin", 0).expect("a setting");
    session.conf().set("firesteel.execution.batchRows", 3).expect("a setting");
    let product = session.register_udaf("product", Product).expect("registered");
    let frame = session.sql("SELECT id % 3 AS k, id + 1 AS n FROM range(9)").expect("frame");
    let rows = frame.group_by("k").agg(product.call("n").alias("p")).and_then(|f| f.order_by("k")).expect("frame");
    assert_eq!(rows.collect_rows::<(i64, i64)>().expect("rows"), [(0, 28), (1, 80), (2, 162)]);
    let sql = "SELECT product(id % 3) FILTER (WHERE id % 3 > 0), product(DISTINCT id % 3 + 1), product(id) FILTER (WHERE id > 99) FROM range(4)";
    let rows: Vec<(i64, i64, Option<i64>)> = session.sql(sql).and_then(|f| f.collect_rows()).expect("rows");
    assert_eq!(rows, [(2, 6, None)]);
    let error = session.sql("SELECT product(id) FROM range(20)").and_then(|f| f.collect()).expect_err("a panic");
    assert!(error.to_string().contains("`product`") && error.to_string().contains("bad luck"), "{error}");
}

/// Numbers below a bound; counts what it was asked for.
#[derive(Debug, Default)]
struct Numbers {
    asked: Arc<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    columns: AtomicUsize,
    rows: AtomicUsize,
}

const PARTS: i64 = 4;
const ROWS: i64 = 100;

impl TableSource for Numbers {
    fn schema(&self) -> SchemaRef {
        let field = |name| Field::new(name, DataType::Int64, false);
        Arc::new(Schema::new(vec![field("n"), field("twice"), field("bad")]))
    }

    fn rows(&self) -> Option<u64> {
        Some((PARTS * ROWS) as u64)
    }

    fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>> {
        self.asked.columns.store(request.columns.len(), Relaxed);
        let lowest = request
            .filters
            .iter()
            .filter(|filter| filter.column == 0 && filter.comparison == Comparison::GreaterOrEqual);
        let lowest = lowest.map(|filter| filter.values.as_primitive::<Int64Type>().value(0)).max().unwrap_or(0);
        let (asked, columns) = (Arc::clone(&self.asked), request.columns.clone());
        let schema = Arc::new(self.schema().project(&columns)?);
        let part = move |part: i64| -> BatchIterator {
            let (asked, columns, schema) = (Arc::clone(&asked), columns.clone(), Arc::clone(&schema));
            let numbers: Vec<i64> = (part * ROWS..(part + 1) * ROWS).filter(|n| *n >= lowest).collect();
            asked.rows.fetch_add(numbers.len(), Relaxed);
            Box::new(std::iter::once_with(move || {
                let column = |at: &usize| -> ArrayRef {
                    assert!(*at != 2, "this column is bad");
                    Arc::new(Int64Array::from_iter_values(numbers.iter().map(|n| if *at == 0 { *n } else { 2 * n })))
                };
                let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(numbers.len()));
                let arrays = columns.iter().map(column).collect();
                Ok(RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?)
            }))
        };
        Ok((0..PARTS).map(part).collect())
    }
}

#[test]
fn sources_are_asked_for_no_more_than_is_needed() {
    let session = session();
    let asked = Arc::new(Asked::default());
    session.register_source("numbers", Numbers { asked: Arc::clone(&asked) }).expect("registered");
    let sums = session.sql("SELECT sum(twice) FROM numbers WHERE 390 <= n").and_then(|f| f.collect_rows::<i64>());
    assert_eq!(sums.expect("rows"), [(390..400).map(|n| 2 * n).sum::<i64>()]);
    assert_eq!((asked.rows.load(Relaxed), asked.columns.load(Relaxed)), (10, 2));
    let joined =
        session.table("numbers").and_then(|f| f.join(&session.range(0..5)?.alias("r")?, expr("n = r.id"), "inner"));
    assert_eq!(joined.and_then(|f| f.count()).expect("count"), 5);
    assert_eq!(
        session.sql("SELECT count(*) FROM numbers").and_then(|f| f.collect_rows::<i64>()).expect("count"),
        [400]
    );
    let error = session.sql("SELECT bad FROM numbers").and_then(|f| f.collect()).expect_err("a panic");
    assert_eq!(error.condition().name, "FAILED_TABLE_SOURCE");
    assert!(error.to_string().contains("`numbers`"), "{error}");
}

#[test]
fn functions_of_programs_give_tables() {
    let session = session();
    let numbers = |arguments: &[(Option<String>, String)]| -> Result<Arc<dyn TableSource>> {
        assert!(arguments.len() == 1, "one argument, please");
        Ok(Arc::new(Numbers::default()))
    };
    session.register_table_function("numbers_of", numbers).expect("registered");
    let count = session.sql("SELECT count(*) FROM numbers_of('x') WHERE n < 10").and_then(|f| f.collect_rows::<i64>());
    assert_eq!(count.expect("rows"), [10]);
    let error = session.sql("SELECT * FROM numbers_of()").expect_err("it panics");
    assert!(error.to_string().contains("`numbers_of`") && error.to_string().contains("please"), "{error}");
}

/// A table for every name that is a number: so many rows.
struct Ranges(Session);

impl Catalog for Ranges {
    fn lookup(&self, name: &[String]) -> Result<Option<firesteel_catalog::catalog::Entry>> {
        let [name] = name else { return Ok(None) };
        let Some(rows) = name.strip_prefix('r').and_then(|rows| rows.parse::<i64>().ok()) else { return Ok(None) };
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
        let batch = RecordBatch::try_from_iter([("n", numbers)])?;
        let table = firesteel_datasource::MemoryTable::new(&batch.schema(), vec![batch])?;
        let _ = &self.0;
        Ok(Some(firesteel_catalog::catalog::Entry::Table(table)))
    }

    fn list(&self) -> Result<Vec<firesteel_catalog::catalog::Listing>> {
        Ok(Vec::new())
    }
}

#[test]
fn catalogs_answer_for_names_below_theirs() {
    let session = session();
    session.register_catalog("ranges", Arc::new(Ranges(Session::builder().get_or_create().expect("a session"))));
    assert_eq!(
        session.sql("SELECT count(*) FROM ranges.r7").and_then(|f| f.collect_rows::<i64>()).expect("count"),
        [7]
    );
    assert_eq!(
        session.table("ranges.r3").and_then(|f| f.agg(sum("n"))).and_then(|f| f.collect_rows::<i64>()).expect("sum"),
        [3]
    );
    assert_eq!(session.table("ranges.x").expect_err("no such").condition().name, "TABLE_OR_VIEW_NOT_FOUND");
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

static COUNTING: [Rule; 1] = [Rule {
    name: "count_filters",
    looks_for: firesteel_plan::logical::NodeKinds::ALL,
    order: Traversal::TopDown,
    required: false,
    apply: |_: &firesteel_plan::PlanRef, _: &RuleContext| {
        CALLS.fetch_add(1, Relaxed);
        Ok(None)
    },
}];

#[test]
fn rules_of_a_program_see_the_session_s_plans() {
    let session = session();
    session.register_optimizer_rules(&COUNTING);
    assert_eq!(session.range(0..3).and_then(|f| f.filter("id > 1")?.count()).expect("count"), 1);
    assert!(CALLS.load(Relaxed) > 0);
}
