#include "backend/packages/edge_tpu.hpp"

#include "backend/packages/templates.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

// A list of Python, or None where a pixel is its number already.
static std::string python_list(const std::vector<double>& numbers) { return fmt::format("[{}]", fmt::join(numbers, ", ")); }

std::string label_lines(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += name + "\n";
    return out;
}

std::vector<PackageFile> edge_tpu_files(const PackageModel& model, const EdgeTpuAbout& about) {
    const std::optional<Normalization> normalize = about.preprocess.in_force();
    const bool bgr = model.pixels && model.pixels->bgr, planes = model.pixels && model.pixels->planes;
    const Values values{{"made_by", about.made_by},
                        {"name", about.name},
                        {"mean", normalize ? python_list(normalize->mean) : "None"},
                        {"deviation", normalize ? python_list(normalize->deviation) : "None"},
                        {"bgr", bgr ? "True" : "False"},
                        {"planes", planes ? "True" : "False"},
                        {"labels", about.labelled ? fmt::format("HERE / \"{}_labels.txt\"", about.name) : "None"},
                        {"command", about.command},
                        {"operators", about.operators},
                        {"state", about.compiled ? "It is compiled already: `" + about.name + "_int8_edgetpu.tflite`."
                                                 : "It is not compiled yet: the compiler was not installed."},
                        {"said", about.said.empty() ? "" : "\nThe compiler said:\n\n```\n" + about.said + "```\n"}};
    return {{about.name + "_edgetpu.py", filled("edge_tpu_python", values)}, {"README.md", filled("edge_tpu_readme", values)}};
}

}  // namespace tinsmith::packages
