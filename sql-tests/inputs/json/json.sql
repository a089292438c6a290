-- JSON text: looked into, read and written.

SELECT get_json_object('{"a":"b"}', '$.a'), get_json_object('{"a":{"b":[1,2,{"c":"x"}]}}', '$.a.b[2].c'), get_json_object('{"a":1.50, "b":[1, 2]}', '$.b'), get_json_object('{"a":1.50}', '$.a');
SELECT get_json_object('[{"a":1},{"a":2},{"b":3}]', '$[*].a'), get_json_object('[{"a":1}]', '$[*].a'), get_json_object('[{"a":"x"},{"a":"y"}]', '$[*].a'), get_json_object('{"a":[[1,2],[3]]}', '$.a[*][*]');
SELECT get_json_object('{"a b":1}', "$['a b']"), get_json_object('{"a":null}', '$.a'), get_json_object('{"a":1}', '$.b'), get_json_object('{"a":1', '$.a'), get_json_object('{"a":1}', 'a'), get_json_object(null, '$.a'), get_json_object('{"a":1}', null);
SELECT get_json_object('{"a":true,"b":"q\\"q","c":{"d":"é"}}', '$.c'), get_json_object('{"a":true}', '$.a'), get_json_object("{'a':'x'}", '$.a'), get_json_object('{"a":1}', '$'), get_json_object('"x"', '$');
SELECT get_json_object('{"a":{"x":1,"y":2}}', '$.a.*'), get_json_object('{"store":{"fruit":[{"w":8,"t":"apple"},{"w":9,"t":"pear"}]}}', '$.store.fruit[*].t'), get_json_object('{"a":[1,2]}', '$.a[5]');
SELECT j, get_json_object(j, p) FROM VALUES ('{"a":1}', '$.a'), ('{"a":"t"}', '$.a'), (null, '$.a'), ('x', '$.a'), ('{"b":2}', '$.b') AS t(j, p);

SELECT json_array_length('[1,2,3]'), json_array_length('[]'), json_array_length('{}'), json_array_length('[1,'), json_array_length(null), json_array_length('');
SELECT json_array_length(2);
SELECT json_object_keys('{"a":1,"b":{"c":2}}'), json_object_keys('{}'), json_object_keys('[1]'), json_object_keys('{"a"}'), json_object_keys(null);

SELECT to_json(named_struct('a', 1, 'b', 2.50, 'c', 'x"y', 'd', null, 'e', true));
SELECT to_json(struct(1.0D, float(2.5), double('nan'), 1e20, -0.0D, 1.5e-7D));
SELECT to_json(named_struct('d', DATE'2020-01-02', 't', TIMESTAMP'2020-01-02 03:04:05.678', 'n', TIMESTAMP_NTZ'2020-01-02 03:04:05', 'i', INTERVAL '1' DAY, 'b', x'01FF'));
SELECT to_json(named_struct('d', DATE'2020-01-02', 't', TIMESTAMP'2020-01-02 03:04:05'), map('dateFormat', 'dd/MM/yyyy', 'timestampFormat', 'dd/MM/yyyy HH:mm'));
SELECT to_json(array(1, null, 3)), to_json(array(named_struct('a', 1))), to_json(map('a', 1, 'b', null)), to_json(map(1, array('x'))), to_json(map(struct(1, 2), 3));
SELECT to_json(named_struct('a', null, 'b', 1), map('ignoreNullFields', 'false')), to_json(CAST(null AS struct<a: int>)), to_json(named_struct('a', array(), 'm', map()));
SELECT to_json(1);
SELECT to_json(named_struct('a', 1), named_struct('mode', 'x'));
SELECT to_json(named_struct('a', 1), map('mode', 1));
SELECT to_json();

SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE'), from_json('{"a":1}', 'struct<a:bigint>'), from_json('[1,2]', 'array<int>'), from_json('{"a":1,"b":2}', 'map<string,int>');
SELECT from_json('{"a":"x", "b":2}', 'a INT, b INT'), from_json('{"a":1.5}', 'a INT'), from_json('{"a":"1"}', 'a INT'), from_json('{"a":1}', 'a STRING'), from_json('{"a":{"b": [1, 2]}}', 'a STRING');
SELECT from_json('{"a":', 'a INT'), from_json('', 'a INT'), from_json(null, 'a INT'), from_json('[1, "x"]', 'array<int>'), from_json('null', 'a INT'), from_json('1', 'a INT');
SELECT from_json('{"d":"2020-01-02","t":"2020-01-02T03:04:05Z","n":"2020-01-02 03:04:05","b":"AQI=","c":1.25,"f":"NaN"}', 'd DATE, t TIMESTAMP, n TIMESTAMP_NTZ, b BINARY, c DECIMAL(5,1), f DOUBLE');
SELECT from_json('{"time":"26/08/2015"}', 'time Timestamp', map('timestampFormat', 'dd/MM/yyyy')), from_json('{"d":"08/26 2015"}', 'd date', map('dateFormat', 'MM/dd yyyy'));
SELECT from_json('{"a":{"b":1,"c":[{"d":2},{"d":null}]}}', 'a STRUCT<b: INT, c: ARRAY<STRUCT<d: INT>>>'), from_json('[{"a":1},{"a":2}]', 'array<struct<a:int>>'), from_json('{"a":1}', 'array<struct<a:int>>');
SELECT from_json('{"a":1,"a":2}', 'a INT'), from_json('{"A":1}', 'a INT'), from_json('{"a":1}', 'a INT, b INT'), from_json("{'a':1}", 'a INT'), from_json('{a:1}', 'a INT', map('allowUnquotedFieldNames', 'true'));
SELECT from_json('{"a":"x"}', 'a INT, _corrupt_record STRING'), from_json('{"a":1}', 'a INT, _corrupt_record STRING'), from_json('{"a"', 'a INT, bad STRING', map('columnNameOfCorruptRecord', 'bad'));
SELECT from_json('{"a":"x"}', 'a INT', map('mode', 'FAILFAST'));
SELECT from_json('{"a":1}', 'a INT', map('mode', 'DROPMALFORMED'));
SELECT from_json('{"a":1}', 'a InvalidType');
SELECT from_json('{"a":1}', 1);
SELECT from_json('{"a":1}', 'int');
SELECT from_json('{"a":1}', 'a INT', map('mode', 1));
SELECT from_json('{"a":1}');
SELECT from_json(j, 'a INT, b ARRAY<STRING>').b[0], from_json(j, 'a INT').a FROM VALUES ('{"a":1,"b":["x"]}'), ('{"a":2,"b":[]}'), (null), ('oops') AS t(j) WHERE j IS NULL OR j NOT LIKE '%2%';
SELECT to_json(from_json('{"a":[1,2],"b":{"c":"d"}}', 'a ARRAY<INT>, b MAP<STRING,STRING>'));

SELECT schema_of_json('{"c1":0, "c2":[1]}'), schema_of_json('[{"col":0}]'), schema_of_json('{"a":1.5,"b":"x","c":null,"d":true,"e":{"f":12345678901234567890}}'), schema_of_json('[1, 2.5]'), schema_of_json('[{"a":1},{"b":"x"}]');
SELECT schema_of_json('{"c1":01, "c2":0.1}', map('allowNumericLeadingZeros', 'true', 'prefersDecimal', 'true')), schema_of_json('{"c1":1}', map('primitivesAsString', 'true'));
SELECT schema_of_json(null);
SELECT schema_of_json(j) FROM VALUES ('{}') AS t(j);
SELECT from_json('{"c1":[1, 2, 3]}', schema_of_json('{"c1":[0]}'));

SELECT a.f, a.g FROM VALUES (array(named_struct('f', 1, 'g', 'x'), null, named_struct('f', null, 'g', 'y'))), (null), (array()) AS t(a);
SELECT array(named_struct('f', 1)).f, array(named_struct('f', array(1, 2))).f[0];
SELECT array(named_struct('f', 1)).g;
SELECT array(1).g;
