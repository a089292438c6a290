-- Times of day.
--SET spark.sql.timeType.enabled=true
select make_time(6, 30, 45.887), make_time(null, 30, 0), to_time('00:12:00'), try_to_time('x');
select make_time(24, 0, 0);
select time_trunc('HOUR', time'09:32:05.359'), time_trunc('MILLISECOND', time'09:32:05.123456'), time_trunc('minute', time'09:32:05');
select time_diff('HOUR', time'20:30:29', time'21:30:28'), time_diff('MINUTE', time'10:00:00', time'09:00:01'), time_diff('SECOND', null, time'09:00:01');
select time_from_seconds(52200.5), time_from_seconds(0), time_from_millis(52200500), time_from_micros(86399999999);
select time_to_seconds(time'14:30:00.5'), time_to_millis(time'14:30:00.5'), time_to_micros(time'23:59:59.999999');
select hour(time'13:25:59.999999'), minute(time'13:25:59.999999'), second(time'13:25:59.999999'), extract(second from time'13:25:59.25'), extract(hour from time'13:25:59');
