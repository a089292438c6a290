-- Subqueries that Spark refuses and the standard allows; expected rows from DuckDB.
create or replace temporary view emp as select * from values
  (1, 'ann', 10, 100.0), (2, 'bob', 10, 200.0), (3, 'cid', 20, 50.0), (4, 'dee', cast(null as int), 70.0),
  (5, 'eve', 30, cast(null as decimal(4,1))), (6, 'fay', 20, 80.0) as emp(id, name, dept, pay);
create or replace temporary view dept as select * from values
  (10, 'ops'), (20, 'dev'), (40, 'law'), (cast(null as int), 'none') as dept(id, title);

select name, (select e.pay + count(*) from dept d where d.id < e.dept) as m from emp e;
select title from dept d where exists (select 1 from emp e where e.dept = d.id and exists (select 1 from emp i where i.dept = d.id and i.pay > e.pay));
select dept, max(pay) as m, (select title from dept d where d.id = e.dept) as t from emp e group by dept;
select name from emp e order by (select title from dept d where d.id = e.dept), name;
select e.name, d.title from emp e join dept d on e.dept = d.id and e.pay = (select max(pay) from emp i where i.dept = d.id and i.id >= e.id);
