# SPDX-License-Identifier: Apache-2.0
"""Runners."""

from bouton.running.gradients import RecordedRun, jvp, vjp
from bouton.running.loop import LoopOverTime
from bouton.running.monitors import Events, Spikes
from bouton.running.runner import DSRunner

__all__ = ['DSRunner', 'Events', 'LoopOverTime', 'RecordedRun', 'Spikes', 'jvp', 'vjp']
