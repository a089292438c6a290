-- Values beside extremes; bits; sums that do not raise; estimates of few values.
create temporary view c as select * from values
  (1, 'a', 10), (1, 'b', 50), (1, 'c', 20), (2, 'd', null), (2, null, 5), (3, 'e', 7), (4, 'f', null) as c(k, x, y);

select max_by(x, y), min_by(x, y) from c;
select k, max_by(x, y), min_by(x, y) from c group by k order by k;
select k, max_by(x, y, 2), min_by(x, y, 2) from c group by k order by k;
select max_by(y, x), min_by(y, x) from c;
select max_by(struct(x, y), y) from c;
select max_by(x, array(y)), min_by(x, struct(y, x)) from c where y is not null;
select max_by(x, map(1, 2)) from c;
select max_by(x, y, 0) from c;
select max_by(x) from c;

select bit_and(v), bit_or(v), bit_xor(v) from values (3), (5), (null) as t(v);
select bit_and(v), bit_or(v), bit_xor(v) from values (cast(-1 as tinyint)), (cast(5 as tinyint)) as t(v);
select bit_and(v), bit_xor(distinct v) from values (7L), (7L), (1L) as t(v);
select bit_or(v) from values (1.5) as t(v);
select k, bit_or(y) from c group by k order by k;

select try_sum(v), try_avg(v % 10) from values (9223372036854775807L), (1L) as t(v);
select try_sum(v), try_avg(v) from values (interval '2147483647' month), (interval '1' month) as t(v);
select avg(v) from values (interval '1' month), (interval '4' month) as t(v);
select try_sum(v) from values (cast('99999999999999999999999999999999999999' as decimal(38, 0))), (cast(1 as decimal(38, 0))) as t(v);
select sum(v) from values (9223372036854775807L), (1L) as t(v);
select try_sum(v / 0) from values (1) as t(v);

select approx_count_distinct(x), approx_count_distinct(y, 0.01) from c;
select k, approx_count_distinct(y) from c group by k order by k;
select approx_count_distinct(v) from values (1.0D), (cast('NaN' as double)), (0.0D), (-0.0D), (null) as t(v);
select approx_count_distinct(v) from values (array(1)), (array(2)), (array(1)) as t(v);

select hex(substring(bitmap_construct_agg(bitmap_bit_position(v)), 1, 3)) from values (1), (2), (9) as t(v);
select bitmap_count(bitmap_or_agg(v)) from values (X'10'), (X'20') as t(v);
select bitmap_bit_position(v), bitmap_bucket_number(v) from values (0), (1), (32768), (32769), (-5), (null) as t(v);
