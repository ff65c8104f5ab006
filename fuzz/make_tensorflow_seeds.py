"""Writes the seeds of fuzz/tensorflow_reader.cpp: small frozen graphs of ours, one with a loop, a SavedModel and a checkpoint's index."""

import pathlib
import shutil
import tempfile

import numpy as np
import tensorflow as tf

FOLDER = pathlib.Path(__file__).parent / "corpus/tensorflow_reader"
DRAW = np.random.default_rng(1)


def weights(*shape):
    return tf.constant(DRAW.standard_normal(shape).astype(np.float32))


def conv(x):
    y = tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 2, 3), [1, 2, 2, 1], "SAME"), weights(3))
    return tf.nn.softmax(tf.reshape(tf.nn.relu(y), [1, 12]), name="y")


def dense(x):
    return tf.nn.relu(tf.matmul(x, weights(4, 3)) + weights(3), name="y")


def movement(x):
    parts = tf.split(tf.transpose(x, [0, 2, 1]), 2, axis=1)
    return tf.concat([parts[1][:, ::2], tf.pad(parts[0], [[0, 0], [0, 0], [1, 0]])[:, :1, :-1]], axis=1, name="y")


def loop(x):
    return tf.while_loop(lambda i, _: i < 3, lambda i, h: (i + 1, tf.tanh(h @ weights(4, 4))), [0, x])[1]


def frozen(function, *shape):
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32, name="x"))
    return concrete.graph.as_graph_def().SerializeToString()


class Module(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(weights(4, 2))

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
    def __call__(self, x):
        return x @ self.w


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, function, shape in [("conv", conv, (1, 4, 4, 2)), ("dense", dense, (1, 4)), ("movement", movement, (1, 3, 4)), ("loop", loop, (1, 4))]:
        (FOLDER / f"{name}.pb").write_bytes(frozen(function, *shape))
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(Module(), folder)
        shutil.copy(pathlib.Path(folder) / "saved_model.pb", FOLDER / "module_saved_model.pb")
        shutil.copy(pathlib.Path(folder) / "variables" / "variables.index", FOLDER / "module.index")


if __name__ == "__main__":
    main()
