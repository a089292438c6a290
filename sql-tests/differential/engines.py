"""Runs statements: Firesteel as a process that is fed many, DuckDB as another, Spark where it is asked to decide."""

import decimal
import json
import multiprocessing
import queue
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# As in src/modes.rs.
MODES = {
    "default": {},
    "batch3": {"firesteel.execution.batchRows": "3", "firesteel.execution.workers": "1",
               "firesteel.adaptive.rowsMin": "0"},
    "workers": {"firesteel.execution.batchRows": "16", "firesteel.execution.workers": "8",
                "firesteel.execution.parallelRowsMin": "0"},
    "static": {"spark.sql.adaptive.enabled": "false"},
    "spill": {
        "firesteel.spill.operatorBytesMax": "1",
        "firesteel.execution.batchRows": "64",
        "firesteel.execution.workers": "4",
        "firesteel.execution.parallelRowsMin": "0",
    },
    "rules-off": {"firesteel.optimizer.optionalRules": "false"},
}
MARK = "@@ statement "
# Queries are for their meaning, not for their size: what DuckDB does not do at once is left out.
ROWS_MAX, DUCK_SECONDS, TOO_MUCH = 50_000, 5, "TOO_MUCH"


class Result(NamedTuple):
    """Rows, or an error: its condition and all it says."""

    rows: list = None
    condition: str = None
    message: str = ""

    @property
    def failed(self):
        return self.condition is not None


def firesteel(statements, tables, binary, mode="default", time_limit=60):
    """Yields one result per statement. A crash or a timeout costs its statement only: the rest goes to a new process."""
    at = 0
    while at < len(statements):
        done = 0
        for result in run_process(statements[at:], tables, mode, time_limit, binary):
            done += 1
            yield result
        at += done


def run_process(statements, tables, mode, time_limit, binary):
    command = [binary, "--data", tables, "--format", "jsonl", "--continue", "--quiet", "-f", "/dev/stdin"]
    for key, value in MODES[mode].items():
        command += ["--set", f"{key}={value}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace")
    lines = queue.Queue()
    feed = "".join(f"{sql};\n.print {MARK}{at}\n" for at, sql in enumerate(statements))
    threading.Thread(target=write, args=(process.stdin, feed), daemon=True).start()
    threading.Thread(target=read, args=(process.stdout, lines), daemon=True).start()
    found, given = [], 0
    try:
        while given < len(statements):
            line = lines.get(timeout=time_limit)
            if line is None:
                yield Result(condition="CRASH", message="\n".join(found[-20:]))
                return
            if line.startswith(MARK):
                yield parse(found)
                found, given = [], given + 1
            else:
                found.append(line)
    except queue.Empty:
        yield Result(condition="TIMEOUT", message=f"nothing for {time_limit} s")
    finally:
        process.kill()
        process.wait()


def write(stream, text):
    try:
        stream.write(text)
        stream.close()
    except OSError:
        pass  # The process is gone; who reads sees that.


def read(stream, lines):
    for line in stream:
        lines.put(line.rstrip("\n"))
    lines.put(None)


def parse(lines):
    rows = []
    for at, line in enumerate(lines):
        if not line.startswith("{"):
            text = "\n".join(lines[at:])
            condition = text[1:].split("]")[0] if text.startswith("[") else text.split("\n")[0][:40]
            return Result(condition=condition, message=text)
        pairs = json.loads(line, parse_float=decimal.Decimal, object_pairs_hook=list)
        rows.append([value for _, value in pairs])
    return Result(rows=rows)


class DuckDB:
    """In a process of its own: some queries hold it where no interrupt reaches."""

    def __init__(self, tables):
        self.tables, self.process = tables, None

    def start(self):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(other, self.tables), daemon=True)
        self.process.start()

    def run(self, sql, time_limit=DUCK_SECONDS):
        if self.process is None:
            self.start()
        self.pipe.send((sql, time_limit))
        try:
            if self.pipe.poll(2 * time_limit + 10):
                return self.pipe.recv()
            message = f"did not stop after {time_limit} s"
        except EOFError:
            message = "died"
        self.process.kill()
        self.process.join()
        self.process = None
        return Result(condition=TOO_MUCH, message=message)


def serve(pipe, tables):
    duckdb = DuckDBHere(tables)
    while True:
        pipe.send(duckdb.run(*pipe.recv()))


class DuckDBHere:
    def __init__(self, tables):
        import duckdb

        self.duckdb, self.tables, self.connection = duckdb, tables, None

    def connect(self):
        connection = self.duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1; SET memory_limit = '2GB'")
        connection.execute("SET order_by_non_integer_literal = true")
        for path in sorted(self.tables.glob("*.parquet")):
            # Times of day come without a zone, as the generator's texts are.
            columns = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
            moments = [name for name, type, *_ in columns if type.startswith("TIMESTAMP")]
            replaced = f" REPLACE ({', '.join(f'{name}::TIMESTAMP AS {name}' for name in moments)})" if moments else ""
            connection.execute(f"CREATE TABLE {path.stem} AS SELECT *{replaced} FROM '{path}'")
        return connection

    def run(self, sql, time_limit):
        self.connection = self.connection or self.connect()
        timer = threading.Timer(time_limit, self.connection.interrupt)
        timer.start()
        try:
            rows = self.connection.execute(sql).fetchmany(ROWS_MAX + 1)
            if len(rows) > ROWS_MAX:
                return Result(condition=TOO_MUCH, message=f"more than {ROWS_MAX} rows")
            return Result(rows=[list(row) for row in rows])
        except self.duckdb.InterruptException:
            return Result(condition=TOO_MUCH, message=f"nothing for {time_limit} s")
        except self.duckdb.Error as error:
            message = str(error)
            if type(error).__name__ in ("InternalException", "FatalException"):
                self.connection = None  # It refuses everything after that.
            return Result(condition=type(error).__name__, message=message)
        finally:
            timer.cancel()


class Spark:
    """Slow to start, so only for single queries: `--spark`."""

    def __init__(self, tables):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        self.session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        for path in sorted(tables.glob("*.parquet")):
            self.session.read.parquet(str(path)).createOrReplaceTempView(path.stem)

    def run(self, sql):
        from pyspark.errors import PySparkException

        try:
            return Result(rows=[list(row) for row in self.session.sql(sql).collect()])
        except PySparkException as error:
            return Result(condition=error.getCondition() or "UNKNOWN", message=str(error).split("JVM stacktrace")[0])
