// Several models in one firmware: the same memory and functions, and which of the models they mean chosen at run time.
#pragma once

#include "backend/c/ports.hpp"

namespace tinsmith::c99 {

// What NAME.h says beside what it says of one model; empty where there is but one. `shared` has the ports that all variants have.
struct VariantsInterface {
    std::string types, members, load, shared;
};
VariantsInterface variants_interface(const std::vector<PlannedModel>& models, const std::vector<CNames>& names);

// The functions of the interface, by way of those of the variant that is loaded.
std::string variants_code(const std::vector<PlannedModel>& models, const std::vector<CNames>& names);
std::string variants_self_test(const std::vector<CNames>& names);
std::string variants_conversions(const std::vector<PlannedModel>& models, const std::vector<CNames>& names);

}  // namespace tinsmith::c99
