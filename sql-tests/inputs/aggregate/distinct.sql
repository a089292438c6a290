create temporary view t as select * from values
  ('a', 1, 10, 1.5), ('a', 1, 20, 2.5), ('b', 1, null, 3.5), ('b', 3, 40, null), ('a', 1, 10, 1.5), (null, 2, 50, 0.5), (null, null, null, null)
  as t(k, i, n, d);
select count(distinct k), count(distinct i, n), count(distinct n), sum(distinct i), avg(distinct d), count(n) from t;
select k, count(distinct i), sum(distinct n), count(distinct d, n), sum(n), max(distinct n) from t group by k;
select count(distinct k) filter (where n > 10), count(distinct k), count(distinct n) filter (where i = 1) from t;
select k, count(distinct n) filter (where i = 1), sum(distinct n) filter (where n > 10), count(*) filter (where d > 2) from t group by k;
select k, sum(n) filter (where i = 1) as one, sum(n) filter (where i = 3) as three, avg(n) filter (where false) from t group by k;
select count(distinct *) from t;
select count(distinct k, null), count(distinct null), count(distinct 1) from t;
select count(distinct i + 1), sum(distinct i + 1), sum(distinct i) + count(distinct i) from t;
select k, count(distinct n) as c from t group by k having count(distinct n) > 1 order by count(distinct i), k;
select min(distinct n), max(distinct k), bool_and(distinct i > 0), any_value(distinct 1) from t;
select sum(1 / n) filter (where n > 0) from t;
select i, sum(distinct d), sum(d), count(distinct k) from t group by i order by i;
