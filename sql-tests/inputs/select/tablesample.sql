-- TABLESAMPLE
create temporary view t as select id from range(1000);
select count(*) from t tablesample (100 percent);
select count(*) from t tablesample (0 percent);
select count(*) from t tablesample (7 rows);
select count(*) from t tablesample (2000 rows);
select count(*) between 150 and 450 from t tablesample (30 percent);
select count(*) between 150 and 450 from t tablesample (30 percent) repeatable (7);
select count(*) between 100 and 400 from t tablesample (bucket 1 out of 4);
select count(*) from (select id from t tablesample (30 percent) repeatable (7) except select id from t tablesample (30 percent) repeatable (7));
select count(distinct id) = count(*) and min(id) >= 0 and max(id) < 1000 from t tablesample (50 percent) as s;
select count(*) from t tablesample (150 percent);
select count(*) from t tablesample (-1 percent);
select s.id from t tablesample (100 percent) s where s.id = 5;
