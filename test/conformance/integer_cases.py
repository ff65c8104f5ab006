"""The operators of the random integer models: CASES[name](draw) is a Case."""

import numpy as np

from integer_models import Case, Tensor, constant

I8, U8, I16, F32, I32 = np.int8, np.uint8, np.int16, np.float32, np.int32
ACTIVATIONS = [0, 0, 1, 2, 3]  # none, relu, relu_n1_to_1, relu6


def quantised(d, shape, dtype, scale=None, zero=None):
    return Tensor(tuple(shape), dtype, d.scale() if scale is None else scale, d.zero(dtype) if zero is None else zero)


def broadcast(d):
    """Two shapes and what they broadcast to."""
    out = list(d.shape())
    a, b = list(out), list(out)
    for i in range(len(out)):
        if d.chance(0.25):
            d.choice([a, b])[i] = 1
    if d.chance(0.2):
        b = b[d.integer(0, len(b)):]
    if d.chance(0.5):
        a, b = b, a
    return a, b, [max(p) for p in zip(*([1] * (len(out) - len(s)) + s for s in (a, b)))]


def arithmetic(operator, table, spread, dtypes=(I8, I8, I16, U8), activation=True, extra=None):
    def make(d):
        dtype = d.choice(dtypes)
        a, b, out = broadcast(d)
        x, y = quantised(d, a, dtype), quantised(d, b, dtype)
        if dtype == I16:
            x.scale, y.scale = x.scale / 256, y.scale / 256
        options = {"fusedActivationFunction": d.choice(ACTIVATIONS)} if activation else {}
        options.update(extra or {})
        return Case(operator, [x, y], [quantised(d, out, dtype, spread(d, x, y))], options, table)

    return make


def sum_scale(d, x, y):
    return max(x.scale, y.scale) * d.scale(0.1, 4)


def product_scale(d, x, y):
    return x.scale * y.scale * d.scale(1, 200)


def quotient(d):
    case = arithmetic("DIV", "DivOptions", lambda d, x, y: x.scale / y.scale * d.scale(0.01, 1), (I8, I8, U8, I16))(d)
    y = case.inputs[1]
    limits = np.iinfo(y.dtype)
    data = d.numbers.integers(limits.min, limits.max, y.shape, endpoint=True).astype(y.dtype)
    data[data == y.zero] = y.zero + 1 if y.zero < limits.max else y.zero - 1
    y.data = data
    return case


def unary(operator, result, dtypes=(I8, I8, I16), table=None, options=lambda d: {}, low=None, scale=lambda d: d.scale()):
    """`result(d, x)` is (scale, zero point) of the output; None draws the zero point."""

    def make(d):
        dtype, shape = d.choice(dtypes), d.shape()
        x = quantised(d, shape, dtype, scale(d))
        if dtype == I16:
            x.scale /= 256
        y_scale, zero = result(d, x)
        y = quantised(d, shape, dtype, y_scale, zero)
        return Case(operator, [x], [y], options(d), table, None if low is None else max(low(x), np.iinfo(dtype).min))

    return make


def near(d, x):
    """A scale like the operand's, now and then the same."""
    return (x.scale, x.zero) if d.chance(0.2) else (x.scale * d.scale(0.2, 8), None)


def same(d, x):
    return x.scale, x.zero


def fixed(bits8, zero8, bits16=1 / 32768):
    """The range that the operator prescribes; zero8 is that of i8."""

    def result(d, x):
        if x.dtype == I16:
            return bits16, 0
        return bits8, zero8 if x.dtype == I8 else zero8 + 128

    return result


def spread(values):
    """A scale that lets about `values(x)` fill the range."""
    return lambda d, x: (float(np.float32(values(x) / (65535 if x.dtype == I16 else 255) * d.scale(0.5, 2))), None)


def largest(x):
    return x.scale * (np.iinfo(x.dtype).max - x.zero)


def prelu(d):
    dtype, shape = d.choice([I8, I8, I16, U8]), d.shape()
    x = quantised(d, shape, dtype, d.scale() / (256 if dtype == I16 else 1))
    slope = quantised(d, d.choice([shape[-1:], shape, (1,)]), I8 if dtype == I16 else dtype, d.scale(0.001, 0.02), 0 if dtype == I16 else None)
    limits = np.iinfo(slope.dtype)
    slope.data = d.numbers.integers(limits.min, limits.max, slope.shape, endpoint=True).astype(slope.dtype)
    return Case("PRELU", [x, slope], [quantised(d, shape, dtype, x.scale * d.scale(0.5, 4))])


def comparison(operator):
    def make(d):
        dtype = d.choice([I8, I8, U8, I16])
        a, b, out = broadcast(d)
        x, y = quantised(d, a, dtype), quantised(d, b, dtype)
        x.scale, y.scale = min(x.scale, 0.9), min(y.scale, 0.9)  # from 1 on the runtimes shift the wrong way
        if d.chance(0.4):
            y.scale, y.zero = x.scale, x.zero
        # TFLite Micro compares 16-bit numbers without having prepared the factors that it multiplies them by.
        return Case(operator, [x, y], [Tensor(tuple(out), np.bool_)], micro=dtype != I16)

    return make


def softmax(d):
    dtype, depth = d.choice([I8, I8, I16, U8]), d.choice([1, 2, 10, 40, 1001])
    shape = (*d.shape(d.integer(0, 3), 8), depth)
    x = quantised(d, shape, dtype, d.scale() / (256 if dtype == I16 else 1))
    beta = {"beta": d.choice([1.0, 1.0, 0.7, 2.0])}
    if dtype == I8 and d.chance(0.3):
        return Case("SOFTMAX", [x], [Tensor(shape, I16, 1 / 65536, -32768)], beta, "SoftmaxOptions")
    scale, zero = fixed(1 / 256, -128)(d, x)
    return Case("SOFTMAX", [x], [Tensor(shape, dtype, scale, zero)], beta, "SoftmaxOptions")


def last_axis(operator, table, scale, zero, dtypes):
    def make(d):
        dtype = d.choice(dtypes)
        shape = (*d.shape(d.integer(0, 3), 8), d.choice([1, 2, 10, 40, 300]))
        x = quantised(d, shape, dtype)
        return Case(operator, [x], [Tensor(shape, dtype, scale, zero if dtype == I8 else zero + 128)], {}, table)

    return make


def reduction(operator, scale, dtypes):
    def make(d):
        dtype, shape = d.choice(dtypes), d.shape(d.integer(1, 4), 400)
        x = quantised(d, shape, dtype, d.scale() / (256 if dtype == I16 else 1))
        axes = sorted(d.random.sample(range(len(shape)), d.integer(1, len(shape))))
        if len(shape) == 4 and d.chance(0.4):
            axes = [1, 2]
        count, keep = int(np.prod([shape[a] for a in axes])), d.chance(0.5)
        out = [1 if i in axes else n for i, n in enumerate(shape) if keep or i not in axes]
        y_scale, zero = scale(d, x, count)
        y = quantised(d, out, dtype, y_scale, zero)
        return Case(operator, [x, constant(np.array(axes, I32))], [y], {"keepDims": keep}, "ReducerOptions")

    return make


def pad(operator):
    def make(d):
        dtype, shape = d.choice([I8, I8, I16, U8]), d.shape(d.integer(1, 4), 60)
        x = quantised(d, shape, dtype)
        mirror = operator == "MIRROR_PAD"
        pads = np.array([[d.integer(0, min(3, n - 1) if mirror else 3) for _ in range(2)] for n in shape], I32)
        inputs = [x, constant(pads)]
        if operator == "PADV2":
            value = quantised(d, (1,), dtype, x.scale, x.zero)
            value.data = np.array([d.integer(np.iinfo(dtype).min, np.iinfo(dtype).max)], dtype)
            inputs.append(value)
        out = tuple(int(n + p.sum()) for n, p in zip(shape, pads))
        y = Tensor(out, dtype, x.scale, x.zero)
        return Case(operator, inputs, [y], {"mode": d.integer(0, 1)} if mirror else {}, "MirrorPadOptions" if mirror else None)

    return make


def concatenation(d):
    dtype = d.choice([I8, I16, U8])
    shape, parts = d.shape(d.integer(1, 4), 60), d.integer(1, 4)
    axis = d.integer(0, len(shape) - 1)
    first = quantised(d, shape, dtype)
    inputs = []
    for _ in range(parts):
        extents = list(shape)
        extents[axis] = d.integer(1, 5)
        other = quantised(d, extents, dtype)
        if dtype != U8 or d.chance(0.3):
            other.scale, other.zero = first.scale, first.zero
        inputs.append(other)
    out = list(shape)
    out[axis] = sum(t.shape[axis] for t in inputs)
    return Case("CONCATENATION", inputs, [Tensor(tuple(out), dtype, first.scale, first.zero)], {"axis": axis}, "ConcatenationOptions")


def resize(operator, table):
    def make(d):
        dtype = d.choice([I8, I8, I16, U8])
        x = quantised(d, (d.integer(1, 2), d.integer(1, 9), d.integer(1, 9), d.integer(1, 5)), dtype)
        size = [d.integer(1, 14), d.integer(1, 14)]
        how = d.choice([{}, {"alignCorners": True}, {"halfPixelCenters": True}])
        y = Tensor((x.shape[0], *size, x.shape[3]), dtype, x.scale, x.zero)
        return Case(operator, [x, constant(np.array(size, I32))], [y], how, table)

    return make


def requantise(d):
    source, target = d.choice([(I8, I8), (I8, U8), (U8, I8), (I8, I16), (I16, I8), (I16, I16), (U8, U8), (U8, I16), (I8, I32), (I16, I32)])
    shape = d.shape()
    x = quantised(d, shape, source)
    scale = x.scale if d.chance(0.2) else x.scale * d.scale(0.05, 20)
    y = quantised(d, shape, target, scale)
    if source == U8 and target == I8 and d.chance(0.5):
        y.scale, y.zero = x.scale, x.zero - 128
    if source == I8 and target == U8 and d.chance(0.5):
        y.scale, y.zero = x.scale, x.zero + 128
    return Case("QUANTIZE", [x], [y])


def quantise(d):
    dtype, shape = d.choice([I8, I8, I16, U8]), d.shape()
    return Case("QUANTIZE", [Tensor(shape, F32)], [quantised(d, shape, dtype, d.choice([d.scale(), 0.5, 0.0625]))])


def dequantise(d):
    dtype, shape = d.choice([I8, I16, U8]), d.shape()
    return Case("DEQUANTIZE", [quantised(d, shape, dtype)], [Tensor(shape, F32)])


def moved(operator, table=None, dtypes=(I8, I16, U8)):
    """Operators that move stored integers: `MOVES[operator](d, shape)` is (operands after x, output shape, options)."""

    def make(d):
        dtype = d.choice(dtypes)
        shape = d.shape(4, 120)
        x = quantised(d, shape, dtype)
        rest, out, options = MOVES[operator](d, shape)
        return Case(operator, [x, *rest], [Tensor(tuple(map(int, s)), dtype, x.scale, x.zero) for s in out], options, table)

    return make


def transpose(d, shape):
    order = list(range(len(shape)))
    d.random.shuffle(order)
    return [constant(np.array(order, I32))], [[shape[i] for i in order]], {}


def gather(d, shape):
    axis, indices = d.integer(0, 3), d.numbers.integers(0, 10, 5)
    indices = (indices % shape[axis]).astype(I32)
    return [constant(indices)], [[*shape[:axis], 5, *shape[axis + 1:]]], {"axis": axis}


def cut(d, shape):
    start = [d.integer(0, n - 1) for n in shape]
    size = [d.integer(1, n - s) for n, s in zip(shape, start)]
    return [constant(np.array(start, I32)), constant(np.array(size, I32))], [size], {}


def strided(d, shape):
    begin, end, steps = [0] * 4, list(shape), [d.integer(1, 3) for _ in shape]
    return [constant(np.array(v, I32)) for v in (begin, end, steps)], [[-(-n // s) for n, s in zip(shape, steps)]], {}


def tile(d, shape):
    times = [d.integer(1, 2) for _ in shape]
    return [constant(np.array(times, I32))], [[n * t for n, t in zip(shape, times)]], {}


def reverse(d, shape):
    return [constant(np.array([d.integer(0, 3)], I32))], [shape], {}


def reshape(d, shape):
    out = [int(np.prod(shape[:2])), *shape[2:]]
    return [constant(np.array(out, I32))], [out], {"newShape": out}


MOVES = {"TRANSPOSE": transpose, "GATHER": gather, "SLICE": cut, "STRIDED_SLICE": strided, "TILE": tile, "REVERSE_V2": reverse,
         "RESHAPE": reshape}


def extremum(operator):
    def make(d):
        dtype = d.choice([I8, I16, U8])
        a, b, out = broadcast(d)
        x = quantised(d, a, dtype)
        return Case(operator, [x, Tensor(tuple(b), dtype, x.scale, x.zero)], [Tensor(tuple(out), dtype, x.scale, x.zero)], {},
                    "MaximumMinimumOptions")

    return make


def select(d):
    dtype, shape = d.choice([I8, I16, U8]), d.shape()
    x = quantised(d, shape, dtype)
    like = Tensor(shape, dtype, x.scale, x.zero)
    return Case("SELECT_V2", [Tensor(shape, np.bool_), x, like], [like])


def arg(operator, table):
    def make(d):
        x = quantised(d, d.shape(3, 60), d.choice([I8, U8]))
        axis = d.integer(0, 2)
        out = [n for i, n in enumerate(x.shape) if i != axis]
        return Case(operator, [x, constant(np.array([axis], I32))], [Tensor(tuple(out), I32)], {"outputType": 2}, table)

    return make


def blocks(operator, table, dtypes=(I8, U8)):
    def make(d):
        size, small = d.choice([2, 3]), (1, d.integer(1, 3), d.integer(1, 3), d.integer(1, 3))
        large = (1, small[1] * size, small[2] * size, small[3])
        deep = (*small[:3], small[3] * size * size)
        dtype = d.choice(dtypes)
        x = quantised(d, deep if operator == "DEPTH_TO_SPACE" else large, dtype)
        y = Tensor(large if operator == "DEPTH_TO_SPACE" else deep, dtype, x.scale, x.zero)
        return Case(operator, [x], [y], {"blockSize": size}, table)

    return make


def space_batches(operator):
    """Blocks of two axes in the batch, after padding; and back, before cropping."""

    def make(d):
        block, small = [d.integer(1, 3), d.integer(1, 3)], (d.integer(1, 2), d.integer(1, 4), d.integer(1, 4), d.integer(1, 3))
        beside = [[d.integer(0, min(2, n * b - 1)), 0] for n, b in zip(small[1:3], block)]
        space = (small[0], *(n * b - low for n, b, (low, _) in zip(small[1:3], block, beside)), small[3])
        batch = (small[0] * block[0] * block[1], *small[1:])
        back = operator == "BATCH_TO_SPACE_ND"
        x = quantised(d, batch if back else space, d.choice([I8, U8]))
        y = Tensor(space if back else batch, x.dtype, x.scale, x.zero)
        # TFLite Micro pads with stored zeros, whatever the zero point: its kernel never learns it (docs/exactness.md).
        return Case(operator, [x, constant(np.array(block, I32)), constant(np.array(beside, I32))], [y], micro=back)

    return make


def top(d):
    dtype, shape, k = d.choice([I8, U8, I16]), d.shape(2, 60), 1
    x, k = quantised(d, shape, dtype), d.integer(1, shape[-1])
    out = (*shape[:-1], k)
    return Case("TOPK_V2", [x, constant(np.array([k], I32))], [Tensor(out, dtype, x.scale, x.zero), Tensor(out, I32)])


def mean_scale(d, x, count):
    return (x.scale, x.zero) if d.chance(0.2) else (x.scale * d.scale(0.1, 2), None)


def total_scale(d, x, count):
    return x.scale * d.scale(0.2, 1) * count ** 0.5, None


def product_of(d, x, count):
    return float(np.float32((x.scale * 40) ** min(count, 8) / 100 + 1e-6)), None


CASES = {
    "ADD": arithmetic("ADD", "AddOptions", sum_scale, extra={"potScaleInt16": False}),
    "SUB": arithmetic("SUB", "SubOptions", sum_scale, extra={"potScaleInt16": False}),
    "MUL": arithmetic("MUL", "MulOptions", product_scale),
    "DIV": quotient,
    "SQUARED_DIFFERENCE": arithmetic("SQUARED_DIFFERENCE", "SquaredDifferenceOptions",
                                     lambda d, x, y: max(x.scale, y.scale) ** 2 * d.scale(1, 300), (I8, I16), activation=False),
    "MAXIMUM": extremum("MAXIMUM"),
    "MINIMUM": extremum("MINIMUM"),
    "EQUAL": comparison("EQUAL"),
    "NOT_EQUAL": comparison("NOT_EQUAL"),
    "LESS": comparison("LESS"),
    "LESS_EQUAL": comparison("LESS_EQUAL"),
    "GREATER": comparison("GREATER"),
    "GREATER_EQUAL": comparison("GREATER_EQUAL"),
    "SELECT_V2": select,
    "PRELU": prelu,
    "ABS": unary("ABS", near),
    "RELU": unary("RELU", near, (I8, I8, I16, U8)),
    "RELU6": unary("RELU6", near, (I8, I8, I16, U8)),
    "RELU_N1_TO_1": unary("RELU_N1_TO_1", near, (I8, U8)),
    "RELU_0_TO_1": unary("RELU_0_TO_1", near, (I8, U8)),
    "LEAKY_RELU": unary("LEAKY_RELU", near, (I8, I8, I16, U8), "LeakyReluOptions", lambda d: {"alpha": d.choice([0.1, 0.3, -0.5, 2.0])}),
    "HARD_SWISH": unary("HARD_SWISH", near, (I8, I8, U8)),
    "LOGISTIC": unary("LOGISTIC", fixed(1 / 256, -128), (I8, I8, I16, U8), scale=lambda d: d.choice([d.scale(), 2.0 ** -4])),
    "TANH": unary("TANH", fixed(1 / 128, 0), (I8, I8, I16, U8), scale=lambda d: d.choice([d.scale(), 2.0 ** -4, 2.0 ** -3])),
    "ELU": unary("ELU", near, (I8,)),
    "GELU": unary("GELU", near, (I8, U8, I16), "GeluOptions", lambda d: {"approximate": d.chance(0.5)}),
    "EXP": unary("EXP", spread(lambda x: np.exp(min(largest(x), 60))), (I8, I16), scale=lambda d: d.scale(0.001, 0.1)),
    "LOG": unary("LOG", spread(lambda x: 2 * abs(np.log(largest(x) + x.scale)) + 5), (I8, I16)),
    "SQRT": unary("SQRT", spread(lambda x: (largest(x) + x.scale) ** 0.5), (I8, I16), low=lambda x: x.zero),
    "RSQRT": unary("RSQRT", spread(lambda x: x.scale ** -0.5), (I8, I16), low=lambda x: x.zero),
    "SOFTMAX": softmax,
    "LOG_SOFTMAX": last_axis("LOG_SOFTMAX", "LogSoftmaxOptions", 16 / 256, 127, (I8, I8, U8)),
    "L2_NORMALIZATION": last_axis("L2_NORMALIZATION", "L2NormOptions", 1 / 128, 0, (I8, I8, U8)),
    "MEAN": reduction("MEAN", mean_scale, (I8, I8, I16, U8)),
    "SUM": reduction("SUM", total_scale, (I8, I8, I16, U8)),
    "REDUCE_PROD": reduction("REDUCE_PROD", product_of, (I8, I16)),
    "REDUCE_MAX": reduction("REDUCE_MAX", lambda d, x, n: (x.scale, x.zero), (I8, I16, U8)),
    "REDUCE_MIN": reduction("REDUCE_MIN", lambda d, x, n: (x.scale, x.zero), (I8, I16, U8)),
    "ARG_MAX": arg("ARG_MAX", "ArgMaxOptions"),
    "ARG_MIN": arg("ARG_MIN", "ArgMinOptions"),
    "TOPK_V2": top,
    "PAD": pad("PAD"),
    "PADV2": pad("PADV2"),
    "MIRROR_PAD": pad("MIRROR_PAD"),
    "CONCATENATION": concatenation,
    "RESIZE_BILINEAR": resize("RESIZE_BILINEAR", "ResizeBilinearOptions"),
    "RESIZE_NEAREST_NEIGHBOR": resize("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"),
    "REQUANTIZE": requantise,
    "QUANTIZE": quantise,
    "DEQUANTIZE": dequantise,
    "DEPTH_TO_SPACE": blocks("DEPTH_TO_SPACE", "DepthToSpaceOptions"),
    "SPACE_TO_DEPTH": blocks("SPACE_TO_DEPTH", "SpaceToDepthOptions"),
    "SPACE_TO_BATCH_ND": space_batches("SPACE_TO_BATCH_ND"),
    "BATCH_TO_SPACE_ND": space_batches("BATCH_TO_SPACE_ND"),
    "TRANSPOSE": moved("TRANSPOSE"),
    "GATHER": moved("GATHER", "GatherOptions"),
    "SLICE": moved("SLICE"),
    "STRIDED_SLICE": moved("STRIDED_SLICE", "StridedSliceOptions"),
    "TILE": moved("TILE"),
    "REVERSE_V2": moved("REVERSE_V2"),
    "RESHAPE": moved("RESHAPE", "ReshapeOptions"),
}
