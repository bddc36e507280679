#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/pipeline/secrets.h"

#include <cstdio>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace sluice {

namespace {

/// While it lives, the terminal does not show what is typed.
class NoEcho
{
public:
    NoEcho()
    {
        m_active = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &m_before) == 0;
        if (!m_active)
            return;
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        m_active = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~NoEcho()
    {
        if (!m_active)
            return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        fmt::print(stderr, "\n");
    }
    NoEcho(const NoEcho &) = delete;
    NoEcho &operator=(const NoEcho &) = delete;

private:
    termios m_before{};
    bool m_active = false;
};

std::string readSecret(const std::string &name)
{
    if (isatty(STDIN_FILENO) != 0)
        fmt::print(stderr, "Value of '{}': ", name);
    const NoEcho noEcho;
    std::string value;
    std::getline(std::cin, value);
    if (!value.empty() && value.back() == '\r')
        value.pop_back();
    return value;
}

} // namespace

int setSecret(const std::string &name)
{
    if (!isValidSecretName(name)) {
        complain(fmt::format("'{}' cannot be the name of a secret. Use letters, digits, '_', '-' "
                             "and '.'.",
                             name));
        return kExitUsage;
    }
    const std::string value = readSecret(name);
    if (value.empty()) {
        complain("nothing was given, so nothing is stored");
        return kExitUsage;
    }
    const auto store = commandLineSecrets();
    if (auto stored = store->set(name, value); !stored) {
        complain(stored.error());
        return kExitFailed;
    }
    print(fmt::format(
        "'{}' is stored in {}.\nUse it as {{\"secret\": \"{}\"}}.\n", name, store->place(), name));
    if (environmentVariable(secretVariable(name)))
        print(fmt::format("{} is set too, and counts first.\n", secretVariable(name)));
    return kExitOk;
}

int removeSecret(const std::string &name)
{
    if (auto removed = commandLineSecrets()->remove(name); !removed) {
        complain(removed.error());
        return removed.error().code == ErrorCode::SecretMissing ? kExitUsage : kExitFailed;
    }
    print(fmt::format("'{}' is removed.\n", name));
    return kExitOk;
}

int listSecrets()
{
    const auto store = commandLineSecrets();
    const auto names = store->list();
    if (!names) {
        complain(names.error());
        return kExitFailed;
    }
    for (const std::string &name : *names)
        print(name + "\n");
    if (names->empty())
        fmt::print(stderr, "no secrets in {}\n", store->place());
    return kExitOk;
}

} // namespace sluice
