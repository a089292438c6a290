-- Bases, bits, buckets, seeds.
select conv('100', 2, 10), conv(-10, 16, -10), conv('-1', 10, 16), conv('11abc', 10, 16), conv('zz', 10, 16), conv('', 10, 16), conv('1', 1, 16), conv('9223372036854775808', 10, -10);
select conv('99999999999999999999999', 10, 16);
select bin(13), bin(-13), bin(null), bit_count(0), bit_count(-1), bit_count(true), bit_count(cast(-1 as tinyint)), bit_get(11, 0), bit_get(11, 2), getbit(11, 1);
select bit_get(5, 40);
select width_bucket(5.3, 0.2, 10.6, 5), width_bucket(-2.1, 1.3, 3.4, 3), width_bucket(8.1, 0.0, 5.7, 4), width_bucket(-0.9, 5.2, 0.5, 2), width_bucket(1, 1, 1, 5), width_bucket(1, 0, 5, 0), width_bucket(cast('NaN' as double), 0, 5, 5);
select width_bucket(interval '0' year, interval '0' year, interval '10' year, 10), width_bucket(interval '3' day, interval '0' day, interval '10' day, 5);
select rand(0), random(0), randn(0), uniform(10, 20, 0), uniform(1.5, 2.5, 0), randstr(5, 0), rand(null);
select rand(5) from values (1), (2), (3) as t(v);
select uniform(v, 20) from values (1) as t(v);
select randstr(-1);
select nullifzero(0), nullifzero(2), nullifzero(null), zeroifnull(null), zeroifnull(2.5), equal_null(1, 1), equal_null(1, null), equal_null(null, null);
select hex(17), hex('ä'), hex(x'0aff'), hex(-1), cast(unhex('414') as string), unhex('xx'), factorial(20), factorial(21);
select bround(2.5, 0), bround(25, -1), bround(-2.5), round(2.5, 0), round(-25, -1), ceiling(5.4), ceil(3.1411, -3), floor(-0.1), floor(3.1411, 3), mod(-7, 3), pmod(-7, 3);
select greatest(1, null, 3), least(1.5, 2), greatest('a', 'b'), try_divide(1, 0), try_mod(7, 0), try_add(2147483647, 1), try_subtract(-2147483648, 1), try_multiply(2147483647, 2);
