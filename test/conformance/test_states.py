"""Recurrent layers of floats, with and without stored weights: what they keep from one run to the next is what LiteRT keeps, and what
tinsmith writes keeps it too; --reset-states makes every sample the first."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

import litert
import tinsmith
from integer_layers import BUILTINS, Tensor, model

SAMPLES = 5


class Layers:
    """One layer of each kind, of random weights."""

    def __init__(self, stored, asymmetric):
        self.random, self.stored, self.asymmetric = np.random.default_rng(7), stored, asymmetric

    def weights(self, *shape):
        real = (self.random.standard_normal(shape) * 0.4).astype(np.float32)
        if not self.stored:
            return Tensor(shape, "float32", data=real)
        scale = np.abs(real).max() / 127
        return Tensor(shape, "int8", scale, data=np.round(real / scale).astype(np.int8))

    def floats(self, *shape):
        return Tensor(shape, "float32", data=(self.random.standard_normal(shape) * 0.2).astype(np.float32))

    def state(self, *shape):
        return Tensor(shape, "float32", variable=True)

    def lstm(self, projected=False, peepholes=False):
        options, width, cells = schema.UnidirectionalSequenceLSTMOptionsT(), 9, 12
        options.fusedActivationFunction = schema.ActivationFunctionType.TANH
        options.asymmetricQuantizeInputs, out = self.asymmetric, 7 if projected else cells
        x = Tensor([2, 3, width], "float32")
        operands = [x, *[self.weights(cells, width) for _ in range(4)], *[self.weights(cells, out) for _ in range(4)],
                    *[self.weights(cells) if peepholes else None for _ in range(3)], *[self.floats(cells) for _ in range(4)],
                    self.weights(out, cells) if projected else None, None, self.state(2, out), self.state(2, cells), *[None] * 4]
        return model(BUILTINS.UNIDIRECTIONAL_SEQUENCE_LSTM, options, operands, Tensor([2, 3, out], "float32")), x.shape

    def projected_lstm(self):
        return self.lstm(projected=True)

    def lstm_with_peepholes(self):
        return self.lstm(peepholes=True)

    def rnn(self):
        options, width, cells = schema.SequenceRNNOptionsT(), 9, 12
        options.fusedActivationFunction = schema.ActivationFunctionType.TANH
        options.asymmetricQuantizeInputs = self.asymmetric
        x = Tensor([2, 3, width], "float32")
        operands = [x, self.weights(cells, width), self.weights(cells, cells), self.floats(cells), self.state(2, cells)]
        return model(BUILTINS.UNIDIRECTIONAL_SEQUENCE_RNN, options, operands, Tensor([2, 3, cells], "float32")), x.shape

    def svdf(self):
        options, width, filters, memory = schema.SVDFOptionsT(), 9, 8, 6
        options.rank, options.fusedActivationFunction = 2, schema.ActivationFunctionType.RELU
        options.asymmetricQuantizeInputs = self.asymmetric
        x = Tensor([2, width], "float32")
        operands = [x, self.weights(filters, width), self.weights(filters, memory), self.floats(filters // 2),
                    self.state(2, filters * memory)]
        return model(BUILTINS.SVDF, options, operands, Tensor([2, filters // 2], "float32")), x.shape


KINDS = ["lstm", "projected_lstm", "lstm_with_peepholes", "rnn", "svdf"]
FORMS = {"float": (False, False), "symmetric": (True, False), "asymmetric": (True, True)}


@pytest.fixture
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def in_litert(runner, path, samples, fresh=False):
    """Outputs, one sample after the other; `fresh`: each in an interpreter of its own."""
    runs = [runner.run(path, [[sample]], "BUILTIN_REF") for sample in samples] if fresh else \
        [runner.run(path, [[sample] for sample in samples], "BUILTIN_REF")]
    assert not any(run.error for run in runs), runs[0].error
    return np.stack([output for run in runs for [output] in run.outputs])


def in_tinsmith(command, path, samples, folder, *options):
    np.save(folder / "x.npy", samples.reshape(-1, *samples.shape[2:]))
    outcome = tinsmith.call(command, "run", path, "--data", folder / "x.npy", "-o", folder / "y.npz", *options)
    assert outcome.code == 0, outcome.sentence()
    with np.load(folder / "y.npz") as got:
        return got[got.files[0]]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_states_outlive_runs(kind, form, command, runner, tmp_path):
    source, again = tmp_path / "source.tflite", tmp_path / "again.tflite"
    data, shape = getattr(Layers(*FORMS[form]), kind)()
    source.write_bytes(data)
    samples = np.random.default_rng(1).standard_normal((SAMPLES, *shape)).astype(np.float32)
    kept, fresh = in_litert(runner, source, samples), in_litert(runner, source, samples, fresh=True)
    assert np.abs(kept - fresh).max() > 1e-2

    for options, expected in [((), kept), (("--reset-states",), fresh)]:
        ours = in_tinsmith(command, source, samples, tmp_path, *options)
        assert np.abs(ours.reshape(expected.shape) - expected).max() < 2e-6 * max(1, np.abs(expected).max())

        method = "float32" if form == "float" else "dynamic_range"
        outcome = tinsmith.call(command, "convert", source, "--method", method, "-o", again, "--force", *options)
        assert outcome.code == 0, outcome.sentence()
        written = in_litert(runner, again, samples)
        assert np.array_equal(written, expected)
