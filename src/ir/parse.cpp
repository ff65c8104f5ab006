#include "ir/builder.hpp"
#include "ir/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

namespace tinsmith {

namespace {

constexpr int max_depth = 32;                           // graphs within attributes
constexpr size_t max_constant_bytes = size_t{1} << 30;  // of an elided constant, which parses back as zeros

class Parser {
public:
    Parser(std::string_view text, OpLookup find_op) : text_(text), find_op_(find_op) {}

    Graph whole() {
        Graph graph = parse_graph(0);
        skip_space();
        expect(at_ == text_.size(), "the end of the text");
        return graph;
    }

private:
    using Names = std::map<uint64_t, ValueId>;  // the text's %number -> id

    template <class... Args>
    [[noreturn]] void wrong(const std::string& what) const {
        auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
        fail(Fault::input, "graph text, line {}: {}", line, what);
    }
    void expect(bool ok, std::string_view wanted) const {
        if (!ok) wrong(fmt::format("expected {}", wanted));
    }

    void skip_space() {
        while (at_ < text_.size()) {
            if (std::isspace(static_cast<unsigned char>(text_[at_])))
                ++at_;
            else if (text_.substr(at_, 2) == "//")
                at_ = std::min(text_.find('\n', at_), text_.size());
            else
                return;
        }
    }
    bool accept(std::string_view token) {
        skip_space();
        if (text_.substr(at_, token.size()) != token) return false;
        at_ += token.size();
        return true;
    }
    void need(std::string_view token) { expect(accept(token), fmt::format("'{}'", token)); }
    char peek() {
        skip_space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    std::string_view word() {
        skip_space();
        size_t from = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
        expect(at_ > from, "a name");
        return text_.substr(from, at_ - from);
    }
    std::string quoted() {
        need("\"");
        std::string out;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] != '\\') {
                out += text_[at_];
            } else if (text_.substr(at_, 2) == "\\x") {
                unsigned code = 0;
                const char* from = text_.data() + at_ + 2;
                expect(at_ + 4 <= text_.size() && std::from_chars(from, from + 2, code, 16).ptr == from + 2, "two hex digits");
                out += static_cast<char>(code);
                at_ += 3;
            } else {
                ++at_;
                if (at_ < text_.size()) out += text_[at_];
            }
        }
        need("\"");
        return out;
    }
    std::string_view number_text() {
        skip_space();
        size_t from = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.' ||
                                      text_[at_] == '-' || text_[at_] == '+'))
            ++at_;
        expect(at_ > from, "a number");
        return text_.substr(from, at_ - from);
    }
    int64_t whole_number(std::string_view text) {
        int64_t out = 0;
        auto result = std::from_chars(text.data(), text.data() + text.size(), out);
        expect(result.ec == std::errc() && result.ptr == text.data() + text.size(), "a whole number");
        return out;
    }
    double real_number(std::string_view text) {
        double out = 0;
        auto result = std::from_chars(text.data(), text.data() + text.size(), out);
        expect(result.ec == std::errc() && result.ptr == text.data() + text.size(), "a real number");
        return out;
    }
    template <class Item>
    void list(std::string_view open, std::string_view close, Item item) {
        need(open);
        if (accept(close)) return;
        do item();
        while (accept(","));
        need(close);
    }
    Ints ints() {
        Ints out;
        list("[", "]", [&] { out.push_back(whole_number(number_text())); });
        return out;
    }

    Type type() {
        Type out;
        auto dtype = dtype_from_name(word());
        expect(dtype.has_value(), "an element type");
        out.dtype = *dtype;
        out.shape = ints();
        out.elements();
        if (accept("quant")) out.quant = quant();
        return out;
    }
    Quant quant() {
        Quant q;
        need("(scale=");
        list("[", "]", [&] { q.scale.push_back(static_cast<float>(real_number(number_text()))); });
        need(", zero=");
        q.zero_point = ints();
        need(", axis=");
        q.axis = static_cast<int>(whole_number(number_text()));
        need(")");
        return q;
    }

    uint64_t reference() {
        need("%");
        int64_t number = whole_number(number_text());
        expect(number >= 0, "a value number");
        return static_cast<uint64_t>(number);
    }
    ValueId known(const Names& names) {
        if (accept("_")) return no_value;
        uint64_t number = reference();
        auto found = names.find(number);
        if (found == names.end()) wrong(fmt::format("%{} is not defined above", number));
        return found->second;
    }
    ValueId define(Graph& graph, Names& names) {
        uint64_t number = reference();
        std::string name = peek() == '"' ? quoted() : "";
        need(":");
        ValueId id = graph.add_value(std::move(name), type());
        if (!names.emplace(number, id).second) wrong(fmt::format("%{} is defined twice", number));
        return id;
    }

    Attr attr(int depth) {
        char c = peek();
        if (c == '"') return quoted();
        if (c == '[') return ints();
        if (accept("true")) return true;
        if (accept("false")) return false;
        if (text_.substr(at_, 5) == "graph") return std::make_shared<const Graph>(parse_graph(depth + 1));
        if (text_.substr(at_, 2) == "f[") {
            ++at_;
            Floats out;
            list("[", "]", [&] { out.push_back(real_number(number_text())); });
            return out;
        }
        std::string_view text = number_text();
        if (text.find_first_of(".en") == std::string_view::npos) return whole_number(text);
        return real_number(text);
    }

    template <class T>
    Buffer elements(size_t count, bool splat) {
        std::vector<T> out;
        list("{", "}", [&] {
            if constexpr (std::is_floating_point_v<T>)
                out.push_back(static_cast<T>(real_number(number_text())));
            else
                out.push_back(static_cast<T>(whole_number(number_text())));
        });
        expect(out.size() == (splat ? 1 : count), fmt::format("{} elements", splat ? 1 : count));
        if (splat) return Buffer::splat(std::as_bytes(std::span(out)), count * sizeof(T));
        return Buffer::of(std::move(out));
    }
    Buffer constant(const Type& t) {
        auto count = static_cast<size_t>(t.elements());
        if (accept("{...}")) {
            expect(t.bytes() <= max_constant_bytes, "an elided constant of at most 1 GB");
            static constexpr std::array<std::byte, 8> zeros{};
            return Buffer::splat(std::span(zeros).first(std::max<size_t>(1, dtype_bits(t.dtype) / 8)), t.bytes());
        }
        bool splat = accept("splat");
        switch (t.dtype) {
            case DType::f32: return elements<float>(count, splat);
            case DType::f64: return elements<double>(count, splat);
            case DType::i8: return elements<int8_t>(count, splat);
            case DType::u8: return elements<uint8_t>(count, splat);
            case DType::boolean: return elements<uint8_t>(count, splat);
            case DType::i16: return elements<int16_t>(count, splat);
            case DType::u16: return elements<uint16_t>(count, splat);
            case DType::i32: return elements<int32_t>(count, splat);
            case DType::u32: return elements<uint32_t>(count, splat);
            case DType::i64: return elements<int64_t>(count, splat);
            case DType::u64: return elements<uint64_t>(count, splat);
            default: wrong(fmt::format("constants of type {} have no text form", dtype_name(t.dtype)));
        }
    }

    void node(Graph& graph, Names& names, int depth) {
        Node out;
        Names defined;  // visible only after the node
        do out.outputs.push_back(define(graph, defined));
        while (accept(","));
        need("=");
        std::string_view name = word();
        out.op = find_op_(name);
        if (!out.op) wrong(fmt::format("there is no operator '{}'", name));
        list("(", ")", [&] { out.inputs.push_back(known(names)); });
        if (peek() == '{')
            list("{", "}", [&] {
                std::string key(word());
                need("=");
                out.attrs.set(key, attr(depth));
            });
        if (accept("from")) out.origin = quoted();
        for (auto& [number, id] : defined)
            if (!names.emplace(number, id).second) wrong(fmt::format("%{} is defined twice", number));
        graph.nodes.push_back(std::move(out));
    }

    Port port(Graph& graph, Names& names, bool input) {
        Port out;
        out.name = quoted();
        need("=");
        out.value = input ? define(graph, names) : known(names);
        expect(out.value != no_value, "a value");
        if (accept("note")) out.note = quoted();
        return out;
    }

    State state(Graph& graph, Names& names) {
        State out;
        out.name = quoted();
        need("=");
        out.value = define(graph, names);
        need("=");
        out.initial = constant(graph.type(out.value));
        return out;
    }

    void next_state(Graph& graph, const Names& names) {
        std::string name = quoted();
        auto at = std::find_if(graph.states.begin(), graph.states.end(), [&](const State& s) { return s.name == name; });
        expect(at != graph.states.end(), "the name of a state");
        need("=");
        at->next = known(names);
    }

    Graph parse_graph(int depth) {
        expect(depth < max_depth, "graphs nested less deeply");
        Graph graph;
        Names names;
        need("graph");
        graph.name = quoted();
        need("{");
        while (!accept("}")) {
            if (peek() == '%') {
                node(graph, names, depth);
            } else if (accept("input")) {
                graph.inputs.push_back(port(graph, names, true));
            } else if (accept("output")) {
                graph.outputs.push_back(port(graph, names, false));
            } else if (accept("state")) {
                graph.states.push_back(state(graph, names));
            } else if (accept("next")) {
                next_state(graph, names);
            } else {
                need("const");
                ValueId id = define(graph, names);
                need("=");
                graph.values[id].data = constant(graph.values[id].type);
            }
        }
        return graph;
    }

    std::string_view text_;
    OpLookup find_op_;
    size_t at_ = 0;
};

}  // namespace

Graph parse_graph(std::string_view text, OpLookup find_op) { return Parser(text, find_op).whole(); }

}  // namespace tinsmith
