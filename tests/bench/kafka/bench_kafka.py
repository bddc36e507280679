#!/usr/bin/env python3
"""How fast Kafka → discard runs beside bare librdkafka loops over the same topic.

usage: bench_kafka.py --sluice PROGRAM --bare PROGRAM [--events N] [--partitions P] [--rounds R]

Alternating runs; of each the median. A run counts from its start, connecting included, to the last
record. The bar: Sluice at least 0.8 of the better bare loop.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

_TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TESTS / "integration"))
sys.path.insert(0, str(_TESTS / "integration" / "kafka_broker"))

import sensor_gen  # noqa: E402
from broker import Broker  # noqa: E402

_BLOCK = 400_000


def _fill(broker, topic, events, folder):
    lines = pathlib.Path(folder) / "events"
    block = min(events, _BLOCK)
    lines.write_text("".join(sensor_gen.event(i) + "\n" for i in range(block)))
    for _ in range(events // block):
        command = ["kcat", "-P", "-b", broker.bootstrap, "-t", topic, "-l", str(lines)]
        subprocess.run(command + ["-X", "sticky.partitioning.linger.ms=0"], check=True)


def _bare(program, way, broker, topic, events):
    command = [program, way, broker.bootstrap, topic, str(events)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)["seconds"]


def _sluice(program, broker, topic, events, folder, number):
    workspace = pathlib.Path(folder) / f"run{number}"
    workspace.mkdir()
    source = {
        "bootstrap_servers": broker.bootstrap,
        "topics": [topic],
        "consumer_group": f"bench{number}",
        "schema": [{"name": "device_id", "type": "string"}],
    }
    pipeline = {
        "sluice": 1,
        "name": "Kafka to nowhere",
        "nodes": [
            {"id": "sensors", "kind": "kafka_source", "config": source},
            {"id": "out", "kind": "discard_destination", "config": {}},
        ],
        "wires": [{"from": "sensors", "to": "out"}],
    }
    path = workspace / "bench.sluice.json"
    path.write_text(json.dumps(pipeline))
    command = [program, "run", str(path), "--until-caught-up", "--metrics-json"]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    last = json.loads(result.stdout.splitlines()[-1])
    found = last["nodes"]["sensors"]["events_out"]
    if found != events:
        sys.exit(f"sluice read {found} events instead of {events}")
    return last["elapsed_s"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--events", type=int, default=4_000_000, help="a multiple of 400,000")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    times = {"poll": [], "batch": [], "sluice": []}
    with tempfile.TemporaryDirectory(prefix="sluice_bench_") as folder, Broker() as broker:
        broker.create_topic("bench", partitions=arguments.partitions)
        _fill(broker, "bench", arguments.events, folder)
        for number in range(arguments.rounds):
            for way in ("poll", "batch"):
                times[way].append(_bare(arguments.bare, way, broker, "bench", arguments.events))
            times["sluice"].append(
                _sluice(arguments.sluice, broker, "bench", arguments.events, folder, number)
            )
    rates = {}
    for name, seconds in times.items():
        rates[name] = arguments.events / statistics.median(seconds) / 1e6
        runs = " ".join(f"{one:.2f}" for one in seconds)
        print(f"{name:7} {rates[name]:.2f} M events/s (median; seconds: {runs})")
    better = max(("poll", "batch"), key=rates.get)
    ratio = rates["sluice"] / rates[better]
    print(f"sluice / bare {better} loop = {ratio:.2f} (bar: 0.80)")
    return 0 if ratio >= 0.8 else 1


if __name__ == "__main__":
    sys.exit(main())
