create temporary view t as select * from values
  (1, 'a', 10, true), (2, 'b', 20, false), (3, 'c', null, null), (4, null, 40, true), (5, 'e', 50, false)
  as t(id, s, n, flag);
select id from t where n > 15;
select id from t where n > 15 and flag;
select id from t where n > 15 or flag;
select id from t where not flag;
select id from t where flag is null;
select id from t where n is not null and s is not null;
select id from t where s = 'b';
select id from t where s > 'a' and s < 'e';
select id from t where n between 10 and 40;
select id from t where n not between 15 and 45;
select id from t where id + n = 22;
select id from t where true;
select id from t where false;
select id from t where null;
select id from t where 1 = 2 or id = 3;
select id from t where (flag or n is null) and id <> 1;
select id from t where n / 10 = id;
select id from t where n <=> null;
select id from t where s <> 'a';
select t.id from t where t.s is not distinct from null;
-- a guard keeps the division from failing
select id from t where id <> 3 and 12 div (id - 3) > 0;
select id from (select * from t where id > 2) where id < 5;
