#include "backend/packages/header.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/packages/c_array.hpp"
#include "backend/packages/templates.hpp"

namespace tinsmith::packages {

std::string header_text(std::string_view name, std::string_view made_by, std::span<const std::byte> model) {
    const std::string upper = c99::upper_case(name);
    return filled("header", {{"made_by", std::string(made_by)},
                             {"name", std::string(name)},
                             {"upper", upper},
                             {"guard", upper + "_H"},
                             {"size", std::to_string(model.size())},
                             {"bytes", c_array(model)}});
}

}  // namespace tinsmith::packages
