"""Every variant of a classifier, what each is worth, and one of them at work:

    python examples/gesture_classifier.py gesture.h5 --data calib.npy --test test_x.npy --labels test_y.npy
"""

import argparse
import time

import numpy as np

import tinsmith
from tinsmith import TFLiteInference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help=".h5, .keras, a SavedModel's folder, .onnx, ...")
    parser.add_argument("--data", required=True, help="samples for calibration")
    parser.add_argument("--test", required=True, help="other samples, for the verdict")
    parser.add_argument("--labels", required=True, help="the classes of --test")
    parser.add_argument("--output", default="converted_models")
    options = parser.parse_args()

    variants = tinsmith.convert_all(options.model, data=options.data, output=options.output, keep_nchw=True, force=True)
    print(variants, end="\n\n")
    features, classes = np.load(options.test), np.load(options.labels)
    original = np.array([label for label, _ in TFLiteInference(options.model).predict_batch(features)])
    for variant in variants:
        model = TFLiteInference(variant.report["path"])
        label, confidence = model.predict_single(features[0])
        start = time.perf_counter()
        found = np.array([label for label, _ in model.predict_batch(features)])
        spent = 1e3 * (time.perf_counter() - start) / len(found)
        print(f"{variant.method:14} accuracy {np.mean(found == classes):.2%}  agreement {np.mean(found == original):.2%}  "
              f"{spent:.3f} ms a sample  first: class {label} ({confidence:.1%})")


if __name__ == "__main__":
    main()
