"""Kills a run at random moments and starts it again, until it ends by itself; then counts (case 1)."""

import argparse
import pathlib
import random
import sys
import tempfile
import threading
import time

import windows_fixture

_PATIENCE_SECONDS = 300


def run_to_the_end(workspace, arguments, kills, dice):
    """At most so many kills; then it may end. Returns how many there were."""
    killed = 0
    while True:
        process = workspace.start(arguments.rate)
        timer = None
        if killed < kills:
            timer = threading.Timer(dice.uniform(0.02, arguments.longest), process.kill)
            timer.start()
        _, words = process.communicate(timeout=_PATIENCE_SECONDS)
        if timer is not None:
            timer.cancel()
        if process.returncode == 0:
            return killed
        if process.returncode != -9:
            raise AssertionError(f"sluice ended with {process.returncode}: {words.decode()}")
        killed += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    windows_fixture.add_programs(parser)
    parser.add_argument("--events", type=int, default=400_000, help="a multiple of 400,000")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--rate", type=int, default=150_000, help="events/s of the source")
    parser.add_argument("--longest", type=float, default=0.7, help="seconds a run lives at most")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    begin = time.monotonic()
    killed = 0
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "sensors.ndjson"
        windows_fixture.write_input(source, arguments.events)
        while killed < arguments.kills:
            with tempfile.TemporaryDirectory() as place:
                workspace = windows_fixture.Workspace(arguments, place, source)
                now = run_to_the_end(workspace, arguments, arguments.kills - killed, dice)
                killed += max(now, 1)
                if not workspace.judge(arguments.events, f"{now} kills"):
                    return 1
    print(f"{killed} kills in {time.monotonic() - begin:.0f} s: every count is exact")
    return 0


if __name__ == "__main__":
    sys.exit(main())
