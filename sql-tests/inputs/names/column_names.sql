-- What Spark calls an unnamed column
create temporary view t as select * from values (1, 'a', 2.5, date '2024-01-01') as t(id, s, d, day);
select id + 1, id * 2 - 1, -id, +id, id / 2, id div 2, id % 2 from t;
select id = 1, id <> 1, id < 1 and s = 'a', not (id > 1), id <=> 1 or s is null from t;
select count(*), count(id), count(distinct id), sum(id + 1), avg(d), max(s) || 'x' from t;
select cast(id as string), id::bigint, cast(id as decimal(5,1)), try_cast(s as int) from t;
select case when id = 1 then 'x' else s end, case id when 1 then 2 end, if(id = 1, 1, 2) from t;
select id in (1, 2), id not in (3), id between 1 and 2, s like 'a%', s is not null, s not like 'b' from t;
select day + 1, day + interval '1' day, day - date '2023-01-01', extract(year from day) from t;
select 'text', 1.50, 1e3, true, null, date '2024-01-01', interval '1' month, x'ff' from t;
select coalesce(s, 'x'), nullif(id, 1), concat(s, 'b'), upper(s) from t;
select t.id, (id), ((id + 1)), `id` from t;
select id as `weird name`, id as `a.b`, id as SELECTED from t;
select array(id, 2), map(s, id), struct(id, s), named_struct('f', id) from t;
select array(1, 2)[0], map('a', 1)['a'], named_struct('f', 1).f from t;
select sum(id) filter (where id > 0), count(*) + 1, min(id) * max(id) from t;
select ~id, id & 1, id | 2, id ^ 3, id << 1 from t;
