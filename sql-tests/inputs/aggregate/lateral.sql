-- Messages show expressions as Spark's analyzer has them half-way.
--ERRORS condition
create temporary view t as select * from values
  ('a', 1, 10, 1.5), ('a', 1, 20, 2.5), ('b', 1, null, 3.5), ('b', 3, 40, null), ('a', 1, 10, 1.5), (null, 2, 50, 0.5), (null, null, null, null)
  as t(k, i, n, d);
select k as kk, sum(n) as s, s + 1 as more from t group by k;
select i + 1 as j, sum(j) from t group by i;
select i + 1 as j, sum(j) over () from t;
select sum(n) as s, max(s) over () from t;
