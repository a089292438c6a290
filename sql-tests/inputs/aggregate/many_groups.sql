-- More groups than any small batch, from a generated relation
select count(*), sum(id), min(id), max(id) from range(10000);
select count(*), sum(s), max(s) from (select id % 1000 as k, sum(id) as s from range(10000) group by id % 1000);
select id % 7 as k, count(*), sum(id) from range(10000) group by id % 7 order by k;
select count(*) from (select distinct id % 97 as a, id % 89 as b from range(10000));
select id div 2500 as k, min(id), max(id), avg(id) from range(10000) group by id div 2500 order by k;
select count(distinct id % 321) from range(10000);
select k, count(*) as c from (select cast(id % 5 as string) as k from range(1000)) group by k order by k;
select a.k, count(*) from (select id % 10 as k from range(200)) a join (select id % 10 as k from range(100)) b on a.k = b.k group by a.k order by a.k;
