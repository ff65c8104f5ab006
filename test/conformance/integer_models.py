"""Writes .tflite files of one operator on quantised tensors, without tinsmith's own writer."""

import dataclasses

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(np.int8): "INT8", np.dtype(np.uint8): "UINT8", np.dtype(np.int16): "INT16", np.dtype(np.int32): "INT32",
         np.dtype(np.int64): "INT64", np.dtype(np.float32): "FLOAT32", np.dtype(np.bool_): "BOOL"}


@dataclasses.dataclass
class Tensor:
    shape: tuple
    dtype: type = np.int8
    scale: float | list | None = None  # None: not quantised; a list: one for each index along `axis`
    zero: int = 0
    axis: int = 0
    data: np.ndarray | None = None  # of a constant


def constant(array):
    array = np.asarray(array)
    return Tensor(array.shape, array.dtype.type, data=array)


@dataclasses.dataclass
class Case:
    operator: str  # of schema.BuiltinOperator
    inputs: list  # Tensor, or None where an optional one is absent
    outputs: list
    options: dict = dataclasses.field(default_factory=dict)  # fields of the operator's options table
    table: str | None = None  # its name, e.g. "AddOptions"
    low: int | None = None  # stored inputs are drawn from low on
    micro: bool = True  # False: TFLite Micro computes it, but not in earnest

    def __str__(self):
        def text(t):
            if t is None:
                return "-"
            name = f"{np.dtype(t.dtype).name}{list(t.shape)}"
            scale = "" if t.scale is None else f" {t.scale}/{t.zero}"
            return name + scale + (" constant" if t.data is not None else "")

        return f"{self.operator} {self.options} {', '.join(map(text, self.inputs))} -> {', '.join(map(text, self.outputs))}"


def _tensor(t, name, buffers):
    made = schema.TensorT()
    made.name, made.shape, made.type = name, list(map(int, t.shape)), getattr(schema.TensorType, TYPES[np.dtype(t.dtype)])
    made.buffer = 0
    if t.data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(t.data).tobytes(), np.uint8)
        buffers.append(buffer)
        made.buffer = len(buffers) - 1
    if t.scale is not None:
        scales = list(t.scale) if isinstance(t.scale, (list, np.ndarray)) else [t.scale]
        made.quantization = schema.QuantizationParametersT()
        made.quantization.scale = [float(np.float32(s)) for s in scales]
        made.quantization.zeroPoint = [int(t.zero)] * len(scales)
        made.quantization.quantizedDimension = t.axis
    return made


def write(case, path):
    """Returns the names of the inputs that are given at run time."""
    graph, model, buffers, named = schema.SubGraphT(), schema.ModelT(), [schema.BufferT()], []
    graph.tensors, node = [], schema.OperatorT()
    node.inputs, node.outputs, node.opcodeIndex = [], [], 0
    for i, t in enumerate(case.inputs):
        if t is None:
            node.inputs.append(-1)
            continue
        graph.tensors.append(_tensor(t, f"x{i}", buffers))
        node.inputs.append(len(graph.tensors) - 1)
        if t.data is None:
            named.append(node.inputs[-1])
    for i, t in enumerate(case.outputs):
        graph.tensors.append(_tensor(t, f"y{i}", buffers))
        node.outputs.append(len(graph.tensors) - 1)
    if case.table:
        node.builtinOptionsType = getattr(schema.BuiltinOptions, case.table)
        node.builtinOptions = getattr(schema, case.table + "T")()
        for field, value in case.options.items():
            assert hasattr(node.builtinOptions, field), field
            setattr(node.builtinOptions, field, value)
    graph.operators, graph.inputs, graph.outputs = [node], named, list(node.outputs)
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, case.operator)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], buffers
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())
    return [graph.tensors[i].name for i in named]


def draw_inputs(case, numbers):
    """Stored integers over the whole range with both ends among them, real numbers around 0."""
    arrays = []
    for t in case.inputs:
        if t is None or t.data is not None:
            continue
        if np.dtype(t.dtype) == np.float32:
            arrays.append(numbers.normal(0, 3, t.shape).astype(np.float32))
            continue
        if np.dtype(t.dtype) == np.bool_:
            arrays.append(numbers.integers(0, 2, t.shape).astype(np.bool_))
            continue
        limits = np.iinfo(t.dtype)
        low = limits.min if case.low is None else case.low
        array = numbers.integers(low, limits.max, t.shape, endpoint=True).astype(t.dtype)
        if array.size >= 256 and np.dtype(t.dtype).itemsize == 1:  # every value
            array.reshape(-1)[:limits.max - low + 1] = np.arange(low, limits.max + 1)
        elif array.size:
            flat = array.reshape(-1)
            flat[0] = limits.max
            flat[-1] = low
        arrays.append(array)
    return arrays
