// Walks TensorFlow's messages in place. The numbers are those of the fields in its protocol buffers.
#include "base/error.hpp"
#include "format/protobuf/utf8.hpp"
#include "format/protobuf/wire.hpp"
#include "format/tensorflow/model.hpp"

#include <algorithm>
#include <bit>

namespace tinsmith::tensorflow {

namespace {

constexpr size_t message_cost = 512;  // bytes that one node, attribute or function takes once it is decoded

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

class Decoder {
public:
    explicit Decoder(const Buffer& file) : base_(file.bytes().data()), budget_((64u << 20) + 32 * file.size()) {}

    // Calls `take` with each field of a message.
    template <class Take>
    void fields(Bytes message, Take take) {
        for (WireReader reader(message, base_); !reader.done();) take(reader.next());
    }

    Bytes content(const WireField& field) const {
        check(field.kind == 2, "byte {}: field {} has wire type {}, not that of a message", offset(field), field.number,
              field.kind);
        return field.bytes;
    }
    std::string_view text(const WireField& field) const { return as_text(content(field)); }
    std::string_view name(const WireField& field) const {
        std::string_view out = text(field);
        check(is_utf8(out), "byte {}: a name is not valid UTF-8 text", offset(field));
        return out;
    }
    int64_t integer(const WireField& field) const {
        check(field.kind == 0, "byte {}: field {} has wire type {}, not that of an integer", offset(field), field.number,
              field.kind);
        return static_cast<int64_t>(field.scalar);
    }
    void spend(const WireField& field) {
        check(message_cost <= budget_, "byte {}: the file consists of more parts than a model of its size can have",
              offset(field));
        budget_ -= message_cost;
    }

    // A map's entry: the key, and the bytes of the value.
    std::pair<std::string_view, Bytes> entry(const WireField& field) {
        spend(field);
        std::pair<std::string_view, Bytes> out;
        fields(content(field), [&](const WireField& f) {
            if (f.number == 1) out.first = name(f);
            if (f.number == 2) out.second = content(f);
        });
        return out;
    }

    Node node(const WireField& field) {
        spend(field);
        Node out;
        fields(content(field), [&](const WireField& f) {
            switch (f.number) {
                case 1: out.name = name(f); break;
                case 2: out.op = name(f); break;
                case 3: out.inputs.push_back(name(f)); break;
                case 5: {
                    auto [key, value] = entry(f);
                    out.attributes.push_back({key, value});
                    break;
                }
                default: break;
            }
        });
        return out;
    }

    OpenShape shape(Bytes message) {
        std::vector<int64_t> dims;
        bool known = true;
        fields(message, [&](const WireField& f) {
            if (f.number == 3) known = integer(f) == 0;
            if (f.number != 2) return;
            int64_t extent = 0;
            fields(content(f), [&](const WireField& dim) {
                if (dim.number == 1) extent = integer(dim);
            });
            check(extent >= -1, "byte {}: a shape has the extent {}", offset(f), extent);
            check(dims.size() < 64, "byte {}: a shape has more than 64 dimensions", offset(f));
            dims.push_back(extent);
        });
        return known ? OpenShape(std::move(dims)) : std::nullopt;
    }

    AttributeValue attribute(Bytes value) {
        using Kind = AttributeValue::Kind;
        AttributeValue out;
        fields(value, [&](const WireField& f) {
            switch (f.number) {
                case 1: out.kind = Kind::list, list(content(f), out); break;
                case 2: out.kind = Kind::text, out.text = text(f); break;
                case 3: out.kind = Kind::integer, out.integer = integer(f); break;
                case 4: out.kind = Kind::real, out.real = real(f); break;
                case 5: out.kind = Kind::boolean, out.integer = integer(f) != 0; break;
                case 6: out.kind = Kind::type, out.integer = integer(f); break;
                case 7: out.kind = Kind::shape, out.shape = shape(content(f)); break;
                case 8: out.kind = Kind::tensor, out.tensor = content(f); break;
                case 9: out.kind = Kind::placeholder, out.text = name(f); break;
                case 10: out.kind = Kind::function, function_call(content(f), out); break;
                default: break;
            }
        });
        return out;
    }

    GraphDef graph(Bytes message) {
        GraphDef out;
        fields(message, [&](const WireField& f) {
            if (f.number == 1) out.nodes.push_back(within(fmt::format("node {}", out.nodes.size()), [&] { return node(f); }));
            if (f.number == 2)
                fields(content(f), [&](const WireField& function) {
                    if (function.number == 1) out.functions[function_name(function)] = function.bytes;
                });
        });
        return out;
    }

    Function function(Bytes message) {
        Function out;
        fields(message, [&](const WireField& f) {
            switch (f.number) {
                case 1: signature(content(f), out); break;
                case 3: out.nodes.push_back(node(f)); break;
                case 4: {
                    auto [key, value] = entry(f);
                    check(is_utf8(as_text(value)), "byte {}: a name is not valid UTF-8 text", offset(f));
                    out.returns[key] = as_text(value);
                    break;
                }
                case 6: out.control_returns.push_back(as_text(entry(f).second)); break;
                default: break;
            }
        });
        return out;
    }

    SavedModel meta_graph(Bytes message) {
        SavedModel out;
        fields(message, [&](const WireField& f) {
            switch (f.number) {
                case 1:
                    fields(content(f), [&](const WireField& info) {
                        if (info.number == 4) out.tags.push_back(name(info));
                    });
                    break;
                case 2: out.graph = within("graph", [&] { return graph(content(f)); }); break;
                case 5: {
                    auto [key, value] = entry(f);
                    out.signatures[key] =
                        within(fmt::format("signature '{}'", key), [&, bytes = value] { return signature_def(bytes); });
                    break;
                }
                default: break;
            }
        });
        return out;
    }

    size_t offset(const WireField& field) const { return static_cast<size_t>(field.whole.data() - base_); }

private:
    static float real(const WireField& f) { return std::bit_cast<float>(static_cast<uint32_t>(f.scalar)); }

    void list(Bytes message, AttributeValue& out) {
        fields(message, [&](const WireField& f) {
            switch (f.number) {
                case 2: out.texts.push_back(text(f)); break;
                case 3:
                case 5:
                case 6: numbers(f, out.integers); break;
                case 4:
                    check(f.kind == 5 || f.bytes.size() % 4 == 0, "byte {}: a list of floats has {} bytes", offset(f),
                          f.bytes.size());
                    for (size_t i = 0; i + 4 <= f.bytes.size(); i += 4) {
                        out.reals.emplace_back();
                        std::memcpy(&out.reals.back(), f.bytes.data() + i, 4);
                    }
                    break;
                case 7: spend(f), out.shapes.push_back(shape(content(f))); break;
                case 9: {
                    spend(f);
                    AttributeValue function;
                    function.kind = AttributeValue::Kind::function;
                    function_call(content(f), function);
                    out.functions.push_back(std::move(function));
                    break;
                }
                default: break;
            }
        });
    }

    void numbers(const WireField& f, std::vector<int64_t>& out) {
        if (f.kind != 2) return out.push_back(integer(f));
        for (WireReader packed(f.bytes, base_); !packed.done();) out.push_back(static_cast<int64_t>(packed.varint()));
    }

    void function_call(Bytes message, AttributeValue& out) {
        fields(message, [&](const WireField& f) {
            if (f.number == 1) out.text = name(f);
            if (f.number != 2) return;
            auto [key, value] = entry(f);
            out.attributes.push_back({key, value});
        });
    }

    // The name of a FunctionDef, from its signature.
    std::string_view function_name(const WireField& field) {
        spend(field);
        std::string_view out;
        fields(content(field), [&](const WireField& f) {
            if (f.number != 1) return;
            fields(content(f), [&](const WireField& part) {
                if (part.number == 1) out = name(part);
            });
        });
        return out;
    }

    void signature(Bytes message, Function& out) {
        fields(message, [&](const WireField& f) {
            if (f.number == 1) out.name = name(f);
            if (f.number == 2) out.inputs.push_back(argument(f));
            if (f.number == 3) out.outputs.push_back(argument(f));
        });
    }

    Argument argument(const WireField& field) {
        spend(field);
        Argument out;
        fields(content(field), [&](const WireField& f) {
            if (f.number == 1) out.name = name(f);
            if (f.number == 3) out.type = static_cast<DataType>(integer(f));
        });
        return out;
    }

    Signature signature_def(Bytes message) {
        Signature out;
        fields(message, [&](const WireField& f) {
            if (f.number != 1 && f.number != 2) return;
            auto [key, value] = entry(f);
            (f.number == 1 ? out.inputs : out.outputs)[key] = tensor_info(value);
        });
        return out;
    }

    TensorInfo tensor_info(Bytes message) {
        TensorInfo out;
        fields(message, [&](const WireField& f) {
            if (f.number == 1) out.tensor = name(f);
            if (f.number == 2) out.type = static_cast<DataType>(integer(f));
            if (f.number == 3) out.shape = shape(content(f));
        });
        return out;
    }

    const std::byte* base_;
    size_t budget_;
};

}  // namespace

GraphDef decode_graph(const Buffer& file) {
    GraphDef out = Decoder(file).graph(file.bytes());
    out.file = file;
    check(!out.nodes.empty(), "the graph has no nodes");
    return out;
}

SavedModel decode_saved_model(const Buffer& file) {
    Decoder decoder(file);
    std::vector<Bytes> graphs;
    int64_t version = 0;
    decoder.fields(file.bytes(), [&](const WireField& f) {
        if (f.number == 1) version = decoder.integer(f);
        if (f.number == 2) graphs.push_back(decoder.content(f));
    });
    check(version == 1, "it is a SavedModel of version {}; version 1 is known", version);
    check(!graphs.empty(), "the SavedModel has no graph");
    SavedModel chosen;
    for (size_t i = 0; i < graphs.size(); ++i) {
        SavedModel next = within(fmt::format("meta graph {}", i), [&] { return decoder.meta_graph(graphs[i]); });
        const bool serves = std::find(next.tags.begin(), next.tags.end(), "serve") != next.tags.end();
        if (i == 0 || serves) chosen = std::move(next);
        if (serves) break;
    }
    chosen.graph.file = file;
    return chosen;
}

Function decode_function(Bytes bytes, const Buffer& file) { return Decoder(file).function(bytes); }
AttributeValue decode_attribute(Bytes value, const Buffer& file) { return Decoder(file).attribute(value); }
OpenShape decode_shape(Bytes bytes, const Buffer& file) { return Decoder(file).shape(bytes); }

}  // namespace tinsmith::tensorflow
