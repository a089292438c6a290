-- Scans, joins and aggregates over the sample tables
--TABLES data/tpch
select count(*) from lineitem;
select count(*), sum(l_quantity), min(l_shipdate), max(l_shipdate) from lineitem;
select r_name, count(*) from region join nation on r_regionkey = n_regionkey group by r_name order by r_name;
select n_name, count(*) as customers from customer, nation where c_nationkey = n_nationkey group by n_name order by customers desc, n_name limit 5;
select o_orderpriority, count(*) from orders where o_orderdate >= date '1995-01-01' and o_orderdate < date '1995-01-01' + interval '3' month group by o_orderpriority order by o_orderpriority;
select l_orderkey, l_linenumber, l_extendedprice from lineitem order by l_extendedprice desc, l_orderkey, l_linenumber limit 10;
select l_comment from lineitem where l_orderkey = 1 order by l_linenumber;
select count(*) from lineitem where l_comment like '%special%requests%';
select distinct l_shipmode from lineitem order by l_shipmode;
select p_brand, avg(p_retailprice) as price from part where p_type like 'PROMO%' group by p_brand order by price desc, p_brand limit 5;
select s_name, sum(ps_availqty) as qty from supplier join partsupp on s_suppkey = ps_suppkey group by s_name having sum(ps_availqty) > 400000 order by qty desc, s_name limit 5;
select year(o_orderdate) as y, sum(l_extendedprice * (1 - l_discount)) as revenue from orders join lineitem on o_orderkey = l_orderkey join customer on o_custkey = c_custkey where c_mktsegment = 'BUILDING' group by year(o_orderdate) order by y;
select * from nation where n_nationkey in (3, 7) order by n_nationkey;
select count(*) from orders where o_comment is null;
select l_returnflag, l_linestatus, count(distinct l_suppkey) from lineitem group by l_returnflag, l_linestatus order by 1, 2;
