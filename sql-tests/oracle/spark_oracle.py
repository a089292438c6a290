#!/usr/bin/env python3
"""Records what Apache Spark answers to the golden inputs.

    pip install 'pyspark==4.*'          # needs Java 17
    sql-tests/oracle/spark_oracle.py [--check] [FILTER...]

Writes sql-tests/results/**/*.sql.out from sql-tests/inputs/**/*.sql: schema, rows as Spark's HiveResult prints them, and
errors with condition, SQLSTATE, parameters and place. With --check it compares with the files there instead. So the
expected rows come from the engine whose language this is, never from ours.
"""

import argparse
import logging
import os
import sys

from golden_format import ROOT, keeps_order, parse, read_input, render, render_error

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.debug.maxToStringFields": "1000",
    "spark.sql.warehouse.dir": "/tmp/spark-oracle-warehouse",
    "spark.log.structuredLogging.enabled": "false",
}


def java_error(error):
    """The exception in the chain of causes that carries a condition; None for those of Java itself."""
    from py4j.protocol import Py4JError

    throwable = getattr(error, "_origin", None) or getattr(error, "java_exception", None)
    while throwable is not None:
        try:
            if throwable.getCondition() is not None:
                return throwable
        except Py4JError:
            pass
        throwable = throwable.getCause()
    return None


def describe_error(error, sql):
    throwable = java_error(error)
    if throwable is None:
        sys.exit(f"no condition, leave this statement out: {sql}: {error}")
    contexts = []
    for context in throwable.getQueryContext():
        # A context of the DataFrame API has no position in the text.
        if context.contextType().toString() == "SQL" and context.startIndex() >= 0:
            contexts.append((context.startIndex() + 1, context.stopIndex() + 1, context.fragment()))
    parameters = dict(throwable.getMessageParameters())
    return render_error(throwable.getCondition(), throwable.getSqlState(), parameters, contexts)


def run(spark, sql):
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        frame = spark.sql(sql)
        schema = frame._jdf.schema().catalogString()
        plan = frame._jdf.queryExecution().executedPlan()
        rows = spark._jvm.org.apache.spark.sql.execution.HiveResult.hiveResultString(plan)
        rows = [rows.apply(at) for at in range(rows.length())]
        return sql, schema, "\n".join(rows if keeps_order(sql) else sorted(rows))
    except (PySparkException, Py4JJavaError) as error:
        return sql, "struct<>", describe_error(error, sql)


def record(spark, source):
    statements, settings, tables = read_input(source)
    session = spark.newSession()
    # Session settings of the builder do not reach a new session by themselves.
    for key, value in list(SETTINGS.items()) + settings:
        if key.startswith("spark.sql.") and "warehouse" not in key:
            session.conf.set(key, value)
    # Printing reads the settings of the thread's session, not of the frame's.
    session._jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(session._jsparkSession)
    for folder in tables:
        for path in sorted(folder.glob("*.parquet")):
            session.read.parquet(str(path)).createOrReplaceTempView(path.stem)
    return render([run(session, sql) for sql in statements])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("filters", nargs="*")
    parser.add_argument("--check", action="store_true", help="compare with the recorded files, write nothing")
    arguments = parser.parse_args()

    from pyspark.sql import SparkSession

    # Statements name files by paths that begin here.
    os.chdir(ROOT)
    logging.getLogger("SQLQueryContextLogger").disabled = True
    builder = SparkSession.builder.master("local[2]")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")

    inputs, results = ROOT / "sql-tests/inputs", ROOT / "sql-tests/results"
    differing = 0
    for source in sorted(inputs.rglob("*.sql")):
        name = source.relative_to(inputs)
        if arguments.filters and not any(text in str(name) for text in arguments.filters):
            continue
        target = results / f"{name}.out"
        text = record(spark, source)
        if arguments.check:
            same = target.exists() and parse(target.read_text()) == parse(text)
            differing += not same
            print("same   " if same else "DIFFERS", name)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            print("recorded", name)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
