// The tensors of one sub-graph: only those that operators or ports refer to, equal constants once.
#pragma once

#include "backend/tflite/buffer_table.hpp"
#include "ir/graph.hpp"

#include <map>

namespace tinsmith::tflite {

struct TensorEntry {
    Type type;
    uint32_t buffer = 0;  // 0: computed
    std::string name;
    bool is_variable = false;
    bool is_handle = false;  // of a variable: its type says nothing
};

class TensorTable {
public:
    TensorTable(const Graph& g, BufferTable& buffers) : graph_(g), buffers_(buffers), index_(g.values.size(), -1) {}

    // The tensor of a value; -1 for no_value.
    int32_t of(ValueId id);
    int32_t constant(const Type& type, const tinsmith::Buffer& content);
    // What operators on a variable know it by.
    int32_t handle() { return append({{}, 0, {}, false, true}); }
    // A tensor that states a scale and holds nothing.
    int32_t scale_of(const Type& type) { return append({type, 0, {}, false}); }
    // State that an operator keeps while it runs.
    void make_variable(int32_t tensor) { entries_[static_cast<size_t>(tensor)].is_variable = true; }
    void state_scales(int32_t tensor, std::optional<Quant> quant) {
        entries_[static_cast<size_t>(tensor)].type.quant = std::move(quant);
    }
    void name(int32_t tensor, const std::string& text) { entries_[static_cast<size_t>(tensor)].name = text; }

    const std::vector<TensorEntry>& entries() const { return entries_; }
    const Type& type(int32_t tensor) const { return entries_[static_cast<size_t>(tensor)].type; }

private:
    int32_t append(TensorEntry entry);

    const Graph& graph_;
    BufferTable& buffers_;
    std::vector<int32_t> index_;  // by value
    std::vector<TensorEntry> entries_;
    std::map<uint32_t, std::vector<int32_t>> constants_;  // by buffer
};

}  // namespace tinsmith::tflite
