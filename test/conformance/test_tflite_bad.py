"""TFLite files whose indices, axes and sizes lie outside what they index, and files that are hardly any: an input error that names file and
operator, from every verb that reads them."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

import tinsmith
from integer_layers import BUILTINS, Tensor, model

X = (2, 3, 4)
FAR = (-100, 99, 2**31 - 1, -2**31)


def options(name, **values):
    out = getattr(schema, name + "T")()
    for key, value in values.items():
        assert hasattr(out, key), key
        setattr(out, key, value)
    return out


def numbers(*values, shape=None):
    return Tensor([len(values)] if shape is None else shape, "int32", data=np.array(values, np.int32))


def x(*shape):
    return Tensor(shape or X, "float32")


def floats(*shape):
    return Tensor(shape, "float32", data=np.ones(shape, np.float32))


# The operands and options of each operator with the index `v` in it; the result as a sound file would have it.
CASES = {
    "RESHAPE": lambda v: (options("ReshapeOptions", newShape=[v, 3]), [x(), numbers(v, 3)]),
    "ARG_MAX": lambda v: (options("ArgMaxOptions", outputType=schema.TensorType.INT32), [x(), numbers(v, shape=[])]),
    "ARG_MIN": lambda v: (options("ArgMinOptions", outputType=schema.TensorType.INT32), [x(), numbers(v, shape=[])]),
    "GATHER": lambda v: (options("GatherOptions", axis=v), [x(), numbers(0, 1)]),
    "GATHER batch": lambda v: (options("GatherOptions", axis=1, batchDims=v), [x(), numbers(0, 1)]),
    "CONCATENATION": lambda v: (options("ConcatenationOptions", axis=v), [x(), x()]),
    "SPLIT": lambda v: (options("SplitOptions", numSplits=1), [numbers(v, shape=[]), x()]),
    "SPLIT_V": lambda v: (options("SplitVOptions", numSplits=1), [x(), numbers(v), numbers(1, shape=[])]),
    "SPLIT_V axis": lambda v: (options("SplitVOptions", numSplits=1), [x(), numbers(3), numbers(v, shape=[])]),
    "PACK": lambda v: (options("PackOptions", axis=v, valuesCount=2), [x(), x()]),
    "UNPACK": lambda v: (options("UnpackOptions", axis=v, num=2), [x()]),
    "SUM": lambda v: (options("ReducerOptions"), [x(), numbers(v)]),
    "MEAN": lambda v: (options("ReducerOptions"), [x(), numbers(0, v)]),
    "REDUCE_MAX": lambda v: (options("ReducerOptions"), [x(), numbers(v)]),
    "EXPAND_DIMS": lambda v: (options("ExpandDimsOptions"), [x(), numbers(v, shape=[])]),
    "SQUEEZE": lambda v: (options("SqueezeOptions", squeezeDims=[v]), [x(1, 3)]),
    "TRANSPOSE": lambda v: (options("TransposeOptions"), [x(), numbers(0, v, 1)]),
    "CUMSUM": lambda v: (options("CumsumOptions"), [x(), numbers(v, shape=[])]),
    "REVERSE_V2": lambda v: (options("ReverseV2Options"), [x(), numbers(v)]),
    "ONE_HOT": lambda v: (options("OneHotOptions", axis=v), [Tensor([3], "int32"), numbers(4, shape=[]), floats(), floats()]),
    "SLICE": lambda v: (options("SliceOptions"), [x(), numbers(0, v, 0), numbers(1, 1, 1)]),
    "SLICE size": lambda v: (options("SliceOptions"), [x(), numbers(0, 0, 0), numbers(1, v, 1)]),
    "PAD": lambda v: (options("PadOptions"), [x(), numbers(0, 0, -abs(v), 0, 0, 0, shape=[3, 2])]),
    "TILE": lambda v: (options("TileOptions"), [x(), numbers(1, -abs(v), 1)]),
    "FILL": lambda v: (options("FillOptions"), [numbers(2, -abs(v)), floats()]),
    "BROADCAST_TO": lambda v: (options("BroadcastToOptions"), [x(), numbers(v, 3, 4)]),
    "TOPK_V2": lambda v: (options("TopKV2Options"), [x(), numbers(v, shape=[])]),
    "SPACE_TO_DEPTH": lambda v: (options("SpaceToDepthOptions", blockSize=-abs(v)), [x(1, 4, 4, 2)]),
    "DEPTH_TO_SPACE": lambda v: (options("DepthToSpaceOptions", blockSize=-abs(v)), [x(1, 4, 4, 4)]),
    "SPACE_TO_BATCH_ND": lambda v: (options("SpaceToBatchNDOptions"), [x(1, 4, 4, 2), numbers(v, 2), numbers(0, 0, 0, 0, shape=[2, 2])]),
    "BATCH_TO_SPACE_ND": lambda v: (options("BatchToSpaceNDOptions"), [x(4, 4, 4, 2), numbers(2, 2), numbers(v, 0, 0, 0, shape=[2, 2])]),
    "REVERSE_SEQUENCE": lambda v: (options("ReverseSequenceOptions", seqDim=v, batchDim=0), [x(), numbers(1, 2)]),
    "RESIZE_BILINEAR": lambda v: (options("ResizeBilinearOptions"), [x(1, 4, 4, 2), numbers(-abs(v), 2)]),
    "SCATTER_ND": lambda v: (options("ScatterNdOptions"), [numbers(0, shape=[1, 1]), x(1, 3), numbers(-abs(v), 3)]),
    "STRIDED_SLICE": lambda v: (options("StridedSliceOptions"), [x(), numbers(0, 0, 0), numbers(2, 3, 4), numbers(1, 0, 1)]),
    "MIRROR_PAD": lambda v: (options("MirrorPadOptions"), [x(), numbers(0, 0, v, 0, 0, 0, shape=[3, 2])]),
}


def check(command, path, operator):
    for verb in ("inspect", "convert"):
        extra = ["-o", path.with_suffix(".out.tflite")] if verb == "convert" else []
        done = tinsmith.call(command, verb, path, *extra, timeout=20)
        assert done.code == tinsmith.INPUT, f"{verb} ended with {done.code}: {done.sentence()}"
        assert path.name in done.stderr and operator in done.stderr, done.sentence()


@pytest.mark.parametrize("name", CASES)
def test_indices_outside(name, command, tmp_path):
    for value in FAR:
        opts, operands = CASES[name](value)
        operator = name.split()[0]
        path = tmp_path / f"bad_{value}.tflite"
        path.write_bytes(model(getattr(BUILTINS, operator), opts, operands, Tensor([2], "float32")))
        check(command, path, operator)


# Indices into what a tensor holds, as constants.
LOOKUPS = {
    "GATHER": lambda v: (options("GatherOptions", axis=0), [x(), numbers(0, v)], Tensor([2, 3, 4], "float32")),
    "GATHER_ND": lambda v: (options("GatherNdOptions"), [x(), numbers(0, v, shape=[1, 2])], Tensor([1, 4], "float32")),
    "SCATTER_ND": lambda v: (options("ScatterNdOptions"), [numbers(v, shape=[1, 1]), x(1, 3), numbers(2, 3)], Tensor([2, 3], "float32")),
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_lookups_outside_never_crash(name, command, tmp_path):
    """Runtimes differ in what such a file does: it is refused, or runs and is no crash."""
    for value in FAR:
        opts, operands, out = LOOKUPS[name](value)
        path = tmp_path / f"bad_{value}.tflite"
        path.write_bytes(model(getattr(BUILTINS, name), opts, operands, out))
        for verb in (["inspect"], ["convert", "-o", tmp_path / "out.tflite", "--force"], ["run"]):
            done = tinsmith.call(command, verb[0], path, *verb[1:], timeout=20)
            assert not done.crashed and done.code != tinsmith.INTERNAL, f"{verb[0]} ended with {done.code}: {done.sentence()}"


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\x1c\0\0\0TFL3", b"\x08\0\0\0TFL3", b"\xff\xff\xff\xffTFL3", b"\0" * 8])
def test_hardly_a_file(data, command, tmp_path):
    path = tmp_path / "tiny.tflite"
    path.write_bytes(data)
    for verb in ("inspect", "convert", "run"):
        done = tinsmith.call(command, verb, path, timeout=20)
        assert done.code == tinsmith.INPUT and "tiny.tflite" in done.stderr, done.sentence()
