"""Chunks of an outbox brought to a topic: killed, fenced, timed out, unanswered. Each event once."""

import random

from driver import FENCED_OUT, Driver, check_once, first_missing, read_numbers
from harness import check, main, wait_until
from proxy import END_TXN

PARTITIONS = 3


def _open(bench, topic, lineage, **properties):
    driver = Driver(bench.outbox_driver, bench.broker.bootstrap, topic, lineage, properties=properties)
    bench.keep(driver)
    return driver


def _check(bench, topic, chunks):
    check_once(read_numbers(bench.broker.bootstrap, topic, PARTITIONS), chunks)


def a_writer_that_is_killed_at_random_writes_each_event_once(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    rounds, dice = 6, random.Random(7)
    applied = 0
    for number in range(rounds):
        driver = _open(bench, topic, lineage)
        mark = driver.claim()
        check(first_missing(mark) >= applied, f"claim says {mark}, {applied} chunks were confirmed")
        applied = first_missing(mark)
        if number == rounds - 1:
            break
        for chunk in range(applied, applied + 200):
            driver.apply_said(chunk)
        enough = applied + dice.randint(1, 12)
        while applied < enough:
            check(driver.answer() == {"applied": True}, "apply")
            applied += 1
        wait_until("a moment passes", lambda: dice.random() < 0.3)
        driver.kill()
    driver.apply(applied)
    driver.close()
    _check(bench, topic, applied + 1)
    return f"{applied + 1} chunks over {rounds - 1} kills"


def a_writer_that_is_killed_before_the_commit_leaves_nothing(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    check(first_missing(driver.claim()) == 0, "a new lineage has progress")
    driver.apply(0)
    before = bench.proxy.lost
    bench.proxy.lose(END_TXN, "request", cut=False)
    driver.apply_said(1)
    wait_until("the commit is under way", lambda: bench.proxy.lost > before)
    driver.kill()
    uncommitted = read_numbers(bench.broker.bootstrap, topic, PARTITIONS, "read_uncommitted")
    check(sum(uncommitted.values()) == 1000, f"{sum(uncommitted.values())} uncommitted messages")
    driver = _open(bench, topic, lineage)
    mark = driver.claim()
    check(first_missing(mark) == 1, f"claim says {mark}")
    driver.apply(1)
    driver.close()
    _check(bench, topic, 2)


def a_writer_that_is_killed_behind_the_commit_is_found_to_have_written(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    driver.claim()
    driver.apply(0)
    before = bench.proxy.lost
    bench.proxy.lose(END_TXN, "response", cut=False)
    driver.apply_said(1)
    wait_until("the commit is through", lambda: bench.proxy.lost > before)
    driver.kill()
    driver = _open(bench, topic, lineage)
    mark = driver.claim()
    check(first_missing(mark) == 2, f"claim says {mark}")
    driver.close()
    _check(bench, topic, 2)


def a_writer_that_slept_while_another_took_over_is_told(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    old = _open(bench, topic, lineage)
    old.claim()
    old.apply(0)
    old.stop_process()
    new = _open(bench, topic, lineage)
    check(first_missing(new.claim()) == 1, "the new one goes on where the old one stopped")
    new.apply(1)
    old.go_on()
    old.apply_said(1)
    answer = old.answer()
    check(answer.get("error") == FENCED_OUT, f"the old one: {answer}")
    new.apply(2)
    old.close()
    new.close()
    _check(bench, topic, 3)
    return answer["message"]


def an_old_writer_that_strikes_before_the_claim_loses_all_the_same(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    old = _open(bench, topic, lineage)
    old.claim()
    old.apply(0)
    new = _open(bench, topic, lineage)
    before = bench.proxy.lost
    bench.proxy.lose(END_TXN, "request", cut=False)  # the new one's claim
    new.say("claim")
    wait_until("the claim is under way", lambda: bench.proxy.lost > before)
    old.apply(1)  # fenced, looks, finds itself, goes on
    mark = new.answer()["claimed"]
    check(first_missing(mark) == 2, f"claim says {mark}")
    new.apply(2)
    old.apply_said(2)
    answer = old.answer()
    check(answer.get("error") == FENCED_OUT, f"the old one: {answer}")
    new.apply(3)
    old.close()
    new.close()
    _check(bench, topic, 4)


def a_transaction_that_times_out_is_begun_again(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage, **{"transaction.timeout.ms": 4000})
    driver.claim()
    driver.apply(0)
    before = bench.proxy.lost
    bench.proxy.lose(END_TXN, "request", cut=False)
    driver.apply_said(1)
    wait_until("the commit is under way", lambda: bench.proxy.lost > before)
    driver.stop_process()
    # Longer than the transaction may last, and than the broker takes to see that.
    wait_until(
        "the broker has ended the transaction",
        lambda: _stable_end(bench, topic) == _high_end(bench, topic),
    )
    driver.go_on()
    check(driver.answer() == {"applied": True}, "apply")
    log = driver.ask("log")["log"]
    driver.close()
    _check(bench, topic, 2)
    return "; ".join(line for line in log if "topic '" in line)


def _stable_end(bench, topic):
    return _ends(bench, topic, "read_committed")


def _high_end(bench, topic):
    return _ends(bench, topic, "read_uncommitted")


def _ends(bench, topic, isolation):
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(
        {"bootstrap.servers": bench.broker.bootstrap, "group.id": "ends", "isolation.level": isolation}
    )
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=20)[1] for p in range(PARTITIONS)]
    consumer.close()
    return ends


def unanswered_commits_double_nothing(bench, times=4):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    driver.claim()
    chunk = 0
    for way in ("request", "response"):
        for _ in range(times):
            bench.proxy.lose(END_TXN, way)
            driver.apply(chunk)
            chunk += 1
        # Without a cut the writer loses patience and looks at the marker.
        bench.proxy.lose(END_TXN, way, cut=False)
        driver.apply(chunk)
        chunk += 1
    driver.close()
    _check(bench, topic, chunk)
    return f"{2 * times} cuts, 2 silences"


def the_marker_is_renewed_once_a_day(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    driver.claim()
    driver.apply(0)
    before = bench.proxy.seen[END_TXN]
    driver.ask("advance 23")
    driver.apply(1)
    check(bench.proxy.seen[END_TXN] == before + 1, "one transaction for the chunk")
    driver.ask("advance 23")
    driver.ask("advance 2")
    wait_until("the marker is written again", lambda: bench.proxy.seen[END_TXN] == before + 2)
    driver.close()
    driver = _open(bench, topic, lineage)
    check(first_missing(driver.claim()) == 2, "the renewed marker says the same")
    driver.close()
    _check(bench, topic, 2)


def a_topic_is_known_by_its_id(bench):
    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    identity = driver.ask("identity")["identity"]
    driver.close()
    check(f"topic '{topic}' (id " in identity and ") of Kafka cluster " in identity, identity)
    driver = _open(bench, topic, lineage)
    check(driver.ask("identity")["identity"] == identity, "the same topic, another identity")
    driver.close()


def without_its_marker_a_topic_knows_nothing(bench):
    from confluent_kafka.admin import AdminClient

    topic, lineage = bench.topic(PARTITIONS), bench.fresh("lineage")
    driver = _open(bench, topic, lineage)
    check(driver.claim() == {"epoch": 0, "chunks": 0}, "anew, nothing is there")
    identity = driver.ask("identity")["identity"]
    driver.close()
    driver = _open(bench, topic, lineage)
    check(driver.claim(goes_on=True) == {"epoch": 0, "chunks": 0}, "that was kept")
    driver.apply(0)
    driver.close()
    admin = AdminClient({"bootstrap.servers": bench.broker.bootstrap})
    admin.delete_topics([topic])[topic].result(30)
    bench.broker.create_topic(topic, PARTITIONS)
    for _ in range(2):  # a claim alone is no progress
        driver = _open(bench, topic, lineage)
        check(driver.claim(goes_on=True) is None, "the topic is a new one")
        check(driver.ask("identity")["identity"] != identity, "and says so")
        driver.close()


if __name__ == "__main__":
    main(
        a_writer_that_is_killed_at_random_writes_each_event_once,
        a_writer_that_is_killed_before_the_commit_leaves_nothing,
        a_writer_that_is_killed_behind_the_commit_is_found_to_have_written,
        a_writer_that_slept_while_another_took_over_is_told,
        an_old_writer_that_strikes_before_the_claim_loses_all_the_same,
        a_transaction_that_times_out_is_begun_again,
        unanswered_commits_double_nothing,
        the_marker_is_renewed_once_a_day,
        a_topic_is_known_by_its_id,
        without_its_marker_a_topic_knows_nothing,
        proxied=True,
    )
