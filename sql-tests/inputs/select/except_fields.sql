-- * EXCEPT with columns and fields
create temporary view t as select 1 as id, named_struct('a', 10, 'b', named_struct('c', 'x', 'd', 'y')) as s, 'z' as n;
select * except (id) from t;
select * except (s.a) from t;
select * except (s.b.c) from t;
select * except (s.a, s.b.d, n) from t;
select * except (s) from t;
select t.* except (s.b) from t;
select s.* from (select * except (s.a) from t);
select * except (s.nope) from t;
select * except (id.a) from t;
select * except (s, s.a) from t;
select * except (id, id) from t;
