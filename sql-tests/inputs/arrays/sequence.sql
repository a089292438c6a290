-- Numbers, dates and timestamps by steps.

SELECT sequence(1, 5), sequence(5, 1), sequence(1, 1), sequence(1, 10, 3), sequence(5, 1, -2);
SELECT sequence(1, 5L), typeof(sequence(1Y, 3Y)), sequence(1, null), sequence(1, 5, null);
SELECT sequence(1, 1, 0);
SELECT sequence(9223372036854775805, 9223372036854775807);
SELECT sequence(0, 9223372036854775807);
SELECT sequence(DATE'2018-01-01', DATE'2018-03-01', INTERVAL 1 MONTH);
SELECT sequence(DATE'2018-01-29', DATE'2018-05-31', INTERVAL '0-1' YEAR TO MONTH);
SELECT sequence(DATE'2018-01-31', DATE'2018-05-31', INTERVAL 1 MONTH);
SELECT sequence(DATE'2018-01-01', DATE'2018-01-04'), sequence(DATE'2018-01-04', DATE'2018-01-02');
SELECT sequence(DATE'2018-01-01', DATE'2018-01-10', INTERVAL 3 DAYS), sequence(DATE'2018-01-10', DATE'2018-01-01', INTERVAL -3 DAYS);
SELECT sequence(DATE'2018-01-01', TIMESTAMP'2018-01-02 00:00:00', INTERVAL 12 HOURS);
SELECT sequence(TIMESTAMP'2018-01-01 00:00:00', TIMESTAMP'2018-01-01 02:30:00', INTERVAL 1 HOUR);
SELECT sequence(TIMESTAMP'2018-01-01 00:00:00', TIMESTAMP'2018-01-03 00:00:00');
SELECT sequence(1, 'a');
SELECT sequence(DATE'2018-01-01', 1);
SELECT sequence(1.5, 2.5);
SELECT sequence(1, 10, INTERVAL 1 DAY);
SELECT sequence(DATE'2018-01-01', DATE'2018-01-02', 1);
SELECT sequence(1);
SELECT sequence(a, b, c) FROM VALUES (1, 3, 1), (3, 1, -1), (null, 1, 1), (2, 2, 5) AS t(a, b, c);
