-- Generators over the columns of a query around them
create temporary view t as select * from values (1, array(10, 20)), (2, array()), (3, cast(null as array<int>)), (4, array(30, null)) as t(id, a);
select id, s from t, lateral (select sum(n) as s from explode(t.a) as x(n));
select id, n from t, lateral (select n from explode(t.a) as x(n) where n > 10);
select id, n from t, lateral (select col + id as n from (select explode(t.a) as col));
select id, (select sum(n) from explode(t.a) as x(n)) as s from t;
select id from t where exists (select 1 from explode(t.a) as x(n) where n = 20);
select id from t where 30 in (select n from explode(t.a) as x(n));
select id, n from t left join lateral explode(a) as x(n) on n > 15;
select id, x.n, y.m from t, lateral explode(a) as x(n), lateral explode(array(x.n, t.id)) as y(m) where t.id = 1;
