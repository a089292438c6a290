-- what readers ask of a common table's columns

-- two things of one column, from the one reader that is left
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k, a.n, b.n FROM t AS b RIGHT JOIN t AS a ON CAST(NULL AS BOOLEAN) WHERE a.k BETWEEN 2 AND 5;
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k FROM t AS b RIGHT JOIN t AS a ON CAST(NULL AS BOOLEAN) WHERE a.k BETWEEN 4 AND 1;

-- of two columns, by two readers
WITH t AS (SELECT k, count(*) AS n FROM VALUES (1), (2), (2), (7) AS v(k) GROUP BY k)
SELECT a.k, b.n FROM t AS a, t AS b WHERE a.k > 1 AND a.k < 9 AND a.n < 9 AND b.k > 1 AND b.k < 9 AND b.n < 2 ORDER BY 1, 2;
