-- Percentiles and modes by WITHIN GROUP.
create temporary view aggr as select * from values
  (0, 0), (0, 10), (0, 20), (0, 30), (0, 40), (1, 10), (1, 20), (2, 10), (2, 20), (2, 25), (2, 30), (3, 60), (4, null) as aggr(k, v);
select percentile_cont(0.25) within group (order by v), percentile_cont(0.25) within group (order by v) filter (where k > 0), percentile_cont(0.25) within group (order by v desc) from aggr;
select k, percentile_cont(0.25) within group (order by v), percentile_disc(0.25) within group (order by v), percentile_disc(0.25) within group (order by v desc) from aggr group by k order by k;
select percentile_cont(array(0.25, 0.5)) within group (order by v), percentile_disc(array(0.25, 0.5)) within group (order by v desc) from aggr;
select percentile_cont(0.5) within group (order by i) from values (interval '0' month), (interval '7' month) as t(i);
select k, mode() within group (order by v), mode() within group (order by v desc) from aggr group by k order by k;
select mode() within group (order by v) from values (0), (10), (10), (20), (20) as t(v);
select percentile_cont(0.5) from aggr;
select percentile_cont(distinct 0.5) within group (order by v) from aggr;
select percentile_cont(0.5) within group (order by k, v) from aggr;
select percentile_cont(k, 0.5) within group (order by v) from aggr;
select percentile_cont() within group (order by v) from aggr;
