-- Outer joins asked for the rows without partner only.
CREATE TEMPORARY VIEW l AS SELECT * FROM VALUES (1, 'a'), (2, 'b'), (NULL, 'c'), (4, NULL), (4, 'd') AS t(k, x);
CREATE TEMPORARY VIEW r AS SELECT * FROM VALUES (1, 10), (1, NULL), (4, NULL), (NULL, 5), (7, 7) AS t(k, y);

SELECT l.k, x, r.k AS rk, y FROM l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL ORDER BY x;
SELECT x, r.k FROM l LEFT JOIN r ON l.k = r.k AND y > 5 WHERE r.k IS NULL ORDER BY x NULLS FIRST;
-- A column that may be NULL in a pair says less.
SELECT x, y FROM l LEFT JOIN r ON l.k = r.k WHERE y IS NULL ORDER BY x NULLS FIRST;
-- A condition that needs it says enough.
SELECT x, y FROM l LEFT JOIN r ON l.k = r.k AND y < 100 WHERE y IS NULL ORDER BY x NULLS FIRST;
SELECT x, y FROM l LEFT JOIN r ON l.k < y WHERE y IS NULL ORDER BY x NULLS FIRST;
-- NULL-safe keys match where both are NULL.
SELECT x, y FROM l LEFT JOIN r ON l.k <=> r.k WHERE r.k IS NULL ORDER BY x NULLS FIRST;
-- The other side, both sides.
SELECT x, r.k, y FROM l RIGHT JOIN r ON l.k = r.k WHERE l.k IS NULL ORDER BY r.k;
SELECT x, y FROM l FULL JOIN r ON l.k = r.k WHERE r.k IS NULL ORDER BY x;
-- With other conditions, and joins around.
SELECT l.x, r.y, coalesce(r.y, -1) FROM l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL AND x > 'a' AND r.y IS NULL ORDER BY x;
SELECT count(*), count(r.k), count(y) FROM l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL;
SELECT a.x, b.x FROM l a LEFT JOIN r ON a.k = r.k JOIN l b ON a.x = b.x WHERE r.k IS NULL AND b.k = 2;
SELECT x FROM l LEFT JOIN (SELECT k, count(*) AS n FROM r GROUP BY k) c ON l.k = c.k WHERE n IS NULL ORDER BY x;
SELECT x FROM l LEFT JOIN (SELECT 1 AS one, k FROM r) c ON l.k = c.k WHERE one IS NULL ORDER BY x;
