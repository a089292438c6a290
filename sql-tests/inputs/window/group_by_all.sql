-- GROUP BY ALL beside calls over windows.
CREATE TEMP VIEW t AS SELECT * FROM VALUES (1, 'x', 10), (1, 'y', 20), (2, 'x', 30), (2, 'x', 40) AS t(k, s, v);

SELECT k, count(*), row_number() OVER (ORDER BY k) AS rn FROM t GROUP BY ALL;
SELECT k, sum(v) AS total, rank() OVER (ORDER BY sum(v)) AS r FROM t GROUP BY ALL;
SELECT k, sum(sum(v)) OVER (ORDER BY k) AS running FROM t GROUP BY ALL;
SELECT k, row_number() OVER (ORDER BY k) AS rn FROM t GROUP BY ALL;
SELECT s, k, count(*) AS n, rank() OVER (PARTITION BY s ORDER BY count(*), k) AS r FROM t GROUP BY ALL;
