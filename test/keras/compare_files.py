"""The Keras files of ../shared beside Keras itself: what tinsmith writes of them, run by TensorFlow Lite's kernels, within 1e-5.

Runs in an environment with TensorFlow (`make test-peers`). Keras 2 loads the files, Keras 3 those that Keras 2 refuses.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

import compare_layers  # noqa: E402

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"
FILES = ["corpus/mlperf_ad/ad01.h5", "corpus/mlperf_ic/pretrainedResnet.h5", "corpus/mlperf_kws/kws_model.h5",
         "corpus/mlperf_sww/str_ww_ref_model.h5", "corpus/tinymaix/mnist_dw.h5", "corpus/tinymaix/mnist_valid.h5",
         "corpus/tinymaix/vww96.h5", "corpus/derived_keras/mnist_dw.keras", "corpus/derived_keras/pretrainedResnet.keras",
         "corpus/derived_keras/str_ww_ref_model.keras", "models/mobilenetv2/mobilenetv2.h5",
         "models/digits/digits_pruned_k2.h5", "models/gesture/gesture_pruned_k2.h5"]


def load(path):
    try:
        return tf_keras.models.load_model(path, compile=False)
    except Exception:
        return keras.saving.load_model(path, compile=False)


def compare(command, path, folder):
    """How far apart, of the largest output; or what went wrong, as text."""
    target = folder / "model.tflite"
    done = subprocess.run([command, "convert", path, "-o", target, "--force", "--method", "float32", "--no-verify", "--quiet"],
                          capture_output=True, text=True)
    if done.returncode:
        return f"exit {done.returncode}: {done.stderr.strip()}"
    model = load(path)
    x = np.random.default_rng(0).random((1, *model.inputs[0].shape[1:]), dtype=np.float32)
    wanted = np.asarray(model(x))
    got = compare_layers.run_only(target, x)
    return float(np.abs(got - wanted).max() / np.abs(wanted).max()) if got.shape == wanted.shape else f"shape {got.shape}, Keras has {wanted.shape}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinsmith", required=True)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            if not (SHARED / name).exists():
                print(f"{name}: not on this machine: skipped")
                continue
            apart = compare(options.tinsmith, SHARED / name, pathlib.Path(folder))
            failed += isinstance(apart, str) or not apart <= compare_layers.TOLERANCE
            print(f"{name}: {apart if isinstance(apart, str) else f'{apart:.1e} apart'}", flush=True)
    print(f"{len(FILES) - failed} of {len(FILES)} files agree")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
