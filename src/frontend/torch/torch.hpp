// Reader of exported PyTorch programs: .pt2, as torch.export.save writes them.
#pragma once

#include "frontend/frontend.hpp"

namespace tinsmith {

Frontend torch_frontend();

}  // namespace tinsmith
