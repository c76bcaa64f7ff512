# SPDX-License-Identifier: Apache-2.0
"""How Sphinx builds the pages of this folder; `build.sh` calls it."""

import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / 'doc' / 'extension'))

project = 'bouton'
author = 'the authors of bouton'
version = re.search(r'project\(\s*bouton\s+VERSION ([0-9.]+)', (root / 'CMakeLists.txt').read_text(encoding='utf-8'))[1]
release = version

extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.autosummary',
    'sphinx.ext.napoleon',
    'sphinx.ext.mathjax',
    'sphinx-mathjax-offline',
    'sphinx_copybutton',
    'breathe',
    'headers',
    'public_names',
]
myst_enable_extensions = ['dollarmath', 'deflist']
myst_heading_anchors = 3

default_role = 'name'
autodoc_typehints = 'none'  # the docstrings name the types, with shapes and units
autodoc_preserve_defaults = True
autodoc_member_order = 'bysource'
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
add_module_names = False
suppress_warnings = ['ref.python']  # a name that two modules have, as `Integrator`: either page will do
toc_object_entries_show_parents = 'hide'
python_maximum_signature_line_length = 100

breathe_projects = {'bouton': str(root / 'build' / 'doc' / 'doxygen' / 'xml')}
breathe_default_project = 'bouton'
breathe_default_members = ('members',)
cpp_maximum_signature_line_length = 100

html_theme = 'furo'
html_title = f'bouton {version}'
html_copy_source = False
html_show_copyright = False
html_static_path = ['static']
html_css_files = ['bouton.css']
copybutton_exclude = '.linenos, .gp, .go'
