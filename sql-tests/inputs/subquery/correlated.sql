-- Subqueries that look at the row of the query around them.
create or replace temporary view emp as select * from values
  (1, 'ann', 10, 100.0), (2, 'bob', 10, 200.0), (3, 'cid', 20, 50.0), (4, 'dee', cast(null as int), 70.0),
  (5, 'eve', 30, cast(null as decimal(4,1))), (6, 'fay', 20, 80.0) as emp(id, name, dept, pay);
create or replace temporary view dept as select * from values
  (10, 'ops'), (20, 'dev'), (40, 'law'), (cast(null as int), 'none') as dept(id, title);

-- EXISTS and NOT EXISTS
select name from emp e where exists (select 1 from dept d where d.id = e.dept);
select name from emp e where not exists (select 1 from dept d where d.id = e.dept);
select title from dept d where exists (select * from emp e where e.dept = d.id and e.pay > 90);
select title from dept d where exists (select * from emp e where e.dept <=> d.id);
select name, exists (select 1 from dept d where d.id = e.dept) as known from emp e;
select name, not exists (select 1 from dept d where d.id = e.dept) or pay > 90 as x from emp e;
select title from dept d where exists (select count(*) from emp e where e.dept = d.id);
select title from dept d where exists (select count(*) from emp e where e.dept = d.id having count(*) > 1);
select title from dept d where exists (select e.pay from emp e where e.dept = d.id order by e.pay limit 1);
select a.name from emp a where exists (select 1 from emp b where b.dept = a.dept and b.id <> a.id);

-- IN and NOT IN
select name from emp where dept in (select id from dept);
select name from emp where dept not in (select id from dept);
select name from emp where dept not in (select id from dept where id is not null);
select name from emp where dept not in (select id from dept where false);
select name from emp e where pay in (select max(pay) from emp i where i.dept = e.dept);
select name from emp e where pay not in (select max(pay) from emp i where i.dept = e.dept);
select name from emp e where (dept, pay) in (select dept, max(pay) from emp group by dept);
select name from emp e where (dept, pay) not in (select dept, max(pay) from emp where pay is not null and dept is not null group by dept);
select name, dept in (select id from dept) as known from emp;
select name, dept not in (select id from dept) as unknown from emp;
select name, dept not in (select id from dept where id is not null) as unknown from emp;
select name from emp where dept in (select id from dept) or pay < 75;
select name from emp where not (dept in (select id from dept) and pay < 75);
select name from emp where case when dept in (select id from dept) then pay > 100 else pay > 60 end;

-- Scalars
select name, (select title from dept d where d.id = e.dept) as title from emp e;
select title, (select count(*) from emp e where e.dept = d.id) as n from dept d;
select title, (select count(*) + 1 from emp e where e.dept = d.id) as n, (select sum(pay) from emp e where e.dept = d.id) as s from dept d;
select title, (select coalesce(sum(pay), -1) from emp e where e.dept = d.id) as s from dept d;
select name from emp e where pay > (select avg(pay) from emp i where i.dept = e.dept);
select name from emp e where (select count(*) from dept d where d.id = e.dept) = 0;
select title, (select max(id) from emp e where e.dept = d.id and e.pay > (select avg(pay) from emp)) as m from dept d;
select name, (select max(d.title) from dept d where d.id < e.dept) as m from emp e;
select name, (select count(*) from dept d where d.id < e.dept) as m from emp e;
select title, (select name from emp e where e.dept = d.id) as one from dept d;
select (select max(pay) from emp) as m, (select min(pay) from emp where dept = 10) as n;

-- Deeper nesting
select title, (select max(pay) from emp e where e.dept = d.id and e.id in (select id from emp i where i.name > 'b')) as m from dept d;
select title, (select count(*) from (select distinct pay from emp e where e.dept = d.id) t) as n from dept d;
select title, (select sum(x) from (select pay as x from emp e where e.dept = d.id union all select id from emp e where e.dept = d.id) t) as n from dept d;
select name from emp e where dept = (select id from dept d where d.id = e.dept and d.title = (select min(title) from dept x where x.id = d.id));
select title, (select count(*) from emp e left join dept i on e.dept = i.id and i.id = d.id where i.id is null) as n from dept d;

-- In aggregates, HAVING, ORDER BY, joins
select dept, count(*) from emp group by dept having count(*) > (select count(*) from dept where id > 20);
select dept, max(pay) from emp e group by dept having exists (select 1 from dept d where d.id = e.dept);
select dept, max(pay) from emp group by dept having max(pay) in (select pay from emp where id > 2);
select dept from emp e group by dept having exists (select 1 from dept d where d.id > max(e.id) * 5);
select sum((select count(*) from dept d where d.id = e.dept)) as s from emp e;
select sum(case when dept in (select id from dept) then 1 else 0 end) as s from emp;
select e.name, d.title from emp e join dept d on e.dept = d.id and d.id in (select dept from emp where pay > 90);
select e.name, d.title from emp e left join dept d on e.dept = d.id and exists (select 1 from emp i where i.dept = d.id and i.pay > 90);

-- LATERAL
select title, n from dept d, lateral (select count(*) as n from emp e where e.dept = d.id);
select title, name from dept d, lateral (select name from emp e where e.dept = d.id);
select title, name from dept d left join lateral (select name from emp e where e.dept = d.id) on true;
select title, name, up from dept d, lateral (select name, upper(d.title) as up from emp e where e.dept = d.id) t;
select title, a, b from dept d, lateral (select d.id + 1 as a), lateral (select a * 2 as b);

-- What is refused
select name from emp where dept in (select id, title from dept);
select name, (select id, title from dept) from emp;
select name from emp e where exists (select 1 from dept d where d.nope = e.dept);
