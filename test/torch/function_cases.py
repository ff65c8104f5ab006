"""Functions of torch that models call between layers, on random inputs: a case is as in layer_cases."""

import torch

from layer_cases import Call, indices, number, one, tensor

REALS = dict(exp={}, log=dict(low=0.1), log2=dict(low=0.1), log10=dict(low=0.1), log1p=dict(low=-0.9), expm1={}, exp2={}, sqrt=dict(low=0.0),
             rsqrt=dict(low=0.1), sin={}, cos={}, tan=dict(low=-1.0, high=1.0), asin=dict(low=-1.0, high=1.0), acos=dict(low=-1.0, high=1.0),
             atan={}, sinh={}, cosh={}, tanh={}, asinh={}, acosh=dict(low=1.1), atanh=dict(low=-0.9, high=0.9), erf={}, erfc={}, abs={},
             neg={}, sign={}, floor={}, ceil={}, round={}, trunc={}, frac={}, square={}, reciprocal=dict(low=0.5), sigmoid={}, isnan={},
             logical_not={}, isinf={})
PAIRS = dict(add={}, sub={}, mul={}, div=dict(low=0.5), floor_divide=dict(low=0.5), remainder=dict(low=0.5), fmod=dict(low=0.5), maximum={},
             minimum={}, atan2={}, hypot={}, eq={}, ne={}, lt={}, le={}, gt={}, ge={}, logaddexp={}, fmax={}, fmin={}, logical_and={},
             logical_or={}, logical_xor={})


def unary(name, bounds):
    return lambda rng: (Call(getattr(torch, name)), [tensor(rng, *[number(rng, 1, 4) for _ in range(number(rng, 0, 3))], **bounds)])


def binary(name, bounds):
    def make(rng):
        a, b = number(rng, 2, 4), number(rng, 2, 4)
        return Call(getattr(torch, name)), [tensor(rng, a, b), tensor(rng, *one(rng, (a, b), (b,), (a, 1)), **bounds)]
    return make


def of(function, *shapes, **bounds):
    return lambda rng: (Call(function), [tensor(rng, *shape, **bounds) for shape in shapes])


def reduction(name, **options):
    def make(rng):
        dim = one(rng, 0, 1, -1, (0, 2))
        keep = bool(rng.integers(2))
        return Call(lambda x: getattr(torch, name)(x, dim=dim, keepdim=keep, **options)), [tensor(rng, 2, 3, 4)]
    return make


def along(name, **options):
    def make(rng):
        dim = number(rng, -3, 2)
        return Call(lambda x: getattr(torch, name)(x, dim=dim, **options)), [tensor(rng, 2, 3, 4)]
    return make


def extreme(name):
    def make(rng):
        dim, keep = number(rng, -3, 2), bool(rng.integers(2))
        return Call(lambda x: tuple(getattr(torch, name)(x, dim=dim, keepdim=keep))), [tensor(rng, 2, 3, 4)]
    return make


def power(rng):
    exponent = one(rng, 2, 3, 0.5, -0.5, -1, 1.7, -2)
    return Call(lambda x: x ** exponent), [tensor(rng, 3, 4, low=0.2)]


def integers(rng):
    return Call(lambda i, j: (i + j, i - 2 * j, i * j, -i, i.int() // 2, i % 3, i > j, (i / 4))), [indices(rng, 9, 3, 4), indices(rng, 9, 4)]


def mixed(rng):
    return Call(lambda i, x: (i + x, i * 0.5, torch.where(i > 3, x, i.float()), x * 2, 1 - x, 3 / (x + 5))), [indices(rng, 9, 4), tensor(rng, 4)]


def ranked(rng):
    descending = bool(rng.integers(2))
    return Call(lambda x: tuple(torch.sort(x, descending=descending))), [tensor(rng, 3, 5)]


def gathered(rng):
    dim = number(rng, 0, 1)
    return Call(lambda x, i: torch.gather(x, dim, i)), [tensor(rng, 4, 5), indices(rng, 4, 3, 4)]


def scattered(rng):
    return (Call(lambda x, i, y: (x.scatter(1, i, y), x.scatter_add(1, i, y), x.scatter(1, i, 2.0))),
            [tensor(rng, 3, 5), torch.from_numpy(rng.permuted([[0, 1, 2, 3, 4]] * 3, axis=1)[:, :2].copy()), tensor(rng, 3, 2)])


def indexed(rng):
    return (Call(lambda x, i, j: (x[i], x[:, i], x[i, j], x[:, i, j], x[..., 1], x[0, 1:], x[:, ::2], x[:, -1], x[None, 1])),
            [tensor(rng, 3, 3, 4), indices(rng, 3, 2), indices(rng, 3, 2)])


def written(rng):
    def run(x, y, i):
        z = x.index_put((i,), y)
        return z, x.masked_fill(x > 0, -1.5)
    return Call(run), [tensor(rng, 4, 3), tensor(rng, 2, 3), torch.tensor([0, 3])]


def in_place(rng):
    def run(x):
        y = x * 2
        y.add_(1).relu_()
        z = y + x
        z.mul_(y)
        return z, y
    return Call(run), [tensor(rng, 3, 4)]


def written_views(rng):
    """Writes through slices, selections and turns of a tensor, which its other names see."""
    def run(x):
        y = x * 2
        y[..., 0:2] = y[..., 0:2] + 1
        y[:, 1] = 0.5
        y[:, ::2, 1] *= x[:, ::2, 1]
        y.transpose(1, 2)[:, 3].sub_(2)
        flat = y.view(-1)
        flat[3:7] = 9
        mask = torch.zeros(3, 4)
        for i, rows in enumerate((slice(0, 1), slice(1, None))):
            mask[rows] = i
        return y.relu_().exp(), flat, y + mask
    return Call(run), [tensor(rng, 2, 3, 4)]


def weight_normed(rng):
    dim = one(rng, 0, 1, None)
    layer = one(rng, torch.nn.Conv1d(3, 4, 3), torch.nn.Linear(6, 5))
    return torch.nn.utils.parametrizations.weight_norm(layer, dim=dim), [tensor(rng, 1, 3, 6)]


def middle(rng):
    keep, dim = bool(rng.integers(2)), number(rng, -2, 1)
    return Call(lambda x: (x.median(), *x.median(dim, keep), *x.kthvalue(2, dim, keep))), [tensor(rng, 3, number(rng, 3, 6))]


def rows_set(rng):
    return (Call(lambda x, y, i: (x.index_add(0, i, y), x.index_add(0, i, y, alpha=0.5), x.index_copy(0, i, y), x.index_fill(1, i, 2.0), x.take(i))),
            [tensor(rng, 4, 3), tensor(rng, 2, 3), torch.tensor([2, 0])])


FUNCTIONS = {
    **{name: unary(name, bounds) for name, bounds in REALS.items()},
    **{name: binary(name, bounds) for name, bounds in PAIRS.items()},
    **{name: reduction(name) for name in ("sum", "mean", "amax", "amin", "std", "var", "logsumexp")},
    "prod": along("prod"), "cumsum": along("cumsum"), "argmax": along("argmax"), "argmin": along("argmin"), "any": along("any"),
    "all": along("all"), "max": extreme("max"), "min": extreme("min"), "topk": lambda rng: (Call(lambda x: tuple(torch.topk(x, 2))), [tensor(rng, 3, 5)]),
    "sort": ranked,
    "norm": reduction("norm"), "pow": power, "integers": integers, "mixed types": mixed,
    "matmul": lambda rng: one(rng, of(torch.matmul, (2, 3, 4), (4, 5)), of(torch.matmul, (2, 3, 4), (2, 4, 5)), of(torch.matmul, (4,), (4, 5)),
                              of(torch.matmul, (2, 3, 4), (4,)))(rng),
    "bmm": of(torch.bmm, (2, 3, 4), (2, 4, 5)), "addmm": of(torch.addmm, (5,), (3, 4), (4, 5)), "baddbmm": of(torch.baddbmm, (2, 3, 5), (2, 3, 4), (2, 4, 5)),
    "outer": of(torch.outer, (3,), (4,)), "einsum": of(lambda a, b: torch.einsum("bij,bjk->bik", a, b), (2, 3, 4), (2, 4, 5)),
    "cat": of(lambda a, b: torch.cat([a, b], 1), (2, 3, 4), (2, 1, 4)), "stack": of(lambda a, b: torch.stack([a, b], 1), (2, 3), (2, 3)),
    "split": of(lambda x: torch.split(x, 2, 1), (2, 5)), "chunk": of(lambda x: torch.chunk(x, 3, 1), (2, 7)),
    "unbind": of(lambda x: torch.unbind(x, 1), (2, 3, 4)), "tensor_split": of(lambda x: torch.tensor_split(x, 3, 1), (2, 7)),
    "transpose": of(lambda x: (x.transpose(0, 2), x.permute(1, 2, 0), x[0].t(), x.movedim(0, -1)), (2, 3, 4)),
    "reshape": of(lambda x: (x.reshape(4, -1), x.view(6, 4), x.flatten(1), x.unsqueeze(1).squeeze(1), x.unflatten(2, (2, 2))), (2, 3, 4)),
    "expand": of(lambda x: (x.expand(2, 3, 4), x.repeat(2, 1, 1), x.tile(2), x.repeat_interleave(2, 1)), (3, 4)),
    "flip": of(lambda x: (x.flip(0), x.flip(0, 2), x.roll(1, 1), x.roll(2)), (2, 3, 4)),
    "tril": of(lambda x: (x.tril(), x.triu(1), x.diagonal(), x.diagonal(1, 0, 1)), (4, 5)), "unfold": of(lambda x: x.unfold(1, 3, 2), (2, 8)),
    "clamp": of(lambda x: (x.clamp(-1, 1), x.clamp(min=0.3), x.clamp(max=0.7), x.clamp(0, 6)), (3, 4)),
    "where": of(lambda x, y: torch.where(x > y, x, y * 2), (3, 4), (3, 4)), "lerp": of(lambda x, y: torch.lerp(x, y, 0.3), (3, 4), (3, 4)),
    "addcmul": of(lambda x, y, z: (torch.addcmul(x, y, z, value=0.5), torch.addcdiv(x, y, z, value=2.0)), (3,), (3,), (3,), low=0.5),
    "creation": of(lambda x: (x + torch.arange(4), torch.zeros_like(x) + torch.ones(4), x * torch.full((3, 1), 2.5), torch.eye(3, 4) + x,
                              x + torch.linspace(0, 1, 4), x.new_zeros(3, 4) + x), (3, 4)),
    "gather": gathered, "scatter": scattered, "indexing": indexed, "index_put": written, "in place": in_place,
    "glu": of(torch.nn.functional.glu, (3, 4)), "var_mean": of(lambda x: torch.var_mean(x, dim=1), (3, 4)),
    "write to views": written_views, "weight_norm": weight_normed, "median": middle, "index_add": rows_set,
    "meshgrid": of(lambda x, y: (*torch.meshgrid(x, y, indexing="ij"), *torch.meshgrid(x, y, indexing="xy")), (3,), (4,)),
    "triu_indices": of(lambda x: x[:, torch.triu_indices(3, 4, 1)[1]] + x[:, torch.tril_indices(3, 4)[1][:6]], (3, 4)),
    "hstack": of(lambda x, y: (torch.hstack([x, y]), torch.vstack([x, y]), torch.dstack([x, y]), torch.column_stack([x, y[:, 0]]),
                               torch.atleast_3d(x), torch.hstack([x[0], y[0]])), (3, 4), (3, 4)),
    "diff": of(lambda x: (x.diff(), x.diff(2, 0), torch.diff(x > 0), torch.diff(x, prepend=x[:, :1])), (4, 5)),
    "rot90": of(lambda x: (torch.rot90(x), torch.rot90(x, -1, (1, 2)), torch.rot90(x, 2), x.ravel(), torch.moveaxis(x, 0, 1)), (2, 3, 4)),
    "broadcast_to": of(lambda x, y: (torch.broadcast_to(x, (2, 3, 4)), *torch.broadcast_tensors(x, y)), (3, 4), (4,)),
    "tensordot": of(lambda x, y: (torch.tensordot(x, y, 2), torch.tensordot(x, y, ((2, 0), (1, 2))), torch.inner(x, y[..., :4].permute(2, 0, 1))),
                    (2, 3, 4), (3, 4, 2)),
    "cdist": of(lambda x, y: (torch.cdist(x, y), torch.cdist(x, y, p=1.0)), (2, 3, 4), (2, 5, 4)),
    "linalg.norm": of(lambda x: (torch.linalg.norm(x), torch.linalg.norm(x, dim=1), torch.linalg.norm(x, ord=1, dim=0), torch.linalg.norm(x, "fro")), (3, 4)),
    "nan_to_num": of(lambda x: (torch.nan_to_num(x / 0.0), torch.nan_to_num(x.log(), 1.0, 2.0, -3.0), torch.isfinite(x.log())), (3, 4)),
    "logit": of(torch.logit, (3, 4), low=0.1, high=0.9), "bucketize": of(lambda x: torch.bucketize(x, torch.tensor([-0.5, 0.0, 0.5])), (3, 4)),
    "aminmax": of(lambda x: (*torch.aminmax(x), *torch.aminmax(x, dim=1), torch.count_nonzero(x > 0, dim=1)), (3, 4)),
    "peaks": of(lambda x: (lambda values, at: (values, torch.div(at, 4, rounding_mode="floor"), at % 4))(*x.flatten().topk(3)), (3, 4)),
}
