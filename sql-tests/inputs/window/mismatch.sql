-- Messages show columns with their ids, which are not Spark's.
--ERRORS condition
create temporary view t as select * from values (1, 'a', 10), (2, 'a', 20) as t(id, k, n);
select sum(n) over (order by id, n range between 1 preceding and current row) from t;
