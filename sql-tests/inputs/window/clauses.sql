create temporary view t as select * from values
  (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, 'b', 40), (5, 'c', 50), (6, null, null)
  as t(id, k, n);

-- Named windows.
select id, sum(n) over w, row_number() over w from t window w as (partition by k order by id);
select id, sum(n) over w1, sum(n) over w2 from t window w1 as (order by id), w2 as (partition by k);
select id, sum(n) over v from t window w as (order by id), v as w;
select id, sum(n) over (w) from t window w as (order by id);
select id, count(*) over W from t window w as ();
-- Over aggregates.
select k, sum(n), sum(sum(n)) over (), sum(sum(n)) over (order by k) from t group by k;
select k, sum(n) * 100 / sum(sum(n)) over () as share from t group by k;
select k, rank() over (order by sum(n) desc), count(*) over () from t group by k having sum(n) > 30;
select rank() over (order by sum(n)), avg(sum(n)) over (), max(count(*)) over () from t;
select k, n % 20 = 0 as round, sum(n), sum(sum(n)) over (partition by k) from t group by k, n % 20 = 0;
select k, sum(n), lag(sum(n)) over (order by k) from t group by k order by k;
select k, count(*) as c, sum(count(*)) over (order by k rows unbounded preceding) as running from t group by k order by running;
select k, sum(n) as s, rank() over (partition by grouping(k) order by sum(n) desc) from t group by rollup(k);
select k, n, grouping(k) + grouping(n) as lvl, sum(n), rank() over (partition by grouping(k) + grouping(n), case when grouping(n) = 0 then k end order by sum(n) desc) as r from t group by rollup(k, n) order by lvl desc, k, r, n;
select count(distinct k), sum(count(distinct k)) over () from t;
-- In expressions and ORDER BY.
select id, n - lag(n) over (order by id) as diff, coalesce(lead(n) over (order by id), 0) + 1 from t;
select id, case when row_number() over (partition by k order by id) = 1 then 'first' else 'later' end as place from t;
select id, sum(n) over (order by id) + sum(n) over (order by id desc) from t;
select distinct k, count(*) over (partition by k) as c from t;
select distinct count(*) over () from t;
select id, row_number() over (order by id) as r from t order by r desc limit 2;
select k, max(r) from (select k, row_number() over (partition by k order by id) as r from t) group by k;
select * from (select id, k, row_number() over (partition by k order by id desc) as r from t) where r = 1 and k <> 'c';
select a.id, b.r from t a join (select id, rank() over (order by n) as r from t) b on a.id = b.id where b.r > 2;
select id, r, sum(r) over (order by id) as s from (select id, rank() over (order by k) as r from t);
-- Aliases of the same list.
select id, row_number() over (order by id) as r, r + 1 as s from t;
-- FILTER and names.
select sum(n) over (partition by k order by id desc nulls last) from t where id < 3;
select count(*) over (order by k asc, id desc nulls first rows between 2 preceding and 1 following) from t where id < 3;
select lag(n, 1) over (order by id), lead(n, 2, 0) over (order by id), nth_value(n, 2) over (order by id), ntile(2) over (order by id) from t where id < 3;
select cume_dist() over (order by id), percent_rank() over (order by id), dense_rank() over (order by id) from t where id < 3;
select max(t.n) over (partition by t.k) as m, t.k from t where id < 3;
select first_value(n) ignore nulls over (order by id), nth_value(n, 1) ignore nulls over (order by id), lag(n) ignore nulls over (order by id) from t where id < 3;
select sum(n + 1) over (partition by id % 2 order by id + 1), 1 + count(*) over () from t where id < 3;
select count(*) over (order by id range between 1 preceding and 2 following) from t where id < 3;
select count(*) over (order by cast(id as bigint) range between 1 preceding and 2 following) from t where id < 3;
-- Subqueries, unions, values.
select id, sum(n) over (order by id) - (select min(n) from t) as over_least from t;
select k, count(*) over () from (select k from t union all select 'z');
select x, sum(x) over (order by x) from values (1), (2), (2), (3) as v(x);
with w as (select id, sum(n) over (order by id) as s from t) select * from w where s > 30;
