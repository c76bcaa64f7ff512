# SPDX-License-Identifier: Apache-2.0
"""How far a run is: a bar with rate and time left, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import TracebackType
from typing import Any

#: [s] A run that is over before shows no bar.
_PATIENCE = 0.5


def is_shown() -> bool:
    """Whether somebody would see a bar: in a terminal or a notebook."""
    return 'ipykernel' in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


class Progress:
    """A bar for a number of steps, if it is wanted and somebody sees it. A context manager."""

    def __init__(self, steps: int, wanted: bool):
        self._steps = steps
        self._bar: Any = None
        self._wanted = wanted and is_shown()
        self._begin = time.monotonic()

    @property
    def is_wanted(self) -> bool:
        """Whether to call it."""
        return self._wanted

    def __call__(self, done: int) -> None:
        """Say how many steps are done."""
        if self._bar is None:
            if not self._wanted or time.monotonic() - self._begin < _PATIENCE:
                return
            self._open()
        self.end(done)

    def _open(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self._wanted = False
            return
        self._bar = tqdm(total=self._steps, desc='Running', unit=' steps')
        self._bar.start_t = self._bar.last_print_t = self._bar.start_t - (time.monotonic() - self._begin)

    def end(self, done: int) -> None:
        """Say how many steps were done in all."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()


class Interruptible:
    """While it is entered, Ctrl-C is kept for the end of the step; a second one acts at once."""

    def __init__(self) -> None:
        self.interrupted = False
        self._before: Any = None

    def __enter__(self) -> Interruptible:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: Any) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
