"""Kafka → filter → projection → table, against the oracle, with events of two foreign producers."""

from harness import check, compare, main, sensor_gen

EVENTS = 200_000


def _compare_run(bench, produce):
    topic = bench.topic(partitions=4)
    produce(topic, 0, EVENTS)
    pipeline = bench.to_database(bench.source(topic))
    last = bench.catch_up(pipeline)
    compare(bench.readings(pipeline), sensor_gen.hot(0, EVENTS))
    check(last["conserved"], "the figures do not add up")
    check(last["nodes"]["sensors"]["events_out"] == EVENTS, f"events out of the source: {last}")
    return f"{EVENTS / last['elapsed_s']:.0f} events/s, start and end included"


def events_of_kcat(bench):
    return _compare_run(bench, bench.produce_by_kcat)


def events_of_confluent(bench):
    return _compare_run(bench, bench.produce_by_confluent)


def compressed_events(bench):
    expected = sensor_gen.hot(0, 20_000)
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        topic = bench.topic(partitions=2)
        bench.produce_by_kcat(topic, 0, 20_000, "-z", codec)
        pipeline = bench.to_database(bench.source(topic))
        bench.catch_up(pipeline)
        compare(bench.readings(pipeline), expected)


def inferred_columns(bench):
    topic = bench.topic(partitions=2)
    bench.produce_by_kcat(topic, 0, 20_000)
    source = bench.source(topic)
    del source["config"]["schema"]
    pipeline = bench.to_database(source)
    bench.catch_up(pipeline)
    compare(bench.readings(pipeline), sensor_gen.hot(0, 20_000))


def bad_records_are_dead_letters(bench):
    topic = bench.topic(partitions=1)
    bench.produce_by_kcat(topic, 0, 1000)
    lines = bench.folder / "bad"
    lines.write_text('{"device_id":\nhello\n42\n[1,2]\n')
    import subprocess

    subprocess.run(["kcat", "-P", "-b", bench.broker.bootstrap, "-t", topic, "-l", str(lines)], check=True)
    bench.produce_by_kcat(topic, 1000, 2000)
    pipeline = bench.to_database(bench.source(topic))
    last = bench.catch_up(pipeline)
    compare(bench.readings(pipeline), sensor_gen.hot(0, 2000))
    check(last["nodes"]["sensors"]["dead_lettered"] == 4, f"dead letters: {last['nodes']['sensors']}")


if __name__ == "__main__":
    main(events_of_kcat, events_of_confluent, compressed_events, inferred_columns, bad_records_are_dead_letters)
