"""De opties van de controle; drukt af wat controle/ vertelt."""

import gc
import importlib.util
import sys
from functools import partial
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
OEFENMAP = TESTS.parent

# Wat in tests/ staat gaat voor, en een bestand van de leerling mag heten zoals hij wil: zijn map
# komt achteraan, hoe pytest ook is gestart.
andere = [pad for pad in sys.path if Path(pad).resolve() not in (TESTS, OEFENMAP)]
sys.path[:] = [str(TESTS), *andere, str(OEFENMAP)]

# Wat alleen de tests in onderhoud/ gebruiken.
NODIG_VOOR_ONDERHOUD = ('hypothesis', 'syrupy', 'xdist')

KLEUREN = {'af': {'green': True}, 'fout': {'red': True}}

# Opties van pytest: hun gewone waarde, en die van de controle.
WEINIG_UITVOER = (
    ('no_header', False, True),
    ('tbstyle', 'auto', 'short'),
    ('reportchars', 'fE', ''),
)

# Wat de controle aan het eind afdrukt.
VERSLAG = pytest.StashKey()

NIET_DE_ENIGE = []


def pytest_addoption(parser):
    try:
        parser.addoption(
            '--alles-af',
            action='store_true',
            help='een stap die nog niet begonnen is telt als fout (voor een cijfer)',
        )
        if (TESTS / 'onderhoud').is_dir():
            parser.addoption(
                '--lang',
                action='store_true',
                help='ook de onderhoudstests over hoeveelheid: meer zaden, vaker doden',
            )
    except ValueError:
        # Deze optie is er al: de controle van een andere map is ook geladen.
        NIET_DE_ENIGE.append(OEFENMAP)


def pytest_collection_modifyitems():
    if NIET_DE_ENIGE:
        raise pytest.UsageError(
            'Hier staan meer oefenmappen. Ga met `cd` naar de map die je wilt controleren, '
            f'bijvoorbeeld `cd {OEFENMAP.name}`, en typ daar `pytest`.'
        )


def pytest_configure(config):
    """Zegt het in een zin als er iets is waardoor de controle niet kan werken."""
    # De controle vertelt zelf wat er mis is: wie niets anders vraagt, ziet van pytest weinig.
    for optie, gewoon, kort in WEINIG_UITVOER:
        if getattr(config.option, optie, None) == gewoon:
            setattr(config.option, optie, kort)
    from spelen.pakketten import NODIG, zonder_pakketten

    for naam in NODIG:
        if (OEFENMAP / f'{naam}.py').exists():
            raise pytest.UsageError(
                f'`{naam}.py` heet zoals een pakket van de les, en staat ervoor in de weg. Geef '
                'dat bestand een andere naam.'
            )
    if melding := zonder_pakketten('pytest'):
        raise pytest.UsageError(melding)


def pytest_ignore_collect(collection_path):
    """Slaat onderhoud/ over waar de pakketten daarvoor niet zijn: dat is niets voor leerlingen."""
    if NIET_DE_ENIGE:
        return True
    if collection_path == TESTS / 'onderhoud':
        return not all(map(importlib.util.find_spec, NODIG_VOOR_ONDERHOUD)) or None
    return None


@pytest.fixture(scope='session')
def alles_af(pytestconfig):
    """Of een stap die nog niet begonnen is als fout telt."""
    return pytestconfig.getoption('--alles-af', False)


@pytest.fixture(scope='session')
def oordeel(request, pytestconfig):
    """Het oordeel over de map waarin deze controle staat; bij klas.py over die van een leerling."""
    if nakijken := pytestconfig.pluginmanager.get_plugin('nakijken'):
        return nakijken.oordeel(request.param)
    from controle.naspelen import Kindproces

    with Kindproces(OEFENMAP) as kind:
        kind.begin()
        # Pas nu laden wint tijd: het naspelen loopt al. Niet zoeken naar afval, daarbij niet en aan
        # het eind niet, wint nog een kwart van wat de processor doet.
        gc.disable()
        from controle.beoordeling import beoordeel
        from controle.oefenmap import lees_oefenmap
        from controle.vertelling import stand_van_zaken

        gc.freeze()
        gc.enable()
        oefenmap = lees_oefenmap(OEFENMAP)
        oordeel = beoordeel(oefenmap, kind.verslag())
    pytestconfig.stash[VERSLAG] = partial(stand_van_zaken, oordeel)
    return oordeel


@pytest.fixture(scope='session')
def uitleg(oordeel):
    """`uitleg(n)`: wat er bij stap n niet klopt."""
    from controle import vertelling

    return lambda stap: vertelling.vouw(vertelling.uitleg(oordeel, stap), 80)


def pytest_terminal_summary(terminalreporter, config):
    if VERSLAG not in config.stash:
        return
    terminalreporter.section('stand van zaken')
    breedte = terminalreporter._tw.fullwidth
    codering = sys.stdout.encoding or 'ascii'
    for regel, toestand in config.stash[VERSLAG](breedte, codering):
        terminalreporter.write_line(regel, **KLEUREN.get(toestand, {}))
