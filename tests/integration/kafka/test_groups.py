"""Several runs share the partitions of a group, come and go: no event may be missing."""

import collections
import threading

from harness import check, compare, main, sensor_gen, wait_until

# The shortest that a broker allows: how long a group waits for a member that was killed.
SESSION = {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500}


class _Stream:
    """Produces blocks of events in the background until finish()."""

    def __init__(self, bench, topic, block=500):
        self._bench = bench
        self._topic = topic
        self._block = block
        self._enough = threading.Event()
        self._error = None
        self.sent = 0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self):
        try:
            while not self._enough.wait(0.05):
                self._bench.produce_by_kcat(self._topic, self.sent, self.sent + self._block)
                self.sent += self._block
        except Exception as error:  # told by finish()
            self._error = error

    def finish(self):
        self._enough.set()
        self._thread.join()
        check(self._error is None, f"the producer failed: {self._error}")
        return self.sent


def _ends(bench, topic, partitions):
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": bench.broker.bootstrap, "group.id": bench.fresh("looker")})
    ends = {}
    for number in range(partitions):
        _, ends[f"{topic}/{number}"] = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=20)
    consumer.close()
    return ends


def _committed(bench, group, topic, partitions):
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": bench.broker.bootstrap, "group.id": group})
    found = consumer.committed([TopicPartition(topic, number) for number in range(partitions)], timeout=20)
    consumer.close()
    return [max(one.offset, 0) for one in found]


def _wait_for_all(runs, ends):
    """Until every partition was read to its end by the run that has it."""

    def all_read():
        positions = {}
        for run in runs:
            for one in run.figure("sensors", "partitions") or []:
                positions[one["name"]] = max(one["position"], positions.get(one["name"], 0))
        return all(positions.get(name, 0) >= end for name, end in ends.items())

    wait_until("everything is read", all_read)


def _read_on(run):
    before = run.figure("sensors", "events_out")
    wait_until("the run reads on", lambda: run.figure("sensors", "events_out") > before)


def _partitions(*runs):
    return sum(len(run.figure("sensors", "partitions") or []) for run in runs)


def _shared(bench, topic, count, properties=SESSION, group=None):
    """Pipelines of one group, each with a workspace of its own."""
    group = group or bench.fresh("group")
    return [
        bench.to_database(bench.source(topic, consumer_group=group, properties=properties))
        for _ in range(count)
    ]


def _readings(bench, pipelines):
    return sum((bench.readings(pipeline) for pipeline in pipelines), collections.Counter())


def two_runs_share_a_group(bench):
    topic = bench.topic(partitions=4)
    pipelines = _shared(bench, topic, 2)
    stream = _Stream(bench, topic)
    runs = [bench.run(pipeline) for pipeline in pipelines]
    for run in runs:
        _read_on(run)
    sent = stream.finish()
    _wait_for_all(runs, _ends(bench, topic, 4))
    for run in runs:
        run.stop()
    found = _readings(bench, pipelines)
    repeated = compare(found, sensor_gen.hot(0, sent), duplicates_allowed=True)
    return f"{sent} events, {repeated} rows came more than once"


def members_that_come_and_go_lose_nothing(bench):
    topic = bench.topic(partitions=6)
    pipelines = _shared(bench, topic, 3)
    stream = _Stream(bench, topic)
    first, second = bench.run(pipelines[0]), bench.run(pipelines[1])
    _read_on(first)
    _read_on(second)
    first.stop()  # in good order: comes back and finds its place
    _read_on(second)
    first = bench.run(pipelines[0])
    _read_on(first)
    third = bench.run(pipelines[2])
    _read_on(third)
    second.kill()  # the others take its partitions when its session is over
    wait_until(
        "the others have all partitions",
        lambda: _partitions(first, third) == 6,
    )
    second = bench.run(pipelines[1])
    _read_on(second)
    first.kill()
    first = bench.run(pipelines[0])
    _read_on(first)
    sent = stream.finish()
    runs = [first, second, third]
    _wait_for_all(runs, _ends(bench, topic, 6))
    for run in runs:
        run.stop()
    found = _readings(bench, pipelines)
    repeated = compare(found, sensor_gen.hot(0, sent), duplicates_allowed=True)
    return f"{sent} events, {repeated} rows came more than once"


def a_run_that_joins_goes_on_where_the_group_stands(bench):
    topic = bench.topic(partitions=4)
    bench.produce_by_kcat(topic, 0, 1000)
    group = bench.fresh("group")
    pipelines = _shared(bench, topic, 2, group=group)
    first = bench.run(pipelines[0])
    wait_until("the group's offsets are committed", lambda: sum(_committed(bench, group, topic, 4)) == 1000)
    second = bench.run(pipelines[1])
    wait_until("they share the partitions", lambda: _partitions(second) == 2 and _partitions(first) == 2)
    bench.produce_by_kcat(topic, 1000, 3000)
    _wait_for_all([first, second], _ends(bench, topic, 4))
    first.stop()
    last = second.stop()
    check(0 < last["nodes"]["sensors"]["events_out"] < 2000, f"the second run read {last['nodes']['sensors']}")
    compare(_readings(bench, pipelines), sensor_gen.hot(0, 3000))


def a_run_that_stops_gives_its_partitions_back_at_once(bench):
    topic = bench.topic(partitions=4)
    # The group would miss a member after this time only.
    pipelines = _shared(bench, topic, 2, properties={"session.timeout.ms": 200_000})
    first, second = [bench.run(pipeline) for pipeline in pipelines]
    wait_until("they share the partitions", lambda: _partitions(second) == 2 and _partitions(first) == 2)
    first.stop()
    wait_until("the other has all partitions", lambda: _partitions(second) == 4)
    second.stop()


def a_run_that_catches_up_waits_for_what_others_have(bench):
    topic = bench.topic(partitions=4)
    bench.produce_by_kcat(topic, 0, 50_000)
    pipelines = _shared(bench, topic, 2)
    first = bench.run(pipelines[0])
    wait_until("the first has all partitions", lambda: _partitions(first) == 4)
    bench.produce_by_kcat(topic, 50_000, 60_000)
    first.kill()  # the group goes on counting it as a member for a session
    bench.catch_up(pipelines[1])
    repeated = compare(_readings(bench, pipelines), sensor_gen.hot(0, 60_000), duplicates_allowed=True)
    return f"{repeated} rows came more than once"


if __name__ == "__main__":
    main(
        two_runs_share_a_group,
        members_that_come_and_go_lose_nothing,
        a_run_that_joins_goes_on_where_the_group_stands,
        a_run_that_stops_gives_its_partitions_back_at_once,
        a_run_that_catches_up_waits_for_what_others_have,
    )
