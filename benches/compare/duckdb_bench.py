#!/usr/bin/env python3
"""Runs a folder of queries over a folder of Parquet files in DuckDB, as `firesteel bench` does in Firesteel.

    pip install duckdb pyarrow
    benches/compare/duckdb_bench.py --data DIR --queries DIR [--query q01,q09] [--threads 2] [--iterations 3]
                                    --output FILE.json [--results DIR]

Each `<name>.parquet` (or folder `<name>/`) is a table of its name, read from the files at every run. One process; each
query runs N times with its whole result fetched. Per query: name, seconds of each run, rows, error.
"""

import argparse
import json
import time
from pathlib import Path

import duckdb
import pyarrow.parquet


def register_tables(connection, data):
    for path in sorted(data.iterdir()):
        files = path / "**/*.parquet" if path.is_dir() else path
        if path.is_dir() or path.suffix == ".parquet":
            quoted = str(files).replace("'", "''")
            connection.execute(f"""CREATE VIEW "{path.stem}" AS SELECT * FROM read_parquet('{quoted}')""")


def run_query(connection, path, iterations, results):
    record = {"name": path.stem, "seconds": [], "rows": None, "error": None}
    sql = path.read_text()
    try:
        for _ in range(iterations):
            started = time.perf_counter()
            table = connection.sql(sql).to_arrow_table()
            record["seconds"].append(time.perf_counter() - started)
        record["rows"] = table.num_rows
        if results:
            pyarrow.parquet.write_table(table, results / f"{path.stem}.parquet")
    except duckdb.Error as error:
        record["error"] = str(error)
    return record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--query", help="names of queries, separated by commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit", help="such as 8GB")
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()

    connection = duckdb.connect()
    connection.execute(f"SET threads = {arguments.threads}")
    if arguments.memory_limit:
        connection.execute("SET memory_limit = ?", [arguments.memory_limit])
    register_tables(connection, arguments.data)
    if arguments.results:
        arguments.results.mkdir(parents=True, exist_ok=True)

    # `q29.spark.sql` is q29 in another engine's dialect.
    paths = sorted(path for path in arguments.queries.glob("*.sql") if "." not in path.stem)
    if arguments.query:
        wanted = set(arguments.query.split(","))
        paths = [path for path in paths if path.stem in wanted]
    records = []
    for path in paths:
        record = run_query(connection, path, arguments.iterations, arguments.results)
        records.append(record)
        best = f"{min(record['seconds']):.3f} s" if record["seconds"] else record["error"]
        print(f"{record['name']:<8} {best}", flush=True)
    report = {
        "engine": f"duckdb {duckdb.__version__}",
        "threads": arguments.threads,
        "iterations": arguments.iterations,
        "queries": records,
    }
    arguments.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
