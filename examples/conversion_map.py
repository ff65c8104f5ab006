"""One network by every road into TFLite, each variant as an application would take it, held against its source:

    python examples/conversion_map.py mobilenetv2.h5=-1..1 mobilenetv2.onnx=imagenet --data images/

Behind each model stands what its pixels became in training: 0..1, -1..1, imagenet, raw. Integer models take the pixels themselves (uint8).
"""

import argparse
import pathlib

import tinsmith


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL[=NORMALIZE]", help="Keras, SavedModel, ONNX, PyTorch's .pt2, TFLite")
    parser.add_argument("--data", required=True, help="a folder of images, or an array of pixels (uint8)")
    parser.add_argument("--test", help="other images for the verdict; default: --data")
    parser.add_argument("--samples", type=int, default=500, help="of --data, for calibration")
    parser.add_argument("--output", type=pathlib.Path, default="converted")
    options = parser.parse_args()

    for model in options.models:
        source, _, normalize = model.partition("=")
        prepared = {"normalize": normalize} if normalize else {}
        variants = tinsmith.convert_all(source, data=options.data, output=options.output, samples=options.samples, io="uint8", force=True,
                                        **prepared)
        print(f"{source} ({variants[0].model['format']}, {variants[0].model['parameters']:,} parameters)\n{variants}")
        for variant in variants:
            path = variant.report["path"]
            figures = tinsmith.compare(source, path, options.test or options.data, **prepared)
            taken = tinsmith.inspect(path)
            print(f"  {variant.method:14} takes {taken['input_dtype']} {taken['input_shape']}, "
                  f"names the source's class on {figures['top1_agreement']:.1%} of {figures['samples']}")


if __name__ == "__main__":
    main()
