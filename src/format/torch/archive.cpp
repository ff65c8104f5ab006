#include "format/torch/archive.hpp"

#include "format/torch/flatten.hpp"
#include "format/zip/archive.hpp"

#include <bit>
#include <map>

namespace tinsmith::torch {

namespace {

constexpr std::string_view pickle_name = "data.pkl";

// The folder in the archive that holds everything, with its slash: torch.save names it after the file.
std::optional<std::string> folder_of(const ZipArchive& zip) {
    for (const std::string& name : zip.names())
        if (name == pickle_name || name.ends_with("/data.pkl")) return name.substr(0, name.size() - pickle_name.size());
    return std::nullopt;
}

// Nothing is ever written by these names; a file that has them was made to harm somebody all the same.
void check_names(const ZipArchive& zip) {
    for (const std::string& name : zip.names()) {
        const bool climbs =
            name == ".." || name.starts_with("../") || name.find("/../") != std::string::npos || name.ends_with("/..");
        check(!climbs && !name.starts_with('/') && name.find('\\') == std::string::npos, "entry '{}' leaves the archive", name);
    }
}

void refuse_programs(const ZipArchive& zip, const std::string& folder) {
    for (const std::string& name : zip.names())
        check(!name.starts_with(folder + "code/"),
              "this is a TorchScript model, code and all; in PyTorch make a file of its graph:\n"
              "  from torch._export.converter import TS2EPConverter\n"
              "  sample = torch.zeros(1, 3, 64, 64)  # what it takes\n"
              "  torch.export.save(TS2EPConverter(torch.jit.load(path), (sample,)).convert(), \"model.pt2\")");
}

bool stored_swapped(const ZipArchive& zip, const std::string& folder) {
    if (!zip.contains(folder + "byteorder")) return false;
    const Buffer order = zip.read_stored(folder + "byteorder");
    const std::string_view text(reinterpret_cast<const char*>(order.bytes().data()), order.size());
    check(text == "little" || text == "big", "byteorder: neither little nor big");
    return (text == "big") == (std::endian::native == std::endian::little);
}

}  // namespace

bool is_archive(const Buffer& file) {
    try {
        const ZipArchive zip(file);
        return folder_of(zip).has_value();
    } catch (const Error&) {
        return false;
    }
}

Checkpoint read_archive(const Buffer& file) {
    const ZipArchive zip(file);
    const auto folder = folder_of(zip);
    check(folder.has_value(), "the archive has no data.pkl: torch.save did not write it");
    check_names(zip);
    refuse_programs(zip, *folder);
    const Buffer pickled = within(pickle_name, [&] { return zip.read_stored(*folder + std::string(pickle_name)); });
    const Pickle pickle = within(pickle_name, [&] { return decode_pickle(pickled.bytes()); });
    std::map<std::string, Buffer> entries;
    std::vector<Buffer> storages;
    for (const StorageId& id : pickle.storages) {
        auto found = entries.find(id.key);
        if (found == entries.end())
            found = entries
                        .emplace(id.key,
                                 within(fmt::format("storage '{}'", id.key),
                                        [&] { return bytes_of(id) ? zip.read_stored(*folder + "data/" + id.key) : Buffer(); }))
                        .first;
        check(found->second.size() >= bytes_of(id), "storage '{}' has {} bytes instead of {}", id.key, found->second.size(),
              bytes_of(id));
        storages.push_back(found->second.slice(0, bytes_of(id)));
    }
    Checkpoint out;
    out.format = "PyTorch";
    flatten(pickle, storages, stored_swapped(zip, *folder), out);
    return out;
}

}  // namespace tinsmith::torch
