"""De opties van de controle, en wat hij aan het eind vertelt."""

import gc
import importlib.util
import sys
import textwrap
from pathlib import Path

import pytest
from naspelen import Naspelen
from stappen import STAPPEN

OEFENMAP = Path(__file__).resolve().parent.parent
ONDERHOUD = OEFENMAP / 'tests' / 'onderhoud'

# Wat de controle importeert, en wat alleen de tests in onderhoud/ gebruiken.
NODIG = ('flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic')
NODIG_VOOR_ONDERHOUD = ('hypothesis', 'xdist')

TEKENS = {'af': '✓', 'fout': '✗', 'niet': '·'}
# Voor een terminal die deze tekens niet kent.
WOORDEN = {'af': 'af  ', 'fout': 'fout', 'niet': '-   '}
KLEUREN = {'af': {'green': True}, 'fout': {'red': True}, 'niet': {}}

OORDEEL = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption(
        '--alles-af',
        action='store_true',
        help='een stap die nog niet begonnen is telt als fout (voor een cijfer)',
    )


def pytest_configure(config):
    ontbreekt = [pakket for pakket in NODIG if importlib.util.find_spec(pakket) is None]
    if ontbreekt:
        raise pytest.UsageError(_zonder_pakketten(ontbreekt))


def _zonder_pakketten(ontbreekt):
    venv = OEFENMAP / '.venv'
    if venv.is_dir() and not Path(sys.prefix).samefile(venv):
        doe = (
            'Zet je .venv aan en probeer het opnieuw.\n'
            '    macOS/Linux:   . .venv/bin/activate\n'
            '    Windows:       .venv\\Scripts\\activate\n'
        )
    else:
        doe = 'Installeer wat de les nodig heeft.\n    python -m pip install -r requirements.txt\n'
    return (
        f'Deze pytest draait met een Python zonder {", ".join(ontbreekt)}.\n\n'
        f'Wat nu: {doe}    python -m pytest'
    )


def pytest_ignore_collect(collection_path):
    """Slaat onderhoud/ over waar de pakketten daarvoor niet zijn."""
    return True if collection_path == ONDERHOUD and not _kan_onderhoud() else None


def _kan_onderhoud():
    return all(map(importlib.util.find_spec, NODIG_VOOR_ONDERHOUD))


@pytest.fixture(scope='session')
def alles_af(pytestconfig):
    """Of een stap die nog niet begonnen is als fout telt."""
    return pytestconfig.getoption('--alles-af')


@pytest.fixture(scope='session')
def oordeel(pytestconfig):
    """Het oordeel over de map waarin deze controle staat."""
    with Naspelen(OEFENMAP) as naspelen:
        # Terwijl het naspelen loopt, laadt dit proces SQLAlchemy en Alembic. Dat gaat sneller
        # als Python onderweg niet steeds naar afval zoekt, en het ook aan het eind niet doet.
        gc.disable()
        from beoordeling import beoordeel
        from oefenmap import lees_oefenmap

        gc.freeze()
        gc.enable()
        oefenmap = lees_oefenmap(OEFENMAP)
        oordeel = beoordeel(oefenmap, naspelen.uitkomst())
    pytestconfig.stash[OORDEEL] = oordeel
    return oordeel


def pytest_terminal_summary(terminalreporter, config):
    oordeel = config.stash.get(OORDEEL, None)
    if oordeel:
        _vertel(oordeel, terminalreporter)
    gevraagd = [config.invocation_params.dir / arg.partition('::')[0] for arg in config.args]
    if any(ONDERHOUD.is_relative_to(pad) for pad in gevraagd) and not _kan_onderhoud():
        terminalreporter.write_line(
            'tests/onderhoud is overgeslagen: installeer eerst tests/onderhoud/requirements.txt'
        )


def _vertel(oordeel, terminal):
    """De stand per stap, de tabellen, de opmerkingen en als laatste `Wat nu`."""
    breedte = min(terminal._tw.fullwidth, 80) - 1
    tekens = TEKENS if _kan_tonen(''.join(TEKENS.values())) else WOORDEN
    terminal.section('stand van zaken')
    for stap in STAPPEN:
        toestand = oordeel.toestand(stap.nummer)
        terminal.write_line(
            f'{tekens[toestand]} stap {stap.nummer:<2}  {stap.titel}', **KLEUREN[toestand]
        )
    for alinea in (*_tabellen(oordeel.oefenmap.database), *oordeel.opmerkingen, oordeel.wat_nu):
        terminal.write_line('')
        for regel in alinea.splitlines():
            terminal.write_line(regel if regel.startswith(' ') else _vouw(regel, breedte))
    terminal.write_line('')


def _vouw(regel, breedte):
    # Een commando tussen aanhalingstekens blijft zo veel mogelijk heel.
    return textwrap.fill(regel, breedte, break_long_words=False, break_on_hyphens=False)


def _kan_tonen(tekens):
    try:
        tekens.encode(sys.stdout.encoding or 'ascii')
    except UnicodeEncodeError:
        return False
    return True


def _tabellen(database):
    """Elke tabel van data.sqlite, met zijn kolommen en hoeveel rijen hij heeft."""
    for tabel, inhoud in database.schema.items():
        aantal = database.rijen[tabel]
        regels = [f'tabel {tabel} ({aantal} rij{"" if aantal == 1 else "en"})']
        lang = max(map(len, inhoud['kolommen']), default=0)
        for naam, kolom in inhoud['kolommen'].items():
            extra = ', '.join(_bijzonderheden(naam, kolom, inhoud))
            regels.append(f'  {naam:<{lang}}  {kolom["type"]:<12}  {extra}'.rstrip())
        yield '\n'.join(regels)


def _bijzonderheden(naam, kolom, inhoud):
    if naam in inhoud['sleutel']:
        yield 'primary key'
    elif not kolom['null']:
        yield 'verplicht'
    if kolom['standaard'] is not None:
        yield f'standaard {kolom["standaard"]}'
    if [naam] in inhoud['uniek']:
        yield 'uniek'
    if [naam] in inhoud['indexen']:
        yield 'index'
    for van, tabel, naar in inhoud['verwijst_naar']:
        if van == [naam]:
            yield f'-> {tabel}.{naar[0]}'
