#include "format/tensorflow/checkpoint.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "format/protobuf/wire.hpp"
#include "format/tensorflow/crc32c.hpp"
#include "format/tensorflow/table.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith::tensorflow {

namespace {

constexpr std::string_view object_graph_key = "_CHECKPOINTABLE_OBJECT_GRAPH";

Bytes content(const WireField& field) {
    check(field.kind == 2, "field {} has wire type {}, not that of a message", field.number, field.kind);
    return field.bytes;
}
std::string text(const WireField& field) {
    Bytes bytes = content(field);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Checkpoint::Checkpoint(std::string prefix) : prefix_(std::move(prefix)) {
    const std::string path = prefix_ + ".index";
    check(std::filesystem::exists(path), "the variables are missing: there is no file '{}'", path);
    const Buffer index = map_file(path);
    within(path, [&] {
        read_table(index, [&](std::string_view key, Bytes value) { add(key, value, Buffer({}, value.data(), value.size())); });
        check(shards_ > 0, "it has no header");
    });
}

void Checkpoint::add(std::string_view key, Bytes value, const Buffer& index) {
    Entry entry;
    for (WireReader reader(value, value.data()); !reader.done();) {
        const WireField f = reader.next();
        if (key.empty()) {
            if (f.number == 1) shards_ = f.scalar;
            check(f.number != 2 || f.scalar == 0, "it was written on a big-endian machine");
            continue;
        }
        switch (f.number) {
            case 1: entry.type = static_cast<DataType>(f.scalar); break;
            case 2: entry.dims = decode_shape(content(f), index).value_or(std::vector<int64_t>{}); break;
            case 3: entry.shard = f.scalar; break;
            case 4: entry.offset = f.scalar; break;
            case 5: entry.size = f.scalar; break;
            case 6: entry.checksum = static_cast<uint32_t>(f.scalar); break;
            case 7: entry.slices.push_back(decode_slice(content(f))); break;
            default: break;
        }
    }
    if (!key.empty()) entries_[std::string(key)] = std::move(entry);
}

const Buffer& Checkpoint::shard(uint64_t number) {
    auto [found, added] = mapped_.try_emplace(number);
    if (!added) return found->second;
    const std::string path = fmt::format("{}.data-{:05}-of-{:05}", prefix_, number, shards_);
    check(std::filesystem::exists(path), "variables are missing: there is no file '{}'", path);
    return found->second = map_file(path);
}

const Checkpoint::Entry& Checkpoint::entry(std::string_view key) const {
    auto found = entries_.find(key);
    check(found != entries_.end(), "'{}.index' has no entry '{}'", prefix_, key);
    return found->second;
}

// How many bytes the elements have. Throws Fault::input where the shape is none, Fault::unsupported for elements without a size.
static uint64_t bytes_of(DataType type, const std::vector<int64_t>& dims) {
    uint64_t bytes = data_type_bytes(type);
    supported(bytes > 0 || type == DataType::string, "a variable of {}", data_type_name(type));
    for (int64_t dim : dims) {
        check(dim >= 0 && (dim == 0 || bytes <= (uint64_t{1} << 42) / static_cast<uint64_t>(dim)),
              "its shape has the extent {}", dim);
        bytes *= static_cast<uint64_t>(dim);
    }
    return bytes;
}

Tensor Checkpoint::stored(const Entry& entry) {
    check(entry.shard < shards_, "it lies in shard {} of {}", entry.shard, shards_);
    const Buffer& data = shard(entry.shard);
    check(entry.offset <= data.size() && entry.size <= data.size() - entry.offset,
          "its {} bytes at {} are not in the shard, which has {}", entry.size, entry.offset, data.size());
    Tensor out{entry.type, entry.dims, data.slice(entry.offset, entry.size), {}};
    const uint64_t bytes = bytes_of(entry.type, entry.dims);
    if (entry.type == DataType::string) return out;
    check(bytes == entry.size, "it has {} bytes where its shape needs {}", entry.size, bytes);
    check(!entry.checksum || *entry.checksum == masked_crc32c(out.data.bytes()),
          "its bytes do not have the checksum that was stored with them: the file is damaged");
    return out;
}

Tensor Checkpoint::assembled(std::string_view key, const Entry& whole) {
    const size_t element = data_type_bytes(whole.type);
    supported(element > 0, "a partitioned variable of {}", data_type_name(whole.type));
    const uint64_t bytes = bytes_of(whole.type, whole.dims);
    uint64_t covered = 0;
    std::vector<std::pair<const Slice*, Tensor>> parts;
    for (const Slice& slice : whole.slices) {
        Tensor part = stored(entry(slice_key(key, slice)));
        check(part.type == whole.type && part.dims == slice_shape(whole.dims, slice), "a part of it has another shape or type");
        covered += part.data.size();
        parts.emplace_back(&slice, std::move(part));
    }
    uint64_t there = 0;
    for (const auto& [number, data] : mapped_) there += data.size();
    check(covered == bytes && bytes <= there, "its parts have {} bytes of {}", covered, bytes);
    std::vector<std::byte> all(bytes);
    for (auto& [slice, part] : parts) {
        std::vector<std::byte> copy(part.data.bytes().begin(), part.data.bytes().end());
        copy_slice(all, whole.dims, *slice, copy, element, false);
    }
    return {whole.type, whole.dims, Buffer::of(std::move(all)), {}};
}

Tensor Checkpoint::tensor(std::string_view key) {
    const Entry& found = entry(key);
    return within(fmt::format("entry '{}' of '{}.index'", key, prefix_),
                  [&] { return found.slices.empty() ? stored(found) : assembled(key, found); });
}

Tensor Checkpoint::tensor(std::string_view key, std::string_view part) {
    const std::vector<Slice>& slices = entry(key).slices;
    return within(fmt::format("entry '{}' of '{}.index'", key, prefix_), [&] {
        const SliceRequest wanted = parse_slice(part);
        if (std::find(slices.begin(), slices.end(), wanted.slice) != slices.end())
            return stored(entry(slice_key(key, wanted.slice)));
        const Tensor whole = tensor(key);
        check(wanted.shape == whole.dims, "a part of another shape is asked for");
        const std::vector<int64_t> dims = slice_shape(whole.dims, wanted.slice);
        std::vector<std::byte> from(whole.data.bytes().begin(), whole.data.bytes().end()), out(bytes_of(whole.type, dims));
        copy_slice(from, whole.dims, wanted.slice, out, data_type_bytes(whole.type), true);
        return Tensor{whole.type, dims, Buffer::of(std::move(out)), {}};
    });
}

// One string: its length, the checksum of that, its bytes. They are a TrackableObjectGraph, whose nodes list their attributes: the
// variable's own name and the key of its value.
void Checkpoint::read_object_graph() {
    names_.emplace();
    auto found = entries_.find(object_graph_key);
    if (found == entries_.end()) return;
    const Tensor tensor = this->tensor(object_graph_key);
    const Bytes all = tensor.data.bytes();
    WireReader head(all, all.data());
    const uint64_t length = head.varint();
    check(head.offset() + 4 <= all.size() && length <= all.size() - head.offset() - 4, "its string of {} bytes is cut off",
          length);
    const Bytes graph = all.subspan(head.offset() + 4, length);
    for (WireReader nodes(graph, graph.data()); !nodes.done();) {
        const WireField node = nodes.next();
        if (node.number != 1) continue;
        const Bytes object = content(node);
        for (WireReader parts(object, graph.data()); !parts.done();) {
            const WireField part = parts.next();
            if (part.number != 2) continue;
            std::string name, key;
            const Bytes attribute = content(part);
            for (WireReader fields(attribute, graph.data()); !fields.done();) {
                const WireField f = fields.next();
                if (f.number == 2) name = text(f);
                if (f.number == 3) key = text(f);
            }
            if (!name.empty()) (*names_)[name].push_back(key);
        }
    }
}

std::optional<std::string> Checkpoint::key_of(std::string_view variable) {
    if (!names_) within(fmt::format("the object graph of '{}.index'", prefix_), [&] { read_object_graph(); });
    auto found = names_->find(variable);
    if (found == names_->end() || found->second.size() != 1) return std::nullopt;
    return found->second[0];
}

}  // namespace tinsmith::tensorflow
