-- Members of an object as columns.

CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES ('{"a": 1, "b": "x", "c": {"d": [1, 2]}}', 'a'), ('{"a": null, "a.b": true}', 'a.b'), ('[1]', 'a'), ('oops', 'a'), (null, 'a') AS t(j, n);
SELECT json_tuple(j, 'a', 'b', 'c') FROM t;
SELECT json_tuple(j, n) FROM t;
SELECT json_tuple(j, CAST(NULL AS STRING), 'a.b') AS (x, y) FROM t;
SELECT n, v.* FROM t LATERAL VIEW json_tuple(j, 'a', 'zz') v AS first, second;
SELECT json_tuple('{"a" : 1, "b" : 2}', CAST(NULL AS STRING), 'b', CAST(NULL AS STRING), 'a');
SELECT json_tuple('{"a":1.50,"a":2}', 'a');
SELECT json_tuple('{"a":1}');
SELECT json_tuple('{"a":1}', 1);
SELECT json_tuple(1, 'a');
