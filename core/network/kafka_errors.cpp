#include "core/network/kafka_errors.h"

namespace sluice {

namespace {

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

/// The end of librdkafka's text, without its "(after 2ms in state CONNECT)".
std::string_view withoutTiming(std::string_view text)
{
    const std::size_t at = text.find(" (after ");
    return at == std::string_view::npos ? text : text.substr(0, at);
}

std::string_view withoutBroker(std::string_view text)
{
    const std::size_t scheme = text.find("://");
    const std::size_t slash = text.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos)
        return text;
    const std::size_t colon = text.find(": ", slash);
    return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

Error unresolved(const std::string &address)
{
    return fail(ErrorCode::ConnectionFailed,
                "Cannot find the host of {}: the name does not resolve",
                address)
        .hint("Check the spelling of the bootstrap servers and this machine's DNS.")
        .field("bootstrap_servers")
        .take();
}

Error transportError(std::string_view reason, const std::string &address)
{
    if (contains(reason, "Connection refused"))
        return fail(ErrorCode::ConnectionFailed,
                    "Cannot reach {}. The name resolves, nothing answers on the port",
                    address)
            .hint("Is the broker running? Check the port.")
            .field("bootstrap_servers")
            .take();
    if (contains(reason, "timed out"))
        return fail(ErrorCode::ConnectionFailed,
                    "Cannot reach {}. The name resolves, no answer came in time",
                    address)
            .hint("Is the broker running? Does a firewall stand between?")
            .field("bootstrap_servers")
            .take();
    if (contains(reason, "security.protocol") || contains(reason, "SSL listener"))
        return fail(ErrorCode::ConnectionFailed,
                    "{} answers, but ends the connection before the first reply",
                    address)
            .hint(
                "'Security' may not be what this port expects: with TLS, without, or with a login.")
            .field("security")
            .take();
    if (contains(reason, "No route to host") || contains(reason, "Network is unreachable"))
        return fail(ErrorCode::ConnectionFailed,
                    "Cannot reach {}: there is no network route to it",
                    address)
            .hint("Check the network connection of this machine.")
            .field("bootstrap_servers")
            .take();
    return fail(ErrorCode::ConnectionFailed,
                "The connection to {} failed: {}",
                address,
                withoutTiming(withoutBroker(reason)))
        .hint("Is the broker running?")
        .field("bootstrap_servers")
        .take();
}

Error tlsError(std::string_view reason, const std::string &address)
{
    if (contains(reason, "hostname mismatch") || contains(reason, "does not match"))
        return fail(ErrorCode::ConnectionFailed,
                    "TLS with {} failed: the broker's certificate is made for another name",
                    address)
            .hint("Use the name that stands in the certificate.")
            .field("bootstrap_servers")
            .take();
    if (contains(reason, "verify failed") || contains(reason, "could not be verified"))
        return fail(ErrorCode::ConnectionFailed,
                    "TLS with {} failed: the broker's certificate is not trusted",
                    address)
            .hint("Set 'CA file' to the certificate of the authority that signed it.")
            .field("ca_file")
            .take();
    return fail(ErrorCode::ConnectionFailed,
                "TLS with {} failed: {}",
                address,
                withoutTiming(withoutBroker(reason)))
        .hint("Is 'Security' what this port expects, with TLS or without?")
        .field("security")
        .take();
}

Error refusedLogin(std::string_view reason, const std::string &address, std::string_view user)
{
    std::string_view said = withoutTiming(withoutBroker(reason));
    const std::string_view prefix = "SASL authentication error: ";
    if (said.substr(0, prefix.size()) == prefix)
        said.remove_prefix(prefix.size());
    if (contains(said, "mechanism"))
        return fail(ErrorCode::AuthenticationFailed,
                    "{} refused the login of '{}': {}",
                    address,
                    user,
                    said)
            .hint("Choose a mechanism that the broker offers.")
            .field("sasl_mechanism")
            .take();
    return fail(ErrorCode::AuthenticationFailed,
                "{} refused the login of '{}': {}",
                address,
                user,
                said)
        .hint("Check user name, password and mechanism.")
        .field("password")
        .take();
}

Error refusedAccess(rd_kafka_resp_err_t code, std::string_view user)
{
    const std::string who = user.empty() ? std::string("this client") : fmt::format("'{}'", user);
    const char *what = "the cluster";
    const char *field = "username";
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        what = "the topic";
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        what = "the consumer group";
        field = "consumer_group";
    }
    if (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        what = "transactional ids that begin with 'sluice.'";
    return fail(
               ErrorCode::AuthenticationFailed, "The broker does not allow {} to use {}", who, what)
        .hint("Ask whoever runs the cluster for the right, or use another login.")
        .field(field)
        .take();
}

} // namespace

bool isConnectionTrouble(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
        return true;
    default:
        return false;
    }
}

bool isAccessRefused(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        return true;
    default:
        return false;
    }
}

std::string brokerAddress(std::string_view reason)
{
    const std::size_t scheme = reason.find("://");
    if (scheme != std::string_view::npos && scheme < reason.find(' '))
        reason.remove_prefix(scheme + 3);
    const std::size_t slash = reason.find('/');
    if (slash == std::string_view::npos
        || reason.substr(0, slash).find(' ') != std::string_view::npos
        || reason.substr(0, slash).find(':') == std::string_view::npos)
        return {};
    return std::string(reason.substr(0, slash));
}

Error kafkaError(rd_kafka_resp_err_t code,
                 std::string_view reason,
                 std::string_view servers,
                 std::string_view user)
{
    std::string address = brokerAddress(reason);
    if (address.empty())
        address = servers;
    switch (code) {
    case RD_KAFKA_RESP_ERR__RESOLVE:
        return unresolved(address);
    case RD_KAFKA_RESP_ERR__TRANSPORT:
        return transportError(reason, address);
    case RD_KAFKA_RESP_ERR__SSL:
        return tlsError(reason, address);
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        return refusedLogin(reason, address, user);
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
        return fail(ErrorCode::ConnectionFailed, "No broker of {} answers", servers)
            .hint("Is the cluster running?")
            .field("bootstrap_servers")
            .take();
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        return refusedAccess(code, user);
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
        return fail(ErrorCode::ConnectionFailed,
                    "Another run of this pipeline reads in the same consumer group")
            .hint("Stop the other run, or give this one another workspace.")
            .field("consumer_group")
            .take();
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
        return fail(ErrorCode::ConnectionFailed,
                    "The consumer group has members that share out partitions in another way")
            .hint("Use another group, or add the property partition.assignment.strategy = "
                  "range,roundrobin.")
            .field("consumer_group")
            .take();
    default:
        return fail(ErrorCode::ConnectionFailed,
                    "Kafka at {}: {}",
                    address,
                    reason.empty() ? std::string_view(rd_kafka_err2str(code))
                                   : withoutTiming(withoutBroker(reason)))
            .take();
    }
}

} // namespace sluice
