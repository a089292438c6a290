-- LIMIT and OFFSET inside of subqueries that look at the row around them.
create or replace temporary view emp as select * from values
  (1, 'ann', 10, 100.0), (2, 'bob', 10, 200.0), (3, 'cid', 20, 50.0), (4, 'dee', cast(null as int), 70.0),
  (5, 'eve', 30, cast(null as decimal(4,1))), (6, 'fay', 20, 80.0), (7, 'gus', 10, 150.0) as emp(id, name, dept, pay);
create or replace temporary view dept as select * from values
  (10, 'ops'), (20, 'dev'), (40, 'law'), (cast(null as int), 'none') as dept(id, title);
select title, (select name from emp e where e.dept = d.id order by pay desc limit 1) as best from dept d;
select title, (select name from emp e where e.dept < d.id order by pay desc, e.id limit 1) as best from dept d;
select title, (select max(pay) from (select pay from emp e where e.dept = d.id order by pay limit 2) t) as second from dept d;
select title from dept d where 150.0 in (select pay from emp e where e.dept = d.id order by pay desc limit 2);
select title from dept d where 100.0 not in (select pay from emp e where e.dept = d.id order by pay desc limit 2);
select title from dept d where exists (select 1 from emp e where e.dept = d.id limit 1 offset 1);
select title from dept d where not exists (select 1 from emp e where e.dept = d.id limit 2 offset 2);
select title from dept d where exists (select 1 from emp e where e.dept = d.id limit 0);
select title, name from dept d, lateral (select name from emp e where e.dept = d.id order by pay desc limit 2);
select title, name from dept d left join lateral (select name from emp e where e.dept = d.id order by pay limit 1) on true;
