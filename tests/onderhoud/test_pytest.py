"""De echte `pytest`: hoe en waar je hem ook typt, wat er nog meer staat, en op welke computer."""

import importlib.util
import shlex
import shutil
import sys
import venv
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from beweringen import inhoud, is_groen, stappen_met
from leerling import EERSTE, WOONPLAATS, ZONDER_VOORRECHTEN, Leerling
from processen import draai
from stappen import DATABASE, LAATSTE


def verzamelt_elke_stap(w: Leerling, *opties: str, waar: Path | None = None) -> None:
    """`pytest` zou daar de controle draaien, en verder niets."""
    *tests, leeg, aantal = w.controle(
        '--collect-only', '-q', *opties, waar=waar
    ).stdout.splitlines()
    begin = 'tests/test_stappen.py::test_stap[stap_'
    assert tests == [f'{begin}{nummer}]' for nummer in range(1, LAATSTE + 1)]
    assert (leeg, aantal.partition(' in ')[0]) == ('', f'{LAATSTE} tests collected')


def een_zin(resultaat: CompletedProcess, *woorden: str) -> None:
    """De controle begint niet, en zegt in een zin waarom."""
    assert resultaat.returncode == pytest.ExitCode.USAGE_ERROR, resultaat.stdout
    (regel,) = [r for r in resultaat.stdout.splitlines() if r.startswith('ERROR: ')]
    for woord in woorden:
        assert woord in regel


# --- Hoe en waar --------------------------------------------------------------------------------


def test_in_elke_map_van_de_oefening_is_pytest_de_controle(leerling):
    w = leerling(WOONPLAATS)
    voor = inhoud(w.map)
    is_groen(w.controle(waar=w.versions), WOONPLAATS)
    for plek in ('tests', 'tests/controle'):
        verzamelt_elke_stap(w, waar=w.map / plek)
    verzamelt_elke_stap(w, 'tests')
    assert inhoud(w.map) == voor


def test_van_een_map_hoger_kan_ook_en_elders_helpt_wat_de_les_zegt(leerling, tmp_path):
    w = leerling(WOONPLAATS, 'ik')
    is_groen(w.controle(waar=tmp_path), WOONPLAATS)
    elders = tmp_path / 'elders'
    elders.mkdir()
    verzamelt_elke_stap(w, str(w.map), waar=elders)
    assert 'no tests ran' in w.controle(waar=elders).stdout
    les = w.lees('LEERLING.md').partition('**`pytest` zegt `no tests ran`.**')[2]
    assert 'Typ `cd`, een spatie en de naam van die map' in les.partition('\n\n')[0]
    # Naast elkaar zegt de controle naar welke map je gaat.
    ander = leerling(EERSTE, 'inhalen')
    een_zin(w.controle(waar=tmp_path), 'meer oefenmappen', '`cd in')
    verzamelt_elke_stap(w, 'ik', waar=tmp_path)
    # Een oefenmap in de oefenmap telt niet mee.
    ander.map.rename(w.map / 'inhalen')
    verzamelt_elke_stap(w, '.')
    verzamelt_elke_stap(w, waar=w.map / 'inhalen')
    is_groen(w.controle('inhalen'), EERSTE)


def test_alles_af_telt_wat_nog_niet_begonnen_is_als_fout(leerling):
    half, heel = leerling(WOONPLAATS, 'half'), leerling(LAATSTE, 'heel')
    resultaat = half.controle('--alles-af')
    assert resultaat.returncode == pytest.ExitCode.TESTS_FAILED
    assert f'{LAATSTE - WOONPLAATS} failed, {WOONPLAATS} passed' in resultaat.stdout
    assert f'Stap {LAATSTE} is nog niet begonnen.' in resultaat.stdout
    # Voor een cijfer telt hij als fout, maar voor de leerling is er niets fout.
    assert stappen_met(resultaat.stdout, '·') == list(range(WOONPLAATS + 1, LAATSTE + 1))
    # Zonder terminal telt alleen de exit status.
    assert heel.controle('--alles-af', '-p', 'no:terminal').returncode == pytest.ExitCode.OK


# --- Wat er nog meer staat ----------------------------------------------------------------------

EIGEN_TEST = 'from BasicModelApp import db\n\n\ndef test_eigen():\n    assert db\n'
EIGEN_CONFTEST = 'import pytest\n\n\n@pytest.fixture\ndef iets():\n    return 1\n'
EIGEN_INI = '[pytest]\naddopts = -ra\n'

# Bestanden van de leerling zelf, en de opties waarmee de controle dan nog groen is.
EIGEN_BESTANDEN = [
    (
        {'test_eigen.py': EIGEN_TEST, 'tests/__init__.py': '', 'tests/test_eigen.py': EIGEN_TEST},
        [],
    ),
    (
        # Deze test doet mee.
        {'test_eigen.py': EIGEN_TEST, 'eigen/conftest.py': EIGEN_CONFTEST, 'pytest.ini': EIGEN_INI},
        ['-W', 'error', '.'],
    ),
    (
        # Zo heten modules van Python, en bijna een pakket van de les.
        {'conftest.py': EIGEN_CONFTEST, 'calendar.py': '', 'cmd.py': '', 'mijn_flask.py': ''},
        ['--import-mode=importlib'],
    ),
]


@pytest.mark.parametrize(('bestanden', 'opties'), EIGEN_BESTANDEN)
def test_met_eigen_bestanden_en_opties_werkt_de_controle(leerling, bestanden, opties):
    w = leerling(WOONPLAATS)
    for naam, tekst in bestanden.items():
        (w.map / naam).parent.mkdir(exist_ok=True)
        w.schrijf(tekst, naam)
    voor = inhoud(w.map)
    is_groen(w.controle(*opties), WOONPLAATS)
    # Een test van de leerling importeert zijn module zelf, en dan schrijft Python ernaast.
    na = {naam: tekst for naam, tekst in inhoud(w.map).items() if '__pycache__' not in naam}
    assert na == voor


def test_een_bestand_te_veel_of_te_weinig_wordt_genoemd(leerling):
    w = leerling(WOONPLAATS)
    w.schrijf('x = 1\n', 'sqlalchemy.py')
    een_zin(w.controle(), '`sqlalchemy.py`', 'een andere naam')
    (w.map / 'sqlalchemy.py').unlink()
    # Van wat ontbreekt staat het eerste in de zin; conftest.py staat vooraan.
    for naam in ('controle/kindproces.py', 'test_stappen.py', 'stappen.py', 'conftest.py'):
        (w.map / 'tests' / naam).unlink()
        een_zin(w.controle(*(['.'] if naam == 'stappen.py' else [])), f'`{naam}`', 'uit de ZIP')


def test_wie_de_pakketten_voor_onderhoud_niet_heeft_hoort_daar_niets_over(leerling):
    w = leerling(EERSTE)
    # In een kloon staat de map er wel.
    shutil.copytree(Path(__file__).parent, w.map / 'tests/onderhoud')
    w.vervang("'hypothesis'", "'hypothesis_'", 'tests/conftest.py')
    for opties in ('.', 'tests'):
        verzamelt_elke_stap(w, opties)


# --- Een Python zonder Flask, of een oude -------------------------------------------------------

# Alleen pytest: zoals in de Python van de computer zelf.
KAAL = ('_pytest', 'pytest', 'pluggy', 'iniconfig', 'packaging', 'pygments')
OPDRACHTEN = (
    ['-m', 'pytest'],
    ['tests/speel_les.py', 'nieuwe map', '--tot', '0'],
    ['tests/speel_les.py', '--terug', '0'],
)


def test_een_python_zonder_flask_zegt_wat_je_doet_en_maakt_nog_niets(leerling, tmp_path):
    m = leerling(WOONPLAATS)
    for pakket in KAAL:
        bron = Path(importlib.util.find_spec(pakket).origin).parent
        shutil.copytree(bron, tmp_path / 'kaal' / pakket)
    shutil.copyfile(Path(pytest.__file__).parents[1] / 'py.py', tmp_path / 'kaal' / 'py.py')
    for met_venv in (False, True):
        if met_venv:
            venv.create(m.map / '.venv', symlinks=sys.platform != 'win32')
        voor = inhoud(m.map)
        for opdracht in OPDRACHTEN:
            # -S laat de pakketten van deze Python weg: alleen wat in PYTHONPATH staat is er dan.
            klaar = draai('-S', *opdracht, waar=m.map, PYTHONPATH=str(tmp_path / 'kaal'))
            assert klaar.returncode
            assert 'een Python zonder flask' in klaar.stdout
            assert ('activate' in klaar.stdout) == met_venv
            assert ('pip install -r requirements.txt' in klaar.stdout) == (not met_venv)
            assert 'Traceback' not in klaar.stdout
            # De laatste regel is de opdracht.
            assert shlex.split(klaar.stdout.split('\n    ')[-1]) == ['python', *opdracht]
        assert inhoud(m.map) == voor
    # Staat de .venv al aan, dan is hij leeg.
    python = m.map / '.venv' / ('Scripts' if sys.platform == 'win32' else 'bin') / 'python'
    klaar = draai(*OPDRACHTEN[-1], waar=m.map, python=python)
    assert (klaar.returncode, 'activate' in klaar.stdout) == (2, False)
    assert 'pip install -r requirements.txt' in klaar.stdout
    # Met de pakketten lukt de opdracht.
    for opdracht in OPDRACHTEN[1:]:
        assert draai(*opdracht, waar=m.map).returncode == 0


# Een echte oude Python is er niet altijd: deze zegt dat hij het is zodra pytest zelf geladen is.
DOE_OUD = """
import pytest, sys
class Oud:
    def pytest_load_initial_conftests(self):
        sys.version_info = (3, 10, 13)
sys.exit(pytest.main(plugins=[Oud()]))
"""


def test_een_oude_python_krijgt_een_zin(leerling):
    klaar = draai('-c', DOE_OUD, waar=leerling(WOONPLAATS).map)
    assert klaar.returncode
    assert klaar.stdout.strip() == (
        'ERROR: Dit is Python 3.10: maak je .venv opnieuw met Python 3.11 of nieuwer.'
    )


# --- Een map van een ander ----------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent deze rechten niet')
def test_wat_je_niet_mag_schrijven_of_lezen_houdt_de_controle_niet_tegen(leerling):
    m = leerling(WOONPLAATS)
    paden = [m.map, *m.map.rglob('*')]
    gast = ('-c', ZONDER_VOORRECHTEN, '-m', 'pytest')
    try:
        for pad in paden:
            pad.chmod(0o555 if pad.is_dir() else 0o444)
        klaar = draai(*gast, waar=m.map)
        is_groen(klaar, WOONPLAATS)
        assert 'Je mag niet schrijven' in klaar.stdout
        assert f'Wat nu: stap {WOONPLAATS} klopt.' in klaar.stdout
        m.database.chmod(0o000)
        uit = draai(*gast, waar=m.map).stdout
        assert f'`{DATABASE}` is niet te lezen' in uit
        assert 'Traceback' not in uit
    finally:
        for pad in paden:
            pad.chmod(0o755)
