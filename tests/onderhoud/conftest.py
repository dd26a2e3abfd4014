"""Wat de onderhoudstests delen: een map zoals die na een stap van de les is."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import postgresql
import pytest
from leerling import Leerling
from lesboek import LESTEST, Lesboek, Lesstand
from speel_les import lees, vul_map
from spelen.lestekst import LES, VERDIEPING
from stappen import LAATSTE

SNEL = Path(__file__).with_name('snel')

# Zo zegt een bewering die niet klopt ook wat er dan wel was.
pytest.register_assert_rewrite('beweringen')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Eerst het spelen, dan wat daar het kortst op wacht: zo staat geen proces stil."""

    def beurt(test: pytest.Item) -> int:
        if 'lesboek' not in test.fixturenames:
            return -1
        # De tests die voor elke stap bestaan, hebben hem als parameter.
        parameters = test.callspec.params if hasattr(test, 'callspec') else {}
        nummer = parameters.get('nummer', getattr(test.module, 'BEGINT_NA', LAATSTE))
        speelt = test.name.startswith(LESTEST)
        if isinstance(nummer, int):
            return -2 if speelt else nummer
        # Een deel is pas na de laatste stap te spelen, en dan kan elk proces dat.
        return LAATSTE if speelt else LAATSTE + 1

    items.sort(key=beurt)


@pytest.fixture(scope='session', autouse=True)
def snelle_processen() -> None:
    """Elk proces dat een test begint, leest eerst snel/sitecustomize.py."""
    paden = [str(SNEL), *filter(None, [os.environ.get('PYTHONPATH')])]
    os.environ['PYTHONPATH'] = os.pathsep.join(paden)


@pytest.fixture(scope='session', autouse=True)
def zelden_opruimen() -> None:
    """Naspelen in het proces van de test zelf maakt veel afval; elke keer zoeken kost 12%."""
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(scope='session', autouse=True)
def ctrl_c_werkt() -> None:
    """Wie pytest op de achtergrond draait, zette Ctrl-C uit; elk proces dat hij begint erft dat."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope='session', autouse=True)
def server_stopt() -> Iterator[None]:
    """Een server die een test startte, draait na de tests niet door."""
    yield
    postgresql.stop()


@pytest.fixture(scope='session')
def lesboek(tmp_path_factory, request) -> Lesboek:
    basis = tmp_path_factory.getbasetemp()
    # Met pytest-xdist heeft elk proces een eigen map; die erboven delen ze.
    if 'PYTEST_XDIST_WORKER' in os.environ:
        basis = basis.parent
    hoofdstukken = lees(LES) + lees(VERDIEPING)
    return Lesboek(basis / 'lesboek', hoofdstukken, request.session.items)


@pytest.fixture(scope='session')
def lesstand(lesboek) -> Callable[[int | str], Lesstand]:
    """`lesstand(n)`: de stand na stap of deel n; 0 is de map zoals uitgedeeld."""
    return lesboek.na


@pytest.fixture
def na_stap(lesstand, tmp_path) -> Callable[..., Path]:
    """`na_stap(n)`: een eigen kopie van de map na stap of deel n; bij 0 is er nog geen migratie."""

    def geef(nummer: int | str, naam: str = 'oefening') -> Path:
        doel = tmp_path / naam
        stand = lesstand(nummer)
        if nummer:
            shutil.copytree(stand.map, doel)
        else:
            doel.mkdir()
            vul_map(doel)
        return doel

    return geef


@pytest.fixture
def leerling(na_stap, lesstand) -> Callable[..., Leerling]:
    """`leerling(n)`: een leerling in een eigen map zoals die na stap n is."""
    return lambda *stap_en_naam: Leerling(na_stap(*stap_en_naam), lesstand)


@pytest.fixture
def uitgedeeld(lesstand, tmp_path) -> Leerling:
    """Een leerling met de map zoals de docent hem uitdeelt."""
    shutil.copytree(lesstand(0).map, tmp_path / 'uitgedeeld')
    return Leerling(tmp_path / 'uitgedeeld', lesstand)
