# SPDX-License-Identifier: Apache-2.0
"""Records, and networks that are differentiated, in the form of other packages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton._records import Records, Spikes, quantity, read_records
from bouton.errors import PackageMissingError
from bouton.running.gradients import RecordedRun
from bouton.running.monitors import parse_monitors

if TYPE_CHECKING:
    import neo

__all__ = ['jax_function', 'to_neo', 'torch_function']


def to_neo(runner: Any, names: str | Iterable[str] | None = None) -> neo.Block:
    """The records of a run as a block of Neo, for example for the analyses of Elephant.

    The block has a segment for each entry of the batch, usually one. A segment has a ``SpikeTrain`` for each neuron
    whose spikes were recorded, annotated with its ``group`` and its ``neuron``, and an ``AnalogSignal`` for each other
    monitor, with the name of the monitor, one channel for each neuron, and the unit where that is known.
    ``block.filter(objects='SpikeTrain', group='exc')`` finds those of one group.

    Parameters
    ----------
    runner
        A runner that has run, or what it recorded (``runner.mon``).
    names
        The monitors to take; all by default.

    Returns
    -------
    neo.Block

    Raises
    ------
    ImportError
        Where Neo is not installed.
    ValueError
        Where nothing was recorded, or less than two steps.

    References
    ----------
    Garcia S et al. (2014). Neo: an object model for handling electrophysiology data in multiple formats. Frontiers in
    Neuroinformatics 8, 10.
    """
    try:
        import neo
    except ImportError:
        raise PackageMissingError('bouton.interop.to_neo needs Neo: pip install "bouton[interop]".') from None

    records = read_records(runner, names)
    if len(records.times) < 2:
        raise ValueError(
            'A block of Neo needs at least two steps to have a sampling period, but only one was recorded.'
        )
    num = max([trace.values.shape[1] for trace in records.traces] + [len(record.batches) for record in records.spikes])
    block = neo.Block(name='bouton')
    for entry in range(num):
        segment = neo.Segment(name=f'batch entry {entry}' if num > 1 else 'run', index=entry)
        segment.analogsignals.extend(_signals(records, entry))
        for record in records.spikes:
            if entry < len(record.batches):
                segment.spiketrains.extend(_spike_trains(record, entry, records.times))
        block.segments.append(segment)
    return block


def _signals(records: Records, entry: int) -> list[neo.AnalogSignal]:
    import neo
    import quantities as pq

    units = {'': pq.dimensionless, 'mV': pq.mV, 'ms': pq.ms, 'µA/cm²': pq.uA / pq.cm**2}
    return [
        neo.AnalogSignal(
            trace.values[:, entry],
            units=units[quantity(trace).unit],
            t_start=trace.times[0] * pq.ms,
            sampling_period=_step(trace.times) * pq.ms,
            name=trace.name,
            group=trace.group,
            variable=trace.variable,
        )
        for trace in records.traces
        if entry < trace.values.shape[1]
    ]


def _spike_trains(record: Spikes, entry: int, times: np.ndarray) -> list[neo.SpikeTrain]:
    import neo
    import quantities as pq

    spike_times, neurons = record.batches[entry]
    of_each = np.split(
        spike_times[np.argsort(neurons, kind='stable')], np.cumsum(np.bincount(neurons, minlength=record.num))
    )
    return [
        neo.SpikeTrain(
            of_one * pq.ms,
            t_start=(times[0] - _step(times)) * pq.ms,
            t_stop=times[-1] * pq.ms,
            sampling_rate=1 / (_step(times) * pq.ms),
            name=f'{record.group}[{neuron}]',
            group=record.group,
            neuron=neuron,
        )
        for neuron, of_one in enumerate(of_each[: record.num])
    ]


def _step(times: np.ndarray) -> float:
    return float(times[-1] - times[0]) / (len(times) - 1)


class _Layer:
    """A network as a function: of the inputs of each step, and of weights and parameters, to records."""

    def __init__(self, net: Any, inputs: Sequence[str], monitors: Sequence[str], wrt: Sequence[str], options: dict):
        for name, given in (('inputs', inputs), ('monitors', monitors), ('wrt', wrt)):
            if isinstance(given, str) or not all(isinstance(one, str) for one in given):
                raise TypeError(f'"{name}" must be a list of paths, as "pre.input", but we got {given!r}')
        if not inputs:
            raise ValueError('"inputs" must name at least one variable: its rows say how many steps there are')
        self.net, self.inputs, self.monitors, self.wrt = net, list(inputs), list(monitors), list(wrt)
        self.options = options

    def run(self, arrays: Sequence[np.ndarray]) -> tuple[list[np.ndarray], RecordedRun]:
        """Run from the initial states; the arrays are those of `inputs`, (steps, batch, num), then those of `wrt`."""
        if len(arrays) != len(self.inputs) + len(self.wrt):
            raise TypeError(f'the network is a function of {[*self.inputs, *self.wrt]}, but got {len(arrays)} arrays')
        rows, values = arrays[: len(self.inputs)], arrays[len(self.inputs) :]
        if np.ndim(rows[0]) != 3:
            raise ValueError(f'{self.inputs[0]} must have shape (steps, batch, num), but has {np.shape(rows[0])}')
        for path, value in zip(self.wrt, values, strict=True):
            *owners, name = path.split('.')
            owner = functools.reduce(getattr, owners, self.net)
            setattr(owner, name, np.array(value) if np.ndim(value) else float(value))
        self.net.reset_state(np.shape(rows[0])[1])
        run = RecordedRun(
            self.net,
            [(path, np.asarray(x), 'iter') for path, x in zip(self.inputs, rows, strict=True)],
            self.monitors,
            wrt=[*self.inputs, *self.wrt],
            **self.options,
        )
        records = run.run(steps=len(rows[0]))
        return [records[name] for name in self.monitors], run

    def pull(self, run: RecordedRun, cotangents: Sequence[np.ndarray], arrays: Sequence[Any]) -> list[np.ndarray]:
        found = run.pullback(dict(zip(self.monitors, cotangents, strict=True)))
        return [
            np.asarray(gradient).reshape(np.shape(x)) for gradient, x in zip(found.values(), arrays, strict=True)
        ]


def _one_or_all(records: Sequence[Any]) -> Any:
    return records[0] if len(records) == 1 else tuple(records)


def torch_function(
    net: Any,
    inputs: Sequence[str],
    monitors: Sequence[str],
    wrt: Sequence[str] = (),
    *,
    dt: float | None = None,
    memory: int | None = None,
) -> Callable[..., Any]:
    """A network as a differentiable function of PyTorch.

    ::

        layer = bp.interop.torch_function(net, inputs=['pre.input'], monitors=['post.V'], wrt=['syn.g_max'])
        V = layer(current, weights)             # (steps, batch, num); `weights` may be a torch.nn.Parameter
        (V + 55).square().mean().backward()

    Each call starts from the initial states. The gradient is that of `bouton.vjp`; it must be taken before the next
    call.

    Parameters
    ----------
    net : Network
        Of built-in objects, in a `TrainingMode`.
    inputs : list of str
        The variables that tensors of shape (steps, batch, num) are added to.
    monitors : list of str
        What is returned: a tensor, or a tuple of several.
    wrt : list of str
        Weights and parameters that are arguments, too.
    dt, memory
        As those of `bouton.RecordedRun`.

    Raises
    ------
    ImportError
        Where PyTorch is not installed.
    """
    try:
        import torch
    except ImportError:
        raise PackageMissingError('bouton.interop.torch_function needs PyTorch: pip install "bouton[torch]".') from None
    layer = _Layer(net, inputs, monitors, wrt, {'dt': dt, 'memory': memory})

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            records, ctx.run = layer.run([x.detach().cpu().numpy() for x in tensors])
            ctx.tensors = tensors
            return _one_or_all([torch.from_numpy(record.copy()) for record in records])

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, *cotangents: Any) -> Any:
            given = [x.detach().cpu().numpy() for x in ctx.tensors]
            found = layer.pull(ctx.run, [x.cpu().numpy() for x in cotangents], given)
            pairs = zip(found, ctx.tensors, strict=True)
            return tuple(torch.from_numpy(np.ascontiguousarray(g)).to(x) for g, x in pairs)

    return Function.apply


def jax_function(
    net: Any,
    inputs: Sequence[str],
    monitors: Sequence[str],
    wrt: Sequence[str] = (),
    *,
    dt: float | None = None,
    memory: int | None = None,
) -> Callable[..., Any]:
    """A network as a differentiable function of JAX.

    As `torch_function`, with arrays of JAX. It works under ``jit`` and ``grad``; the gradient runs the network again,
    so that the function stays pure.

    Raises
    ------
    ImportError
        Where JAX is not installed.
    """
    try:
        import jax
    except ImportError:
        raise PackageMissingError('bouton.interop.jax_function needs JAX: pip install "bouton[jax]".') from None
    layer = _Layer(net, inputs, monitors, wrt, {'dt': dt, 'memory': memory})
    variables = [parse_monitors([name], net)[0].source for name in layer.monitors]

    def shapes(arrays: Sequence[Any]) -> list[Any]:
        steps, batch = arrays[0].shape[:2]
        return [
            jax.ShapeDtypeStruct((steps, batch, *v.nobatch_shape), jax.dtypes.canonicalize_dtype(v.dtype))
            for v in variables
        ]

    def run(*arrays: Any) -> list[np.ndarray]:
        records = layer.run([np.asarray(x) for x in arrays])[0]
        return [np.asarray(r, of.dtype) for r, of in zip(records, shapes(arrays), strict=True)]

    def pull(arrays: Sequence[Any], cotangents: Sequence[Any]) -> list[np.ndarray]:
        given = [np.asarray(x) for x in arrays]
        found = layer.pull(layer.run(given)[1], [np.asarray(x) for x in cotangents], given)
        return [np.asarray(g, x.dtype) for g, x in zip(found, given, strict=True)]

    @jax.custom_vjp
    def function(*arrays: Any) -> Any:
        return _one_or_all(jax.pure_callback(run, shapes(arrays), *arrays))

    def forward(*arrays: Any) -> Any:
        return function(*arrays), arrays

    def backward(arrays: Any, cotangents: Any) -> Any:
        cotangents = cotangents if isinstance(cotangents, tuple) else (cotangents,)
        of = [jax.ShapeDtypeStruct(x.shape, x.dtype) for x in arrays]
        return tuple(jax.pure_callback(pull, of, arrays, cotangents))

    function.defvjp(forward, backward)
    return function
