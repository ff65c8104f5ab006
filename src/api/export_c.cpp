#include "api/export_c.hpp"

#include "backend/c/c99.hpp"
#include "backend/c/identifiers.hpp"
#include "base/file.hpp"
#include "run/session.hpp"

#include <filesystem>

namespace tinsmith {

namespace {

namespace fs = std::filesystem;

// A folder that is gone when it goes out of scope.
class Workplace {
public:
    Workplace() {
        std::string form = (fs::temp_directory_path() / "tinsmith-XXXXXX").string();
        check(mkdtemp(form.data()) != nullptr, "no folder can be made in {}", fs::temp_directory_path().string());
        path_ = form;
    }
    ~Workplace() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Workplace(const Workplace&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::string stem_of(const std::string& model) {
    fs::path path(model);
    if (!path.has_filename()) path = path.parent_path();
    return path.stem().string();
}

// One sample and what the host's C99 kernels make of it.
void add_sample(CModel& model, const DataOptions& data) {
    DataOptions one = data;
    one.most = 1;
    const Samples samples(model.graph, one);
    model.sample = samples.inputs(0);
    model.expected = Session(model.graph, {.fast = false}).run(model.sample);
}

}  // namespace

std::string export_name(const ExportOptions& options) {
    if (options.name.empty())
        return c99::identifier_of(options.variants.empty() ? stem_of(options.convert.model) : "model", "model");
    check(c99::is_identifier(options.name),
          "--name '{}': C takes letters, digits and '_' that start with a letter, and no keyword; '{}' would do", options.name,
          c99::identifier_of(options.name, "model"));
    return options.name;
}

Graph device_graph(const ExportOptions& options, const std::string& model, std::string& method,
                   std::vector<std::string>& notes) {
    const Workplace place;
    ConvertOptions how = options.convert;
    how.model = model;
    how.output = (place.path() / (stem_of(model) + ".tflite")).string();
    const Conversion conversion = convert(how);
    const Variant& variant = conversion.variants.at(0);
    method = method_name(variant.method);
    notes.insert(notes.end(), conversion.notes.begin(), conversion.notes.end());
    notes.insert(notes.end(), variant.notes.begin(), variant.notes.end());
    Graph graph = read_model(variant.path).graph;
    // The file is gone when its folder is: constants must not point into it.
    for (Value& value : graph.values)
        if (value.data && value.data->splat_element().empty()) value.data = Buffer::copy_of(value.data->bytes());
    return graph;
}

Exported export_c(const ExportOptions& options) {
    Exported out;
    out.name = export_name(options);
    std::vector<std::pair<std::string, std::string>> sources = options.variants;
    if (sources.empty()) sources.emplace_back("", options.convert.model);
    std::vector<CModel> models;
    for (const auto& [variant, path] : sources) {
        std::string method;
        CModel model{variant, fs::path(path).filename().string(), device_graph(options, path, method, out.notes), {}, {}};
        add_sample(model, options.convert.data);
        models.push_back(std::move(model));
        out.models.push_back({variant, method});
    }
    const CCode code = write_c(std::move(models), {out.name, options.max_ram, TINSMITH_VERSION, options.weights_in_psram});
    for (size_t i = 0; i < code.models.size(); ++i) {
        out.models[i].arena_bytes = code.models[i].arena_bytes;
        out.models[i].lower_bound = code.models[i].lower_bound;
        out.models[i].constant_bytes = code.models[i].constant_bytes;
    }
    out.arena_bytes = code.arena_bytes;
    out.notes.insert(out.notes.end(), code.notes.begin(), code.notes.end());
    const fs::path folder = options.output.empty() ? fs::path(out.name) : fs::path(options.output);
    fs::create_directories(folder);
    for (const CFile& file : code.files) {
        const std::string path = (folder / file.name).string();
        write_file(path, [&](ByteSink& sink) { sink.write_text(file.text); });
        out.files.push_back({path, file.text.size()});
    }
    return out;
}

}  // namespace tinsmith
