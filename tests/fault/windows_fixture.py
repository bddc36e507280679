"""Runs of the exactly-once fixture file -> filter -> table beside file -> windows -> table."""

import json
import pathlib
import subprocess
import sys

_HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent / "integration"))

import sensor_gen  # noqa: E402

_PIPELINES = _HERE.parent / "golden" / "pipelines"
_FIXTURE = "file_to_windows_database_exactly_once.sluice.json"


def write_input(path, events):
    with path.open("w") as file:
        for i in range(events):
            file.write(sensor_gen.event(i) + "\n")


class Workspace:
    """A folder with the pipeline, its progress and its tables."""

    def __init__(self, arguments, folder, source):
        self._arguments = arguments
        self._source = source
        self._pipeline = pathlib.Path(folder) / _FIXTURE
        self._pipeline.write_text((_PIPELINES / _FIXTURE).read_text())
        self._database = pathlib.Path(folder) / "windows.duckdb"

    def start(self, rate, *more):
        command = [
            self._arguments.sluice,
            "run",
            str(self._pipeline),
            "--param",
            f"input={self._source}",
            "--param",
            f"database={self._database}",
            "--param",
            f"rate={rate}",
            *more,
        ]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def _rows(self, query):
        output = subprocess.run(
            [self._arguments.read_table, str(self._database), query],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return [json.loads(line) for line in output.splitlines()]

    def judge(self, events, words):
        """Whether the tables hold what they must; prints both."""
        hot = sensor_gen.hot(0, events)
        expected = {
            "n": sum(hot.values()),
            "s": sum(round(temp * 10) * count for (_, temp), count in hot.items()),
        }
        seen = self._rows(
            "SELECT count(*) AS n, round(sum(temp) * 10)::BIGINT AS s FROM hot_rows"
        )[0]
        wanted = [{"events": 400, "total": 7980.0, "n": events // 400}]
        windows = self._rows(
            "SELECT events, round(total, 4) AS total, count(*) AS n FROM windows GROUP BY ALL"
        )
        print(f"{words}: hot rows and sum of tenths expected {expected} seen {seen}, ", end="")
        print(f"windows expected {wanted} seen {windows}", flush=True)
        return seen == expected and windows == wanted


def add_programs(parser):
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--read-table", required=True)
