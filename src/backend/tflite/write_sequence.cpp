// Control flow: the bodies become sub-graphs of the file.
#include "backend/tflite/operator_writer.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;

Operation write_while(const OperatorWriter& w) {
    int32_t cond = w.subgraph(w.node.graph("cond"));
    int32_t body = w.subgraph(w.node.graph("body"));
    return {B::WHILE, w.all_inputs(), CreateWhileOptions(w.fbb, cond, body), {}};
}

Operation write_if(const OperatorWriter& w) {
    int32_t then = w.subgraph(w.node.graph("then"));
    int32_t otherwise = w.subgraph(w.node.graph("else"));
    return {B::IF, w.all_inputs(), CreateIfOptions(w.fbb, then, otherwise), {}};
}

constexpr WriteRow rows[]{{"While", write_while}, {"If", write_if}};

}  // namespace

std::span<const WriteRow> sequence_writers() { return rows; }

}  // namespace tinsmith::tflite
