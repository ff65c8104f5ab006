"""A small network as a C header for Arduino, within a size and with its tensor arena:

    python examples/arduino_header.py spectral.keras --data calib.npy --test test_x.npy --labels test_y.npy
"""

import argparse
import pathlib

import tinsmith


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help=".keras, .h5, a SavedModel's folder, .onnx, ...")
    parser.add_argument("--data", required=True, help="samples for calibration")
    parser.add_argument("--test", required=True, help="other samples, for the verdict; --labels: their classes")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--name", default="spectral_model")
    parser.add_argument("--target-size-kb", type=float, default=100)
    parser.add_argument("--output", type=pathlib.Path, default="arduino")
    options = parser.parse_args()

    quantized = tinsmith.convert(options.model, method="int8", data=options.data, target="tflm", strict=True)
    print(quantized)
    figures = tinsmith.validate(quantized, options.model, options.test, labels=options.labels)
    print(f"accuracy {figures['original_accuracy']:.2%} -> {figures['tflite_accuracy']:.2%} on {figures['samples']} samples")
    size = len(quantized.bytes) / 1024
    met = size <= options.target_size_kb
    print(f"{'✓ Target met!' if met else '✗ Target not met:'} {size:.1f} KB of {options.target_size_kb:g} KB")
    arena = tinsmith.plan(quantized, target="tflm-32-bit")["recommended_arena_bytes"]
    board = tinsmith.fit(quantized, "arduino-nano-33-ble", budget="tinyml")
    print(f"constexpr int kTensorArenaSize = {arena};  // arduino-nano-33-ble: {'fits' if board['fits'] else board['advice']}")
    header = tinsmith.export(quantized, options.output, format="header", name=options.name)
    print(f"{options.output / header['files'][0]['path']}: {options.name}_data, {options.name}_data_len")
    return 0 if met and board["fits"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
