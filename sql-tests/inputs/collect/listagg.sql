-- Texts of a group end to end.

CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 'a', 3), (2, 'b', 2), (1, 'c', 1), (1, null, 0), (3, null, 5), (1, 'a', 2) AS t(k, s, n);
SELECT listagg(s) WITHIN GROUP (ORDER BY n) FROM t;
SELECT listagg(s, ', ') WITHIN GROUP (ORDER BY n DESC) FROM t;
SELECT k, listagg(s, '-') WITHIN GROUP (ORDER BY n) FROM t GROUP BY k ORDER BY k;
SELECT k, string_agg(s, '-') WITHIN GROUP (ORDER BY s DESC, n) FROM t GROUP BY k ORDER BY k;
SELECT listagg(DISTINCT s, ',') WITHIN GROUP (ORDER BY s) FROM t;
SELECT listagg(DISTINCT s, ',') WITHIN GROUP (ORDER BY s DESC NULLS FIRST) FROM t;
SELECT listagg(n, ',') WITHIN GROUP (ORDER BY n) FROM t;
SELECT listagg(DISTINCT n) WITHIN GROUP (ORDER BY n DESC) FROM t;
SELECT listagg(s) FROM t WHERE false;
SELECT listagg(s, NULL) WITHIN GROUP (ORDER BY n) FROM t WHERE k = 1;
SELECT listagg(s, ',') WITHIN GROUP (ORDER BY n) FILTER (WHERE n > 1) FROM t;
SELECT hex(listagg(x, x'2C') WITHIN GROUP (ORDER BY x)) FROM VALUES (x'BB'), (x'AA'), (null) AS v(x);
SELECT listagg(s) WITHIN GROUP (ORDER BY n), listagg(s) WITHIN GROUP (ORDER BY n DESC), max(s), count(DISTINCT s) FROM t;
SELECT listagg(s, n) FROM t;
SELECT listagg(s, x'2C') FROM t;
SELECT listagg(array(s)) FROM t;
SELECT listagg(DISTINCT s) WITHIN GROUP (ORDER BY n) FROM t;
SELECT listagg(DISTINCT s) WITHIN GROUP (ORDER BY s, n) FROM t;
SELECT listagg(DISTINCT CAST(n AS double)) WITHIN GROUP (ORDER BY CAST(n AS double)) FROM t;
SELECT listagg(s) WITHIN GROUP (ORDER BY map(1, n)) FROM t;
SELECT max(s) WITHIN GROUP (ORDER BY n) FROM t;
SELECT collect_list(s) WITHIN GROUP (ORDER BY n) FROM t;
SELECT k, n, listagg(s, ',') WITHIN GROUP (ORDER BY n) OVER (PARTITION BY k) AS l FROM t ORDER BY k, n;
SELECT listagg() FROM t;
SELECT upper(s) WITHIN GROUP (ORDER BY n) FROM t;
SELECT listagg(s) WITHIN GROUP (ORDER BY 1) FROM t WHERE k = 2;
