"""De map na elke stap en elk deel: een keer gespeeld, en bewaard tot de les verandert."""

import hashlib
import shutil
import sys
import tempfile
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from speel_les import PROJECT, Speler, lees
from spelen.lestekst import LES, VERDIEPING, LesFout
from spelen.pakketten import NODIG
from stappen import DATABASE, DELEN_NA, MODULE

BEWAARD = PROJECT / '.standen'
ZO_LANG = 3600

# Waar de standen van afhangen, behalve van Python en de pakketten.
HANGT_AF_VAN = (
    *(LES, VERDIEPING, MODULE, DATABASE, 'migrations/**/*', 'tests/speel_les.py'),
    *('tests/spelen/*.py', 'tests/stappen.py', 'tests/onderhoud/standen.py'),
)

# De test die vertelt wat er in een hoofdstuk niet klopt, en of die nu meedoet.
LESTEST = 'test_wat_de_les_toont_gebeurt_ook'
LESTEST_DOET_MEE: list[bool] = []


def stand(nummer: int | str) -> Path:
    """De map na een stap of deel, zonder `tests/`; 0 is zoals uitgedeeld. Van haar alleen lezen."""
    map_ = _gespeeld() / str(nummer)
    if not map_.is_dir():
        fout = (_gespeeld() / 'fout').read_text(encoding='utf-8')
        # Een fout in de les komt een keer uit, als de test die haar vertelt meedoet.
        (pytest.skip if LESTEST_DOET_MEE else pytest.fail)(f'Zover komt de les niet: {fout}')
    return map_


@cache
def _gespeeld() -> Path:
    klaar = BEWAARD / _sleutel()
    if not klaar.is_dir():
        BEWAARD.mkdir(exist_ok=True)
        for oud in BEWAARD.iterdir():
            if time.time() - oud.stat().st_mtime > ZO_LANG:
                shutil.rmtree(oud, ignore_errors=True)
        bouw = Path(tempfile.mkdtemp(dir=BEWAARD))
        _speel(bouw)
        try:
            bouw.rename(klaar)
        except OSError:
            # Een ander proces was eerder klaar, met dezelfde standen.
            shutil.rmtree(bouw)
    return klaar


def _sleutel() -> str:
    som = hashlib.sha256(repr((sys.version, [version(pakket) for pakket in NODIG])).encode())
    for pad in sorted(pad for patroon in HANGT_AF_VAN for pad in PROJECT.glob(patroon)):
        if pad.is_file() and '__pycache__' not in pad.parts:
            som.update(pad.read_bytes())
    return som.hexdigest()[:16]


def _speel(basis: Path) -> None:
    """Maakt de map van elk hoofdstuk uit die ervoor; in `fout` staat waarom er een ontbreekt."""
    (basis / '0').mkdir()
    zonder = shutil.ignore_patterns('__pycache__')
    shutil.copytree(PROJECT / 'migrations', basis / '0' / 'migrations', ignore=zonder)
    shutil.copyfile(PROJECT / DATABASE, basis / '0' / DATABASE)
    shutil.copyfile(PROJECT / MODULE, basis / '0' / MODULE)
    fout = 'dit hoofdstuk staat er niet.'
    try:
        for hoofdstuk in lees(LES) + lees(VERDIEPING):
            vorige = hoofdstuk.nummer - 1 if isinstance(hoofdstuk.nummer, int) else DELEN_NA
            if vorige >= 0:
                map_ = shutil.copytree(basis / str(vorige), basis / 'bezig')
                speler = Speler(map_)
                if vorige:
                    speler.omgeving['FLASK_APP'] = MODULE
                speler.speel(hoofdstuk)
                map_.rename(basis / str(hoofdstuk.nummer))
    except (LesFout, OSError) as oorzaak:
        fout = str(oorzaak)
    (basis / 'fout').write_text(fout, encoding='utf-8')
