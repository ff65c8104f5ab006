"""Writes models as people export them: FOLDER/name/ and FOLDER/name.npz with inputs and outputs; FOLDER/index.json says how each is to be
converted. Runs where TensorFlow is installed; test_tensorflow_models.py calls it."""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

v1 = tf.compat.v1
rng = np.random.default_rng(3)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("f")


def session_style(folder, resource, partitioned=False, asset=False):
    """TensorFlow 1: a Saver, a session, signatures by hand; one of them has another output."""
    x = floats(2, 6)
    with tf.Graph().as_default(), v1.Session() as session:
        placeholder = v1.placeholder(tf.float32, [None, 6], "features")
        partitioner = v1.fixed_size_partitioner(3, axis=0) if partitioned else None
        with v1.variable_scope("layer", use_resource=resource, partitioner=partitioner):
            weights = v1.get_variable("weights", [6, 5], initializer=v1.random_normal_initializer(seed=1))
        with v1.variable_scope("layer", use_resource=resource):
            bias = v1.get_variable("bias", [5], initializer=v1.random_normal_initializer(seed=2))
        hidden = tf.nn.relu(tf.matmul(placeholder, tf.convert_to_tensor(weights)) + bias, name="hidden")
        scores = tf.nn.softmax(hidden, name="scores")
        init = None
        if asset:
            words = folder.parent / "words.txt"
            words.write_text("a\nb\n")
            v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, tf.constant(str(words)))
            table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), 0)
            table.lookup(tf.constant(["a"]))
            init = v1.tables_initializer()
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(folder))

        def signature(output):
            return v1.saved_model.predict_signature_def({"features": placeholder}, {"out": output})

        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature(scores), "hidden": signature(hidden)},
                                             assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS), main_op=init)
        builder.save()
        outputs = session.run([scores, hidden], {placeholder: x})
    return {"features": x}, outputs, [[], ["--signature", "hidden"]]


def module_style(folder):
    """A tf.Module with two functions, one of which takes a switch that is set while reading."""
    class Module(tf.Module):
        def __init__(self):
            self.weights = tf.Variable(floats(6, 5))
            self.table = tf.Variable(floats(9, 6))

        @tf.function(input_signature=[tf.TensorSpec([None, 6], tf.float32, "features"), tf.TensorSpec([], tf.bool, "doubled")])
        def run(self, features, doubled):
            out = features @ self.weights
            return {"out": tf.cond(doubled, lambda: out * 2, lambda: out)}

        @tf.function(input_signature=[tf.TensorSpec([None, 6], tf.float32, "features")])
        def nearest(self, features):
            return {"out": tf.reduce_max(features @ tf.transpose(self.table), -1)}

    module, x = Module(), floats(2, 6)
    tf.saved_model.save(module, str(folder), signatures={"run": module.run, "nearest": module.nearest})
    outputs = [module.run(x, tf.constant(True))["out"], module.nearest(x)["out"]]
    return ({"features": x}, [o.numpy() for o in outputs],
            [["--signature", "run", "--set", "doubled=true"], ["--signature", "nearest"]])


def image_model(keras):
    inputs = keras.Input((12, 12, 3), name="features")
    y = keras.layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(inputs)
    y = keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(y))
    y = keras.layers.DepthwiseConv2D(3, padding="same", activation="relu")(y)
    y = keras.layers.GlobalAveragePooling2D()(y)
    model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax", name="out")(y))
    for weight in model.weights:
        weight.assign(rng.uniform(0.2, 1.0, weight.shape))
    return model


def sequence_model(keras, kind):
    inputs = keras.Input((7, 4), name="features")
    y = getattr(keras.layers, kind)(5, return_sequences=True)(inputs)
    y = getattr(keras.layers, kind)(6)(y)
    return keras.Model(inputs, keras.layers.Dense(3, name="out")(y))


def exported(folder, model):
    x = floats(1, *model.input_shape[1:])
    model.export(str(folder), verbose=False) if hasattr(model, "export") and "tf_keras" not in type(model).__module__ else model.save(str(folder))
    return {"features": x}, [np.asarray(model(x))], [[]]


MODELS = {
    "session": lambda folder: session_style(folder, resource=False),
    "session_resource": lambda folder: session_style(folder, resource=True),
    "session_partitioned": lambda folder: session_style(folder, resource=False, partitioned=True),
    "session_partitioned_resource": lambda folder: session_style(folder, resource=True, partitioned=True),
    "session_asset": lambda folder: session_style(folder, resource=True, asset=True),
    "module": module_style,
    "keras3_image": lambda folder: exported(folder, image_model(tf.keras)),
    "keras2_image": lambda folder: exported(folder, image_model(tf_keras)),
    **{f"keras3_{kind}": lambda folder, kind=kind: exported(folder, sequence_model(tf.keras, kind)) for kind in ("LSTM", "GRU", "SimpleRNN")},
    **{f"keras2_{kind}": lambda folder, kind=kind: exported(folder, sequence_model(tf_keras, kind)) for kind in ("LSTM", "GRU", "SimpleRNN")},
}


def main():
    folder, index = pathlib.Path(sys.argv[1]), {}
    for name, write in MODELS.items():
        inputs, outputs, options = write(folder / name)
        index[name] = options
        np.savez(folder / f"{name}.npz", **inputs, **{f"out{i}": o for i, o in enumerate(outputs)})
    (folder / "index.json").write_text(json.dumps(index))


if __name__ == "__main__":
    main()
