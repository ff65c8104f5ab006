"""TensorFlow's operators by their own names, for tensorflow_cases.py: `cases(f)` are computed, `refused(f)` are refused by name."""

import numpy as np
import tensorflow as tf

raw = tf.raw_ops


def as_float(*tensors):
    """One result that holds them all, so that a case has one output."""
    return tf.concat([tf.reshape(tf.cast(t, tf.float32), [-1]) for t in tensors], 0)


def images(f):
    image = f(2, 7, 9, 3)
    yield "bicubic", lambda x: tf.image.resize(x, [11, 5], method="bicubic"), image
    yield "bicubic_v1", lambda x: raw.ResizeBicubic(images=x, size=[4, 13], align_corners=False, half_pixel_centers=False), image
    yield "bicubic_corners", lambda x: raw.ResizeBicubic(images=x, size=[4, 13], align_corners=True, half_pixel_centers=False), image
    for kernel in ("lanczos3", "lanczos5", "mitchellcubic", "bilinear", "bicubic"):
        for size in ([4, 13], [15, 4]):
            yield (f"scale_{kernel}_{size[0]}", lambda x, k=kernel, s=size: tf.image.resize(x, s, method=k, antialias=True), image)
    yield "patches", lambda x: tf.image.extract_patches(x, [1, 3, 2, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME"), image
    yield "patches_valid", lambda x: tf.image.extract_patches(x, [1, 2, 2, 1], [1, 1, 3, 1], [1, 2, 1, 1], "VALID"), image
    yield "contrast", lambda x: tf.image.adjust_contrast(x, 1.7), image
    yield "s2b_v1", lambda x: raw.SpaceToBatch(input=x, paddings=[[1, 0], [0, 1]], block_size=2), image
    yield "b2s_v1", lambda x: raw.BatchToSpace(input=x, crops=[[1, 0], [0, 1]], block_size=2), f(8, 3, 4, 2)


def matrices(f):
    yield "diag", lambda x: tf.linalg.diag(x), f(2, 4)
    yield "diag_v1", lambda x: raw.MatrixDiag(diagonal=x), f(2, 4)
    yield "diag_v2", lambda x: raw.MatrixDiagV2(diagonal=x, k=0, num_rows=-1, num_cols=-1, padding_value=2.0), f(2, 4)
    yield "diag_vector", lambda x: raw.Diag(diagonal=x), f(5)
    yield "diag_part", lambda x: tf.linalg.diag_part(x), f(2, 3, 4)
    yield "diag_part_above", lambda x: tf.linalg.diag_part(x, k=1), f(2, 3, 4)
    yield "diag_part_below", lambda x: tf.linalg.diag_part(x, k=-2), f(2, 3, 4)
    yield "diag_part_v1", lambda x: raw.MatrixDiagPart(input=x), f(2, 3, 4)
    yield "diag_part_v2", lambda x: raw.MatrixDiagPartV2(input=x, k=0, padding_value=0.0), f(2, 3, 4)
    yield "diag_part_matrix", lambda x: raw.DiagPart(input=x), f(4, 4)
    yield "set_diag", lambda x, d: tf.linalg.set_diag(x, d), f(2, 3, 4), f(2, 3)
    yield "set_diag_v1", lambda x, d: raw.MatrixSetDiag(input=x, diagonal=d), f(2, 4, 3), f(2, 3)
    yield "set_diag_v2", lambda x, d: raw.MatrixSetDiagV2(input=x, diagonal=d, k=0), f(2, 3, 3), f(2, 3)
    yield "trace", lambda x: tf.linalg.trace(x), f(2, 3, 3)
    yield "bmm_v1", lambda x, y: raw.BatchMatMul(x=x, y=y, adj_x=True, adj_y=False), f(2, 4, 3), f(2, 4, 5)
    yield "bmm_v3", lambda x, y: raw.BatchMatMulV3(x=x, y=y, Tout=tf.float32), f(2, 3, 4), f(2, 4, 5)


def indexing(f):
    at = np.array([[1], [3]], np.int32)
    yield "scatter_add", lambda x, u: tf.tensor_scatter_nd_add(x, at, u), f(5, 3), f(2, 3)
    yield "scatter_sub", lambda x, u: tf.tensor_scatter_nd_sub(x, at, u), f(5, 3), f(2, 3)
    yield "scatter_update", lambda x, u: tf.tensor_scatter_nd_update(x, at, u), f(5, 3), f(2, 3)
    yield "segment_sum", lambda x: tf.math.segment_sum(x, [0, 0, 1, 2, 2]), f(5, 3)
    yield "segment_mean", lambda x: tf.math.segment_mean(x, [0, 0, 1, 2, 2]), f(5, 3)
    yield "unsorted_segment_sum", lambda x: tf.math.unsorted_segment_sum(x, [2, 0, 1, 0, 2], 4), f(5, 3)
    yield "bucketize", lambda x: raw.Bucketize(input=x, boundaries=[-1.0, 0.0, 0.5]), f(2, 5)
    yield "gather_v1", lambda x: raw.Gather(params=x, indices=[2, 0]), f(4, 3)
    table = tf.Variable(f(7, 3))
    yield "resource_gather_nd", lambda x, v=table: x + tf.raw_ops.ResourceGatherNd(
        resource=v.handle, indices=np.array([[1], [5]], np.int32), dtype=tf.float32), f(2, 3)
    yield "variable_shape", lambda x, v=table: x + tf.cast(raw.VariableShape(input=v.handle)[0], tf.float32), f(2, 3)
    yield "reverse_flags", lambda x: raw.Reverse(tensor=x, dims=[False, True]), f(2, 5)
    yield "reverse_sequence", lambda x: tf.reverse_sequence(x, [2, 4], seq_axis=1, batch_axis=0), f(2, 5, 3)
    yield "invert_permutation", lambda x: tf.gather(x, tf.math.invert_permutation([2, 0, 1])), f(3, 4)
    yield "concat_v1", lambda x, y: raw.Concat(concat_dim=1, values=[x, y]), f(2, 3), f(2, 4)
    yield "concat_offset", lambda x: x + as_float(*raw.ConcatOffset(concat_dim=1, shape=[[2, 3], [2, 5]])), f(4)
    yield "broadcast_args", lambda x: tf.broadcast_to(x, tf.broadcast_dynamic_shape([3, 1, 5], [1, 2, 5])), f(2, 5)
    yield "empty", lambda x: x + tf.zeros_like(raw.Empty(shape=[2, 5], dtype=tf.float32)), f(2, 5)
    yield "rank", lambda x: x + as_float(raw.Rank(input=x), raw.Size(input=x), *raw.ShapeN(input=[x, x])), f(4)
    boxes = np.sort(np.random.default_rng(1).uniform(0, 1, (12, 2, 2)), 1).reshape(12, 4).astype("f")
    yield "nms_v4", lambda s: as_float(*raw.NonMaxSuppressionV4(
        boxes=boxes, scores=s, max_output_size=6, iou_threshold=0.2, score_threshold=0.1, pad_to_max_output_size=True)), f(12, lo=0, hi=1)
    yield "nms_v5", lambda s: as_float(*raw.NonMaxSuppressionV5(
        boxes=boxes, scores=s, max_output_size=6, iou_threshold=0.2, score_threshold=0.4, soft_nms_sigma=0.0,
        pad_to_max_output_size=True)), f(12, lo=0, hi=1)


def arithmetic(f):
    yield "approximate_equal", lambda x, y: as_float(raw.ApproximateEqual(x=x, y=y, tolerance=0.5)), f(2, 5), f(2, 5)
    yield "truncate_mod", lambda x, y: raw.TruncateMod(x=x, y=y), f(2, 5), f(2, 5, lo=0.5)
    yield "mod_int", lambda x: as_float(raw.Mod(x=tf.cast(x * 9, tf.int32), y=tf.constant(4))), f(2, 5)
    yield "xor", lambda x: as_float(tf.bitwise.bitwise_xor(tf.cast(x * 9, tf.int32), 5)), f(2, 5)
    yield "right_shift", lambda x: as_float(tf.bitwise.right_shift(tf.cast(x * 90, tf.int32), 2)), f(2, 5)
    yield "xlog1py", lambda x, y: tf.math.xlog1py(x, y), f(2, 5), f(2, 5, lo=0.1)
    yield "div_v1", lambda x, y: raw.Div(x=x, y=y), f(2, 5), f(2, 5, lo=0.5)
    yield "inv", lambda x: raw.Inv(x=x), f(2, 5, lo=0.5)
    yield "bias_add_v1", lambda x: raw.BiasAddV1(value=x, bias=np.arange(5, dtype="f")), f(2, 5)
    yield "add_v1", lambda x, y: raw.Add(x=x, y=y), f(2, 5), f(5)
    yield "logic", lambda x, y: as_float(tf.logical_and(x > 0, y > 0), tf.logical_or(x >= 0, y < 0), tf.logical_not(x <= 0),
                                         tf.not_equal(x, y), tf.equal(x, x)), f(2, 5), f(2, 5)
    yield "finite", lambda x: as_float(tf.math.is_finite(tf.exp(x)), tf.math.is_inf(tf.exp(x))), np.array([[0, 1, 200]], "f")
    yield "clip_v1", lambda x: raw.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=1.0), f(2, 5)
    yield "l2_loss", lambda x: tf.nn.l2_loss(x), f(2, 5)
    yield "euclidean_norm", lambda x: tf.math.reduce_euclidean_norm(x, 1), f(2, 5)
    yield "check", lambda x: tf.debugging.check_numerics(tf.ensure_shape(x, [2, 5]), "no") + tf.stop_gradient(x), f(2, 5)
    yield "passed_on", lambda x: raw.Snapshot(input=raw.PreventGradient(input=raw.GuaranteeConst(input=x))) + tf.identity_n([x])[0], f(2, 5)
    yield "bn_v1", lambda x: raw.FusedBatchNorm(x=x, scale=[1.0, 2.0, 3.0], offset=[0.1, 0.2, 0.3], mean=[0.5, 0.0, -1.0],
                                                variance=[1.0, 2.0, 0.5], is_training=False)[0], f(1, 4, 5, 3)
    yield "bn_v2", lambda x: raw.FusedBatchNormV2(x=x, scale=[1.0, 2.0, 3.0], offset=[0.1, 0.2, 0.3], mean=[0.5, 0.0, -1.0],
                                                  variance=[1.0, 2.0, 0.5], is_training=False)[0], f(1, 4, 5, 3)
    yield "max_pool_v2", lambda x: raw.MaxPoolV2(input=x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"), f(1, 4, 6, 3)


def trained_quantisation(f):
    weights = f(3, 4)
    yield "fake_quant", lambda x: tf.quantization.fake_quant_with_min_max_vars(x, -1.2, 2.3), f(2, 50)
    yield "fake_quant_narrow", lambda x: tf.quantization.fake_quant_with_min_max_vars(x, -1.2, 1.3, narrow_range=True), f(2, 50)
    yield "fake_quant_4", lambda x: tf.quantization.fake_quant_with_min_max_vars(x, -1.2, 1.3, num_bits=4), f(2, 50)
    yield "fake_quant_args", lambda x: tf.quantization.fake_quant_with_min_max_args(x, -1.0, 1.0), f(2, 50)
    yield "fake_quant_weights", lambda x: x @ tf.quantization.fake_quant_with_min_max_vars_per_channel(
        tf.constant(weights), [-1.0, -2.0, -0.5, -1.0], [1.0, 2.0, 1.5, 1.0], narrow_range=True), f(2, 3)
    yield "fake_quant_channels", lambda x: tf.quantization.fake_quant_with_min_max_vars_per_channel(x, [-1.0, -2.0], [1.0, 1.5]), f(9, 2)
    for v in (raw.QuantizeAndDequantizeV2, raw.QuantizeAndDequantizeV4):
        yield v.__name__, lambda x, v=v: v(input=x, input_min=-1.0, input_max=1.5, range_given=True), f(2, 50)
    yield "QuantizeAndDequantizeV3", lambda x: raw.QuantizeAndDequantizeV3(
        input=x, input_min=-1.0, input_max=1.5, num_bits=8, range_given=True), f(2, 50)


def control(f):
    branches = [lambda x: x * 2, lambda x: x + 1, lambda x: -x]
    yield "case", lambda x: tf.switch_case(tf.constant(1), [lambda b=b: b(x) for b in branches]), f(2, 5)
    yield "case_outside", lambda x: tf.switch_case(tf.constant(7), [lambda b=b: b(x) for b in branches]), f(2, 5)
    for at in (0, 1, 5):
        yield (f"case_run_time_{at}", lambda x: tf.switch_case(tf.cast(x[0, 0], tf.int32), [lambda b=b: b(x) for b in branches]),
               np.full((2, 5), at, "f"))

    def list_of(x):
        list_ = raw.EmptyTensorList(element_shape=[-1], max_num_elements=-1, element_dtype=tf.float32)
        for i in range(3):
            list_ = raw.TensorListPushBack(input_handle=list_, tensor=x[i])
        return list_

    def popped(x):
        list_, last = raw.TensorListPopBack(input_handle=list_of(x), element_shape=[-1], element_dtype=tf.float32)
        return raw.TensorListStack(input_handle=list_, element_shape=[-1], element_dtype=tf.float32) * last

    yield "list_pop", popped, f(3, 4)
    yield "list_gather", lambda x: raw.TensorListGather(
        input_handle=list_of(x), indices=[2, 0], element_shape=[-1], element_dtype=tf.float32), f(3, 4)
    yield "list_concat", lambda x: raw.TensorListConcatV2(
        input_handle=list_of(x), element_shape=[-1], leading_dims=tf.constant([], tf.int64), element_dtype=tf.float32)[0], f(3, 4)
    yield "list_scatter", lambda x: raw.TensorListStack(
        input_handle=raw.TensorListScatterV2(tensor=x, indices=[1, 0, 2], element_shape=[-1], num_elements=-1),
        element_shape=[-1], element_dtype=tf.float32), f(3, 4)
    yield "list_length", lambda x: x + as_float(raw.TensorListLength(input_handle=list_of(x)))[0], f(3, 4)
    yield "list_element_shape", lambda x: x + as_float(raw.TensorListElementShape(
        input_handle=raw.TensorListFromTensor(tensor=x, element_shape=[4]), shape_type=tf.int32))[0], f(3, 4)
    yield "list_into", lambda x: raw.TensorListStack(
        input_handle=raw.TensorListScatterIntoExistingList(
            input_handle=raw.TensorListResize(input_handle=list_of(x), size=5), tensor=x[:2], indices=[3, 4]),
        element_shape=[-1], element_dtype=tf.float32), f(3, 4)

    def array(x):
        handle, flow = raw.TensorArrayV3(size=3, dtype=tf.float32)
        for i in range(3):
            flow = raw.TensorArrayWriteV3(handle=handle, index=i, value=x[i], flow_in=flow)
        return handle, flow

    def array_concat(x):
        handle, flow = array(x)
        value = raw.TensorArrayConcatV3(handle=handle, flow_in=flow, dtype=tf.float32)[0]
        return value + tf.cast(raw.TensorArraySizeV3(handle=handle, flow_in=flow), tf.float32)

    def array_split(x):
        handle, flow = raw.TensorArrayV3(size=2, dtype=tf.float32)
        flow = raw.TensorArraySplitV3(handle=handle, value=x, lengths=tf.constant([1, 2], tf.int64), flow_in=flow)
        return raw.TensorArrayReadV3(handle=handle, index=1, flow_in=flow, dtype=tf.float32)

    def array_scatter(x):
        handle, flow = raw.TensorArrayV3(size=3, dtype=tf.float32)
        flow = raw.TensorArrayScatterV3(handle=handle, indices=[2, 0, 1], value=x, flow_in=flow)
        return raw.TensorArrayGatherV3(handle=handle, indices=[0, 1], flow_in=flow, dtype=tf.float32)

    yield "array_concat", array_concat, f(3, 4)
    yield "array_split", array_split, f(3, 4)
    yield "array_scatter", array_scatter, f(3, 4)


def recurrent(f):
    for keras, name in ((tf.keras, "k3"), (__import__("tf_keras"), "k2")):
        for kind in ("LSTM", "GRU", "SimpleRNN"):
            for options in ({}, {"return_sequences": True}, {"return_sequences": True, "go_backwards": True}):
                layer = getattr(keras.layers, kind)(5, **options)
                layer.build((1, 6, 3))
                yield f"{name}_{kind}_{len(options)}", lambda x, l=layer: l(x), f(1, 6, 3)
        both = keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True))
        both.build((1, 6, 3))
        yield f"{name}_both", lambda x, l=both: l(x), f(1, 6, 3)
        stateful = keras.layers.LSTM(4, return_state=True)
        stateful.build((2, 6, 3))
        yield f"{name}_states", lambda x, l=stateful: tf.concat(l(x), 1), f(2, 6, 3)


def variables(f):
    """What a variable is read by, and calls and branches that do nothing but read it."""
    table, once = tf.Variable(f(7, 3)), tf.Variable(f(2, 5))
    inner = tf.function(lambda x: x * once, autograph=False)
    yield "resource_gather", lambda x, v=table: x + raw.ResourceGather(resource=v.handle, indices=[1, 5], dtype=tf.float32), f(2, 3)
    yield "called", lambda x, v=once: inner(x) + v, f(2, 5)
    yield "if_of_variable", lambda x, v=once: tf.cond(tf.constant(False), lambda: x * v, lambda: x - v), f(2, 5)
    yield "case_of_variable", lambda x, v=once: tf.switch_case(tf.constant(1), [lambda: x * v, lambda: x - v, lambda: x + v]), f(2, 5)


def by_name(f):
    """Operators that Python's functions no longer write."""
    yield "lin_space", lambda x: x + raw.LinSpace(start=-1.0, stop=2.0, num=5), f(2, 5)
    yield "ones_like", lambda x: x + raw.OnesLike(x=x), f(2, 5)
    yield "pad_v1", lambda x: raw.Pad(input=x, paddings=[[1, 0], [0, 2]]), f(2, 5)


def cases(f):
    for family in (images, matrices, indexing, arithmetic, trained_quantisation, control, recurrent, variables, by_name):
        yield from family(f)


def refused(f):
    """Each ends with an `unsupported` error that names the operator."""
    x = f(2, 5)
    yield "Betainc", lambda x: raw.Betainc(a=x, b=x, x=x), x
    for name in ("Lgamma", "Digamma", "Erfinv", "Ndtri", "BesselI0e"):
        yield name, lambda x, op=getattr(raw, name): op(x=x), x
    yield "Igamma", lambda x: raw.Igamma(a=x, x=x), x
    yield "Zeta", lambda x: raw.Zeta(x=x, q=x), x
    yield "Cumprod", lambda x: tf.math.cumprod(x, 1), x
    yield "CumulativeLogsumexp", lambda x: tf.math.cumulative_logsumexp(x, 1), x
    yield "Where", lambda x: as_float(tf.where(x > 0)), x
    yield "Unique", lambda x: tf.unique(x[0])[0], x
    yield "RandomUniform", lambda x: x + tf.random.uniform([2, 5]), x
    yield "RandomStandardNormal", lambda x: x + tf.random.normal([2, 5]), x
    yield "NonMaxSuppressionV3", lambda x: as_float(raw.NonMaxSuppressionV3(
        boxes=x[:, :4], scores=x[:, 4], max_output_size=2, iou_threshold=0.2, score_threshold=0.1)), x
    yield "MatrixInverse", lambda x: tf.linalg.inv(x), f(3, 3)
    yield "Cholesky", lambda x: tf.linalg.cholesky(x @ tf.transpose(x)), f(3, 3)
    yield "Qr", lambda x: tf.linalg.qr(x)[0], f(3, 3)
    yield "CropAndResize", lambda x: tf.image.crop_and_resize(x, [[0.1, 0.2, 0.8, 0.9]], [0], [3, 3]), f(1, 5, 5, 2)
    yield "ResizeArea", lambda x: tf.image.resize(x, [3, 3], method="area"), f(1, 5, 5, 2)
    yield "RGBToHSV", lambda x: tf.image.rgb_to_hsv(x), f(1, 5, 5, 3, lo=0, hi=1)
    yield "RFFT", lambda x: as_float(tf.math.real(tf.signal.rfft(x, [8]))), x
    yield "Dilation2D", lambda x: tf.nn.dilation2d(x, np.zeros((2, 2, 2), "f"), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]), f(1, 5, 5, 2)
    yield "MaxPoolWithArgmax", lambda x: tf.nn.max_pool_with_argmax(x, 2, 2, "SAME")[0], f(1, 4, 4, 2)
    yield "LeftShift", lambda x: as_float(tf.bitwise.left_shift(tf.cast(x, tf.int32), 1)), x
    yield "BitwiseAnd", lambda x: as_float(tf.bitwise.bitwise_and(tf.cast(x, tf.int32), 1)), x
    yield "AsString", lambda x: tf.strings.to_number(tf.strings.as_string(x)), x
