"""Maakt een kopie van het project met een stap erbij, zoals README.md zegt dat het gaat.

    python tests/onderhoud/stap_erbij.py MAP

In de kopie hoort alles groen te zijn. Zo is te zien wat een stap erbij kost. Het hoofdstuk dat
erbij komt staat in stap_erbij.md.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speel_les import PROJECT
from spelen.lestekst import EIGEN, LES
from stappen import LAATSTE, STAPPEN, TABEL, Kolom, kolommen_na

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
        _zet_voor(doel / LES, f'## {EIGEN}\n', _hoofdstuk())


def _hoofdstuk() -> str:
    """Een hoofdstuk waarin de kolom onder de laatste van de klasse komt."""
    *_, vorige = (kolom for plek, kolom in kolommen_na(LAATSTE).items() if plek[0] == TABEL)
    sjabloon = Path(__file__).with_suffix('.md').read_text(encoding='utf-8')
    return sjabloon.format(nummer=LAATSTE + 1, titel=TITEL, kolom=KOLOM, vorige=vorige)


def _zet_voor(bestand: Path, plek: str, tekst: str) -> None:
    inhoud = bestand.read_text(encoding='utf-8')
    assert inhoud.count(plek) == 1, f'{plek!r} staat niet een keer in {bestand.name}.'
    bestand.write_text(inhoud.replace(plek, tekst + plek), encoding='utf-8')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('Gebruik: python tests/onderhoud/stap_erbij.py MAP')
    maak(Path(sys.argv[1]).resolve())
