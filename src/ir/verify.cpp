#include "ir/verify.hpp"

#include "ir/builder.hpp"

namespace tinsmith {

namespace {

class Verifier {
public:
    explicit Verifier(const Graph& graph) : graph_(graph), defined_(graph.values.size(), false) {}

    void run() {
        for (size_t id = 0; id < graph_.values.size(); ++id) constant(static_cast<ValueId>(id));
        for (const Port& port : graph_.inputs) define(port.value, [&] { return fmt::format("input '{}'", port.name); });
        for (const State& state : graph_.states) define(state.value, [&] { return fmt::format("state '{}'", state.name); });
        for (const Node& n : graph_.nodes) node(n);
        for (const State& state : graph_.states) kept(state);
        for (const Port& port : graph_.outputs) use(port.value, [&] { return fmt::format("output '{}'", port.name); });
    }

private:
    void constant(ValueId id) {
        const Value& value = graph_.values[id];
        if (!value.is_constant()) return;
        defined_[id] = true;
        if (value.data->size() != value.type.bytes())
            fail(Fault::internal, "constant %{} '{}' holds {} bytes, its type {} needs {}", id, value.name, value.data->size(),
                 to_string(value.type), value.type.bytes());
    }

    // `where` makes the text that names the place, in the error only.
    template <class Where>
    void define(ValueId id, const Where& where) {
        if (id >= graph_.values.size()) fail(Fault::internal, "{} defines %{}, which does not exist", where(), id);
        if (defined_[id]) fail(Fault::internal, "{} defines %{} '{}' a second time", where(), id, graph_.values[id].name);
        defined_[id] = true;
    }

    template <class Where>
    void use(ValueId id, const Where& where) const {
        if (id >= graph_.values.size()) fail(Fault::internal, "{} reads %{}, which does not exist", where(), id);
        if (!defined_[id]) fail(Fault::internal, "{} reads %{} '{}' before it is defined", where(), id, graph_.values[id].name);
    }

    void kept(const State& state) const {
        use(state.next, [&] { return fmt::format("state '{}'", state.name); });
        const Type &now = graph_.type(state.value), &next = graph_.type(state.next);
        if (now.dtype != next.dtype || now.shape != next.shape || state.initial.size() != now.bytes())
            fail(Fault::internal, "state '{}' is {}, becomes {} and starts with {} bytes", state.name, to_string(now),
                 to_string(next), state.initial.size());
    }

    template <class Where>
    void attributes(const Node& n, const Where& where) const {
        for (const auto& [name, value] : n.attrs) {
            const AttrSpec* known = nullptr;
            for (const AttrSpec& spec : n.op->attrs)
                if (spec.name == name) known = &spec;
            if (!known) fail(Fault::internal, "{} has an unknown attribute '{}'", where(), name);
            if (known->fallback.index() != value.index())
                fail(Fault::internal, "{} has attribute '{}' of the wrong kind", where(), name);
        }
        for (const AttrSpec& spec : n.op->attrs)
            if (spec.required && !n.attrs.find(spec.name)) fail(Fault::internal, "{} lacks attribute '{}'", where(), spec.name);
    }

    void node(const Node& n) {
        if (!n.op) fail(Fault::internal, "a node '{}' has no operator", n.origin);
        auto where = [&] { return fmt::format("node '{}' ({})", n.origin, n.op->name); };
        for (ValueId id : n.inputs)
            if (id != no_value) use(id, where);
        attributes(n, where);
        std::vector<Type> types;
        try {
            types = infer_types(graph_, n);
        } catch (const Error& e) {
            fail(Fault::internal, "{}: {}", where(), e.what());
        }
        if (types.size() != n.outputs.size())
            fail(Fault::internal, "{} has {} outputs, its operator computes {}", where(), n.outputs.size(), types.size());
        for (size_t i = 0; i < types.size(); ++i) {
            define(n.outputs[i], where);
            const Type& written = graph_.type(n.outputs[i]);
            if (types[i].dtype != written.dtype || types[i].shape != written.shape)
                fail(Fault::internal, "{}: output {} is written as {}, inferred as {}", where(), i, to_string(written),
                     to_string(types[i]));
            const bool stored = written.dtype == DType::i8 || written.dtype == DType::u8 || written.dtype == DType::i16;
            if (stored && !written.quant && is_quantised(graph_, n))
                fail(Fault::internal, "{}: output {} has no scale", where(), i);
        }
    }

    const Graph& graph_;
    std::vector<bool> defined_;
};

}  // namespace

void verify(const Graph& graph) { Verifier(graph).run(); }

}  // namespace tinsmith
