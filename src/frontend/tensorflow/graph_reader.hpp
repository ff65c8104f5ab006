// Reads the nodes of a TensorFlow graph into a graph of ours: functions inlined, variables resolved, loops written out.
#pragma once

#include "frontend/compose/problems.hpp"
#include "frontend/read_options.hpp"
#include "frontend/tensorflow/body.hpp"
#include "frontend/tensorflow/node_reader.hpp"
#include "frontend/tensorflow/variables.hpp"

namespace tinsmith::tensorflow {

using Bindings = std::map<std::pair<std::string_view, size_t>, Operand>;  // node or argument, and which output of it

class GraphReader {
public:
    // All of them must outlive this.
    GraphReader(const GraphDef& graph, Variables& variables, Builder& builder, const ReadOptions& options);

    // The tensors of the main graph; `given` takes the place of what nodes compute. What cannot be converted is collected: such tensors are
    // Unknown; see report().
    std::vector<Operand> read(const Body& body, const Bindings& given, const std::vector<std::string_view>& wanted);
    // Throws Fault::unsupported listing all that was collected.
    void report() const;
    void count_expansion();  // throws where functions and loops write out too much

    // For converters: what a function computes from `args`, the value of a variable, a loop by the rules of the graph's first version.
    std::vector<Operand> call(const AttributeValue& function, const std::vector<Operand>& args);
    ValueId variable(const Resource& resource);
    ValueId transposed(ValueId matrix);  // of a constant; the same one each time, as the steps of a loop ask for it
    const ReadOptions& options() const { return options_; }
    Tensor tensor(Bytes bytes) const { return decode_tensor(bytes, graph_.file); }

private:
    class Restored;
    // One evaluation of a body.
    struct Frame {
        const Body& body;
        const std::vector<Attribute>& call_attrs;
        std::vector<std::vector<Operand>> results;  // by node; empty: not read
        std::map<std::string_view, Operand> args;
        std::string prefix;  // of origins
    };
    std::vector<Operand> read(Frame& frame, const std::vector<std::string_view>& wanted);
    void read_node(Frame& frame, const Node& node, std::vector<Operand>& results);
    std::vector<Operand> convert(Frame& frame, const Node& node, std::vector<Operand> in);
    std::vector<Operand> convert_or_keep(NodeReader& reader);
    bool keeps() const { return options_.allow_custom || options_.allow_select_tf_ops; }
    Operand lookup(Frame& frame, std::string_view input);
    void run_loop(Frame& frame, const Node& exit);
    void refuse_effects(const Body& body, const std::vector<size_t>& order);
    void add_problem(const Node& node, std::string why);
    const Body& function(std::string_view name);

    const GraphDef& graph_;
    Variables& variables_;
    Builder& b_;
    const ReadOptions& options_;
    Problems problems_;
    std::map<std::string_view, std::unique_ptr<Body>> functions_;
    std::map<std::string, ValueId> values_;  // of variables
    std::map<ValueId, ValueId> transposed_;
    std::string prefix_;   // of the origins of what a function that is called now computes
    size_t expanded_ = 0;  // nodes read so far, those of functions and loops each time they are read
    int depth_ = 0;
};

}  // namespace tinsmith::tensorflow
