-- Values of a group in one array. One column at a time keeps their order: rows come from one batch.

CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 'a', 2.5D), (2, 'b', null), (1, 'c', 1.5D), (1, null, 2.5D), (3, null, null) AS t(k, s, d);
SELECT k, sort_array(collect_list(s)), sort_array(array_agg(d)), sort_array(collect_set(d)) FROM t GROUP BY k ORDER BY k;
SELECT sort_array(collect_list(s)), size(collect_set(k)), collect_list(s) FILTER (WHERE s = 'b') FROM t;
SELECT collect_list(s), collect_set(s) FROM t WHERE false;
SELECT sort_array(collect_list(DISTINCT d)), sort_array(collect_set(DISTINCT k)) FROM t;
SELECT sort_array(collect_set(x)) FROM VALUES (double('nan')), (double('nan')), (1.0D) AS v(x);
SELECT sort_array(collect_set(x)) FROM VALUES (array(1, 2)), (array(1, 2)), (array(null)) AS v(x);
SELECT sort_array(collect_list(struct(k, s))) FROM t WHERE k = 1;
SELECT collect_set(map(1, k)) FROM t;
SELECT typeof(collect_list(k)), typeof(collect_set(s)) FROM t;
SELECT collect_list() FROM t;
SELECT collect_list(k, s) FROM t;
SELECT collect_list(map(1, k)) FROM t WHERE k = 2;
SELECT k, size(collect_list(s)) AS n FROM t GROUP BY k HAVING size(collect_list(s)) > 0 ORDER BY n;
