#include "frontend/tensorflow/outputs.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace tinsmith::tensorflow {

namespace {

struct Row {
    std::vector<std::string_view> ops, outputs;
};

const auto& rows() {
    static const std::array all{
        Row{{"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"},
            {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"}},
        Row{{"TopK", "TopKV2"}, {"values", "indices"}},
        Row{{"Unique", "UniqueV2"}, {"y", "idx"}},
        Row{{"Switch"}, {"output_false", "output_true"}},
        Row{{"Merge"}, {"output", "value_index"}},
        Row{{"TensorArrayV3"}, {"handle", "flow"}},
        Row{{"TensorArrayConcatV3"}, {"value", "lengths"}},
        Row{{"TensorListPopBack"}, {"output_handle", "tensor"}},
        Row{{"TensorListConcatV2"}, {"tensor", "lengths"}},
        Row{{"Qr"}, {"q", "r"}},
        Row{{"Svd"}, {"s", "u", "v"}},
        Row{{"Lu"}, {"lu", "p"}},
        Row{{"SelfAdjointEigV2"}, {"e", "v"}},
        Row{{"LogMatrixDeterminant"}, {"sign", "log_abs_determinant"}},
        Row{{"MaxPoolWithArgmax"}, {"output", "argmax"}},
        Row{{"NonMaxSuppressionV4"}, {"selected_indices", "valid_outputs"}},
        Row{{"NonMaxSuppressionV5"}, {"selected_indices", "selected_scores", "valid_outputs"}},
        Row{{"SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"}, {"loss", "backprop"}},
        Row{{"DecodeWav"}, {"audio", "sample_rate"}},
    };
    return all;
}

// Null: an operator with one output.
const Row* row_of(std::string_view op) {
    auto found = std::find_if(rows().begin(), rows().end(),
                              [&](const Row& row) { return std::find(row.ops.begin(), row.ops.end(), op) != row.ops.end(); });
    return found == rows().end() ? nullptr : &*found;
}

}  // namespace

size_t first_of_output(std::string_view op, std::string_view output) {
    const Row* row = row_of(op);
    if (!row) return 0;
    auto found = std::find(row->outputs.begin(), row->outputs.end(), output);
    return found == row->outputs.end() ? 0 : static_cast<size_t>(found - row->outputs.begin());
}

size_t output_count(std::string_view op) { return row_of(op) ? row_of(op)->outputs.size() : 1; }

}  // namespace tinsmith::tensorflow
