"""Every variant of a model, or one: python examples/convert_to_tflite.py --model M [--method NAME] [--data samples.npy] [--output FOLDER]"""

import argparse
import pathlib

import tinsmith


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help=".h5, .keras, .onnx, .pt2, a SavedModel's folder, ...")
    parser.add_argument("--method", choices=["float32", "float16", "dynamic_range", "full_integer", "all"], default="all")
    parser.add_argument("--data", help="samples: .npy, .npz, .csv, a folder of images; full_integer needs them")
    parser.add_argument("--output", help="a folder; default: the model's")
    options = parser.parse_args()
    folder = options.output or pathlib.Path(options.model).parent
    if options.method == "all":
        print(tinsmith.convert_all(options.model, data=options.data, output=folder, force=True))
    else:
        print(tinsmith.convert(options.model, method=options.method, data=options.data, output=folder, force=True))


if __name__ == "__main__":
    main()
