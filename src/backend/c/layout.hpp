// The layout of C that was written or expanded onto long lines.
#pragma once

#include <string>
#include <string_view>

namespace tinsmith::c99 {

// One statement a line, blocks indented by four spaces. Initialisers stay on their line.
std::string laid_out(std::string_view code);

}  // namespace tinsmith::c99
