"""Whole models of Keras 2 and 3 as people build them: nested, shared, with several inputs and outputs, masks, operators and states."""

import importlib

import numpy as np

from layer_cases import number, one


def inputs_of(keras, entries):
    return [keras.Input(shape, dtype="int32" if kind in ("int32", "ids") else "float32", name=f"in{i}")
            for i, (shape, kind) in enumerate(entries)]


def model(entries):
    """A case of inputs `entries`, (shape, kind), from the function that connects them."""
    def wrap(connect):
        def make(keras, rng):
            inputs = inputs_of(keras, entries)
            return keras.Model(inputs, connect(keras, rng, *inputs)), entries
        return make
    return wrap


def floats(*shape):
    return shape, "float32"


@model([floats(6)])
def nested(keras, rng, x):
    L = keras.layers
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, L.Dense(4, activation="tanh")(inner_in))
    deeper = keras.Sequential([keras.Input((4,)), inner, L.Dense(3, activation="relu")])
    return deeper(L.Dense(4)(x))


@model([floats(5), floats(5)])
def shared(keras, rng, a, b):
    L = keras.layers
    tower = keras.Sequential([keras.Input((5,)), L.Dense(6, activation="relu"), L.Dense(3)])
    again = L.Dense(3, use_bias=bool(rng.integers(2)))
    x, y = tower(a), tower(b)
    return [L.Concatenate()([x, y]), again(again(x)), L.Dot(axes=1, normalize=True)([x, y])]


@model([floats(8, 8, 3)])
def residual(keras, rng, x):
    L = keras.layers
    y = L.Conv2D(4, 3, padding="same", use_bias=False)(x)
    y = L.ReLU(6.0)(L.BatchNormalization()(y))
    z = L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same", use_bias=False)(y))
    y = L.Add()([y, L.Activation("relu")(z)])
    y = L.Multiply()([y, L.Reshape((1, 1, 4))(L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(y)))])
    return L.Dense(5, activation="softmax")(L.Flatten()(L.MaxPooling2D()(L.ZeroPadding2D(((0, 1), (1, 0)))(y))))


@model([floats(3, 8, 6)])
def channels_first(keras, rng, x):
    L, f = keras.layers, {"data_format": "channels_first"}
    y = L.SeparableConv2D(4, 3, padding="same", activation="relu", **f)(x)
    y = L.BatchNormalization(axis=1)(L.UpSampling2D(2, **f)(L.AveragePooling2D(2, **f)(y)))
    return L.Dense(2)(L.Flatten(**f)(L.Conv2D(3, 2, strides=2, **f)(y)))


@model([floats(4, 6)])
def operators(keras, rng, x):
    import tensorflow as tf
    if keras.__name__ == "keras":
        ops = keras.ops
        y = ops.relu(x * 2.0 - 1.0) / (ops.abs(x) + 1.0)
        z = ops.concatenate([y[:, 1:3], ops.flip(x, axis=1)[:, :2]], axis=1)
        return [ops.mean(z, axis=-1, keepdims=True), ops.softmax(-z), ops.transpose(z, (0, 2, 1))[:, :, -1], ops.where(x > 0.0, y, -x),
                ops.var(x, axis=1), ops.logsumexp(y, axis=-1), ops.expand_dims(ops.max(y, axis=1), 1), ops.einsum("bij,bkj->bik", x, y)]
    y = tf.nn.relu(x * 2.0 - 1.0) / (tf.abs(x) + 1.0)
    z = tf.concat([y[:, 1:3], tf.reverse(x, axis=[1])[:, :2]], axis=1)
    return [tf.reduce_mean(z, axis=-1, keepdims=True), tf.nn.softmax(-z), tf.transpose(z, perm=[0, 2, 1])[:, :, -1], tf.where(x > 0.0, y, -x),
            tf.math.reduce_variance(x, axis=1), tf.reduce_logsumexp(y, axis=-1), tf.expand_dims(tf.reduce_max(y, axis=1), 1),
            tf.matmul(x, y, transpose_b=True)]


@model([((7,), "ids")])
def masked_embedding(keras, rng, x):
    L = keras.layers
    kind = one(rng, L.LSTM, L.GRU, L.SimpleRNN)
    y = L.Embedding(11, 4, mask_zero=True)(x)
    y = L.Dropout(0.2)(kind(4, return_sequences=True, go_backwards=bool(rng.integers(2)))(y))
    return L.Dense(3)(kind(3)(y))


@model([((6, 3), "holes")])
def masking(keras, rng, x):
    L = keras.layers
    kind = one(rng, L.LSTM, L.GRU, L.SimpleRNN)
    y = L.Masking(0.0)(x)
    both = L.Bidirectional(kind(3, return_sequences=bool(rng.integers(2))), merge_mode=one(rng, "concat", "sum"))(y)
    return [both, L.GlobalAveragePooling1D()(L.Dense(4)(y))]


@model([((5,), "ids"), ((5,), "ids")])
def masked_merges(keras, rng, a, b):
    L = keras.layers
    table = L.Embedding(11, 4, mask_zero=True)
    x, y = table(a), table(b)
    joined = one(rng, L.Add(), L.Concatenate(), L.Concatenate(axis=1))([x, y])
    return [L.LSTM(3)(joined), L.Attention()([x, y])]


@model([floats(5, 3), floats(4, 3)])
def encoder_decoder(keras, rng, source, target):
    L = keras.layers
    _, h, c = L.LSTM(4, return_state=True)(source)
    y = L.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    _, state = L.GRU(4, return_state=True)(source)
    return [L.TimeDistributed(L.Dense(2))(y), L.GRU(4, return_sequences=True)(target, initial_state=state)]


def conv_lstm(axes):
    def make(keras, rng):
        f = one(rng, "channels_last", "channels_first")
        places = (5,) * axes
        entries = [((3, *places, 2) if f == "channels_last" else (3, 2, *places), "float32")]
        x, = inputs_of(keras, entries)
        layer = getattr(keras.layers, f"ConvLSTM{axes}D")
        y = layer(2, 2, padding=one(rng, "valid", "same"), data_format=f, return_sequences=bool(rng.integers(2)),
                  go_backwards=bool(rng.integers(2)))(x)
        return keras.Model(x, y), entries
    return make


@model([floats(4, 6)])
def einsum_dense(keras, rng, x):
    L = keras.layers
    y = L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d", activation="relu")(x)
    z = L.EinsumDense("...x,xy->...y", output_shape=3, bias_axes=one(rng, None, "y"))(y)
    return L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(z)


@model([floats(4, 8)])
def transformer(keras, rng, x):
    L = keras.layers
    y = L.MultiHeadAttention(2, 4)(x, x, use_causal_mask=bool(rng.integers(2)))
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))
    return L.LayerNormalization()(x + L.Dense(8)(L.Dense(16, activation="gelu")(x)))


@model([floats(4, 8)])
def grouped_attention(keras, rng, x):
    return keras.layers.GroupQueryAttention(4, 4, one(rng, 1, 2, 4))(x, x)


@model([floats(8, 8, 3)])
def augmentation(keras, rng, x):
    L = keras.layers
    x = L.RandomZoom(0.1)(L.RandomRotation(0.1)(L.RandomFlip("horizontal")(x)))
    y = L.Rescaling(1 / 127.5, offset=-1)(L.RandomContrast(0.1)(x))
    return L.GlobalMaxPooling2D()(L.SpectralNormalization(L.Conv2D(4, 3))(y))


@model([floats(6, 6, 8)])
def of_applications(keras, rng, x):
    """The layers that keras.applications has of its own: ConvNeXt's and InceptionResNetV2's."""
    L = keras.layers
    scale = importlib.import_module(keras.__name__ + ".src.applications.convnext").LayerScale(float(rng.uniform(0.1, 1)), 8)
    custom = importlib.import_module(keras.__name__ + ".src.applications.inception_resnet_v2").CustomScaleLayer(scale=float(rng.uniform(0.1, 1)))
    return custom([x, scale(L.Conv2D(8, 3, padding="same", activation="gelu")(x))])


@model([((5,), "int32")])
def quantised(keras, rng, x):
    L = keras.layers
    y = L.Dense(6, activation="relu")(L.Embedding(11, 4)(x))
    return L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes=one(rng, None, "e"))(L.Dense(3, use_bias=False)(y))


def to_int8(keras, model):
    """The model with int8 weights, and its float twin with the same numbers, which does not quantise what flows between them."""
    twin = keras.models.clone_model(model)
    model.quantize("int8")
    for ours, theirs in zip(twin.layers, model.layers):
        if hasattr(theirs, "embeddings_scale"):
            ours.embeddings.assign(np.asarray(theirs._embeddings) / np.asarray(theirs.embeddings_scale)[:, None])
        elif hasattr(theirs, "kernel_scale"):
            ours._kernel.assign((np.asarray(theirs._kernel) / np.asarray(theirs.kernel_scale).reshape(ours.kernel.shape[1:])))
            if theirs.bias is not None:
                ours.bias.assign(theirs.bias)
    return model, twin


MODELS = {"nested models": nested, "shared layers": shared, "a residual network": residual, "channels first": channels_first,
          "operators": operators, "Embedding(mask_zero=True)": masked_embedding, "Masking": masking, "masks merged": masked_merges,
          "initial states": encoder_decoder, **{f"ConvLSTM{n}D": conv_lstm(n) for n in (1, 2, 3)}, "EinsumDense": einsum_dense,
          "a transformer": transformer, "GroupQueryAttention": grouped_attention, "augmentation": augmentation,
          "quantize('int8')": quantised, "LayerScale, CustomScaleLayer": of_applications}
PREPARED = {"quantize('int8')": to_int8}  # once the weights are drawn: the model to save, and the one to compare with


def sample(rng, shape, kind):
    if kind == "int32":
        return rng.integers(0, 11, (1, *shape)).astype(np.int32)
    if kind == "ids":  # the first step counts
        ids = rng.integers(1, 11, (1, *shape)) * (rng.random((1, *shape)) < 0.6)
        ids[:, 0] = 1 + ids[:, 0] % 10
        return ids.astype(np.int32)
    values = rng.normal(size=(1, *shape)).astype(np.float32)
    if kind == "holes":
        values[rng.random(values.shape[:-1]) < 0.4] = 0
        values[:, 0] = 1
    return values
