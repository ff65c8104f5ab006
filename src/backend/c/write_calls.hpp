// The statements of a model's nodes, and the constants that they refer to.
#pragma once

#include "backend/c/planned_model.hpp"

#include <map>
#include <set>

namespace tinsmith::c99 {

class CallWriter {
public:
    // `prefix` starts the names of this model's constants.
    CallWriter(const PlannedModel& model, std::string prefix) : model_(model), prefix_(std::move(prefix)) {}

    // The statements of one node, each indented by four; empty where nothing is to be done.
    std::string statements(size_t node);

    // The graph's constants that were referred to, as definitions; `bytes` grows by their size.
    std::string weights(size_t& bytes) const;
    // Descriptors and tables of the calls.
    const std::string& constants() const { return constants_; }
    // Kernels and types that the statements name.
    const std::set<std::string>& names() const { return names_; }
    const std::set<std::string>& mcu_kernels() const { return mcu_kernels_; }
    // Where a value lies: "arena + 64", or a constant's name, as a pointer to `type`.
    std::string address(ValueId id, size_t offset, std::string_view type);

private:
    std::string argument(const NodeCalls& calls, const Argument& a, std::string& locals);
    std::string initialiser(const NodeCalls& calls, const Argument& a, bool& needs_arena);
    std::string pointer(const NodeCalls& calls, const Argument& a, bool& needs_arena);
    std::string in_arena(size_t offset, std::string_view type) const;
    std::string packed(const std::vector<uint32_t>& words);
    void name_type(std::string_view type);
    std::string named(std::string_view type, const std::string& body, bool array);

    const PlannedModel& model_;
    const std::string prefix_;
    size_t node_ = 0;
    std::map<ValueId, std::string> weights_;
    std::map<std::string, std::string> known_;  // definitions without the name -> name
    std::map<std::string, int, std::less<>> counts_;
    std::string constants_, packed_;
    size_t packed_bytes_ = 0;
    std::set<std::string> names_, mcu_kernels_;
};

}  // namespace tinsmith::c99
