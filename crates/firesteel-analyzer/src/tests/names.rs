//! Output names and types, as in the schema lines of Spark's golden files.

use super::schema;

#[test]
fn literals() {
    for (sql, expected) in [
        ("select null, Null, nUll", "struct<NULL:void,NULL:void,NULL:void>"),
        ("select true, tRue, false, fALse", "struct<true:boolean,true:boolean,false:boolean,false:boolean>"),
        ("select 127Y, -128Y", "struct<127:tinyint,-128:tinyint>"),
        (
            "select 9223372036854775807L, -9223372036854775808L",
            "struct<9223372036854775807:bigint,-9223372036854775808:bigint>",
        ),
        ("select 2147483647, -2147483648", "struct<2147483647:int,-2147483648:int>"),
        (
            "select 9223372036854775807, -9223372036854775808",
            "struct<9223372036854775807:bigint,-9223372036854775808:bigint>",
        ),
        (
            "select 9223372036854775808, -9223372036854775809",
            "struct<9223372036854775808:decimal(19,0),-9223372036854775809:decimal(19,0)>",
        ),
        ("select 1F, 1.2F, .10f, 0.10f", "struct<1.0:float,1.2:float,0.1:float,0.1:float>"),
        (
            "select 1D, 1e10, .9e+2, 900e-1, 9.e+1",
            "struct<1.0:double,1.0E10:double,90.0:double,90.0:double,90.0:double>",
        ),
        (
            "select 0.3, -0.8, .5, -.18, 0.1111",
            "struct<0.3:decimal(1,1),-0.8:decimal(1,1),0.5:decimal(1,1),-0.18:decimal(2,2),0.1111:decimal(4,4)>",
        ),
        ("select 123.0E-28BD, 123.08BD", "struct<1.230E-26:decimal(29,29),123.08:decimal(5,2)>"),
        ("select \"Hello Peter!\", 'hello lee!'", "struct<Hello Peter!:string,hello lee!:string>"),
        ("select dAte '2016-03-12'", "struct<DATE '2016-03-12':date>"),
        ("select tImEstAmp '2016-03-11 20:54:00.000'", "struct<TIMESTAMP '2016-03-11 20:54:00':timestamp>"),
        (
            "select interval 2 second, +INTERVAL '1' DAY",
            "struct<INTERVAL '02' SECOND:interval second,(+ INTERVAL '1' DAY):interval day>",
        ),
        ("select INTERVAL '2-2' YEAR TO MONTH", "struct<INTERVAL '2-2' YEAR TO MONTH:interval year to month>"),
        ("select x'2379ACFe'", "struct<X'2379ACFE':binary>"),
    ] {
        assert_eq!(schema(sql), expected, "{sql}");
    }
}

#[test]
fn operators() {
    for (sql, expected) in [
        ("select a + 1 from t", "struct<(a + 1):int>"),
        ("select t.a, T.A from t", "struct<a:int,A:int>"),
        ("select 2 + 3 * 5 - 1", "struct<((2 + (3 * 5)) - 1):int>"),
        ("select 5 div 2, 5 / 2, 5 % 3", "struct<(5 div 2):bigint,(5 / 2):double,(5 % 3):int>"),
        ("select 1 != 1, 1 <=> 1", "struct<(NOT (1 = 1)):boolean,(1 <=> 1):boolean>"),
        ("select a = 1 and b = 'x' or not a > 2 from t", "struct<(((a = 1) AND (b = x)) OR (NOT (a > 2))):boolean>"),
        ("select a is null, a is not null from t", "struct<(a IS NULL):boolean,(a IS NOT NULL):boolean>"),
        ("select a in (1, 2), a not in (3) from t", "struct<(a IN (1, 2)):boolean,(NOT (a IN (3))):boolean>"),
        ("select b like 'x%', b not like 'y' from t", "struct<b LIKE x%:boolean,(NOT b LIKE y):boolean>"),
        ("select cast(a as string), cast(b as decimal(10, 2)) from t", "struct<a:string,b:decimal(10,2)>"),
        (
            "select cast('abc' as char(3)), cast(a + 1 as string) from t",
            "struct<CAST(abc AS STRING):string,CAST((a + 1) AS STRING):string>",
        ),
        ("select d + 1, 1 + d, d - 1 from t", "struct<date_add(d, 1):date,date_add(d, 1):date,date_sub(d, 1):date>"),
        (
            "select d + interval '1' day, d - interval '90' day, d - d from t",
            "struct<date_add(d, extractansiintervaldays(INTERVAL '1' DAY)):date,\
             date_add(d, (- extractansiintervaldays(INTERVAL '90' DAY))):date,(d - d):interval day>",
        ),
        (
            "select d + interval '1' month + interval '1' year, 3 * interval '4' month from t",
            "struct<d + INTERVAL '1' MONTH + INTERVAL '1' YEAR:date,(INTERVAL '4' MONTH * 3):interval year to month>",
        ),
        ("select -a, +a, ~a from t", "struct<(- a):int,(+ a):int,~a:int>"),
        ("select case when a = 1 then 'x' else b end from t", "struct<CASE WHEN (a = 1) THEN x ELSE b END:string>"),
        ("select case a when 1 then 2L end from t", "struct<CASE WHEN (a = 1) THEN 2 END:bigint>"),
        ("select b || 'x' || 'y' from t", "struct<concat(concat(b, x), y):string>"),
        ("select if(a = 1, 2, 3) from t", "struct<(IF((a = 1), 2, 3)):int>"),
        (
            "select current_date = current_date(), positive(a) from t",
            "struct<(current_date() = current_date()):boolean,(+ a):int>",
        ),
        ("select coalesce(a, 1), nullif(a, 2) from t", "struct<coalesce(a, 1):int,nullif(a, 2):int>"),
        ("select a + c as x, c * 2 from u", "struct<x:decimal(23,2),(c * 2):decimal(12,2)>"),
    ] {
        assert_eq!(schema(sql), expected, "{sql}");
    }
}

#[test]
fn aggregates() {
    for (sql, expected) in [
        (
            "select count(*), COUNT(1), count(a), count(distinct a, b) from t",
            "struct<count(1):bigint,count(1):bigint,count(a):bigint,count(DISTINCT a, b):bigint>",
        ),
        (
            "select a, sum(a), avg(a), min(b) from t group by a",
            "struct<a:int,sum(a):bigint,avg(a):double,min(b):string>",
        ),
        ("select sum(c), avg(c) from u", "struct<sum(c):decimal(20,2),avg(c):decimal(14,6)>"),
        ("select count(a) filter (where a > 1) from t", "struct<count(a) FILTER (WHERE (a > 1)):bigint>"),
        ("select a + 1, sum(a) + 1 from t group by a + 1", "struct<(a + 1):int,(sum(a) + 1):bigint>"),
    ] {
        assert_eq!(schema(sql), expected, "{sql}");
    }
}

#[test]
fn relations() {
    for (sql, expected) in [
        ("select * from t", "struct<a:int,b:string,d:date>"),
        ("select * except (b) from t", "struct<a:int,d:date>"),
        ("select u.*, t.b from t, u", "struct<a:bigint,c:decimal(10,2),b:string>"),
        ("select * from t join u using (a)", "struct<a:int,b:string,d:date,c:decimal(10,2)>"),
        ("select *, u.a from t full join u using (a)", "struct<a:bigint,b:string,d:date,c:decimal(10,2),a:bigint>"),
        ("select * from t natural join u", "struct<a:int,b:string,d:date,c:decimal(10,2)>"),
        ("select * from t left semi join u on t.a = u.a", "struct<a:int,b:string,d:date>"),
        ("select x.y from (select a from t) as x(y)", "struct<y:int>"),
        ("select * from v", "struct<x:int>"),
        ("select v.X from V", "struct<X:int>"),
        ("select * from values (1, 'a'), (2L, null) as s(k, n)", "struct<k:bigint,n:string>"),
        ("values (1, 2.5)", "struct<col1:int,col2:decimal(2,1)>"),
        ("select * from range(3)", "struct<id:bigint>"),
        ("with q as (select a as x from t), r(y) as (select x from q) select * from r, q", "struct<y:int,x:int>"),
        ("select a from t union select c from u", "struct<a:decimal(12,2)>"),
        ("select a from t union all select a from u order by a limit 3", "struct<a:bigint>"),
        ("select a, a from t", "struct<a:int,a:int>"),
        ("select a from t except select a from u", "struct<a:bigint>"),
    ] {
        assert_eq!(schema(sql), expected, "{sql}");
    }
}
