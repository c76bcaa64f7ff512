# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton.math as bm
from bouton.math.dual import partials
from bouton.math.tape import Traced, record

X = np.array([0.3, -0.7, 1.2])
M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4]])


def differences(f, x, h=1e-6):
    """Central differences of a scalar function."""
    x = np.array(x, float)
    found = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        found[k] = (f(x + step) - f(x - step)) / (2 * h)
    return found


FUNCTIONS = {
    'sum of products': lambda x: np.sum(x * x[::-1] + np.sin(x)),
    'mean': lambda x: np.mean(x**2),
    'var and std': lambda x: np.var(x) + np.std(x, ddof=1),
    'max and min': lambda x: np.max(x) * np.min(x),
    'prod': lambda x: np.prod(x) + np.prod(np.stack([x, 2 * x]), axis=0).sum(),
    'matmul': lambda x: np.sum((M @ x) ** 2) + x @ M.T @ M @ x,
    'matmul of matrices': lambda x: np.sum((M.T @ np.stack([x, x * 2])) ** 2),
    'matmul with rows': lambda x: np.sum(np.matmul(np.ones((4, 2, 3)), x) ** 2),
    'dot and outer': lambda x: np.dot(x, x) + np.sum(np.outer(x, x) ** 2) + np.dot(2.0, x)[1],
    'einsum': lambda x: np.sum(np.einsum('ij,j->i', M, x) ** 2) + np.einsum('i,j,ij->', x[:2], x, M),
    'norm': lambda x: np.linalg.norm(x),
    'where': lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), x**2)),
    'unsafe where': lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)),
    'clip': lambda x: np.sum(np.clip(x, -0.5, 1.0) ** 2),
    'select': lambda x: np.sum(np.select([x > 1, x > 0], [x**3, x**2], -x)),
    'indexing': lambda x: x[0] * x[-1] + np.sum(x[np.array([0, 0, 1])] ** 2) + np.sum(x[x > 0]),
    'reshape and transpose': lambda x: np.sum(x.reshape(3, 1).T * x[:, None] * np.arange(9.0).reshape(3, 3)),
    'concatenate': lambda x: np.sum(np.concatenate([x, 2 * x, np.ones(2)]) ** 2 * np.arange(8)),
    'stack': lambda x: np.sum(np.stack([x, x**2], axis=1) @ np.array([1.0, 3.0])),
    'hstack and vstack': lambda x: np.sum(np.hstack([x, x]) ** 2) + np.sum(np.vstack([x, x**2]) ** 2 * M),
    'rearranged': lambda x: (
        np.sum(np.roll(x, 1) * x) + np.sum(np.repeat(x, 2) ** 2) + np.sum(np.tile(x, 2) * np.arange(6))
    ),
    'flip and take': lambda x: np.sum(np.flip(x) * np.arange(3)) + np.take(x, 1) ** 2 + np.squeeze(x[None]).sum(),
    'broadcast': lambda x: np.sum(np.broadcast_to(x, (2, 3)) * M) + np.sum(x * M),
    'cumsum': lambda x: np.sum(np.cumsum(x) ** 2),
    'methods': lambda x: x.sum() * x.mean() + (x**2).max() + x.reshape(1, 3).ravel()[0] + x.dot(x) + x.T[0],
    'in place': lambda x: in_place(x),
    'mixed operators': lambda x: np.sum(1 / (2 + x) - x / 2 + 2**x + (-x) + abs(x) - (3 - x) + x % 2),
    'softmax': lambda x: np.sum(bm.softmax(x) * np.arange(3)),
    'activations': lambda x: np.sum(bm.relu(x) + bm.sigmoid(x) + bm.softplus(x) + bm.elu(x) + bm.gelu(x)),
    'iteration': lambda x: sum(v**2 for v in x),
}


def in_place(x):
    y = x * 1.0
    y += x
    y *= x
    return np.sum(y)


@pytest.mark.parametrize('name', FUNCTIONS)
def test_gradients_of_functions(name):
    f = FUNCTIONS[name]
    with np.errstate(invalid='ignore'):
        gradient = bm.grad(f)(X)
        assert type(gradient) is bm.Array
        np.testing.assert_allclose(gradient, differences(f, X), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize('name', sorted(set(FUNCTIONS) - {'unsafe where', 'max and min'}))
def test_second_derivatives(name):
    f = FUNCTIONS[name]
    expected = np.stack([differences(lambda x, k=k: bm.grad(f)(x)[k], X) for k in range(3)])
    np.testing.assert_allclose(bm.hessian(f)(X), expected, rtol=1e-5, atol=1e-6)


DOMAINS = {
    "log": (0.1, 3), "log2": (0.1, 3), "log10": (0.1, 3), "sqrt": (0.1, 3), "cbrt": (0.1, 3), "reciprocal": (0.1, 3),
    "log1p": (-0.9, 3), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9), "arctanh": (-0.9, 0.9), "arccosh": (1.1, 3),
    "power": (0.1, 3), "float_power": (0.1, 3), "divide": (0.1, 3), "remainder": (0.6, 3), "fmod": (0.6, 3),
    "hypot": (0.1, 3), "arctan2": (0.1, 3), "copysign": (0.1, 3),
}  # fmt: skip


@pytest.mark.parametrize('name', sorted(n for n in partials if hasattr(np, n)))
@settings(max_examples=25)
@given(data=st.data())
def test_elementwise_gradients_agree_with_dual_numbers(name, data):
    ufunc = getattr(np, name)
    low, high = DOMAINS.get(name, (-2, 2))
    args = [np.array(data.draw(st.lists(st.floats(low, high), min_size=2, max_size=2))) for _ in range(ufunc.nin)]
    for k in range(ufunc.nin):
        dual = ufunc(*(bm_dual(a) if j == k else a for j, a in enumerate(args)))
        found = bm.vector_grad(ufunc, argnums=k)(*args)
        np.testing.assert_array_equal(found, np.broadcast_to(dual.tangent, found.shape))


def bm_dual(x):
    from bouton.math.dual import DualArray

    return DualArray(x, 1.0)


def test_structures_of_results():
    w, b = bm.TrainVar(np.array([1.0, 2.0])), bm.TrainVar(np.array(0.5))

    def loss(x, scale=1.0):
        return scale * bm.sum(w * x) ** 2 + b, {'w': w.value, 'x': x}

    x = np.array([3.0, -1.0])
    by_w, by_b = 2 * 1.0 * x, 1.0
    gradient, aux = bm.grad(loss, grad_vars={'w': w, 'b': b}, has_aux=True)(x)
    np.testing.assert_allclose(gradient['w'], by_w)
    assert gradient['b'] == by_b and type(aux['w']) is bm.Array and aux['w'].tolist() == [1, 2]
    gradient, value, aux = bm.grad(loss, grad_vars=[w, b], has_aux=True, return_value=True)(x, scale=2.0)
    np.testing.assert_allclose(gradient[0], 2 * by_w)
    assert type(gradient) is list and value == 2.5
    by_vars, by_args = bm.grad(lambda x: loss(x)[0], grad_vars=w, argnums=0)(x)
    np.testing.assert_allclose(by_vars, by_w)
    np.testing.assert_allclose(by_args, 2 * 1.0 * w.value)
    assert type(bm.grad(lambda x, y: bm.sum(x * y), argnums=(0, 1))(x, x)) is tuple
    np.testing.assert_allclose(
        bm.grad(lambda p: p['a'] ** 2 * p['b'])({'a': np.float64(3), 'b': np.float64(2)})['a'], 12
    )
    assert w.tolist() == [1, 2] and b == 0.5


def test_decorators_and_constants():
    @bm.grad(argnums=0)
    def f(x):
        return bm.sum(x**2)

    assert f(X).tolist() == (2 * X).tolist() and f.__name__ == 'f'
    assert bm.grad(lambda x: 3.0)(X).tolist() == [0, 0, 0]
    assert bm.grad(lambda x, y: bm.sum(y))(X, X).tolist() == [0, 0, 0]
    assert bm.vector_grad(lambda x: x**3)(2.0) == 12


def test_jacobians():
    f = lambda x: bm.stack([x[0] * x[1], x[2] ** 2])  # noqa: E731
    expected = np.array([[X[1], X[0], 0], [0, 0, 2 * X[2]]])
    for transformation in (bm.jacobian, bm.jacrev, bm.jacfwd):
        np.testing.assert_allclose(transformation(f)(X), expected)
    found, value = bm.jacobian(lambda x: {'a': f(x)}, return_value=True)(X)
    np.testing.assert_allclose(found['a'], expected)
    np.testing.assert_allclose(value['a'], f(X))
    w = bm.TrainVar(X)
    np.testing.assert_allclose(bm.jacobian(lambda: f(w.value), grad_vars={'w': w})()['w'], expected)
    second, value = bm.hessian(lambda x: bm.sum(x**3), return_value=True)(X)
    np.testing.assert_allclose(second, np.diag(6 * X))
    assert value == pytest.approx(np.sum(X**3))


def test_state_changed_inside_persists_and_gradients_flow_through_it():
    v, w = bm.Variable(bm.zeros(2)), bm.TrainVar(np.array([0.5, 0.25]))
    decay = np.array([0.9, 0.8])

    def run(n):
        v.value = bm.zeros(2)

        def step(k):
            v.value = v * decay
            v[0] += w[0]
            v[np.array([False, True])] = v[1] + w[1] ** 2
            return v.value

        return bm.sum(bm.for_loop(step, np.arange(n))[-1])

    gradient = bm.grad(run, grad_vars=w)(3)
    powers = decay[:, None] ** np.arange(3)
    np.testing.assert_allclose(gradient, powers.sum(1) * np.array([1, 2 * 0.25]))
    np.testing.assert_allclose(v, powers.sum(1) * np.array([0.5, 0.0625]))
    assert type(v.value) is bm.Array and type(v._live()) is np.ndarray


def test_gradient_of_an_integrator():
    from bouton.integrators import odeint

    integral = odeint(lambda V, t, I, tau: (-V + I) / tau, method='exp_auto')  # noqa: E741

    def run(tau):
        V = bm.zeros(2)
        for _ in range(5):
            V = integral(V, 0.0, 2.0, tau, dt=0.1)
        return bm.sum(V)

    tau = np.array([4.0, 9.0])
    np.testing.assert_allclose(bm.grad(run)(tau), -2 * np.exp(-0.5 / tau) * 0.5 / tau**2, rtol=1e-12)


def test_arrays_that_are_written_to_later_do_not_change_the_tape():
    weights = np.array([1.0, 2.0, 3.0])
    state = bm.Variable(weights)

    def f(x):
        y = bm.sum(x * weights) + bm.sum(x * state)
        weights[:] = 0
        state[:] = 0
        return y

    assert bm.grad(f)(X).tolist() == [2, 4, 6]


def test_a_computation_outside_of_numpy_joins():
    def twice(x):
        return record(lambda v: 2 * v, (lambda seed: 2 * seed,), x)

    assert twice(3.0) == 6.0
    assert bm.grad(lambda x: bm.sum(twice(x) ** 2))(X).tolist() == pytest.approx((8 * X).tolist())


@pytest.mark.parametrize(
    ('function', 'what'),
    [
        (lambda x: bm.sum(np.sort(x)), 'numpy.sort'),
        (lambda x: float(x[0]), 'a conversion to float'),
        (lambda x: bm.sum(np.asarray(x)), 'a conversion to a plain array'),
        (lambda x: bm.sum(np.add(x, 1, where=x > 0)), 'numpy.add with where'),
        (lambda x: np.multiply.reduce(x), 'numpy.multiply.reduce'),
        (lambda x: np.linalg.norm(x, 1), 'numpy.linalg.norm with ord=1'),
        (lambda x: x.partition(1), 'the method partition'),
    ],
)
def test_what_cannot_be_followed_is_named(function, what):
    with pytest.raises(TypeError, match=f'a gradient cannot be followed through {what}'):
        bm.grad(function)(X)


def test_errors():
    with pytest.raises(
        TypeError, match=r'Gradient only defined for scalar-output functions. Output had shape: \(3,\).'
    ):
        bm.grad(lambda x: x)(X)
    with pytest.raises(TypeError, match='dtype int64'):
        bm.grad(bm.sum)(np.arange(3))
    with pytest.raises(TypeError, match='grad_vars must be a Variable'):
        bm.grad(bm.sum, grad_vars=3)
    with pytest.raises(TypeError, match='must return a pair'):
        bm.grad(bm.sum, has_aux=True)(X)
    with pytest.raises(TypeError, match='is not a callable object'):
        bm.grad(3)
    with pytest.raises(ValueError, match='argnums has 1, but there are 1 arguments'):
        bm.grad(bm.sum, argnums=1)(X)
    with pytest.raises(TypeError, match='must return one array'):
        bm.vector_grad(lambda x: (x, x))(X)
    kept = []
    v = bm.Variable(np.zeros(3))
    bm.grad(lambda x: kept.append(x * 1) or bm.sum(x))(X)
    assert isinstance(kept[0], Traced)
    with pytest.raises(TypeError, match='cannot be kept in a variable after its function has ended'):
        v.value = kept[0]
    assert v.tolist() == [0, 0, 0]


def test_an_error_inside_leaves_variables_usable():
    v = bm.Variable(np.zeros(3))

    def f(x):
        v.value = x * 2
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bm.grad(f)(X)
    np.testing.assert_allclose(v, 2 * X)
    v.value = np.ones(3)
    assert type(v._live()) is np.ndarray
