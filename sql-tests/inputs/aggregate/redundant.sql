-- Keys that follow from others, constants as keys, the same call twice, grouping what is grouped.

CREATE OR REPLACE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 'x', 1.5D), (1, 'y', -0.0D), (2, 'x', 0.0D), (NULL, 'x', NULL), (NULL, NULL, 2.5D) AS t(a, s, d);

SELECT a, a - 1, a * 2, count(*) FROM t GROUP BY a, a - 1, a * 2 ORDER BY a;
SELECT a + 1, count(*) FROM t GROUP BY a + 1 ORDER BY 1;
SELECT upper(s), s, count(*) FROM t GROUP BY upper(s), s ORDER BY s;
SELECT d, CAST(d AS STRING), count(*) FROM t GROUP BY d, CAST(d AS STRING) ORDER BY 1, 2;
SELECT 'k', a, count(*) FROM t GROUP BY 'k', a ORDER BY a;
SELECT 'k', count(*) FROM t GROUP BY 'k';
SELECT 'k', count(*) FROM t WHERE false GROUP BY 'k';
SELECT a, a, sum(d), sum(d), sum(d) + 1 FROM t GROUP BY a, a ORDER BY 1;
SELECT max(DISTINCT a), min(DISTINCT s), count(DISTINCT a), sum(DISTINCT a) FROM t;
SELECT count(1), count(a), count(s), count('x'), count(NULL) FROM t;
SELECT count(*) FILTER (WHERE true), count(*) FILTER (WHERE a = 1) FROM t;
SELECT DISTINCT a, n FROM (SELECT a, count(*) AS n FROM t GROUP BY a) ORDER BY a;
SELECT DISTINCT n FROM (SELECT a, count(*) AS n FROM t GROUP BY a) ORDER BY n;
SELECT DISTINCT * FROM (SELECT DISTINCT a, s FROM t) ORDER BY a, s;
SELECT a, count(*) FROM (SELECT DISTINCT a, s FROM t) GROUP BY a ORDER BY a;
SELECT a - 1, count(*) FROM t GROUP BY a, a - 1 HAVING a - 1 >= 0 ORDER BY 1;
SELECT 2147483647 + a, count(*) FROM t GROUP BY a, 2147483647 + a ORDER BY 1;

-- orders that nobody sees, limits over what has few rows
SELECT a, count(*) FROM (SELECT * FROM t ORDER BY s) GROUP BY a ORDER BY a;
SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 3) ORDER BY a DESC;
SELECT count(*) FROM t ORDER BY 1 LIMIT 10;
SELECT a, s FROM t ORDER BY a, 'constant', a DESC, s;
SELECT count(*) FROM (SELECT a FROM t UNION ALL SELECT a FROM t LIMIT 7);
SELECT count(*) FROM (SELECT t.a FROM t CROSS JOIN t AS u LIMIT 4 OFFSET 3);
SELECT a FROM (SELECT a FROM t UNION ALL SELECT 5 UNION ALL SELECT 6) ORDER BY a;
