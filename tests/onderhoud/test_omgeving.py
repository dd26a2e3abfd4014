"""De controle werkt ook waar de computer niet meewerkt: een smal venster, geen Flask, geen rechten.

Hier draait de echte `pytest`, zoals bij een leerling.
"""

import importlib.util
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from beweringen import inhoud
from leerling import WOONPLAATS, ZONDER_VOORRECHTEN, Leerling
from speel_les import omgeving
from stappen import MODULE

KLAAR = f'Wat nu: stap {WOONPLAATS} klopt.'


def draai_python(
    m: Leerling, *delen: str, python: str | Path = sys.executable, **extra: str
) -> subprocess.CompletedProcess:
    """Draait Python in de map, met wat er in de omgeving anders is."""
    return subprocess.run(
        [python, *delen],
        cwd=m.map,
        env=omgeving() | {'FLASK_APP': MODULE} | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
    )


def test_in_een_smalle_terminal_blijft_elk_commando_heel(leerling):
    m = leerling(WOONPLAATS - 1)
    m.model_van(WOONPLAATS)
    m.script_van(WOONPLAATS)
    uit = m.controle(COLUMNS='40').stdout
    assert '\n    flask db upgrade\n' in uit
    verhaal = uit[uit.index('Wat nu') :].partition('\n\n')[0].splitlines()
    te_lang = [regel for regel in verhaal if len(regel) >= 40 and ' ' in regel]
    assert te_lang == []


# --- Een Python zonder Flask ------------------------------------------------------------------


@pytest.fixture
def kaal(tmp_path) -> str:
    """Een map met alleen pytest: zoals de Python van de computer zelf."""
    kaal = tmp_path / 'kaal'
    kaal.mkdir()
    for pakket in ('_pytest', 'pytest', 'py', 'pluggy', 'iniconfig', 'packaging', 'pygments'):
        bron = Path(importlib.util.find_spec(pakket).origin)
        if bron.name == '__init__.py':
            shutil.copytree(bron.parent, kaal / pakket)
        else:
            shutil.copyfile(bron, kaal / bron.name)
    return str(kaal)


@pytest.mark.parametrize('met_venv', [True, False])
def test_een_python_zonder_flask_zegt_wat_je_doet(leerling, kaal, met_venv):
    m = leerling(WOONPLAATS)
    if met_venv:
        (m.map / '.venv').mkdir()
    # -S laat de pakketten van deze Python weg: alleen wat in PYTHONPATH staat is er dan.
    klaar = draai_python(m, '-S', '-m', 'pytest', PYTHONPATH=kaal)
    assert klaar.returncode
    assert 'een Python zonder flask' in klaar.stdout
    assert ('activate' in klaar.stdout) == met_venv
    assert ('pip install -r requirements.txt' in klaar.stdout) == (not met_venv)
    assert 'Traceback' not in klaar.stdout


# Een echte oude Python is er niet altijd: deze zegt dat hij het is zodra pytest zelf geladen is.
DOE_OUD = """
import pytest, sys
class Oud:
    def pytest_load_initial_conftests(self):
        sys.version_info = (3, 10, 13)
sys.exit(pytest.main(plugins=[Oud()]))
"""


def test_een_oude_python_krijgt_een_zin(leerling):
    m = leerling(WOONPLAATS)
    klaar = draai_python(m, '-c', DOE_OUD)
    assert klaar.returncode
    assert klaar.stdout.strip() == (
        'ERROR: Dit is Python 3.10: maak je .venv opnieuw met Python 3.11 of nieuwer.'
    )


def test_een_lege_venv_die_aan_staat_vraagt_om_installeren(leerling):
    m = leerling(WOONPLAATS)
    venv.create(m.map / '.venv', symlinks=sys.platform != 'win32')
    python = m.map / '.venv' / ('Scripts' if sys.platform == 'win32' else 'bin') / 'python'
    klaar = draai_python(m, 'tests/speel_les.py', '--terug', '0', python=python)
    assert klaar.returncode == 2
    assert 'pip install -r requirements.txt' in klaar.stdout
    assert 'activate' not in klaar.stdout


@pytest.mark.parametrize('met_venv', [True, False])
@pytest.mark.parametrize('opdracht', [('nieuwe map', '--tot', '0'), ('--terug', '0')])
def test_zonder_flask_maakt_speel_les_nog_niets(leerling, met_venv, opdracht):
    m = leerling(WOONPLAATS)
    if met_venv:
        (m.map / '.venv').mkdir()
    voor = inhoud(m.map)
    klaar = draai_python(m, '-S', 'tests/speel_les.py', *opdracht)
    assert klaar.returncode == 2
    assert 'een Python zonder flask' in klaar.stdout
    assert ('activate' in klaar.stdout) == met_venv
    assert ('pip install -r requirements.txt' in klaar.stdout) == (not met_venv)
    assert inhoud(m.map) == voor
    # De laatste regel is de opdracht, en die lukt als de pakketten er zijn.
    python, *delen = shlex.split(klaar.stdout.splitlines()[-1])
    assert (python, draai_python(m, *delen).returncode) == ('python', 0)


# --- Een map van een ander --------------------------------------------------------------------

rechten = pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent deze rechten niet')


@pytest.fixture
def gast(leerling) -> Iterator[Leerling]:
    """Een leerling die de map kan lezen en niet kan schrijven."""
    m = leerling(WOONPLAATS)
    for deel in (m.map, *m.map.rglob('*')):
        deel.chmod(0o555 if deel.is_dir() else 0o444)
    yield m
    for deel in (m.map, *m.map.rglob('*')):
        deel.chmod(0o755)


@rechten
def test_een_map_waarin_je_niet_mag_schrijven_wordt_toch_gecontroleerd(gast):
    uit = draai_python(gast, '-c', ZONDER_VOORRECHTEN, '-m', 'pytest').stdout
    assert 'Je mag niet schrijven' in uit
    assert KLAAR in uit


@rechten
def test_een_database_die_je_niet_mag_lezen(gast):
    gast.database.chmod(0o000)
    uit = draai_python(gast, '-c', ZONDER_VOORRECHTEN, '-m', 'pytest').stdout
    assert '`data.sqlite` is niet te lezen' in uit
    assert 'Traceback' not in uit
