#include "frontend/onnx/class_names.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace tinsmith {

// No model tells so many classes apart; an index beyond is no list of names.
static constexpr size_t most_classes = 100000;

static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::string_view(" \t\r\n,").find(text.front()) != std::string_view::npos) text.remove_prefix(1);
    return text;
}

// Takes a quoted text off the front; a backslash lets the next character stand for itself.
static std::optional<std::string> quoted(std::string_view& text) {
    if (text.empty() || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
    const char quote = text.front();
    std::string out;
    for (size_t i = 1; i < text.size(); ++i) {
        if (text[i] == quote) {
            text.remove_prefix(i + 1);
            return out;
        }
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return std::nullopt;
}

// "{0: 'cat', 1: 'dog'}" and "['cat', 'dog']".
static std::vector<std::string> from_literal(std::string_view text) {
    const char end = text.front() == '{' ? '}' : ']';
    std::vector<std::string> out;
    text.remove_prefix(1);
    for (text = trimmed(text); !text.empty() && text.front() != end; text = trimmed(text)) {
        size_t index = out.size();
        if (end == '}') {
            if (text.front() == '\'' || text.front() == '"') text.remove_prefix(1);  // JSON's keys are texts
            const auto number = std::from_chars(text.data(), text.data() + text.size(), index);
            if (number.ec != std::errc() || index >= most_classes) return {};
            const size_t colon = text.find(':');
            if (colon == std::string_view::npos) return {};
            text = trimmed(text.substr(colon + 1));
        }
        const auto name = quoted(text);
        if (!name || index >= most_classes) return {};
        if (out.size() <= index) out.resize(index + 1);
        out[index] = *name;
    }
    return out;
}

static std::vector<std::string> from_lines(std::string_view text) {
    const char separator = text.find('\n') != std::string_view::npos ? '\n' : ',';
    std::vector<std::string> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find(separator), text.size());
        std::string_view name = trimmed(text.substr(0, end));
        while (!name.empty() && (name.back() == ' ' || name.back() == '\r')) name.remove_suffix(1);
        if (!name.empty()) out.emplace_back(name);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::vector<std::string> class_names_of(const std::map<std::string, std::string>& metadata) {
    for (const char* key : {"names", "class_names", "classes", "labels"}) {
        const auto at = metadata.find(key);
        if (at == metadata.end()) continue;
        const std::string_view text = trimmed(at->second);
        if (text.empty()) continue;
        auto names = text.front() == '{' || text.front() == '[' ? from_literal(text) : from_lines(text);
        if (names.size() > 1) return names;
    }
    return {};
}

}  // namespace tinsmith
