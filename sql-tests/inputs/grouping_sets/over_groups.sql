-- Few groups by all keys, and many rows in each: sets are made of groups.
CREATE TEMPORARY VIEW many AS SELECT id, id % 3 AS a, id % 2 AS b, CAST(id % 7 AS DECIMAL(7,2)) AS d,
  CASE WHEN id % 5 > 0 THEN CAST(id % 11 AS DOUBLE) END AS x, CASE WHEN id % 3 = 1 THEN NULL ELSE concat('s', id % 4) END AS s FROM range(1000);
SELECT a, b, count(*), count(x), sum(id), sum(d), avg(d), avg(id), min(s), max(x) FROM many GROUP BY ROLLUP (a, b);
SELECT a, b, grouping_id(), sum(d) AS t, count(s) FROM many GROUP BY CUBE (a, b) HAVING count(*) > 170;
SELECT b, s, count(*) FILTER (WHERE x > 3), sum(id) FILTER (WHERE a = 1), bool_and(x > 0), bool_or(x > 9) FROM many GROUP BY GROUPING SETS ((b), (s), ());
SELECT a, round(stddev(x), 9), round(var_pop(id), 6), round(corr(id, x), 9), approx_count_distinct(s), max_by(s, id), min_by(id, d * 1000 + id) FROM many GROUP BY ROLLUP (a);
SELECT a, count(DISTINCT s), sum(d) FROM many GROUP BY ROLLUP (a);
SELECT a, b, sum(id) FROM many WHERE id < 0 GROUP BY ROLLUP (a, b);
SELECT a, b, c, sum(n) FROM (SELECT a, b, id % 4 AS c, 1 AS n FROM many) GROUP BY GROUPING SETS ((a, b), (b, c), (a, b)) ORDER BY a, b, c, 4;
SELECT max(t) FROM (SELECT a, sum(d) AS t FROM many GROUP BY ROLLUP (a));
