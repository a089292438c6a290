-- What Spark refuses and other databases do not.
create temporary view t as select * from values
  (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, 'b', 40), (5, 'c', 50), (6, null, null)
  as t(id, k, n);
select id, n from t order by row_number() over (order by n desc nulls last);
select id from t order by sum(n) over (partition by k) desc nulls last, id;
select k, sum(n) as s from t group by k order by rank() over (order by sum(n) desc);
select k, sum(n) as s from t group by k qualify rank() over (order by sum(n) desc) <= 2;
select k, grouping(k), sum(n) from t group by rollup(k) qualify rank() over (partition by grouping(k) order by sum(n) desc) = 1;
select k, sum(n) as s from t group by k qualify max(sum(n)) over (order by s) = s and s > 40;
select id, sum(n) over (w order by id), max(n) over (w order by id desc rows between 1 preceding and current row) from t window w as (partition by k);
select id from t group by row_number() over (order by id);
