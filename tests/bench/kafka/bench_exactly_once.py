#!/usr/bin/env python3
"""What exactly-once costs: Kafka → filter → Kafka, and → database, beside at-least-once, 1 s epochs.

usage: bench_exactly_once.py --sluice PROGRAM --read-table PROGRAM [--events N] [--rounds R]

Rounds alternate; of each the median. A run counts from its start, connecting included, until all is
at the target. The bars: to Kafka 200,000 events/s; to the database 400,000 and 0.7 of at-least-once.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TESTS / "integration" / "kafka"))

from exactly_once import Delivery  # noqa: E402
from harness import Bench, Broker  # noqa: E402


def _measure(bench, fixture, mode, events, parameters):
    run = Delivery(bench, fixture, None, **parameters)
    text = json.loads(run.pipeline.read_text())
    text["settings"]["delivery"] = mode
    run.pipeline = run.folder / "bench.sluice.json"
    run.pipeline.write_text(json.dumps(text))
    last = run.catch_up()
    found = last["nodes"]["sensors"]["events_out"]
    if found != events:
        sys.exit(f"sluice read {found} events instead of {events}")
    return events / last["elapsed_s"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--read-table", required=True)
    parser.add_argument("--events", type=int, default=4_000_000, help="a multiple of 400,000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.set_defaults(outbox_driver=None)
    arguments = parser.parse_args()
    rates = {}
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        bench = Bench(arguments, folder, broker)
        topic = bench.topic(4)
        for begin in range(0, arguments.events, 400_000):
            bench.produce_by_kcat(topic, begin, begin + 400_000, "-X", "sticky.partitioning.linger.ms=0")
        for _ in range(arguments.rounds):
            for mode in ("at_least_once", "exactly_once"):
                target = {"from": topic, "to": bench.topic(4)}
                rate = _measure(bench, "kafka_to_kafka_exactly_once", mode, arguments.events, target)
                rates.setdefault(("kafka", mode), []).append(rate)
                database = {"topic": topic, "database": pathlib.Path(folder) / bench.fresh("out.duckdb")}
                rate = _measure(bench, "kafka_to_database_exactly_once", mode, arguments.events, database)
                rates.setdefault(("database", mode), []).append(rate)
        bench.close()
    for (target, mode), found in rates.items():
        print(f"to {target}, {mode}: {statistics.median(found):,.0f} events/s of {[round(one) for one in found]}")


if __name__ == "__main__":
    main()
