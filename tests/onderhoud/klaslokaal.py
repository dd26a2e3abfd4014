"""Een klas met mappen van leerlingen, en wat er over hen op het scherm van de docent staat."""

import re
import shutil
from pathlib import Path

from beweringen import verhaal
from speel_les import PROJECT
from standen import stand
from stappen import MODULE

KLAS = PROJECT / 'tests' / 'klas.py'

# Alles wat Python of pytest ooit uit een map laadt; wie het uitvoert, laat een bestand achter.
VAL = "import os; open({pad!r}, 'w').close()\n"
VALLEN = (
    *(MODULE, 'conftest.py', 'sitecustomize.py', 'usercustomize.py', 'flask.py', 'sqlalchemy.py'),
    *('migrations/env.py', 'migrations/versions/0_val.py', 'tests/conftest.py', 'tests/stappen.py'),
    *('tests/test_stappen.py', 'tests/controle/naspelen.py', 'tests/controle/kindproces.py'),
    *('tests/klas.py', 'tests/docent/rij.py', 'klas.pth'),
)
PYPROJECT = """
[tool.pytest.ini_options]
pythonpath = '.'
addopts = '-p flask --collect-only'
"""


def maak_klas(map_: Path, **stappen: int) -> Path:
    """`maak_klas(map_, Bram=4)`: een klas met van elke leerling een map zoals na een stap."""
    for naam, nummer in stappen.items():
        shutil.copytree(stand(nummer), map_ / naam)
    return map_


def zet_vallen(map_: Path, bestanden: tuple[str, ...], sporen: Path) -> None:
    """Zet bovenaan in elk bestand iets wat een spoor achterlaat als het wordt uitgevoerd."""
    sporen.mkdir()
    for naam in bestanden:
        pad = map_ / naam
        pad.parent.mkdir(parents=True, exist_ok=True)
        tekst = pad.read_text(encoding='utf-8') if pad.exists() else ''
        val = VAL.format(pad=str(sporen / naam.replace('/', '_')))
        pad.write_text(val + tekst, encoding='utf-8')
    (map_ / 'pyproject.toml').write_text(PYPROJECT, encoding='utf-8')


def rijen(uitvoer: str) -> dict[str, list[str]]:
    """Per leerling de cellen van zijn rij, in de volgorde waarin ze er staan."""
    _, _, tabel = f'\n{uitvoer}'.partition('\nleerling ')
    regels = tabel.partition('\n\n')[0].splitlines()[1:]
    return {r.split()[0]: r.split()[1:] for r in regels if not r.startswith(' ')}


def opvalt(uitvoer: str, naam: str) -> str:
    """Wat er onder de rij van een leerling staat, op een regel."""
    onder = re.search(rf'^{re.escape(naam)} .*\n((?:    .*\n)*)', uitvoer, re.MULTILINE)
    return verhaal(onder[1])
