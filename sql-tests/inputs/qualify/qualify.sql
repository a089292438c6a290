create temporary view t as select * from values
  (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, 'b', 40), (5, 'c', 50), (6, null, null)
  as t(id, k, n);
select id, k from t qualify row_number() over (partition by k order by n desc) = 1;
select id, k, row_number() over (partition by k order by n desc) as r from t qualify r = 1;
select id, row_number() over (order by id) as r from t qualify r between 2 and 4 order by id desc;
select * from t qualify sum(n) over (partition by k) > 40;
select k, sum(n) as s from t group by k having count(*) > 1 qualify rank() over (order by s desc) = 1;
select k, count(*) as c from t where n > 10 group by k qualify row_number() over (order by k) = 1;
select id from t qualify row_number() over w = 2 window w as (order by id desc);
select distinct k from t qualify count(*) over (partition by k) = 2;
select id, n + 1 as m from t qualify lag(m) over (order by id) = 11;
select id as n, row_number() over (order by id) as r from t qualify n > 20;
select id from t qualify row_number() over (order by id) > 2 order by id limit 2;
select id, count(*) over () as c from t qualify id = 3;
select id, k from t qualify row_number() over (partition by k order by id) = 1 and k is not null or id = 6;
-- Errors.
select id from t qualify id = 1;
select id from t qualify count(*) > 1;
select id, row_number() over (order by id) as r from t qualify sum(n) > 1;
select id from t qualify missing = 1 and row_number() over (order by id) = 1;
