"""SavedModels and frozen graphs of ../shared: the outputs that Keras stored, equal files from both versions of Keras, damaged files."""

import shutil

import flatbuffers
import litert
import numpy as np
import pytest
import tinsmith
from ai_edge_litert import schema_py_generated as schema

MODELS, CORPUS = tinsmith.SHARED / "models", tinsmith.SHARED / "corpus"
NETWORKS = ("gesture", "spectral", "digits")
pytestmark = pytest.mark.skipif(not MODELS.is_dir(), reason="the models of ../shared are not on this machine")


@pytest.fixture(scope="module")
def runner():
    runner = litert.Runner()
    yield runner
    runner.close()


def convert(command, model, out, *options):
    result = tinsmith.call(command, "convert", model, "--method", "float32", "--force", "-o", out, *options)
    assert result.code == 0, result.sentence()
    return out


def without_names(path):
    """The bytes of the file with every name taken off."""
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    for subgraph in model.subgraphs:
        subgraph.name = None
        for tensor in subgraph.tensors:
            tensor.name = None
    model.signatureDefs, model.description, model.metadata = None, None, None
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("saved", ["savedmodel", "savedmodel_k2"])
def test_outputs_are_those_of_keras(command, runner, tmp_path, network, saved):
    path = convert(command, MODELS / network / saved, tmp_path / "model.tflite")
    samples, expected = np.load(MODELS / network / "test_x.npy")[:100], np.load(MODELS / network / "keras_probs.npy")[:100]
    result = runner.run(str(path), [[x[None].astype(np.float32)] for x in samples], "BUILTIN_REF")
    assert not result.error, result.error
    ours = np.concatenate([row[0] for row in result.outputs])
    assert np.abs(ours - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("network", NETWORKS)
def test_both_versions_of_keras_give_equal_files(command, tmp_path, network):
    one = convert(command, MODELS / network / "savedmodel", tmp_path / "one.tflite")
    other = convert(command, MODELS / network / "savedmodel_k2", tmp_path / "other.tflite")
    assert without_names(one) == without_names(other)


def test_keyword_spotting_is_no_larger_than_the_reference(command, tmp_path):
    path = convert(command, CORPUS / "mlperf_kws" / "saved_model", tmp_path / "kws.tflite")
    operators = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0).subgraphs[0].operators
    reference = (CORPUS / "mlperf_kws" / "kws_ref_model_float32.tflite").read_bytes()
    assert len(operators) <= len(schema.ModelT.InitFromPackedBuf(reference, 0).subgraphs[0].operators)


@pytest.mark.parametrize("name", ["DS_CNN_S", "Basic_LSTM_S"])
def test_sound_is_cut_off_frozen_graphs(command, tmp_path, name):
    out = tmp_path / "out.tflite"
    result = tinsmith.call(command, "convert", CORPUS / "arm_kws_pb" / f"{name}.pb", "--method", "float32", "-o", out)
    assert result.code == 0, result.sentence()
    assert "the input is 'Mfcc'" in result.stdout + result.stderr
    tensors = schema.ModelT.InitFromPackedBuf(out.read_bytes(), 0).subgraphs[0]
    assert list(tensors.tensors[tensors.inputs[0]].shape) == [1, 49, 10]


def test_an_unknown_signature_is_named(command, tmp_path):
    result = tinsmith.call(command, "convert", MODELS / "gesture" / "savedmodel", "--signature", "serv", "-o", tmp_path / "x.tflite")
    assert result.code == tinsmith.INPUT
    assert "serving_default" in result.sentence()


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(MODELS / "gesture" / "savedmodel_k2", folder, copy_function=shutil.copyfile)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    return folder


@pytest.mark.parametrize("missing", ["variables", "variables/variables.index", "variables/variables.data-00000-of-00001", "saved_model.pb"])
def test_what_is_missing_is_named(command, copy, missing):
    path = copy / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    result = tinsmith.call(command, "convert", copy, "-o", copy / "out.tflite")
    assert result.code == tinsmith.INPUT
    assert path.name in result.sentence()


@pytest.mark.parametrize("damaged", ["variables/variables.index", "variables/variables.data-00000-of-00001", "saved_model.pb"])
def test_damaged_files_are_input_errors(command, copy, damaged):
    path = copy / damaged
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(20):
        if rng.random() < 0.5:
            path.write_bytes(whole[: rng.integers(1, len(whole))])
        else:
            changed = bytearray(whole)
            changed[rng.integers(len(whole))] ^= 1 << rng.integers(8)
            path.write_bytes(changed)
        result = tinsmith.call(command, "convert", copy, "--method", "float32", "--no-verify", "--force", "-o", copy / "out.tflite")
        assert not result.crashed, result.sentence()
        # The bits of a weight are nobody's business; those of the index bear checksums.
        assert damaged != "variables/variables.index" or result.code == tinsmith.INPUT, result.sentence()
