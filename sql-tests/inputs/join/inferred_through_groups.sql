-- What a filter below groups or new names says holds for the join's other side.
CREATE TEMPORARY VIEW sales AS SELECT * FROM VALUES
  (2000, 1, 10), (2000, 2, 20), (2000, 1, 5), (2001, 1, 7), (NULL, 1, 1), (2002, 2, 2) AS t(year, item, price);

SELECT a.y, a.i, a.total, b.total
FROM (SELECT year AS y, item AS i, sum(price) AS total FROM sales GROUP BY year, item) a
LEFT JOIN (SELECT year AS y, item AS i, sum(price) AS total FROM sales WHERE price > 5 GROUP BY year, item) b ON a.y = b.y AND a.i = b.i
WHERE a.y = 2000 ORDER BY a.i;

SELECT a.y, b.n
FROM (SELECT year AS y, sum(price) AS total FROM sales WHERE year > 2000 GROUP BY year) a
JOIN (SELECT year + 0 AS y, count(*) AS n FROM sales GROUP BY year) b ON a.y = b.y ORDER BY a.y;

SELECT a.y, a.n, b.y
FROM (SELECT year AS y, row_number() OVER (PARTITION BY year ORDER BY price) AS n FROM sales WHERE year < 2002) a
RIGHT JOIN (SELECT DISTINCT year AS y FROM sales) b ON a.y = b.y ORDER BY b.y NULLS FIRST, a.n;

SELECT a.n, b.y FROM (SELECT count(*) AS n FROM sales WHERE year = 2001) a JOIN (SELECT year AS y, count(*) AS n FROM sales GROUP BY year) b
ON a.n = b.n ORDER BY b.y NULLS FIRST;
