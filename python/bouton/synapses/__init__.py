# SPDX-License-Identifier: Apache-2.0
"""Synapses."""

from bouton.synapses.biological import AMPA, BioNMDA, GABAa
