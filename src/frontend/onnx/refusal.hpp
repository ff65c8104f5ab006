// Why an ONNX operator is not converted, and what to do about it.
#pragma once

#include <string>
#include <string_view>

namespace tinsmith {

std::string refusal(std::string_view domain, std::string_view op);

}  // namespace tinsmith
