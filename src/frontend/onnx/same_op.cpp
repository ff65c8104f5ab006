#include "frontend/onnx/same_op.hpp"

#include <algorithm>

namespace tinsmith {

static Attr attribute_like(const NodeReader& r, const AttrSpec& spec) {
    struct Visitor {
        const NodeReader& r;
        std::string_view name;
        Attr operator()(bool) const { return r.integer(name) != 0; }
        Attr operator()(int64_t) const { return r.integer(name); }
        Attr operator()(double) const { return r.real(name, 0); }
        Attr operator()(const std::string&) const { return r.text(name, ""); }
        Attr operator()(const Ints&) const { return *r.integers(name); }
        Attr operator()(const Floats&) const {
            std::vector<float> reals = r.reals(name);
            return Floats(reals.begin(), reals.end());
        }
        Attr operator()(const GraphRef&) const { fail(Fault::internal, "attribute '{}' is a graph", name); }
    };
    return std::visit(Visitor{r, spec.name}, spec.fallback);
}

std::vector<ValueId> convert_same(NodeReader& r, const OpDef& op) {
    Attrs attrs;
    for (const onnx::Attribute& attribute : r.node.attributes) {
        if (attribute.name == "consumed_inputs") continue;  // a hint of the first opsets about memory
        auto spec = std::find_if(op.attrs.begin(), op.attrs.end(), [&](const AttrSpec& s) { return s.name == attribute.name; });
        supported(spec != op.attrs.end(), "attribute '{}' is not known", attribute.name);
        attrs.set(spec->name, attribute_like(r, *spec));
    }
    return r.b.add_all(op, r.in, std::move(attrs));
}

}  // namespace tinsmith
