-- Elements put in, taken out, put in another order.

SELECT array_append(array('b', 'd', 'c', 'a'), 'd');
SELECT array_append(array(1, 2, 3, null), null);
SELECT array_append(CAST(null AS array<int>), 2);
SELECT array_append(array(1, 2), 3L);
SELECT array_append(array(1, 2), 'a');
SELECT array_append('a', 1);
SELECT array_append(array(1));
SELECT array_prepend(array(1, 2), 0.5);
SELECT array_prepend(array(array(1)), array(2, null));

SELECT array_insert(array('a', 'b', 'c', 'd'), 1, 'z');
SELECT array_insert(array(1, 2, 3), p, 9) AS inserted, p FROM VALUES (1), (2), (4), (6), (-1), (-2), (-4), (-6), (null) AS t(p);
SELECT array_insert(array(1, 2, 3), 0, 4);
SELECT array_insert(array(2, 3, CAST(NULL AS int)), 2, 4);
SELECT array_insert(array(1, 2), 3L, 4);
SELECT array_insert(array('1'), 2, 4);
SELECT array_insert(array(1), 2);

SELECT array_remove(array('b', 'd', null, 'b'), 'b');
SELECT array_remove(array(1, 2, 3, null, 3), 3L);
SELECT array_remove(array(1, 2), CAST(null AS int));
SELECT array_remove(array(1, 2), null);
SELECT array_remove(array(double('nan'), 1.0D, 0.0D), double('nan'));
SELECT array_compact(array(1, 2, 3, null));
SELECT array_compact(array('a', null));
SELECT array_compact(1);

SELECT array_repeat('123', 2), array_repeat(1, 0), array_repeat(1, -1), array_repeat(null, 2), array_repeat('x', null);
SELECT array_repeat(x, n) FROM VALUES (1, 2), (null, 3), (4, null), (5, 0) AS t(x, n);

SELECT slice(array(1, 2, 3, 4), 2, 2), slice(array(1, 2, 3, 4), -2, 2), slice(array(1, 2), 5, 1), slice(array(1, 2), -5, 3);
SELECT slice(array(1, 2, 3), 2, 0), slice(array(1, 2, 3), 2, 100), slice(null, 1, 1);
SELECT slice(array(1, 2, 3), 0, 1);
SELECT slice(array(1, 2, 3), 1, -1);
SELECT slice(1, 1, 1);

SELECT reverse('Spark SQL'), reverse(array(2, 1, 4, null)), reverse('äöü€'), reverse(null), reverse(123);
SELECT reverse(map(1, 2));

SELECT flatten(array(array(1, 2), array(3, 4)));
SELECT flatten(array(array(1, 2), null)), flatten(array(array(1), array(null, 2))), flatten(array(array()));
SELECT flatten(array(1, 2));

SELECT sort_array(shuffle(array(1, 20, null, 3)));

SELECT sort_array(array('b', 'd', null, 'c', 'a'), true);
SELECT sort_array(array('b', 'd', null, 'c', 'a'), false);
SELECT sort_array(array(double('nan'), -0.0D, 1.0D, double('-infinity'), null));
SELECT sort_array(array(array(2, 1), array(1, 3), null, array(1)));
SELECT sort_array(array(struct(2, 'a'), struct(1, 'b'), struct(1, 'a')), false);
SELECT sort_array(array(map(1, 2)));
SELECT sort_array('b');
SELECT sort_array(array(1), 'a');
