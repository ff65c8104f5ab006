#include "api/hdc_pipeline.hpp"

#include "backend/c/c99.hpp"
#include "backend/c/ports.hpp"
#include "backend/hdc/pipeline.hpp"
#include "run/session.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace tinsmith {

namespace {

constexpr std::string_view features_name = "embhd_features";

// What is stored for each pixel; nothing where the input takes none, or nobody said what they become.
std::vector<std::vector<int8_t>> pixel_tables(const Type& input, const Preprocess& preprocess) {
    const auto normalize = preprocess.in_force();
    if (!normalize || input.rank() != 4 || input.shape[3] > 4) return {};
    const size_t channels = static_cast<size_t>(input.shape[3]);
    if (!normalize->one_scale() && normalize->mean.size() != channels) return {};
    std::vector<std::vector<int8_t>> tables(normalize->one_scale() ? 1 : channels, std::vector<int8_t>(256));
    for (size_t c = 0; c < tables.size(); ++c)
        for (int pixel = 0; pixel < 256; ++pixel) {
            const float steps = normalize->real(pixel, c) / input.quant->scale[0];
            const float stored = std::round(steps) + static_cast<float>(input.quant->zero_point[0]);
            tables[c][static_cast<size_t>(pixel)] = static_cast<int8_t>(std::clamp(stored, -128.0F, 127.0F));
        }
    return tables;
}

// One sample, drawn at random, and what the C99 kernels make of it.
CModel features_model(const HdcOptions& options, const Graph& graph) {
    CModel model{"", std::filesystem::path(options.model).filename().string(), graph, {}, {}};
    DataOptions random;
    random.seed = options.data.seed;
    model.sample = Samples(graph, random).inputs(0);
    model.expected = Session(graph, {.fast = false}).run(model.sample);
    return model;
}

}  // namespace

hdc::FeatureCode feature_code(std::string name, const FeatureExtractor& extractor, const std::vector<Buffer>& outputs,
                              const hdc::Integer& classifier) {
    const Graph& graph = extractor.graph();
    hdc::FeatureCode out;
    out.name = std::move(name);
    out.output = c99::port_name("output", extractor.output(), graph.outputs.size());
    const Type& input = graph.type(graph.inputs.at(0).value);
    if (graph.inputs.size() == 1 && input.dtype == DType::i8) {
        out.input = c99::port_name("input", 0, 1);
        out.channels = input.rank() == 0 ? 1 : static_cast<size_t>(input.shape.back());
        if (input.quant && input.quant->scale.size() == 1) out.pixels = pixel_tables(input, extractor.preprocess());
        out.turns_channels = extractor.preprocess().channels == Channels::bgr && out.channels == 3;
    }
    const auto features = outputs.at(extractor.output()).bytes();
    const std::span stored(reinterpret_cast<const int8_t*>(features.data()), features.size());
    out.class_index = classifier.classify(stored);
    out.similarity = classifier.scores(stored)[static_cast<size_t>(out.class_index)];
    return out;
}

std::string hdc_origin(const std::string& model, const std::string& file) {
    return fmt::format("{} and {}", model, file.empty() ? "hdc.npz" : std::filesystem::path(file).filename().string());
}

std::vector<hdc::CSource> pipeline_sources(const HdcOptions& options, const FeatureExtractor& extractor, HdcResult& result) {
    const CModel model = features_model(options, extractor.graph());
    CCode code;
    try {
        code = write_c({model}, {std::string(features_name), options.max_ram, TINSMITH_VERSION});
    } catch (const Error& e) {
        if (e.fault != Fault::unsupported || options.must_chain) throw;
        result.notes.push_back(fmt::format("no C of the feature extractor: {}", e.what()));
        return {};
    }
    result.notes.insert(result.notes.end(), code.notes.begin(), code.notes.end());
    result.arena_bytes = code.arena_bytes;
    std::vector<hdc::CSource> out;
    for (CFile& file : code.files) out.push_back({std::move(file.name), std::move(file.text)});
    const hdc::FeatureCode features = feature_code(std::string(features_name), extractor, model.expected, result.classifier);
    for (hdc::CSource& source : hdc::pipeline_sources(features, hdc_origin(model.source, options.file)))
        out.push_back(std::move(source));
    return out;
}

}  // namespace tinsmith
