# SPDX-License-Identifier: Apache-2.0
"""A count that goes up whenever an object gets or loses a child, so that what was derived from the tree can be kept.

Children in a `NodeList` or `NodeDict` are not seen; see `BrainPyObject._has_open_containers`.
"""

_version = 0


def change() -> None:
    """Say that some tree of objects is not what it was."""
    global _version
    _version += 1


def version() -> int:
    """The count."""
    return _version
