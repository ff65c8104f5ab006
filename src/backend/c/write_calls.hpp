// The statements of a model's nodes, and the constants that they refer to.
#pragma once

#include "backend/c/ports.hpp"

#include <map>
#include <set>

namespace tinsmith::c99 {

class CallWriter {
public:
    CallWriter(const PlannedModel& model, const CNames& names) : model_(model), names_(names) {}

    // The statements of one part, each indented by four; empty where nothing is to be done.
    std::string statements(const Part& part);

    // The constants that were referred to, as definitions: in flash, or copied into PSRAM by what `copies` says.
    std::string weights() const;
    std::string copies() const;
    size_t weight_bytes() const;
    // Descriptors and tables of the calls.
    const std::string& constants() const { return constants_; }
    // Kernels and types that the statements name.
    const std::set<std::string>& kernels() const { return kernels_; }
    const std::set<std::string>& mcu_kernels() const { return mcu_kernels_; }
    // Adapters of other libraries; what they call instead is among kernels().
    const std::set<std::string>& adapters() const { return adapters_; }
    // Where a value lies: "arena + 64", or a constant's name, as a pointer to `type`.
    std::string address(ValueId id, size_t offset, std::string_view type);

private:
    struct Weight {
        std::string says, name;
        DType dtype;
        Buffer data;
    };

    std::string argument(const NodeCalls& calls, const Argument& a, std::string& locals);
    std::string initialiser(const NodeCalls& calls, const Argument& a, bool& needs_arena);
    std::string pointer(const NodeCalls& calls, const Argument& a, bool& needs_arena);
    std::string in_arena(size_t offset, std::string_view type) const;
    std::string packed(const std::vector<uint32_t>& words);
    size_t skipped(ValueId id) const;
    std::string stored(const Weight& weight) const;
    void name_type(std::string_view type);
    std::string named(std::string_view type, const std::string& body, bool array);

    const PlannedModel& model_;
    const CNames& names_;
    const Part* part_ = nullptr;
    std::map<ValueId, std::string> weight_names_;
    std::map<std::vector<uint32_t>, std::string> packed_names_;
    std::vector<Weight> weights_;
    std::map<std::string, std::string> known_;  // definitions without the name -> name
    std::map<std::string, int, std::less<>> counts_;
    std::string constants_;
    std::set<std::string> kernels_, mcu_kernels_, adapters_;
};

}  // namespace tinsmith::c99
