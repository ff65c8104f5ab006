// Archives of PyTorch since 2.9 (data/weights/, models/), of 2.8 (the same with data/weights/model.pt) and before (serialized_*).
#include "format/torch/exported.hpp"

#include "format/torch/archive.hpp"
#include "format/torch/checkpoint.hpp"
#include "format/torch/program_json.hpp"
#include "format/zip/archive.hpp"

#include <algorithm>
#include <bit>

namespace tinsmith::torch {

namespace {

using Weights = std::map<std::string, Tensor, std::less<>>;

std::string_view text_of(const Buffer& buffer) { return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()}; }

// The entry that ends with `suffix`, split into the folder that everything is in and the rest.
std::optional<std::string> entry_with(const ZipArchive& zip, std::string_view part, std::string_view suffix) {
    for (const std::string& name : zip.names())
        if (name.find(part) != name.npos && name.ends_with(suffix)) return name;
    return std::nullopt;
}

std::vector<int64_t> numbers(const Json& json, const char* name) {
    std::vector<int64_t> out;
    for (const Json& size : list(json, name)) {
        out.push_back(integer(size, "as_int"));
        check(out.back() >= 0, "'{}' has {}", name, out.back());
    }
    return out;
}

// Elements are stored as they are; those that the graph has not are told from the type that they become.
DType stored_type(int64_t scalar_type) {
    switch (scalar_type) {
        case 6: return DType::f16;
        case 8: return DType::f64;
        case 13: return DType::bf16;
        default: return dtype_of(scalar_type);
    }
}

Tensor decode_tensor(const Json& meta, Buffer storage, bool swapped) {
    Tensor out;
    out.dtype = stored_type(integer(meta, "dtype"));
    out.shape = numbers(meta, "sizes");
    out.strides = numbers(meta, "strides");
    check(out.strides.size() == out.shape.size(), "{} strides for {} extents", out.strides.size(), out.shape.size());
    element_count(out.shape);
    out.offset = integer(field(meta, "storage_offset"), "as_int");
    check(out.offset >= 0, "it starts at element {}", out.offset);
    out.storage = std::move(storage);
    out.swapped = swapped;
    check_inside(out);
    return out;
}

// data/weights/model_weights_config.json and its kin: which entry holds which tensor.
Weights read_config(const ZipArchive& zip, const std::string& folder, const std::string& config, bool swapped) {
    Weights out;
    const Json json = within(config, [&] { return parse_json<Json>(text_of(zip.read_stored(config))); });
    const Json& entries = within(config, [&]() -> const Json& { return field(json, "config"); });
    check(entries.is_object(), "{}: 'config' is {}", config, json_excerpt(entries));
    for (const auto& [name, entry] : entries.items())
        within(fmt::format("tensor '{}'", name), [&, &name = name, &entry = entry] {
            const std::string path = text(entry, "path_name");
            check(path.find('/') == path.npos && path.find('\\') == path.npos && path != "..", "its entry is named '{}'", path);
            if (path.empty()) return;
            const Buffer stored = zip.read_stored(folder + path);
            if (entry.contains("use_pickle") && entry["use_pickle"] == true) {
                const Checkpoint one = read_checkpoint(stored);
                check(!one.tensors.empty(), "its entry '{}' holds no tensors", path);
                for (const auto& [part, tensor] : one.tensors) out.emplace(part.empty() ? name : name + "." + part, tensor);
            } else if (entry.contains("tensor_meta") && entry["tensor_meta"].is_object()) {
                out.emplace(name, decode_tensor(entry["tensor_meta"], stored, swapped));
            }
        });
    return out;
}

Weights read_pickled(const ZipArchive& zip, const std::string& entry) {
    Weights out;
    within(entry, [&] {
        for (auto& [name, tensor] : read_checkpoint(zip.read_stored(entry)).tensors) out.emplace(name, tensor);
    });
    return out;
}

void check_names(const ZipArchive& zip) {
    for (const std::string& name : zip.names()) {
        const bool climbs = name == ".." || name.starts_with("../") || name.find("/../") != name.npos || name.ends_with("/..");
        check(!climbs && !name.starts_with('/') && name.find('\\') == name.npos, "entry '{}' leaves the archive", name);
    }
}

bool stored_swapped(const ZipArchive& zip) {
    const auto entry = entry_with(zip, "", "byteorder");
    if (!entry) return false;
    const Buffer order = zip.read_stored(*entry);
    check(text_of(order) == "little" || text_of(order) == "big", "{}: neither little nor big", *entry);
    return (text_of(order) == "big") == (std::endian::native == std::endian::little);
}

std::string folder_of(const std::string& entry) { return entry.substr(0, entry.rfind('/') + 1); }

// The one program of the archive.
std::string program_entry(const ZipArchive& zip) {
    std::vector<std::string> found;
    for (const std::string& name : zip.names())
        if (name.ends_with("serialized_exported_program.json") ||
            (name.find("models/") != name.npos && name.ends_with(".json")))
            found.push_back(name);
    if (found.empty() && entry_with(zip, "data/aotinductor/", ""))
        fail(Fault::input,
             "a package of AOTInductor: machine code and no program; save what torch.export.export returns with "
             "torch.export.save");
    check(!found.empty(), "there is no program in the archive (models/model.json): torch.export.save did not write it");
    check(found.size() == 1, "the archive holds {} programs; save one with torch.export.save", found.size());
    return found[0];
}

Weights read_weights(const ZipArchive& zip, const std::string& program, std::string_view kind, bool swapped) {
    const std::string folder = fmt::format("data/{}/", kind);
    if (const auto config = entry_with(zip, folder, fmt::format("_{}_config.json", kind)))
        return read_config(zip, folder_of(*config), *config, swapped);
    if (const auto pickled = entry_with(zip, folder, ".pt")) return read_pickled(zip, *pickled);
    const std::string old = folder_of(program) + (kind == "weights" ? "serialized_state_dict.pt" : "serialized_constants.pt");
    if (zip.contains(old)) return read_pickled(zip, old);
    check(kind != "weights", "the archive has no list of its weights");
    return {};
}

}  // namespace

bool looks_like_exported(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (!text.starts_with("PK\3\4")) return false;
    for (std::string_view word :
         {"/data/weights/", "/models/", "archive_format", "serialized_exported_program", "serialized_state"})
        if (text.find(word) != text.npos) return true;
    return false;
}

Exported read_exported(const Buffer& file) {
    const ZipArchive zip(file);
    check_names(zip);
    const std::string entry = program_entry(zip);
    const bool swapped = stored_swapped(zip);
    Exported out;
    within(entry, [&] { out.program = decode_program(text_of(zip.read_stored(entry))); });
    out.weights = read_weights(zip, entry, "weights", swapped);
    out.constants = read_weights(zip, entry, "constants", swapped);
    return out;
}

}  // namespace tinsmith::torch
