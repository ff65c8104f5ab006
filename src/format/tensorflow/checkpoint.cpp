#include "format/tensorflow/checkpoint.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "format/protobuf/utf8.hpp"
#include "format/protobuf/wire.hpp"
#include "format/tensorflow/table.hpp"

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
            case 7: entry.sliced = true; break;
            default: break;
        }
    }
    if (!key.empty() && is_utf8(key)) entries_[std::string(key)] = std::move(entry);
}

const Buffer& Checkpoint::shard(uint64_t number) {
    auto [found, added] = mapped_.try_emplace(number);
    if (!added) return found->second;
    const std::string path = fmt::format("{}.data-{:05}-of-{:05}", prefix_, number, shards_);
    check(std::filesystem::exists(path), "variables are missing: there is no file '{}'", path);
    return found->second = map_file(path);
}

Tensor Checkpoint::tensor(std::string_view key) {
    auto found = entries_.find(key);
    check(found != entries_.end(), "'{}.index' has no entry '{}'", prefix_, key);
    const Entry& entry = found->second;
    return within(fmt::format("entry '{}' of '{}.index'", key, prefix_), [&] {
        check(!entry.sliced, "it is stored in slices, as partitioned variables are; save the model without partitioning");
        check(entry.shard < shards_, "it lies in shard {} of {}", entry.shard, shards_);
        const Buffer& data = shard(entry.shard);
        check(entry.offset <= data.size() && entry.size <= data.size() - entry.offset,
              "its {} bytes at {} are not in the shard, which has {}", entry.size, entry.offset, data.size());
        Tensor out{entry.type, entry.dims, data.slice(entry.offset, entry.size), {}};
        uint64_t bytes = data_type_bytes(entry.type);
        supported(bytes > 0 || entry.type == DataType::string, "a variable of {}", data_type_name(entry.type));
        for (int64_t dim : entry.dims) {
            check(dim >= 0 && (dim == 0 || bytes <= (uint64_t{1} << 42) / static_cast<uint64_t>(dim)),
                  "its shape has the extent {}", dim);
            bytes *= static_cast<uint64_t>(dim);
        }
        check(entry.type == DataType::string || bytes == entry.size, "it has {} bytes where its shape needs {}", entry.size,
              bytes);
        return out;
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
