create temporary view t as select * from values
  (1, 'a', 10, 1.5D, 1.25, date'2020-01-01', timestamp'2020-01-01 10:00:00'),
  (2, 'a', 20, 2.5D, 2.25, date'2020-01-03', timestamp'2020-01-01 12:00:00'),
  (3, 'a', 20, 0.5D, null, date'2020-02-01', timestamp'2020-01-02 10:00:00'),
  (4, 'b', 5, 3.5D, 4.00, date'2020-02-29', timestamp'2020-01-02 10:00:00'),
  (5, 'b', null, null, 0.75, null, null),
  (6, null, 7, 1.0D, 9.50, date'2019-12-31', timestamp'2020-03-01 00:00:00'),
  (7, 'b', 5, 2.0D, 1.00, date'2020-03-01', timestamp'2020-03-01 00:00:01')
  as t(id, k, n, d, m, dt, ts);

-- No order: the whole partition.
select id, sum(n) over (), count(*) over (), count(n) over (partition by k), avg(n) over (partition by k) from t;
select id, min(m) over (partition by k), max(dt) over (partition by k), max(k) over () from t;
-- An order: up to the current row and its peers.
select id, sum(n) over (order by n), count(*) over (order by n), count(n) over (order by n desc) from t;
select id, sum(m) over (partition by k order by id), avg(m) over (partition by k order by id), min(n) over (partition by k order by id) from t;
select id, sum(d) over (order by id), avg(d) over (order by id), stddev(d) over (order by id), var_pop(n) over (order by id) from t;
select id, bool_and(n > 5) over (order by id), count_if(n > 5) over (order by id) from t where id <> 6;
-- ROWS.
select id, sum(n) over (order by id rows unbounded preceding) from t;
select id, sum(n) over (order by id rows 1 preceding), sum(n) over (order by id rows current row) from t;
select id, sum(n) over (order by id rows between 1 preceding and 1 following), max(n) over (order by id rows between 2 preceding and current row) from t;
select id, count(*) over (order by id rows between 2 following and 3 following), sum(n) over (order by id rows between 2 following and 3 following) from t;
select id, count(*) over (order by id rows between 3 preceding and 2 preceding), min(k) over (order by id rows between 3 preceding and 2 preceding) from t;
select id, sum(n) over (order by id rows between current row and unbounded following), min(n) over (partition by k order by id rows between 1 following and unbounded following) from t;
select id, sum(n) over (order by id rows between unbounded preceding and 1 preceding), count(n) over (order by id rows between unbounded preceding and 2 following) from t;
select id, sum(n) over (order by id rows between current row and 1 preceding), count(1) over (order by id rows between current row and 1 preceding) from t;
select id, count(*) over (rows between unbounded preceding and unbounded following) from t;
select id, avg(d) over (partition by k order by id rows between 1 preceding and 1 following) from t;
-- RANGE with values.
select id, count(n) over (order by n range 5 preceding), sum(n) over (order by n range between 5 preceding and 5 following) from t;
select id, sum(n) over (order by n desc range between 5 preceding and current row), count(*) over (order by n desc range between 1 following and 10 following) from t;
select id, count(*) over (order by n nulls last range between 3 preceding and 3 following) from t;
select id, count(*) over (order by d range between 1 preceding and 0.5 following), sum(m) over (order by m range between 0.5 preceding and 1.25 following) from t;
select id, count(*) over (order by dt range between 2 preceding and current row), count(*) over (order by dt range between interval '1' month preceding and current row) from t;
select id, count(*) over (order by dt range between interval '31' day preceding and interval '1' day preceding) from t;
select id, count(*) over (order by ts range between interval '2' hour preceding and interval '1' day following), count(*) over (order by ts range between interval 1 month preceding and current row) from t;
select id, count(*) over (order by cast(ts as timestamp_ntz) range between interval '3' hour preceding and current row) from t;
select id, sum(n) over (order by n range between current row and unbounded following), sum(n) over (order by n, id range between current row and unbounded following) from t;
select id, sum(n) over (order by n range between unbounded preceding and 2 following), sum(n) over (order by n range between 2 preceding and unbounded following) from t;
select id, count(*) over (partition by k order by n range between 10 following and 15 following) from t;
select id, count(*) over (order by id range between 1L preceding and 2S following), count(*) over (order by cast(id as bigint) range 2 preceding) from t;
-- Types of all kinds.
select id, count(*) over (order by interval '1' day * id range between interval '1' day preceding and current row) from t;
select id, last_value(n) over (order by d range between 1.1 preceding and 'inf' following) from t;
