// TFLite Micro's arena in lines of text.
#pragma once

#include "api/plan.hpp"

namespace tinsmith::cli {

std::string micro_text(const MicroArenas& arenas);

}  // namespace tinsmith::cli
