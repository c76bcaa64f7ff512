# SPDX-License-Identifier: Apache-2.0
"""Tests depend neither on time nor on what was tried before."""

import signal

from hypothesis import settings

settings.register_profile('bouton', deadline=None, derandomize=True)
settings.load_profile('bouton')

# A shell lets what it starts in the background ignore Ctrl-C, which some tests send to themselves.
signal.signal(signal.SIGINT, signal.default_int_handler)
