# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton import check, tools


def test_what_passes_is_returned():
    init, conn, v = bp.init.OneInit(), bp.connect.All2All(), bm.Variable(1)
    assert (
        check.is_float(1.5, 'x', 1, 2) == 1.5
        and check.is_float(1) == 1
        and check.is_float(None, allow_none=True) is None
    )
    assert check.is_integer(np.int32(2), 'x', 2, 2) == 2 and check.is_string('a', 'x', ['a']) == 'a'
    assert check.is_initializer(init) is init and check.is_connector(conn) is conn and check.is_callable(len) is len
    assert check.is_sequence([1], elem_type=int) == [1] and check.is_dict_data({'a': 1}, str, int) == {'a': 1}
    assert check.is_subclass(bm.training_mode, (bm.BatchingMode,)) is bm.training_mode
    assert check.is_all_vars({'v': v}, out_as='dict')['v'] is v and check.is_all_vars(v) == (v,)
    assert check.check_shape_except_batch((3, 2), (5, 2)) and not check.check_shape_except_batch(
        (3, 2), (3, 1), mode='bool'
    )
    assert check.serialize_kwargs({'b': 1, 'a': 2}) == 'a=2, b=1'
    check.jit_error_checking(np.array([False]), pytest.fail)


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda: check.is_float(1, 'x', allow_int=False), "x must be a float, but got <class 'int'>"),
        (lambda: check.is_float(2.0, 'x', max_bound=1.0), 'x must be a float smaller than 1.0, while we got 2.0'),
        (lambda: check.is_float(float('nan'), 'x', min_bound=0.0), 'x must be a float bigger than 0.0'),
        (lambda: check.is_integer(2.0, 'x'), 'x must be an int, but got 2.0'),
        (lambda: check.is_integer(None, 'x'), 'x must be an int, but got None'),
        (lambda: check.is_integer(2, 'x', min_bound=3), 'x must be an int bigger than 3, while we got 2'),
        (lambda: check.is_string('a', 'x', ['b']), r"x must be a str in \['b'\], but we got a"),
        (lambda: check.is_string(3, 'x'), 'x must be a str, but got 3'),
        (lambda: check.is_callable(3, 'x'), "x should be a callable function. While we got <class 'int'>"),
        (lambda: check.is_initializer(3, 'x'), 'x should be an instance of brainpy.init.Initializer'),
        (lambda: check.is_connector(3, 'x'), 'x should be an instance of brainpy.conn.Connector'),
        (lambda: check.is_sequence(1, 'x'), 'x should be a sequence'),
        (lambda: check.is_sequence(['a'], 'x', int), 'Elements in x should be'),
        (lambda: check.is_dict_data(3, name='x'), 'x must be a dict'),
        (lambda: check.is_dict_data({1: 1}, str, name='x'), 'the key is 1'),
        (lambda: check.is_all_vars([1]), 'Only support'),
        (lambda: check.check_shape_except_batch((3, 2), (3, 1)), 'are not compatible'),
        (lambda: check.check_shape_except_batch((3, 2), (3, 2), mode='x'), "Unknown mode 'x'"),
    ],
)
def test_what_does_not_pass_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_classes_and_switches():
    with pytest.raises(NotImplementedError, match='syn does not support 1. We only support str.'):
        check.is_instance(1, str, 'syn')
    check.turn_off()
    assert not check.is_checking()
    check.turn_on()
    assert check.is_checking()
    with pytest.raises(KeyError):
        check.jit_error_checking(np.array([False, True]), {}.__getitem__, 'x')


def test_tools():
    assert tools.to_size(3) == (3,) and tools.to_size([2, np.int64(3)]) == (2, 3) and tools.to_size(None) is None
    assert tools.size2num((2, 3)) == 6 and tools.size2num(4) == 4
    assert tools.replicate(1, 2, 'x') == (1, 1) and tools.replicate([1], 2, 'x') == tools.replicate((1, 1), 2, 'x') == (
        1,
        1,
    )
    with pytest.raises(TypeError, match='x must be a scalar or sequence of length 1 or 3'):
        tools.replicate([1, 2], 3, 'x')
    assert tools.DotDict(a=1).a == 1

    @tools.copy_doc(len)
    def f():
        pass

    assert f.__doc__ == len.__doc__
    assert bp.types.Shape and bp.types.ArrayType
