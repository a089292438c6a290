-- Errors that a query raises itself.
select assert_true(0 < 1), assert_true(true, 'fine');
select assert_true(1 < 0);
select assert_true(false, 'not fine');
select assert_true(cast(null as boolean));
select raise_error('boom');
select if(v > 0, v, raise_error('negative')) from values (1), (2) as t(v);
select if(v > 0, v, raise_error('negative')) from values (1), (-2) as t(v);
select typeof(raise_error('x')), typeof(1Y), typeof(array(1.5)), typeof(null), typeof(map('a', date'2020-01-01'));
select current_catalog(), current_database(), current_schema();
