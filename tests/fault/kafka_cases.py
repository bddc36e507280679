"""Faults between Sluice and Kafka, with the exact count of rows: N events of SensorGen leave 0.4975 N.

kafka_cases.py --sluice PROGRAM --read-table PROGRAM [--events N] [--case NUMBER]...
"""

import json
import random
import shutil
import signal
import sys
import threading

from fault_cases import case, main
from harness import check, compare, sensor_gen, wait_until
from exactly_once import Delivery, database_rows, kill_at_random, to_database, to_topic, topic_rows
from proxy import END_TXN, FETCH, PRODUCE

_FENCED_OUT = "taken over the writing"


def _expected(events):
    return {"rows": events * 4975 // 10_000, "missing": 0, "doubled": 0}


def _seen(delivery, events):
    rows, oracle = delivery.rows(), sensor_gen.hot(0, events)
    return {
        "rows": sum(rows.values()),
        "missing": sum((oracle - rows).values()),
        "doubled": sum((rows - oracle).values()),
    }


def _produce(delivery, begin, end):
    # Idempotent: a producer that is cut off must not double the input itself.
    delivery.bench.produce_by_kcat(delivery.source_topic, begin, end, "-X", "enable.idempotence=true")


class _Feeder:
    """Produces the events in the background, spread over about `seconds`."""

    def __init__(self, delivery, events, seconds, parts=40):
        arguments = (delivery, events, seconds / parts, parts)
        self._thread = threading.Thread(target=self._work, args=arguments, daemon=True)
        self._error = None
        self._thread.start()

    def _work(self, delivery, events, pause, parts):
        try:
            for part in range(parts):
                _produce(delivery, events * part // parts, events * (part + 1) // parts)
                threading.Event().wait(pause)
        except Exception as error:  # told by finish()
            self._error = error

    def finish(self):
        self._thread.join()
        check(self._error is None, f"the producer failed: {self._error}")


def _pause(seconds):
    threading.Event().wait(seconds)


@case("4", "Kafka to Kafka, 50 kills")
def kafka_to_kafka_killed(bench, events):
    delivery = to_topic(bench)
    kill_at_random(delivery, events, 50, seed=4)
    seen = _seen(delivery, events)
    uncommitted = sum(topic_rows(bench, delivery.target, "read_uncommitted").values())
    check(uncommitted >= seen["rows"], f"{uncommitted} uncommitted")
    return _expected(events), seen


@case("1", "Kafka to a database, 50 kills")
def kafka_to_database_killed(bench, events):
    delivery = to_database(bench)
    kill_at_random(delivery, events, 50, seed=1)
    return _expected(events), _seen(delivery, events)


@case("5", "a stopped process goes on after another has taken over")
def zombie(bench, events):
    delivery = to_topic(bench)
    half = events // 2
    _produce(delivery, 0, half)
    old = delivery.run()
    wait_until("the old one writes", lambda: old.figure("sensors", "events_out") >= half // 2)
    old.process.send_signal(signal.SIGSTOP)
    copy = delivery.folder.with_name(delivery.folder.name + "_copy")
    shutil.copytree(delivery.folder, copy)
    delivery.folder = copy
    _produce(delivery, half, events)
    new = delivery.run()
    wait_until("the new one reads on", lambda: new.figure("sensors", "events_out") > 0)
    old.process.send_signal(signal.SIGCONT)
    old.finish(code=1)
    fenced = int(_FENCED_OUT in old.errors)
    new.stop()
    delivery.catch_up()
    return {**_expected(events), "fenced": 1}, {**_seen(delivery, events), "fenced": fenced}


@case("6", "a transaction that is open for longer than it may be")
def timed_out(bench, events):
    delivery = to_topic(bench)
    _produce(delivery, 0, events // 2)
    run = delivery.run()
    wait_until("the run reads", lambda: run.figure("sensors", "events_out") > 0)
    before = bench.proxy.lost
    bench.proxy.lose(END_TXN, "request", cut=False)
    wait_until("a commit is under way", lambda: bench.proxy.lost > before)
    run.process.send_signal(signal.SIGSTOP)
    _pause(70)
    run.process.send_signal(signal.SIGCONT)
    _produce(delivery, events // 2, events)
    wait_until("all is read", lambda: run.figure("sensors", "events_out") == events)
    run.stop()
    told = "transaction" in run.errors
    return {**_expected(events), "told": True}, {**_seen(delivery, events), "told": told}


@case("7", "the end of a transaction, or its answer, is lost 100 times each")
def unanswered(bench, events):
    delivery = to_topic(bench)
    often = json.loads(delivery.pipeline.read_text())
    often["settings"]["checkpoint_interval"] = "200ms"
    delivery.pipeline = delivery.folder / "often.sluice.json"
    delivery.pipeline.write_text(json.dumps(often))
    run = delivery.run()
    losses = [("request", "response")[number % 2] for number in range(200)]
    for number, way in enumerate(losses):
        before = bench.proxy.lost
        bench.proxy.lose(END_TXN, way, cut=number % 50 > 1)  # else: silence
        _produce(delivery, events * number // len(losses), events * (number + 1) // len(losses))
        wait_until(
            "an end of a transaction is lost",
            lambda: bench.proxy.lost > before or run.process.poll() is not None,
        )
        check(run.process.poll() is None, f"the run ended by itself: {run.errors}")
    run.stop()
    delivery.catch_up()
    return _expected(events), _seen(delivery, events)


@case("8b", "at least once: a foreign member comes and goes every 2 s")
def storm_at_least_once(bench, events):
    delivery = to_database(bench)
    weak = json.loads(delivery.pipeline.read_text())
    weak["settings"]["delivery"] = "at_least_once"
    weak["nodes"][0]["config"]["start_from"] = "earliest"
    delivery.pipeline = delivery.folder / "weak.sluice.json"
    delivery.pipeline.write_text(json.dumps(weak))
    other = Delivery(bench, "kafka_to_database_exactly_once", delivery.source_topic, **delivery.own)
    other.pipeline = other.folder / "weak.sluice.json"
    other.parameters["database"] = other.folder / "out.duckdb"
    other.pipeline.write_text(json.dumps(weak))
    feeder = _Feeder(delivery, events, seconds=60)
    run = delivery.run()
    for _ in range(15):
        guest = other.run()
        _pause(2)
        guest.stop()
        _pause(2)
    feeder.finish()
    run.stop()
    delivery.catch_up()
    rows = delivery.rows() + database_rows(bench, other.parameters["database"])
    oracle = sensor_gen.hot(0, events)
    doubled = compare(rows, oracle, duplicates_allowed=True)
    print(f"     8b: {doubled} rows came more than once")
    return {"missing": 0}, {"missing": sum((oracle - rows).values())}


@case("8c", "exactly once: a foreign member joins and leaves 50 times")
def storm_exactly_once(bench, events):
    from confluent_kafka import Consumer

    delivery = to_database(bench)
    feeder = _Feeder(delivery, events, seconds=60)
    run = delivery.run()
    for _ in range(50):
        foreign = Consumer({"bootstrap.servers": bench.broker.bootstrap, "group.id": "sluice"})
        foreign.subscribe([delivery.source_topic])
        for _ in range(5):
            foreign.poll(0.2)
        foreign.close()
    feeder.finish()
    run.stop()
    delivery.catch_up()
    return _expected(events), _seen(delivery, events)


@case("9", "the broker is away for 30 s, then answers break off in the middle")
def broker_away(bench, events):
    delivery = to_topic(bench)
    half = events // 2
    _produce(delivery, 0, half)
    run = delivery.run()
    wait_until("the run reads", lambda: run.figure("sensors", "events_out") > 0)
    bench.broker.kill()
    _pause(30)
    bench.broker.start()
    for kind in (PRODUCE, FETCH):
        bench.proxy.lose(kind, "response", times=20)
    _produce(delivery, half, events)
    wait_until("all is read", lambda: run.figure("sensors", "events_out") >= events)
    peak = _peak_megabytes(run)
    run.stop()
    delivery.catch_up()
    print(f"     9: at most {peak} MB resident")
    return {**_expected(events), "memory": True}, {**_seen(delivery, events), "memory": peak < 1024}


def _peak_megabytes(run):
    with open(f"/proc/{run.process.pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


@case("23", "cuts, silences and delays between Sluice and the broker")
def partitioned(bench, events):
    delivery = to_topic(bench)
    dice = random.Random(23)
    feeder = _Feeder(delivery, events, seconds=60)
    run = delivery.run()
    for _ in range(12):
        _pause(dice.uniform(1, 4))
        fault = dice.choice(("cut", "silence", "delay"))
        if fault == "cut":
            bench.proxy.cut()
        elif fault == "silence":
            bench.proxy.silence(True)
            _pause(2)
            bench.proxy.silence(False)
        else:
            bench.proxy.delay = 0.5
            _pause(3)
            bench.proxy.delay = 0.0
        check(run.process.poll() is None, f"the run ended by itself: {run.errors}")
    feeder.finish()
    run.stop()
    delivery.catch_up()
    return _expected(events), _seen(delivery, events)


if __name__ == "__main__":
    sys.exit(main())
