// A delegate from a shared library (the "external delegate" plug-in interface), put in front of LiteRT's own kernels.
#pragma once

#include "litert/library.hpp"

namespace tinsmith::litert {

// Makes the environment offer the delegate in `file` to models compiled for `on_gpu`. Throws Fault::input when the file is no
// delegate.
void register_delegate(const Library& library, Handle environment, const std::string& file);

}  // namespace tinsmith::litert
