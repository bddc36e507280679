#pragma once

#include "ui/shell/welcome_page.h"

#include <string>
#include <vector>

namespace sluice {

class Catalog;

/// The templates that the welcome page offers: those whose kinds this program has.
std::vector<TemplateCard> templateCards(const Catalog &catalog);
/// The name of the one that "Watch a sample" opens.
std::string sampleTemplate();

} // namespace sluice
