"""Writes the seeds of fuzz/keras_reader.cpp: small models of ours, as h5py and zipfile write them."""

import io
import json
import pathlib
import sys
import zipfile

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent / "corpus/keras_reader"


def layer(kind, name, inbound=(), **config):
    return {"class_name": kind, "name": name, "config": {"name": name, **config},
            "inbound_nodes": [[[source, 0, 0, {}] for source in inbound]] if inbound else []}


def sequence(*layers):
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}}


def network(inputs, outputs, *layers):
    ends = [[[name, 0, 0] for name in names] for names in (inputs, outputs)]
    return {"class_name": "Functional", "config": {"name": "m", "layers": list(layers), "input_layers": ends[0], "output_layers": ends[1]}}


def entry(*shape):
    return layer("InputLayer", "x", batch_input_shape=[None, *shape], dtype="float32")


def numbers(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 8


MODELS = {
    "dense": (sequence(entry(2), layer("Dense", "d", units=3, activation="relu", use_bias=True)),
              {"d": {"kernel:0": numbers(2, 3), "bias:0": numbers(3)}}),
    "conv": (sequence(entry(4, 4, 1), layer("Conv2D", "c", filters=2, kernel_size=[3, 3], strides=[1, 1], padding="same", use_bias=False),
                      layer("BatchNormalization", "b", axis=[3], epsilon=1e-3), layer("MaxPooling2D", "p", pool_size=[2, 2]),
                      layer("Flatten", "f")),
             {"c": {"kernel:0": numbers(3, 3, 1, 2)},
              "b": {f"{w}:0": numbers(2) + 1 for w in ("gamma", "beta", "moving_mean", "moving_variance")}}),
    "branches": (network(["x"], ["sum"], entry(3), layer("Dense", "d", ["x"], units=3), layer("Add", "sum", ["x", "d"])),
                 {"d": {"kernel:0": numbers(3, 3), "bias:0": numbers(3)}}),
    "lstm": (sequence(entry(3, 2), layer("LSTM", "l", units=2, return_sequences=True)),
             {"l": {"kernel:0": numbers(2, 8), "recurrent_kernel:0": numbers(2, 8), "bias:0": numbers(8)}}),
}


def write_h5(config, weights):
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = json.dumps(config), "2.15.0"
        group = file.create_group("model_weights")
        for name, tensors in weights.items():
            one = group.create_group(name)
            one.attrs["weight_names"] = [w.encode() for w in tensors]
            for weight, values in tensors.items():
                one[weight] = values
    return memory.getvalue()


def write_archive(config, weights):
    objects, memory = io.BytesIO(), io.BytesIO()
    with h5py.File(objects, "w") as file:
        for name, tensors in weights.items():
            kind = {"d": "dense", "c": "conv2d", "b": "batch_normalization", "l": "lstm/cell"}[name]
            for i, values in enumerate(tensors.values()):
                file[f"layers/{kind}/vars/{i}"] = values
    with zipfile.ZipFile(memory, "w") as archive:
        for name, text in {"metadata.json": '{"keras_version": "3.5.0"}', "config.json": json.dumps(config),
                           "model.weights.h5": objects.getvalue()}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return memory.getvalue()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        (FOLDER / f"{name}.h5").write_bytes(write_h5(*model))
        (FOLDER / f"{name}.keras").write_bytes(write_archive(*model))


if __name__ == "__main__":
    sys.exit(main())
