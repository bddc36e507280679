"""Exactly-once runs that are killed, stopped and shared a group with: each event counts once."""

from exactly_once import PERIOD, check_rows, kill_at_random, to_database, to_topic, topic_rows
from harness import check, main, sensor_gen, wait_until

KILLS = 6


def killed_runs_write_each_event_once_to_a_topic(bench):
    delivery = to_topic(bench)
    kill_at_random(delivery, PERIOD, KILLS, seed=1)
    count = check_rows(delivery, PERIOD)
    everything = sum(topic_rows(bench, delivery.target, "read_uncommitted").values())
    check(everything >= count, f"{everything} uncommitted")
    return f"{KILLS} kills, {count} rows; {everything - count} of aborted transactions"


def killed_runs_write_each_event_once_to_a_database(bench):
    delivery = to_database(bench)
    kill_at_random(delivery, PERIOD, KILLS, seed=2)
    return f"{KILLS} kills, {check_rows(delivery, PERIOD)} rows"


def a_topic_ends_behind_its_control_records(bench):
    """Of a topic that was written in transactions the end is no record's place."""
    first = to_topic(bench, partitions=1)
    bench.produce_by_kcat(first.source_topic, 0, 2000)
    first.catch_up()
    second = to_database(bench, partitions=1)
    second.parameters["topic"] = first.target
    run = second.run()
    records = sum(sensor_gen.hot(0, 2000).values())

    def position():
        partitions = run.figure("sensors", "partitions")
        return partitions[0]["position"] if partitions else 0

    wait_until("the position is behind a control record", lambda: position() > records)
    run.stop()
    second.catch_up()  # ends by itself, where nothing is left to read
    check_rows(second, 2000)


def an_open_transaction_is_not_waited_for(bench):
    from confluent_kafka import Producer

    delivery = to_database(bench, partitions=1)
    bench.produce_by_kcat(delivery.source_topic, 0, 1000)
    producer = Producer({"bootstrap.servers": bench.broker.bootstrap, "transactional.id": bench.fresh("open")})
    producer.init_transactions(30)
    producer.begin_transaction()
    for i in range(1000, 2000):
        producer.produce(delivery.source_topic, sensor_gen.event(i), partition=0)
    producer.flush(30)
    delivery.catch_up()  # ends at the last stable offset
    check_rows(delivery, 1000)
    producer.commit_transaction(30)
    delivery.catch_up()
    check_rows(delivery, 2000)


def members_of_the_group_take_nothing_away(bench):
    from confluent_kafka import Consumer

    delivery = to_database(bench)
    bench.produce_by_kcat(delivery.source_topic, 0, 20_000)
    foreign = Consumer({"bootstrap.servers": bench.broker.bootstrap, "group.id": "sluice"})
    foreign.subscribe([delivery.source_topic])
    wait_until("the foreign member has partitions", lambda: foreign.poll(0.1) or foreign.assignment())
    run = delivery.run()
    wait_until("all is read", lambda: run.figure("sensors", "events_out") == 20_000)
    wait_until(
        "the node says that the group takes no offsets",
        lambda: foreign.poll(0.1) or "lag tools" in str(run.figure("sensors", "message")),
    )
    check(len(foreign.assignment()) == 4, "the foreign member lost partitions")
    bench.produce_by_kcat(delivery.source_topic, 20_000, 40_000)
    wait_until("the rest is read", lambda: run.figure("sensors", "events_out") == 40_000)
    run.stop()
    foreign.close()
    return f"{check_rows(delivery, 40_000)} rows"


def partitions_that_come_later_are_read_from_their_beginning(bench):
    from confluent_kafka.admin import AdminClient, NewPartitions

    delivery = to_database(bench, partitions=1)
    bench.produce_by_kcat(delivery.source_topic, 0, 1000)
    run = delivery.run()
    wait_until("the first partition is read", lambda: run.figure("sensors", "events_out") == 1000)
    admin = AdminClient({"bootstrap.servers": bench.broker.bootstrap})
    admin.create_partitions([NewPartitions(delivery.source_topic, 3)])[delivery.source_topic].result(30)
    bench.produce_by_kcat(delivery.source_topic, 1000, 9000, "-p", "1")
    bench.produce_by_kcat(delivery.source_topic, 9000, 10_000, "-p", "2")
    wait_until("the new ones are read", lambda: run.figure("sensors", "events_out") == 10_000)
    run.kill()
    delivery.catch_up()
    return f"{check_rows(delivery, 10_000)} rows"


def a_topic_that_was_made_anew_is_refused(bench):
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": bench.broker.bootstrap})
    for end in ("source_topic", "target"):
        delivery = to_topic(bench, partitions=1)
        bench.produce_by_kcat(delivery.source_topic, 0, 1000)
        delivery.catch_up()
        topic = getattr(delivery, end)
        admin.delete_topics([topic])[topic].result(30)
        bench.broker.create_topic(topic, partitions=1)
        run = delivery.run("--until-caught-up")
        run.finish(code=1)
        check(f"'{topic}'" in run.errors, run.errors)


if __name__ == "__main__":
    main(
        killed_runs_write_each_event_once_to_a_topic,
        killed_runs_write_each_event_once_to_a_database,
        a_topic_ends_behind_its_control_records,
        an_open_transaction_is_not_waited_for,
        members_of_the_group_take_nothing_away,
        partitions_that_come_later_are_read_from_their_beginning,
        a_topic_that_was_made_anew_is_refused,
    )
