-- JSON lines, arrays, text and hive partitions.
SELECT * FROM json.`sql-tests/files/json/mixed.json`;
SELECT c.y[0], a FROM json.`sql-tests/files/json/mixed.json` WHERE c IS NOT NULL;
CREATE OR REPLACE TEMPORARY VIEW typed (b INT, a STRING, c STRUCT<z: DOUBLE, y: ARRAY<INT>>, d DATE, _corrupt_record STRING) USING json OPTIONS (path 'sql-tests/files/json/mixed.json');
SELECT * FROM typed;
CREATE OR REPLACE TEMPORARY VIEW dropped USING json OPTIONS (path 'sql-tests/files/json/mixed.json', mode 'DROPMALFORMED');
SELECT * FROM dropped;
CREATE OR REPLACE TEMPORARY VIEW arrays USING json OPTIONS (path 'sql-tests/files/json/array.json', multiLine 'true');
SELECT * FROM arrays;
CREATE OR REPLACE TEMPORARY VIEW types (i INT, l BIGINT, d DOUBLE, s STRING, ts TIMESTAMP, tn TIMESTAMP, bo BOOLEAN, dc DECIMAL(5,2), m MAP<STRING, INT>, bin BINARY, _corrupt_record STRING) USING json OPTIONS (path 'sql-tests/files/json/types.json');
SELECT i, l, d, s, ts, tn, bo, dc, m, cast(bin AS STRING), _corrupt_record FROM types;
CREATE OR REPLACE TEMPORARY VIEW texts USING json OPTIONS (path 'sql-tests/files/json/types.json', primitivesAsString 'true');
SELECT i, l, d FROM texts;

SELECT value, length(value) FROM text.`sql-tests/files/lines.txt`;
CREATE OR REPLACE TEMPORARY VIEW whole USING text OPTIONS (path 'sql-tests/files/lines.txt', wholetext 'true');
SELECT count(*), max(length(value)) FROM whole;

-- Folders k=v are columns.
SELECT * FROM csv.`sql-tests/files/parts`;
SELECT _c0 FROM csv.`sql-tests/files/parts` WHERE p IS NULL;
SELECT p, q FROM csv.`sql-tests/files/parts` WHERE p >= 2 AND q LIKE 'b%';
SELECT dt, sum(v), count(w) FROM json.`sql-tests/files/days` GROUP BY dt;
SELECT v, date_add(dt, 1) FROM json.`sql-tests/files/days` WHERE dt < DATE '2024-01-02';
SELECT * FROM json.`sql-tests/files/days/dt=2024-01-02`;
SELECT * FROM json.`sql-tests/files/days/*/a.json` WHERE v > 1;
