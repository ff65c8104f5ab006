// A sound table (its checksums would turn every mutation away) with any entries, and any bytes as its shard: tensors, or an Error that
// blames the file. The input: entries of a length, that many bytes of key, a length, that many bytes of value, up to a key without
// bytes whose value is the header; the rest is the shard.
#include "format/tensorflow/checkpoint.hpp"
#include "attempt.hpp"
#include "base/error.hpp"
#include "scratch_folder.hpp"

#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <cstdlib>
#include <map>

using namespace tinsmith;

namespace {

class Memory : public leveldb::WritableFile {
public:
    leveldb::Status Append(const leveldb::Slice& bytes) override {
        content.append(bytes.data(), bytes.size());
        return leveldb::Status::OK();
    }
    leveldb::Status Close() override { return leveldb::Status::OK(); }
    leveldb::Status Flush() override { return leveldb::Status::OK(); }
    leveldb::Status Sync() override { return leveldb::Status::OK(); }
    std::string content;
};

std::string take(std::span<const uint8_t>& input) {
    if (input.empty()) return {};
    const size_t length = std::min<size_t>(input[0], input.size() - 1);
    std::string out(reinterpret_cast<const char*>(input.data() + 1), length);
    input = input.subspan(1 + length);
    return out;
}

std::string table_of(const std::map<std::string, std::string>& entries) {
    Memory file;
    leveldb::Options options;
    options.compression = leveldb::kNoCompression;
    leveldb::TableBuilder builder(options, &file);
    for (const auto& [key, value] : entries) builder.Add(key, value);
    if (!builder.Finish().ok()) std::abort();
    return file.content;
}

void read_all(const std::string& prefix, const std::map<std::string, std::string>& entries) {
    attempt([&] {
        tensorflow::Checkpoint checkpoint(prefix);
        checkpoint.key_of("w");
        for (const auto& entry : entries)
            if (checkpoint.has(entry.first)) checkpoint.tensor(entry.first);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const ScratchFolder folder;
    std::span<const uint8_t> input(data, size);
    std::map<std::string, std::string> entries;
    while (!entries.contains("") && !input.empty()) {
        const std::string key = take(input);
        entries[key] = take(input);
    }
    const std::string table = table_of(entries);
    folder.write("variables.index", {reinterpret_cast<const uint8_t*>(table.data()), table.size()});
    folder.write("variables.data-00000-of-00001", input);
    read_all(folder.path() + "/variables", entries);
    return 0;
}
