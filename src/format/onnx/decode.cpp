// From protobuf messages to plain structs.
#include "base/error.hpp"
#include "format/onnx/model.hpp"
#include "format/onnx/payload.hpp"
#include "format/onnx/skeleton.hpp"
#include "format/protobuf/utf8.hpp"
#include "onnx.pb.h"

#include <google/protobuf/arena.h>

#include <charconv>

namespace tinsmith::onnx {

namespace {

const std::string& name_of(const std::string& text) {
    check(is_utf8(text), "a name is not valid UTF-8 text");
    return text;
}

template <class Names>
std::vector<std::string> names_of(const Names& names) {
    std::vector<std::string> out;
    out.reserve(static_cast<size_t>(names.size()));
    for (const std::string& name : names) out.push_back(name_of(name));
    return out;
}

class Decoder {
public:
    Decoder(const Buffer& file, const Skeleton& skeleton, std::string folder)
        : file_(file), skeleton_(skeleton), external_(std::move(folder)) {}

    Model model(const wire::Model& in) {
        Model out;
        out.ir_version = in.ir_version();
        out.producer = in.producer();
        out.producer_version = in.producer_version();
        out.opsets = opsets(in.opsets());
        for (const auto& entry : in.metadata()) out.metadata[entry.key()] = entry.value();
        check(in.has_graph(), "the model has no graph");
        out.graph = within("graph", [&] { return graph(in.graph()); });
        for (const auto& f : in.functions())
            out.functions.push_back(within(fmt::format("function '{}'", f.name()), [&] { return function(f); }));
        out.external = external_.locations();
        return out;
    }

private:
    template <class List>
    std::map<std::string, int64_t> opsets(const List& list) {
        std::map<std::string, int64_t> out;
        for (const auto& opset : list) out[opset.domain() == "ai.onnx" ? "" : name_of(opset.domain())] = opset.version();
        return out;
    }

    Tensor tensor(const wire::Tensor& in) {
        return within(fmt::format("tensor '{}'", in.name()), [&] { return checked_tensor(in); });
    }

    Tensor checked_tensor(const wire::Tensor& in) {
        Tensor out;
        out.name = name_of(in.name());
        out.type = static_cast<ElementType>(in.element_type());
        out.dims.assign(in.dims().begin(), in.dims().end());
        int64_t count = elements(out.dims);
        if (out.type == ElementType::string) {
            check(in.strings_size() == count, "it holds {} strings where its shape needs {}", in.strings_size(), count);
            out.strings.assign(in.strings().begin(), in.strings().end());
        }
        int bits = element_bits(out.type);
        if (bits == 0) return out;  // no such type in any target: refused where it is used
        if (in.location() == 1)
            out.data = external(in, (static_cast<uint64_t>(count) * static_cast<uint64_t>(bits) + 7) / 8);
        else
            out.data = inline_payload(file_, skeleton_.tensors.at(in.skeleton_index()), out.type, count);
        return out;
    }

    static int64_t elements(const std::vector<int64_t>& dims) {
        int64_t count = 1;
        check(dims.size() <= 64, "it has {} dimensions", dims.size());
        for (int64_t dim : dims) {
            check(dim >= 0, "its shape has the negative extent {}", dim);
            check(dim == 0 || count <= (int64_t{1} << 40) / dim, "its shape has more than 2^40 elements");
            count *= dim;
        }
        return count;
    }

    Buffer external(const wire::Tensor& in, uint64_t size) {
        std::string location;
        uint64_t offset = 0, length = size;
        auto number = [](const std::string& key, const std::string& text) {
            uint64_t value = 0;
            auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            check(error == std::errc() && end == text.data() + text.size(), "external data has the {} '{}'", key,
                  name_of(text));
            return value;
        };
        for (const auto& entry : in.external()) {
            if (entry.key() == "location") location = name_of(entry.value());
            if (entry.key() == "offset") offset = number(entry.key(), entry.value());
            if (entry.key() == "length") length = number(entry.key(), entry.value());
        }
        check(length == size, "its external data has {} bytes where its shape needs {}", length, size);
        return external_.take(location, offset, size);
    }

    Attribute attribute(const wire::Attribute& in) {
        Attribute out;
        out.name = name_of(in.name());
        out.reference = name_of(in.reference());
        out.kind = kind_of(in);
        out.real = in.real();
        out.integer = in.integer();
        out.text = in.text();
        out.reals.assign(in.reals().begin(), in.reals().end());
        out.integers.assign(in.integers().begin(), in.integers().end());
        out.texts.assign(in.texts().begin(), in.texts().end());
        if (in.has_tensor()) out.tensors.push_back(tensor(in.tensor()));
        for (const auto& t : in.tensors()) out.tensors.push_back(tensor(t));
        if (in.has_graph()) out.graphs.push_back(std::make_shared<Graph>(graph(in.graph())));
        for (const auto& g : in.graphs()) out.graphs.push_back(std::make_shared<Graph>(graph(g)));
        bool whole = (out.kind != Attribute::Kind::tensor || out.tensors.size() == 1) &&
                     (out.kind != Attribute::Kind::graph || out.graphs.size() == 1) && out.kind != Attribute::Kind::undefined;
        check(whole || !out.reference.empty(), "attribute '{}' has no value", out.name);
        return out;
    }

    // Files of the first versions of the format do not say which kind an attribute is.
    static Attribute::Kind kind_of(const wire::Attribute& in) {
        using Kind = Attribute::Kind;
        static constexpr Kind kinds[] = {Kind::undefined, Kind::real,    Kind::integer, Kind::text,
                                         Kind::tensor,    Kind::graph,   Kind::reals,   Kind::integers,
                                         Kind::texts,     Kind::tensors, Kind::graphs};
        if (in.kind() < 0 || in.kind() >= static_cast<int>(std::size(kinds))) return Kind::other;
        if (in.kind() != 0) return kinds[in.kind()];
        if (in.has_real()) return Kind::real;
        if (in.has_integer()) return Kind::integer;
        if (in.has_text()) return Kind::text;
        if (in.has_tensor()) return Kind::tensor;
        if (in.has_graph()) return Kind::graph;
        if (in.reals_size()) return Kind::reals;
        if (in.integers_size()) return Kind::integers;
        if (in.texts_size()) return Kind::texts;
        if (in.tensors_size()) return Kind::tensors;
        return in.graphs_size() ? Kind::graphs : Kind::undefined;
    }

    Node node(const wire::Node& in, size_t index) {
        Node out;
        out.name = name_of(in.name());
        out.op_type = name_of(in.op_type());
        return within(fmt::format("node {} '{}' ({})", index, out.name, out.op_type), [&] {
            out.domain = in.domain() == "ai.onnx" ? "" : name_of(in.domain());
            out.overload = name_of(in.overload());
            out.inputs = names_of(in.inputs());
            out.outputs = names_of(in.outputs());
            out.attributes.reserve(static_cast<size_t>(in.attributes_size()));
            for (const auto& a : in.attributes()) out.attributes.push_back(attribute(a));
            for (const auto& entry : in.metadata()) out.metadata[entry.key()] = entry.value();
            return std::move(out);
        });
    }

    template <class List>
    std::vector<Node> nodes(const List& list) {
        std::vector<Node> out;
        out.reserve(static_cast<size_t>(list.size()));
        for (const auto& n : list) out.push_back(node(n, out.size()));
        return out;
    }

    static ValueInfo info(const wire::ValueInfo& in) {
        ValueInfo out;
        out.name = name_of(in.name());
        switch (in.type().kind_case()) {
            case wire::Type::kTensor: break;
            case wire::Type::kSequence: out.not_a_tensor = "sequence"; return out;
            case wire::Type::kMap: out.not_a_tensor = "map"; return out;
            case wire::Type::kOpaque: out.not_a_tensor = "opaque"; return out;
            case wire::Type::kSparseTensor: out.not_a_tensor = "sparse tensor"; return out;
            case wire::Type::kOptional: out.not_a_tensor = "optional"; return out;
            case wire::Type::KIND_NOT_SET: return out;
        }
        out.type = static_cast<ElementType>(in.type().tensor().element_type());
        if (!in.type().tensor().has_shape()) return out;
        out.dims.emplace();
        for (const auto& dim : in.type().tensor().shape().dims()) {
            Dim d;
            if (dim.has_value()) d.value = dim.value();
            d.symbol = name_of(dim.symbol());
            out.dims->push_back(std::move(d));
        }
        return out;
    }

    template <class List>
    std::vector<ValueInfo> infos(const List& list) {
        std::vector<ValueInfo> out;
        out.reserve(static_cast<size_t>(list.size()));
        for (const auto& v : list) out.push_back(info(v));
        return out;
    }

    Graph graph(const wire::Graph& in) {
        Graph out;
        out.name = name_of(in.name());
        out.nodes = nodes(in.nodes());
        out.initializers.reserve(static_cast<size_t>(in.initializers_size()));
        for (const auto& t : in.initializers()) out.initializers.push_back(tensor(t));
        for (const auto& t : in.sparse_initializers()) out.sparse_initializers.push_back(name_of(t.values().name()));
        out.inputs = infos(in.inputs());
        out.outputs = infos(in.outputs());
        out.values = infos(in.values());
        return out;
    }

    Function function(const wire::Function& in) {
        Function out;
        out.name = name_of(in.name());
        out.domain = in.domain() == "ai.onnx" ? "" : name_of(in.domain());
        out.overload = name_of(in.overload());
        out.inputs = names_of(in.inputs());
        out.outputs = names_of(in.outputs());
        out.attributes = names_of(in.attributes());
        for (const auto& a : in.default_attributes()) out.default_attributes.push_back(attribute(a));
        out.nodes = nodes(in.nodes());
        out.opsets = opsets(in.opsets());
        return out;
    }

    const Buffer& file_;
    const Skeleton& skeleton_;
    ExternalFiles external_;
};

}  // namespace

Model decode_model(const Buffer& bytes, const std::string& folder) {
    Skeleton skeleton = make_skeleton(bytes.bytes());
    google::protobuf::Arena arena;
    auto* message = google::protobuf::Arena::CreateMessage<wire::Model>(&arena);
    check(message->ParseFromArray(skeleton.bytes.data(), static_cast<int>(skeleton.bytes.size())),
          "the file is no valid protobuf");
    skeleton.bytes = {};
    return Decoder(bytes, skeleton, folder).model(*message);
}

}  // namespace tinsmith::onnx
