"""Runs fault cases one after the other and prints case, expected, seen."""

import argparse
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

_INTEGRATION = pathlib.Path(__file__).resolve().parents[1] / "integration"
sys.path.insert(0, str(_INTEGRATION / "kafka"))

from harness import Bench, Broker, BrokerError, Failed, Proxy  # noqa: E402

_cases = []


def case(number, title):
    """Marks a function (bench, events) → (expected, seen) as a case."""

    def add(function):
        _cases.append((number, title, function))
        return function

    return add


def _run_one(function, arguments):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice_fault_"))
        proxy = stack.enter_context(contextlib.closing(Proxy()))
        broker = stack.enter_context(Broker(version=arguments.version, advertised=proxy.address))
        proxy.broker = broker.bootstrap
        bench = Bench(arguments, folder, broker, proxy)
        stack.callback(bench.close)
        try:
            return function(bench, arguments.events)
        except Failed:
            bench.tell_runs()
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--read-table", required=True)
    parser.set_defaults(outbox_driver=None)
    parser.add_argument("--events", type=int, default=2_000_000, help="a multiple of 400,000")
    parser.add_argument("--version", default="3.9.2", help="of Apache Kafka")
    parser.add_argument("--case", action="append", help="only cases with this number; may be repeated")
    arguments = parser.parse_args()
    failures = 0
    for number, title, function in _cases:
        if arguments.case and number not in arguments.case:
            continue
        begin = time.monotonic()
        try:
            expected, seen = _run_one(function, arguments)
        except (Failed, BrokerError, OSError, subprocess.SubprocessError) as error:
            traceback.print_exc()
            expected, seen = "the case to run", f"failed: {error}"
        verdict = "ok    " if expected == seen else "FAILED"
        failures += expected != seen
        took = time.monotonic() - begin
        print(f"{verdict} case {number}, {title}: expected {expected}, seen {seen} ({took:.0f} s)", flush=True)
    return 1 if failures else 0
