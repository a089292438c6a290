-- Arrays as sets: order of first occurrence, NULL equals NULL.

SELECT array_distinct(array(1, 2, 3, null, 3, null)), array_distinct(array()), array_distinct(null);
SELECT array_distinct(array(double('nan'), double('nan'), 0.0D)), array_distinct(array('a', 'b', 'a')), array_distinct(array(array(1), array(1)));
SELECT array_distinct(array(map(1, 2)));
SELECT array_union(array(1, 2, 3), array(1, 3, 5)), array_union(array(1, null), array(null, 2, 2));
SELECT array_union(array(1), null);
SELECT array_union(array(1), array(2L));
SELECT array_union(array(1.5), array(2));
SELECT array_intersect(array(1, 2, 3, 2), array(2, 3, 5)), array_intersect(array(null, 1), array(null)), array_intersect(array(3, 1), array(1, 3));
SELECT array_except(array(1, 2, 3, 2), array(1, 3, 5)), array_except(array(null, 1, null), array(1)), array_except(array(1, null), array(null));
SELECT array_union(array(1), array('a'));
SELECT array_union(1, array('a'));
SELECT array_union(array(1));
SELECT array_except(array(map(1, 2)), array(map(1, 2)));
SELECT l, r, array_union(l, r), array_intersect(l, r), array_except(l, r), arrays_overlap(l, r)
FROM VALUES (array(1, 2), array(2, 3)), (array(), array(1)), (null, array(1)), (array(null, 1), array(2, null)) AS t(l, r);
