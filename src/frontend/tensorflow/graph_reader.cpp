#include "frontend/tensorflow/graph_reader.hpp"

#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/keep.hpp"
#include "frontend/tensorflow/ops.hpp"
#include "frontend/tensorflow/recurrent.hpp"

#include <algorithm>
#include <new>

namespace tinsmith::tensorflow {

namespace {

// Functions that call functions, and loops, may write out far more nodes than the file has.
constexpr size_t expansion_limit = 200'000;
constexpr int depth_limit = 40;

template <class State>
bool any(const std::vector<Operand>& operands) {
    return std::any_of(operands.begin(), operands.end(), [](const Operand& o) { return std::holds_alternative<State>(o); });
}

bool writes_variable(std::string_view op) { return op.starts_with("Assign") || op.starts_with("ResourceScatter"); }

bool is_call(std::string_view name) {
    const std::string_view last = name.substr(name.rfind('/') + 1);
    return last.starts_with("StatefulPartitionedCall") || last.starts_with("PartitionedCall");
}

}  // namespace

// Puts back what a node or call changes of the reader, also when it is left by an error.
class GraphReader::Restored {
public:
    explicit Restored(GraphReader& reader)
        : reader_(reader), prefix_(reader.prefix_), origin_(reader.b_.origin), depth_(reader.depth_) {}
    ~Restored() {
        reader_.prefix_ = std::move(prefix_);
        reader_.b_.origin = std::move(origin_);
        reader_.depth_ = depth_;
    }
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;

private:
    GraphReader& reader_;
    std::string prefix_, origin_;
    int depth_;
};

GraphReader::GraphReader(const GraphDef& graph, Variables& variables, Builder& builder, const ReadOptions& options)
    : graph_(graph), variables_(variables), b_(builder), options_(options) {}

void GraphReader::add_problem(const Node& node, std::string why) { problems_.add(node.op, node_label(node), std::move(why)); }

void GraphReader::report() const {
    if (problems_.empty()) return;
    std::string text = problems_.text();
    if (!keeps() && problems_.any([](const std::string& op) { return is_operator(op); }))
        text +=
            "\nThree ways out: replace such an operator in the model; --allow-custom writes it as a custom operator, for a "
            "runtime "
            "that registers it; --allow-select-tf-ops as TensorFlow's own, for a runtime that links its kernels";
    throw Error(Fault::unsupported, text);
}

const Body& GraphReader::function(std::string_view name) {
    auto [found, added] = functions_.try_emplace(name);
    if (added) {
        auto bytes = graph_.functions.find(name);
        check(bytes != graph_.functions.end(), "there is no function '{}'", name);
        found->second = within(fmt::format("function '{}'", name),
                               [&] { return std::make_unique<Body>(decode_function(bytes->second, graph_.file)); });
    }
    check(found->second != nullptr, "there is no function '{}'", name);
    return *found->second;
}

std::vector<Operand> GraphReader::call(const AttributeValue& called, const std::vector<Operand>& args) {
    const Body& body = function(called.text);
    check(args.size() == body.inputs().size(), "function '{}' takes {} inputs, not {}", called.text, body.inputs().size(),
          args.size());
    check(depth_ < depth_limit, "functions nest deeper than {} levels", depth_limit);
    Frame frame{body, called.attributes, std::vector<std::vector<Operand>>(body.nodes().size()), {}, prefix_};
    for (size_t i = 0; i < args.size(); ++i) frame.args[body.inputs()[i].name] = args[i];
    const Restored restored(*this);
    ++depth_;
    return read(frame, body.results());
}

std::vector<Operand> GraphReader::read(const Body& body, const Bindings& given, const std::vector<std::string_view>& wanted) {
    const std::vector<Attribute> no_call;
    Frame frame{body, no_call, std::vector<std::vector<Operand>>(body.nodes().size()), {}, {}};
    for (const auto& [place, operand] : given) {
        auto node = body.find(place.first);
        check(node.has_value(), "there is no node '{}'", place.first);
        auto& results = frame.results[*node];
        if (results.size() <= place.second) results.resize(place.second + 1);
        results[place.second] = operand;
    }
    return read(frame, wanted);
}

// A variable that is written while the model runs would keep its first value here.
void GraphReader::refuse_effects(const Body& body, const std::vector<size_t>& order) {
    std::vector<size_t> open;
    std::vector<bool> seen(body.nodes().size());
    auto visit = [&](std::string_view name) {
        auto found = body.find(name);
        if (!found || seen[*found]) return;
        seen[*found] = true;
        open.push_back(*found);
    };
    for (std::string_view effect : body.effects()) visit(effect);
    auto follow = [&](const Node& node) {
        for (std::string_view input : node.inputs)
            if (const TensorName name = body.parse(input); name.control) visit(name.node);
    };
    for (size_t index : order) follow(body.nodes()[index]);
    while (!open.empty()) {
        const Node& node = body.nodes()[open.back()];
        open.pop_back();
        if (writes_variable(node.op))
            add_problem(node,
                        "the model writes to a variable while it runs; export it for inference, or pass the state as an input "
                        "and an output");
        follow(node);
    }
}

void GraphReader::count_expansion() {
    supported(++expanded_ <= expansion_limit + graph_.nodes.size(),
              "written out, the functions and loops of the model have more than {} nodes", expansion_limit);
}

std::vector<Operand> GraphReader::read(Frame& frame, const std::vector<std::string_view>& wanted) {
    std::vector<bool> known(frame.results.size());
    for (size_t i = 0; i < known.size(); ++i) known[i] = !frame.results[i].empty();
    const std::vector<size_t> order = frame.body.order(wanted, known);
    refuse_effects(frame.body, order);
    count_expansion();  // a loop that computes nothing ends too
    for (size_t index : order) {
        const Node& node = frame.body.nodes()[index];
        count_expansion();
        if (node.op == "Exit" && frame.results[index].empty())
            run_loop(frame, node);
        else
            read_node(frame, node, frame.results[index]);
    }
    std::vector<Operand> out;
    for (std::string_view text : wanted) out.push_back(lookup(frame, text));
    return out;
}

Operand GraphReader::lookup(Frame& frame, std::string_view input) {
    const TensorName name = frame.body.parse(input);
    auto node = frame.body.find(name.node);
    if (!node) {
        auto arg = frame.args.find(name.node);
        check(arg != frame.args.end(), "'{}' is computed by no node", input);
        return arg->second;
    }
    const std::vector<Operand>& results = frame.results[*node];
    check(!results.empty(), "'{}' is not computed", input);
    if (name.output < results.size()) return results[name.output];
    check(results.size() == 1 && (any<Unknown>(results) || any<Dead>(results)), "{} has no output {}",
          node_label(frame.body.nodes()[*node]), name.output);
    return results[0];  // Unknown and Dead are so in all outputs
}

void GraphReader::read_node(Frame& frame, const Node& node, std::vector<Operand>& results) {
    std::vector<Operand> out{Unknown{}};
    try {
        std::vector<Operand> in;
        for (std::string_view input : node.inputs)
            if (!input.starts_with('^')) in.push_back(lookup(frame, input));
        if (any<Dead>(in) && node.op != "Merge") {
            out = {Dead{}};
        } else if (!any<Unknown>(in)) {
            out = convert(frame, node, std::move(in));
            if (out.empty()) out.emplace_back(Unknown{});
        } else if (!find_op(node.op) && !graph_.functions.contains(node.op) && !keeps()) {
            add_problem(node, refusal(node.op));
        }
    } catch (const Error& e) {
        // After the first problem what looks wrong may be its fault.
        if (e.fault == Fault::unsupported)
            add_problem(node, e.what());
        else if (e.fault != Fault::input || problems_.empty())
            throw is_call(node.name) ? e : Error(e.fault, node_label(node) + ": " + e.what());
    } catch (const std::bad_alloc&) {
        fail(Fault::input, "{}: converting it needs more memory than there is", node_label(node));
    } catch (const std::length_error&) {
        fail(Fault::input, "{}: converting it needs more memory than there is", node_label(node));
    }
    for (size_t i = 0; i < out.size(); ++i) {
        const ValueId* id = std::get_if<ValueId>(&out[i]);
        if (!id || *id == no_value) continue;
        std::string& name = b_.graph.values[*id].name;
        if (name.empty()) name = i == 0 ? std::string(node.name) : fmt::format("{}:{}", node.name, i);
    }
    results = std::move(out);
}

std::vector<Operand> GraphReader::convert(Frame& frame, const Node& node, std::vector<Operand> in) {
    const Restored restored(*this);
    b_.origin = frame.prefix + std::string(node.name);
    prefix_ = is_call(b_.origin) ? b_.origin.substr(0, b_.origin.rfind('/') + 1) : b_.origin + "/";
    NodeReader reader{b_, node, std::move(in), *this, frame.call_attrs};
    if (find_op(node.op) || !graph_.functions.contains(node.op)) return convert_or_keep(reader);
    AttributeValue called;
    called.text = node.op;
    called.attributes = node.attributes;
    return call(called, reader.in);
}

std::vector<Operand> GraphReader::convert_or_keep(NodeReader& reader) {
    const Convert converter = find_op(reader.node.op);
    try {
        supported(converter != nullptr, "{}", refusal(reader.node.op));
        return converter(reader);
    } catch (const Error& refused) {
        if (refused.fault != Fault::unsupported || !keeps()) throw;
        try {
            return keep(reader, options_);
        } catch (const Error& e) {
            if (e.fault != Fault::unsupported) throw;
            throw Error(Fault::unsupported, fmt::format("{}; {}", refused.what(), e.what()));
        }
    }
}

// Enter -> Merge -> Switch(LoopCond) -> body -> NextIteration -> Merge, and Exit from the Switch: the body is read as often as the
// condition, which must be known, says.
void GraphReader::run_loop(Frame& frame, const Node& exit) {
    const Body& body = frame.body;
    check(depth_ < depth_limit, "loops nest deeper than {} levels", depth_limit);
    const Restored restored(*this);
    ++depth_;
    Frame once{body, frame.call_attrs, std::vector<std::vector<Operand>>(body.nodes().size()), frame.args, frame.prefix};
    struct Carried {
        size_t merge;
        std::string_view next;
        Operand value;
    };
    std::vector<Carried> carried;
    const std::vector<size_t> entries = body.entries(exit);
    auto is_entry = [&](std::string_view input) {
        auto found = body.find(body.parse(input).node);
        return found && std::count(entries.begin(), entries.end(), *found);
    };
    for (size_t entry : entries) once.results[entry] = frame.results[entry];
    const Node* condition = nullptr;
    for (size_t i = 0; i < body.nodes().size(); ++i) {
        const Node& node = body.nodes()[i];
        if (node.op != "Merge" || node.inputs.size() != 2 || !is_entry(node.inputs[0])) continue;
        const Node& next = body.source(node, 1);
        check(next.op == "NextIteration" && !next.inputs.empty(), "{} belongs to no loop", node_label(node));
        carried.push_back({i, next.inputs[0], lookup(frame, node.inputs[0])});
    }
    condition = &body.source(body.source(exit, 0), 1);  // Exit <- Switch <- LoopCond
    check(!condition->inputs.empty(), "{} has no input", node_label(*condition));
    std::vector<std::string_view> wanted;
    for (const Carried& c : carried) wanted.push_back(c.next);
    const size_t first = b_.graph.nodes.size();
    std::vector<std::vector<Operand>> states;  // before the first step, and after each; then what every step sees
    while (true) {
        states.emplace_back();
        for (const Carried& c : carried) states.back().push_back(c.value);
        for (size_t entry : entries)
            states.back().insert(states.back().end(), frame.results[entry].begin(), frame.results[entry].end());
        for (const Carried& c : carried) once.results[c.merge] = {c.value};
        const std::vector<Operand> go_on = read(once, {condition->inputs[0]});
        const ValueId* decides = std::get_if<ValueId>(&go_on[0]);
        if (!decides) break;  // the reason is on the list already
        supported(b_.graph.is_constant(*decides) && b_.type(*decides).elements() == 1,
                  "{}: how often the loop runs is known at run time only; export the model with a fixed number of steps",
                  node_label(*condition));
        if (b_.graph.constant_ints(*decides)[0] == 0) break;
        const std::vector<Operand> next = read(once, wanted);
        for (size_t i = 0; i < carried.size(); ++i) carried[i].value = next[i];
        for (auto& results : once.results) results.clear();
        for (size_t entry : entries) once.results[entry] = frame.results[entry];
    }
    recognise_recurrent(b_, first, options_.unroll_rnn, states);
    for (size_t i = 0; i < carried.size(); ++i) carried[i].value = states.back()[i];
    // Every Exit of the loop at once.
    for (size_t i = 0; i < body.nodes().size(); ++i) {
        if (body.nodes()[i].op != "Exit") continue;
        const auto merge = body.find(body.source(body.source(body.nodes()[i], 0), 0).name);
        for (const Carried& c : carried)
            if (c.merge == *merge) frame.results[i] = {c.value};
    }
    check(!frame.results[*body.find(exit.name)].empty(), "{}: its loop does not carry it", node_label(exit));
}

ValueId GraphReader::transposed(ValueId matrix) {
    auto [found, added] = transposed_.try_emplace(matrix);
    if (added) found->second = Compose(b_).transpose(matrix, {1, 0});
    return found->second;
}

ValueId GraphReader::variable(const Resource& resource) {
    auto [found, added] = values_.try_emplace(resource.node + '\n' + resource.name);
    if (added) {
        const std::string origin = std::move(b_.origin);
        found->second = add_tensor(b_, variables_.value(resource), resource.name);
        b_.origin = origin;
    }
    return found->second;
}

}  // namespace tinsmith::tensorflow
