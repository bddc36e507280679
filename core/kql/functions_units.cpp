// convert_length, convert_temperature …: one unit of measurement in another.
#include "core/kql/function.h"

#include <algorithm>
#include <array>
#include <numbers>
#include <string>

namespace sluice::kql {

namespace {

struct Unit
{
    std::string_view name;
    double factor;     // how much of the base unit it is
    double offset = 0; // what is added before, for temperatures
};

constexpr double kPi = std::numbers::pi;

constexpr std::array kAngles{Unit{"Arcminute", kPi / 10'800},
                             Unit{"Arcsecond", kPi / 648'000},
                             Unit{"Centiradian", 0.01},
                             Unit{"Deciradian", 0.1},
                             Unit{"Degree", kPi / 180},
                             Unit{"Gradian", kPi / 200},
                             Unit{"Microdegree", kPi / 180e6},
                             Unit{"Microradian", 1e-6},
                             Unit{"Millidegree", kPi / 180e3},
                             Unit{"Milliradian", 1e-3},
                             Unit{"Nanodegree", kPi / 180e9},
                             Unit{"Nanoradian", 1e-9},
                             Unit{"NatoMil", kPi / 3200},
                             Unit{"Radian", 1},
                             Unit{"Revolution", 2 * kPi},
                             Unit{"Tilt", kPi / 2}};

constexpr std::array kLengths{Unit{"Angstrom", 1e-10},
                              Unit{"AstronomicalUnit", 1.4959787070e11},
                              Unit{"Centimeter", 1e-2},
                              Unit{"Chain", 20.1168},
                              Unit{"Decameter", 10},
                              Unit{"Decimeter", 0.1},
                              Unit{"Foot", 0.3048},
                              Unit{"Hectometer", 100},
                              Unit{"Inch", 0.0254},
                              Unit{"Kilometer", 1000},
                              Unit{"LightYear", 9.46073047258e15},
                              Unit{"Meter", 1},
                              Unit{"Microinch", 2.54e-8},
                              Unit{"Micrometer", 1e-6},
                              Unit{"Mil", 2.54e-5},
                              Unit{"Mile", 1609.344},
                              Unit{"Millimeter", 1e-3},
                              Unit{"Nanometer", 1e-9},
                              Unit{"NauticalMile", 1852},
                              Unit{"Parsec", 3.08567758128e16},
                              Unit{"Yard", 0.9144}};

constexpr std::array kMasses{Unit{"Centigram", 1e-5},
                             Unit{"Decagram", 1e-2},
                             Unit{"Decigram", 1e-4},
                             Unit{"Grain", 6.479891e-5},
                             Unit{"Gram", 1e-3},
                             Unit{"Hectogram", 0.1},
                             Unit{"Kilogram", 1},
                             Unit{"Kilotonne", 1e6},
                             Unit{"LongTon", 1016.0469088},
                             Unit{"Megatonne", 1e9},
                             Unit{"Microgram", 1e-9},
                             Unit{"Milligram", 1e-6},
                             Unit{"Nanogram", 1e-12},
                             Unit{"Ounce", 0.028349523125},
                             Unit{"Pound", 0.45359237},
                             Unit{"ShortTon", 907.18474},
                             Unit{"Stone", 6.35029318},
                             Unit{"Tonne", 1000}};

constexpr std::array kSpeeds{Unit{"CentimeterPerHour", 0.01 / 3600},
                             Unit{"CentimeterPerMinute", 0.01 / 60},
                             Unit{"CentimeterPerSecond", 0.01},
                             Unit{"FootPerHour", 0.3048 / 3600},
                             Unit{"FootPerMinute", 0.3048 / 60},
                             Unit{"FootPerSecond", 0.3048},
                             Unit{"InchPerHour", 0.0254 / 3600},
                             Unit{"InchPerMinute", 0.0254 / 60},
                             Unit{"InchPerSecond", 0.0254},
                             Unit{"KilometerPerHour", 1000.0 / 3600},
                             Unit{"KilometerPerMinute", 1000.0 / 60},
                             Unit{"KilometerPerSecond", 1000},
                             Unit{"Knot", 1852.0 / 3600},
                             Unit{"MeterPerHour", 1.0 / 3600},
                             Unit{"MeterPerMinute", 1.0 / 60},
                             Unit{"MeterPerSecond", 1},
                             Unit{"MilePerHour", 0.44704},
                             Unit{"MillimeterPerSecond", 1e-3},
                             Unit{"YardPerHour", 0.9144 / 3600},
                             Unit{"YardPerMinute", 0.9144 / 60},
                             Unit{"YardPerSecond", 0.9144}};

constexpr std::array kTemperatures{Unit{"DegreeCelsius", 1, 273.15},
                                   Unit{"DegreeDelisle", -2.0 / 3, -559.725},
                                   Unit{"DegreeFahrenheit", 5.0 / 9, 459.67},
                                   Unit{"DegreeNewton", 100.0 / 33, 90.1395},
                                   Unit{"DegreeRankine", 5.0 / 9},
                                   Unit{"DegreeReaumur", 1.25, 218.52},
                                   Unit{"DegreeRoemer", 40.0 / 21, 135.90375},
                                   Unit{"Kelvin", 1}};

constexpr std::array kVolumes{Unit{"Centiliter", 1e-5},
                              Unit{"CubicCentimeter", 1e-6},
                              Unit{"CubicDecimeter", 1e-3},
                              Unit{"CubicFoot", 0.028316846592},
                              Unit{"CubicInch", 1.6387064e-5},
                              Unit{"CubicKilometer", 1e9},
                              Unit{"CubicMeter", 1},
                              Unit{"CubicMillimeter", 1e-9},
                              Unit{"CubicYard", 0.764554857984},
                              Unit{"Deciliter", 1e-4},
                              Unit{"Hectoliter", 0.1},
                              Unit{"ImperialGallon", 0.00454609},
                              Unit{"ImperialOunce", 2.84130625e-5},
                              Unit{"Kiloliter", 1},
                              Unit{"Liter", 1e-3},
                              Unit{"Microliter", 1e-9},
                              Unit{"Milliliter", 1e-6},
                              Unit{"UsGallon", 0.003785411784},
                              Unit{"UsOunce", 2.95735295625e-5},
                              Unit{"UsPint", 4.73176473e-4},
                              Unit{"UsQuart", 9.46352946e-4}};

constexpr std::array kEnergies{Unit{"BritishThermalUnit", 1055.05585262},
                               Unit{"Calorie", 4.184},
                               Unit{"ElectronVolt", 1.602176634e-19},
                               Unit{"Erg", 1e-7},
                               Unit{"FootPound", 1.3558179483314004},
                               Unit{"GigawattHour", 3.6e12},
                               Unit{"Joule", 1},
                               Unit{"Kilocalorie", 4184},
                               Unit{"Kilojoule", 1000},
                               Unit{"KilowattHour", 3.6e6},
                               Unit{"Megajoule", 1e6},
                               Unit{"MegawattHour", 3.6e9},
                               Unit{"Millijoule", 1e-3},
                               Unit{"WattHour", 3600}};

constexpr std::array kForces{Unit{"Decanewton", 10},
                             Unit{"Dyn", 1e-5},
                             Unit{"KilogramForce", 9.80665},
                             Unit{"Kilonewton", 1000},
                             Unit{"KiloPond", 9.80665},
                             Unit{"Meganewton", 1e6},
                             Unit{"Micronewton", 1e-6},
                             Unit{"Millinewton", 1e-3},
                             Unit{"Newton", 1},
                             Unit{"OunceForce", 0.27801385095378125},
                             Unit{"PoundForce", 4.4482216152605},
                             Unit{"TonneForce", 9806.65}};

/// "Feet" and "Inches" are no names: a unit is written in the singular, in any case.
bool isNamed(const Unit &unit, std::string_view name)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(
        unit.name.begin(), unit.name.end(), name.begin(), name.end(), [&](char a, char b) {
            return lower(a) == lower(b);
        });
}

template<const auto &kUnits>
const Unit *findUnit(std::string_view name)
{
    const auto found = std::find_if(
        kUnits.begin(), kUnits.end(), [&](const Unit &unit) { return isNamed(unit, name); });
    return found == kUnits.end() ? nullptr : &*found;
}

template<const auto &kUnits>
std::optional<double> convert(double value, std::string_view from, std::string_view to)
{
    const Unit *source = findUnit<kUnits>(from);
    const Unit *target = findUnit<kUnits>(to);
    if (source == nullptr || target == nullptr)
        return std::nullopt;
    return (value + source->offset) * source->factor / target->factor - target->offset;
}

template<const auto &kUnits>
Result<std::shared_ptr<const void>> checkUnits(std::span<const NodePtr> arguments)
{
    for (const std::size_t place : {1U, 2U}) {
        if (!arguments[place]->isConstant()
            || findUnit<kUnits>(arguments[place]->constant->texts[0]) != nullptr)
            continue;
        std::string names;
        for (const Unit &unit : kUnits)
            names.append(names.empty() ? "" : ", ").append(unit.name);
        return fail(ErrorCode::WrongArguments,
                    "'{}' is no unit here",
                    arguments[place]->constant->texts[0])
            .hint(fmt::format("The units are {}.", names));
    }
    return std::shared_ptr<const void>();
}

template<const auto &kUnits>
Function converter(std::string_view name, std::string_view help, std::string_view example)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"value: real, from: string, to: string -> real",
                           rows<convert<kUnits>>,
                           checkUnits<kUnits>}}};
}

} // namespace

std::vector<Function> unitFunctions()
{
    return {
        converter<kAngles>(
            "convert_angle", "An angle in another unit.", "convert_angle(x, 'Degree', 'Radian')"),
        converter<kEnergies>("convert_energy",
                             "An energy in another unit.",
                             "convert_energy(x, 'Joule', 'Calorie')"),
        converter<kForces>("convert_force",
                           "A force in another unit.",
                           "convert_force(x, 'Newton', 'PoundForce')"),
        converter<kLengths>(
            "convert_length", "A length in another unit.", "convert_length(x, 'Meter', 'Foot')"),
        converter<kMasses>(
            "convert_mass", "A mass in another unit.", "convert_mass(x, 'Kilogram', 'Pound')"),
        converter<kSpeeds>("convert_speed",
                           "A speed in another unit.",
                           "convert_speed(x, 'MeterPerSecond', 'KilometerPerHour')"),
        converter<kTemperatures>("convert_temperature",
                                 "A temperature in another unit.",
                                 "convert_temperature(temp, 'DegreeCelsius', 'Kelvin')"),
        converter<kVolumes>("convert_volume",
                            "A volume in another unit.",
                            "convert_volume(x, 'Liter', 'UsGallon')"),
    };
}

} // namespace sluice::kql
