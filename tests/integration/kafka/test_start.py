"""Where a run begins, goes on and ends."""

import datetime
import time

from harness import check, compare, main, sensor_gen, wait_until


def _count(last):
    return last["nodes"]["sensors"]["events_out"]


def a_run_goes_on_where_the_last_one_stopped(bench):
    topic = bench.topic(partitions=3)
    bench.produce_by_kcat(topic, 0, 3000)
    pipeline = bench.to_database(bench.source(topic))
    check(_count(bench.catch_up(pipeline)) == 3000, "the first run reads everything")
    check(_count(bench.catch_up(pipeline)) == 0, "nothing came meanwhile")
    bench.produce_by_kcat(topic, 3000, 5000)
    check(_count(bench.catch_up(pipeline)) == 2000, "only what came meanwhile")
    compare(bench.readings(pipeline), sensor_gen.hot(0, 5000))
    check(_count(bench.catch_up(pipeline, "--from-start")) == 5000, "--from-start reads all again")


def the_group_knows_where_the_run_stopped(bench):
    from confluent_kafka import Consumer, TopicPartition

    topic = bench.topic(partitions=1)
    bench.produce_by_kcat(topic, 0, 1000)
    source = bench.source(topic)
    bench.catch_up(bench.to_database(source))
    group = source["config"]["consumer_group"]
    consumer = Consumer({"bootstrap.servers": bench.broker.bootstrap, "group.id": group})
    offset = consumer.committed([TopicPartition(topic, 0)], timeout=20)[0].offset
    consumer.close()
    check(offset == 1000, f"committed offset {offset}")

    # Another workspace, the same group: 'stored' goes on there, 'earliest' does not.
    bench.produce_by_kcat(topic, 1000, 1500)
    stored = bench.source(topic, start_from="stored", consumer_group=group)
    check(_count(bench.catch_up(bench.to_database(stored))) == 500, "stored")
    earliest = bench.source(topic, consumer_group=group)
    check(_count(bench.catch_up(bench.to_database(earliest))) == 1500, "earliest")


def stored_without_offsets_begins_with_the_oldest(bench):
    topic = bench.topic(partitions=1)
    bench.produce_by_kcat(topic, 0, 100)
    check(_count(bench.catch_up(bench.to_database(bench.source(topic, start_from="stored")))) == 100, "stored")


def latest_skips_what_is_there(bench):
    topic = bench.topic(partitions=2)
    bench.produce_by_kcat(topic, 0, 1000)
    pipeline = bench.to_database(bench.source(topic, start_from="latest"))
    run = bench.run(pipeline)
    wait_until("the run has begun", lambda: run.figure("sensors", "partitions"))
    bench.produce_by_kcat(topic, 1000, 1200)
    wait_until("the new events are read", lambda: run.figure("sensors", "events_out") == 200)
    run.stop()
    compare(bench.readings(pipeline), sensor_gen.hot(1000, 1200))


def a_timestamp_is_a_start(bench):
    topic = bench.topic(partitions=2)
    bench.produce_by_kcat(topic, 0, 1000)
    between = time.time() + 0.002
    wait_until("the clock goes on", lambda: time.time() > between + 0.002)
    bench.produce_by_kcat(topic, 1000, 1600)
    moment = datetime.datetime.fromtimestamp(between, datetime.timezone.utc)
    source = bench.source(topic, start_from="timestamp", start_timestamp=moment.isoformat())
    check(_count(bench.catch_up(bench.to_database(source))) == 600, "events behind the moment")
    later = datetime.datetime.fromtimestamp(time.time() + 3600, datetime.timezone.utc).isoformat()
    source = bench.source(topic, start_from="timestamp", start_timestamp=later)
    check(_count(bench.catch_up(bench.to_database(source))) == 0, "nothing is that young")


def transactions_are_seen_whole_or_not_at_all(bench):
    from confluent_kafka import Producer

    topic = bench.topic(partitions=1)
    producer = Producer({"bootstrap.servers": bench.broker.bootstrap, "transactional.id": bench.fresh("tx")})
    producer.init_transactions(30)
    for begin, commit in ((0, True), (100, False), (200, True)):
        producer.begin_transaction()
        for i in range(begin, begin + 100):
            producer.produce(topic, sensor_gen.event(i))
        producer.flush(30)
        if commit:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)
    # The topic ends with a control record, which nobody reads: the run must end all the same.
    pipeline = bench.to_database(bench.source(topic))
    check(_count(bench.catch_up(pipeline)) == 200, "committed events only")
    compare(bench.readings(pipeline), sensor_gen.hot(0, 100) + sensor_gen.hot(200, 300))


def a_missing_topic_is_named(bench):
    pipeline = bench.to_database(bench.source("no-such-topic"))
    run = bench.run(pipeline, "--until-caught-up")
    run.finish(code=1)
    check("no topic 'no-such-topic'" in run.errors, run.errors)


def a_wrong_address_is_named(bench):
    topic = bench.topic(partitions=1)
    for address, words in (("127.0.0.1:1", "nothing answers on the port"), ("no-such-host.invalid:9092", "does not resolve")):
        run = bench.run(bench.to_database(bench.source(topic, bootstrap_servers=address)))
        wait_until(
            "the node says what is wrong",
            lambda: words in str(run.figure("sensors", "message")) or run.process.poll() is not None,
        )
        check(words in str(run.latest), f"{words}: {run.errors} {run.latest}")
        run.kill()


def several_topics_and_an_empty_one(bench):
    topics = [bench.topic(partitions=2), bench.topic(partitions=3), bench.topic(partitions=1)]
    bench.produce_by_kcat(topics[0], 0, 1000)
    bench.produce_by_kcat(topics[1], 1000, 3000)
    source = bench.source(topics[0])
    source["config"]["topics"] = topics
    pipeline = bench.to_database(source)
    check(_count(bench.catch_up(pipeline)) == 3000, "all topics")
    compare(bench.readings(pipeline), sensor_gen.hot(0, 3000))


if __name__ == "__main__":
    main(
        a_run_goes_on_where_the_last_one_stopped,
        the_group_knows_where_the_run_stopped,
        stored_without_offsets_begins_with_the_oldest,
        latest_skips_what_is_there,
        a_timestamp_is_a_start,
        transactions_are_seen_whole_or_not_at_all,
        a_missing_topic_is_named,
        a_wrong_address_is_named,
        several_topics_and_an_empty_one,
    )
