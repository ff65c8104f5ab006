"""What the package's functions take, by name: for type checkers and readers."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Path: TypeAlias = str | os.PathLike[str]

# An array of NumPy, PyTorch or TensorFlow; or anything that np.asarray takes.
Array: TypeAlias = Any

# A path of any format that is read, the bytes of an ONNX or TFLite file, or an object: nn.Module, ExportedProgram, keras.Model,
# onnx.ModelProto. None of their libraries is needed here, so none can be named.
AnyModel: TypeAlias = Path | bytes | bytearray | memoryview | object

# A path as --data takes it, an array [samples, ...], a dict of them by input name, or an iterable of batches or of pairs (x, y).
Data: TypeAlias = Path | Array | Mapping[str, Array] | Iterable[Any] | None

# What a command prints with --json (docs/command.md).
Figures: TypeAlias = dict[str, Any]
