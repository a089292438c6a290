#!/usr/bin/env python3
"""Random queries on Firesteel and on DuckDB: the same rows, or it is said why not.

    pip install duckdb==2.0.0 pyarrow
    run.py --queries 3000 --seed 1 --results FILE     # goes on where FILE ends
    run.py --mode batch3 --results FILE               # Firesteel in this mode against Firesteel
    run.py --only SEED -v [--reduce] [--spark]        # one query: its text, both results; the smallest that still differs

A query is made from its seed alone, `--seed` plus its number; so are its tables, from the block the seed is in.
"""

import argparse
import collections
import json
import random
import sys
import tempfile
from pathlib import Path

import tables
from compare import same, show
from duck import Duck
from engines import DuckDB, MODES, ROOT, Spark, TOO_MUCH, firesteel
from queries import Queries
from reduce import reduce
from rules import explain
from spark import Spark as SparkText


class Query:
    def __init__(self, seed, tree, types):
        self.seed, self.tree, self.types = seed, tree, types
        self.spark, self.duck = SparkText().text(tree), Duck().text(tree)
        self.ordered = tree.part("order") is not None
        self.approximate = any(node.info.get("approximate") for node in tree.walk())


def generate(seed):
    queries = Queries(random.Random(f"query {seed}"), tables.generate(seed // tables.SEEDS_PER_SET))
    tree, types = queries.statement()
    return Query(seed, tree, types)


def judge(query, ours, other):
    """agree, both refuse, a rule's name, or different."""
    if other.condition == TOO_MUCH:
        return "too much"
    if ours.failed and other.failed and ours.condition not in ("CRASH", "TIMEOUT", "INTERNAL_ERROR"):
        return "both refuse"
    if not ours.failed and not other.failed and same(ours.rows, other.rows, query.types, query.ordered, query.approximate):
        return "agree"
    rule = explain(query.tree, ours, other)
    return f"rule: {rule}" if rule else "DIFFERENT"


class Block:
    """Seeds that share their tables."""

    def __init__(self, number, folder, arguments):
        self.arguments, self.folder = arguments, folder / str(number)
        tables.write(tables.generate(number), self.folder)
        self.duckdb = DuckDB(self.folder)

    def ours(self, texts, mode):
        return list(firesteel(texts, self.folder, self.arguments.binary, mode, self.arguments.time_limit))

    def run(self, queries):
        """Pairs of results: Firesteel's and DuckDB's, or those of a mode and of the default mode."""
        others = [self.duckdb.run(query.duck) for query in queries]
        texts = [query.spark for query, other in zip(queries, others) if other.condition != TOO_MUCH]
        ours = iter(self.ours(texts, self.arguments.mode))
        if self.arguments.mode != "default":
            default = iter(self.ours(texts, "default"))
            others = [other if other.condition == TOO_MUCH else next(default) for other in others]
        return [(other if other.condition == TOO_MUCH else next(ours), other) for other in others]


def describe(query, ours, other):
    lines = [f"seed {query.seed}", query.spark, ""]
    for name, result in [("firesteel", ours), ("other", other)]:
        lines.append(f"{name}: " + (result.message if result.failed else f"{len(result.rows)} rows"))
    if not ours.failed and not other.failed:
        lines.append(show(ours.rows, other.rows, query.types, query.ordered))
    return "\n".join(lines)


def smallest(query, block, sign):
    """The query, reduced for as long as it differs in the same way."""
    tried = set()

    def still_wrong(tree):
        try:
            smaller = Query(query.seed, tree, [column.type for column in columns_of(tree)])
        except (AttributeError, IndexError, TypeError, StopIteration):
            return False  # Cut where there was no joint.
        if smaller.spark in tried:
            return False
        tried.add(smaller.spark)
        # The other is quick to say that this is no query.
        if block.arguments.mode == "default" and block.duckdb.run(smaller.duck).condition != sign[1]:
            return False
        [(ours, other)] = block.run([smaller])
        return signature(ours, other) == sign and judge(smaller, ours, other) == "DIFFERENT"

    tree = reduce(query.tree, still_wrong)
    return Query(query.seed, tree, [column.type for column in columns_of(tree)])


def one(arguments, folder):
    query = generate(arguments.only)
    block = Block(arguments.only // tables.SEEDS_PER_SET, folder, arguments)
    [(ours, other)] = block.run([query])
    print(judge(query, ours, other))
    if arguments.reduce:
        query = smallest(query, block, signature(ours, other))
        [(ours, other)] = block.run([query])
    if arguments.verbose or arguments.reduce:
        print(describe(query, ours, other))
        print("\nDuckDB's text:", query.duck)
    if arguments.spark:
        decide(query, Spark(block.folder).run(query.spark), ours, other)


def decide(query, spark, ours, other):
    """What Spark says to it."""
    print("\nspark:", spark.message if spark.failed else f"{len(spark.rows)} rows")
    for name, result in [("firesteel", ours), ("other", other)]:
        if not spark.failed and not result.failed:
            agrees = same(result.rows, spark.rows, query.types, query.ordered, query.approximate)
            print(f"spark and {name} {'agree' if agrees else 'differ'}")
            if not agrees:
                print(show(result.rows, spark.rows, query.types, query.ordered))


def signature(ours, other):
    """What kind of difference it is, so that reducing does not slip to another one."""
    return ours.condition, other.condition


def columns_of(tree):
    """The columns of a query; of a set operation those of its first part."""
    node = tree
    while node.kind != "columns":
        node = node.part("columns") or next(arg for arg in node.args if arg.kind in ("query", "select", "set", "operand"))
    return node.args


def summary(outcomes):
    counts = collections.Counter(outcome for outcome, _ in outcomes)
    for outcome, count in counts.most_common():
        print(f"{count:6} {outcome}")
    seeds = [seed for outcome, seed in outcomes if outcome == "DIFFERENT"]
    if seeds:
        print("seeds:", *seeds)
    return not seeds


def many(arguments, folder):
    done = {}
    results = Path(arguments.results) if arguments.results else None
    if results and results.exists():
        for line in results.read_text().splitlines():
            record = json.loads(line)
            if record["mode"] == arguments.mode:
                done[record["seed"]] = record["outcome"]
    seeds = range(arguments.seed, arguments.seed + arguments.queries)
    blocks = collections.defaultdict(list)
    for seed in seeds:
        if seed not in done:
            blocks[seed // tables.SEEDS_PER_SET].append(seed)
    for number, members in blocks.items():
        queries = [generate(seed) for seed in members]
        for query, (ours, other) in zip(queries, Block(number, folder, arguments).run(queries)):
            outcome = judge(query, ours, other)
            done[query.seed] = outcome
            record = {"seed": query.seed, "mode": arguments.mode, "outcome": outcome}
            if outcome != "agree":
                record |= {"ours": ours.condition, "other": other.condition, "message": ours.message[:500],
                           "other_message": other.message[:300]}
            if results:
                with results.open("a") as file:
                    file.write(json.dumps(record) + "\n")
            if outcome == "DIFFERENT" and arguments.verbose:
                print(describe(query, ours, other), end="\n\n", flush=True)
    return summary([(done[seed], seed) for seed in seeds])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", help="a file of JSON lines; what is in it already is not run again")
    parser.add_argument("--mode", choices=MODES, default="default")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds for one query")
    parser.add_argument("--binary", default=ROOT / "target/debug/firesteel")
    parser.add_argument("--only", type=int, metavar="SEED")
    parser.add_argument("--reduce", action="store_true")
    parser.add_argument("--spark", action="store_true", help="with --only: what Spark answers (needs pyspark)")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only is not None:
            one(arguments, Path(folder))
        else:
            sys.exit(0 if many(arguments, Path(folder)) else 1)


if __name__ == "__main__":
    main()
