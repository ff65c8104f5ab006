#include "backend/packages/forms.hpp"

#include "base/nearest.hpp"

namespace tinsmith::packages {

static std::vector<PackageFile> nothing_else(const Packaged&) { return {}; }

static constexpr PackageForm forms[] = {
    {"plain", "the sources in one folder", Platform::plain, "", nothing_else},
    {"esp-idf", "a component of ESP-IDF", Platform::esp_idf, "", esp_idf_files},
    {"arduino", "a library of Arduino with an example sketch", Platform::arduino, "src/", arduino_files},
};

std::span<const PackageForm> package_forms() { return forms; }

const PackageForm& package_form(const std::string& name) {
    std::vector<std::string> names;
    for (const PackageForm& form : forms) {
        if (form.name == name) return form;
        names.emplace_back(form.name);
    }
    fail(Fault::input, "--package '{}': there is none of that name; the nearest are {}", name, nearest_names(name, names));
}

}  // namespace tinsmith::packages
