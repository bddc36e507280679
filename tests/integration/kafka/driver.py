"""The program outbox_driver in the hands of a test, and what readers find in its topic."""

import collections
import json
import queue
import signal
import subprocess
import threading

from harness import check

FENCED_OUT, TARGET_CHANGED = 3011, 3010
CHUNKS = 2  # an epoch's
ROWS = 500  # a chunk's


class Driver:
    """One process with a kafka_destination."""

    def __init__(self, program, servers, topic, lineage, node="out", properties=None):
        command = [program, servers, topic, lineage, node]
        command += [f"{name}={value}" for name, value in (properties or {}).items()]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        answer = self.answer()
        check("opened" in answer, f"the driver did not open: {answer}")

    def _read(self):
        for line in self.process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put({"ended": True})

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self, seconds=90):
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            check(False, f"the driver did not answer within {seconds} s")

    def ask(self, line, seconds=90):
        self.say(line)
        return self.answer(seconds)

    def claim(self, goes_on=False):
        answer = self.ask("claim goes-on" if goes_on else "claim")
        check("claimed" in answer, f"claim: {answer}")
        return answer["claimed"]

    def apply_said(self, number):
        """Tells it to apply chunk `number`, counted over all epochs."""
        behind = number + 1
        self.say(f"apply {behind // CHUNKS} {behind % CHUNKS} {number * ROWS} {behind * ROWS}")

    def apply(self, number, seconds=90):
        self.apply_said(number)
        answer = self.answer(seconds)
        check(answer == {"applied": True}, f"apply {number}: {answer}")

    def stop_process(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        """Ends it in good order."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(timeout=30)


def first_missing(mark):
    """The chunk to go on with behind what claim() said."""
    return 0 if mark is None else mark["epoch"] * CHUNKS + mark["chunks"]


def read_numbers(servers, topic, partitions, isolation="read_committed"):
    """How often each number is in the topic."""
    from confluent_kafka import Consumer, KafkaError, TopicPartition

    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "reader",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": isolation,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
    found = collections.Counter()
    ended = set()
    while len(ended) < partitions:
        message = consumer.poll(30)
        check(message is not None, "the reader got neither a message nor the end in 30 s")
        if message.error():
            check(message.error().code() == KafkaError._PARTITION_EOF, str(message.error()))
            ended.add(message.partition())
            continue
        found[json.loads(message.value())["n"]] += 1
    consumer.close()
    return found


def check_once(found, chunks):
    """That every number of the first `chunks` chunks is there once, and nothing else."""
    expected = collections.Counter(range(chunks * ROWS))
    missing = expected - found
    extra = found - expected
    check(not missing, f"{sum(missing.values())} are missing, such as {next(iter(missing), None)}")
    check(not extra, f"{sum(extra.values())} too many, such as {next(iter(extra), None)}")
