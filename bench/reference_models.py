"""Our int8 of published float models, beside the int8 files that their authors published.

    python bench/reference_models.py --tinsmith build/release/cli/tinsmith [--write docs/benchmarks.md] [--only NAME ...]

`convert --method int8` is calibrated on 100 inputs; both files then run in LiteRT's reference kernels on 500 others (or on those that
lie beside the model, where there are at least 50) and are held against the float model. SQNR is that of the tensor that enters the last
Softmax, else of the output; classifiers agree by class, other models where a number is within 5 % of the largest. Latency: XNNPACK on
one thread, in turns. Inputs are seeded and shaped like real ones: images with the spectrum of photographs, sound as spectra that
change slowly.
"""

import dataclasses
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

import measure

CORPUS = measure.SHARED / "corpus"
CALIBRATION, TEST = 100, 500
NOISE = 1.03  # two copies of one file differ by as much in latency


def photographs(numbers, count, shape):
    """Pixels whose amplitudes fall with the frequency; one brightness and one contrast each, channels mostly alike."""
    height, width, channels = shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width) * width)
    waves = np.fft.fft2(numbers.standard_normal((count, height, width, channels)), axes=(1, 2)) / (1 + frequency[..., None]) ** 1.3
    images = np.fft.ifft2(waves, axes=(1, 2)).real
    images = 0.7 * images.mean(-1, keepdims=True) * np.sqrt(channels) + 0.3 * images
    images /= images.std(axis=(1, 2, 3), keepdims=True)
    brightness, contrast = numbers.uniform(60, 190, (count, 1, 1, 1)), numbers.uniform(20, 80, (count, 1, 1, 1))
    images = brightness + contrast * images
    for _ in range(3):  # things in front: ellipses of another colour
        inside = sum(((np.linspace(-1, 1, extent).reshape(shape) - numbers.uniform(-0.8, 0.8, (count, 1, 1, 1)))
                      / numbers.uniform(0.1, 0.7, (count, 1, 1, 1))) ** 2 for extent, shape in ((height, (-1, 1, 1)), (width, (1, -1, 1)))) < 1
        images = np.where(inside, images / 3 + numbers.uniform(0, 200, (count, 1, 1, channels)), images)
    return np.clip(np.round(images), 0, 255).astype(np.uint8)


def slow(numbers, count, steps, bands, keep):
    """Noise that remembers `keep` of what it was a step before; deviation 1."""
    out = numbers.standard_normal((count, steps, bands))
    for t in range(1, steps):
        out[:, t] = keep * out[:, t - 1] + np.sqrt(1 - keep**2) * out[:, t]
    return out


def machine_spectra(numbers, count):
    """Five frames of 128 mel bands in dB: a hum that falls with the frequency, harmonics, slow noise."""
    band = np.arange(128)
    hum = -10 - 30 * band / 128 + numbers.normal(0, 5, (count, 1, 1))
    pitch, power = numbers.uniform(6, 20, (count, 1, 1)), numbers.uniform(0, 10, (count, 1, 1))
    harmonics = power * np.exp(-4 * (band / pitch - np.round(band / pitch)) ** 2) * (band < 80)
    return (hum + harmonics + 4 * slow(numbers, count, 5, 128, 0.6)).reshape(count, 640).astype(np.float32)


def spoken_words(numbers, count):
    """49 frames of 10 cepstral coefficients: loudness first, quiet at both ends of the word, the rest smaller and smaller."""
    frames, k = np.linspace(-1, 1, 49), np.arange(10)
    middle, length = numbers.uniform(-0.4, 0.4, (count, 1)), numbers.uniform(0.3, 0.8, (count, 1))
    quiet = 1 - np.exp(-(((frames - middle) / length) ** 4))
    out = slow(numbers, count, 49, 10, 0.85) * np.where(k == 0, 7, 5 / (1 + 0.4 * k))
    out += slow(numbers, count, 1, 10, 0) * np.where(k == 0, 5, 4 / (1 + k))
    out[:, :, 0] -= numbers.uniform(5, 90, (count, 1)) * quiet
    return out[..., None].astype(np.float32)


def angles(numbers, count):
    return numbers.uniform(0, 2 * np.pi, (count, 1)).astype(np.float32)


def grey_bitmap(path):
    data = path.read_bytes()
    start, width, height = struct.unpack_from("<I", data, 10)[0], *struct.unpack_from("<ii", data, 18)
    return np.frombuffer(data, np.uint8, width * height, start).reshape(height, width, 1)[::-1]


def digits():
    """The corpus' fifty; calibrated on handwritten digits of another collection, brought to 28x28."""
    there = np.stack([grey_bitmap(CORPUS / f"tinymaix/mnist_bmp/{i}.bmp") for i in range(50)])
    near = np.linspace(0, 31, 20).round().astype(int)  # of 32x32, in the middle of 28x28 as the corpus' are
    others = np.load(measure.SHARED / "models/digits/calib.npy")[:CALIBRATION, near][:, :, near, :1]
    others = np.pad(np.round(others * 255 / others.max()), ((0, 0), (4, 4), (4, 4), (0, 0)))
    return others.astype(np.uint8), there


def drawn(draw, *arguments):
    return lambda: (draw(np.random.default_rng(1), CALIBRATION, *arguments), draw(np.random.default_rng(2), TEST, *arguments))


@dataclasses.dataclass
class Case:
    source: str  # float .tflite
    reference: str  # int8
    inputs: object  # () -> calibration inputs, test inputs
    normalize: str | None = None  # of inputs that are pixels


CASES = {
    "hello_world": Case("tflm/hello_world_float", "tflm/hello_world_int8", drawn(angles)),
    "ad01": Case("mlperf_ad/ad01_fp32", "mlperf_ad/ad01_int8", drawn(machine_spectra)),
    "resnet8": Case("mlperf_ic/pretrainedResnet", "mlperf_ic/pretrainedResnet_quant", drawn(photographs, (32, 32, 3)), "raw"),
    "ds_cnn": Case("mlperf_kws/kws_ref_model_float32", "mlperf_kws/kws_ref_model_int8", drawn(spoken_words)),
    "mnist_dw": Case("tinymaix/mnist_dw_f", "tinymaix/mnist_dw_q", digits, "0..1"),
    "mnist_valid": Case("tinymaix/mnist_valid_f", "tinymaix/mnist_valid_q", digits, "0..1"),
    "vww96": Case("tinymaix/vww96_f", "tinymaix/vww96_q", drawn(photographs, (96, 96, 3)), "0..1"),
}


def agreement(expected, actual):
    if expected.shape[1] in range(2, 101):
        return np.mean(expected.argmax(1) == actual.argmax(1))
    return np.mean(np.abs(expected - actual) <= 0.05 * np.abs(expected).max())


def shortfalls(sqnr, same, time, parts):
    """Each a pair: ours, the reference's."""
    if same[0] < same[1]:
        yield "agreement"
    if sqnr[0] < sqnr[1] - 0.5:
        yield "SQNR"
    if time[0] > time[1] * NOISE:
        yield "latency"
    if parts[0] > parts[1]:
        yield "parts"


def row(command, name, folder):
    case = CASES[name]
    source, reference = CORPUS / f"{case.source}.tflite", CORPUS / f"{case.reference}.tflite"
    calibration, test = case.inputs()
    np.save(folder / "calibration.npy", calibration)
    ours = folder / "int8.tflite"
    options = ["--normalize", case.normalize] if case.normalize else []
    done = subprocess.run([command, "convert", source, "--method", "int8", "--data", folder / "calibration.npy", *options, "-o", ours, "--no-verify"],
                          capture_output=True, text=True)
    if done.returncode:
        return f"| {name} | {' '.join(done.stderr.split())} | | | | | |\n"
    test = test.astype(np.float32) / (255 if case.normalize == "0..1" else 1)
    files = [ours, reference]
    expected, *results = [measure.logits(file, test).reshape(len(test), -1) for file in (source, *files)]
    sqnr = [measure.sqnr(expected, result) for result in results]
    same = [agreement(expected, result) for result in results]
    found = measure.in_turns(files)
    time, parts = [found[file]["seconds"] for file in files], [found[file]["partitions"] for file in files]
    sizes = [file.stat().st_size for file in files]
    short = ", ".join(shortfalls(sqnr, same, time, parts)) or "none"
    return (f"| {name} | {len(test)} | {sqnr[0]:.2f} / {sqnr[1]:.2f} | {same[0]:.1%} / {same[1]:.1%} | {time[0] * 1e3:.4f} / {time[1] * 1e3:.4f} "
            f"({time[0] / time[1]:.2f}) | {parts[0]} / {parts[1]} | {sizes[0]:,} / {sizes[1]:,} | {short} |\n")


def main():
    arguments = measure.arguments_of(__doc__, CASES, peers=False)
    lines = []
    for name in arguments.only:
        if not measure.on_this_machine(name, *(CORPUS / f"{file}.tflite" for file in (CASES[name].source, CASES[name].reference))):
            continue
        with tempfile.TemporaryDirectory(prefix="tinsmith-reference-") as folder:
            lines.append(row(arguments.tinsmith, name, pathlib.Path(folder)))
        print(lines[-1], end="", file=sys.stderr)
    text = (f"\nOn: {measure.machine()}. Ours / the reference's. Falls short: less agreement, over 0.5 dB less SQNR, over {NOISE - 1:.0%} more latency (the noise of\n"
            "the measurement), more parts for XNNPACK.\n\n"
            "| model | inputs | SQNR dB | agree with float | LiteRT ms (ratio) | XNNPACK's parts | bytes | falls short in |\n|---|---|---|---|---|---|---|---|\n")
    measure.publish(arguments.write, "reference_models", text + "".join(lines))


if __name__ == "__main__":
    main()
