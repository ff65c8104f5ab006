#include "format/torch/legacy.hpp"

#include "format/torch/flatten.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

namespace tinsmith::torch {

namespace {

constexpr int64_t protocol = 1001;
constexpr std::array<uint8_t, 10> magic{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

bool says_little(const Pickle& info) {
    const Value& dict = info.at(info.root);
    check(dict.kind == Kind::dict, "the description of the machine is no dict");
    bool little = true;
    for (size_t i = 0; i < dict.items.size(); i += 2)
        if (info.at(dict.items[i]).text == "little_endian") little = info.at(dict.items[i + 1]).integer != 0;
    return little;
}

uint64_t length_at(const Buffer& file, size_t at, bool swapped) {
    check(at <= file.size() && file.size() - at >= 8, "the file ends before it");
    std::array<std::byte, 8> bytes;
    std::copy_n(file.bytes().data() + at, bytes.size(), bytes.data());
    if (swapped) std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<uint64_t>(bytes);
}

}  // namespace

bool is_legacy(std::span<const std::byte> head) {
    if (head.empty() || head[0] != std::byte{0x80}) return false;
    // Behind the protocol's number, and since protocol 4 a frame's length.
    const auto start = std::as_bytes(std::span(magic));
    const auto front = head.first(std::min<size_t>(head.size(), 4 + 9 + magic.size()));
    return std::search(front.begin(), front.end(), start.begin(), start.end()) != front.end();
}

Checkpoint read_legacy(const Buffer& file) {
    const auto bytes = file.bytes();
    size_t at = 0;
    const auto next = [&](std::string_view what) {
        return within(what, [&] {
            Pickle out = decode_pickle(bytes, at);
            at = out.end;
            return out;
        });
    };
    next("the magic number");
    const Pickle version = next("the protocol");
    check(version.at(version.root).integer == protocol, "protocol {} instead of {}", version.at(version.root).integer,
          protocol);
    const bool swapped = says_little(next("the machine")) != (std::endian::native == std::endian::little);
    const Pickle objects = next("the objects");
    const Pickle keys = next("the storages' names");
    check(keys.at(keys.root).kind == Kind::list, "the storages' names are no list");

    std::map<std::string_view, const StorageId*> known;
    for (const StorageId& id : objects.storages) known.emplace(id.key, &id);
    std::map<std::string_view, Buffer> held;
    for (Ref ref : keys.at(keys.root).items) {
        const std::string_view key = keys.at(ref).text;
        within(fmt::format("storage '{}'", key), [&] {
            const auto found = known.find(key);
            check(found != known.end(), "no tensor names it");
            const uint64_t elements = length_at(file, at, swapped), size = bytes_of(*found->second);
            check(elements == static_cast<uint64_t>(found->second->elements), "{} elements instead of {}", elements,
                  found->second->elements);
            at += 8;
            check(size <= file.size() - at, "{} bytes are announced, {} are left", size, file.size() - at);
            held[key] = file.slice(at, size);
            at += size;
        });
    }
    std::vector<Buffer> storages;
    for (const StorageId& id : objects.storages) {
        const auto found = held.find(id.key);
        check(found != held.end(), "storage '{}' is not in the file", id.key);
        check(found->second.size() >= bytes_of(id), "storage '{}' has {} bytes instead of {}", id.key, found->second.size(),
              bytes_of(id));
        storages.push_back(found->second.slice(0, bytes_of(id)));
    }
    Checkpoint out;
    out.format = "PyTorch before 1.6";
    flatten(objects, storages, swapped, out);
    return out;
}

}  // namespace tinsmith::torch
