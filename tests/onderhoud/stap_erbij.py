"""Maakt een kopie van het project met een stap erbij, zoals README.md zegt dat het gaat.

    python tests/onderhoud/stap_erbij.py MAP

In de kopie hoort alles groen te zijn. Zo is te zien wat een stap erbij kost. Het hoofdstuk dat
erbij komt staat in stap_erbij.md.
"""

import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speel_les import PROJECT
from stappen import LAATSTE, MODULE, STAPPEN, TABEL, Kolom

# Het voorbeeld van README.md. Staat dat al in de les, dan heet het hier iets anders.
AL_IN_DE_LES = 'telefoon' in {kolom.naam for stap in STAPPEN for kolom in stap.erbij}
KOLOM = Kolom(TABEL, 'proef' if AL_IN_DE_LES else 'telefoon', 'VARCHAR(15)')
TITEL = f'Een proef met {KOLOM.naam}'

# Wat git en de tests zelf maken hoort niet bij het project.
NIET_MEE = ('.git', '.venv', '.standen', '.hypothesis', '.*_cache', '__pycache__', '*.sqlite-*')


def maak(doel: Path, met_hoofdstuk: bool = True) -> None:
    """Zet het project in `doel`, met de stap erbij."""
    shutil.copytree(PROJECT, doel, ignore=shutil.ignore_patterns(*NIET_MEE), dirs_exist_ok=True)
    velden = f"'{KOLOM.tabel}', '{KOLOM.naam}', '{KOLOM.type}'"
    stap = f"    Stap('{TITEL}', erbij=(Kolom({velden}),)),\n"
    _zet_voor(doel / 'tests/stappen.py', ')\n\nLAATSTE =', stap)
    if met_hoofdstuk:
        les = doel / 'LEERLING.md'
        _zet_voor(les, '## Tot slot\n', _hoofdstuk(les.read_text(encoding='utf-8')))


def _hoofdstuk(les: str) -> str:
    """Een hoofdstuk waarin de klasse en de tabel van het vorige een regel langer zijn."""
    blok = rf'```python title="{re.escape(MODULE)}" .*\n(class Cursist.*?)\n```'
    regels = re.findall(blok, les, re.S)[-1].splitlines()
    plek = regels.index('', regels.index('') + 1)
    regels.insert(plek, f'    {KOLOM.regel}')
    rijen = re.findall(rf'De tabel `{TABEL}`[^\n]*:\n\n((?:\|[^\n]*\n)+)', les)[-1]
    sjabloon = Path(__file__).with_suffix('.md').read_text(encoding='utf-8')
    stap = {'nummer': LAATSTE + 1, 'titel': TITEL, 'kolom': KOLOM, 'rijen': rijen}
    return sjabloon.format(**stap, klasse='\n'.join(regels), regel=plek + 1)


def _zet_voor(bestand: Path, plek: str, tekst: str) -> None:
    inhoud = bestand.read_text(encoding='utf-8')
    assert inhoud.count(plek) == 1, f'{plek!r} staat niet een keer in {bestand.name}.'
    bestand.write_text(inhoud.replace(plek, tekst + plek), encoding='utf-8')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('Gebruik: python tests/onderhoud/stap_erbij.py MAP')
    maak(Path(sys.argv[1]).resolve())
