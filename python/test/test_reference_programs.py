# SPDX-License-Identifier: Apache-2.0
"""Programs for the reference's interface give here what they gave there."""

import json
from pathlib import Path

import numpy as np
import pytest
import reference_programs

import bouton as bp
import bouton.math as bm

EXPECTED = json.loads(Path(reference_programs.__file__).with_suffix('.json').read_text())
#: The reference truncates 0.3 / 0.1 to 2 steps, and so on.
COMPAT = 'brainpy_2_4'


@pytest.mark.parametrize('name', EXPECTED)
def test_program(name):
    bm.set_compat(COMPAT)
    try:
        returned = reference_programs.PROGRAMS[name](bp, bm)
    finally:
        bm.set_compat(None)
        bp.share.clear()
    found = {path: reference_programs.summary(array) for path, array in reference_programs.flat(returned)}
    assert list(found) == list(EXPECTED[name])
    for path, expected in EXPECTED[name].items():
        assert found[path]['shape'] == expected['shape'], path
        assert found[path]['kind'] == expected['kind'], path
        for key in ('values', 'sum'):
            np.testing.assert_allclose(found[path][key], expected[key], rtol=1e-9, atol=1e-9, err_msg=path)


def test_every_program_is_compared():
    assert list(EXPECTED) == list(reference_programs.PROGRAMS)
