"""A loaded model: arrays in, arrays out, and classes."""

import importlib.util
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _native, arrays, errors, folders
from .kinds import Array, Path


class Model:
    """A model that runs here.

    path_or_bytes: any file that tinsmith reads (.tflite, .onnx, .keras, .h5, .pb, .pt2, a SavedModel's folder), or an ONNX or TFLite file's bytes.
    num_threads: samples of a batch side by side. runtime: "tinsmith", whose integers are the device's bit for bit, or "litert" (.tflite
    files; LiteRT must be installed: `pip install ai-edge-litert`). delegate: of LiteRT: "xnnpack", "none", "reference", or a .so.

    Threads may share a model; the GIL is free while it computes.
    """

    def __init__(self, path_or_bytes: Path | bytes | bytearray | memoryview, num_threads: int = 1, runtime: str = "tinsmith",
                 delegate: str | None = None) -> None:
        if delegate is not None and runtime != "litert":
            raise errors.InputError(f"delegate '{delegate}' is LiteRT's: runtime=\"litert\"")
        library = _litert_folder() if runtime == "litert" else ""
        if isinstance(path_or_bytes, (bytes, bytearray, memoryview)):
            with folders.temporary() as folder:
                content = bytes(path_or_bytes)
                path = pathlib.Path(folder, "model.tflite" if content[4:8] == b"TFL3" else "model.onnx")
                path.write_bytes(content)
                self._native = _native.Model(str(path), num_threads, runtime, delegate, library)
        elif isinstance(path_or_bytes, (str, os.PathLike)):
            self._native = _native.Model(os.fspath(path_or_bytes), num_threads, runtime, delegate, library)
        else:
            raise errors.InputError(f"a path or the bytes of a file are needed, not a {type(path_or_bytes).__name__}")
        self._names = [str(port["name"]) for port in self._native.inputs()]
        self._outputs = [str(port["name"]) for port in self._native.outputs()]
        self._labels = self._native.labels()

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """A dict for each input: name, shape, dtype as stored, and scale and zero_point where it is quantised."""
        return self._native.inputs()

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The same of each output."""
        return self._native.outputs()

    @property
    def labels(self) -> list[str]:
        """Names of the classes by index; empty where the model's files do not say them."""
        return list(self._labels)

    def run(self, inputs: Mapping[str, Array] | Array, real: bool = True) -> dict[str, np.ndarray]:
        """One sample. inputs: a dict of arrays by input name (or the array of the only input), of the input's shape, with or without its
        batch of 1. Returns a dict of arrays by output name, of the output's shape.

        Real numbers are quantised as the input wants them; integers of the input's own type are taken as stored. real: outputs as the real
        numbers that they stand for (float32), else as they are stored.
        """
        return dict(zip(self._outputs, self._native.run(self._ordered(inputs), real)))

    def run_batch(self, inputs: Mapping[str, Array] | Array, real: bool = True) -> dict[str, np.ndarray]:
        """As run, with [samples, ...] in every array of `inputs` and of what is returned; `real` as there."""
        return dict(zip(self._outputs, self._native.run_batch(self._ordered(inputs), real)))

    def predict_single(self, features: Mapping[str, Array] | Array) -> tuple[str | int, float]:
        """(class, confidence) of one sample: its label, or its index where there are no labels; 0 to 1. features: as run takes its inputs."""
        index, confidence = self._native.classify(self._ordered(features))
        return self._named(index), confidence

    def predict_batch(self, features: Array) -> list[tuple[str | int, float]]:
        """A list of (class, confidence) for `features` [samples, ...]."""
        array = _contiguous(features)
        return [(self._named(index), confidence) for index, confidence in self._native.classify_batch(array)]

    def _named(self, index):
        return self._labels[index] if index < len(self._labels) else index

    def _ordered(self, inputs):
        if not isinstance(inputs, Mapping):
            return [_contiguous(inputs)]
        if set(inputs) != set(self._names):
            raise errors.InputError(f"the model's inputs are {', '.join(self._names)}; given were {', '.join(map(str, inputs)) or 'none'}")
        return [_contiguous(inputs[name]) for name in self._names]

    def __repr__(self):
        def ports(described):
            return ", ".join(f"{p['name']} {p['dtype']}{list(p['shape'])}" for p in described)

        return f"<tinsmith.Model {ports(self.inputs)} -> {ports(self.outputs)}>"


TFLiteInference = Model


def _contiguous(value):
    return np.ascontiguousarray(value if isinstance(value, np.ndarray) else arrays.numpy_of(value))


def _litert_folder():
    """Where the ai-edge-litert package lies, if it is installed."""
    found = importlib.util.find_spec("ai_edge_litert")
    return os.path.dirname(found.origin) if found and found.origin else ""
