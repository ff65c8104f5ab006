#include "frontend/torch/ops.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::torch {

namespace {

struct Row {
    std::string_view name;
    Convert convert;
};

constexpr Row table[] = {
#define TORCH_OP(target, function) {target, from_torch::function},
#include "frontend/torch/ops.inc"
#undef TORCH_OP
};

constexpr std::array<std::string_view, 38> views{"aten.view",
                                                 "aten.view_as",
                                                 "aten.reshape",
                                                 "aten.reshape_as",
                                                 "aten.flatten",
                                                 "aten.unflatten",
                                                 "aten.squeeze",
                                                 "aten.unsqueeze",
                                                 "aten.permute",
                                                 "aten.transpose",
                                                 "aten.t",
                                                 "aten.numpy_T",
                                                 "aten.expand",
                                                 "aten.expand_as",
                                                 "aten.select",
                                                 "aten.slice",
                                                 "aten.narrow",
                                                 "aten.split",
                                                 "aten.split_with_sizes",
                                                 "aten.chunk",
                                                 "aten.unbind",
                                                 "aten.alias",
                                                 "aten.detach",
                                                 "aten.contiguous",
                                                 "aten.to",
                                                 "aten.dropout",
                                                 "aten.diagonal",
                                                 "aten.unfold",
                                                 "aten.swapaxes",
                                                 "aten.swapdims",
                                                 "aten.movedim",
                                                 "aten.as_strided",
                                                 "aten.tensor_split",
                                                 "aten.ravel",
                                                 "aten.atleast_1d",
                                                 "aten.atleast_2d",
                                                 "aten.atleast_3d",
                                                 "aten.lift_fresh"};

constexpr std::array<std::string_view, 8> assertions{"aten._assert_scalar",
                                                     "aten._assert_async",
                                                     "aten._assert_tensor_metadata",
                                                     "aten.sym_constrain_range",
                                                     "aten.sym_constrain_range_for_size",
                                                     "aten._functional_assert_async",
                                                     "aten._functional_assert_scalar",
                                                     "aten._print"};

struct Reason {
    std::string_view name, why;
};

constexpr std::string_view random =
    "its result is random, which a file that is proven equal cannot be; export the model in eval mode";
constexpr std::string_view data_dependent =
    "how many elements its result has depends on the data; TFLite's shapes are static: take this part out of the model";
constexpr Reason reasons[] = {
    {"aten.rand", random},
    {"aten.randn", random},
    {"aten.rand_like", random},
    {"aten.randn_like", random},
    {"aten.randint", random},
    {"aten.bernoulli", random},
    {"aten.multinomial", random},
    {"aten.normal", random},
    {"aten.uniform", random},
    {"aten.randperm", random},
    {"aten.fractional_max_pool2d", random},
    {"aten.fractional_max_pool3d", random},
    {"aten.nonzero", data_dependent},
    {"aten.masked_select", data_dependent},
    {"aten.unique_dim", data_dependent},
    {"aten._unique2", data_dependent},
    {"aten.repeat_interleave", data_dependent},
    {"aten.bincount", data_dependent},
    {"aten.fft_fft", "complex numbers; TFLite's kernels compute none"},
    {"aten.fft_rfft", "complex numbers; TFLite's kernels compute none"},
    {"aten.stft", "complex numbers; TFLite's kernels compute none: compute the features before the model (see --preprocess)"},
    {"aten.complex", "complex numbers; TFLite's kernels compute none"},
    {"aten.view_as_complex", "complex numbers; TFLite's kernels compute none"},
    {"aten.view_as_real", "complex numbers; TFLite's kernels compute none"},
};

}  // namespace

OpName parse_target(const std::string& target) {
    OpName out;
    const size_t first = target.find('.'), second = first == target.npos ? first : target.find('.', first + 1);
    out.base = target.substr(0, second);
    if (second != target.npos) out.overload = target.substr(second + 1);
    if (out.base.starts_with("aten.") && out.base.ends_with('_') && !out.base.ends_with("__")) {
        out.base.pop_back();
        out.in_place = true;
    }
    return out;
}

Convert find_op(std::string_view base) {
    const auto* found = std::find_if(std::begin(table), std::end(table), [&](const Row& row) { return row.name == base; });
    return found == std::end(table) ? nullptr : found->convert;
}

bool is_view(std::string_view base) { return std::find(views.begin(), views.end(), base) != views.end(); }

bool is_assertion(std::string_view base) { return std::find(assertions.begin(), assertions.end(), base) != assertions.end(); }

std::string refusal(const std::string& target) {
    const OpName name = parse_target(target);
    for (const Reason& reason : reasons)
        if (reason.name == name.base) return std::string(reason.why);
    if (name.base.starts_with("higher_order.wrap_with_set_grad"))
        return "a part under torch.no_grad(), as training has it (torchao's fake quantisation: quantize_(model, "
               "QATConfig(base_config, step=\"convert\")) ends it); exported.run_decompositions() writes it in operators that "
               "are read";
    if (name.base.starts_with("higher_order."))
        return "control flow and wrapped calls have no counterpart here; take the branch out of forward() before torch.export";
    if (!name.base.starts_with("aten.")) return "an operator that is not PyTorch's own; write it with operators of torch";
    return "neither TFLite nor tinsmith has it (docs/torch-support.md lists what is read); exported.run_decompositions() may "
           "write it in "
           "operators that are read";
}

}  // namespace tinsmith::torch
