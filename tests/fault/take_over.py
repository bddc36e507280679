"""A run that was stopped (SIGSTOP) keeps its workspace: a second one is refused and told the pid, and
ends the first when it may (case 5, for a file and a database)."""

import argparse
import os
import pathlib
import signal
import sys
import tempfile
import threading

import windows_fixture

_EVENTS = 400_000
_PATIENCE_SECONDS = 120


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    windows_fixture.add_programs(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "sensors.ndjson"
        windows_fixture.write_input(source, _EVENTS)
        workspace = windows_fixture.Workspace(arguments, folder, source)
        first = workspace.start(100_000)
        try:
            threading.Event().wait(1.5)  # some epochs
            assert first.poll() is None, first.stderr.read().decode()
            os.kill(first.pid, signal.SIGSTOP)

            second = workspace.start(0)
            _, words = second.communicate(timeout=_PATIENCE_SECONDS)
            print(f"second run: {second.returncode}, {words.decode().strip()}")
            assert second.returncode == 1, second.returncode
            assert str(first.pid) in words.decode() and "--take-over" in words.decode()
            assert first.poll() is None, "the first run was ended unasked"

            third = workspace.start(0, "--take-over")
            _, words = third.communicate(timeout=_PATIENCE_SECONDS)
            assert third.returncode == 0, words.decode()
            first.wait(timeout=_PATIENCE_SECONDS)
            print(f"first run: {first.returncode}")
        finally:
            if first.poll() is None:
                first.kill()
        return 0 if workspace.judge(_EVENTS, "taken over") else 1


if __name__ == "__main__":
    sys.exit(main())
