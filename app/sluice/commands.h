#pragma once

#include <map>
#include <string>

namespace sluice {

struct CheckArguments
{
    std::string file;
    std::map<std::string, std::string> parameters;
    bool json = false;
};

/// Prints every diagnostic of a pipeline. @return 0 without errors, else 2
int checkPipeline(const CheckArguments &arguments);

struct KindsArguments
{
    std::string kind; // empty: all
    bool json = false;
};

/// Lists the kinds, or prints the help of one.
int showKinds(const KindsArguments &arguments);

struct LanguageArguments
{
    std::string function; // empty: all
    bool page = false;
};

/// Lists the functions of KQL, explains one, or prints the language page.
int showLanguage(const LanguageArguments &arguments);

struct NewArguments
{
    std::string name; // empty: lists the templates
    std::string path; // empty: NAME.sluice.json in the current folder
};

/// Writes a template to a file; never over one that is there.
int newPipeline(const NewArguments &arguments);

/// Stores a secret read from standard input; without echo on a terminal.
int setSecret(const std::string &name);
int removeSecret(const std::string &name);
int listSecrets();

} // namespace sluice
