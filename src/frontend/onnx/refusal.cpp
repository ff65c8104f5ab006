#include "frontend/onnx/refusal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tinsmith {

namespace {

struct Reason {
    std::string_view why;
    std::vector<std::string_view> ops;
};

const std::array reasons{
    Reason{"sequences and optional values have no counterpart in TFLite; export the model with tensors only",
           {"SequenceConstruct", "SequenceEmpty", "SequenceAt", "SequenceErase", "SequenceInsert", "SequenceLength",
            "SequenceMap", "ConcatFromSequence", "SplitToSequence", "Optional", "OptionalGetElement", "OptionalHasElement"}},
    Reason{"strings have no counterpart in TFLite; do this step outside the model",
           {"StringNormalizer", "TfIdfVectorizer", "StringConcat", "StringSplit", "RegexFullMatch", "ImageDecoder"}},
    Reason{
        "its result is random, which TFLite cannot reproduce; export the model for inference, or pass the numbers as an input",
        {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"}},
    Reason{"the shape of its result depends on the data, and shapes have to be static; cut the model before it with --outputs",
           {"NonZero", "Unique", "Compress"}},
    Reason{"it belongs to training; export the model for inference", {"Gradient", "Adam", "Adagrad", "Momentum"}},
};

}  // namespace

std::string refusal(std::string_view domain, std::string_view op) {
    if (domain == "com.microsoft" || domain.starts_with("com.microsoft."))
        return fmt::format("operators of '{}' are ONNX Runtime's own; export the model without its graph optimisations",
                           domain);
    if (!domain.empty())
        return fmt::format("the model does not define this operator of '{}'; export it as a function or as standard operators",
                           domain);
    for (const Reason& reason : reasons)
        if (std::find(reason.ops.begin(), reason.ops.end(), op) != reason.ops.end()) return std::string(reason.why);
    return "no TFLite operator computes this, and no composition of them is known; cut the model before it with --outputs";
}

}  // namespace tinsmith
