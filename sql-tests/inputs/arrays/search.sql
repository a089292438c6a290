-- What is in an array; NULLs in it leave answers open.

SELECT array_contains(array(1, 2, 3), 2), array_contains(array(1, null), 2), array_contains(array(1, null), 1), array_contains(array(), 1);
SELECT array_contains(CAST(null AS array<int>), 1), array_contains(array(1), CAST(null AS int));
SELECT array_contains(array(1, 2), 1.0), array_contains(array(1, 2), 2L), array_contains(array(1.5BD, 2), 2);
SELECT array_contains(array(double('nan')), double('nan')), array_contains(array(0.0D), -0.0D);
SELECT array_contains(array(array(1), array(2, null)), array(2, null));
SELECT array_contains(array(1, 2), '1');
SELECT array_contains(array(1), null);
SELECT array_contains(1, 1);
SELECT array_contains(array(1));
SELECT array_contains(array(map(1, 2)), map(1, 2));

SELECT array_position(array(312, 773, 708, 708), 708), array_position(array(312), 414), array_position(array(null, 1), 1);
SELECT array_position(CAST(null AS array<int>), 1), array_position(array(1), CAST(null AS int));
SELECT array_position(array('a'), 1);

SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5)), arrays_overlap(array(1, null), array(2)), arrays_overlap(array(1, null), array(1));
SELECT arrays_overlap(array(null), array()), arrays_overlap(array(1), array(2)), arrays_overlap(array(null), array(null));
SELECT arrays_overlap(null, array(1));
SELECT arrays_overlap(array('a'), array(1));

SELECT array_max(array(1, 20, null, 3)), array_min(array(1, 20, null, 3)), array_max(array()), array_min(array(null, null));
SELECT array_max(array(1D, double('nan'))), array_min(array(1D, double('nan'))), array_max(array('a', 'b')), array_max(array(array(1, 2), array(1, 3)));
SELECT array_max(array(map(1, 2)));
SELECT array_max(1);

SELECT size(array(1, 2)), cardinality(array()), array_size(array('b', 'd')), size(null), array_size(null), size(map(1, 2)), cardinality(map());
SELECT array_size(map(1, 2));
SELECT size(1);

SELECT element_at(array(1, 2, 3), 2), element_at(array(1, 2, 3), -1), try_element_at(array(1), 4), element_at(map(1, 'a'), 1), try_element_at(map(1, 'a'), 2);
SELECT element_at(array(1, 2, 3), 5);
SELECT element_at(array(1, 2, 3), 0);
SELECT try_element_at(array(1, 2, 3), 0);
SELECT get(array(1, 2), 1), get(array(1, 2), 2), get(array(1), -1), get(array(1), null);
SELECT array(1, 2)[2];
