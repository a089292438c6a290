-- UNION BY NAME: columns are matched by name, what a side lacks is NULL (as in DuckDB; Spark's SQL has no such clause)
select 1 as a, 'x' as b union all by name select 'y' as b, 2 as a;
select 1 as a, 'x' as b union all by name select 2 as A;
select 1 as a union all by name select 'y' as b;
select 1 as a, 2 as b union by name select 2 as b, 1 as a;
select 1 as a union all by name select 2L as a union all by name select 3 as c;
select 1 as a, 2 as b union all by name select 3 as b, 4 as a union all select 5, 6;
select 1 as a, 2 as a union all by name select 3 as a;
select 1 as a except by name select 1 as a;
