// Operators that turn sound into features: what feeds a keyword model, and what no target computes.
#pragma once

#include "frontend/tensorflow/body.hpp"

namespace tinsmith::tensorflow {

struct FrontEnd {
    std::string_view node;                 // the last of them, whose result becomes an input
    OpenShape shape;                       // of that result, as the attributes along the way say
    std::string operators;                 // "DecodeWav, AudioSpectrogram, Mfcc"
    std::vector<std::string_view> behind;  // nodes that feed it
};

// Each Mfcc, and each AudioSpectrogram that feeds no Mfcc.
std::vector<FrontEnd> front_ends(const GraphDef& graph, const Body& body);

}  // namespace tinsmith::tensorflow
