create temporary view l as select * from values (1, 'a'), (2, 'b'), (2, 'bb'), (3, 'c'), (null, 'n') as l(id, x);
create temporary view r as select * from values (1, 10), (2, 20), (2, 22), (4, 40), (null, 0) as r(id, y);
create temporary view m as select * from values (10, 'ten'), (22, 'twenty-two'), (40, 'forty') as m(y, w);
select * from l join r on l.id = r.id;
select l.x, r.y from l inner join r on l.id = r.id;
select l.x, r.y from l, r where l.id = r.id;
select l.x, r.y from l cross join r where l.id = 1;
select count(*) from l, r;
select l.x, r.y from l join r on l.id = r.id and r.y > 20;
select l.x, r.y from l join r on l.id < r.id;
select l.x, r.y from l join r on l.id = r.id or l.x = 'n';
select l.x, r.y from l join r on l.id <=> r.id;
select * from l join r using (id);
select id, x, y from l join r using (id) where id > 1;
select * from l natural join r;
select l.x, r.y, m.w from l join r on l.id = r.id join m on r.y = m.y;
select l.x, r.y, m.w from l, r, m where l.id = r.id and r.y = m.y;
select a.id, b.id from l a join l b on a.id = b.id;
select a.x, b.x from l a join l b on a.id = b.id and a.x < b.x;
select l.x, r.y from l join r on l.id + 1 = r.id;
select l.x, r.y from l join r on l.id = r.y / 10;
select l.x from l join r on false;
select count(*) from l join r on true;
select l.id, sum(r.y) as total from l join r on l.id = r.id group by l.id;
select l.x, r.y from l join (select id, max(y) as y from r group by id) r on l.id = r.id;
select l.x, r.y from l join r on l.id = r.id where r.y between 15 and 21 and l.x like 'b%';
-- keys of different types meet in their common type
select l.x, v.z from l join (values (1L, 'long'), (2L, 'long2')) v(id, z) on l.id = v.id;
select l.x, v.z from l join (values (1.0, 'dec'), (2.5, 'dec2')) v(id, z) on l.id = v.id;
select l.x, v.z from l join (values ('1', 'str'), ('3', 'str3')) v(id, z) on l.id = v.id;
-- NaN equals NaN, and minus zero zero
select a.k, b.k from (values (double('NaN')), (0.0D), (1.0D)) a(k) join (values (double('NaN')), (-0.0D)) b(k) on a.k = b.k;
-- two keys, one of them text
select * from (values (1, 'a', 'p'), (1, 'b', 'q')) a(i, s, v) join (values (1, 'a', 'r'), (2, 'b', 's')) b(i, s, w) on a.i = b.i and a.s = b.s;
