"""What the tests of exactly-once runs share: pipelines, runs that are killed, what is left behind."""

import collections
import json
import pathlib
import random
import subprocess
import threading

from harness import check, compare, sensor_gen, wait_until

_PIPELINES = pathlib.Path(__file__).resolve().parent / "pipelines"
PERIOD = 400_000  # events after which SensorGen's temperatures repeat


class Delivery:
    """A pipeline that is run again and again in one workspace."""

    def __init__(self, bench, fixture, source_topic, **parameters):
        self.bench = bench
        self.source_topic = source_topic
        self.folder = bench.folder / bench.fresh("workspace")
        self.folder.mkdir()
        self.own = parameters
        self.parameters = {"bootstrap": bench.broker.bootstrap, **parameters}
        self.pipeline = _PIPELINES / f"{fixture}.sluice.json"

    def arguments(self):
        arguments = ["--workspace", str(self.folder)]
        for name, value in self.parameters.items():
            arguments += ["--param", f"{name}={value}"]
        return arguments

    def run(self, *arguments):
        return self.bench.run(self.pipeline, *self.arguments(), *arguments)

    def catch_up(self):
        return self.run("--until-caught-up").finish()


def to_topic(bench, partitions=4):
    source, target = bench.topic(partitions), bench.topic(partitions)
    delivery = Delivery(bench, "kafka_to_kafka_exactly_once", source, **{"from": source, "to": target})
    delivery.rows = lambda: topic_rows(bench, target)
    delivery.target = target
    return delivery


def to_database(bench, partitions=4):
    source = bench.topic(partitions)
    database = bench.folder / bench.fresh("database") / "out.duckdb"
    database.parent.mkdir()
    delivery = Delivery(bench, "kafka_to_database_exactly_once", source, topic=source, database=database)
    delivery.rows = lambda: database_rows(bench, database)
    return delivery


def topic_rows(bench, topic, isolation="read_committed"):
    """The rows that a reader finds in a topic, by kcat, which is not ours."""
    command = ["kcat", "-C", "-b", bench.broker.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q"]
    command += ["-X", f"isolation.level={isolation}", "-f", "%s\\n"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    rows = collections.Counter()
    for line in output.splitlines():
        event = json.loads(line)
        rows[event["device_id"], event["temp"]] += 1
    return rows


def database_rows(bench, database):
    class Place:
        parent = database.parent

    return bench.readings(Place)


def check_rows(delivery, events):
    """Exactly the rows that `events` events leave, each once. @return how many"""
    rows = delivery.rows()
    compare(rows, sensor_gen.hot(0, events))
    count = sum(rows.values())
    if events % PERIOD == 0:
        check(count * 10_000 == events * 4975, f"{count} rows of {events} events")
    return count


def kill_at_random(delivery, events, kills, seed):
    """Produces `events` events in as many parts as there are kills; each part finds a run that is
    killed at a random moment. Then the rest is caught up with."""
    dice = random.Random(seed)
    share = events // kills
    for number in range(kills):
        end = events if number == kills - 1 else (number + 1) * share
        run = delivery.run()
        # Idempotent: a producer that is cut off must not double the input itself.
        delivery.bench.produce_by_kcat(
            delivery.source_topic, number * share, end, "-X", "enable.idempotence=true"
        )
        threading.Event().wait(dice.uniform(0.0, 2.0))
        if dice.random() < 0.5:  # else it may be starting, or recovering, still
            wait_until("the run reads", lambda: run.figure("sensors", "events_out") > 0)
            threading.Event().wait(dice.uniform(0.0, 1.2))
        check(run.process.poll() is None, f"the run ended by itself: {run.errors}")
        run.kill()
    delivery.catch_up()
