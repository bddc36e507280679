#!/usr/bin/env python3
"""One real Apache Kafka broker (KRaft, one node) for a test, on free ports and in a temporary folder.

In Python:

    with Broker(version="3.9.2") as broker:
        broker.create_topic("orders", partitions=4)
        client.connect(broker.bootstrap)

As a program, for tests in other languages:

    broker.py serve [--version 4.3.1] [--config NAME=VALUE]...

prints one line of JSON with the broker's addresses once it answers, and ends it, and itself, when
its standard input ends or it gets SIGTERM. Meanwhile each line of input is a command, answered by
one line of JSON, {"ok": true} or {"ok": false, "error": "..."}:

    topic NAME [PARTITIONS]    stop    kill    start    restart

Listeners: PLAINTEXT (bootstrap), SASL_SSL (ssl_bootstrap, with ca_file) and SASL_PLAINTEXT
(sasl_plain_bootstrap). Users: PLAIN alice / alice-secret, and $ConnectionString with the value of
CONNECTION_STRING, as Azure Event Hubs has it; SCRAM-SHA-256 and SCRAM-SHA-512 bob / bob-secret.

Needs java 17 or later, openssl, and the jars that `fetch` puts in build/kafka (SLUICE_KAFKA_HOME
names another place). SLUICE_KAFKA_KEEP=1 keeps the temporary folder with the broker's log.
"""

import argparse
import base64
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

DEFAULT_VERSION = "3.9.2"
PLAIN_USER, PLAIN_PASSWORD = "alice", "alice-secret"
SCRAM_USER, SCRAM_PASSWORD = "bob", "bob-secret"
CONNECTION_STRING = "Endpoint=sb://localhost/;SharedAccessKeyName=k;SharedAccessKey=s"

# A short-lived JVM starts in half the time with these.
_JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
_START_SECONDS = 90
_STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1


class BrokerError(RuntimeError):
    """The broker could not be made, started or asked; the message names the way out."""


class Broker:
    """Owns one broker process. Not for use by several threads at once."""

    def __init__(self, version=DEFAULT_VERSION, config=None, advertised=None):
        """advertised: the address that clients without TLS and login are told, of a proxy."""
        home = os.environ.get("SLUICE_KAFKA_HOME")
        root = pathlib.Path(__file__).resolve().parents[3]
        self.version = version
        self._jars = (pathlib.Path(home) if home else root / "build" / "kafka") / version / "lib"
        self._config = dict(config or {})
        self._advertised = advertised
        self._process = None
        self._folder = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    # --- addresses: fixed from the first start on, also over restarts

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self._ports['PLAINTEXT']}"

    @property
    def ssl_bootstrap(self):
        return f"localhost:{self._ports['SASL_SSL']}"

    @property
    def sasl_plain_bootstrap(self):
        return f"127.0.0.1:{self._ports['SASL_PLAINTEXT']}"

    @property
    def ca_file(self):
        return str(self._folder / "cert.pem")

    @property
    def log_file(self):
        return str(self._folder / "broker.log")

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def addresses(self):
        return {
            "version": self.version,
            "bootstrap": self.bootstrap,
            "ssl_bootstrap": self.ssl_bootstrap,
            "sasl_plain_bootstrap": self.sasl_plain_bootstrap,
            "ca_file": self.ca_file,
            "log_file": self.log_file,
            "pid": self.pid,
        }

    # --- life

    def start(self):
        """Starts the broker and returns when it answers. After stop() or kill() it comes back with
        the same addresses and the same data."""
        if self._process:
            raise BrokerError("the broker already runs")
        if self._folder:
            self._launch()
            return
        self._check_tools()
        # Another program can take a port between our look and the broker's; then try others.
        for attempt in range(3):
            self._prepare()
            try:
                self._launch()
                return
            except BrokerError as error:
                if attempt == 2 or "already in use" not in str(error):
                    raise
                self._remove_folder()

    def stop(self):
        """Ends the broker in good order; its data stay for the next start()."""
        self._end(signal.SIGTERM)

    def kill(self):
        """Ends the broker at once, as a crash would; its data stay for the next start()."""
        self._end(signal.SIGKILL)

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        """Ends the broker and removes its data."""
        self._end(signal.SIGTERM)
        self._remove_folder()

    def create_topic(self, name, partitions=1, config=None):
        """Creates a topic and returns when the broker has it."""
        try:
            from confluent_kafka.admin import AdminClient, NewTopic
        except ImportError:
            self._create_topic_by_java(name, partitions, config or {})
            return
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=config or {})
        try:
            for done in admin.create_topics([topic], operation_timeout=15).values():
                done.result(timeout=30)
            # Made, but the broker may not tell everybody yet.
            while len(admin.list_topics(name, timeout=15).topics[name].partitions) < partitions:
                time.sleep(0.02)
        except Exception as error:  # what the client raises varies by version
            raise BrokerError(f"topic '{name}' could not be created: {error}") from error

    # --- inside

    def _check_tools(self):
        if not self._jars.is_dir():
            raise BrokerError(
                f"Apache Kafka {self.version} is not in {self._jars}; "
                f"run tests/integration/kafka_broker/fetch {self.version}"
            )
        for tool in ("java", "openssl"):
            if not shutil.which(tool):
                raise BrokerError(f"{tool} is not installed; run installer/build --tests")

    def _environment(self):
        return {**os.environ, "CLASSPATH": f"{self._jars}/*"}

    def _run(self, what, command):
        result = subprocess.run(
            command, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if result.returncode != 0:
            raise BrokerError(f"{what} failed:\n{result.stdout}{result.stderr}")

    def _prepare(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice_kafka_"))
        self._ports = _free_ports("PLAINTEXT", "SASL_SSL", "SASL_PLAINTEXT", "CONTROLLER")
        self._make_certificate()
        (self._folder / "server.properties").write_text(self._properties())
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if cluster.startswith("-"):  # would read as an option
            cluster = "A" + cluster[1:]
        command = _JAVA + ["kafka.tools.StorageTool", "format", "-t", cluster, "--standalone"]
        command += ["-c", str(self._folder / "server.properties"), "--ignore-formatted"]
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            command += ["--add-scram", f"{mechanism}=[name={SCRAM_USER},password={SCRAM_PASSWORD}]"]
        self._run("formatting the broker's storage", command)

    def _make_certificate(self):
        key, certificate = self._folder / "key.pem", self._folder / "cert.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"]
        command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
        command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        self._run("making the broker's certificate", command)
        (self._folder / "keystore.pem").write_text(key.read_text() + certificate.read_text())

    def _properties(self):
        ports = self._ports
        plain = (
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_{PLAIN_USER}="{PLAIN_PASSWORD}" user_$ConnectionString="{CONNECTION_STRING}";'
        )
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        values = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{ports['CONTROLLER']}",
            "listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items()),
            "advertised.listeners": f"PLAINTEXT://{self._advertised or self.bootstrap},SASL_SSL://{self.ssl_bootstrap},"
            f"SASL_PLAINTEXT://{self.sasl_plain_bootstrap}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
            "SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self._folder / "keystore.pem",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
            "group.initial.rebalance.delay.ms": 0,
            # short, so that a killed broker is let in again after 2 s and not after 9
            "broker.session.timeout.ms": 2000,
            "broker.heartbeat.interval.ms": 500,
            "auto.create.topics.enable": "false",
            "log.dirs": self._folder / "data",
        }
        for listener in ("sasl_ssl", "sasl_plaintext"):
            # a mechanism that is enabled but has no line here stops the broker
            for mechanism, login in (("plain", plain), ("scram-sha-256", scram), ("scram-sha-512", scram)):
                values[f"listener.name.{listener}.{mechanism}.sasl.jaas.config"] = login
        values.update(self._config)
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _launch(self):
        begin = os.path.getsize(self.log_file) if os.path.exists(self.log_file) else 0
        command = _JAVA + ["-Xmx256m", "kafka.Kafka", str(self._folder / "server.properties")]
        with open(self.log_file, "ab") as log:
            self._process = subprocess.Popen(
                command,
                env=self._environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal is for us, who then stop it
                preexec_fn=_die_with_parent,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self._ports["PLAINTEXT"]):
            try:
                code = self._process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                self._end(signal.SIGKILL)
                raise BrokerError(f"the broker did not answer in {_START_SECONDS} s:\n{self._log_end(begin)}") from None
            self._process = None
            raise BrokerError(f"the broker ended at start with code {code}:\n{self._log_end(begin)}")

    def _end(self, how):
        if not self._process:
            return
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _log_end(self, begin):
        with open(self.log_file, "rb") as log:
            log.seek(begin)
            lines = log.read().decode(errors="replace").splitlines()
        errors = [line for line in lines if "already in use" in line][:1]
        return "\n".join(errors + lines[-20:])

    def _remove_folder(self):
        folder, self._folder = self._folder, None
        if folder is None:
            return
        if os.environ.get("SLUICE_KAFKA_KEEP") == "1":
            print(f"broker.py: kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def _create_topic_by_java(self, name, partitions, config):
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"
        command = _JAVA + [quiet, "org.apache.kafka.tools.TopicCommand"]
        command += ["--bootstrap-server", self.bootstrap]
        command += ["--create", "--topic", name, "--partitions", str(partitions)]
        for key, value in config.items():
            command += ["--config", f"{key}={value}"]
        self._run(f"creating topic '{name}'", command)


def _free_ports(*names):
    sockets = [socket.socket() for _ in names]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in zip(names, sockets)}
    finally:
        for one in sockets:
            one.close()


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def _die_with_parent():
    # A test that is killed leaves no broker behind (Linux).
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _obey(broker, line):
    words = line.split()
    if not words:
        raise BrokerError("an empty command")
    name, arguments = words[0], words[1:]
    if name == "topic" and 1 <= len(arguments) <= 2:
        broker.create_topic(arguments[0], int(arguments[1]) if len(arguments) == 2 else 1)
    elif name in ("start", "stop", "kill", "restart") and not arguments:
        getattr(broker, name)()
    else:
        raise BrokerError(f"unknown command '{line.strip()}'")


def _serve(arguments):
    def end(*_):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with Broker(arguments.version, dict(pair.split("=", 1) for pair in arguments.config)) as broker:
        print(json.dumps(broker.addresses()), flush=True)
        for line in sys.stdin:
            try:
                _obey(broker, line)
                answer = {"ok": True}
            except (BrokerError, ValueError) as error:
                answer = {"ok": False, "error": str(error)}
            print(json.dumps(answer), flush=True)


def main():
    parser = argparse.ArgumentParser(description="One real Apache Kafka broker for tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run one until the standard input ends or SIGTERM")
    serve.add_argument("--version", default=DEFAULT_VERSION)
    serve.add_argument("--config", action="append", default=[], metavar="NAME=VALUE")
    try:
        _serve(parser.parse_args())
    except BrokerError as error:
        print(f"broker.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
