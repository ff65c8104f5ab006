// Any text as a recipe and as the record beside a model: an input error, or what was read.
#include "attempt.hpp"
#include "base/json.hpp"
#include "data/record.hpp"
#include "quant/recipe.hpp"

#include <cstdint>
#include <cstdlib>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    attempt_input([&] {
        Recipe recipe;
        read_recipe(text, recipe);
    });
    attempt_input([&] {
        const DataRecord record = data_record_from_json(parse_json<nlohmann::ordered_json>(text));
        if (data_record_from_json(to_json(record)) != record) std::abort();
    });
    return 0;
}
