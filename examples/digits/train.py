"""Trains the demo's digit classifier and writes digits.onnx and digits_test.npz beside this file.

    pip install scikit-learn==1.7.2 numpy onnx==1.19.1
    python train.py

The data are scikit-learn's 1,797 handwritten digits of 8x8 pixels. The network is small on purpose, and channels-first with
separate batch normalisation, as PyTorch would export it, so that a conversion has something to do:

    image [1,1,8,8] -> 3 x (Conv 3x3, BatchNormalization, Relu), MaxPool after the 2nd and 3rd -> Flatten -> Gemm -> Softmax

Training is plain numpy (15 s): each layer keeps what its gradient needs, Adam does the rest.
"""

import pathlib

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED, EPOCHS, BATCH, RATE = 7, 40, 64, 3e-3
CHANNELS = (16, 24, 48)
EPSILON = 1e-5
HERE = pathlib.Path(__file__).resolve().parent


class Conv:
    """3x3, stride 1, padding 1, no bias: the batch normalisation behind it has one."""

    def __init__(self, rng, inputs, outputs):
        self.weight = rng.normal(0, np.sqrt(2 / (inputs * 9)), (outputs, inputs, 3, 3)).astype(np.float32)
        self.parameters = ["weight"]

    def forward(self, x, training):
        self.patches = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
        return np.einsum("nchwij,ocij->nohw", self.patches, self.weight, optimize=True)

    def backward(self, dy):
        self.gradients = [np.einsum("nohw,nchwij->ocij", dy, self.patches, optimize=True)]
        padded = sliding_window_view(np.pad(dy, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
        return np.einsum("nohwij,ocij->nchw", padded, self.weight[:, :, ::-1, ::-1], optimize=True)


class BatchNorm:
    def __init__(self, channels):
        self.scale, self.bias = np.ones(channels, np.float32), np.zeros(channels, np.float32)
        self.mean, self.var = np.zeros(channels, np.float32), np.ones(channels, np.float32)
        self.parameters = ["scale", "bias"]

    def forward(self, x, training):
        mean, var = self.mean, self.var
        if training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
            self.mean, self.var = 0.9 * self.mean + 0.1 * mean, 0.9 * self.var + 0.1 * var
        self.inverse = (1 / np.sqrt(var + EPSILON))[:, None, None]
        self.normal = (x - mean[:, None, None]) * self.inverse
        return self.normal * self.scale[:, None, None] + self.bias[:, None, None]

    def backward(self, dy):
        self.gradients = [(dy * self.normal).sum((0, 2, 3)), dy.sum((0, 2, 3))]
        dn = dy * self.scale[:, None, None]
        centred = dn - dn.mean((0, 2, 3), keepdims=True)
        return (centred - self.normal * (dn * self.normal).mean((0, 2, 3), keepdims=True)) * self.inverse


class Relu:
    parameters = gradients = ()

    def forward(self, x, training):
        self.positive = x > 0
        return x * self.positive

    def backward(self, dy):
        return dy * self.positive


class MaxPool:
    parameters = gradients = ()

    def forward(self, x, training):
        n, c, h, w = x.shape
        self.shape = x.shape
        cells = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
        self.winner = cells.argmax(-1)
        return cells.max(-1)

    def backward(self, dy):
        n, c, h, w = self.shape
        cells = (np.arange(4) == self.winner[..., None]) * dy[..., None]
        return cells.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(self.shape)


class Gemm:
    def __init__(self, rng, inputs, outputs):
        self.weight = rng.normal(0, np.sqrt(1 / inputs), (outputs, inputs)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)
        self.parameters = ["weight", "bias"]

    def forward(self, x, training):
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.weight.T + self.bias

    def backward(self, dy):
        self.gradients = [dy.T @ self.x, dy.sum(0)]
        return (dy @ self.weight).reshape(self.shape)


def build(rng):
    layers, inputs = [], 1
    for i, outputs in enumerate(CHANNELS):
        layers += [Conv(rng, inputs, outputs), BatchNorm(outputs), Relu()] + [MaxPool()] * (i > 0)
        inputs = outputs
    return layers + [Gemm(rng, inputs * 2 * 2, 10)]


def run(layers, x, training=False):
    for layer in layers:
        x = layer.forward(x, training)
    return x


def train(layers, images, labels, rng):
    moments, step = {}, 0
    for epoch in range(EPOCHS):
        rate = RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = rng.permutation(len(images))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            logits = run(layers, images[rows], training=True)
            p = np.exp(logits - logits.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            dy = (p - np.eye(10, dtype=np.float32)[labels[rows]]) / BATCH
            for layer in reversed(layers):
                dy = layer.backward(dy)
            step += 1
            for layer in layers:
                for name, gradient in zip(layer.parameters, layer.gradients):
                    m, v = moments.get((id(layer), name), (0.0, 0.0))
                    m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
                    moments[id(layer), name] = m, v
                    update = rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
                    setattr(layer, name, (getattr(layer, name) - update).astype(np.float32))


def to_onnx(layers):
    nodes, weights, current, count = [], [], "image", {}

    def add(op, extra=(), output=None, **attributes):
        nonlocal current
        count[op] = count.get(op, 0) + 1
        name = f"{op.lower()}_{count[op]}"
        names = []
        for role, array in extra:
            weights.append(numpy_helper.from_array(array.astype(np.float32), f"{name}.{role}"))
            names.append(f"{name}.{role}")
        output = output or f"{name}.out"
        nodes.append(helper.make_node(op, [current, *names], [output], name=name, **attributes))
        current = output

    for layer in layers:
        if isinstance(layer, Conv):
            add("Conv", [("weight", layer.weight)], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        elif isinstance(layer, BatchNorm):
            roles = ("scale", "bias", "mean", "var")
            add("BatchNormalization", [(role, getattr(layer, role)) for role in roles], epsilon=EPSILON)
        elif isinstance(layer, Relu):
            add("Relu")
        elif isinstance(layer, MaxPool):
            add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        else:
            add("Flatten")
            add("Gemm", [("weight", layer.weight), ("bias", layer.bias)], transB=1)
    add("Softmax", output="probabilities", axis=1)
    graph = helper.make_graph(
        nodes, "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 10])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="tinsmith-example", ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    rng = np.random.default_rng(SEED)
    data, labels = load_digits(return_X_y=True)
    images = (data.reshape(-1, 1, 8, 8) / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(images, labels, test_size=0.2, random_state=SEED, stratify=labels)
    layers = build(rng)
    train(layers, train_x, train_y, rng)
    accuracy = (run(layers, test_x).argmax(1) == test_y).mean()
    onnx.save(to_onnx(layers), HERE / "digits.onnx")
    # One array per input of the model, its first dimension the samples; the labels lie beside it for the curious.
    np.savez_compressed(HERE / "digits_test.npz", image=test_x[:100])
    np.save(HERE / "digits_labels.npy", test_y[:100].astype(np.uint8))
    print(f"{accuracy:.3f} of {len(test_y)} unseen digits; {(HERE / 'digits.onnx').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
