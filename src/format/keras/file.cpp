#include "format/keras/file.hpp"

#include "format/zip/archive.hpp"

namespace tinsmith::keras {

namespace {

constexpr std::string_view zip_magic = "PK\3\4";

Json parse(std::string_view what, std::string_view text) {
    return within(what, [&] { return parse_json<Json>(text); });
}

std::string_view text_of(const Buffer& bytes) { return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()}; }

std::string one_text(const Hdf5& file, std::string_view object, const std::string& attribute) {
    const auto texts = file.texts(object, attribute);
    return texts && texts->size() == 1 ? texts->front() : std::string();
}

File read_h5(const Buffer& bytes) {
    Hdf5 file(bytes);
    const std::string config = one_text(file, "/", "model_config");
    const bool weights_only = file.texts("/", "layer_names").has_value() || file.has("layers") || file.has("vars");
    check(!config.empty() || !weights_only,
          "the file holds weights only, not the layers that they belong to (no 'model_config'); load them into the model they "
          "came "
          "from and save that whole: model.save('model.keras')");
    check(!config.empty(), "the file holds no Keras model (no 'model_config')");
    check(file.has("model_weights"), "the model has no weights (no group 'model_weights'); save it with model.save");
    std::string version = one_text(file, "/", "keras_version");
    if (version.empty()) version = one_text(file, "model_weights", "keras_version");
    return {parse("the attribute 'model_config'", config), std::move(version), Naming::by_layer, std::move(file),
            "model_weights"};
}

void check_entry(const std::string& name) {
    check(!name.starts_with('/') && name.find("..") == std::string::npos && name.find('\\') == std::string::npos,
          "the archive has an entry '{}', which points out of it", name);
}

File read_archive(const Buffer& bytes) {
    const ZipArchive archive(bytes);
    for (const std::string& name : archive.names()) check_entry(name);
    check(archive.contains("config.json"), "the archive holds no Keras model (no config.json)");
    check(archive.contains("model.weights.h5"),
          "the model has no weights (no model.weights.h5); weights in several shards are not read: save the model with "
          "model.save('model.keras')");
    auto entry = [&](const std::string& name) { return within(name, [&] { return archive.read(name); }); };
    const Buffer config = entry("config.json");
    std::string version;
    if (archive.contains("metadata.json")) {
        const Json metadata = parse("metadata.json", text_of(entry("metadata.json")));
        if (metadata.is_object() && metadata.contains("keras_version") && metadata["keras_version"].is_string())
            version = metadata["keras_version"].get<std::string>();
    }
    const Buffer weights = entry("model.weights.h5");
    File file{parse("config.json", text_of(config)), std::move(version), Naming::by_object,
              within("model.weights.h5", [&] { return Hdf5(weights); }), "/"};
    return file;
}

}  // namespace

int File::major() const { return version.empty() ? 1 : version[0] - '0'; }

File read_file(const Buffer& bytes) { return looks_like_hdf5(bytes.bytes()) ? read_h5(bytes) : read_archive(bytes); }

bool looks_like_keras(std::span<const std::byte> head) {
    if (looks_like_hdf5(head)) return true;
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    return text.starts_with(zip_magic) && (text.find("metadata.json") != text.npos || text.find("config.json") != text.npos ||
                                           text.find("model.weights.h5") != text.npos);
}

}  // namespace tinsmith::keras
