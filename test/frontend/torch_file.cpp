#include "torch_file.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

std::string in_program(std::string name) {
    std::replace(name.begin(), name.end(), '.', '_');
    return "p_" + name;
}

std::string size_of(const std::string& extent) {
    const bool number = !extent.empty() && extent.find_first_not_of("-0123456789") == extent.npos;
    return number ? fmt::format(R"({{"as_int": {}}})", extent)
                  : fmt::format(R"({{"as_expr": {{"expr_str": "{}", "hint": {{"as_int": 4}}}}}})", extent);
}

std::string meta(const std::string& shape) {
    std::string sizes;
    for (size_t from = 0; from < shape.size();) {
        const size_t to = std::min(shape.find('x', from), shape.size());
        sizes += (sizes.empty() ? "" : ", ") + size_of(shape.substr(from, to - from));
        from = to + 1;
    }
    return fmt::format(
        R"({{"dtype": 7, "sizes": [{}], "strides": [], "storage_offset": {{"as_int": 0}}, "layout": 7, "new": 1}})", sizes);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

int64_t count_of(const TorchFile::Weight& w) {
    return std::accumulate(w.shape.begin(), w.shape.end(), int64_t{1}, [](int64_t a, int64_t b) { return a * b; });
}

}  // namespace

std::string tensor(const std::string& name) { return fmt::format(R"({{"as_tensor": {{"name": "{}"}}}})", name); }
std::string integer(int64_t value) { return fmt::format(R"({{"as_int": {}}})", value); }
std::string integers(const std::string& list) { return fmt::format(R"({{"as_ints": [{}]}})", list); }

std::string node(const std::string& name, const std::string& target,
                 const std::vector<std::pair<std::string, std::string>>& arguments, const std::string& output) {
    std::vector<std::string> inputs;
    for (const auto& [argument, value] : arguments)
        inputs.push_back(fmt::format(R"({{"name": "{}", "arg": {}, "kind": 1}})", argument, value));
    return fmt::format(R"({{"target": "torch.ops.{}", "name": "{}", "inputs": [{}], "outputs": [{}],
        "metadata": {{"nn_module_stack": "L__self__,,m.Net;L__self__fc,fc,torch.nn.modules.linear.Linear"}}}})",
                       target, name, joined(inputs), tensor(output));
}

std::string TorchFile::program() const {
    std::vector<std::string> specs, results, metas;
    for (const Weight& w : weights)
        specs.push_back(
            fmt::format(R"({{"parameter": {{"arg": {{"name": "{}"}}, "parameter_name": "{}"}}}})", in_program(w.name), w.name));
    for (const auto& [name, shape] : inputs) {
        specs.push_back(fmt::format(R"({{"user_input": {{"arg": {}}}}})", tensor(name)));
        metas.push_back(fmt::format(R"("{}": {})", name, meta(shape)));
    }
    for (const std::string& name : outputs) results.push_back(fmt::format(R"({{"user_output": {{"arg": {}}}}})", tensor(name)));
    for (const auto& [name, shape] : tensors) metas.push_back(fmt::format(R"("{}": {})", name, meta(shape)));
    std::string spec;  // a text within the text
    for (char c : out_spec) spec += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    const std::string calls =
        out_spec.empty() ? "[]" : fmt::format(R"([{{"fqn": "", "signature": {{"out_spec": "{}"}}}}])", spec);
    return fmt::format(R"({{"schema_version": {}, "graph_module": {{"graph": {{"nodes": [{}], "tensor_values": {{{}}}}},
        "signature": {{"input_specs": [{}], "output_specs": [{}{}]}}, "module_call_graph": {}}}, "unheard_of": 1}})",
                       version, joined(nodes), joined(metas), joined(specs), joined(results), more_outputs, calls);
}

std::string TorchFile::config() const {
    std::vector<std::string> entries_of;
    for (size_t i = 0; i < weights.size(); ++i) {
        const Weight& w = weights[i];
        std::vector<std::string> sizes, strides;
        int64_t stride = count_of(w);
        for (int64_t n : w.shape) {
            stride /= std::max<int64_t>(n, 1);
            sizes.push_back(fmt::format(R"({{"as_int": {}}})", n));
            strides.push_back(fmt::format(R"({{"as_int": {}}})", stride));
        }
        entries_of.push_back(
            fmt::format(R"("{}": {{"path_name": "weight_{}", "is_param": true, "use_pickle": false, "tensor_meta":
            {{"dtype": 7, "sizes": [{}], "strides": [{}], "storage_offset": {{"as_int": 0}}}}}})",
                        w.name, i, joined(sizes), joined(strides)));
    }
    return fmt::format(R"({{"config": {{{}}}}})", joined(entries_of));
}

std::string TorchFile::save(const TemporaryFolder& folder, const std::string& name) const {
    std::vector<std::pair<std::string, std::string>> all{
        {"m/data/weights/model_weights_config.json", config()},
        {"m/data/constants/model_constants_config.json", R"({"config": {}})"},
        {"m/models/model.json", replaced_program.empty() ? program() : replaced_program},
        {"m/archive_format", "pt2"},
        {"m/byteorder", "little"}};
    for (size_t i = 0; i < weights.size(); ++i) {
        std::vector<float> elements(static_cast<size_t>(count_of(weights[i])));
        for (size_t k = 0; k < elements.size(); ++k) elements[k] = 0.1f * static_cast<float>(k + 1);
        const size_t bytes = elements.size() * sizeof(float) - missing_bytes;
        all.emplace_back(fmt::format("m/data/weights/weight_{}", i),
                         std::string(reinterpret_cast<const char*>(elements.data()), bytes));
    }
    all.insert(all.end(), entries.begin(), entries.end());
    std::string path = folder.path(name);
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [entry, text] : all) {
        const auto index =
            zip_file_add(zip, entry.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), ZIP_FL_ENC_UTF_8);
        zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    zip_close(zip);
    return path;
}

TorchFile small_linear() {
    TorchFile file;
    file.weights = {{"fc.weight", {2, 3}}, {"fc.bias", {2}}};
    file.nodes = {node("linear", "aten.linear.default",
                       {{"input", tensor("x")}, {"weight", tensor("p_fc_weight")}, {"bias", tensor("p_fc_bias")}}, "y")};
    return file;
}

}  // namespace tinsmith
