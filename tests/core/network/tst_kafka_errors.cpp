#include "core/network/kafka_errors.h"
#include "core/network/kafka_fields.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("a broker's address is read out of librdkafka's text")
{
    CHECK(brokerAddress("sasl_ssl://b1:9093/bootstrap: SSL handshake failed") == "b1:9093");
    CHECK(brokerAddress("b1:9092/1: Connect to ipv4#10.0.0.1:9092 failed") == "b1:9092");
    CHECK(brokerAddress("1/1 brokers are down").empty());
    CHECK(brokerAddress("").empty());
}

TEST_CASE("connection errors name what failed and the field to look at")
{
    struct Row
    {
        rd_kafka_resp_err_t code;
        const char *reason;
        ErrorCode expected;
        const char *part;
        const char *field;
    };
    const Row rows[] = {
        {RD_KAFKA_RESP_ERR__RESOLVE,
         "nohost:9092/bootstrap: Failed to resolve 'nohost:9092'",
         ErrorCode::ConnectionFailed,
         "does not resolve",
         "bootstrap_servers"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "b1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms "
         "in state CONNECT)",
         ErrorCode::ConnectionFailed,
         "nothing answers on the port",
         "bootstrap_servers"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "b1:9092/bootstrap: Connection setup timed out in state CONNECT",
         ErrorCode::ConnectionFailed,
         "no answer came in time",
         "bootstrap_servers"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "b1:9092/bootstrap: Disconnected while requesting ApiVersion: might be caused by "
         "incorrect "
         "security.protocol configuration",
         ErrorCode::ConnectionFailed,
         "ends the connection",
         "security"},
        {RD_KAFKA_RESP_ERR__SSL,
         "ssl://b1:9093/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate "
         "verify failed: broker certificate could not be verified",
         ErrorCode::ConnectionFailed,
         "not trusted",
         "ca_file"},
        {RD_KAFKA_RESP_ERR__AUTHENTICATION,
         "sasl_ssl://b1:9093/bootstrap: SASL authentication error: Authentication failed: Invalid "
         "username or password (after 5ms in state AUTH_REQ)",
         ErrorCode::AuthenticationFailed,
         "refused the login of 'bob'",
         "password"},
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
         "",
         ErrorCode::AuthenticationFailed,
         "does not allow 'bob' to use the topic",
         "username"},
    };
    for (const Row &row : rows) {
        CAPTURE(row.reason);
        const Error error = kafkaError(row.code, row.reason, "b1:9092,b2:9092", "bob");
        CHECK(error.code == row.expected);
        CHECK(error.message.find(row.part) != std::string::npos);
        CHECK(error.field == row.field);
        CHECK_FALSE(error.hint.empty());
        CHECK(error.message.find("(after") == std::string::npos);
    }
}

TEST_CASE("a text without a broker names the configured servers")
{
    const Error error =
        kafkaError(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "2/2 brokers are down", "b1:9092,b2:9092");
    CHECK(error.message.find("b1:9092,b2:9092") != std::string::npos);
}

static Config configWith(const char *property, const char *value)
{
    return Config(ValueMap{{"bootstrap_servers", "localhost:9092"},
                           {"properties", ValueMap{{property, value}}}});
}

TEST_CASE("properties that Sluice keeps to itself are refused, and so are unknown ones")
{
    for (const char *name : {"group.id",
                             "enable.auto.commit",
                             "bootstrap.servers",
                             "sasl.password",
                             "plugin.library.paths",
                             "sasl.kerberos.kinit.cmd",
                             "transactional.id",
                             "dr_msg_cb",
                             "no.such.property"}) {
        CAPTURE(name);
        const auto conf = makeKafkaConf(configWith(name, "x"));
        REQUIRE_FALSE(conf);
        CHECK(conf.error().code == ErrorCode::InvalidValue);
        CHECK(conf.error().field == "properties");
        CHECK(conf.error().message.find(name) != std::string::npos);
    }
}

TEST_CASE("other properties are taken; a refused value is not repeated")
{
    CHECK(makeKafkaConf(configWith("client.rack", "eu-1")));
    CHECK(makeKafkaConf(configWith("socket.timeout.ms", "5000")));
    const auto wrong = makeKafkaConf(configWith("socket.timeout.ms", "secret-soon"));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("secret-soon") == std::string::npos);
}

TEST_CASE("what can be no broker and no topic is a problem of the form")
{
    const auto problemsOf = [](const char *servers) {
        return validateKafkaFields(Config(ValueMap{{"bootstrap_servers", servers}})).size();
    };
    for (const char *good : {"localhost",
                             "b1:9092",
                             "b1:9092,b2:9092",
                             "b1:9092, b2:9093 ",
                             "127.0.0.1:1",
                             "[::1]:9092",
                             "PLAINTEXT://b1:9092",
                             "under_score.example:65535"})
        CHECK_MESSAGE(problemsOf(good) == 0, good);
    for (const char *bad : {"b1:9092,",
                            "b1 b2",
                            "T | where x",
                            "b1:port",
                            "b1:0",
                            "b1:70000",
                            "b1:",
                            ":9092",
                            "http://b1/x"})
        CHECK_MESSAGE(problemsOf(bad) == 1, bad);
    CHECK(checkTopicName("machine-events.v2_eu"));
    for (const std::string bad : {"", ".", "..", "hot topics", "a/b", "T | where x"})
        CHECK_FALSE(checkTopicName(bad));
    CHECK_FALSE(checkTopicName(std::string(250, 'x')));
}

TEST_CASE("a login without user name or password is a problem of the form")
{
    const Config config(ValueMap{{"bootstrap_servers", "b1:9092"}, {"security", "sasl_ssl"}});
    const auto problems = validateKafkaFields(config);
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].field == "username");
    CHECK(problems[1].field == "password");
    CHECK(validateKafkaFields(Config(ValueMap{{"bootstrap_servers", "b1:9092"}})).empty());
}
