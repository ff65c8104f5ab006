"""A trained feature extractor and its hyperdimensional classifier as a component of ESP-IDF, measured on the way:

    python examples/esp32_bundle.py tinynas.pt2 hdc.pth --features head.act --data calib_x.npy --test test_x.npy --labels test_y.npy
"""

import argparse
import json
import pathlib

import tinsmith


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the float classifier: .pt2, .onnx, .keras, ...")
    parser.add_argument("hdc", help="projection_matrix and prototypes: .pth, .npz or .safetensors")
    parser.add_argument("--features", default="head.act", help="the layer whose output the classifier takes")
    parser.add_argument("--data", required=True, help="samples for calibration")
    parser.add_argument("--test", required=True, help="other samples, for the verdict; --labels: their classes")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--output", type=pathlib.Path, default="bundle")
    options = parser.parse_args()

    cut = f"features={options.features}"
    features = tinsmith.convert(options.model, method="int8", data=options.data, outputs=cut)
    print(features)
    bundle = tinsmith.export(features, options.output, target="esp32-s3-eye", hdc=options.hdc, name="feature_extractor")
    metadata = json.loads((options.output / "model_metadata.json").read_text())  # beside memory_layout.md and size_report.md
    print(f"{options.output}: {len(bundle['files'])} files, arena {metadata['tensor_arena_size']:,} bytes")
    for memory, figures in metadata["memory"].items():
        print(f"{memory:6} {figures['bytes']:>9,} of {figures['budget_bytes']:,} bytes: {', '.join(figures['holds']) or 'nothing'}")
    measured = tinsmith.hdc(options.hdc, options.output, model=features, data=options.test, labels_data=options.labels,
                            reference=options.model, outputs=cut, format="header")  # and in hdc_report.md
    for stage in measured["stages"]:
        print(f"{stage['name']:20} {stage['original_accuracy']:.2%} -> {stage['quantized_accuracy']:.2%} on {stage['samples']} samples")


if __name__ == "__main__":
    main()
