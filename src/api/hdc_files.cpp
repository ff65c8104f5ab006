#include "api/hdc_files.hpp"

#include "base/file.hpp"
#include "base/sizes.hpp"

#include <filesystem>

namespace tinsmith {

namespace {

std::string ratio(uint64_t original, uint64_t optimized) {
    return optimized ? fmt::format("{:.2f}x", static_cast<double>(original) / static_cast<double>(optimized)) : "all";
}

std::string percent(size_t part, size_t of) {
    return fmt::format("{:.2f} %", 100 * static_cast<double>(part) / static_cast<double>(of));
}

// An existing file with other content was not asked to be replaced.
void write_text(const std::string& path, const std::string& text, bool force, HdcResult& result) {
    if (!force && std::filesystem::exists(path)) {
        const Buffer there = map_file(path);
        const std::string_view old(reinterpret_cast<const char*>(there.bytes().data()), there.size());
        check(old == text || old.find("tinsmith") != old.npos, "{}: holds something else; --force replaces it", path);
    }
    write_file(path, [&](ByteSink& sink) { sink.write_text(text); });
    result.files.push_back(path);
}

}  // namespace

// What the whole comes to.
static std::string headline(const HdcResult& result) {
    uint64_t original = 0, optimized = 0;
    for (const HdcComponent& c : result.components) {
        original += c.original;
        optimized += c.optimized;
    }
    std::string out = "| Metric | Achieved |\n|---|---|\n";
    out += fmt::format("| Model Size Reduction | {} ({} to {}) |\n", ratio(original, optimized), kilobytes(original),
                       kilobytes(optimized));
    if (!result.stages.empty()) {
        const HdcStage& all = result.stages.back();
        if (result.labelled && all.original_right != 0)
            out += fmt::format("| Accuracy Preservation | {} ({} of {} samples right, {} before) |\n",
                               percent(all.quantized_right, all.original_right), all.quantized_right, all.samples,
                               all.original_right);
        out += fmt::format("| Same Class As Before | {} |\n", percent(all.agreed, all.samples));
    }
    if (result.arena_bytes)
        out += fmt::format("| RAM Of The Feature Extractor's C | {} arena ({} bytes) |\n", kilobytes(*result.arena_bytes),
                           *result.arena_bytes);
    return out + "\n";
}

std::string hdc_report(const HdcResult& result) {
    std::string out = "| Model Component | Original | Optimized | Compression Ratio | Stored |\n|---|---|---|---|---|\n";
    uint64_t original = 0, optimized = 0;
    for (const HdcComponent& c : result.components) {
        out += fmt::format("| {} | {} | {} | {} | {} |\n", c.name, kilobytes(c.original), kilobytes(c.optimized),
                           ratio(c.original, c.optimized), c.stored);
        original += c.original;
        optimized += c.optimized;
    }
    out += fmt::format("| **Total Pipeline** | **{}** | **{}** | **{}** | |\n", kilobytes(original), kilobytes(optimized),
                       ratio(original, optimized));
    if (result.stages.empty()) return out;
    out += "\n| Model Stage | Original Accuracy | Post-Quantization | Degradation | Same class |\n|---|---|---|---|---|\n";
    for (const HdcStage& s : result.stages) {
        const auto points = 100 * (static_cast<double>(s.quantized_right) - static_cast<double>(s.original_right)) /
                            static_cast<double>(s.samples);
        out += result.labelled ? fmt::format("| {} | {} | {} | {:+.2f} % |", s.name, percent(s.original_right, s.samples),
                                             percent(s.quantized_right, s.samples), points)
                               : fmt::format("| {} | | | |", s.name);
        out += fmt::format(" {} of {} |\n", s.agreed, s.samples);
    }
    return out;
}

void write_hdc(const HdcOptions& options, const hdc::Model* trained, const std::vector<hdc::CSource>& pipeline,
               HdcResult& result) {
    std::error_code failed;
    std::filesystem::create_directories(options.output, failed);
    check(!failed, "{}: cannot be made a folder: {}", options.output, failed.message());
    const auto path = [&](const std::string& name) { return (std::filesystem::path(options.output) / name).string(); };
    // Of a path only the name: the same files from anywhere.
    const std::string origin = options.file.empty() ? "hdc.npz" : std::filesystem::path(options.file).filename().string();
    if (trained) {
        hdc::write_model(path("hdc.npz"), *trained);
        result.files.push_back(path("hdc.npz"));
    }
    for (const hdc::CSource& source : hdc::c_sources(result.classifier, result.class_names, origin)) {
        if (options.headers_only && source.name.starts_with("embhd_classifier")) continue;
        write_text(path(source.name), source.text, options.force, result);
    }
    for (const hdc::CSource& source : pipeline) write_text(path(source.name), source.text, options.force, result);
    std::string report =
        fmt::format("# Hyperdimensional classifier\n\nWritten by tinsmith from {}: {} features, {} dimensions, {} classes.\n\n",
                    origin, result.classifier.features, result.classifier.dimensions, result.classifier.classes);
    report += headline(result) + hdc_report(result);
    for (const std::string& note : result.notes) report += "\n- " + note;
    write_text(path("hdc_report.md"), report + "\n", options.force, result);
}

}  // namespace tinsmith
