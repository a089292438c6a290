//! Each method against the SQL that it stands for: the same columns, types and rows.

use firesteel::functions::*;
use firesteel::prelude::*;

/// Tables for all tests: names, numbers with gaps, dates, doubles with NaN.
pub(crate) fn session() -> Session {
    let session = Session::builder().master("local[2]").get_or_create().expect("a session");
    let people = "CREATE TEMP VIEW people AS SELECT * FROM VALUES \
                  (1, 'Ann', 30, 'Ulm', 1.5D), (2, 'Bo', NULL, 'Bonn', double('NaN')), (3, 'Cy', 25, NULL, 2.5D), \
                  (4, 'Di', 30, 'Ulm', NULL), (5, NULL, 41, 'Bonn', -1.0D) AS t(id, name, age, city, score)";
    let visits = "CREATE TEMP VIEW visits AS SELECT * FROM VALUES \
                  (1, 'Rom', DATE'2024-01-02'), (1, 'Ulm', DATE'2024-02-29'), (3, 'Rom', DATE'2023-12-31'), \
                  (9, 'Oslo', DATE'2024-05-01') AS t(id, place, day)";
    for view in [people, visits] {
        session.sql(view).expect(view);
    }
    session
}

/// Columns and rows as text; rows sorted where no order was asked for.
fn text(frame: &DataFrame, ordered: bool) -> String {
    let rows = frame.stream().and_then(|stream| stream.collect::<Result<Vec<_>>>()).expect("rows");
    let lines = firesteel::display::rows(&rows, &frame.types(), chrono_tz::UTC).expect("text");
    let mut lines: Vec<String> = lines;
    if !ordered {
        lines.sort_unstable();
    }
    let columns = frame.dtypes().into_iter().map(|(name, data_type)| format!("{name}:{data_type}"));
    format!("{}\n{}", columns.collect::<Vec<_>>().join(","), lines.join("\n"))
}

fn check(session: &Session, sql: &str, frame: Result<DataFrame>) {
    let frame = frame.unwrap_or_else(|error| panic!("{sql}\n{error}"));
    let expected = session.sql(sql).unwrap_or_else(|error| panic!("{sql}\n{error}"));
    let ordered = sql.contains("ORDER BY");
    assert_eq!(text(&frame, ordered), text(&expected, ordered), "{sql}");
}

#[test]
fn projections_and_filters() {
    let session = session();
    let people = session.table("people").expect("people");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same("SELECT name, age + 1 FROM people", people.select((col("name"), col("age") + 1)));
    same(
        "SELECT * FROM people WHERE age > 25 AND city = 'Ulm'",
        people.filter(col("age").gt(25) & col("city").eq("Ulm")),
    );
    same("SELECT * FROM people WHERE age > 25 OR NOT id < 3", people.filter(col("age").gt(25) | !col("id").lt(3)));
    same("SELECT id * 2 - 1, -id, id % 2, id / 2 FROM people", {
        let id = || col("id");
        people.select((id() * 2 - 1, -id(), id() % 2, id() / 2))
    });
    same(
        "SELECT upper(name) AS n, length(name) FROM people",
        people.select((upper("name").alias("n"), length("name"))),
    );
    same("SELECT *, age * 2 AS twice FROM people", people.with_column("twice", col("age") * 2));
    same("SELECT id, name, age + 1 AS age, city, score FROM people", people.with_column("age", col("age") + 1));
    same("SELECT id, name, age, city AS town, score FROM people", people.with_column_renamed("city", "town"));
    same("SELECT id, name, age FROM people", people.drop(("city", "score", "nothing")));
    same("SELECT id + 1 AS next, name FROM people WHERE id > 1", {
        people.filter("id > 1").and_then(|frame| frame.select_expr(["id + 1 AS next", "name"]))
    });
    same("SELECT CASE WHEN age > 28 THEN 'old' WHEN age > 20 THEN 'young' ELSE 'unknown' END FROM people", {
        people.select([when(col("age").gt(28), "old").when(col("age").gt(20), "young").otherwise("unknown")])
    });
    same("SELECT CAST(age AS STRING), try_cast(name AS INT) AS n FROM people", {
        people.select((col("age").cast("string"), col("name").try_cast("int").alias("n")))
    });
    same("SELECT name FROM people WHERE name LIKE 'A%' OR name RLIKE 'y$' OR city IS NULL OR id IN (4, 5)", {
        let name = || col("name");
        let condition = name().like("A%") | name().rlike("y$") | col("city").is_null() | col("id").isin([4, 5]);
        people.filter(condition).and_then(|frame| frame.select("name"))
    });
    same("SELECT name FROM people WHERE age BETWEEN 25 AND 30 AND city <=> NULL", {
        people
            .filter(col("age").between(25, 30) & col("city").eq_null_safe(None::<&str>))
            .and_then(|frame| frame.select("name"))
    });
    same(
        "SELECT people.name FROM people WHERE people.id = 1",
        people.filter(col("people.id").eq(1)).and_then(|f| f.select("people.name")),
    );
}

#[test]
fn order_limit_distinct_and_sets() {
    let session = session();
    let people = session.table("people").expect("people");
    let visits = session.table("visits").expect("visits");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same("SELECT * FROM people ORDER BY age DESC, id", people.order_by((col("age").desc(), "id")));
    same(
        "SELECT * FROM people ORDER BY age NULLS LAST, id DESC",
        people.sort((col("age").asc_nulls_last(), col("id").desc())),
    );
    same("SELECT name FROM people ORDER BY id DESC LIMIT 2", {
        people.select("name").and_then(|frame| frame.order_by(people.col("id").desc())).and_then(|frame| frame.limit(2))
    });
    same("SELECT * FROM (SELECT * FROM people ORDER BY id LIMIT 3) ORDER BY id OFFSET 1", {
        people
            .order_by("id")
            .and_then(|frame| frame.limit(3))
            .and_then(|frame| frame.offset(1))
            .and_then(|frame| frame.order_by("id"))
    });
    same("SELECT * FROM people ORDER BY id LIMIT 2 OFFSET 1", {
        people.order_by("id").and_then(|frame| frame.offset(1)).and_then(|frame| frame.limit(2))
    });
    same("SELECT DISTINCT city FROM people", people.select("city").and_then(|frame| frame.distinct()));
    same("SELECT city, count(1) AS n FROM people GROUP BY city", {
        people.drop_duplicates_by(["id"]).and_then(|frame| frame.group_by("city").agg(count(lit(1)).alias("n")))
    });
    let ids = |frame: &DataFrame| frame.select("id").expect("ids");
    same("SELECT id FROM people UNION ALL SELECT id FROM visits", ids(&people).union(&ids(&visits)));
    same("SELECT id FROM people INTERSECT SELECT id FROM visits", ids(&people).intersect(&ids(&visits)));
    same("SELECT id FROM visits EXCEPT SELECT id FROM people", ids(&visits).except(&ids(&people)));
    same("SELECT id, name FROM people UNION ALL SELECT id, place FROM visits", {
        let renamed = visits.select(("place", "id")).and_then(|frame| frame.with_column_renamed("place", "name"));
        renamed.and_then(|renamed| people.select(("id", "name"))?.union_by_name(&renamed, false))
    });
}

#[test]
fn groups() {
    let session = session();
    let people = session.table("people").expect("people");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same("SELECT city, count(1) AS count FROM people GROUP BY city", people.group_by("city").count());
    same("SELECT city, sum(age), avg(age) AS mean FROM people GROUP BY city", {
        people.group_by("city").agg((sum("age"), avg("age").alias("mean")))
    });
    same("SELECT age > 28, min(id), max(name) FROM people WHERE id < 5 GROUP BY age > 28", {
        people.filter("id < 5").and_then(|frame| frame.group_by(col("age").gt(28)).agg((min("id"), max("name"))))
    });
    same("SELECT count(1), count(DISTINCT city), sum(DISTINCT age) FROM people", {
        people.agg((count("*"), count_distinct("city"), sum_distinct("age")))
    });
    same("SELECT city, sum(id) FROM people GROUP BY city HAVING sum(id) > 4", {
        people.group_by("city").agg(sum("id")).and_then(|frame| frame.filter(col("sum(id)").gt(4)))
    });
    same("SELECT city, sum(id) AS s FROM people GROUP BY city ORDER BY s DESC", {
        people.group_by("city").agg(sum("id").alias("s")).and_then(|frame| frame.order_by(col("s").desc()))
    });
    same("SELECT city, max(age), max(id) FROM people GROUP BY city", people.group_by("city").max(["age", "id"]));
}

#[test]
fn grouping_sets_windows_pivots_and_generators() {
    let session = session();
    let people = session.table("people").expect("people");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same(
        "SELECT city, age, count(1) AS count FROM people GROUP BY ROLLUP (city, age)",
        people.rollup(("city", "age")).count(),
    );
    same(
        "SELECT city, age, sum(id) FROM people GROUP BY CUBE (city, age)",
        people.cube(["city", "age"]).agg(sum("id")),
    );
    same("SELECT city, age, sum(id) FROM people GROUP BY GROUPING SETS ((city), (age))", {
        people.grouping_sets(vec![vec![col("city")], vec![col("age")]], ("city", "age")).agg(sum("id"))
    });
    same("SELECT id, row_number() OVER (PARTITION BY city ORDER BY age DESC, id) AS n FROM people", {
        let window = Window::partition_by("city").order_by((col("age").desc(), "id"));
        people.select((col("id"), row_number().over(&window).alias("n")))
    });
    same("SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM people", {
        let window = Window::order_by("id").rows_between(-1, Window::CURRENT_ROW);
        people.select((col("id"), sum("id").over(&window).alias("s")))
    });
    same("SELECT id, lag(name, 1) OVER (ORDER BY id) AS before FROM people", {
        people.select((col("id"), lag("name", 1).over(&Window::order_by("id")).alias("before")))
    });
    same("SELECT * FROM (SELECT age, city, id FROM people) PIVOT (sum(id) FOR city IN ('Ulm', 'Bonn'))", {
        people.group_by("age").pivot("city", Some(vec![lit("Ulm"), lit("Bonn")])).sum("id")
    });
    same(
        "SELECT * FROM (SELECT age, city, id FROM people) PIVOT (sum(id) FOR city IN (NULL AS `null`, 'Bonn' AS Bonn, 'Ulm' AS Ulm))",
        people.group_by("age").pivot("city", None).sum("id"),
    );
    same("SELECT * FROM (SELECT id, name, city FROM people) UNPIVOT INCLUDE NULLS (v FOR k IN (name, city))", {
        people.unpivot("id", ["name", "city"], "k", "v")
    });
    same("SELECT id, explode(array(1, id)) AS e FROM people", {
        people.select((col("id"), explode(array((lit(1), col("id")))).alias("e")))
    });
    same("SELECT id, posexplode(array('a', 'b')) AS (at, e) FROM people", {
        people.select((col("id"), posexplode(array((lit("a"), lit("b")))).alias_all(["at", "e"])))
    });
    same(
        "SELECT transform(array(id, 2), x -> x + 1) AS t, aggregate(array(1, 2), 0, (acc, x) -> acc + x) AS a FROM people",
        {
            let sum = aggregate(array((lit(1), lit(2))), 0, |sum, x| sum + x);
            people.select((transform(array((col("id"), lit(2))), |x| x + 1).alias("t"), sum.alias("a")))
        },
    );
    let ids = |frame: &DataFrame| frame.select("id").expect("ids");
    let visits = session.table("visits").expect("visits");
    same("SELECT id FROM visits EXCEPT ALL SELECT id FROM people", ids(&visits).except_all(&ids(&people)));
    same("SELECT id FROM visits INTERSECT ALL SELECT id FROM people", ids(&visits).intersect_all(&ids(&people)));
    same("SELECT name FROM people WHERE id IN (SELECT id FROM visits) OR age > (SELECT avg(age) FROM people)", {
        let average = people.agg(avg("age")).expect("average");
        let condition = col("id").isin_frame(&ids(&visits)) | col("age").gt(average.scalar());
        people.filter(condition).and_then(|frame| frame.select("name"))
    });
}

#[test]
fn joins() {
    let session = session();
    let people = session.table("people").expect("people");
    let visits = session.table("visits").expect("visits");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same("SELECT * FROM people JOIN visits USING (id)", people.join(&visits, "id", "inner"));
    same("SELECT * FROM people LEFT JOIN visits USING (id)", people.join(&visits, ["id"], "left"));
    same("SELECT * FROM people FULL JOIN visits USING (id)", people.join(&visits, "id", "outer"));
    same("SELECT * FROM people LEFT SEMI JOIN visits USING (id)", people.join(&visits, "id", "left_semi"));
    same("SELECT * FROM people LEFT ANTI JOIN visits USING (id)", people.join(&visits, "id", JoinType::LeftAnti));
    same("SELECT * FROM people CROSS JOIN visits", people.cross_join(&visits));
    let on = || people.col("id").eq(visits.col("id"));
    same("SELECT * FROM people RIGHT JOIN visits ON people.id = visits.id", people.join(&visits, on(), "right"));
    same("SELECT p.id, v.place FROM people p JOIN visits v ON p.id = v.id WHERE v.place = 'Rom' ORDER BY p.id", {
        let joined = people.join(&visits, on(), "inner").and_then(|frame| frame.filter(visits.col("place").eq("Rom")));
        joined.and_then(|frame| frame.select((people.col("id"), visits.col("place")))).and_then(|f| f.order_by("id"))
    });
    same("SELECT p.*, v.place, v.day FROM people p JOIN visits v ON p.id = v.id", {
        people.join(&visits, on(), "inner").and_then(|frame| frame.drop(visits.col("id")))
    });
    // A frame made from another still answers to the other's columns.
    let grown = people.filter("age > 20").and_then(|frame| frame.with_column("half", col("age") / 2)).expect("grown");
    same("SELECT p.name, p.age / 2 AS half, v.place FROM people p JOIN visits v ON p.id = v.id WHERE p.age > 20", {
        grown
            .join(&visits, on(), "inner")
            .and_then(|frame| frame.select((people.col("name"), col("half"), col("place"))))
    });
    same("SELECT a.id, b.id AS other FROM people a JOIN people b ON a.age = b.age AND a.id < b.id", {
        let (a, b) = (people.alias("a").expect("a"), people.alias("b").expect("b"));
        a.join(&b, expr("a.age = b.age AND a.id < b.id"), "inner")
            .and_then(|f| f.select((a.col("id"), b.col("id").alias("other"))))
    });
    same("SELECT * FROM people JOIN visits USING (id) JOIN visits w USING (id)", {
        people.join(&visits, "id", "inner").and_then(|frame| frame.join(&visits.alias("w")?, "id", "inner"))
    });
    same("SELECT count(1) AS count FROM (SELECT * FROM people JOIN people p2 USING (id))", {
        people.join(&people, "id", "inner").and_then(|frame| frame.agg(count("*").alias("count")))
    });
}

#[test]
fn a_frame_answers_to_its_own_columns() {
    let session = session();
    let people = session.table("people").expect("people");
    let visits = session.table("visits").expect("visits");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    let adults = people.filter("age > 26").expect("adults");
    same("SELECT name, age FROM people WHERE age > 26 AND id < 4", {
        adults.filter(adults.col("id").lt(4)).and_then(|frame| frame.select((adults.col("name"), people.col("age"))))
    });
    let named = people.select(("name", (col("age") + 1).alias("age"))).expect("named");
    same("SELECT name, age + 1 AS age FROM people ORDER BY age DESC, name", {
        named.order_by((named.col("age").desc(), named.col("name")))
    });
    same("SELECT a.name, v.place FROM people a JOIN visits v ON a.id = v.id WHERE a.age > 26", {
        let joined = adults.join(&visits, adults.col("id").eq(visits.col("id")), "inner").expect("joined");
        joined.select((joined.col("name"), joined.col("place")))
    });
    let joined = people.join(&visits, people.col("id").eq(visits.col("id")), "inner").expect("joined");
    let error = joined.select(joined.col("id")).expect_err("of two relations");
    assert_eq!(error.condition().name, "AMBIGUOUS_REFERENCE");
    let limited = adults.limit(10).and_then(|frame| frame.filter(adults.col("id").gt(1))).expect("a closed block");
    same("SELECT * FROM people WHERE age > 26 AND id > 1", limited.filter(limited.col("id").is_not_null()));
}

#[test]
fn missing_values() {
    let session = session();
    let people = session.table("people").expect("people");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same("SELECT * FROM people WHERE name IS NOT NULL AND age IS NOT NULL", people.na().drop(["name", "age"]));
    same("SELECT * FROM people WHERE score IS NOT NULL AND NOT isnan(score)", people.na().drop("score"));
    same(
        "SELECT id, coalesce(name, '-') AS name, age, coalesce(city, '-') AS city, score FROM people",
        people.na().fill("-", ()),
    );
    same("SELECT id, name, coalesce(age, 0) AS age, city, score FROM people", people.na().fill(0, ["age"]));
    same("SELECT id, name, age, CASE WHEN city = 'Ulm' THEN 'ULM' ELSE city END AS city, score FROM people", {
        people.na().replace([("Ulm", "ULM")], ["city"])
    });
}

#[test]
fn texts_for_people() {
    let session = session();
    let people = session.table("people").expect("people");
    let two = people.order_by("id").and_then(|frame| frame.select(("id", "name", "score"))).expect("frame");
    assert_eq!(
        two.to_string(2).expect("text"),
        "+---+----+-----+\n| id|name|score|\n+---+----+-----+\n|  1| Ann|  1.5|\n|  2|  Bo|  NaN|\n+---+----+-----+\nonly showing top 2 rows\n"
    );
    let vertical = two.show_string(&ShowOptions { rows: 1, vertical: true, ..ShowOptions::default() }).expect("text");
    assert_eq!(vertical, "-RECORD 0----\n id    | 1   \n name  | Ann \n score | 1.5 \nonly showing top 1 row\n");
    let bytes = session.sql("SELECT X'1F20' AS b, array(1, NULL) AS a").expect("frame");
    assert!(bytes.to_string(1).expect("text").contains("|[1F 20]|[1, NULL]|"), "{}", bytes.to_string(1).expect("text"));
}

#[test]
fn long_chains_are_built_run_and_dropped() {
    let session = session();
    let mut frame = session.range(0..2).expect("range");
    for _ in 0..150 {
        frame = frame.limit(1000).and_then(|frame| frame.with_column("id", col("id") + 1)).expect("a step");
    }
    assert_eq!(frame.collect_rows::<i64>().expect("rows"), [150, 151]);
}

#[test]
fn a_view_may_be_made_from_what_it_was() {
    let session = session();
    let first = session.from_batches(session.range(0..9).and_then(|frame| frame.collect()).expect("batches"));
    first.and_then(|frame| frame.create_or_replace_temp_view("v")).expect("a view");
    for _ in 0..3 {
        let fewer = session.table("v").and_then(|frame| frame.filter(col("id").gt(min_of(&session)))).expect("fewer");
        fewer.create_or_replace_temp_view("v").expect("the same name");
    }
    assert_eq!(
        session.sql("SELECT count(*), min(v.id) FROM v").and_then(|f| f.collect_rows::<(i64, i64)>()).expect("rows"),
        [(6, 3)]
    );
}

fn min_of(session: &Session) -> i64 {
    session.sql("SELECT min(id) FROM v").and_then(|frame| frame.collect_rows::<i64>()).expect("rows")[0]
}

#[test]
fn frames_are_shared_between_threads() {
    fn is_send_sync<T: Send + Sync>(_: &T) {}
    let frame = session().range(0..1000).expect("range");
    is_send_sync(&frame);
    is_send_sync(&(col("id") + 1));
    let sums = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| frame.agg(sum("id"))?.collect_rows::<i64>())).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect::<Result<Vec<_>>>()
    });
    assert_eq!(sums.expect("sums"), vec![vec![499_500]; 4]);
}

#[test]
fn files_are_written_and_read_again() {
    let (session, folder) = (session(), tempfile::tempdir().expect("a folder"));
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let people = session.table("people").and_then(|frame| frame.select(("id", "name", "age"))).expect("people");
    let same = |frame: Result<DataFrame>| check(&session, "SELECT id, name, age FROM people", frame);
    people.write().parquet(&path("p")).expect("written");
    same(session.read().parquet(path("p").as_str()));
    people.write().mode("overwrite").json(&path("j")).expect("written");
    same(session.read().schema("id INT, name STRING, age INT").json(path("j").as_str()));
    people.write().option("header", true).option("sep", ";").csv(&path("c")).expect("written");
    same(session.read().options([("header", "true"), ("sep", ";"), ("inferSchema", "true")]).csv(path("c").as_str()));
    // Without a format all of it is found out.
    same(session.read().load(path("c").as_str()));
    people.filter("id < 3").and_then(|frame| frame.write().mode(SaveMode::Append).parquet(&path("p"))).expect("added");
    assert_eq!(session.read().format("parquet").load([path("p").as_str()]).and_then(|f| f.count()).expect("count"), 7);
    people.select("name").and_then(|frame| frame.write().text(&path("t"))).expect("written");
    assert_eq!(session.read().text(path("t").as_str()).expect("text").columns(), ["value"]);
    let condition = |result: Result<()>| result.expect_err("an error").condition().name;
    assert_eq!(condition(people.write().parquet(&path("p"))), "PATH_ALREADY_EXISTS");
    assert_eq!(condition(people.write().mode("sometimes").parquet(&path("q"))), "INVALID_SAVE_MODE");
    assert_eq!(condition(people.write().format("stone").save(&path("q"))), "DATA_SOURCE_NOT_FOUND");
    assert_eq!(condition(session.read().parquet(path("nothing").as_str()).map(drop)), "PATH_NOT_FOUND");
}

#[test]
fn subqueries_name_columns_around_them() {
    let session = session();
    let table = |name: &str| session.table(name).expect(name);
    let (people, visits) = (table("people"), table("visits"));
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    let own = || visits.filter(visits.col("id").eq(people.col("id").outer()));
    same("SELECT * FROM people p WHERE EXISTS (SELECT * FROM visits v WHERE v.id = p.id)", {
        own().and_then(|own| people.filter(own.exists()))
    });
    same("SELECT name FROM people p WHERE age > 20 AND NOT EXISTS (SELECT * FROM visits v WHERE v.id = p.id)", {
        own().and_then(|own| people.filter("age > 20")?.filter(!own.exists())?.select("name"))
    });
    same("SELECT name, (SELECT max(day) FROM visits v WHERE v.id = p.id) AS last FROM people p", {
        own().and_then(|own| people.select((col("name"), own.agg(max("day"))?.scalar().alias("last"))))
    });
    same("SELECT * FROM people p WHERE 'Rom' IN (SELECT place FROM visits v WHERE v.id = p.id)", {
        own().and_then(|own| people.filter(lit("Rom").isin_frame(&own.select("place")?)))
    });
    // Names alone, and columns that the inner side has too.
    same("SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.id = p.id + 1)", {
        let next = visits.filter(col("id").eq(col("id").outer() + 1));
        next.and_then(|next| people.filter(next.exists())?.select("id"))
    });
    // Two deep, with a set operation and blocks around blocks between.
    same(
        "SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.id = p.id AND EXISTS \
         (SELECT 1 FROM people q WHERE q.city = v.place AND q.id <= p.id))",
        {
            let there = people.alias("q").and_then(|q| {
                q.filter(col("city").eq(visits.col("place").outer()) & q.col("id").leq(col("p.id").outer()))
            });
            let own = visits.filter(visits.col("id").eq(col("p.id").outer()));
            let own = own.and_then(|own| own.filter(there?.exists()));
            own.and_then(|own| people.alias("p")?.filter(own.exists())?.select("id"))
        },
    );
    same(
        "SELECT id, n FROM people p, LATERAL (SELECT count(*) AS n FROM (SELECT place FROM visits v WHERE v.id = p.id \
         UNION SELECT city FROM people q WHERE q.id = p.id))",
        {
            let cities = people.alias("q").and_then(|q| q.filter(col("q.id").eq(col("p.id").outer()))?.select("city"));
            let places = visits.filter(col("id").eq(col("p.id").outer())).and_then(|own| own.select("place"));
            let both = places.and_then(|places| places.union(&cities?)?.distinct()?.select(count("*").alias("n")));
            both.and_then(|both| people.alias("p")?.lateral_join(&both, None, "inner")?.select(("id", "n")))
        },
    );
}

#[test]
fn lateral_joins() {
    let session = session();
    let table = |name: &str| session.table(name).expect(name);
    let (people, visits) = (table("people"), table("visits"));
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    let last = || {
        let own = visits.filter(visits.col("id").eq(people.col("id").outer()))?;
        own.order_by(col("day").desc())?.limit(1)?.select(("place", "day"))
    };
    let lateral = "LATERAL (SELECT place, day FROM visits v WHERE v.id = p.id ORDER BY day DESC LIMIT 1)";
    same(&format!("SELECT p.*, l.* FROM people p JOIN {lateral} l"), {
        last().and_then(|last| people.lateral_join(&last, None, "inner"))
    });
    same(&format!("SELECT p.*, l.* FROM people p LEFT JOIN {lateral} l ON p.age > 28"), {
        last().and_then(|last| people.lateral_join(&last, Some(col("age").gt(28)), "left"))
    });
    // What comes after sees both sides.
    same(&format!("SELECT name, place, year(day) AS year FROM people p JOIN {lateral} l WHERE place = 'Ulm'"), {
        last().and_then(|last| {
            let joined = people.lateral_join(&last, None, JoinType::Cross)?.filter(col("place").eq("Ulm"))?;
            joined.with_column("year", year("day"))?.drop(("id", "age", "city", "score", "day"))
        })
    });
    same("SELECT p.*, e.* FROM people p JOIN LATERAL (SELECT explode(array(1, p.id)) AS n) e", {
        let numbers =
            session.sql("SELECT 1").and_then(|one| one.select(explode(array([lit(1), col("id").outer()])).alias("n")));
        numbers.and_then(|numbers| people.lateral_join(&numbers, None, "inner"))
    });
    let error = last().and_then(|last| people.lateral_join(&last, None, "full")).expect_err("no full lateral join");
    assert_eq!(error.condition().name, "UNSUPPORTED_JOIN_TYPE");
}

#[test]
fn free_dataframes_have_no_columns_of_their_own() {
    let session = session();
    let table = |name: &str| session.table(name).expect(name);
    let (people, visits) = (table("people"), table("visits"));
    let own = visits.filter(visits.col("id").eq(people.col("id").outer())).expect("a free frame");
    let condition = |result: Result<DataFrame>| result.expect_err("columns are not known").condition().name;
    assert!(condition(own.limit(1).and_then(|own| own.with_column("a", lit(1)))).starts_with("UNRESOLVED_COLUMN"));
    assert!(condition(own.dropna(())).starts_with("UNRESOLVED_COLUMN"));
    assert!(own.count().is_err() && own.columns().is_empty());
    // While the block is open, its own relations are known.
    let marked = own.with_column("marked", lit(1)).and_then(|own| people.filter(own.exists())).expect("a frame");
    assert_eq!(marked.count().expect("rows"), 2);
}

#[test]
fn rows_become_columns_and_lists_rows() {
    let session = session();
    let people = session.table("people").expect("people");
    let same = |sql: &str, frame: Result<DataFrame>| check(&session, sql, frame);
    same(
        "SELECT * FROM VALUES ('id', 1.0D, 2.0D, 3.0D, 4.0D), ('age', 30, NULL, 25, 30), \
         ('score', 1.5D, double('NaN'), 2.5D, NULL) AS t(key, Ann, Bo, Cy, Di)",
        people.select(("id", "name", "age", "score")).and_then(|people| people.transpose("name")),
    );
    // No rows with a name: nothing but the keys.
    same("SELECT 'id' AS key", people.filter("id > 9").and_then(|none| none.select(("id", "name"))?.transpose("name")));
    same("SELECT id, explode(sequence(1, id)) AS list FROM people WHERE id < 4", {
        let lists =
            people.filter("id < 4").and_then(|few| few.select((col("id"), sequence(lit(1), "id").alias("list"))));
        lists.and_then(|lists| lists.explode("list"))
    });
}
