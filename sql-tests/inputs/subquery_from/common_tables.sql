-- what readers ask of a common table's columns

-- two things of one column, from the one reader that is left
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k, a.n, b.n FROM t AS b RIGHT JOIN t AS a ON CAST(NULL AS BOOLEAN) WHERE a.k BETWEEN 2 AND 5;
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k FROM t AS b RIGHT JOIN t AS a ON CAST(NULL AS BOOLEAN) WHERE a.k BETWEEN 4 AND 1;

-- of two columns, by two readers
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k, b.n FROM t AS a, t AS b WHERE a.k > 1 AND a.k < 9 AND a.n < 9 AND b.k > 1 AND b.k < 9 AND b.n < 2 ORDER BY 1, 2;
-- What a common table leaves out stays out.
WITH c AS (SELECT id FROM range(10) LIMIT 3) SELECT count(*) FROM c AS x CROSS JOIN c AS y;
WITH c AS (SELECT id FROM range(10) ORDER BY id LIMIT 3 OFFSET 2) SELECT x.id, y.id FROM c AS x JOIN c AS y ON x.id = y.id ORDER BY 1;
WITH c AS (SELECT count(*) AS n FROM range(10) LIMIT 100 OFFSET 1) SELECT * FROM c AS x JOIN c AS y ON x.n = y.n;
SELECT q.n, l.m FROM (SELECT count(*) AS n FROM range(10) LIMIT 100 OFFSET 1) AS q JOIN LATERAL (SELECT max(3) AS m FROM range(20) AS t WHERE t.id >= q.n) AS l;
