-- Arrays as text and side by side.

SELECT array_join(array('hello', 'world'), ' '), array_join(array('hello', null, 'world'), ' '), array_join(array('hello', null, 'world'), ' ', ',');
SELECT array_join(array('a'), null), array_join(null, ','), array_join(array('a', null), ',', null), array_join(array(), ',');
SELECT array_join(array(1, 2), ',');
SELECT array_join(array(array('a')), ',');
SELECT array_join('a', ',');

SELECT arrays_zip(array(1, 2, 3), array(2, 3, 4));
SELECT arrays_zip(array(1, 2), array(2, 3), array('a'));
SELECT arrays_zip(a, b), arrays_zip(a, array(1)), arrays_zip(b, null) FROM VALUES (array(1, 2), array('x')), (null, array('y')), (array(), array()) AS t(a, b);
SELECT arrays_zip();
SELECT arrays_zip(array(1), 2);

SELECT concat(array(1, 2, 3), array(4, 5), array(6)), concat(array(1), CAST(null AS array<int>)), array(1) || array(2L);
SELECT concat(array(1), null);
SELECT concat(array(1), array('a'));
SELECT concat(array(1), 2);
