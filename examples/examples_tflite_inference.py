"""A converted model at work: python examples/examples_tflite_inference.py MODEL.tflite [SAMPLES.npy]"""

import sys
import time

import numpy as np

from tinsmith import TFLiteInference


def main():
    model = TFLiteInference(sys.argv[1])
    shape = [n for n in model.inputs[0]["shape"][1:]]
    samples = np.load(sys.argv[2]) if len(sys.argv) > 2 else np.random.default_rng(0).uniform(0, 1, (32, *shape)).astype(np.float32)

    label, confidence = model.predict_single(samples[0])
    print(f"one sample: {label} ({confidence:.1%})")

    start = time.perf_counter()
    results = model.predict_batch(samples)
    spent = 1e3 * (time.perf_counter() - start)
    print(f"{len(results)} samples: {spent:.2f} ms, {spent / len(results):.3f} ms each")
    print("first ten:", ", ".join(str(label) for label, _ in results[:10]))


if __name__ == "__main__":
    main()
