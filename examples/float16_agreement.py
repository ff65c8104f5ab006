"""Half the size, and a test that the predictions stay: float16, then source and result side by side on every sample.

    python examples/float16_agreement.py mobilenetv2.h5 --data val_images.npy

Samples are arrays [samples, ...] as the model takes them; uint8 pixels become -1..1. Exit code 1 below 95 % agreement.
"""

import argparse
import pathlib

import numpy as np
from tqdm import tqdm

import tinsmith

THRESHOLD = 0.95


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a SavedModel's folder, .keras, .h5, .onnx, ...")
    parser.add_argument("--data", required=True)
    parser.add_argument("--output", type=pathlib.Path, default="model.tflite")
    options = parser.parse_args()

    result = tinsmith.convert(options.model, method="float16", output=options.output, keep_nchw=True, force=True)
    print(result)
    source, converted = tinsmith.Model(options.model), tinsmith.Model(options.output)
    samples, matches = np.load(options.data, mmap_mode="r"), 0
    for sample in tqdm(samples, desc="Validating"):
        prepared = sample / np.float32(127.5) - 1 if sample.dtype == np.uint8 else np.float32(sample)
        matches += source.predict_single(prepared)[0] == converted.predict_single(prepared)[0]
    agreement = matches / len(samples)
    print(f"{'✓ Validation PASSED' if agreement >= THRESHOLD else '✗ Validation WARNING'}: {agreement:.1%} ({matches}/{len(samples)})")
    return 0 if agreement >= THRESHOLD else 1


if __name__ == "__main__":
    raise SystemExit(main())
