-- Three and more relations, joins of every kind mixed, NULLs in every key.

CREATE OR REPLACE TEMPORARY VIEW a AS SELECT * FROM VALUES (1, 10), (2, 20), (3, NULL), (NULL, 40), (5, 50) AS a(id, x);
CREATE OR REPLACE TEMPORARY VIEW b AS SELECT * FROM VALUES (1, 1, 'p'), (1, 2, 'q'), (2, NULL, 'r'), (NULL, 3, 's'), (7, 5, NULL) AS b(a_id, c_id, s);
CREATE OR REPLACE TEMPORARY VIEW c AS SELECT * FROM VALUES (1, 'one'), (2, 'two'), (3, NULL), (NULL, 'none') AS c(id, name);
CREATE OR REPLACE TEMPORARY VIEW d AS SELECT * FROM VALUES ('one', 10), ('two', 20), (NULL, 30), ('one', 40) AS d(name, x);

-- inner
SELECT a.id, b.s, c.name, d.x FROM a, b, c, d WHERE a.id = b.a_id AND b.c_id = c.id AND c.name = d.name ORDER BY 1, 2, 3, 4;
SELECT a.id, c.id, d.x FROM a JOIN c ON a.id = c.id JOIN d ON a.x = d.x AND c.name = d.name ORDER BY 1, 2, 3;
SELECT count(*) FROM a, b, c, d;
SELECT a.id, b.a_id, c.id FROM a JOIN b ON a.id = b.a_id JOIN c ON a.id = c.id AND b.a_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.a_id, c.id FROM a, b, c WHERE a.id = b.a_id AND b.a_id = c.id AND a.id = 1;
SELECT a.id, b.c_id, c.id FROM a, b, c WHERE a.id + b.c_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.c_id, c.id FROM a, b, c WHERE a.id < b.c_id AND b.c_id < c.id ORDER BY 1, 2, 3;

-- outer over and under inner
SELECT a.id, b.s, c.name FROM a LEFT JOIN b ON a.id = b.a_id LEFT JOIN c ON b.c_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a LEFT JOIN b ON a.id = b.a_id JOIN c ON b.c_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a LEFT JOIN b ON a.id = b.a_id JOIN c ON a.id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a LEFT JOIN (b JOIN c ON b.c_id = c.id) ON a.id = b.a_id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a LEFT JOIN (b LEFT JOIN c ON b.c_id = c.id) ON a.id = b.a_id AND c.id > 1 ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a RIGHT JOIN b ON a.id = b.a_id RIGHT JOIN c ON b.c_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a FULL JOIN b ON a.id = b.a_id LEFT JOIN c ON b.c_id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a FULL JOIN b ON a.id = b.a_id JOIN c ON a.id = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, c.name FROM a LEFT JOIN b ON a.id = b.a_id LEFT JOIN c ON coalesce(b.c_id, 3) = c.id ORDER BY 1, 2, 3;
SELECT a.id, b.s, d.x FROM a LEFT JOIN b ON a.id = b.a_id LEFT JOIN c ON b.c_id <=> c.id JOIN d ON c.name <=> d.name ORDER BY 1, 2, 3;

-- filters that turn outer joins into inner ones, and some that do not
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id WHERE b.c_id > 1 ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id WHERE b.c_id IS NULL ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN b ON a.id = b.a_id WHERE a.x > 10 ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN b ON a.id = b.a_id WHERE b.c_id > 1 ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN b ON a.id = b.a_id WHERE a.x > b.c_id ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN b ON a.id = b.a_id WHERE coalesce(a.x, b.c_id) > 2 ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id WHERE b.c_id > 1 OR a.x > 20 ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id WHERE NOT (b.s = 'p') ORDER BY 1, 2;

-- semi and anti
SELECT a.id FROM a LEFT SEMI JOIN b ON a.id = b.a_id LEFT ANTI JOIN c ON a.id = c.id ORDER BY 1;
SELECT a.id, c.name FROM a LEFT SEMI JOIN b ON a.id = b.a_id JOIN c ON a.id = c.id ORDER BY 1, 2;
SELECT a.id, c.name FROM a LEFT ANTI JOIN b ON a.id = b.a_id LEFT JOIN c ON a.id = c.id ORDER BY 1, 2;
SELECT a.id, c.name FROM a JOIN c ON a.id = c.id LEFT ANTI JOIN b ON a.id = b.a_id AND c.id = b.c_id ORDER BY 1, 2;
SELECT a.id FROM a LEFT SEMI JOIN (b JOIN c ON b.c_id = c.id) ON a.id = b.a_id ORDER BY 1;
SELECT a.id FROM a LEFT ANTI JOIN (SELECT DISTINCT a_id FROM b) AS b ON a.id = b.a_id WHERE a.id < 5 ORDER BY 1;
SELECT a.id FROM a LEFT SEMI JOIN b ON a.id = b.a_id AND (b.s = 'p' OR a.x > 15) ORDER BY 1;

-- disjunctions over both sides, constants through keys
SELECT a.id, b.s FROM a, b WHERE a.id = b.a_id AND ((a.x = 10 AND b.s = 'p') OR (a.x = 20 AND b.s = 'r')) ORDER BY 1, 2;
SELECT a.id, b.s, c.name FROM a, b, c WHERE (a.id = b.a_id AND b.c_id = c.id AND c.name = 'one') OR (a.id = b.a_id AND b.c_id = c.id AND b.s = 'q') ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id AND ((a.x = 10 AND b.s = 'p') OR (a.x = 20 AND b.s = 'r')) ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN b ON a.id = b.a_id WHERE a.id = 1 ORDER BY 1, 2;
SELECT a.id, b.s FROM a RIGHT JOIN b ON a.id = b.a_id WHERE b.a_id IN (1, 7) ORDER BY 1, 2;
SELECT a.id, b.s FROM a LEFT JOIN (SELECT * FROM b WHERE a_id > 1) AS b ON a.id = b.a_id ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN (SELECT * FROM b WHERE a_id > 1) AS b ON a.id = b.a_id ORDER BY 1, 2;

-- joins that nobody needs
SELECT a.x FROM a LEFT JOIN (SELECT a_id, count(*) AS n FROM b GROUP BY a_id) AS b ON a.id = b.a_id ORDER BY 1;
SELECT a.x FROM a LEFT JOIN b ON a.id = b.a_id ORDER BY 1;
SELECT DISTINCT a.x FROM a LEFT JOIN b ON a.id = b.a_id ORDER BY 1;
SELECT DISTINCT a.x FROM a JOIN b ON a.id = b.a_id ORDER BY 1;
SELECT max(a.x), min(a.id) FROM a JOIN b ON a.id = b.a_id;
SELECT sum(a.x), count(*) FROM a JOIN b ON a.id = b.a_id;

-- a side without rows
SELECT a.id, b.s FROM a LEFT JOIN (SELECT * FROM b WHERE false) AS b ON a.id = b.a_id ORDER BY 1, 2;
SELECT a.id, b.s FROM a FULL JOIN (SELECT * FROM b WHERE false) AS b ON a.id = b.a_id ORDER BY 1, 2;
SELECT a.id, b.s FROM (SELECT * FROM a WHERE false) AS a RIGHT JOIN b ON a.id = b.a_id ORDER BY 1, 2;
SELECT a.id FROM a LEFT ANTI JOIN (SELECT * FROM b WHERE false) AS b ON a.id = b.a_id ORDER BY 1;
SELECT a.id FROM a LEFT SEMI JOIN (SELECT * FROM b WHERE false) AS b ON a.id = b.a_id ORDER BY 1;

-- keys that are computed, some of which could overflow
SELECT a.id, b.c_id FROM a, b WHERE a.id = b.c_id - 1 ORDER BY 1, 2;
SELECT a.id, b.c_id FROM a LEFT JOIN b ON a.id = b.c_id * 2 - 1 ORDER BY 1, 2;
SELECT a.id, b.c_id FROM a, b WHERE a.id = b.c_id + 2147483640 ORDER BY 1, 2;
SELECT a.id, b.c_id FROM a, b WHERE a.id = b.c_id + 2147483646;
SELECT a.id, c.id FROM a, b, c WHERE a.id = b.c_id - 1 AND b.c_id = c.id + 1 ORDER BY 1, 2;
