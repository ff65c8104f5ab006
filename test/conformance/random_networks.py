"""Small networks of ONNX operators, drawn at random as users' models are built: convolutions with all paddings, activations, residuals, attention,
recurrent layers, heads. The same seed gives the same network."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

MOST_ELEMENTS = 60000  # of one tensor


class Network:
    """A value is (name, shape). Makers return the value that they add, or None where it does not fit."""

    def __init__(self, seed):
        self.random, self.nodes, self.constants, self.values = np.random.default_rng(seed), [], [], []

    def below(self, count):
        return int(self.random.integers(count))

    def one_of(self, *choices):
        return choices[self.below(len(choices))]

    def name(self):
        return f"t{len(self.nodes) + len(self.constants)}"

    def constant(self, array):
        name = self.name()
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, value):
        return self.constant(np.float32(value))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def weights(self, *shape, scale=None):
        fan = np.prod(shape[1:]) if len(shape) > 1 else 1
        return self.constant((self.random.standard_normal(shape) * (scale or 1.2 / np.sqrt(fan))).astype(np.float32))

    def between(self, low, high, *shape):
        return self.constant(self.random.uniform(low, high, shape).astype(np.float32))

    def add(self, operator, inputs, shape, **attributes):
        name = self.name()
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name, tuple(shape)

    def keep(self, value):
        if value and 0 < np.prod(value[1]) <= MOST_ELEMENTS:
            self.values.append(value)

    def alike(self, shape, but=None):
        """Another value of this shape, where there is one."""
        found = [value for value in self.values if value[1] == shape and value[0] != but]
        return found[self.below(len(found))] if found else None

    # Of any shape.
    def activation(self, value):
        x, shape = value
        plain = self.one_of("Relu", "Relu", "Relu", "Relu", "HardSwish", "Tanh", "Elu", "Gelu", "Softplus", "Sigmoid", "LeakyRelu", "Relu6", "Swish",
                            "PRelu", "HardSigmoid")
        if plain == "Relu6":
            return self.add("Clip", [x, self.number(0), self.number(6)], shape)
        if plain == "Swish":
            return self.add("Mul", [x, self.add("Sigmoid", [x], shape)[0]], shape)
        if plain == "PRelu":
            return self.add("PRelu", [x, self.between(0.05, 0.4, shape[1], *[1] * (len(shape) - 2))], shape)
        attributes = {"LeakyRelu": {"alpha": 0.1}, "HardSigmoid": {"alpha": 1 / 6, "beta": 0.5}}.get(plain, {})
        return self.add(plain, [x], shape, **attributes)

    def cut(self, value):
        x, shape = value
        axis = 1 + self.below(len(shape) - 1)
        if shape[axis] < 2:
            return None
        step, start = self.one_of(1, 1, 2), self.below(shape[axis] - 1)
        end = shape[axis] if self.below(2) else start + 1 + self.below(shape[axis] - start - 1)
        to = list(shape)
        to[axis] = -(-(end - start) // step)
        return self.add("Slice", [x, self.ints(start), self.ints(end), self.ints(axis), self.ints(step)], to)

    # Of images [1, channels, height, width].
    def convolution(self, value):
        x, (_, channels, height, width) = value
        k = self.one_of(1, 3, 3, 5)
        kernel, stride = (self.one_of(k, k, 1), k), self.one_of(1, 1, 2)
        dilation = self.one_of(1, 1, 1, 2) if stride == 1 else 1
        groups = self.one_of(1, 1, 1, channels, channels, 2 if channels % 2 == 0 else 1)
        to = groups * self.one_of(1, 1, 2) if groups > 2 else 2 * self.one_of(1, 2, 3, 4, 8)
        half = [(n - 1) * dilation // 2 for n in kernel] * 2
        pads = self.one_of([0] * 4, half, half, [0, 0, 1, 1], [1, 1, 0, 0], [1, 0, 2, 1])
        room = [n + before + after - (size - 1) * dilation - 1
                for n, before, after, size in zip((height, width), pads, pads[2:], kernel)]
        if min(room) < 0:
            return None
        operands = [x, self.weights(to, channels // groups, *kernel)] + ([self.weights(to, scale=0.3)] if self.below(3) else [])
        y = self.add("Conv", operands, (1, to, room[0] // stride + 1, room[1] // stride + 1), kernel_shape=kernel, strides=[stride] * 2,
                     dilations=[dilation] * 2, group=groups, pads=pads)
        y = self.batch_norm(y) if self.below(2) else y
        return self.activation(y) if self.below(4) else y

    def batch_norm(self, value):
        c = value[1][1]
        parameters = [self.between(*bounds, c) for bounds in ((0.5, 1.5), (-0.3, 0.3), (-0.3, 0.3), (0.5, 1.5))]
        return self.add("BatchNormalization", [value[0], *parameters], value[1])

    def pool(self, value):
        x, (_, channels, height, width) = value
        k, stride, ceil = self.one_of(2, 2, 3), self.one_of(1, 2, 2), self.below(3) == 0
        pad = self.one_of(0, 0, 1)

        def extent(n):
            whole = n + 2 * pad - k
            to = -(-whole // stride) + 1 if ceil else whole // stride + 1
            return to - 1 if ceil and (to - 1) * stride >= n + pad else to

        if min(height, width) + 2 * pad < k or (ceil and stride == 2):  # there ONNX's checker and its runtime disagree
            return None
        operator = self.one_of("MaxPool", "AveragePool")
        attributes = {"count_include_pad": self.below(2)} if operator == "AveragePool" else {}
        return self.add(operator, [x], (1, channels, extent(height), extent(width)), kernel_shape=[k, k], strides=[stride] * 2, pads=[pad] * 4,
                        ceil_mode=int(ceil), **attributes)

    def squeeze_and_excite(self, value):
        x, (_, c, _, _) = value
        inner = max(1, c // 2)
        gate = self.add("GlobalAveragePool", [x], (1, c, 1, 1))
        gate = self.add("Conv", [gate[0], self.weights(inner, c, 1, 1), self.weights(inner, scale=0.2)], (1, inner, 1, 1))
        gate = self.add("Relu", [gate[0]], gate[1])
        gate = self.add("Conv", [gate[0], self.weights(c, inner, 1, 1), self.weights(c, scale=0.2)], (1, c, 1, 1))
        gate = self.add(self.one_of("Sigmoid", "HardSigmoid"), [gate[0]], gate[1])
        return self.add("Mul", [x, gate[0]] if self.below(2) else [gate[0], x], value[1])

    def join(self, value):
        x, shape = value
        other = self.alike(shape, but=x)
        if not other:
            return self.add(self.one_of("Add", "Mul"), [x, self.between(-1, 1, shape[1], *[1] * (len(shape) - 2))], shape)
        y = self.add(self.one_of("Add", "Add", "Add", "Mul", "Sub", "Max", "Min"), [x, other[0]], shape)
        return self.activation(y) if self.below(2) else y

    def concat(self, value):
        shape = value[1]
        fitting = [v for v in self.values if len(v[1]) == len(shape) and v[1][2:] == shape[2:]]
        parts = [value, *(fitting[self.below(len(fitting))] for _ in range(1 + self.below(2)))]
        return self.add("Concat", [v[0] for v in parts], (1, sum(v[1][1] for v in parts), *shape[2:]), axis=1)

    def resize(self, value):
        x, (_, c, height, width) = value
        mode = self.one_of("nearest", "linear")
        places = self.one_of("asymmetric", "half_pixel") if mode == "nearest" else self.one_of("half_pixel", "align_corners", "asymmetric")
        rounding = {"nearest_mode": "floor" if places == "asymmetric" else "round_prefer_floor"} if mode == "nearest" else {}
        return self.add("Resize", [x, "", self.constant(np.float32([1, 1, 2, 2]))], (1, c, 2 * height, 2 * width), mode=mode,
                        coordinate_transformation_mode=places, **rounding)

    def transposed_convolution(self, value):
        x, (_, c, height, width) = value
        k, stride, to = self.one_of(2, 3, 4), self.one_of(1, 2), self.one_of(2, 4, 8)
        pad, more = self.one_of(0, 1), self.one_of(0, 0, 1) if stride > 1 else 0
        extents = [(n - 1) * stride - 2 * pad + k + more for n in (height, width)]
        if min(extents) < 1:
            return None
        return self.add("ConvTranspose", [x, self.weights(c, to, k, k), self.weights(to, scale=0.2)], (1, to, *extents), kernel_shape=[k, k],
                        strides=[stride] * 2, pads=[pad] * 4, output_padding=[more] * 2)

    def pad(self, value):
        x, shape = value
        mode = self.one_of("constant", "constant", "reflect", "edge")
        before = [0, 0, *(self.below(2) if n > 1 else 0 for n in shape[2:])]
        after = [0, 0, *(self.below(3) if n > 3 else 0 for n in shape[2:])]
        number = [self.number(self.one_of(0, 0, 0.5))] if mode == "constant" else []
        return self.add("Pad", [x, self.ints(*before, *after), *number], [sum(t) for t in zip(shape, before, after)], mode=mode)

    def split(self, value):
        x, shape = value
        if shape[1] < 2:
            return None
        at = 1 + self.below(shape[1] - 1)
        sizes, names = self.ints(at, shape[1] - at), [self.name(), self.name() + "b"]
        self.nodes.append(helper.make_node("Split", [x, sizes], names, name=names[0], axis=1))
        self.keep((names[0], (1, at, *shape[2:])))
        return names[1], (1, shape[1] - at, *shape[2:])

    def shuffle(self, value):
        x, (_, c, height, width) = value
        groups = self.one_of(2, 3, 4)
        if c % groups:
            return None
        y = self.add("Reshape", [x, self.ints(1, groups, c // groups, height, width)], (1, groups, c // groups, height, width))
        y = self.add("Transpose", [y[0]], (1, c // groups, groups, height, width), perm=[0, 2, 1, 3, 4])
        return self.add("Reshape", [y[0], self.ints(*value[1])], value[1])

    def blocks(self, value):
        x, (_, c, height, width) = value
        if c % 4 == 0:
            return self.add("DepthToSpace", [x], (1, c // 4, 2 * height, 2 * width), blocksize=2, mode=self.one_of("DCR", "CRD"))
        if height % 2 == 0 and width % 2 == 0:
            return self.add("SpaceToDepth", [x], (1, 4 * c, height // 2, width // 2), blocksize=2)
        return None

    def reduction(self, value):
        x, shape = value
        axes = self.one_of([1], [2], [3], [2, 3])
        to = [1 if axis in axes else n for axis, n in enumerate(shape)]
        return self.add(self.one_of("ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceL2"), [x, self.ints(*axes)], to, keepdims=1)

    def attention(self, value):
        x, (_, c, height, width) = value
        tokens, inner = height * width, self.one_of(4, 8)
        if not 4 <= tokens <= 100 or c < 4:
            return None
        y = self.add("Reshape", [x, self.ints(1, c, tokens)], (1, c, tokens))
        y = self.layer_norm(self.add("Transpose", [y[0]], (1, tokens, c), perm=[0, 2, 1]))
        query, key, what = [self.add("MatMul", [y[0], self.weights(c, inner)], (1, tokens, inner)) for _ in range(3)]
        key = self.add("Transpose", [key[0]], (1, inner, tokens), perm=[0, 2, 1])
        shares = self.add("MatMul", [query[0], key[0]], (1, tokens, tokens))
        shares = self.add("Mul", [shares[0], self.number(inner**-0.5)], shares[1])
        shares = self.add("Softmax", [shares[0]], shares[1], axis=-1)
        seen = self.add("MatMul", [shares[0], what[0]], (1, tokens, inner))
        seen = self.add("MatMul", [seen[0], self.weights(inner, c)], (1, tokens, c))
        y = self.add("Add", [seen[0], y[0]], seen[1])
        y = self.add("Transpose", [y[0]], (1, c, tokens), perm=[0, 2, 1])
        return self.add("Reshape", [y[0], self.ints(*value[1])], value[1])

    def layer_norm(self, value):
        c = value[1][-1]
        return self.add("LayerNormalization", [value[0], self.between(0.5, 1.5, c), self.weights(c, scale=0.2)], value[1], axis=-1)

    # Of sequences [1, steps, features].
    def dense(self, value):
        x, shape = value
        to = self.one_of(4, 8, 12)
        y = self.add("MatMul", [x, self.weights(shape[2], to, scale=shape[2] ** -0.5)], (*shape[:2], to))
        if self.below(3):
            y = self.add("Add", [y[0], self.weights(to, scale=0.2)], y[1])
        return self.activation(y) if self.below(2) else y

    def convolution_1d(self, value):
        x, (_, steps, c) = value
        k, to, stride = self.one_of(1, 3, 5), self.one_of(4, 8), self.one_of(1, 1, 2)
        dilation = self.one_of(1, 2) if stride == 1 else 1
        pads = self.one_of([0, 0], [(k - 1) * dilation // 2] * 2, [(k - 1) * dilation, 0])
        room = steps + sum(pads) - (k - 1) * dilation - 1
        if room < 0:
            return None
        groups = self.one_of(1, 1, c)
        to = c if groups == c else to
        y = self.add("Transpose", [x], (1, c, steps), perm=[0, 2, 1])
        y = self.add("Conv", [y[0], self.weights(to, c // groups, k), self.weights(to, scale=0.2)], (1, to, room // stride + 1), kernel_shape=[k],
                     dilations=[dilation], strides=[stride], pads=pads, group=groups)
        y = self.activation(y) if self.below(2) else y
        return self.add("Transpose", [y[0]], (1, y[1][2], to), perm=[0, 2, 1])

    def recurrent(self, value):
        x, (_, steps, c) = value
        kind, hidden, directions = self.one_of("LSTM", "GRU", "RNN"), self.one_of(3, 6), self.one_of(1, 1, 2)
        gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[kind]
        attributes = {"direction": "bidirectional" if directions == 2 else self.one_of("forward", "forward", "reverse")}
        if kind == "GRU":
            attributes["linear_before_reset"] = self.below(2)
        turned = self.add("Transpose", [x], (steps, 1, c), perm=[1, 0, 2])
        weights = [self.weights(directions, gates * hidden, n, scale=0.45) for n in (c, hidden)]
        biases = self.weights(directions, 2 * gates * hidden, scale=0.2)
        y = self.add(kind, [turned[0], *weights, biases], (steps, directions, 1, hidden), hidden_size=hidden, **attributes)
        y = self.add("Transpose", [y[0]], (1, steps, directions, hidden), perm=[2, 0, 1, 3])
        return self.add("Reshape", [y[0], self.ints(1, steps, directions * hidden)], (1, steps, directions * hidden))

    def mixer(self, value):
        x, (_, steps, c) = value
        y = self.add("Transpose", [x], (1, c, steps), perm=[0, 2, 1])
        y = self.activation(self.add("MatMul", [y[0], self.weights(steps, steps, scale=steps**-0.5)], y[1]))
        y = self.add("Transpose", [y[0]], value[1], perm=[0, 2, 1])
        return self.add("Add", [y[0], x], value[1])

    def softmax(self, value):
        return self.add("Softmax", [value[0]], value[1], axis=self.one_of(-1, 1))

    def wide_layer_norm(self, value):
        return self.layer_norm(value) if value[1][2] >= 4 else None

    # The whole.
    def head(self, value):
        x, shape = value
        if len(shape) == 4 and self.below(3):
            x, shape = self.add("GlobalAveragePool", [x], (*shape[:2], 1, 1))
        features, classes = int(np.prod(shape)), self.one_of(2, 5, 10)
        flat = self.add("Flatten", [x], (1, features), axis=1)
        y = self.add("Gemm", [flat[0], self.weights(classes, features, scale=features**-0.5), self.weights(classes, scale=0.2)], (1, classes),
                     transB=1)
        return self.add(self.one_of("Softmax", "Softmax", "Sigmoid", "LogSoftmax"), [y[0]], y[1]) if self.below(2) else y

    def layers(self, image):
        if image:
            return [*[self.convolution] * 8, *[self.pool] * 3, *[self.join] * 3, *[self.concat] * 2, self.squeeze_and_excite, self.resize,
                    self.transposed_convolution, self.pad, self.cut, self.split, self.shuffle, self.blocks, self.reduction, self.attention,
                    self.activation, self.batch_norm]
        return [*[self.dense] * 4, *[self.convolution_1d] * 4, self.recurrent, self.mixer, self.wide_layer_norm, self.join, self.join, self.cut,
                self.activation, self.softmax]

    def model(self):
        """The ModelProto; None where nothing was added."""
        image = self.below(10) < 7
        shape = (1, self.one_of(1, 2, 3, 4, 8), 4 + self.below(16), 4 + self.below(16)) if image else (1, 4 + self.below(12), self.one_of(2, 4, 6, 8))
        inputs = [("x", shape), ("z", shape)][:1 if self.below(6) else 2]
        self.values = list(inputs)
        makers = self.layers(image)
        for _ in range(3 + self.below(12)):
            recent = self.values[-5:]
            self.keep(makers[self.below(len(makers))](recent[self.below(len(recent))]))
        outputs = [self.head(self.values[-1]) if self.below(2) else self.values[-1]]
        if self.below(4) == 0:
            outputs.append(self.values[-2])
        outputs = {name: shape for name, shape in outputs if name not in ("x", "z")}
        if not outputs:
            return None

        def ports(values):
            return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in values]

        graph = helper.make_graph(self.nodes, "network", ports(inputs), ports(outputs.items()), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        checker.check_model(model, full_check=True)
        return model
