#include "frontend/tensorflow/ops.hpp"

#include "frontend/tensorflow/keep.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::tensorflow {

namespace {

// The graph's operator takes the same operands and needs no attributes.
template <const OpDef& op>
std::vector<Operand> same(NodeReader& r) {
    return {r.b.add(op, r.operands())};
}

struct Row {
    std::string_view name;
    Convert convert;
};

constexpr std::array table{
#define TF_OP(name, function) Row{#name, &from_tensorflow::function},
#define TF_SAME(name, op_name) Row{#name, &same<op::op_name>},
#include "frontend/tensorflow/ops.inc"
#undef TF_OP
#undef TF_SAME
};

struct Reason {
    std::string_view why;
    std::vector<std::string_view> ops;
    bool static_tensors = false;  // its results are tensors that TFLite has, of shapes that are known
};

const std::array reasons{
    Reason{"it reads sound, which belongs to what feeds the model; cut the model behind it with --inputs",
           {"DecodeWav", "AudioSpectrogram", "Mfcc"}},
    Reason{"strings and files have no counterpart in TFLite; cut the model behind it with --inputs",
           {"ReadFile",
            "DecodeJpeg",
            "DecodePng",
            "DecodeImage",
            "DecodeBmp",
            "DecodeRaw",
            "StringJoin",
            "StringSplit",
            "StringSplitV2",
            "RegexReplace",
            "StringToNumber",
            "ParseExample",
            "ParseExampleV2",
            "ParseSingleExample",
            "StaticRegexReplace",
            "StringLower",
            "StringFormat",
            "AsString",
            "StringToHashBucketFast",
            "StringLength"}},
    Reason{"tables have no counterpart in TFLite; cut the model behind it with --inputs, so that the numbers are the input",
           {"HashTable", "HashTableV2", "MutableHashTableV2", "MutableDenseHashTableV2", "AnonymousHashTable",
            "LookupTableFind", "LookupTableFindV2", "LookupTableSizeV2", "LookupTableExportV2", "InitializeTableV2",
            "InitializeTableFromTextFileV2"}},
    Reason{"TFLite has no complex numbers for this; compute the spectrum outside the model, or as a product with cosines and "
           "sines",
           {"Complex", "ComplexAbs", "Real", "Imag", "Conj", "Angle", "FFT", "FFT2D", "IFFT", "RFFT", "RFFT2D", "IRFFT",
            "IRFFT2D"}},
    Reason{
        "its result is random, which TFLite cannot reproduce; export the model for inference, or pass the numbers as an input",
        {"RandomUniform", "RandomStandardNormal", "RandomUniformInt", "TruncatedNormal", "Multinomial",
         "StatelessRandomUniformV2", "StatelessRandomNormalV2", "StatelessRandomGetKeyCounter", "StatefulUniform",
         "StatelessMultinomial"},
        true},
    Reason{"the shape of its result depends on the data, and shapes have to be static; cut the model before it with --outputs",
           {"Where", "Unique", "UniqueV2", "UniqueWithCounts", "DynamicPartition", "RaggedRange", "ListDiff"}},
    Reason{"how many boxes it selects is known at run time only; use tf.image.non_max_suppression_padded, whose results have a "
           "fixed length, or cut the model before it with --outputs",
           {"NonMaxSuppression", "NonMaxSuppressionV2", "NonMaxSuppressionV3", "NonMaxSuppressionWithOverlaps",
            "CombinedNonMaxSuppression"}},
};

}  // namespace

Convert find_op(std::string_view name) {
    auto found = std::find_if(table.begin(), table.end(), [&](const Row& row) { return row.name == name; });
    return found == table.end() ? nullptr : found->convert;
}

std::vector<std::string_view> all_converted_ops() {
    std::vector<std::string_view> names;
    for (const Row& row : table) names.push_back(row.name);
    std::sort(names.begin(), names.end());
    return names;
}

static const Reason* reason_for(std::string_view op) {
    auto found = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) {
        return std::find(reason.ops.begin(), reason.ops.end(), op) != reason.ops.end();
    });
    return found == reasons.end() ? nullptr : &*found;
}

bool gives_static_tensors(std::string_view op) { return !reason_for(op) || reason_for(op)->static_tensors; }

std::string refusal(std::string_view op) {
    if (const Reason* reason = reason_for(op)) return std::string(reason->why);
    return "no TFLite operator computes this, and no composition of them is known; replace it in the model, or cut the model "
           "before "
           "it with --outputs";
}

}  // namespace tinsmith::tensorflow
