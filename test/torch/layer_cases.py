"""Layers of torch.nn with random configurations: what to build, and samples of its inputs.

A case is a function of a random generator that gives (module, inputs). A module that takes or returns more than tensors in a row is
wrapped in one that does.
"""

import torch
from torch import nn
from torch.nn import functional as F


def one(rng, *choices):
    return choices[rng.integers(len(choices))]


def number(rng, low, high):
    return int(rng.integers(low, high + 1))


def flag(rng):
    return bool(rng.integers(2))


def tensor(rng, *shape, low=-2.0, high=2.0):
    return torch.from_numpy(rng.uniform(low, high, shape).astype("float32"))


def indices(rng, most, *shape):
    return torch.from_numpy(rng.integers(0, most, shape))


def spatial(rng, axes, low=5, high=9):
    return tuple(number(rng, low, high) for _ in range(axes))


class Call(nn.Module):
    """A function as a module, with the modules that it uses."""

    def __init__(self, function, *modules):
        super().__init__()
        self.inner = nn.ModuleList(modules)
        self.function = function

    def forward(self, *inputs):
        return self.function(*self.inner, *inputs)


def batch(rng):
    return number(rng, 1, 2)


def conv(axes):
    def make(rng):
        groups = one(rng, 1, 1, 2) if axes < 3 else 1
        inputs, outputs = groups * number(rng, 1, 3), groups * number(rng, 1, 4)
        if axes < 3 and rng.random() < 0.25:  # depthwise
            groups = inputs
            outputs = inputs * number(rng, 1, 2)
        same = rng.random() < 0.2
        kernel = tuple(number(rng, 1, 3) for _ in range(axes))
        layer = getattr(nn, f"Conv{axes}d")(inputs, outputs, kernel, stride=1 if same else number(rng, 1, 2), groups=groups,
                                            padding="same" if same else number(rng, 0, 2), dilation=number(rng, 1, 2),
                                            bias=flag(rng), padding_mode=one(rng, "zeros", "zeros", "reflect", "replicate", "circular"))
        shape = (inputs, *spatial(rng, axes))
        return layer, [tensor(rng, *shape) if rng.random() < 0.2 else tensor(rng, batch(rng), *shape)]
    return make


def conv_transpose(axes):
    def make(rng):
        groups = one(rng, 1, 1, 2) if axes < 3 else 1
        inputs, outputs = groups * number(rng, 1, 3), groups * number(rng, 1, 3)
        stride = number(rng, 1, 3)
        layer = getattr(nn, f"ConvTranspose{axes}d")(inputs, outputs, number(rng, 1, 3), stride=stride, padding=number(rng, 0, 1),
                                                     output_padding=number(rng, 0, stride - 1), groups=groups, bias=flag(rng),
                                                     dilation=one(rng, 1, 1, 2) if stride > 1 else 1)
        return layer, [tensor(rng, batch(rng), inputs, *spatial(rng, axes, 3, 6))]
    return make


def pool(kind, axes):
    def make(rng):
        size = number(rng, 1, 3)
        options = dict(stride=one(rng, None, 1, 2), padding=number(rng, 0, size // 2), ceil_mode=flag(rng))
        if kind == "Avg":
            options["count_include_pad"] = flag(rng)
        elif axes < 3:
            options["dilation"] = number(rng, 1, 2)
        layer = getattr(nn, f"{kind}Pool{axes}d")(size, **options)
        return layer, [tensor(rng, batch(rng), number(rng, 1, 4), *spatial(rng, axes))]
    return make


def max_pool_indices(rng):
    return nn.MaxPool2d(2, stride=2, return_indices=True), [tensor(rng, batch(rng), 2, 6, 8)]


def lp_pool(axes):
    def make(rng):
        layer = getattr(nn, f"LPPool{axes}d")(one(rng, 1.0, 2.0, 3.0), number(rng, 1, 3), stride=one(rng, None, 1, 2), ceil_mode=flag(rng))
        return layer, [tensor(rng, batch(rng), 2, *spatial(rng, axes), low=0.1)]
    return make


def adaptive(kind, axes):
    def make(rng):
        layer = getattr(nn, f"Adaptive{kind}Pool{axes}d")(one(rng, 1, number(rng, 2, 4), (None,) + (2,) * (axes - 1) if axes > 1 else 3))
        return layer, [tensor(rng, batch(rng), 3, *spatial(rng, axes))]
    return make


def padding(kind, axes):
    def make(rng):
        pads = tuple(number(rng, 0, 2) for _ in range(2 * axes))
        name = f"{kind}Pad{axes}d"
        layer = getattr(nn, name)(pads, one(rng, 0.5, -1.0)) if kind == "Constant" else getattr(nn, name)(pads)
        return layer, [tensor(rng, batch(rng), 2, *spatial(rng, axes, 4, 6))]
    return make


def activation(name, *arguments, low=-4.0, high=4.0):
    def make(rng):
        options = [draw(rng) for draw in arguments]
        shape = [number(rng, 1, 5) for _ in range(number(rng, 1, 4))]
        return getattr(nn, name)(*options), [tensor(rng, *shape, low=low, high=high)]
    return make


def softmax(name):
    def make(rng):
        rank = number(rng, 2, 4)
        return getattr(nn, name)(dim=number(rng, -rank, rank - 1)), [tensor(rng, *[number(rng, 2, 5) for _ in range(rank)])]
    return make


def softmax_2d(rng):
    return nn.Softmax2d(), [tensor(rng, 2, 3, 4, 5)]


def glu(rng):
    return nn.GLU(dim=one(rng, -1, 1)), [tensor(rng, 2, 4, 6)]


def prelu(rng):
    channels = number(rng, 1, 4)
    return nn.PReLU(one(rng, 1, channels)), [tensor(rng, batch(rng), channels, *spatial(rng, number(rng, 0, 2)))]


def linear(rng):
    inputs = number(rng, 1, 8)
    shape = [number(rng, 1, 4) for _ in range(number(rng, 0, 3))] + [inputs]
    return nn.Linear(inputs, number(rng, 1, 8), bias=flag(rng)), [tensor(rng, *shape)]


def bilinear(rng):
    a, b = number(rng, 1, 4), number(rng, 1, 4)
    return nn.Bilinear(a, b, number(rng, 1, 4), bias=flag(rng)), [tensor(rng, 3, a), tensor(rng, 3, b)]


def batch_norm(axes):
    def make(rng):
        channels = number(rng, 1, 4)
        layer = getattr(nn, f"BatchNorm{axes}d")(channels, eps=one(rng, 1e-5, 1e-3), affine=flag(rng), track_running_stats=True)
        return layer, [tensor(rng, batch(rng), channels, *spatial(rng, 0 if axes == 1 and flag(rng) else axes, 3, 5))]
    return make


def instance_norm(axes):
    def make(rng):
        channels = number(rng, 1, 4)
        return (getattr(nn, f"InstanceNorm{axes}d")(channels, affine=flag(rng), track_running_stats=flag(rng)),
                [tensor(rng, batch(rng), channels, *spatial(rng, axes, 3, 5))])
    return make


def layer_norm(rng):
    shape = [number(rng, 2, 5) for _ in range(number(rng, 1, 2))]
    affine = flag(rng)
    return nn.LayerNorm(shape, elementwise_affine=affine, bias=affine and flag(rng)), [tensor(rng, 2, 3, *shape)]


def rms_norm(rng):
    size = number(rng, 2, 6)
    return nn.RMSNorm(size, eps=one(rng, None, 1e-5), elementwise_affine=flag(rng)), [tensor(rng, 2, 3, size)]


def group_norm(rng):
    groups, each = number(rng, 1, 3), number(rng, 1, 3)
    return (nn.GroupNorm(groups, groups * each, affine=flag(rng)),
            [tensor(rng, batch(rng), groups * each, *spatial(rng, number(rng, 1, 2), 3, 5))])


def local_response_norm(rng):
    return nn.LocalResponseNorm(number(rng, 1, 4), alpha=0.1, beta=one(rng, 0.75, 0.5), k=1.0), [tensor(rng, 2, 5, 4, 4)]


def recurrent(name):
    def make(rng):
        features, hidden, layers = number(rng, 1, 5), number(rng, 1, 5), number(rng, 1, 2)
        options = dict(nonlinearity=one(rng, "tanh", "relu")) if name == "RNN" else {}
        layer = getattr(nn, name)(features, hidden, layers, bias=flag(rng), batch_first=flag(rng), bidirectional=flag(rng), **options)
        steps, several = number(rng, 1, 5), batch(rng)
        x = tensor(rng, several, steps, features) if layer.batch_first else tensor(rng, steps, several, features)
        wanted = one(rng, "sequence", "states", "both")
        directions = 2 if layer.bidirectional else 1
        inputs = [x]
        if rng.random() < 0.3:
            inputs += [tensor(rng, layers * directions, several, hidden) for _ in range(2 if name == "LSTM" else 1)]

        def run(module, x, *states):
            sequence, last = module(x, states if name == "LSTM" else states[0]) if states else module(x)
            last = list(last) if name == "LSTM" else [last]
            return {"sequence": [sequence], "states": last, "both": [sequence, *last]}[wanted]
        return Call(run, layer), inputs
    return make


def cell(name):
    def make(rng):
        features, hidden, several = number(rng, 1, 5), number(rng, 1, 5), batch(rng)
        options = dict(nonlinearity=one(rng, "tanh", "relu")) if name == "RNNCell" else {}
        layer = getattr(nn, name)(features, hidden, bias=flag(rng), **options)
        x, h = tensor(rng, several, features), tensor(rng, several, hidden)
        if name == "LSTMCell":
            return Call(lambda module, x, h, c: module(x, (h, c)), layer), [x, h, tensor(rng, several, hidden)]
        return layer, [x, h]
    return make


def embedding(rng):
    count = number(rng, 2, 9)
    return nn.Embedding(count, number(rng, 1, 5), padding_idx=one(rng, None, 0)), [indices(rng, count, 2, 3)]


def embedding_bag(rng):
    count = number(rng, 2, 9)
    return nn.EmbeddingBag(count, number(rng, 1, 5), mode=one(rng, "sum", "mean", "max")), [indices(rng, count, 3, 4)]


def attention(rng):
    heads, each, several = number(rng, 1, 3), number(rng, 1, 4), batch(rng)
    size = heads * each
    layer = nn.MultiheadAttention(size, heads, bias=flag(rng), batch_first=flag(rng), add_zero_attn=flag(rng))
    shape = (several, 5, size) if layer.batch_first else (5, several, size)
    weights = flag(rng)

    def run(module, q, k, v):
        return module(q, k, v, need_weights=weights)[:2 if weights else 1]
    return Call(run, layer), [tensor(rng, *shape) for _ in range(3)]


def transformer_encoder(rng):
    heads, each = number(rng, 1, 2), number(rng, 1, 4)
    layer = nn.TransformerEncoderLayer(heads * each, heads, number(rng, 2, 6), activation=one(rng, "relu", "gelu"), batch_first=flag(rng),
                                       norm_first=flag(rng))
    return layer, [tensor(rng, 2, 3, heads * each)]


def transformer_decoder(rng):
    heads, each = number(rng, 1, 2), number(rng, 1, 4)
    layer = nn.TransformerDecoderLayer(heads * each, heads, number(rng, 2, 6), batch_first=True, norm_first=flag(rng))
    return layer, [tensor(rng, 2, 3, heads * each), tensor(rng, 2, 4, heads * each)]


def scaled_attention(rng):
    heads = number(rng, 1, 2)
    masked = one(rng, "none", "causal", "float", "bool")
    q, k, v = tensor(rng, 2, heads, 4, 3), tensor(rng, 2, heads, 4, 3), tensor(rng, 2, heads, 4, 5)

    def run(q, k, v, *mask):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask[0] if mask else None, is_causal=masked == "causal")
    mask = {"float": [tensor(rng, 4, 4)], "bool": [torch.tril(torch.ones(4, 4)).bool()]}.get(masked, [])
    return Call(run), [q, k, v, *mask]


def upsample(rng):
    axes = number(rng, 1, 3)
    mode = one(rng, "nearest", "nearest-exact", {1: "linear", 2: "bilinear", 3: "trilinear"}[axes], *(["bicubic"] if axes == 2 else []))
    options = {} if "nearest" in mode else dict(align_corners=flag(rng))
    shape = spatial(rng, axes, 3, 5)
    if flag(rng):
        layer = nn.Upsample(size=tuple(number(rng, 2, 9) for _ in range(axes)), mode=mode, **options)
    else:
        layer = nn.Upsample(scale_factor=one(rng, 2.0, 1.5, 3.0, 0.7), mode=mode, **options)
    return layer, [tensor(rng, batch(rng), 2, *shape)]


def interpolate_antialiased(rng):
    size, mode = (number(rng, 2, 9), number(rng, 2, 9)), one(rng, "bilinear", "bicubic")
    return Call(lambda x: F.interpolate(x, size=size, mode=mode, antialias=True)), [tensor(rng, 1, 2, 6, 7)]


def grid_sample(rng):
    mode, around, corners = one(rng, "bilinear", "nearest", "bicubic"), one(rng, "zeros", "border", "reflection"), flag(rng)
    return (Call(lambda x, grid: F.grid_sample(x, grid, mode=mode, padding_mode=around, align_corners=corners)),
            [tensor(rng, 2, 3, 5, 6), tensor(rng, 2, 4, 3, 2, low=-1.2, high=1.2)])


def affine_grid(rng):
    corners = flag(rng)
    return Call(lambda theta: F.affine_grid(theta, [2, 3, 4, 5], align_corners=corners)), [tensor(rng, 2, 2, 3)]


def pixel_shuffle(rng):
    factor = number(rng, 1, 3)
    return nn.PixelShuffle(factor), [tensor(rng, 2, 2 * factor * factor, 3, 4)]


def pixel_unshuffle(rng):
    factor = number(rng, 1, 3)
    return nn.PixelUnshuffle(factor), [tensor(rng, 2, 2, 3 * factor, 2 * factor)]


def channel_shuffle(rng):
    groups = number(rng, 1, 3)
    return nn.ChannelShuffle(groups), [tensor(rng, 2, groups * 2, 3, 4)]


def unfold(rng):
    return (nn.Unfold((number(rng, 1, 3), number(rng, 1, 3)), dilation=number(rng, 1, 2), padding=number(rng, 0, 1), stride=number(rng, 1, 2)),
            [tensor(rng, batch(rng), number(rng, 1, 3), 6, 7)])


def fold(rng):
    stride, kernel = number(rng, 1, 2), number(rng, 1, 3)
    places = (6 - kernel) // stride + 1
    return nn.Fold((6, 6), kernel, stride=stride), [tensor(rng, batch(rng), 2 * kernel * kernel, places * places)]


def flatten(rng):
    return nn.Flatten(number(rng, 0, 1), one(rng, -1, 2)), [tensor(rng, 2, 3, 4, 2)]


def unflatten(rng):
    return nn.Unflatten(1, (2, 3)), [tensor(rng, 2, 6, 3)]


def similarity(rng):
    return nn.CosineSimilarity(dim=number(rng, 0, 2)), [tensor(rng, 2, 3, 4), tensor(rng, 2, 3, 4)]


def distance(rng):
    return nn.PairwiseDistance(p=one(rng, 1.0, 2.0, 3.0), keepdim=flag(rng)), [tensor(rng, 3, 4), tensor(rng, 3, 4)]


def dropout(name, axes):
    def make(rng):
        layer = getattr(nn, name)(0.3, inplace=bool(rng.integers(2)))
        return nn.Sequential(nn.ReLU(), layer), [tensor(rng, 2, 3, *spatial(rng, axes))]
    return make


def identity(rng):
    return nn.Sequential(nn.Identity(), nn.ReLU()), [tensor(rng, 2, 3)]


def zero_pad(axes):
    def make(rng):
        return getattr(nn, f"ZeroPad{axes}d")(number(rng, 0, 2)), [tensor(rng, 2, 2, *spatial(rng, axes))]
    return make


def between(low, high):
    return lambda rng: float(rng.uniform(low, high))


LAYERS = {
    **{f"Conv{a}d": conv(a) for a in (1, 2, 3)},
    **{f"ConvTranspose{a}d": conv_transpose(a) for a in (1, 2, 3)},
    "Unfold": unfold, "Fold": fold,
    **{f"MaxPool{a}d": pool("Max", a) for a in (1, 2, 3)},
    "MaxPool2d (return_indices)": max_pool_indices,
    **{f"AvgPool{a}d": pool("Avg", a) for a in (1, 2, 3)},
    **{f"LPPool{a}d": lp_pool(a) for a in (1, 2)},
    **{f"AdaptiveMaxPool{a}d": adaptive("Max", a) for a in (1, 2, 3)},
    **{f"AdaptiveAvgPool{a}d": adaptive("Avg", a) for a in (1, 2, 3)},
    **{f"ReflectionPad{a}d": padding("Reflection", a) for a in (1, 2, 3)},
    **{f"ReplicationPad{a}d": padding("Replication", a) for a in (1, 2, 3)},
    **{f"ConstantPad{a}d": padding("Constant", a) for a in (1, 2, 3)},
    **{f"CircularPad{a}d": padding("Circular", a) for a in (1, 2, 3)},
    **{f"ZeroPad{a}d": zero_pad(a) for a in (1, 2, 3)},
    "ELU": activation("ELU", between(0.5, 2)), "Hardshrink": activation("Hardshrink", between(0.1, 1)),
    "Hardsigmoid": activation("Hardsigmoid"), "Hardtanh": activation("Hardtanh", between(-3, -1), between(1, 3)),
    "Hardswish": activation("Hardswish"), "LeakyReLU": activation("LeakyReLU", between(0.01, 0.5)), "LogSigmoid": activation("LogSigmoid"),
    "PReLU": prelu, "ReLU": activation("ReLU"), "ReLU6": activation("ReLU6", low=-8, high=8), "RReLU": activation("RReLU"),
    "SELU": activation("SELU"), "CELU": activation("CELU", between(0.5, 2)), "GELU": activation("GELU"),
    "GELU (tanh)": lambda rng: (nn.GELU("tanh"), [tensor(rng, 3, 4)]), "Sigmoid": activation("Sigmoid"), "SiLU": activation("SiLU"),
    "Mish": activation("Mish"), "Softplus": activation("Softplus", between(0.5, 2), lambda rng: one(rng, 20.0, 1.0)),
    "Softshrink": activation("Softshrink", between(0.1, 1)), "Softsign": activation("Softsign"), "Tanh": activation("Tanh"),
    "Tanhshrink": activation("Tanhshrink"), "Threshold": activation("Threshold", between(-1, 1), between(-2, 2)), "GLU": glu,
    "Softmin": softmax("Softmin"), "Softmax": softmax("Softmax"), "LogSoftmax": softmax("LogSoftmax"), "Softmax2d": softmax_2d,
    **{f"BatchNorm{a}d": batch_norm(a) for a in (1, 2, 3)},
    **{f"InstanceNorm{a}d": instance_norm(a) for a in (1, 2, 3)},
    "LayerNorm": layer_norm, "RMSNorm": rms_norm, "GroupNorm": group_norm, "LocalResponseNorm": local_response_norm,
    "RNN": recurrent("RNN"), "LSTM": recurrent("LSTM"), "GRU": recurrent("GRU"),
    "RNNCell": cell("RNNCell"), "LSTMCell": cell("LSTMCell"), "GRUCell": cell("GRUCell"),
    "MultiheadAttention": attention, "TransformerEncoderLayer": transformer_encoder, "TransformerDecoderLayer": transformer_decoder,
    "scaled_dot_product_attention": scaled_attention,
    "Linear": linear, "Bilinear": bilinear, "Identity": identity, "Embedding": embedding, "EmbeddingBag": embedding_bag,
    **{name: dropout(name, axes) for name, axes in (("Dropout", 1), ("Dropout1d", 1), ("Dropout2d", 2), ("Dropout3d", 3),
                                                    ("AlphaDropout", 1), ("FeatureAlphaDropout", 1))},
    "Upsample": upsample, "interpolate (antialias)": interpolate_antialiased, "grid_sample": grid_sample, "affine_grid": affine_grid,
    "PixelShuffle": pixel_shuffle, "PixelUnshuffle": pixel_unshuffle, "ChannelShuffle": channel_shuffle, "Flatten": flatten,
    "Unflatten": unflatten, "CosineSimilarity": similarity, "PairwiseDistance": distance,
}
