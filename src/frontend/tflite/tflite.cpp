#include "frontend/tflite/tflite.hpp"
#include "base/file.hpp"
#include "frontend/tflite/model_reader.hpp"

#include <cstring>

namespace tinsmith {

namespace {

bool sniff(std::span<const std::byte> head) { return head.size() >= 8 && std::memcmp(head.data() + 4, "TFL3", 4) == 0; }

ReadResult read(const std::string& path, const ReadOptions&) {
    return within(path, [&] { return tflite::read(map_file(path)); });
}

}  // namespace

Frontend tflite_frontend() { return {"tflite", {".tflite"}, sniff, read}; }

}  // namespace tinsmith
