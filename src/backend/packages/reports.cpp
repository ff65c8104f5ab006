#include "backend/packages/reports.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/packages/templates.hpp"
#include "backend/packages/tflm.hpp"
#include "base/sha256.hpp"
#include "base/sizes.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tinsmith::packages {

namespace {

using Json = nlohmann::ordered_json;

std::string ratio(uint64_t original, uint64_t optimized) {
    return optimized == 0 ? "all" : fmt::format("{:.2f}x", static_cast<double>(original) / static_cast<double>(optimized));
}

Json port_json(const PackagePort& port) {
    Json out{{"name", port.says.substr(0, port.says.find(": "))}, {"dtype", port.ctype}, {"shape", port.type.shape}};
    if (port.type.quant && port.type.quant->scale.size() == 1) {
        out["scale"] = port.type.quant->scale[0];
        out["zero_point"] = port.type.quant->zero_point[0];
    }
    return out;
}

Json pixels_json(const PixelRule& rule) {
    return {{"height", rule.height},
            {"width", rule.width},
            {"channels", rule.channels},
            {"order", rule.channels == 1 ? "gray"
                      : rule.bgr         ? "bgr"
                                         : "rgb"},
            {"layout", rule.planes ? "channels-first" : "channels-last"},
            {"stored_as", rule.less_128   ? "pixel - 128"
                          : rule.as_it_is ? "pixel"
                                          : "table"}};
}

Json model_json(const PackageModel& model, const Json& data) {
    Json out{{"file", model.file_name}, {"bytes", model.file.size()}, {"sha256", sha256(model.file.bytes())}};
    for (const PackagePort& port : model.inputs) out["inputs"].push_back(port_json(port));
    for (const PackagePort& port : model.outputs) out["outputs"].push_back(port_json(port));
    out["preprocessing"] = data;
    if (model.pixels) out["pixels"] = pixels_json(*model.pixels);
    return out;
}

// How a program has an image classified.
std::string classify_text(const BundleAbout& about, const PackageModel& model, bool named) {
    const std::string found = fmt::format("/* found.class_index{}; found.similarity, at most EMBHD_SIMILARITY_ONE */\n",
                                          named ? ", embhd_labels[found.class_index] of embhd_labels.h" : "");
    if (about.format == "tflm" && !about.classify.empty())
        return fmt::format(
            "#include \"embhd_pipeline.h\"\n\nembhd_pipeline_init();                     /* once */\n"
            "embhd_result_t found;\n{}({}, &found);\n{}",
            about.classify, run_arguments(model, about.name).substr(0, run_arguments(model, about.name).find(',')), found);
    if (about.format == "tflm" || about.format == "header")
        return fmt::format(
            "#include \"embhd_classifier.h\"\n\nembhd_init();                              /* once */\n"
            "/* features: what TensorFlow Lite Micro leaves in the model's output */\n"
            "embhd_result_t found = embhd_classify(features);\n{}",
            found);
    const std::string port = model.inputs.empty() ? "input" : model.inputs[0].name;
    const std::string image = about.classify == "embhd_pipeline_run"      ? ""
                              : about.classify == "embhd_classify_pixels" ? ", pixels"
                                                                          : ", image";
    const std::string takes =
        image.empty() ? fmt::format("/* fill {0}_{1}(&{0}_memory) and the other inputs */\n", about.name, port)
        : image == ", image"
            ? fmt::format("/* image: {0}_{1}_ELEMENTS numbers, as {2}_quantize_{3} of {2}_quantize.h makes them */\n",
                          c99::upper_case(about.name), c99::upper_case(port), about.name, port)
            : "/* pixels: 0 to 255, row by row, red first */\n";
    return fmt::format(
        "#include \"embhd_pipeline.h\"\n\nembhd_pipeline_init(&{0}_memory);           /* once */\n"
        "embhd_pipeline_self_test(&{0}_memory);      /* 0: the same features and class as on the host */\n{1}"
        "embhd_result_t found = {2}(&{0}_memory{3});\n{4}",
        about.name, takes, about.classify, image, found);
}

// How a program calls the code.
std::string use_text(const BundleAbout& about, const PackageModel& model, const std::vector<std::string>& files) {
    if (about.has_hdc) {
        const auto is_labels = [](const std::string& file) { return file.ends_with("embhd_labels.h"); };
        return classify_text(about, model, std::any_of(files.begin(), files.end(), is_labels));
    }
    const std::string upper = c99::upper_case(about.name);
    if (about.format == "header")
        return fmt::format(
            "#include \"{0}.h\"\n\n{0}_data, {0}_data_len      /* the model, where TensorFlow Lite Micro reads it */\n",
            about.name);
    if (about.format == "tflm")
        return fmt::format("#include \"{0}.h\"\n\ntflite_init_{0}();            /* once */\n{1}({2});\n", about.name, about.run,
                           run_arguments(model, about.name));
    return fmt::format(
        "#include \"{0}.h\"\n\n{0}_init(&{0}_memory);            /* once */\n{0}_self_test(&{0}_memory);       /* 0: the same "
        "bits as "
        "on the host */\n/* fill {0}_{1}(&{0}_memory) */\n{0}_invoke(&{0}_memory);\n/* read {0}_{2}(&{0}_memory) */\n",
        about.name, model.inputs.empty() ? "input" : model.inputs[0].name,
        model.outputs.empty() ? "output" : model.outputs[0].name);
}

// What compiles for the board, outside the maker's own environment.
std::string compiler_for(const Core& core) {
    return core.instruction_set.starts_with("xtensa") ? "xtensa-esp-elf-gcc"
           : core.instruction_set.starts_with("rv")   ? "riscv32-esp-elf-gcc"
                                                      : "arm-none-eabi-gcc";
}

// Those that are compiled.
std::string sources_of(const std::vector<std::string>& files) {
    std::vector<std::string> out;
    for (const std::string& file : files)
        if (file.ends_with(".c") || file.ends_with(".cpp")) out.push_back(file);
    return out.empty() ? "your sources" : fmt::format("{}", fmt::join(out, " "));
}

}  // namespace

std::string size_table(const std::vector<SizeLine>& lines) {
    std::string out = "| Model Component | Original | Optimized | Compression Ratio |\n|---|---|---|---|\n";
    uint64_t original = 0, optimized = 0;
    for (const SizeLine& line : lines) {
        out += fmt::format("| {} | {} | {} | {} |\n", line.component, kilobytes(line.original), kilobytes(line.optimized),
                           ratio(line.original, line.optimized));
        original += line.original;
        optimized += line.optimized;
    }
    return out + fmt::format("| **Total Pipeline** | **{}** | **{}** | **{}** |\n", kilobytes(original), kilobytes(optimized),
                             ratio(original, optimized));
}

Json metadata(const BundleAbout& about, const std::vector<PackageModel>& models, const MemoryLayout& layout,
              const Target& target, const std::vector<Json>& data) {
    uint64_t bytes = 0;
    for (const PackageModel& model : models) bytes = std::max<uint64_t>(bytes, model.file.size());
    Json out{{"tflite_model_size", bytes},
             {"tensor_arena_size", about.arena_bytes},
             {"feature_dimension", about.feature_dimension},
             {"hd_dimension", about.hd_dimension},
             {"num_classes", about.num_classes},
             {"name", about.name},
             {"tinsmith", about.version},
             {"target", target.name},
             {"format", about.format},
             {"package", about.package},
             {"method", about.method}};
    if (models.size() == 1)
        out["model"] = model_json(models[0], data[0]);
    else
        for (size_t i = 0; i < models.size(); ++i) out["variants"][models[i].variant] = model_json(models[i], data[i]);
    out["labels"] = about.classes;
    for (const MemoryRegion& region : layout.regions) {
        Json entry{{"bytes", region.used}, {"budget_bytes", region.budget}, {"holds", Json::object()}};
        for (const MemoryItem& item : layout.items)
            if (item.region == region.name && item.bytes > 0) entry["holds"][item.says] = item.bytes;
        out["memory"][region.name] = entry;
    }
    return out;
}

std::string readme(const BundleAbout& about, const std::vector<PackageModel>& models, const Target& target,
                   const std::string& sizes, const std::vector<std::string>& files) {
    std::string list;
    for (const std::string& file : files) list += fmt::format("- `{}`\n", file);
    std::string toolchain = about.package;
    if (toolchain == "plain" && target.toolchain == "linux") toolchain = "linux";
    for (char& c : toolchain)
        if (c == '-') c = '_';
    Values values{{"made_by", about.made_by},
                  {"name", about.name},
                  {"title", target.title},
                  {"arena", std::to_string(about.arena_bytes)},
                  {"use", use_text(about, models[0], files)},
                  {"sizes", sizes},
                  {"files", list},
                  {"instruction_set", target.core.instruction_set},
                  {"compiler", compiler_for(target.core)},
                  {"upper", c99::upper_case(about.name)},
                  {"library", about.format == "c" ? "It needs no library."
                                                  : "It needs TensorFlow Lite Micro (tflite-micro), which is not part of it."},
                  {"sources", sources_of(files)}};
    values["psram"] = about.arena_in_psram ? "The arena is larger than the fast memory: it goes into the next one.\n\n" : "";
    values["build"] = filled("readme_" + toolchain, values);
    return filled("readme", values);
}

}  // namespace tinsmith::packages
