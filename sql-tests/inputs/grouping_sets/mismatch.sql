-- Messages show columns with their ids, which are not Spark's.
--ERRORS condition
create temporary view t as select * from values ('a', 'x', 1, 10) as t(k, l, i, n);
select grouping(l) from t group by rollup(k);
select grouping_id(l, k) from t group by rollup(k, l);
select grouping_id(k) from t group by rollup(k, l);
select count(*), k from t group by cube(1, k);
