"""Wat de onderhoudstests delen: een map zoals die na een stap van de les is."""

import compileall
import gc
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import postgresql
import pytest
from controle import proberen
from leerling import Leerling
from speel_les import PROJECT, zet_klaar
from standen import LESTEST, LESTEST_DOET_MEE, stand
from stappen import MODULE
from zonder_kindproces import HierProces

# Zo zegt een bewering die niet klopt ook wat er dan wel was.
pytest.register_assert_rewrite('beweringen')


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line('markers', 'lang: over hoeveelheid; alleen met --lang')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Zonder --lang doet niet mee wat over hoeveelheid gaat."""
    lang = [test for test in items if test.get_closest_marker('lang')]
    if lang and not config.getoption('--lang'):
        config.hook.pytest_deselected(items=lang)
        items[:] = [test for test in items if test not in lang]
    # Wat in een echte shell gaat duurt het langst: aan het eind wachtte daar een proces op.
    items.sort(key=lambda test: test.path.stem not in ('test_les', 'test_systemen'))
    LESTEST_DOET_MEE.extend(test.name.startswith(LESTEST) for test in items)


@pytest.fixture(scope='session', autouse=True)
def zelden_opruimen() -> None:
    """Naspelen in het proces van de test zelf maakt veel afval; elke keer zoeken kost 12%."""
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(scope='session', autouse=True)
def proberen_hier() -> Iterator[None]:
    """Wat de controle probeert, gaat in dit proces; test_proberen.py doet het in een eigen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proberen, 'Kindproces', HierProces)
        yield


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
def nodig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wat een leerling naast zijn eigen werk heeft: de teksten, de instellingen en de controle."""
    map_ = tmp_path_factory.mktemp('nodig')
    zet_klaar(map_)
    # Elke kopie van deze map draait straks de controle: vertaal die een keer.
    compileall.compile_dir(map_ / 'tests', quiet=1)
    return map_


@pytest.fixture
def na_stap(nodig: Path, tmp_path: Path) -> Callable[..., Path]:
    """`na_stap(n)`: een eigen kopie van de map na stap of deel n; bij 0 is er nog geen migratie."""

    def geef(nummer: int | str, naam: str = 'oefening') -> Path:
        doel = shutil.copytree(nodig, tmp_path / naam)
        if nummer:
            shutil.copytree(stand(nummer), doel, dirs_exist_ok=True)
        else:
            shutil.copyfile(PROJECT / MODULE, doel / MODULE)
        return doel

    return geef


@pytest.fixture
def leerling(na_stap: Callable[..., Path]) -> Callable[..., Leerling]:
    """`leerling(n)`: een leerling in een eigen map zoals die na stap n is."""
    return lambda *stap_en_naam: Leerling(na_stap(*stap_en_naam))


@pytest.fixture
def uitgedeeld(nodig: Path, tmp_path: Path) -> Leerling:
    """Een leerling met de map zoals de docent hem uitdeelt."""
    map_ = shutil.copytree(nodig, tmp_path / 'uitgedeeld')
    return Leerling(shutil.copytree(stand(0), map_, dirs_exist_ok=True))
