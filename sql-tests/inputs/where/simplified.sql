-- Predicates and conditionals that planning makes simpler: the rows and errors stay what they were.

CREATE OR REPLACE TEMPORARY VIEW t AS SELECT * FROM VALUES (0, 5, 'abc'), (1, NULL, 'abd'), (2, 2, NULL), (NULL, 7, 'x'), (5, 5, '') AS t(a, b, s);

SELECT a FROM t WHERE a = 1 OR a = 2 OR b = 7 ORDER BY a;
SELECT a FROM t WHERE a IN (1, 2, 1) OR a = 5 ORDER BY a;
SELECT a FROM t WHERE NOT (a = 1 OR a = 2) ORDER BY a;
SELECT a FROM t WHERE a = 1 OR a = NULL ORDER BY a;
SELECT a FROM t WHERE NOT (a IN (1, NULL)) ORDER BY a;
SELECT a = 1 OR a = 2 OR a = NULL FROM t ORDER BY a;
SELECT a FROM t WHERE a = 5 AND b = a ORDER BY a;
SELECT a FROM t WHERE a = 5 AND b > a - 1 ORDER BY a;
SELECT a FROM t WHERE a = 5 AND a = 6;
SELECT a FROM t WHERE a > 1 OR NULL ORDER BY a;
SELECT a FROM t WHERE a > 1 AND NULL ORDER BY a;
SELECT a + NULL, concat(s, NULL), NULL IN (1, 2) FROM t ORDER BY a LIMIT 1;
SELECT CASE WHEN false THEN 'no' WHEN a > 1 THEN 'big' WHEN true THEN 'rest' WHEN b > 1 THEN 'never' END AS c FROM t ORDER BY a, c;
SELECT CASE WHEN CAST(NULL AS BOOLEAN) THEN 1 END, CASE WHEN a = 0 THEN 1 WHEN CAST(NULL AS BOOLEAN) THEN 2 END FROM t ORDER BY a;
SELECT IF(a > 1, b, b), coalesce(NULL, a, 9, b), coalesce(NULL, NULL), CAST(CAST(a AS BIGINT) AS INT) FROM t ORDER BY a;
SELECT CASE WHEN a = 0 THEN 0 ELSE 10 / a END FROM t ORDER BY a;
SELECT a FROM t WHERE a <> 0 AND 10 / a > 2 ORDER BY a;
SELECT a FROM t WHERE 10 / a > 2;
SELECT CASE WHEN true THEN a ELSE 1 / 0 END FROM t ORDER BY a;
SELECT a FROM t WHERE a = 0 AND 10 / a > 1;
