-- Moments, correlation, regression.
create temporary view p as select * from values
  (1, 1, 2), (1, 2, 2), (1, 2, 3), (1, 2, 4), (2, 1, 1), (2, 2, null), (2, null, 3), (2, 4, 4), (3, 5, 7), (4, null, null)
  as p(k, y, x);

select k, regr_count(y, x), regr_avgx(y, x), regr_avgy(y, x), round(regr_sxx(y, x), 10), round(regr_syy(y, x), 10), round(regr_sxy(y, x), 10) from p group by k order by k;
select k, round(regr_slope(y, x), 10), round(regr_intercept(y, x), 10), round(regr_r2(y, x), 10) from p group by k order by k;
select regr_r2(a, b), regr_slope(a, b), regr_intercept(a, b), corr(a, b) from values (1.0D, 2.0D), (1.0D, 3.0D) as t(a, b);
select regr_r2(a, b), regr_slope(a, b), regr_sxx(a, b), corr(a, b) from values (1.0D, 2.0D), (2.0D, 2.0D) as t(a, b);
select round(skewness(v), 12), round(kurtosis(v), 12) from values (-10), (-20), (100), (1000) as t(v);
select skewness(v), kurtosis(v) from values (1), (1) as t(v);
select skewness(v), kurtosis(v) from values (cast(null as int)) as t(v);
select k, round(skewness(x), 12), round(kurtosis(x), 12), round(stddev(x), 12), round(variance(x), 12) from p group by k order by k;
select regr_count(y) from p;
select regr_slope(true, 1);
