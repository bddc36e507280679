"""Runs that are killed, and a broker that goes away: no event may be missing."""

import threading

from harness import check, compare, main, sensor_gen, wait_until

EVENTS = 200_000
STEP = 2_000
KILLS = 3


class _Producer:
    """Produces events begin to end-1 in the background. What lies behind `hold` waits for go_on()."""

    def __init__(self, bench, topic, begin, end, hold):
        self._bench = bench
        self._topic = topic
        self._blocks = [(i, min(i + STEP, end)) for i in range(begin, end, STEP)]
        self._hold = hold
        self._free = threading.Event()
        self._error = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self):
        try:
            for begin, end in self._blocks:
                if begin >= self._hold:
                    self._free.wait()
                self._bench.produce_by_kcat(self._topic, begin, end)
        except Exception as error:  # told by go_on()
            self._error = error

    def go_on(self):
        """Lets it produce the rest, and returns when it has."""
        self._free.set()
        self._thread.join()
        check(self._error is None, f"the producer failed: {self._error}")


def killed_runs_lose_nothing(bench):
    topic = bench.topic(partitions=4)
    pipeline = bench.to_database(bench.source(topic))
    share = EVENTS // (KILLS + 1)
    for number in range(KILLS):
        # Every run finds events that none before it can have read, so that it always gets on; and
        # is killed before the producer is through.
        begin = number * share
        producer = _Producer(bench, topic, begin, begin + share, hold=begin + share - 2 * STEP)
        run = bench.run(pipeline)
        wait_until(
            "the run gets on",
            lambda: run.figure("store", "events_in") > 0 or run.process.poll() is not None,
        )
        check(run.process.poll() is None, f"the run ended by itself: {run.errors}")
        run.kill()
        producer.go_on()
    bench.produce_by_kcat(topic, KILLS * share, EVENTS)
    bench.catch_up(pipeline)
    repeated = compare(bench.readings(pipeline), sensor_gen.hot(0, EVENTS), duplicates_allowed=True)
    return f"killed {KILLS} times, {repeated} rows came more than once"


def a_restart_after_a_kill_does_not_wait_for_the_dead_member(bench):
    topic = bench.topic(partitions=2)
    bench.produce_by_kcat(topic, 0, 1000)
    # The group would miss the dead member after this time only.
    session_seconds = 200
    source = bench.source(topic, properties={"session.timeout.ms": session_seconds * 1000})
    pipeline = bench.to_database(source)
    run = bench.run(pipeline)
    wait_until("the run reads", lambda: run.figure("sensors", "events_out") == 1000)
    run.kill()
    last = bench.catch_up(pipeline)
    return f"restarted and caught up in {last['elapsed_s']:.1f} s, the session is {session_seconds} s"


def a_broker_that_goes_away_is_waited_for(bench):
    topic = bench.topic(partitions=4)
    bench.produce_by_kcat(topic, 0, 50_000)
    pipeline = bench.to_database(bench.source(topic, properties={"session.timeout.ms": 6000}))
    run = bench.run(pipeline)
    wait_until("the first part is read", lambda: run.figure("sensors", "events_out") == 50_000)
    bench.broker.stop()
    wait_until(
        "the node says that the broker is away",
        lambda: "broker away" in str(run.figure("sensors", "message")),
    )
    # Longer than the session: the member has to join anew, and may be taken for an impostor.
    wait_until("the session is over", lambda: "session timed out" in run.errors)
    bench.broker.start()
    bench.produce_by_kcat(topic, 50_000, EVENTS)
    wait_until("the rest is read", lambda: run.figure("sensors", "events_out") >= EVENTS)
    last = run.stop()
    check("broker away" not in str(last["nodes"]["sensors"].get("message", "")), "the state did not heal")
    repeated = compare(bench.readings(pipeline), sensor_gen.hot(0, EVENTS), duplicates_allowed=True)
    return f"{repeated} rows came more than once"


def a_run_may_start_before_its_broker(bench):
    topic = bench.topic(partitions=1)
    bench.produce_by_kcat(topic, 0, 1000)
    pipeline = bench.to_database(bench.source(topic))
    bench.broker.stop()
    run = bench.run(pipeline)
    wait_until(
        "the node says that the broker is away",
        lambda: "broker away" in str(run.figure("sensors", "message")),
    )
    bench.broker.start()
    wait_until("the run reads", lambda: run.figure("sensors", "events_out") == 1000)
    run.stop()
    compare(bench.readings(pipeline), sensor_gen.hot(0, 1000))


if __name__ == "__main__":
    main(
        killed_runs_lose_nothing,
        a_restart_after_a_kill_does_not_wait_for_the_dead_member,
        a_broker_that_goes_away_is_waited_for,
        a_run_may_start_before_its_broker,
    )
