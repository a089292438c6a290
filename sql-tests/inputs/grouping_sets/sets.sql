create temporary view t as select * from values
  ('a', 'x', 1, 10), ('a', 'y', 2, 20), ('b', 'x', 3, 30), ('b', null, 4, 40), (null, 'x', 5, 50), (null, null, 6, null)
  as t(k, l, i, n);
create temporary view nothing as select * from t where false;

-- The three forms and their older spellings.
select k, l, sum(n), count(*) from t group by rollup(k, l);
select k, l, sum(n), count(*) from t group by cube(k, l);
select k, l, sum(n) from t group by grouping sets ((k, l), (k), ());
select k, l, sum(n) from t group by grouping sets (k, l);
select k, l, sum(n) from t group by k, l with rollup;
select k, l, sum(n) from t group by k, l with cube;
select k, l, sum(n), grouping_id() from t group by l, k grouping sets ((k, l), (k));
select k, l, sum(n), grouping_id() from t group by l, k grouping sets ((k));
select sum(n), count(*) from t group by grouping sets (());
select k, l, i, sum(n) from t group by rollup(k, (l, i));
select k, l, i, sum(n) from t group by cube((k, l), i);

-- Several in one clause: every combination.
select k, l, sum(n) from t group by k, rollup(l);
select k, l, i % 2 as odd, sum(n), grouping_id() from t group by k, rollup(l), cube(i % 2);
select k, l, i % 2, sum(n) from t group by i % 2, grouping sets ((k), (l));
select k, l, sum(n) from t group by rollup(k), rollup(l);
select k, l, sum(n) from t group by rollup(k), grouping sets((k), (l));

-- Nested.
select k, l, sum(n) from t group by grouping sets ((k), rollup(k, l));
select k, l, sum(n) from t group by grouping sets (cube(k, l), grouping sets ((k), ()));
select k, l, sum(n) from t group by grouping sets (grouping sets ((k, l)), k, rollup(l));

-- The same set twice gives its rows twice.
select k, sum(n) from t group by grouping sets ((k), (k));
select k, sum(n), grouping_id() from t group by grouping sets ((), (k), ());

-- grouping and grouping_id.
select k, l, grouping(k), grouping(l), grouping_id(), grouping_id(k, l), sum(n) from t group by cube(k, l);
select k, grouping(k) + grouping(l) as depth, count(*) from t group by rollup(k, l) order by depth, k nulls last, 3;
select k, l, count(*) from t group by cube(k, l) having grouping(k) = 1 and grouping(l) = 0;
select k, l, count(*) from t group by cube(k, l) order by grouping_id() desc, k, l;
select k, l, count(*) from t group by cube(k, l) having grouping_id() > 1 order by grouping(l), k, l;
select case when grouping(k) = 1 then 'all' else k end as k, count(*) from t group by rollup(k);
select upper(k), grouping(upper(k)), sum(i) from t group by rollup(upper(k));
select i + 1, grouping(i + 1), count(*) from t group by cube(i + 1);
select grouping(k) from t group by grouping sets ((k));

-- Keys in aggregates are not what the set hides.
select k, i, sum(i), count(k), max(l), count(distinct k) from t group by cube(k, i);
select k, k || '!' as loud, coalesce(k, '?'), count(*) from t group by rollup(k);
select k, sum(n) filter (where i > 2), count(*) filter (where k is null) from t group by rollup(k);
select k, l, sum(n) from t group by rollup(k, l) having sum(n) > 30;
select k, l, sum(n) from t group by rollup(k, l) having k is not null;
select k, l, sum(n) as s from t group by rollup(k, l) order by s nulls last, k, l limit 4;
select distinct k from t group by cube(k, l);

-- By position and alias.
select k, l, count(*) from t group by rollup(1, 2);
select k as a, l as b, count(*) from t group by cube(a, b);
select k, l, count(*) from t group by grouping sets ((1), (2));

-- No rows.
select k, count(*) from nothing group by rollup(k);
select count(*) from nothing group by grouping sets (());
select k, sum(n) from nothing group by grouping sets ((k), ());

-- Above and below.
select * from (select k, l, sum(n) as s from t group by rollup(k, l)) where k = 'a';
select k, c from (select k, l, count(*) as c from t group by cube(k, l)) where l is null and c > 1;
select s.k, t.i from (select k, count(*) as c from t group by rollup(k)) s join t on s.k = t.k where s.c = 2;
select k, count(*) from (select k, l from t group by k, l) group by rollup(k);
