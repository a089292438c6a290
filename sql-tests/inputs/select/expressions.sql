-- SELECT lists: literals, names that Spark gives, operators
select 1;
select 1 as one, 'two' as two, 3.5 as three, 4e0 as four, true as five, null as six;
select 1Y, 2S, 3L, 4.5F, 5.5D, 6.25BD;
select 2147483647, 2147483648, 9223372036854775807, 9223372036854775808;
select 1 + 2 * 3, (1 + 2) * 3, -(1 + 2), +5, - -5;
select 'it''s', "double", 'tab\tnew', r'raw\n', 'adjacent' ' pieces';
select 'a' || 'b' || 'c', 'n: ' || 1;
select true and false, true or false, not true, true and null, false and null, true or null;
select 1 = 1, 1 <> 2, 1 != 1, 1 < 2, 2 <= 2, 3 > 4, 4 >= 5, null = null, null <=> null, 1 <=> null;
select 5 & 3, 5 | 3, 5 ^ 3, ~5;
select 1 between 0 and 2, 3 not between 0 and 2, null between 1 and 2;
select 1 is null, null is null, 1 is not null, null is distinct from 1, 1 is not distinct from 1;
select true is true, null is true, false is not true, null is unknown, false is false;
select x'1F', X'616263';
select all 1;
select (1), ((2));
