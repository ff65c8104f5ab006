// Any bytes as a list of names, as a class a line, and as an array of labels: classes or an input error.
#include "data/labels.hpp"
#include "attempt.hpp"
#include "base/lines.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> lines = lines_of(text);
    for (const auto& names : {std::vector<std::string>(), std::vector<std::string>{"cat", "dog"}, lines})
        attempt_input([&] {
            LabelTexts texts;
            for (const std::string& line : lines) texts.add(line);
            const Labels labels = texts.finish(names, [](size_t i) { return std::to_string(i); });
            check_labels(labels, lines.size(), "labels");
        });
    attempt_input([&] { labels_from_array(parse_npy(Buffer::copy_of(std::as_bytes(std::span(data, size))))); });
    return 0;
}
