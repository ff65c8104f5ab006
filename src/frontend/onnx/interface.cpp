#include "frontend/onnx/interface.hpp"

#include "frontend/compose/input_options.hpp"
#include "frontend/compose/set_value.hpp"
#include "frontend/onnx/tensor.hpp"

#include <algorithm>
#include <set>

namespace tinsmith {

using onnx::Dim;
using onnx::ValueInfo;

namespace {

bool is_symbolic(const Dim& dim) { return !dim.value; }

std::string dims_text(const std::vector<Dim>& dims) {
    std::string text;
    for (const Dim& dim : dims)
        text += (text.empty() ? "" : "x") + (dim.value ? std::to_string(*dim.value) : dim.symbol.empty() ? "?" : dim.symbol);
    return text;
}

}  // namespace

void Interface::bind(const std::string& symbol, int64_t extent, const std::string& input) {
    if (symbol.empty()) return;
    auto [bound, added] = symbols_.emplace(symbol, extent);
    check(added || bound->second == extent, "input '{}' makes the dimension '{}' {}, another input makes it {}", input, symbol,
          extent, bound->second);
}

Interface::Interface(const onnx::Graph& graph, const ReadOptions& options, std::vector<std::string>& notes) {
    std::set<std::string> initialised;
    for (const onnx::Tensor& tensor : graph.initializers) initialised.insert(tensor.name);
    std::vector<const ValueInfo*> infos;
    std::vector<std::string> names;
    for (const ValueInfo& info : graph.inputs) {
        if (initialised.contains(info.name)) continue;
        infos.push_back(&info);
        names.push_back(info.name);
    }
    check_names(options.shapes, names, "--shape");
    check_names(options.values, names, "--set");

    std::string refused, open;
    for (const ValueInfo* info : infos)
        if (!info->not_a_tensor.empty())
            refused +=
                fmt::format("\n  input '{}' is a {}, which has no counterpart in TFLite", info->name, info->not_a_tensor);
    if (!refused.empty()) fail(Fault::unsupported, "the model's interface cannot be expressed:{}", refused);

    // What is written on the command line decides first, then the batch of one; symbols that are then known fill in the rest.
    for (const ValueInfo* info : infos) {
        auto given = options.shapes.find(info->name);
        if (!info->dims || given == options.shapes.end()) continue;
        check(given->second.size() == info->dims->size(), "--shape gives input '{}' {} dimensions, it has {}: {}", info->name,
              given->second.size(), info->dims->size(), dims_text(*info->dims));
        for (size_t i = 0; i < given->second.size(); ++i) bind((*info->dims)[i].symbol, given->second[i], info->name);
    }
    for (const ValueInfo* info : infos) {
        if (!info->dims || options.shapes.contains(info->name) || options.values.contains(info->name)) continue;
        const std::vector<Dim>& dims = *info->dims;
        bool batch = !dims.empty() && is_symbolic(dims[0]) && std::count_if(dims.begin(), dims.end(), is_symbolic) == 1;
        if (batch && !dims[0].symbol.empty()) symbols_.emplace(dims[0].symbol, 1);
    }
    for (const ValueInfo* info : infos) {
        within(fmt::format("input '{}'", info->name), [&] { read(*info, options, notes); });
        if (inputs_.size() && inputs_.back().name == info->name) continue;
        open += info->dims ? fmt::format("\n  input '{}' is {}: give for example --shape {}={}", info->name,
                                         dims_text(*info->dims), info->name, example_shape(*info->dims))
                           : fmt::format("\n  input '{}' has no declared rank: give for example --shape {}=1x3x224x224",
                                         info->name, info->name);
    }
    if (!open.empty()) fail(Fault::input, "these inputs have dimensions that are not static:{}", open);
}

// Adds the input, or leaves it out when its shape stays open.
void Interface::read(const ValueInfo& info, const ReadOptions& options, std::vector<std::string>& notes) {
    DType dtype = dtype_of(info.type);
    if (info.type == onnx::ElementType::f16 || info.type == onnx::ElementType::bf16 || info.type == onnx::ElementType::f64)
        notes.push_back(fmt::format("input '{}': {} became float32", info.name, onnx::element_type_name(info.type)));
    std::optional<Shape> shape;
    if (auto given = options.shapes.find(info.name); given != options.shapes.end()) {
        shape = given->second;
        for (size_t i = 0; info.dims && i < shape->size(); ++i) {
            auto extent = (*info.dims)[i].value;
            if (!extent || *extent == (*shape)[i] || !trust_declared_) continue;
            trust_declared_ = false;
            notes.push_back(
                fmt::format("input '{}': {} was replaced by {}", info.name, dims_text(*info.dims), to_string(*shape)));
        }
    } else if (info.dims) {
        shape.emplace();
        for (size_t i = 0; i < info.dims->size() && shape; ++i) {
            const Dim& dim = (*info.dims)[i];
            auto bound = symbols_.find(dim.symbol);
            bool batch = i == 0 && std::count_if(info.dims->begin(), info.dims->end(), is_symbolic) == 1;
            if (dim.value) {
                check(*dim.value >= 0, "its shape {} has a negative extent; give --shape {}={}", dims_text(*info.dims),
                      info.name, example_shape(*info.dims));
                shape->push_back(*dim.value);
            } else if (!dim.symbol.empty() && bound != symbols_.end()) {
                shape->push_back(bound->second);
            } else if (batch) {
                shape->push_back(1);
            } else {
                shape.reset();
            }
            if (batch && shape && shape->back() == 1 && !options.values.contains(info.name))
                notes.push_back(fmt::format("input '{}': {} became 1", info.name,
                                            dim.symbol.empty() ? "the open batch" : "'" + dim.symbol + "'"));
        }
    }
    if (auto given = options.values.find(info.name); given != options.values.end()) {
        SetValue value = parse_set_value(given->second, dtype, shape);
        inputs_.push_back({info.name, Type{dtype, value.shape, std::nullopt}, value.data});
    } else if (shape) {
        check(element_count(*shape) < int64_t{1} << 31, "its shape {} has more than 2^31 elements", to_string(*shape));
        inputs_.push_back({info.name, Type{dtype, *shape, std::nullopt}, std::nullopt});
    }
}

std::optional<Type> Interface::declared(const ValueInfo& info) const {
    if (!trust_declared_ || !info.dims || !info.not_a_tensor.empty() || onnx::element_bits(info.type) == 0) return std::nullopt;
    Type type{dtype_of(info.type), {}, std::nullopt};
    for (const Dim& dim : *info.dims) {
        auto bound = symbols_.find(dim.symbol);
        if (!dim.value && (dim.symbol.empty() || bound == symbols_.end())) return std::nullopt;
        int64_t extent = dim.value ? *dim.value : bound->second;
        if (extent < 0 || extent > int64_t{1} << 40) return std::nullopt;
        type.shape.push_back(extent);
    }
    return type;
}

}  // namespace tinsmith
