-- CSV through SQL: files by path, views of files, options.
SELECT * FROM csv.`sql-tests/files/csv/names.csv`;
SELECT count(*), count(_c2) FROM csv.`sql-tests/files/csv/names.csv`;

-- Quotes, escapes, malformed records.
CREATE OR REPLACE TEMPORARY VIEW quotes USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true');
SELECT * FROM quotes;
DESCRIBE quotes;
SELECT b FROM quotes WHERE a LIKE '"%';
SELECT count(*) FROM quotes;
CREATE OR REPLACE TEMPORARY VIEW doubled USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true', escape '"');
SELECT * FROM doubled;
CREATE OR REPLACE TEMPORARY VIEW trimmed USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true', ignoreLeadingWhiteSpace 'true', ignoreTrailingWhiteSpace 'true');
SELECT * FROM trimmed;
CREATE OR REPLACE TEMPORARY VIEW nulls USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true', nullValue 'q', emptyValue 'E');
SELECT * FROM nulls;
CREATE OR REPLACE TEMPORARY VIEW corrupt (a INT, b STRING, c INT, _corrupt_record STRING) USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true');
SELECT * FROM corrupt;
SELECT a, b, c FROM corrupt WHERE b IS NOT NULL;
CREATE OR REPLACE TEMPORARY VIEW kept (a STRING, b STRING, c INT, bad STRING) USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true', columnNameOfCorruptRecord 'bad', mode 'permissive');
SELECT a, b, c, bad FROM kept WHERE c > 1 OR bad IS NULL;
CREATE OR REPLACE TEMPORARY VIEW dropped (a STRING, b STRING, c STRING) USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv', header 'true', mode 'DROPMALFORMED');
SELECT * FROM dropped;

-- Types, learned and given.
CREATE OR REPLACE TEMPORARY VIEW inferred USING csv OPTIONS (path 'sql-tests/files/csv/types.csv', header 'true', inferSchema 'true');
SELECT * FROM inferred;
SELECT dt, sum(l) FROM inferred WHERE b GROUP BY dt;
CREATE OR REPLACE TEMPORARY VIEW typed (i INT, l BIGINT, d DOUBLE, dec DECIMAL(10,2), dt DATE, ts TIMESTAMP, b BOOLEAN, s STRING, n INT, m SMALLINT, inf FLOAT) USING csv OPTIONS (path 'sql-tests/files/csv/types.csv', header 'true');
SELECT * FROM typed;
CREATE OR REPLACE TEMPORARY VIEW formats (d DATE, t TIMESTAMP) USING csv OPTIONS (path 'sql-tests/files/csv/formats.csv', header 'true', dateFormat 'dd/MM/yyyy', timestampFormat 'dd-MM-yyyy HH:mm');
SELECT * FROM formats;

-- Records over several lines, other separators, comments.
CREATE OR REPLACE TEMPORARY VIEW lines USING csv OPTIONS (path 'sql-tests/files/csv/lines.csv', header 'true', multiLine 'true');
SELECT b, length(a) FROM lines;
CREATE OR REPLACE TEMPORARY VIEW cut USING csv OPTIONS (path 'sql-tests/files/csv/lines.csv', header 'true');
SELECT * FROM cut;
CREATE OR REPLACE TEMPORARY VIEW pipes USING csv OPTIONS (path 'sql-tests/files/csv/pipes.csv', header 'true', sep '|', quote "'", nullValue 'NA', comment '#', inferSchema 'true');
SELECT * FROM pipes;

-- Not there.
SELECT * FROM csv.`/file/not/found`;
SELECT * FROM csv.``;
SELECT * FROM nosuchformat.`/file/not/found`;
CREATE TEMPORARY VIEW without_path USING csv;
CREATE TEMPORARY VIEW nowhere USING csv OPTIONS (path '/file/not/found');
CREATE TEMPORARY VIEW quotes USING csv OPTIONS (path 'sql-tests/files/csv/quotes.csv');
