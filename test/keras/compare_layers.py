"""Layers of Keras with random configurations, converted by tinsmith and run by TensorFlow Lite's kernels beside Keras itself.

Runs in an environment with TensorFlow (`make test-peers`). One layer a model; seeds are fixed, so that every run draws the same.
"""

import argparse
import collections
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import layer_cases  # noqa: E402
import model_cases  # noqa: E402

CASES = {**layer_cases.LAYERS, **model_cases.MODELS}

TOLERANCE = 1e-5  # of the largest output


def parts_of(entry):
    return entry if len(entry) == 2 and isinstance(entry[1], str) else (entry, "float32")


def build(keras, make, seed, prepare):
    """A model, the model that computes what its file means, and samples."""
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(int(seed) % 2**31)
    layer, entries = make(keras, rng)
    entries = [parts_of(e) for e in entries]
    if isinstance(layer, keras.Model):
        model = layer
    else:
        inputs = [keras.Input(shape, dtype=kind, name=f"in{i}") for i, (shape, kind) in enumerate(entries)]
        called = layer(*inputs) if type(layer).__name__ == "MultiHeadAttention" else layer(inputs if len(inputs) > 1 else inputs[0])
        model = keras.Model(inputs, called)
    for weight in model.weights:
        name = getattr(weight, "path", weight.name)
        if "float" not in str(weight.dtype) or type(layer).__name__ == "Normalization":
            continue
        low = 0.5 if "variance" in name else -1.0
        weight.assign(rng.uniform(low, 1.0, weight.shape).astype(np.float32))
    model, twin = prepare(keras, model) if prepare else (model, model)
    return model, twin, [model_cases.sample(rng, *entry) for entry in entries]


def run_tflite(path, samples):
    interpreter = tf.lite.Interpreter(
        str(path), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], samples[int(detail["name"].removeprefix("in"))])
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def run_only(path, sample):
    """The first output of a file with one input."""
    interpreter = tf.lite.Interpreter(
        str(path), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sample)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def one_case(keras, command, folder, name, seed, suffix):
    """None where it agrees, else why not."""
    try:
        model, twin, samples = build(keras, CASES[name], seed, model_cases.PREPARED.get(name))
        wanted = twin(samples if len(samples) > 1 else samples[0], training=False)
        wanted = [np.asarray(y) for y in (wanted if isinstance(wanted, (list, tuple)) else [wanted])]
    except Exception as error:  # a configuration that Keras itself refuses is drawn again
        return f"drawn again: {type(error).__name__} {error}"
    source, target = folder / f"model{suffix}", folder / "model.tflite"
    model.save(source)
    target.unlink(missing_ok=True)
    done = subprocess.run([command, "convert", source, "-o", target, "--method", "float32", "--no-verify", "--quiet", "--keep-nchw"],
                          capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {done.stderr.strip().splitlines()[-1]}"
    results = run_tflite(target, samples)
    if len(results) != len(wanted):
        return f"{len(results)} outputs, Keras has {len(wanted)}"
    for i, (got, right) in enumerate(zip(results, wanted)):
        if got.shape != right.shape:
            return f"output {i}: shape {got.shape}, Keras has {right.shape}"
        error = np.abs(got - right).max() / max(np.abs(right).max(), 1e-3)
        if not error <= TOLERANCE:
            return f"output {i}: {error:.1e} apart"
    return None


def table(results):
    lines = ["# Layers of Keras", "",
             "Written by `make keras-support-table` from the test itself: each layer of Keras 3 in random configurations (strides, dilation,",
             "padding, groups, data formats, options), converted and run by TensorFlow Lite's kernels beside Keras, within 1e-5 of",
             "the largest output. Lambda layers hold Python byte code and are refused by name.", "",
             "| layer or model | configurations | agree |", "|---|---|---|"]
    for name, outcomes in results.items():
        right = sum(o is None for o in outcomes)
        lines.append(f"| {name} | {len(outcomes)} | {right if right < len(outcomes) else 'all'} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", default=os.environ.get("TINSMITH"), required="TINSMITH" not in os.environ)
    parser.add_argument("--each", type=int, default=5, help="configurations of each layer")
    parser.add_argument("--only", nargs="*", help="layers and models")
    parser.add_argument("--keras", default="keras", choices=["keras", "tf_keras"], help="Keras 3 or Keras 2")
    parser.add_argument("--suffix", default=".keras", choices=[".keras", ".h5"])
    parser.add_argument("--write-table", type=pathlib.Path)
    options = parser.parse_args()
    keras = importlib.import_module(options.keras)
    results, failed = collections.OrderedDict(), 0
    with tempfile.TemporaryDirectory() as folder:
        for index, name in enumerate(CASES):
            if options.only and name not in options.only:
                continue
            results[name] = []
            for attempt in range(8 * options.each):
                if len(results[name]) == options.each:
                    break
                seed = 1000 * index + attempt
                outcome = one_case(keras, options.tinsmith, pathlib.Path(folder), name, seed, options.suffix)
                if outcome and outcome.startswith("drawn again"):
                    continue
                results[name].append(outcome)
                if outcome:
                    failed += 1
                    print(f"{name} seed {seed}: {outcome}", flush=True)
    results = {name: outcomes for name, outcomes in results.items() if outcomes}  # Keras 2 lacks a few
    count = sum(map(len, results.values()))
    print(f"{count - failed} of {count} configurations of {len(results)} layers agree")
    if options.write_table:
        options.write_table.write_text(table(results))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
