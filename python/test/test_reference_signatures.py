# SPDX-License-Identifier: Apache-2.0
"""Every public callable of the reference is here, with its arguments in their order, and their defaults.

More arguments may follow, if they have defaults.
"""

import ast
import functools
import inspect
import math
from pathlib import Path

import pytest

import bouton as bp

LINES = [
    line
    for line in Path(__file__).with_name('reference_signatures.txt').read_text().splitlines()
    if not line.startswith('#')
]
#: Where the default is one object for all, here None stands for it.
NONE_STANDS_FOR = ('NullSynOut()', 'Uniform(-70, -60.0)', 'int64')
#: These take what is given in the reference as arguments of any name.
NAMED_HERE = ('SynSTP', 'SynLTP', 'connect.One2One')
#: There it is `inv_square_grad`, which has one argument, but is called with two.
OTHER_DEFAULTS = {('neurons.HindmarshRose', 'spike_fun')}


def found(path: str):
    return functools.reduce(getattr, path.split('.'), bp)


def given_object(text: str):
    """A default that is written as the call that makes an equal object."""
    names = {**vars(bp.init), **vars(bp.synouts), 'surrogate': bp.math.surrogate}
    return eval(text, names)


def is_default(here, expected: ast.expr) -> bool:
    text = ast.unparse(expected)
    if here is None and text in NONE_STANDS_FOR:
        return True
    try:
        value = ast.literal_eval(expected)
    except ValueError:
        value = given_object(text)
        return here is value or (type(here) is type(value) and repr(here) == repr(value))
    if isinstance(value, float):
        return isinstance(here, (int, float)) and math.isclose(here, value, rel_tol=1e-15)
    return here == value


@pytest.mark.parametrize('line', LINES, ids=[line.partition('(')[0] for line in LINES])
def test_signature(line):
    path, _, rest = line.partition('(')
    expected = ast.parse(f'def f({rest[:-1]}): pass').body[0].args
    signature = inspect.signature(found(path))
    kinds = {kind: [] for kind in inspect._ParameterKind}
    for parameter in signature.parameters.values():
        kinds[parameter.kind].append(parameter.name)
    in_order = kinds[inspect.Parameter.POSITIONAL_ONLY] + kinds[inspect.Parameter.POSITIONAL_OR_KEYWORD]
    if in_order[:1] == ['self']:
        in_order = in_order[1:]
    names = [argument.arg for argument in expected.args]
    if not kinds[inspect.Parameter.VAR_POSITIONAL] or names[: len(in_order)] != in_order:
        assert in_order[: len(names)] == names
    if path not in NAMED_HERE:
        assert not expected.vararg or kinds[inspect.Parameter.VAR_POSITIONAL]
        assert not expected.kwarg or kinds[inspect.Parameter.VAR_KEYWORD]
    by_keyword = [argument.arg for argument in expected.kwonlyargs]
    assert set(by_keyword) <= set(in_order) | set(kinds[inspect.Parameter.KEYWORD_ONLY])
    defaults = dict(zip(reversed(names), reversed(expected.defaults), strict=False))
    defaults.update((key, value) for key, value in zip(by_keyword, expected.kw_defaults, strict=True) if value)
    for name, value in defaults.items():
        if name in signature.parameters and (path, name) not in OTHER_DEFAULTS:
            assert is_default(signature.parameters[name].default, value), name
    for name in in_order[len(names) :] + kinds[inspect.Parameter.KEYWORD_ONLY]:
        assert name in by_keyword or signature.parameters[name].default is not inspect.Parameter.empty
