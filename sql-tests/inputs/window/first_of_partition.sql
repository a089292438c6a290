-- Only the first rows of each partition are wanted.
CREATE TEMPORARY VIEW scores AS SELECT * FROM VALUES
  ('a', 1, 10), ('a', 2, 20), ('a', 3, 20), ('a', 4, 5), ('b', 5, 7), ('b', 6, NULL), ('c', 7, NULL), (NULL, 8, 1),
  (NULL, 9, 1), (NULL, 10, 2), ('d', 11, 3), ('d', 12, 3), ('d', 13, 3), ('d', 14, 9) AS t(team, id, score);

SELECT team, id FROM scores QUALIFY row_number() OVER (PARTITION BY team ORDER BY score DESC, id) = 1 ORDER BY team, id;

SELECT team, id, r FROM (SELECT *, rank() OVER (PARTITION BY team ORDER BY score DESC) r FROM scores) WHERE r <= 2 ORDER BY team, r, id;

SELECT team, id, r FROM (SELECT *, rank() OVER (PARTITION BY team ORDER BY score) r FROM scores) WHERE 3 > r ORDER BY team, r, id;

SELECT team, id, r FROM (SELECT *, dense_rank() OVER (PARTITION BY team ORDER BY score) r FROM scores) WHERE r < 3 ORDER BY team, r, id;

-- Others beside the rank look back only.
SELECT * FROM (
  SELECT team, id,
    row_number() OVER w AS n, rank() OVER w AS r, sum(score) OVER (PARTITION BY team ORDER BY id ROWS UNBOUNDED PRECEDING) AS running,
    first_value(id) OVER (PARTITION BY team ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS earlier
  FROM scores WINDOW w AS (PARTITION BY team ORDER BY id))
WHERE n <= 2 ORDER BY team, id;

-- These look further: the rows after the first ones count.
SELECT * FROM (
  SELECT team, id, row_number() OVER w AS n, sum(score) OVER (PARTITION BY team) AS total, lead(id) OVER w AS next,
    ntile(2) OVER w AS half, percent_rank() OVER w AS share
  FROM scores WINDOW w AS (PARTITION BY team ORDER BY id))
WHERE n = 1 ORDER BY team;

SELECT * FROM (SELECT team, id, rank() OVER (PARTITION BY team ORDER BY score) AS r,
    count(*) OVER (PARTITION BY team ORDER BY score) AS peers FROM scores)
WHERE r = 1 ORDER BY team, id;

-- Two limits, and one that nothing reaches.
SELECT team, id FROM (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n, rank() OVER (PARTITION BY team ORDER BY id) r
  FROM scores) WHERE n <= 3 AND r <= 2 ORDER BY team, id;
SELECT team, id FROM (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) WHERE n <= 0;
SELECT team, id FROM (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) WHERE n = 4 ORDER BY team;
SELECT team, id FROM (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) WHERE n < 3 OR id = 13 ORDER BY team, id;

-- All rows as one partition, in order and in none.
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY score DESC, id) n FROM scores) WHERE n <= 3 ORDER BY n;
SELECT id, r FROM (SELECT id, rank() OVER (ORDER BY score) r FROM scores) WHERE r <= 4 ORDER BY r, id;
SELECT count(*) FROM (SELECT id, row_number() OVER (ORDER BY 1) n FROM scores) WHERE n <= 5;

-- Partitions by more than a column.
SELECT a, b, n, id FROM (SELECT id % 3 AS a, id % 50 AS b, id, row_number() OVER (PARTITION BY id % 3, id % 50 ORDER BY id DESC) n FROM range(3000))
WHERE n = 1 AND a = 2 AND b < 5 ORDER BY b;
SELECT count(*), sum(id), max(r) FROM (SELECT id, rank() OVER (PARTITION BY id % 7 ORDER BY id DIV 100) r FROM range(3000)) WHERE r <= 20;

-- Ranks as keys: one more and one less.
SELECT now.team, now.id, before.id AS before, after.id AS after
FROM (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) now
JOIN (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) before ON now.team = before.team AND now.n = before.n + 1
JOIN (SELECT *, row_number() OVER (PARTITION BY team ORDER BY id) n FROM scores) after ON now.team = after.team AND now.n = after.n - 1
ORDER BY now.team, now.id;
