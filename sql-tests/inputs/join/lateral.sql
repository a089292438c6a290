-- joins between a query and the LATERAL ones that name its columns

SELECT q.a FROM (SELECT a FROM VALUES (1), (2) AS t(a) LIMIT 1) AS q
LEFT ANTI JOIN VALUES (1) AS u(b) ON CAST(NULL AS BOOLEAN)
JOIN LATERAL (SELECT max(c) FROM VALUES (1) AS v(c) WHERE v.c = q.a) AS l ON true;
SELECT q.a, l.n FROM (SELECT a FROM VALUES (1), (2) AS t(a) LIMIT 2) AS q
LEFT ANTI JOIN VALUES (1) AS u(b) ON CAST(NULL AS BOOLEAN)
JOIN LATERAL (SELECT count(*) AS n FROM VALUES (1), (1) AS v(c) WHERE v.c = q.a) AS l ON true ORDER BY 1;
