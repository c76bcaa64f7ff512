# SPDX-License-Identifier: Apache-2.0
"""Everything public says what it is."""

import importlib
import inspect
import pkgutil

import pytest

import bouton as bp


def modules():
    found = ['bouton', *(m.name for m in pkgutil.walk_packages(bp.__path__, 'bouton.'))]
    return [name for name in found if not any(part.startswith('_') for part in name.split('.'))]


def is_documented(thing):
    """Whether it has a docstring of its own, or a method has that of one it overrides."""
    return bool((inspect.getdoc(thing) or '').strip())


def belongs_to(module, name, thing):
    """Whether it is defined there, or comes from a private module and is exported."""
    home = str(getattr(thing, '__module__', ''))
    is_private = home.startswith('bouton') and any(part.startswith('_') for part in home.split('.'))
    return home == module.__name__ or (is_private and name in getattr(module, '__all__', ()))


def undocumented(module):
    for name in sorted(set(dir(module)) | set(getattr(module, '__all__', ()))):
        thing = getattr(module, name)
        if name.startswith('_') or not belongs_to(module, name, thing):
            continue
        if inspect.isfunction(thing) and not is_documented(thing):
            yield name
        if inspect.isclass(thing):
            if not (thing.__doc__ or '').strip():
                yield name
            for key, member in vars(thing).items():
                is_one = inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod)
                if not key.startswith('_') and is_one and not is_documented(getattr(thing, key)):
                    yield f'{name}.{key}'


@pytest.mark.parametrize('name', modules())
def test_public_names_have_docstrings(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or '').strip()
    assert not list(undocumented(module))
