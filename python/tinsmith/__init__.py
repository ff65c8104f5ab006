"""tinsmith: trained networks for phones, boards and microcontrollers.

    import tinsmith
    result = tinsmith.convert(model, sample, method="int8", data=loader)
    print(result)
    result.save("model_int8.tflite")
"""

from . import checkpoints
from .conversion import Conversion, Conversions
from .errors import Error, InputError, InternalError, MismatchError, TargetError, UnsupportedError
from .model import Model, TFLiteInference
from .verbs import benchmark, compare, convert, convert_all, export, fit, hdc, inspect, plan, recommend, validate
from .version import __version__

__all__ = ["Conversion", "Conversions", "Error", "InputError", "InternalError", "MismatchError", "Model", "TFLiteInference", "TargetError",
           "UnsupportedError", "__version__", "benchmark", "checkpoints", "compare", "convert", "convert_all", "export", "fit", "hdc", "inspect", "plan",
           "recommend", "validate"]
