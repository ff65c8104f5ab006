// A checkpoint in TensorFlow's bundle format: PREFIX.index, a sorted table of LevelDB's format, and PREFIX.data-00000-of-00001, …
#pragma once

#include "format/tensorflow/model.hpp"
#include "format/tensorflow/slices.hpp"

#include <string>

namespace tinsmith::tensorflow {

class Checkpoint {
public:
    // Reads the index; shards are mapped when a tensor in them is asked for. Throws Fault::input naming the file that is missing or
    // damaged.
    explicit Checkpoint(std::string prefix);

    bool has(std::string_view key) const { return entries_.contains(key); }
    // A view into the mapped shard; a partitioned variable is put together. Throws Fault::input naming the file and the key when it is
    // missing, does not fit or does not have its checksum.
    Tensor tensor(std::string_view key);
    // The part of it that the text of a restoring names ("10 5 0,4:-").
    Tensor tensor(std::string_view key, std::string_view part);
    // The key under which the object graph of the checkpoint has a variable of this name; nothing where it has none, or several.
    std::optional<std::string> key_of(std::string_view variable);

private:
    struct Entry {
        DataType type = DataType::invalid;
        std::vector<int64_t> dims;
        uint64_t shard = 0, offset = 0, size = 0;
        std::optional<uint32_t> checksum;
        std::vector<Slice> slices;  // where they lie is said under keys of their own
    };
    const Entry& entry(std::string_view key) const;
    Tensor stored(const Entry& entry);
    Tensor assembled(std::string_view key, const Entry& entry);
    void add(std::string_view key, Bytes value, const Buffer& index);
    const Buffer& shard(uint64_t number);
    void read_object_graph();

    std::string prefix_;
    uint64_t shards_ = 0;
    std::map<std::string, Entry, std::less<>> entries_;
    std::map<uint64_t, Buffer> mapped_;
    std::optional<std::map<std::string, std::vector<std::string>, std::less<>>> names_;  // variable -> keys
};

}  // namespace tinsmith::tensorflow
