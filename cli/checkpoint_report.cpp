#include "checkpoint_report.hpp"

#include "base/sizes.hpp"
#include "data/convert.hpp"
#include "report/inspection.hpp"
#include "terminal.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace tinsmith::cli {

namespace {

// What the storages take: tensors that share one count once.
uint64_t stored_bytes(const torch::Checkpoint& checkpoint) {
    std::map<const std::byte*, size_t> storages;
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (!tensor.storage.empty()) {
            size_t& size = storages[tensor.storage.bytes().data()];
            size = std::max(size, tensor.storage.size());
        }
    uint64_t out = 0;
    for (const auto& [data, size] : storages) out += size;
    return out;
}

int64_t parameters(const torch::Checkpoint& checkpoint) {
    int64_t out = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) out += element_count(tensor.shape);
    return out;
}

}  // namespace

std::vector<std::pair<std::string, Array>> checkpoint_arrays(const torch::Checkpoint& checkpoint) {
    std::vector<std::pair<std::string, Array>> out;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        Array array{tensor.dtype, tensor.shape, within(name, [&, &t = tensor] { return t.elements(); })};
        if (array.dtype == DType::bf16) {
            array.dtype = DType::f32;
            array.data =
                Buffer::of(converted(array.data.bytes().data(), element_count(array.shape), DType::bf16, {DType::f32, {}, {}}));
        }
        out.emplace_back(name, std::move(array));
    }
    return out;
}

std::string checkpoint_text(const torch::Checkpoint& checkpoint) {
    std::vector<std::vector<std::string>> rows{{"tensor", "dtype", "shape", "bytes"}};
    for (const auto& [name, tensor] : checkpoint.tensors)
        rows.push_back({name, numpy_name(tensor.dtype), to_string(tensor.shape), std::to_string(tensor.type().bytes())});
    std::string out = table(rows);
    if (!checkpoint.values.empty()) {
        rows = {{"value", ""}};
        for (const auto& [name, text] : checkpoint.values) rows.push_back({name, text.substr(0, 60)});
        out += "\n" + table(rows);
    }
    return out + fmt::format("\n{} tensors, {} parameters, {} stored\n", checkpoint.tensors.size(),
                             human_count(parameters(checkpoint)), human_bytes(stored_bytes(checkpoint)));
}

std::string checkpoint_json(const torch::Checkpoint& checkpoint, uint64_t file_bytes) {
    nlohmann::ordered_json out{{"format", checkpoint.format},
                               {"model_size_bytes", file_bytes},
                               {"parameters", parameters(checkpoint)},
                               {"stored_bytes", stored_bytes(checkpoint)},
                               {"tensors", nlohmann::ordered_json::array()},
                               {"values", nlohmann::ordered_json::object()}};
    for (const auto& [name, tensor] : checkpoint.tensors)
        out["tensors"].push_back({{"name", name},
                                  {"dtype", numpy_name(tensor.dtype)},
                                  {"shape", tensor.shape},
                                  {"bytes", tensor.type().bytes()},
                                  {"parameters", element_count(tensor.shape)}});
    for (const auto& [name, text] : checkpoint.values) out["values"][name] = text;
    // Names come from files: what is not UTF-8 must not stop the report.
    return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tinsmith::cli
