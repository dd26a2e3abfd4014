"""Mappen van leerlingen in een klas, en wat er over hen op het scherm van de docent staat."""

import re
import shutil
from pathlib import Path

from beweringen import verhaal
from leerling import Leerling
from speel_les import PROJECT
from standen import stand
from stappen import MODULE

KLAS = PROJECT / 'tests' / 'klas.py'

# Alles wat Python of pytest ooit uit een map laadt; wie het uitvoert, laat een bestand achter.
VAL = "open({pad!r}, 'w').close()\n"
VALLEN = (
    *(MODULE, 'conftest.py', 'sitecustomize.py', 'usercustomize.py', 'flask.py', 'sqlalchemy.py'),
    *('migrations/env.py', 'migrations/versions/0_val.py', 'tests/conftest.py', 'tests/stappen.py'),
    *('tests/test_stappen.py', 'tests/klas.py', 'tests/docent/rij.py', 'klas.pth'),
)


def zet_vallen(map_: Path, bestanden: tuple[str, ...], sporen: Path) -> None:
    """Zet bovenaan in elk bestand iets wat een spoor achterlaat als het wordt uitgevoerd."""
    sporen.mkdir(exist_ok=True)
    for naam in bestanden:
        pad = map_ / naam
        pad.parent.mkdir(parents=True, exist_ok=True)
        spoor = VAL.format(pad=str(sporen / naam.replace('/', '_')))
        tekst = pad.read_text(encoding='utf-8') if pad.exists() else ''
        regel = f'import os; {spoor}' if naam.endswith('.pth') else spoor
        pad.write_text(regel + tekst, encoding='utf-8')
    (map_ / 'pyproject.toml').write_text(
        "[tool.pytest.ini_options]\npythonpath = '.'\naddopts = '-p flask'\n", encoding='utf-8'
    )


def zet_neer(nummer: int, doel: Path) -> Leerling:
    """Een map zoals na een stap; die bij 0 is zoals de docent hem uitdeelt."""
    shutil.copytree(stand(nummer), doel, ignore=shutil.ignore_patterns('tests'))
    return Leerling(doel)


def rijen(uitvoer: str) -> dict[str, list[str]]:
    """Per leerling de cellen van zijn rij, in de volgorde waarin ze er staan."""
    _, _, tabel = f'\n{uitvoer}'.partition('\nleerling ')
    regels = tabel.partition('\n\n')[0].splitlines()[1:]
    return {r.split()[0]: r.split()[1:] for r in regels if not r.startswith(' ')}


def opvalt(uitvoer: str, naam: str) -> str:
    """Wat er onder de rij van een leerling staat, op een regel."""
    onder = re.search(rf'^{re.escape(naam)} .*\n((?:    .*\n)*)', uitvoer, re.MULTILINE)
    return verhaal(onder[1])
