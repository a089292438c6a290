-- Messages show expressions as Spark's analyzer has them half-way.
--ERRORS condition
create temporary view t as select * from values
  (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, 'b', 40), (5, 'c', 50), (6, null, null)
  as t(id, k, n);
select id, n + 1 as m, sum(m) over (order by id) from t;
select id, rank() over (order by n) as r, sum(r) over (order by id) as s from t;
