"""Kafka → filter → projection → Kafka, read back by kcat."""

import collections
import json
import subprocess

from harness import check, compare, main, sensor_gen, wait_until

EVENTS = 50_000


def _out(bench, topic, **config):
    return {
        "id": "out",
        "kind": "kafka_destination",
        "config": {"bootstrap_servers": bench.broker.bootstrap, "topic": topic, **config},
    }


def _read_back(bench, topic):
    """Events and where each key went: Counter of (device, temp), {key: {partition}}."""
    command = ["kcat", "-C", "-b", bench.broker.bootstrap, "-t", topic, "-e", "-q", "-f", "%p\\t%k\\t%s\\n"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    rows, places = collections.Counter(), collections.defaultdict(set)
    for line in output.splitlines():
        partition, key, payload = line.split("\t")
        event = json.loads(payload)
        check(list(event) == ["device_id", "temp"], f"columns of {payload}")
        rows[event["device_id"], event["temp"]] += 1
        places[key].add(partition)
    return rows, places


def every_compression_and_keys(bench):
    source_topic = bench.topic(partitions=4)
    bench.produce_by_kcat(source_topic, 0, EVENTS)
    expected = sensor_gen.hot(0, EVENTS)
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        target = bench.topic(partitions=4)
        pipeline = bench.pipeline(bench.source(source_topic), _out(bench, target, key="device_id", compression=codec))
        bench.catch_up(pipeline)
        rows, places = _read_back(bench, target)
        compare(rows, expected)
        check(all(len(where) == 1 for where in places.values()), f"{codec}: a key went to two partitions")
        check(set(places) == {device for device, _ in expected}, f"{codec}: keys")


def a_missing_topic_is_named(bench):
    source_topic = bench.topic(partitions=1)
    pipeline = bench.pipeline(bench.source(source_topic), _out(bench, "no-such-topic"))
    run = bench.run(pipeline)
    run.finish(code=1)
    check("no topic 'no-such-topic'" in run.errors, run.errors)


def a_broker_that_goes_away_loses_nothing(bench):
    source_topic, target = bench.topic(partitions=2), bench.topic(partitions=2)
    bench.produce_by_kcat(source_topic, 0, 10_000)
    pipeline = bench.pipeline(bench.source(source_topic), _out(bench, target, key="device_id"))
    run = bench.run(pipeline)
    wait_until("the first part is written", lambda: run.figure("sensors", "events_out") == 10_000)
    bench.broker.kill()
    wait_until("the node says so", lambda: "broker away" in str(run.figure("out", "message")))
    bench.broker.start()
    bench.produce_by_kcat(source_topic, 10_000, 20_000)
    wait_until("the rest is read", lambda: run.figure("sensors", "events_out") >= 20_000)
    run.stop()
    rows, _ = _read_back(bench, target)
    repeated = compare(rows, sensor_gen.hot(0, 20_000), duplicates_allowed=True)
    return f"{repeated} rows came more than once"


def large_events_are_dead_letters(bench):
    source_topic = bench.topic(partitions=1)
    target = bench.topic(partitions=1, config={"max.message.bytes": "5000"})
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": bench.broker.bootstrap})
    producer.produce(source_topic, json.dumps({"device_id": "small", "temp": 30.5}))
    producer.produce(source_topic, json.dumps({"device_id": "x" * 20_000, "temp": 30.5}))
    producer.produce(source_topic, json.dumps({"device_id": "after", "temp": 30.5}))
    producer.flush(30)
    pipeline = bench.pipeline(bench.source(source_topic), _out(bench, target))
    last = bench.catch_up(pipeline)
    rows, _ = _read_back(bench, target)
    check(rows == collections.Counter({("small", 30.5): 1, ("after", 30.5): 1}), str(rows))
    check(last["nodes"]["out"]["dead_lettered"] == 1, str(last["nodes"]["out"]))


if __name__ == "__main__":
    main(
        every_compression_and_keys,
        a_missing_topic_is_named,
        large_events_are_dead_letters,
        a_broker_that_goes_away_loses_nothing,
    )
