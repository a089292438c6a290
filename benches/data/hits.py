#!/usr/bin/env python3
"""Writes a synthetic `hits` table for the ClickBench queries.

    pip install numpy pyarrow
    benches/data/hits.py --rows 1000000 --out DIR

One Parquet file DIR/hits.parquet with the columns that the 43 queries use, under ClickBench's names. Nothing in it is real;
what matters for speed follows the real table: most visitors come once and a few very often, most search phrases, phone
models and advertising engines are empty, URLs and titles repeat by popularity, one counter (62) has a large share of the
hits. The constants that queries ask for (a user, two hashes, 'google' in URLs and titles) occur. Same seed, same file.
"""

import argparse
from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet

GROUP_ROWS = 100_000
EPOCH = numpy.datetime64("2013-07-01T00:00:00", "us")


def popular(random, rows, values, exponent):
    """Indices below `values`, the small ones often: Zipf's law, cut off."""
    weights = 1.0 / numpy.arange(1, values + 1) ** exponent
    return numpy.searchsorted(numpy.cumsum(weights) / weights.sum(), random.random(rows))


def hashes(indices, salt):
    """64 bits that depend on the index only."""
    mixed = (indices.astype(numpy.uint64) + numpy.uint64(salt)) * numpy.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> numpy.uint64(32)
    return (mixed * numpy.uint64(0xD6E8FEB86659FD93)).astype(numpy.int64)


def chosen(words, indices):
    """The words at the indices, as a plain string column."""
    dictionary = pyarrow.DictionaryArray.from_arrays(pyarrow.array(indices.astype(numpy.int32)), pyarrow.array(words))
    return dictionary.cast(pyarrow.string())


def mostly_empty(random, words, indices, share_empty):
    indices = numpy.where(random.random(len(indices)) < share_empty, 0, indices + 1)
    return chosen([""] + words, indices)


def urls(count):
    hosts = ["example.com", "shop.example.net", "news.example.org", "www.google.com", "auto.example.ru", "google.example.com"]
    return [f"http://{hosts[at * 7 % 97 % len(hosts)]}/{at % 1013}/page{at}?id={at * 31 % 10007}" for at in range(count)]


def make(random, rows):
    distinct = max(1000, rows // 6)
    url, referer = popular(random, rows, distinct, 0.9), popular(random, rows, distinct // 2, 0.9)
    user = popular(random, rows, max(1000, rows // 5), 0.8)
    seconds = numpy.sort(random.integers(0, 31 * 24 * 3600, rows))
    time = EPOCH + (seconds * 1_000_000).astype("timedelta64[us]")
    users = hashes(user, 1)
    users[user == 17] = 435090932899640449
    url_hash, referer_hash = hashes(url, 2), hashes(referer, 3)
    url_hash[url == 3] = 2868770270353813622
    referer_hash[referer == 2] = 3594120000172545465
    counter = numpy.where(random.random(rows) < 0.25, 62, popular(random, rows, 5000, 1.0) + 100)
    titles = [f"{'Google' if at % 61 == 0 else 'Page'} title number {at} of the site" for at in range(distinct)]
    phrases = [f"search for thing {at}" for at in range(max(100, rows // 20))]
    models = [f"Model {at}" for at in range(160)]
    has_phrase = random.random(rows) < 0.13
    phrase = numpy.where(has_phrase, popular(random, rows, len(phrases), 0.8) + 1, 0)
    small = lambda values, exponent: popular(random, rows, values, exponent).astype(numpy.int16)
    flag = lambda share: (random.random(rows) < share).astype(numpy.int16)
    return pyarrow.table(
        {
            "WatchID": hashes(numpy.arange(rows), 4),
            "Title": mostly_empty(random, titles, url, 0.1),
            "EventTime": pyarrow.array(time),
            "EventDate": pyarrow.array(time.astype("datetime64[D]")),
            "CounterID": counter.astype(numpy.int32),
            "ClientIP": hashes(user, 5).astype(numpy.int32),
            "RegionID": small(3000, 1.1).astype(numpy.int32),
            "UserID": users,
            "URL": mostly_empty(random, urls(distinct), url, 0.02),
            "Referer": mostly_empty(random, urls(distinct // 2), referer, 0.19),
            "IsRefresh": flag(0.15),
            "ResolutionWidth": (numpy.array([0, 1024, 1280, 1366, 1440, 1600, 1920])[small(7, 0.5)]).astype(numpy.int16),
            "WindowClientWidth": (small(1500, 0.6) + 300).astype(numpy.int16),
            "WindowClientHeight": (small(900, 0.6) + 200).astype(numpy.int16),
            "MobilePhone": numpy.where(random.random(rows) < 0.93, 0, small(60, 0.9) + 1).astype(numpy.int16),
            "MobilePhoneModel": mostly_empty(random, models, popular(random, rows, len(models), 1.0), 0.94),
            "TraficSourceID": (small(10, 0.6) - 1).astype(numpy.int16),
            "SearchEngineID": numpy.where(has_phrase, small(40, 1.0) + 1, 0).astype(numpy.int16),
            "SearchPhrase": chosen([""] + phrases, phrase),
            "AdvEngineID": numpy.where(random.random(rows) < 0.994, 0, small(20, 0.8) + 1).astype(numpy.int16),
            "IsLink": flag(0.05),
            "IsDownload": flag(0.01),
            "DontCountHits": flag(0.2),
            "RefererHash": referer_hash,
            "URLHash": url_hash,
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    table = make(numpy.random.default_rng(arguments.seed), arguments.rows)
    pyarrow.parquet.write_table(table, arguments.out / "hits.parquet", row_group_size=GROUP_ROWS)
    print(f"{table.num_rows} rows, {(arguments.out / 'hits.parquet').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
