"""Layers of Keras 3 with random configurations: what to build, and the shapes of its inputs (without the batch)."""

import numpy as np

ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "elu", "selu", "gelu", "silu", "softplus", "hard_sigmoid", None]


def one(rng, *choices):
    return choices[rng.integers(len(choices))]


def number(rng, low, high):
    return int(rng.integers(low, high + 1))


def spatial(rng, axes, low=4, high=9):
    return tuple(number(rng, low, high) for _ in range(axes))


def channels(rng, axes, count, data_format):
    places = spatial(rng, axes)
    return (count, *places) if data_format == "channels_first" else (*places, count)


def window(rng, axes, dilation=True):
    """kernel, strides, dilation: strides and dilation exclude each other in Keras."""
    kernel = tuple(number(rng, 1, 3) for _ in range(axes))
    strides, rate = (1,) * axes, (1,) * axes
    if dilation and rng.random() < 0.3:
        rate = (2,) * axes
    elif rng.random() < 0.5:
        strides = (number(rng, 1, 3),) * axes
    return dict(kernel_size=kernel, strides=strides, dilation_rate=rate)


def conv(axes):
    def make(keras, rng):
        groups = one(rng, 1, 1, 2) if axes < 3 else 1
        data_format = one(rng, "channels_last", "channels_last", "channels_first")
        padding = one(rng, "valid", "same", "causal") if axes == 1 and data_format == "channels_last" else one(rng, "valid", "same")
        layer = getattr(keras.layers, f"Conv{axes}D")(2 * number(rng, 1, 4), padding=padding, groups=groups, data_format=data_format,
                                                      use_bias=bool(rng.integers(2)), activation=one(rng, *ACTIVATIONS),
                                                      **window(rng, axes))
        return layer, [channels(rng, axes, 2 * number(rng, 1, 3), data_format)]
    return make


def conv_transpose(axes):
    def make(keras, rng):
        data_format = one(rng, "channels_last", "channels_last", "channels_first")
        options = window(rng, axes, dilation=False)
        options.pop("dilation_rate")
        layer = getattr(keras.layers, f"Conv{axes}DTranspose")(number(rng, 1, 4), padding=one(rng, "valid", "same"),
                                                               data_format=data_format, use_bias=bool(rng.integers(2)), **options)
        return layer, [channels(rng, axes, number(rng, 1, 3), data_format)]
    return make


def depthwise(axes, kind="Depthwise"):
    def make(keras, rng):
        data_format = one(rng, "channels_last", "channels_last", "channels_first")
        options = window(rng, axes)
        more = {} if kind == "Depthwise" else {"filters": number(rng, 1, 5)}
        if kind == "Depthwise" and axes == 1:
            data_format = "channels_last"  # channels first, Keras 3.15 gives sums of other places than the layer's definition
        layer = getattr(keras.layers, f"{kind}Conv{axes}D")(padding=one(rng, "valid", "same"), depth_multiplier=number(rng, 1, 2),
                                                            data_format=data_format, use_bias=bool(rng.integers(2)),
                                                            activation=one(rng, *ACTIVATIONS), **options, **more)
        return layer, [channels(rng, axes, number(rng, 1, 3), data_format)]
    return make


def pool(kind, axes):
    def make(keras, rng):
        data_format = one(rng, "channels_last", "channels_first")
        size = tuple(number(rng, 1, 3) for _ in range(axes))
        layer = getattr(keras.layers, f"{kind}Pooling{axes}D")(size, strides=one(rng, None, (2,) * axes, (1,) * axes),
                                                               padding=one(rng, "valid", "same"), data_format=data_format)
        return layer, [channels(rng, axes, number(rng, 1, 4), data_format)]
    return make


def global_pool(kind, axes):
    def make(keras, rng):
        data_format = one(rng, "channels_last", "channels_first")
        layer = getattr(keras.layers, f"Global{kind}Pooling{axes}D")(data_format=data_format, keepdims=bool(rng.integers(2)))
        return layer, [channels(rng, axes, number(rng, 1, 4), data_format)]
    return make


def adaptive_pool(kind, axes):
    def make(keras, rng):
        data_format = one(rng, "channels_last", "channels_first")
        layer = getattr(keras.layers, f"Adaptive{kind}Pooling{axes}D")(tuple(number(rng, 1, 3) for _ in range(axes)),
                                                                       data_format=data_format)
        return layer, [channels(rng, axes, number(rng, 1, 4), data_format)]
    return make


def shape(rng, low=1, high=4):
    return tuple(number(rng, 2, 6) for _ in range(number(rng, low, high)))


def plain(name, **choices):
    """A layer whose options are drawn from lists, over an input of any rank."""
    def make(keras, rng):
        options = {key: one(rng, *values) for key, values in choices.items()}
        return getattr(keras.layers, name)(**options), [shape(rng, 1, 3)]
    return make


def normalization(name):
    def make(keras, rng):
        x = shape(rng, 1, 3)
        options = dict(epsilon=one(rng, 1e-3, 1e-5))
        if name != "RMSNormalization":
            options |= dict(center=bool(rng.integers(2)), scale=bool(rng.integers(2)))
        axis = one(rng, -1, number(rng, 1, len(x)))
        if name == "GroupNormalization":
            x = shape(rng, 2, 3)
            axis = -1
            options["groups"] = one(rng, 1, x[-1], -1)
        return getattr(keras.layers, name)(axis=axis, **options), [x]
    return make


def merge(name):
    def make(keras, rng):
        x = shape(rng, 1, 3)
        return getattr(keras.layers, name)(), [x] * (2 if name == "Subtract" else number(rng, 2, 3))
    return make


def concatenate(keras, rng):
    x = shape(rng, 2, 3)
    axis = number(rng, 1, len(x))
    other = list(x)
    other[axis - 1] += 1
    return keras.layers.Concatenate(axis=one(rng, axis, axis - len(x) - 1)), [x, tuple(other)]


def dot(keras, rng):
    n = number(rng, 2, 5)
    if rng.integers(2):
        return keras.layers.Dot(axes=1, normalize=bool(rng.integers(2))), [(n,), (n,)]
    return keras.layers.Dot(axes=one(rng, (2, 2), (-1, -1)), normalize=bool(rng.integers(2))), [(3, n), (4, n)]


def recurrent(name):
    def make(keras, rng):
        options = dict(return_sequences=bool(rng.integers(2)), go_backwards=bool(rng.integers(2)), use_bias=bool(rng.integers(2)),
                       activation=one(rng, "tanh", "tanh", "relu", "softsign"), bias_initializer="random_normal")
        if name == "GRU":
            options["reset_after"] = bool(rng.integers(2))
        return getattr(keras.layers, name)(number(rng, 1, 5), **options), [(number(rng, 1, 6), number(rng, 1, 4))]
    return make


def bidirectional(keras, rng):
    kind = one(rng, "LSTM", "GRU", "SimpleRNN")
    inner = getattr(keras.layers, kind)(number(rng, 1, 4), return_sequences=bool(rng.integers(2)))
    return keras.layers.Bidirectional(inner, merge_mode=one(rng, "concat", "sum", "ave", "mul")), [(number(rng, 2, 5), 3)]


def cells(keras, rng):
    kinds = [one(rng, keras.layers.LSTMCell, keras.layers.GRUCell, keras.layers.SimpleRNNCell) for _ in range(number(rng, 1, 3))]
    made = [kind(number(rng, 1, 4)) for kind in kinds]
    return keras.layers.RNN(made if len(made) > 1 else made[0], return_sequences=bool(rng.integers(2)),
                            go_backwards=bool(rng.integers(2))), [(number(rng, 2, 5), 3)]


def time_distributed(keras, rng):
    if rng.integers(2):
        return keras.layers.TimeDistributed(keras.layers.Dense(3, activation="relu")), [(4, 5)]
    return keras.layers.TimeDistributed(keras.layers.Conv2D(2, 3, padding="same")), [(3, 5, 6, 2)]


def multi_head_attention(keras, rng):
    layer = keras.layers.MultiHeadAttention(number(rng, 1, 3), number(rng, 1, 4), value_dim=one(rng, None, 3),
                                            use_bias=bool(rng.integers(2)), output_shape=one(rng, None, 5))
    return layer, [(4, 6), (5, 6)]


def attention(name):
    def make(keras, rng):
        layer = getattr(keras.layers, name)(use_scale=bool(rng.integers(2)))
        return layer, [(3, 4), (5, 4)] + ([(5, 4)] if rng.integers(2) else [])
    return make


def embedding(keras, rng):
    return keras.layers.Embedding(11, number(rng, 1, 5)), [((number(rng, 1, 4),), "int32")]


def adapted(keras, rng):
    n = number(rng, 1, 4)
    layer = keras.layers.Normalization(axis=-1, invert=bool(rng.integers(2)))
    layer.adapt(rng.normal(size=(20, n)).astype(np.float32) * 3 + 1)
    return layer, [(n,)]


def stated(keras, rng):
    return keras.layers.Normalization(axis=None, mean=2.0, variance=4.0), [(3, 4)]


def borders(name, axes):
    def make(keras, rng):
        pairs = tuple((number(rng, 0, 2), number(rng, 0, 1)) for _ in range(axes))
        if axes == 1:
            pairs = one(rng, pairs[0], 1)
        return getattr(keras.layers, f"{name}{axes}D")(pairs), [(*spatial(rng, axes), 2)]
    return make


def up_sampling(axes):
    def make(keras, rng):
        size = tuple(number(rng, 1, 3) for _ in range(axes))
        more = {"interpolation": one(rng, "nearest", "bilinear")} if axes == 2 else {}
        return getattr(keras.layers, f"UpSampling{axes}D")(size[0] if axes == 1 else size, **more), [(*spatial(rng, axes), 2)]
    return make


def resizing(keras, rng):
    layer = keras.layers.Resizing(number(rng, 3, 12), number(rng, 3, 12), interpolation=one(rng, "bilinear", "nearest"),
                                  crop_to_aspect_ratio=bool(rng.integers(2)))
    return layer, [(*spatial(rng, 2), 3)]


def center_crop(keras, rng):
    return keras.layers.CenterCrop(number(rng, 2, 4), number(rng, 2, 4)), [(*spatial(rng, 2), 3)]


def reshape(keras, rng):
    return keras.layers.Reshape(one(rng, (6, 4), (-1,), (2, -1, 3))), [(4, 6)]


def permute(keras, rng):
    return keras.layers.Permute(tuple(int(i) + 1 for i in rng.permutation(3))), [(3, 4, 5)]


def flatten(keras, rng):
    return keras.layers.Flatten(data_format=one(rng, "channels_last", "channels_first")), [(3, 4, 2)]


def dense(keras, rng):
    layer = keras.layers.Dense(number(rng, 1, 6), use_bias=bool(rng.integers(2)), activation=one(rng, *ACTIVATIONS))
    return layer, [shape(rng, 1, 3)]


def softmax(keras, rng):
    return keras.layers.Softmax(axis=one(rng, -1, 1)), [shape(rng, 2, 3)]


def prelu(keras, rng):
    return keras.layers.PReLU(alpha_initializer="random_normal", shared_axes=one(rng, None, [1, 2])), [(4, 5, 3)]


LAYERS = {
    "Dense": dense, "Conv1D": conv(1), "Conv2D": conv(2), "Conv3D": conv(3), "Conv1DTranspose": conv_transpose(1),
    "Conv2DTranspose": conv_transpose(2), "Conv3DTranspose": conv_transpose(3), "DepthwiseConv1D": depthwise(1),
    "DepthwiseConv2D": depthwise(2), "SeparableConv1D": depthwise(1, "Separable"), "SeparableConv2D": depthwise(2, "Separable"),
    **{f"{kind}Pooling{n}D": pool(kind, n) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{kind}Pooling{n}D": global_pool(kind, n) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{n}D": adaptive_pool(kind, n) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{name: normalization(name) for name in ("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization")},
    "UnitNormalization": plain("UnitNormalization"), "Normalization (adapted)": adapted, "Normalization": stated,
    "Rescaling": plain("Rescaling", scale=[1 / 255, 2.0], offset=[0.0, -1.0]),
    "Activation": plain("Activation", activation=["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "softplus", "softsign", "sigmoid",
                                                  "tanh", "silu", "gelu", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink",
                                                  "soft_shrink", "tanh_shrink", "sparse_plus", "sparse_sigmoid", "squareplus", "exponential",
                                                  "log_sigmoid", "mish", "softmax", "log_softmax", "linear"]),
    "ReLU": plain("ReLU", max_value=[None, 6.0, 1.0, 2.5], negative_slope=[0.0, 0.0, 0.1], threshold=[0.0, 0.0, 0.5]),
    "LeakyReLU": plain("LeakyReLU", negative_slope=[0.1, 0.3]), "ELU": plain("ELU", alpha=[1.0, 0.7]), "PReLU": prelu, "Softmax": softmax,
    **{name: plain(name, rate=[0.3]) for name in ("Dropout", "AlphaDropout", "GaussianDropout")},
    "SpatialDropout1D": lambda keras, rng: (keras.layers.SpatialDropout1D(0.3), [(4, 3)]),
    "SpatialDropout2D": lambda keras, rng: (keras.layers.SpatialDropout2D(0.3), [(4, 3, 2)]),
    "SpatialDropout3D": lambda keras, rng: (keras.layers.SpatialDropout3D(0.3), [(4, 3, 2, 2)]),
    "GaussianNoise": plain("GaussianNoise", stddev=[0.3]), "ActivityRegularization": plain("ActivityRegularization"),
    "Identity": plain("Identity"), "Flatten": flatten, "Reshape": reshape, "Permute": permute,
    "RepeatVector": lambda keras, rng: (keras.layers.RepeatVector(number(rng, 1, 4)), [(5,)]),
    **{f"{name}{n}D": borders(name, n) for name in ("ZeroPadding", "Cropping") for n in (1, 2, 3)},
    **{f"UpSampling{n}D": up_sampling(n) for n in (1, 2, 3)}, "Resizing": resizing, "CenterCrop": center_crop, "Embedding": embedding,
    **{name: merge(name) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")}, "Concatenate": concatenate,
    "Dot": dot, **{name: recurrent(name) for name in ("LSTM", "GRU", "SimpleRNN")}, "RNN": cells, "Bidirectional": bidirectional,
    "TimeDistributed": time_distributed, "MultiHeadAttention": multi_head_attention,
    **{name: attention(name) for name in ("Attention", "AdditiveAttention")},
}
