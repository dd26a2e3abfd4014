"""Wat de onderhoudstests delen: de les wordt één keer gespeeld en na elke stap bewaard."""

import compileall
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from speel_les import LAATSTE_STAP, PROJECT, LesFout, Speler, draai, lees_les, omgeving, vul_map

SNEL = Path(__file__).with_name('snel')

# Zo lang wacht een proces op een stap die een ander proces speelt.
WACHTTIJD = 600


@dataclass(frozen=True)
class Gespeeld:
    """Een gespeelde stap; van `map` alleen lezen, want alle tests delen haar."""

    map: Path
    # Waar de tekst van LEERLING.md anders is dan wat er gebeurde.
    afwijkingen: list[str]


def maak_uitgedeelde_map(doel: Path) -> None:
    """De map zoals de docent hem uitdeelt: stap 1 staat erin."""
    vul_map(doel)
    versies = shutil.ignore_patterns('__pycache__')
    shutil.copytree(PROJECT / 'migrations', doel / 'migrations', ignore=versies)
    shutil.copyfile(PROJECT / 'data.sqlite', doel / 'data.sqlite')


class GespeeldeLes:
    """De stand na elke stap; wie een stap het eerst nodig heeft, speelt hem."""

    def __init__(self, basis: Path):
        self.les = lees_les((PROJECT / 'LEERLING.md').read_text(encoding='utf-8'))
        self.basis = basis
        basis.mkdir(exist_ok=True)

    def na(self, nummer: int) -> Gespeeld:
        for stap in range(nummer + 1):
            verslag = self._verslag(stap)
            if verslag['afgebroken']:
                pytest.fail(f'Stap {stap} is niet uitgespeeld. {verslag["afgebroken"]}')
        return Gespeeld(self._map(nummer), verslag['afwijkingen'])

    def _map(self, nummer: int) -> Path:
        return self.basis / f'na_stap_{nummer}'

    def _verslag(self, nummer: int) -> dict:
        bestand = self.basis / f'stap_{nummer}.json'
        try:
            # Een map maken lukt maar één proces: dat speelt, de andere wachten.
            (self.basis / f'stap_{nummer}.slot').mkdir()
        except FileExistsError:
            uiterlijk = time.monotonic() + WACHTTIJD
            while not bestand.exists():
                if time.monotonic() > uiterlijk:
                    pytest.fail(f'Stap {nummer} was na {WACHTTIJD} seconden nog niet gespeeld.')
                time.sleep(0.05)
        else:
            self._speel(nummer, bestand)
        return json.loads(bestand.read_text(encoding='utf-8'))

    def _speel(self, nummer: int, bestand: Path) -> None:
        verslag = {'afwijkingen': [], 'afgebroken': 'Het spelen is onderbroken.'}
        doel = self._map(nummer)
        speler = Speler(doel, alles=True)
        try:
            if nummer:
                shutil.copytree(self._map(nummer - 1), doel)
            else:
                doel.mkdir()
                maak_uitgedeelde_map(doel)
                # Elke kopie van deze map draait straks de controle: vertaal die één keer.
                compileall.compile_dir(doel / 'tests', quiet=1)
            for afwijking in speler.speel(self.les, nummer):
                verslag['afwijkingen'].append(str(afwijking))
            verslag['afgebroken'] = ''
        except LesFout as fout:
            verslag['afgebroken'] = str(fout)
        finally:
            # Pas hernoemen als alles erin staat: een ander proces wacht op dit bestand.
            klad = bestand.with_suffix('.klad')
            klad.write_text(json.dumps(verslag), encoding='utf-8')
            klad.replace(bestand)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Eerst het spelen, dan wat daar het kortst op wacht: zo staat geen proces stil."""

    def beurt(test: pytest.Item) -> int:
        if test.name.startswith('test_wat_de_les_toont_gebeurt_ook'):
            return -2
        if 'gespeeld' not in test.fixturenames:
            return -1
        # De tests die voor elke stap bestaan, hebben hem als parameter.
        parameters = test.callspec.params if hasattr(test, 'callspec') else {}
        return parameters.get('nummer', LAATSTE_STAP)

    items.sort(key=beurt)


@pytest.fixture(scope='session', autouse=True)
def snelle_processen() -> None:
    """Elk proces dat een test begint, leest eerst snel/sitecustomize.py."""
    paden = [str(SNEL), *filter(None, [os.environ.get('PYTHONPATH')])]
    os.environ['PYTHONPATH'] = os.pathsep.join(paden)


@pytest.fixture(scope='session')
def gespeeld(tmp_path_factory) -> Callable[[int], Gespeeld]:
    """`gespeeld(n)`: hoe het spelen van stap n ging; 0 is de map zoals uitgedeeld."""
    basis = tmp_path_factory.getbasetemp()
    # Met pytest-xdist heeft elk proces een eigen map; die erboven delen ze.
    if 'PYTEST_XDIST_WORKER' in os.environ:
        basis = basis.parent
    return GespeeldeLes(basis / 'gespeelde_les').na


@pytest.fixture
def na_stap(gespeeld, tmp_path) -> Callable[..., Path]:
    """`na_stap(n)`: een eigen kopie van de map na stap n; bij 0 is er nog geen migratie."""

    def geef(nummer: int, naam: str = 'oefening') -> Path:
        doel = tmp_path / naam
        if nummer:
            shutil.copytree(gespeeld(nummer).map, doel)
        else:
            doel.mkdir()
            vul_map(doel)
        return doel

    return geef


@pytest.fixture
def voer_uit() -> Callable[..., CompletedProcess]:
    """`voer_uit(map, 'flask', 'db', 'check')`: draait `flask` of `pytest` in een map.

    FLASK_APP staat goed; stdout en stderr zitten samen in `stdout`.
    """

    def geef(werkmap: Path, *delen: str, invoer: str = '') -> CompletedProcess:
        return draai(list(delen), werkmap, omgeving() | {'FLASK_APP': 'BasicModelApp.py'}, invoer)

    return geef
