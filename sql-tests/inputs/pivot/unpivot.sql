-- UNPIVOT
create temporary view q as select * from values (1, 10, 20, null), (2, null, null, null), (3, 30, null, 40) as q(id, q1, q2, q3);
create temporary view w as select * from values (1, 10, 'a', 20, 'b'), (2, null, 'c', null, null) as w(id, n1, s1, n2, s2);
select * from q unpivot (v for name in (q1, q2, q3));
select * from q unpivot include nulls (v for name in (q1, q2, q3));
select * from q unpivot exclude nulls (v for name in (q1, q2, q3));
select * from q unpivot (v for name in (q1 as first, q2 as second));
select u.id, u.v from q unpivot (v for name in (q1, q2)) as u where v > 10;
select * from w unpivot ((n, s) for pair in ((n1, s1), (n2, s2)));
select * from w unpivot include nulls ((n, s) for pair in ((n1, s1) as one, (n2, s2)));
select * from w unpivot (v for name in (n1, s1));
select * from w unpivot ((n, s) for pair in ((n1), (n2)));
select * from q unpivot (v for name in (nope));
select id, sum(v) from q unpivot (v for name in (q1, q2, q3)) group by id;
select * from (select q1, cast(q2 as bigint) as q2 from q) unpivot (v for name in (q1, q2));
select * from (select array(1) as a, 2 as b) unpivot (v for name in (a, b));
select * from q unpivot (v for name in (q1, q2)) unpivot (x for y in (id, v));
select * from q unpivot (v for name in (Q1, q2)) where id = 1;
