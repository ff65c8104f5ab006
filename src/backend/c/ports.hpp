// The inputs and outputs of a model as generated C shows them.
#pragma once

#include "backend/c/planned_model.hpp"

namespace tinsmith::c99 {

// What a model's functions, macros and constants start with, and what the memory that it computes in does: the same, but for variants.
struct CNames {
    std::string model;   // "kws_tiny"
    std::string memory;  // "kws": kws_memory_t
};

struct CPort {
    std::string name;   // "input", or "input_0" where there are several
    std::string says;   // its name in the model, type and note
    std::string ctype;  // of its elements
    Type type;
    ValueId value;
    std::string macro(std::string_view prefix) const;  // "KWS_INPUT"
    // What real numbers are stored with; none for floats, or with a scale for each channel.
    const Quant* quant() const { return type.quant && type.quant->scale.size() == 1 ? &*type.quant : nullptr; }
};

// "input", or "input_2" of several.
std::string port_name(std::string_view kind, size_t index, size_t count);

std::vector<CPort> inputs_of(const PlannedModel& model);
std::vector<CPort> outputs_of(const PlannedModel& model);

// Text that may stand in a comment.
std::string comment(std::string_view text);

}  // namespace tinsmith::c99
