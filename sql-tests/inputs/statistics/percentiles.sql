-- Exact and approximate percentiles, medians, modes, histograms.
create temporary view t as select * from values
  (1, 0, 0.5D), (1, 10, 1.5D), (1, 20, 2.5D), (1, 30, 3.5D), (1, 40, 4.5D),
  (2, 10, null), (2, 20, 7.0D), (3, 10, 1.0D), (3, 20, 2.0D), (3, 25, 4.0D), (3, 30, 8.0D),
  (4, null, null) as t(k, v, d);

select percentile(v, 0.25), percentile(v, 0.5), percentile(v, 0), percentile(v, 1), median(v) from t;
select k, percentile(v, 0.25), percentile(v, array(0.25, 0.5, 1)), median(d) from t group by k order by k;
select k, percentile(v, 0.5, k) from t group by k order by k;
select percentile(v, 0.5, 0), percentile(d, 0.3D) from t;
select percentile(v, 0.5) filter (where k > 1), percentile(distinct v, 0.5) from t;
select percentile(i, 0.5), median(i) from values (interval '0' month), (interval '7' month), (interval '10' month) as t(i);
select percentile(i, array(0.2, 0.5)) from values (interval '0' second), (interval '10' second) as t(i);
select median(cast(v as decimal(10, 2))), median(cast(v as string)) from t;
select percentile(v, 1.5) from t;
select percentile(v, d) from t;
select percentile(v, cast(null as double)) from t;
select percentile(true, 0.5);

select percentile_approx(v, 0.5), percentile_approx(v, array(0.1, 0.5, 0.9)), approx_percentile(v, 0.5, 100) from t;
select k, percentile_approx(d, 0.5) from t group by k order by k;
select percentile_approx(x, 0.5) from values (date'2020-01-01'), (date'2020-01-05'), (date'2020-02-01') as t(x);
select percentile_approx(x, 0.5) from values (timestamp'2020-01-01 00:00:00'), (timestamp'2020-01-05 01:02:03.5') as t(x);
select percentile_approx(x, array(0.5, 0.7), 100) from values (interval '0' second), (interval '1' second), (interval '2' second), (interval '10' second) as t(x);
select percentile_approx(cast(v as decimal(10, 2)), 0.5), percentile_approx(cast(v as bigint), 0.5) from t;
select percentile_approx(v, 0.5, 0) from t;
select percentile_approx(v, 1.1, 100) from t;
select percentile_approx(id, 0.5), percentile_approx(id, array(0.0, 1.0)) from values (5L), (1L), (2L), (4L), (3L) as t(id);

select mode(v), mode(d) from values (1, 'a'), (1, 'b'), (2, 'b') as t(v, d);
select mode(v) from values (null), (null), (3) as t(v);
select k, mode(v, true) from t group by k order by k;
select mode(v, 'true') from values (1) as t(v);

select histogram_numeric(v, 3) from values (1), (2), (3), (10), (11) as t(v);
select histogram_numeric(v, 10) from values (1.5D), (2.5D), (null) as t(v);
select k, histogram_numeric(v, 2) from t where k = 4 group by k;
