"""Small networks, quantised by ONNX Runtime's own quantiser in each of its forms."""

import dataclasses
import shutil

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

ACTIVATIONS = {"i8": QuantType.QInt8, "u8": QuantType.QUInt8}


@dataclasses.dataclass(frozen=True)
class Form:
    """How a network is quantised."""

    format: str = "QOperator"
    activations: str = "u8"
    weights: str = "i8"
    per_channel: bool = False

    def __str__(self):
        return "-".join([self.format, self.activations, self.weights] + ["per_channel"] * self.per_channel)


FORMS = [Form("QOperator", "u8", "i8"), Form("QOperator", "u8", "i8", True), Form("QOperator", "i8", "i8"),
         Form("QOperator", "i8", "i8", True), Form("QOperator", "u8", "u8"), Form("QDQ", "u8", "i8"), Form("QDQ", "i8", "i8", True)]


class Network:
    """Nodes and weights, one added after the other."""

    def __init__(self, shape, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights, self.shape, self.last = [], [], shape, "x"

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def draw(self, *shape, size=1.0):
        return self.constant((self.random.standard_normal(shape) * size).astype(np.float32))

    def add(self, op, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}{len(self.nodes)}", **attributes))
        self.last = names[0]
        return names[0] if outputs == 1 else names

    def conv(self, x, inputs, outputs, kernel=3, group=1, **attributes):
        size = 1.5 / np.sqrt(inputs // group * kernel * kernel)
        return self.add("Conv", x, self.draw(outputs, inputs // group, kernel, kernel, size=size), self.draw(outputs, size=0.2),
                        group=group, kernel_shape=[kernel, kernel], pads=[kernel // 2] * 4, **attributes)

    def gemm(self, x, inputs, outputs):
        return self.add("Gemm", x, self.draw(outputs, inputs, size=inputs**-0.5), self.draw(outputs, size=0.2), transB=1)

    def model(self):
        value = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, "network", [value("x", TensorProto.FLOAT, self.shape)],
                                  [value(self.last, TensorProto.FLOAT, None)], self.weights)
        return onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8))


def convolutions():
    n = Network([1, 3, 12, 12], 1)
    x = n.add("Relu", n.conv("x", 3, 8, strides=[2, 2]))
    y = n.add("Relu", n.conv(x, 8, 8, group=8))
    y = n.add("Add", x, n.conv(y, 8, 8, kernel=1))
    y = n.add("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2])
    y = n.add("Flatten", n.add("GlobalAveragePool", y))
    n.add("Softmax", n.gemm(y, 8, 5), axis=1)
    return n.model()


def branches():
    n = Network([1, 4, 8, 8], 2)
    a = n.add("LeakyRelu", n.conv("x", 4, 6), alpha=0.1)
    b = n.add("Sigmoid", n.conv("x", 4, 6))
    product = n.add("Mul", a, b)
    joined = n.add("Concat", product, n.add("AveragePool", a, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), axis=1)
    n.conv(n.add("Relu", joined), 12, 4)
    return n.model()


def dense():
    n = Network([1, 20], 3)
    y = n.add("Relu", n.add("MatMul", "x", n.draw(20, 16, size=0.2)))
    y = n.add("Reshape", y, n.constant(np.int64([1, 4, 4])))
    y = n.add("Reshape", n.add("Transpose", y, perm=[0, 2, 1]), n.constant(np.int64([1, 16])))
    n.add("Sigmoid", n.gemm(n.add("Add", y, n.draw(16, size=0.3)), 16, 7))
    return n.model()


def sequence():
    n = Network([1, 4, 10], 4)
    weights = n.draw(6, 4, 3, size=0.3)
    y = n.add("Relu", n.add("Conv", "x", weights, n.draw(6, size=0.1), kernel_shape=[3], pads=[1, 1]))
    y = n.add("GlobalAveragePool", y)
    n.gemm(n.add("Flatten", y), 6, 3)
    return n.model()


def wide_dense():
    n = Network([1, 64], 5)
    y = n.add("Relu", n.gemm("x", 64, 48))
    n.add("MatMul", n.add("Tanh", n.gemm(y, 48, 40)), n.draw(40, 30, size=0.2))
    return n.model()


NETWORKS = {f.__name__: f for f in (convolutions, branches, dense, sequence, wide_dense)}


class Samples(CalibrationDataReader):
    def __init__(self, name, arrays):
        self.rows = iter([{name: array} for array in arrays])

    def get_next(self):
        return next(self.rows, None)


def beside(source, target):
    """A copy of the source in the target's folder: the quantiser leaves files beside what it reads, and tests run side by side."""
    copy = target.parent / f"{target.stem}_source.onnx"
    shutil.copyfile(source, copy)
    return copy


def quantise(source, target, form, samples):
    """Writes the quantised form of an ONNX file; `samples` are arrays of its only input. Weights of 7 bits: without VNNI, ONNX Runtime's
    products saturate at 16."""
    name = onnx.load(source).graph.input[0].name
    quantize_static(str(beside(source, target)), str(target), Samples(name, samples), quant_format=QuantFormat[form.format],
                    activation_type=ACTIVATIONS[form.activations], weight_type=ACTIVATIONS[form.weights],
                    per_channel=form.per_channel, reduce_range=True)


def quantise_dynamically(source, target, per_channel):
    """Writes the form that quantises the inputs of products while it runs."""
    quantize_dynamic(str(beside(source, target)), str(target), weight_type=QuantType.QInt8, per_channel=per_channel, reduce_range=True,
                     op_types_to_quantize=["MatMul", "Gemm", "Conv"])
