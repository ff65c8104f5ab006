// Arbitrary bytes as a table of numbers: samples or an input error.
#include "data/source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    const InputSlot slot{"x", {DType::f32, {1, 3}, {}}, false, {}};
    try {
        const auto file = std::make_shared<const CsvFile>(Buffer::copy_of(std::as_bytes(std::span(data, size))), "t.csv");
        const CsvHeader header = csv_header(*file);
        Labels labels;
        std::vector<std::string> notes;
        if (table_paths(file, header, {}, labels)) return 0;
        const auto source = csv_source(file, header, slot, {}, labels, notes);
        for (size_t i = 0; i < source->count(); ++i) source->sample(i);
    } catch (const Error&) {
    }
    return 0;
}
