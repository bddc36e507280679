"""What the Kafka tests share: a broker, pipelines, producers, runs of `sluice`, tables read back."""

import argparse
import collections
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

_HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))
sys.path.insert(0, str(_HERE.parent / "kafka_broker"))

import sensor_gen  # noqa: E402
from broker import Broker, BrokerError  # noqa: E402
from proxy import Proxy  # noqa: E402

PATIENCE_SECONDS = 120
_SKIPPED = 77


class Failed(AssertionError):
    """A check of a test did not hold; the message says which."""


def check(condition, words):
    if not condition:
        raise Failed(words)


def wait_until(what, condition, seconds=PATIENCE_SECONDS):
    """Asks until `condition` gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        answer = condition()
        if answer:
            return answer
        check(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        pause.wait(0.05)


class Run:
    """One `sluice run` in the background; its figures are read as they come."""

    def __init__(self, bench, pipeline, *arguments, secrets=None):
        environment = dict(os.environ)
        for name, value in (secrets or {}).items():
            environment[f"SLUICE_SECRET_{name.upper()}"] = value
        command = [bench.sluice, "run", str(pipeline), "--metrics-json", *arguments]
        self._errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=environment,
        )
        self._lines = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with contextlib.suppress(ValueError):  # the last line of a killed run
                self._lines.append(json.loads(line))

    @property
    def latest(self):
        return self._lines[-1] if self._lines else {"nodes": {}}

    def figure(self, node, name):
        return self.latest["nodes"].get(node, {}).get(name, 0)

    @property
    def errors(self):
        self._errors.seek(0)
        return self._errors.read()

    def finish(self, code=0, seconds=PATIENCE_SECONDS):
        """Waits for the end and returns the last figures."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"sluice did not end in {seconds} s: {self.errors}") from None
        self._reader.join()
        found = self.process.returncode
        check(found == code, f"sluice ended with {found} instead of {code}: {self.errors}")
        return self.latest

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.finish()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._errors.close()


# One count for a script: its tests share a broker, and so the names of topics.
_names = itertools.count(1)


class Bench:
    """A broker and a scratch folder for one test script."""

    def __init__(self, arguments, folder, broker, proxy=None):
        self.sluice = arguments.sluice
        self.outbox_driver = arguments.outbox_driver
        self._read_table = arguments.read_table
        self.folder = pathlib.Path(folder)
        self.broker = broker
        self.proxy = proxy
        self._runs = []
        self._others = []

    def fresh(self, prefix):
        return f"{prefix}{next(_names)}"

    # --- input

    def topic(self, partitions=4, config=None):
        name = self.fresh("topic")
        self.broker.create_topic(name, partitions=partitions, config=config)
        return name

    def produce_by_kcat(self, topic, begin, end, *options):
        lines = self.folder / self.fresh("events")
        lines.write_text("".join(sensor_gen.event(i) + "\n" for i in range(begin, end)))
        command = ["kcat", "-P", "-b", self.broker.bootstrap, "-t", topic, "-l", str(lines), *options]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        lines.unlink()

    def produce_by_confluent(self, topic, begin, end):
        from confluent_kafka import Producer

        producer = Producer({"bootstrap.servers": self.broker.bootstrap, "linger.ms": 20})
        for i in range(begin, end):
            while True:
                try:
                    producer.produce(topic, sensor_gen.event(i), key=sensor_gen.device(i))
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        check(producer.flush(60) == 0, "the producer could not deliver everything")

    # --- pipelines

    def source(self, topic, **config):
        return {
            "id": "sensors",
            "kind": "kafka_source",
            "config": {
                "bootstrap_servers": self.broker.bootstrap,
                "topics": [topic],
                "consumer_group": self.fresh("group"),
                "start_from": "earliest",
                "schema": [
                    {"name": "device_id", "type": "string"},
                    {"name": "temp", "type": "real"},
                    {"name": "timestamp", "type": "datetime"},
                ],
                **config,
            },
        }

    def pipeline(self, source, destination):
        """Filters and projects, as the example that users begin with."""
        folder = self.folder / self.fresh("workspace")
        folder.mkdir()
        nodes = [
            source,
            {"id": "hot", "kind": "filter", "config": {"where": "temp > 20"}},
            {
                "id": "slim",
                "kind": "manage_fields",
                "config": {"fields": [{"name": "device_id"}, {"name": "temp"}]},
            },
            destination,
        ]
        wires = [{"from": a["id"], "to": b["id"]} for a, b in zip(nodes, nodes[1:])]
        path = folder / "pipeline.sluice.json"
        path.write_text(json.dumps({"sluice": 1, "name": "Test", "nodes": nodes, "wires": wires}))
        return path

    def to_database(self, source):
        store = {
            "id": "store",
            "kind": "kql_database_destination",
            "config": {"database": "out.duckdb", "table": "readings"},
        }
        return self.pipeline(source, store)

    def run(self, pipeline, *arguments, secrets=None):
        run = Run(self, pipeline, *arguments, secrets=secrets)
        self._runs.append(run)
        return run

    def catch_up(self, pipeline, *arguments, secrets=None):
        return self.run(pipeline, "--until-caught-up", *arguments, secrets=secrets).finish()

    # --- results

    def query(self, pipeline, sql):
        database = pipeline.parent / "out.duckdb"
        result = subprocess.run(
            [self._read_table, str(database), sql],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        check(result.returncode == 0, f"reading the table back failed: {result.stderr}")
        return [json.loads(line) for line in result.stdout.splitlines()]

    def readings(self, pipeline):
        rows = self.query(
            pipeline,
            "SELECT device_id, temp, count(*) AS n FROM readings GROUP BY device_id, temp",
        )
        return collections.Counter({(row["device_id"], row["temp"]): row["n"] for row in rows})

    def keep(self, run):
        """Ends the process of `run` with the test, whatever becomes of it."""
        self._others.append(run.process)

    def tell_runs(self):
        """What a failed test's runs last said."""
        for number, run in enumerate(self._runs, 1):
            state = "ended" if run.process.poll() is not None else "runs"
            print(f"run {number} {state}: {json.dumps(run.latest)}\n{run.errors}", file=sys.stderr)

    def close(self):
        for run in self._runs:
            run.close()
        for process in self._others:
            process.kill()
            process.wait()


def compare(found, expected, duplicates_allowed=False):
    """Checks rows against the oracle. Returns how many rows came more than once."""
    missing = expected - found
    check(not missing, f"{sum(missing.values())} rows are missing, such as {next(iter(missing), None)}")
    extra = found - expected
    if not duplicates_allowed:
        check(not extra, f"{sum(extra.values())} rows too many, such as {next(iter(extra), None)}")
    foreign = [row for row in extra if row not in expected]
    check(not foreign, f"rows that nobody sent, such as {foreign[:1]}")
    return sum(extra.values())


def _give_up(words):
    if os.environ.get("CI") == "true":
        print(f"FAILED: {words}; under CI this is no reason to skip")
        sys.exit(1)
    print(f"skipped: {words}")
    sys.exit(_SKIPPED)


def main(*tests, versions=("3.9.2",), proxied=False):
    """Runs the test functions, each with a Bench, once a broker version. `proxied`: every client
    comes to the broker through bench.proxy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--read-table", required=True)
    parser.add_argument("--outbox-driver")
    parser.add_argument("--only", help="run the test of this name alone")
    arguments = parser.parse_args()
    for tool in ("java", "openssl", "kcat"):
        if not shutil.which(tool):
            _give_up(f"{tool} is not installed; run installer/build --tests")
    try:
        import confluent_kafka  # noqa: F401
    except ImportError:
        _give_up("python3-confluent-kafka is not installed; run installer/build --tests")
    failures = 0
    for version in versions:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice_test_"))
            proxy = stack.enter_context(contextlib.closing(Proxy())) if proxied else None
            broker = Broker(version=version, advertised=proxy.address if proxy else None)
            try:
                stack.enter_context(broker)
            except BrokerError as error:
                if "is not in" in str(error) or "is not installed" in str(error):
                    _give_up(str(error))
                raise
            if proxy:
                proxy.broker = broker.bootstrap
            for test in tests:
                if arguments.only in (None, test.__name__):
                    failures += _run_one(test, version, arguments, folder, broker, proxy)
    sys.exit(1 if failures else 0)


def _run_one(test, version, arguments, folder, broker, proxy):
    scratch = tempfile.mkdtemp(dir=folder)
    bench = Bench(arguments, scratch, broker, proxy)
    begin = time.monotonic()
    words = "ok"
    try:
        note = test(bench)
        words = f"ok{': ' + note if note else ''}"
    except (Failed, BrokerError, OSError, subprocess.SubprocessError) as error:
        words = f"FAILED: {error}"
        traceback.print_exc()
        bench.tell_runs()
    finally:
        bench.close()
    print(f"{test.__name__} on {version}, {time.monotonic() - begin:.1f} s: {words}", flush=True)
    return 0 if words.startswith("ok") else 1
