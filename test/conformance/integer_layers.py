"""Random models of one operator on stored integers: tinsmith against TFLite Micro and LiteRT's reference kernels, bit for bit.

TFLite Micro decides where it computes the model, else LiteRT. Layers have odd zero points, scales for each channel, strides, dilations,
both paddings, every activation, and inputs that saturate.
"""

import pathlib
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

import litert
import tinsmith

TYPES = {"float32": schema.TensorType.FLOAT32, "int8": schema.TensorType.INT8, "uint8": schema.TensorType.UINT8,
         "int16": schema.TensorType.INT16, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64}
BUILTINS, OPTIONS = schema.BuiltinOperator, schema.BuiltinOptions


class Tensor:
    """One tensor of a model: an input unless it has data or is variable."""

    def __init__(self, shape, dtype, scale=None, zero=0, axis=0, data=None, variable=False):
        self.shape, self.dtype, self.axis, self.data, self.variable = list(shape), dtype, axis, data, variable
        self.scale = None if scale is None else np.atleast_1d(np.float32(scale))
        self.zero = np.full(0 if scale is None else len(self.scale), zero)

    def is_input(self):
        return self.data is None and not self.variable


def model(builtin, options, inputs, output):
    """The bytes of a file with one operator; an absent operand is None."""
    file, graph, code, operator = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    file.version, file.buffers, file.subgraphs, file.operatorCodes = 3, [schema.BufferT()], [graph], [code]
    code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 3
    operator.builtinOptions = options
    operator.builtinOptionsType = getattr(OPTIONS, type(options).__name__[:-1])
    graph.tensors, graph.operators = [], [operator]

    def add(tensor):
        if tensor is None:
            return -1
        entry = schema.TensorT()
        entry.shape, entry.type, entry.isVariable, entry.buffer = tensor.shape, TYPES[tensor.dtype], tensor.variable, 0
        entry.name = f"t{len(graph.tensors)}"
        if tensor.scale is not None:
            entry.quantization = schema.QuantizationParametersT()
            entry.quantization.scale, entry.quantization.zeroPoint = tensor.scale.tolist(), tensor.zero.tolist()
            entry.quantization.quantizedDimension = tensor.axis
        if tensor.data is not None:
            entry.buffer = len(file.buffers)
            file.buffers.append(schema.BufferT())
            file.buffers[-1].data = np.frombuffer(np.ascontiguousarray(tensor.data).tobytes(), np.uint8)
        graph.tensors.append(entry)
        return len(graph.tensors) - 1

    operator.inputs = [add(tensor) for tensor in inputs]
    operator.outputs = graph.outputs = [add(output)]
    graph.inputs = [i for i, tensor in zip(operator.inputs, inputs) if tensor is not None and tensor.is_input()]
    builder = flatbuffers.Builder(1024)
    builder.Finish(file.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Draw:
    """Random layers of one element type: int8, int16, uint8, or float32 beside stored weights."""

    def __init__(self, seed, dtype):
        self.random, self.dtype, self.hybrid = np.random.default_rng(seed), dtype, dtype == "float32"

    def whole(self, low, high):
        return int(self.random.integers(low, high + 1))

    def scale(self, low=0.001, high=0.1):
        return float(np.float32(np.exp(self.random.uniform(np.log(low), np.log(high)))))

    def values(self, dtype, shape):
        if dtype == "float32":
            return (self.random.normal(size=shape) * self.scale(0.01, 100) + self.random.normal()).astype(np.float32)
        limits = np.iinfo(dtype)
        if self.whole(0, 3) == 0:
            return self.random.choice([limits.min, limits.max], size=shape).astype(dtype)
        return self.random.integers(limits.min, limits.max + 1, size=shape).astype(dtype)

    def zero(self, dtype):
        return 0 if dtype == "int16" else self.whole(np.iinfo(dtype).min, np.iinfo(dtype).max)

    def input(self, shape):
        return Tensor(shape, self.dtype) if self.hybrid else Tensor(shape, self.dtype, self.scale(), self.zero(self.dtype))

    def weights(self, shape, axis, single=None):
        """LiteRT's hybrid kernels do not compute the weight -128 rightly on x86, and no converter writes it."""
        single = self.whole(0, 2) == 0 if single is None else single
        if self.dtype == "uint8":
            return Tensor(shape, "uint8", self.scale(), self.zero("uint8"), data=self.values("uint8", shape))
        data = self.values("int8", shape)
        scale = self.scale() if single else [self.scale() for _ in range(shape[axis])]
        return Tensor(shape, "int8", scale, 0, axis, np.maximum(data, -127) if self.hybrid else data)

    def bias(self, count, x, weights, dtype=None):
        if self.hybrid:
            return Tensor([count], "float32", data=self.random.normal(size=count).astype(np.float32))
        dtype = dtype or ("int32" if self.dtype != "int16" else str(self.random.choice(["int32", "int64"])))
        data = (self.random.normal(size=count) * 10 ** self.random.uniform(1, 5)).astype(dtype)
        return Tensor([count], dtype, x.scale * weights.scale, 0, 0, data)

    def output(self, shape, x, weights, depth):
        if self.hybrid:
            return Tensor(shape, "float32")
        scale = x.scale[0] * weights.scale.max() * np.sqrt(depth) * self.scale(2, 1000)
        return Tensor(shape, self.dtype, scale, self.zero(self.dtype))

    def window(self, options, dilates=True):
        """Sets padding, strides, dilations and activation; returns kernel, input and output extents."""
        options.padding, options.fusedActivationFunction = self.whole(0, 1), self.whole(0, 3)
        options.strideH, options.strideW = self.whole(1, 3), self.whole(1, 3)
        dilation = [self.whole(1, 2), self.whole(1, 2)] if dilates else [1, 1]
        if dilates:
            options.dilationHFactor, options.dilationWFactor = dilation
        kernel, extents = [self.whole(1, 4), self.whole(1, 4)], [self.whole(7, 12), self.whole(7, 12)]
        places = []
        for n, k, s, d in zip(extents, kernel, (options.strideH, options.strideW), dilation):
            places.append(-(-n // s) if options.padding == schema.Padding.SAME else (n - (k - 1) * d - 1) // s + 1)
        return kernel, extents, places


def conv(d):
    options, batch, group = schema.Conv2DOptionsT(), d.whole(1, 2), 1 if d.dtype == "uint8" else int(d.random.choice([1, 1, 2]))
    kernel, extents, places = d.window(options)
    depth, out = d.whole(1, 20), group * d.whole(2, 9)
    x = d.input([batch, *extents, group * depth])
    w = d.weights([out, *kernel, depth], 0, single=False if group > 1 else None)
    b = d.bias(out, x, w)
    if b.dtype == "int32" and d.dtype == "int16":
        options.quantizedBiasType = TYPES["int32"]
    return model(BUILTINS.CONV_2D, options, [x, w, b], d.output([batch, *places, out], x, w, kernel[0] * kernel[1] * depth)), [x]


def depthwise_conv(d):
    options, batch, depth, multiplier = schema.DepthwiseConv2DOptionsT(), d.whole(1, 2), d.whole(2, 70), d.whole(1, 3)
    kernel, extents, places = d.window(options)
    options.strideW = options.strideH
    places[1] = (-(-extents[1] // options.strideW) if options.padding == schema.Padding.SAME else
                 (extents[1] - (kernel[1] - 1) * options.dilationWFactor - 1) // options.strideW + 1)
    options.depthMultiplier = multiplier
    x = d.input([batch, *extents, depth])
    w = d.weights([1, *kernel, depth * multiplier], 3, single=False if d.hybrid else None)
    b = d.bias(depth * multiplier, x, w, "int64" if d.dtype == "int16" else None)
    y = d.output([batch, *places, depth * multiplier], x, w, kernel[0] * kernel[1])
    return model(BUILTINS.DEPTHWISE_CONV_2D, options, [x, w, b], y), [x]


def conv_transpose(d):
    options, batch, depth, out = schema.TransposeConvOptionsT(), d.whole(1, 2), d.whole(1, 20), d.whole(1, 9)
    kernel, extents, _ = d.window(options, dilates=False)
    strides = options.strideH, options.strideW
    places = [n * s if options.padding == schema.Padding.SAME else (n - 1) * s + k for n, s, k in zip(extents, strides, kernel)]
    x, w = d.input([batch, *extents, depth]), d.weights([out, *kernel, depth], 0)
    shape = Tensor([4], "int32", data=np.array([batch, *places, out], np.int32))
    b = d.bias(out, x, w, "int64" if d.dtype == "int16" else None)
    y = d.output([batch, *places, out], x, w, kernel[0] * kernel[1] * depth)
    return model(BUILTINS.TRANSPOSE_CONV, options, [shape, w, x, b], y), [x]


def fully_connected(d):
    options, rows, depth, out = schema.FullyConnectedOptionsT(), d.whole(1, 5), d.whole(1, 100), d.whole(2, 20)
    options.fusedActivationFunction = d.whole(0, 3)
    options.asymmetricQuantizeInputs = d.hybrid and bool(d.whole(0, 1))
    x, w = d.input([rows, depth]), d.weights([out, depth], 0)
    if d.dtype == "int8" and len(w.scale) == 1:
        w.zero = np.array([d.zero("int8")])
    b = d.bias(out, x, w)
    if b.dtype == "int32" and d.dtype == "int16":
        options.quantizedBiasType = TYPES["int32"]
    return model(BUILTINS.FULLY_CONNECTED, options, [x, w, b], d.output([rows, out], x, w, depth)), [x]


def mat_mul(d):
    options, m, k, n = schema.BatchMatMulOptionsT(), d.whole(1, 9), d.whole(1, 40), d.whole(1, 40)
    options.adjX, options.adjY = bool(d.whole(0, 1)), bool(d.whole(0, 1))
    batch = [d.whole(1, 3) for _ in range(d.whole(0, 2))]
    spread = [[1 if d.whole(0, 3) == 0 else extent for extent in batch] for _ in range(2)]
    a = d.input(spread[0] + ([k, m] if options.adjX else [m, k]))
    of_b = spread[1] + ([n, k] if options.adjY else [k, n])
    options.asymmetricQuantizeInputs = d.hybrid and bool(d.whole(0, 1))
    b = d.weights(of_b, 0, single=True) if d.hybrid else d.input(of_b)
    y = d.output([max(pair) for pair in zip(*spread)] + [m, n], a, b, k * (10000 if d.dtype == "int16" else 1))
    return model(BUILTINS.BATCH_MATMUL, options, [a, b], y), [tensor for tensor in (a, b) if tensor.is_input()]


def pool(builtin):
    def build(d):
        options, batch = schema.Pool2DOptionsT(), d.whole(1, 2)
        (options.filterHeight, options.filterWidth), extents, places = d.window(options, dilates=False)
        x = d.input([batch, *extents, d.whole(1, 70)])
        return model(builtin, options, [x], Tensor([batch, *places, x.shape[3]], x.dtype, x.scale, x.zero[0])), [x]
    return build


def lstm(d):
    options, batch, time, width, cells = schema.UnidirectionalSequenceLSTMOptionsT(), *(d.whole(1, n) for n in (2, 6, 40, 20))
    options.fusedActivationFunction = schema.ActivationFunctionType.TANH
    options.cellClip, options.timeMajor = float(d.random.choice([0, 10, 1, 0.5])), bool(d.whole(0, 1))
    leading = [time, batch] if options.timeMajor else [batch, time]
    x = Tensor([*leading, width], d.dtype, d.scale(0.005, 0.05), d.zero(d.dtype))
    h = Tensor([batch, cells], d.dtype, d.scale(0.004, 0.01) if d.dtype == "int8" else 1 / 32768, d.zero(d.dtype), variable=True)
    c = Tensor([batch, cells], "int16", 2.0 ** -d.whole(9, 15), variable=True)
    weights = [Tensor([cells, n], "int8", d.scale(0.002, 0.03), data=d.values("int8", [cells, n])) for n in [width] * 4 + [cells] * 4]
    biases = [d.bias(cells, x, w, "int32" if d.dtype == "int8" else "int64") for w in weights[:4]]
    operands = [x, *weights, None, None, None, *biases, None, None, h, c, None, None, None, None]
    return model(BUILTINS.UNIDIRECTIONAL_SEQUENCE_LSTM, options, operands, Tensor([*leading, cells], d.dtype, h.scale, h.zero[0])), [x]


def rnn(d):
    options, batch, time, width, cells = schema.SequenceRNNOptionsT(), *(d.whole(1, n) for n in (2, 5, 40, 20))
    options.fusedActivationFunction = int(d.random.choice([0, 1, 3]))  # tanh is a matter of the C library
    options.timeMajor, options.asymmetricQuantizeInputs = bool(d.whole(0, 1)), bool(d.whole(0, 1))
    leading = [time, batch] if options.timeMajor else [batch, time]
    x, h = d.input([*leading, width]), Tensor([batch, cells], "float32", variable=True)
    w, r = (d.weights([cells, n], 0, single=True) for n in (width, cells))
    operands = [x, w, r, d.bias(cells, x, w), h]
    return model(BUILTINS.UNIDIRECTIONAL_SEQUENCE_RNN, options, operands, Tensor([*leading, cells], "float32")), [x]


def svdf(d):
    options, batch, width, units, memory = schema.SVDFOptionsT(), *(d.whole(1, n) for n in (3, 40, 9, 12))
    options.rank, options.fusedActivationFunction = d.whole(1, 3), d.whole(0, 1)
    options.asymmetricQuantizeInputs = d.hybrid and bool(d.whole(0, 1))
    filters = units * options.rank
    x, features = d.input([batch, width]), d.weights([filters, width], 0, single=True)
    if d.hybrid:
        time, state = d.weights([filters, memory], 0, single=True), Tensor([batch, filters * memory], "float32", variable=True)
        bias, y = d.bias(units, x, features), Tensor([batch, units], "float32")
    else:
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU  # TFLite Micro takes no other
        state = Tensor([batch, filters * memory], "int16", x.scale[0] * features.scale[0] * d.scale(1, 100), variable=True)
        time = Tensor([filters, memory], "int16", d.scale(1e-5, 1e-4), data=d.values("int16", [filters, memory]) // 16)
        bias = Tensor([units], "int32", state.scale * time.scale, data=d.random.integers(-(10**6), 10**6, units).astype(np.int32))
        y = Tensor([batch, units], "int8", state.scale[0] * time.scale[0] * d.scale(1e3, 1e6), d.zero("int8"))
    return model(BUILTINS.SVDF, options, [x, features, time, bias, state], y), [x]


# Operators and the element types in which TFLite computes them.
KINDS = {"conv": (conv, ("int8", "int16", "uint8", "float32")),
         "depthwise_conv": (depthwise_conv, ("int8", "int16", "uint8", "float32")),
         "conv_transpose": (conv_transpose, ("int8", "int16", "uint8")),
         "fully_connected": (fully_connected, ("int8", "int16", "uint8", "float32")),
         "mat_mul": (mat_mul, ("int8", "int16", "float32")),
         "average_pool": (pool(BUILTINS.AVERAGE_POOL_2D), ("int8", "int16", "uint8")),
         "max_pool": (pool(BUILTINS.MAX_POOL_2D), ("int8", "int16", "uint8")),
         "lstm": (lstm, ("int8", "int16")),
         "rnn": (rnn, ("float32",)),
         "svdf": (svdf, ("int8", "float32"))}


def decided(runner, path, arrays, dtype):
    """The right outputs: TFLite Micro's, or LiteRT's where the former does not compute the model."""
    micro = dtype in ("int8", "int16")
    result = runner.run(path, [arrays], litert.MICRO if micro else "BUILTIN_REF")
    return result.error, result.outputs and result.outputs[0]


def run(kind, dtype, count, seed, command):
    """A line for each of `count` random models whose result is not the right one."""
    build, runner, wrong = KINDS[kind][0], litert.Runner(), []
    with tempfile.TemporaryDirectory() as folder:
        path, samples, results = (pathlib.Path(folder) / name for name in ("model.tflite", "x.npz", "y.npz"))
        for i in range(count):
            draw = Draw((seed, i), dtype)
            data, inputs = build(draw)
            path.write_bytes(data)
            graph = schema.ModelT.InitFromPackedBuf(data, 0).subgraphs[0]
            arrays = [draw.values(tensor.dtype, tensor.shape) for tensor in inputs]
            np.savez(samples, **{graph.tensors[t].name.decode(): array for t, array in zip(graph.inputs, arrays)})
            error, expected = decided(runner, path, arrays, dtype)
            outcome = tinsmith.call(command, "run", path, "--data", samples, "-o", results, "--quiet")
            if error or outcome.code != tinsmith.OK:
                wrong.append(f"model {i}: oracle: {error}; tinsmith: {outcome.sentence()}")
                continue
            with np.load(results) as got:
                have = got[got.files[0]]
            different = int((have.reshape(-1) != expected[0].reshape(-1)).sum())
            if have.shape != expected[0].shape or different:
                wrong.append(f"model {i}: {different} of {have.size} elements differ")
    runner.close()
    return wrong


def run_again(kind, count, seed, command):
    """A line for each of `count` random hybrid layers that LiteRT computes otherwise when tinsmith has read and written it."""
    build, runner, wrong = KINDS[kind][0], litert.Runner(), []
    with tempfile.TemporaryDirectory() as folder:
        path, again = (pathlib.Path(folder) / name for name in ("model.tflite", "again.tflite"))
        for i in range(count):
            draw = Draw((seed, i), "float32")
            data, inputs = build(draw)
            path.write_bytes(data)
            arrays = [draw.values(tensor.dtype, tensor.shape) for tensor in inputs]
            outcome = tinsmith.call(command, "convert", path, "--method", "dynamic_range", "-o", again, "--force", "--no-verify")
            if outcome.code != tinsmith.OK:
                wrong.append(f"model {i}: {outcome.sentence()}")
                continue
            want, have = (runner.run(file, [arrays], "BUILTIN_REF") for file in (path, again))
            if want.error or have.error or want.outputs[0][0].tobytes() != have.outputs[0][0].tobytes():
                wrong.append(f"model {i}: {want.error} {have.error}")
    runner.close()
    return wrong
