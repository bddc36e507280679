"""TLS and logins against brokers of both generations."""

# harness first: it makes the folder of broker.py known
from harness import check, compare, main, sensor_gen, wait_until
from broker import (
    CONNECTION_STRING,
    PLAIN_PASSWORD,
    PLAIN_USER,
    SCRAM_PASSWORD,
    SCRAM_USER,
)

EVENTS = 5_000
LOGINS = (
    ("PLAIN", PLAIN_USER, PLAIN_PASSWORD),
    ("PLAIN", "$ConnectionString", CONNECTION_STRING),
    ("SCRAM-SHA-256", SCRAM_USER, SCRAM_PASSWORD),
    ("SCRAM-SHA-512", SCRAM_USER, SCRAM_PASSWORD),
)


def _secured(bench, topic, mechanism, user, **config):
    return bench.source(
        topic,
        **{
            "bootstrap_servers": bench.broker.ssl_bootstrap,
            "security": "sasl_ssl",
            "sasl_mechanism": mechanism,
            "username": user,
            "password": {"secret": "kafka"},
            "ca_file": bench.broker.ca_file,
            **config,
        },
    )


def every_login_reads(bench):
    topic = bench.topic(partitions=2)
    bench.produce_by_kcat(topic, 0, EVENTS)
    expected = sensor_gen.hot(0, EVENTS)
    for mechanism, user, password in LOGINS:
        pipeline = bench.to_database(_secured(bench, topic, mechanism, user))
        bench.catch_up(pipeline, secrets={"kafka": password})
        compare(bench.readings(pipeline), expected)
    for mechanism, user, password in LOGINS[1:3]:
        source = _secured(
            bench,
            topic,
            mechanism,
            user,
            security="sasl_plaintext",
            bootstrap_servers=bench.broker.sasl_plain_bootstrap,
        )
        pipeline = bench.to_database(source)
        bench.catch_up(pipeline, secrets={"kafka": password})
        compare(bench.readings(pipeline), expected)


def a_wrong_password_is_named(bench):
    topic = bench.topic(partitions=1)
    for mechanism, user in (("PLAIN", PLAIN_USER), ("SCRAM-SHA-256", SCRAM_USER), ("SCRAM-SHA-512", SCRAM_USER)):
        pipeline = bench.to_database(_secured(bench, topic, mechanism, user))
        for arguments in ([], ["--until-caught-up"]):
            run = bench.run(pipeline, *arguments, secrets={"kafka": "not-the-password"})
            run.finish(code=1)
            check("refused the login" in run.errors, f"the error does not say so: {run.errors}")
            check("not-the-password" not in run.errors, "the password is in the output")


def an_untrusted_certificate_is_named(bench):
    topic = bench.topic(partitions=1)
    source = _secured(bench, topic, "PLAIN", PLAIN_USER, ca_file="")
    run = bench.run(bench.to_database(source), secrets={"kafka": PLAIN_PASSWORD})
    wait_until(
        "the node says so",
        lambda: "not trusted" in str(run.figure("sensors", "message")) or run.process.poll() is not None,
    )
    words = run.errors + str(run.latest)
    check("not trusted" in words, f"the output does not say so: {words}")


if __name__ == "__main__":
    main(
        every_login_reads,
        a_wrong_password_is_named,
        an_untrusted_certificate_is_named,
        versions=("3.9.2", "4.3.1"),
    )
