"""Writes one SavedModel for each TensorFlow operator or layer of the list, with inputs and TensorFlow's outputs: FOLDER/name/ and
FOLDER/name.npz; FOLDER/index.json lists them with the operators that they contain. With --flex, runs FOLDER/name.flex.tflite in TensorFlow's
own interpreter and writes FOLDER/name.flex.npz. Runs where TensorFlow is installed; test_tensorflow_operators.py calls it."""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402

import tensorflow_raw_cases  # noqa: E402

rng=np.random.default_rng(0)
def f(*s,lo=-2,hi=2): return rng.uniform(lo,hi,s).astype('f')
CASES = []
def case(name,fn,*xs): CASES.append((name,fn,xs))
for n in 'abs ceil cos exp floor negative sign sin square tanh sigmoid round rint sinh cosh tan atan asinh expm1'.split():
    case(n,getattr(tf.math,n),f(2,5))
for n in 'log sqrt rsqrt log1p reciprocal acosh'.split(): case(n,getattr(tf.math,n),f(2,5,lo=1.1,hi=3))
for n in 'asin acos atanh erf erfc'.split(): case(n,getattr(tf.math,n),f(2,5,lo=-.9,hi=.9))
for n in 'elu relu relu6 selu softplus softsign leaky_relu softmax log_softmax gelu silu'.split(): case(n,getattr(tf.nn,n),f(2,5))
for n in 'add subtract multiply divide maximum minimum squared_difference floordiv floormod atan2 divide_no_nan xlogy xdivy multiply_no_nan pow'.split():
    case(n,getattr(tf.math,n),f(2,5,lo=.5),f(5,lo=.5) if n!='atan2' else f(2,5))
case('where',lambda x:tf.where(x>0,x,-2*x),f(2,5))
case('cast',lambda x:tf.cast(tf.cast(x*3,tf.int32),tf.float32),f(2,5))
case('intdiv',lambda x:tf.cast(tf.truncatediv(tf.cast(x*9,tf.int32),tf.constant(3)),tf.float32),f(2,5))
case('clip',lambda x:tf.clip_by_value(x,-.5,1.),f(2,5))
case('addn',lambda x,y:tf.add_n([x,y,x]),f(2,5),f(2,5))
case('isnan',lambda x:tf.cast(tf.math.is_nan(tf.sqrt(x)),tf.float32),f(2,5))
for pad in ('SAME','VALID'):
  for st in (1,2):
    case(f'conv2d_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,2,4,6)):tf.nn.conv2d(x,w,st,pad),f(1,9,8,4))
    case(f'dw_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,3,4,2)):tf.nn.depthwise_conv2d(x,w,[1,st,st,1],pad),f(1,9,9,4))
    case(f'conv1d_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,4,6)):tf.nn.conv1d(x,w,st,pad),f(1,9,4))
    case(f'conv3d_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,2,2,3,4)):tf.nn.conv3d(x,w,[1,st,st,st,1],pad),f(1,5,6,7,3))
    for n in ('max','avg'):
        case(f'{n}pool2d_{pad}{st}',lambda x,n=n,pad=pad,st=st:getattr(tf.nn,n+'_pool2d')(x,3,st,pad),f(1,9,8,4))
        case(f'{n}pool1d_{pad}{st}',lambda x,n=n,pad=pad,st=st:getattr(tf.nn,n+'_pool1d')(x,3,st,pad),f(1,9,4))
        case(f'{n}pool3d_{pad}{st}',lambda x,n=n,pad=pad,st=st:getattr(tf.nn,n+'_pool3d')(x,2,st,pad),f(1,5,6,7,3))
    case(f'convt_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,3,5,4)):tf.nn.conv2d_transpose(x,w,[1,7*st+(0 if pad=='SAME' else 3-st),7*st+(0 if pad=='SAME' else 3-st),5],st,pad),f(1,7,7,4))
    case(f'convt3_{pad}{st}',lambda x,pad=pad,st=st,w=tf.constant(f(3,3,3,2,3)):tf.nn.conv3d_transpose(x,w,[1]+[4*st+(0 if pad=='SAME' else 3-st)]*3+[2],st,pad),f(1,4,4,4,3))
case('conv_dil',lambda x,w=tf.constant(f(3,3,4,6)):tf.nn.conv2d(x,w,1,'SAME',dilations=2),f(1,9,8,4))
case('conv_group',lambda x,w=tf.constant(f(3,3,2,6)):tf.nn.conv2d(x,w,1,'SAME'),f(1,9,8,4))
case('conv_explicit',lambda x,w=tf.constant(f(3,3,4,6)):tf.nn.conv2d(x,w,2,[[0,0],[1,2],[0,1],[0,0]]),f(1,9,8,4))
case('atrous1d',lambda x,w=tf.constant(f(3,4,6)):tf.nn.convolution(x,w,padding='SAME',dilations=[2]),f(1,9,4))
case('matmul',lambda x,w=tf.constant(f(4,3)):tf.matmul(x,w),f(2,4))
case('matmulT',lambda x,w=tf.constant(f(3,4)):tf.matmul(x,w,transpose_b=True),f(2,4))
case('bmm',lambda x,y:tf.matmul(x,y),f(2,3,4),f(2,4,5))
case('bmmT',lambda x,y:tf.matmul(x,y,transpose_b=True),f(2,3,4),f(2,5,4))
case('tensordot',lambda x,w=tf.constant(f(4,3)):tf.tensordot(x,w,1),f(2,5,4))
case('einsum1',lambda x,y:tf.einsum('abc,acd->abd',x,y),f(2,3,4),f(2,4,5))
case('einsum2',lambda x,w=tf.constant(f(4,2,3)):tf.einsum('abc,cde->abde',x,w),f(2,3,4))
case('einsum3',lambda x,y:tf.einsum('aecd,abcd->acbe',x,y),f(2,3,4,5),f(2,6,4,5))
for n in 'sum mean max min prod any all'.split():
    case('reduce_'+n,(lambda x,n=n:getattr(tf,'reduce_'+n)(x,axis=[1],keepdims=True)) if n not in('any','all') else (lambda x,n=n:tf.cast(getattr(tf,'reduce_'+n)(x>0,axis=1),tf.float32)),f(2,5,3))
case('reduce_all_axes',lambda x:tf.reduce_mean(x),f(2,5,3))
case('norm',lambda x:tf.norm(x,axis=-1),f(2,5,3))
case('l2norm',lambda x:tf.math.l2_normalize(x,-1),f(2,5,3))
case('var',lambda x:tf.math.reduce_variance(x,-1),f(2,5,3))
case('lse',lambda x:tf.math.reduce_logsumexp(x,-1),f(2,5,3))
case('argmax',lambda x:tf.argmax(x,-1,output_type=tf.int32),f(2,5))
case('argmin',lambda x:tf.argmin(x,1),f(2,5,2))
case('cumsum',lambda x:tf.cumsum(x,1,exclusive=True,reverse=True),f(2,5))
case('topk',lambda x:tf.math.top_k(x,3)[0],f(2,5))
case('topki',lambda x:tf.math.top_k(x,3)[1],f(2,5))
case('reshape',lambda x:tf.reshape(x,[tf.shape(x)[0],-1]),f(2,5,3))
case('transpose',lambda x:tf.transpose(x,[0,2,1]),f(2,5,3))
case('concat',lambda x,y:tf.concat([x,y],-1),f(2,5),f(2,3))
case('stack',lambda x,y:tf.stack([x,y],1),f(2,5),f(2,5))
case('unstack',lambda x:tf.add(*tf.unstack(x,axis=1)),f(2,2,3))
case('split',lambda x:tf.split(x,3,axis=1)[1],f(2,6))
case('splitv',lambda x:tf.split(x,[1,-1,2],axis=1)[1],f(2,6))
case('slice',lambda x:tf.slice(x,[0,1],[2,3]),f(2,6))
case('sslice',lambda x:x[:,1:-1:2,::-1],f(2,6,3))
case('sslice2',lambda x:x[...,tf.newaxis,0],f(2,6,3))
case('sslice3',lambda x:x[:,-1],f(2,6,3))
case('sslice4',lambda x:x[:,::-2],f(2,6,3))
case('pad',lambda x:tf.pad(x,[[0,0],[1,2]],constant_values=3.),f(2,5))
case('padr',lambda x:tf.pad(x,[[0,0],[1,2]],'REFLECT'),f(2,5))
case('pads',lambda x:tf.pad(x,[[0,0],[1,2]],'SYMMETRIC'),f(2,5))
case('tile',lambda x:tf.tile(x,[1,2]),f(2,5))
case('bcast',lambda x:tf.broadcast_to(x,[3,2,5]),f(2,5))
case('repeat',lambda x:tf.repeat(x,3,axis=1),f(2,5))
case('gather',lambda x:tf.gather(x,[2,0],axis=1),f(2,5))
case('gatherb',lambda x:tf.gather(x,tf.constant([[2,0],[1,1]]),axis=1,batch_dims=1),f(2,5))
case('gather_nd',lambda x:tf.gather_nd(x,[[0,1],[1,2]]),f(2,5))
case('embed',lambda x,w=tf.constant(f(7,3)):tf.nn.embedding_lookup(w,tf.cast(x,tf.int32)),f(1,4,lo=0,hi=6))
case('one_hot',lambda x:tf.one_hot(tf.cast(x,tf.int32),5),f(2,3,lo=0,hi=5))
case('reverse',lambda x:tf.reverse(x,[1,2]),f(2,5,3))
case('roll',lambda x:tf.roll(x,[2,-1],[1,2]),f(2,5,3))
case('d2s',lambda x:tf.nn.depth_to_space(x,2),f(1,3,4,8))
case('s2d',lambda x:tf.nn.space_to_depth(x,2),f(1,4,6,3))
case('s2b',lambda x:tf.space_to_batch(x,[2,2],[[1,0],[0,2]]),f(1,5,6,3))
case('b2s',lambda x:tf.batch_to_space(x,[2,2],[[1,0],[0,1]]),f(4,3,4,3))
case('scatter',lambda x:tf.scatter_nd([[1],[3]],x,[5,3]),f(2,3))
case('band',lambda x:tf.linalg.band_part(x,1,0),f(4,4))
case('fill',lambda x:x+tf.fill([2,5],3.),f(2,5))
case('range',lambda x:x+tf.range(5,dtype=tf.float32)+tf.linspace(0.,1.,5),f(2,5))
case('ones',lambda x:tf.ones_like(x)+tf.zeros_like(x)+x,f(2,5))
for m in ('bilinear','nearest'): 
    case('resize_'+m,lambda x,m=m:tf.image.resize(x,[7,9],method=m),f(1,4,5,3))
    case('resize_down_'+m,lambda x,m=m:tf.image.resize(x,[3,2],method=m),f(1,4,5,3))
    case('resize_v1_'+m,lambda x,m=m:getattr(tf.compat.v1.image,'resize_'+('nearest_neighbor' if m=='nearest' else m))(x,[7,9],align_corners=True),f(1,4,5,3))
case('resize_bicubic',lambda x:tf.image.resize(x,[7,9],method='bicubic'),f(1,4,5,3))
case('lrn',lambda x:tf.nn.lrn(x,2),f(1,4,5,8))
case('bn',lambda x,a=tf.constant(f(3)),b=tf.constant(f(3)),m=tf.constant(f(3)),v=tf.constant(f(3,lo=.5)):tf.compat.v1.nn.fused_batch_norm(x,a,b,m,v,is_training=False)[0],f(1,4,5,3))
def loop(x):
    i=tf.constant(0); _,y=tf.while_loop(lambda i,y:i<4,lambda i,y:(i+1,y*1.5+tf.cast(i,tf.float32)),[i,x]); return y
case('while',loop,f(2,5))
case('map_fn',lambda x:tf.map_fn(lambda r:r*2+1,x),f(3,4))
case('scan',lambda x:tf.scan(lambda a,r:a+r,x),f(3,4))
case('cond',lambda x:tf.cond(tf.constant(True),lambda:x*2,lambda:x*3),f(3,4))
case('cond_rt',lambda x:tf.cond(tf.reduce_sum(x)>0,lambda:x*2,lambda:x*3),f(3,4))
case('select1',lambda x:tf.compat.v1.where(tf.constant([True,False]),x,-x),f(2,5))
l=tf.keras.layers.MultiHeadAttention(2,4); l.build((1,6,8),(1,6,8)); case('keras_mha',lambda x,l=l:l(x,x),f(1,6,8))
l=tf.keras.layers.LayerNormalization(); l.build((1,6,8)); case('keras_ln',lambda x,l=l:l(x),f(1,6,8))
l=tf.keras.layers.GroupNormalization(2); l.build((1,6,8)); case('keras_gn',lambda x,l=l:l(x),f(1,6,8))


for name, function, *samples in tensorflow_raw_cases.cases(f):
    case(name, function, *samples)
REFUSED = list(tensorflow_raw_cases.refused(f))


def operators_of(path):
    """Of the saved graph and of the functions that it calls, without what only carries it."""
    graph = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    bodies = [graph.node] + [function.node_def for function in graph.library.function]
    own = {function.signature.name for function in graph.library.function}
    return sorted({node.op for body in bodies for node in body} - own - {"Placeholder"})


def save(folder, name, function, samples):
    module = tf.Module()
    defaults = [d for d in (function.__defaults__ or ()) if hasattr(d, "variables") or isinstance(d, tf.Variable)]
    layer = [d for d in defaults if hasattr(d, "variables")]
    module.values = [getattr(v, "value", v) if not isinstance(v, tf.Variable) else v for d in layer for v in d.variables]
    module.own = [d for d in defaults if isinstance(d, tf.Variable)] + [d for d in layer if isinstance(d, tf.Module)]
    signature = [tf.TensorSpec(x.shape, tf.float32, name=f"x{i}") for i, x in enumerate(samples)]
    module.run = tf.function(lambda *x: {"y": function(*x)}, input_signature=signature)
    concrete = module.run.get_concrete_function()
    tf.saved_model.save(module, str(folder / name), signatures=concrete)
    outputs = concrete(*map(tf.constant, samples))["y"].numpy()
    np.savez(folder / f"{name}.npz", y=outputs, **{f"x{i}": x for i, x in enumerate(samples)})
    return {"name": name, "operators": operators_of(folder / name)}


def write(folder):
    index = {kind: [save(folder, name, function, samples) for name, function, *samples in cases]
             for kind, cases in (("cases", [(n, f, *x) for n, f, x in CASES]), ("refused", REFUSED))}
    (folder / "index.json").write_text(json.dumps(index))


def run_flex(folder):
    for path in sorted(folder.glob("*.flex.tflite")):
        interpreter = tf.lite.Interpreter(str(path))
        interpreter.allocate_tensors()
        stored = np.load(folder / path.name.replace(".flex.tflite", ".npz"))
        for detail in interpreter.get_input_details():
            interpreter.set_tensor(detail["index"], stored[detail["name"]])
        interpreter.invoke()
        np.savez(folder / path.name.replace(".tflite", ".npz"), y=interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


def main():
    folder = pathlib.Path(sys.argv[1])
    run_flex(folder) if "--flex" in sys.argv else write(folder)


if __name__ == "__main__":
    main()
