-- Regular expressions as Java has them.
select regexp_replace('100-200', '(\\d+)', 'num'), regexp_replace('abc', '', '-'), regexp_replace('abc', 'x*', '-');
select regexp_replace('a1b22', '([a-z])(\\d)', '$2$1'), regexp_replace('abc', 'b', '\\$x');
select regexp_replace('abc', 'b', '$1');
select regexp_replace('healthy, wealthy, and wise', '\\w+thy', 'something', 8), regexp_replace('äöü', 'ö', 'x', 2);
select regexp_replace('abc', 'b', 'x', 0);
select regexp_replace(r, '^https?://(?:www\\.)?([^/]+)/.*$', '$1') from values
  ('https://www.example.org/a/b'), ('http://example.org/'), ('ftp://x/'), ('http://a/\n'), (null) as t(r);
select regexp_extract('100-200', '(\\d+)-(\\d+)', 2), regexp_extract('x', '(\\d+)', 1), regexp_extract('ab', '(a)|(b)', 2);
select regexp_extract('100-200', '(\\d+)', 2);
select regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1), regexp_extract_all('a1', '(\\d+)?', 1), regexp_extract_all('ab', 'x');
select regexp_count('aXbXc', 'X'), regexp_count('abc', ''), regexp_instr('abcabc', 'c'), regexp_substr('abc', 'x'), regexp_substr('äbc', 'b.');
select split('oneAtwoBthreeC', '[ABC]'), split('oneAtwoBthreeC', '[ABC]', 2), split('abc', ''), split('abc', '', 2), split('', ','), split('a,b,,', ',');
select 'ab' rlike 'a.', 'a\nb' rlike 'a.b', 'a\nb' rlike '(?s)a.b', 'ab\n' rlike 'b$', 'ab\nc' rlike 'b$', 'ab\nc' rlike '(?m)b$';
select 'é1' rlike '^\\w', 'A' rlike '(?i)a', 'a+b' rlike '\\Qa+b\\E', 'A!' rlike '\\p{Upper}\\p{Punct}', 'abc' rlike '[a-c&&[^b]]{3}';
select 'foobar' rlike 'foo(?=bar)', 'foobaz' rlike 'foo(?!bar)', 'abab' rlike '(ab)\\1', 'aaa' rlike 'a++a', 'x' rlike '[^\\d]';
select 'a' rlike '(';
select s rlike p from values ('ab', 'a'), ('ab', 'c'), (null, 'a'), ('ab', null) as t(s, p);
select regexp_replace(s, p, 'X') from values ('abc', 'b'), ('abc', '[ac]'), ('abc', '') as t(s, p);
