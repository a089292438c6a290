-- Three-valued logic and where NULLs go
select a, b, a and b, a or b, not a from values (true, true), (true, null), (false, null), (null, true), (null, false), (null, null) as t(a, b);
select a, b, a = b, a <=> b, a <> b, a < b from values (1, 1), (1, 2), (1, null), (null, null) as t(a, b);
select null, null + 1, null || 'a', -null, not null;
select 1 where null;
select 1 where not null is null;
select null is null and 1 is not null;
select count(null), sum(null), min(null), max(null);
select k, count(*) from values (null), (null), (1) as t(k) group by k;
select coalesce(null, 1), coalesce(cast(null as int), cast(null as int)), nullif(1, 1), nullif(null, 1);
select a from values (null), (2), (1) as t(a) order by a;
select a from values (null), (2), (1) as t(a) order by a desc;
select count(*), count(a) from values (null), (2), (null) as t(a);
select array(1, null), map('a', null), named_struct('a', null);
