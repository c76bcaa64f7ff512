# SPDX-License-Identifier: Apache-2.0
"""The pages of the C++ reference: everything that a header declares, in its order, with no list to be kept up to date.

    .. headers:: network/network.hpp model/neurons

Headers are named from include/bouton; a folder stands for all headers in it. What is shown comes from Doxygen.
"""

import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
_DIRECTIVES = {'function': 'function', 'typedef': 'typedef', 'enum': 'enum', 'variable': 'variable'}


@cache
def declarations(xml: Path) -> dict[str, list[tuple[int, list[str]]]]:
    """For each header the lines where something is declared in namespace bouton, and the directive that shows it."""
    found: dict[str, list[tuple[int, list[str]]]] = {}

    def add(element, lines):
        location = element.find('location')
        found.setdefault(location.get('file'), []).append((int(location.get('line')), lines))

    for compound in ElementTree.parse(xml / 'index.xml').getroot():
        kind, name = compound.get('kind'), compound.findtext('name')
        if kind in ('class', 'struct', 'concept') and name.count('::') == 1:
            element = ElementTree.parse(xml / f'{compound.get("refid")}.xml').getroot()[0]
            if '<' not in name:  # else the specialisation of a template
                members = ['   :members:'] if kind != 'concept' else []
                if '/model/' not in element.find('location').get('file'):  # models: what is explained, no machinery
                    members += ['   :undoc-members:'] * len(members)
                add(element, [f'.. doxygen{kind}:: {name}', *members])
        elif kind == 'namespace' and name == 'bouton':
            for member in ElementTree.parse(xml / f'{compound.get("refid")}.xml').getroot().iter('memberdef'):
                shown = f'.. doxygen{_DIRECTIVES[member.get("kind")]}:: bouton::{member.findtext("name")}'
                if member.get('kind') == 'function':
                    types = (''.join(one.find('type').itertext()) for one in member.findall('param'))
                    shown += f'({", ".join(types)})'
                add(member, [shown])
    return found


class Headers(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        include = ROOT / 'include' / 'bouton'
        lines = []
        for path in self.arguments[0].split():
            place = include / path
            for header in sorted(place.glob('*.hpp')) if place.is_dir() else [place]:
                name = f'bouton/{header.relative_to(include)}'
                lines += ['', f'.. rubric:: <{name}>', '', f'.. doxygenfile:: {header.name}']
                lines += ['   :sections: briefdescription detaileddescription']
                for _, shown in sorted(declarations(ROOT / 'build' / 'doc' / 'doxygen' / 'xml').get(name, [])):
                    lines += ['', *shown]
        return self.parse_text_to_nodes('\n'.join(lines))


def setup(app):
    app.add_directive('headers', Headers)
    return {'parallel_read_safe': True}
