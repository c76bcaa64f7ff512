# SPDX-License-Identifier: Apache-2.0
"""Tests depend neither on time nor on what was tried before."""

from hypothesis import settings

settings.register_profile('bouton', deadline=None, derandomize=True)
settings.load_profile('bouton')
