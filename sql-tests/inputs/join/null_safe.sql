-- Joins whose keys match NULLs
create temporary view l as select * from values (1, 'a', 10), (1, 'b', 11), (null, 'a', 12), (null, null, 13), (2, null, 14) as l(k, s, n);
create temporary view r as select * from values (1, 'a', 20), (null, 'a', 21), (null, null, 22), (null, null, 23), (3, 'c', 24) as r(k, s, n);
select l.n, r.n from l join r on l.k <=> r.k;
select l.n, r.n from l join r on l.k <=> r.k and l.s <=> r.s;
select l.n, r.n from l join r on l.k <=> r.k and l.s = r.s;
select l.n, r.n from l join r on l.s <=> r.s;
select l.n, r.n from l left join r on l.k <=> r.k;
select l.n, r.n from l right join r on l.k <=> r.k and l.s <=> r.s;
select l.n, r.n from l full join r on l.k <=> r.k and l.s <=> r.s;
select n from l left semi join r on l.k <=> r.k;
select n from l left anti join r on l.k <=> r.k;
select n from l left anti join r on l.k <=> r.k and l.s <=> r.s;
select l.n, r.n from l join r on l.k <=> r.k and l.n + 10 < r.n;
select l.n, r.n from l join r on l.k is not distinct from r.k;
select l.n, r.n from l join r on l.k is distinct from r.k and l.s = r.s;
select l.n, r.n from l join r on l.k + 1 <=> r.k + 1;
select l.n, r.n from l join r on l.k <=> cast(r.k as bigint);
select l.n, r.n from l join r on struct(l.k, l.s) <=> struct(r.k, r.s);
select a.n, b.n, c.n from l a join l b on a.k <=> b.k join r c on b.s <=> c.s and a.k <=> c.k;
-- A row that lost its partner has NULL for a key, which matches
select a.n, b.n from (select l.n, r.k from l left join r on l.s = r.s) a join r b on a.k <=> b.k;
select count(*) from l join r on l.k <=> r.k or l.s = r.s;
