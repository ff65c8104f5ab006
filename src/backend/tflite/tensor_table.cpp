#include "backend/tflite/tensor_table.hpp"

namespace tinsmith::tflite {

int32_t TensorTable::append(TensorEntry entry) {
    entries_.push_back(std::move(entry));
    return static_cast<int32_t>(entries_.size() - 1);
}

int32_t TensorTable::of(ValueId id) {
    if (id == no_value) return -1;
    const Value& value = graph_.value(id);
    if (index_[id] < 0)
        index_[id] = value.is_constant() ? constant(value.type, *value.data) : append({value.type, 0, value.name});
    return index_[id];
}

int32_t TensorTable::constant(const Type& type, const tinsmith::Buffer& content) {
    uint32_t buffer = buffers_.add(content);
    std::vector<int32_t>& alike = constants_[buffer];
    for (int32_t tensor : alike)
        if (this->type(tensor) == type) return tensor;
    alike.push_back(append({type, buffer, {}}));
    return alike.back();
}

}  // namespace tinsmith::tflite
