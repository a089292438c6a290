-- Hashes over all types.
select hash('Spark', array(123), 2), xxhash64('Spark', array(123), 2), hash(null), xxhash64(null), hash(), 1;
select hash(1), hash(1L), hash(cast(1 as tinyint)), hash(true), hash(1.5D), hash(1.5F), hash(-0.0D), hash(0.0D), hash('a'), hash(x'01'), hash(1.50), hash(cast(1 as decimal(38, 0)));
select xxhash64(1), xxhash64(1L), xxhash64(cast(1 as tinyint)), xxhash64(true), xxhash64(1.5D), xxhash64(1.5F), xxhash64(-0.0D), xxhash64('a'), xxhash64(x'01'), xxhash64(1.50), xxhash64(cast(-12345678901234567890 as decimal(38, 0)));
select hash(date'2020-01-01'), hash(timestamp_ntz'2020-01-01 00:00:00'), hash(interval '1' month), hash(interval '1' day), hash(struct(1, 'a', null)), hash(array(array(1), null)), hash(array());
select xxhash64(date'2020-01-01'), xxhash64(timestamp_ntz'2020-01-01 00:00:00'), xxhash64(interval '1' month), xxhash64(interval '1' day), xxhash64(struct(1, 'a', null)), xxhash64('a long text of more than thirty-two bytes');
select hash(map(1, 2));
select crc32('Spark'), crc32(x''), md5('Spark'), sha1('Spark'), sha('Spark'), sha2('Spark', 0), sha2('Spark', 224), sha2('Spark', 1), crc32(null);
