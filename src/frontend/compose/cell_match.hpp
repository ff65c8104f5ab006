// Steps of recurrent layers, recognised among the nodes that some other tool wrote for them.
#pragma once

#include "frontend/compose/affine.hpp"
#include "frontend/compose/cell.hpp"

namespace tinsmith {

// What one activation of a step takes: x W^T and h U^T with their biases, and what is added to both.
struct Gate {
    Product of_x, of_hidden;  // of_hidden.weights is no_value in a first step from zeros, where the product has been folded
    std::vector<double> constant;
};

struct CellMatch {
    Cell::Kind kind = Cell::Kind::rnn;
    ValueId x = no_value;
    std::vector<Gate> gates;  // in ONNX's order: of an RNN one; update, reset, hidden; input, output, forget, cell
    std::string
        activation;  // of the RNN's state and the GRU's hidden gate, as ONNX names it; the gates' is Sigmoid, all of the LSTM's Tanh
    bool resets_last = false;
};

// States [batch, hidden] before a step and after it.
struct StepStates {
    ValueId before, after;
    bool from_zero;  // `before` is a constant of zeros
};

// After: h' = sigmoid(o) tanh(c'), c' = sigmoid(f) c + sigmoid(i) tanh(g).
std::optional<CellMatch> match_lstm(const Producers& made, const StepStates& hidden, const StepStates& cell);
// After: h' = z h + (1 - z) n with z = sigmoid(...), n = act(W x + r (U h + b)) or act(W x + U (r h)), r = sigmoid(...).
std::optional<CellMatch> match_gru(const Producers& made, const StepStates& hidden);
// After: h' = act(W x + U h + b).
std::optional<CellMatch> match_rnn(const Producers& made, const StepStates& hidden);

// Whether two steps are of one cell: the same weights at work, and biases that come to the same.
bool is_same_cell(const Graph& graph, const CellMatch& a, const CellMatch& b);

}  // namespace tinsmith
