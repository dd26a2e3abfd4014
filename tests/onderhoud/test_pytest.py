"""De echte `pytest`: hoe en waar je hem ook typt, wat er nog meer staat, en op welke computer."""

import re
import shlex
import shutil
import sys
import venv
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from beweringen import inhoud, is_groen, stappen_met
from controle.vertelling import TEKENS, WOORDEN, tekens
from leerling import EERSTE, WOONPLAATS, ZONDER_VOORRECHTEN, Leerling
from processen import draai
from stappen import DATABASE, LAATSTE, TABEL

ELKE_STAP = [f'tests/test_stappen.py::test_stap[stap_{n}]' for n in range(1, LAATSTE + 1)]


def verzamelt_elke_stap(w: Leerling, *opties: str, waar: Path | None = None) -> None:
    """`pytest` zou daar de controle draaien, en verder niets."""
    uitvoer = w.controle('--collect-only', '-q', *opties, waar=waar).stdout
    # Onderaan staat hoeveel het er zijn, en hoe lang het duurde.
    assert uitvoer.splitlines()[:-1] == [*ELKE_STAP, '']


def een_zin(resultaat: CompletedProcess, *woorden: str) -> None:
    """De controle begint niet, en zegt in een zin waarom."""
    assert resultaat.returncode == pytest.ExitCode.USAGE_ERROR, resultaat.stdout
    (regel,) = [r for r in resultaat.stdout.splitlines() if r.startswith('ERROR: ')]
    assert all(woord in regel for woord in woorden), regel


def past(uitvoer: str, breedte: int) -> bool:
    """Of elke zin past en de breedte gebruikt; wat geen spatie heeft, zoals een naam, is heel."""
    regels = uitvoer[uitvoer.index('\ntabel ') :].splitlines()[:-1]
    langste = max(len(r) for r in regels if ' ' in r and r.lstrip() == r)
    return breedte * 0.8 < langste < breedte


# --- Wat er staat -------------------------------------------------------------------------------


def test_een_smalle_terminal_zonder_vinkjes_krijgt_woorden_en_een_met_kleur_kleuren(leerling):
    coderingen = ('ascii', 'cp1252', 'cp850', 'utf-8')
    assert [*map(tekens, coderingen)] == [WOORDEN, WOORDEN, WOORDEN, TEKENS]
    w = leerling(EERSTE)
    w.kolom('één = db.Column(db.Text)')
    w.sql(f"ALTER TABLE {TABEL} ADD COLUMN 'één' TEXT")
    resultaat = w.controle('--color=yes', PYTHONIOENCODING='ascii', COLUMNS='40')
    assert resultaat.returncode == pytest.ExitCode.TESTS_FAILED
    assert [resultaat.stdout.count(wat) for wat in ('\x1b[32maf ', '\x1b[31mfout ')] == [1, 1]
    uitvoer = resultaat.stdout.replace('\x1b[32m', '').replace('\x1b[31m', '')
    assert stappen_met(uitvoer, 'af') == [EERSTE]
    assert stappen_met(uitvoer, 'fout') == [EERSTE + 1]
    assert stappen_met(uitvoer, '-') == list(range(EERSTE + 2, LAATSTE + 1))
    assert f'Wat nu: stap {EERSTE + 1}, ' in uitvoer
    # Een commando breekt niet af, en een teken dat vervangen is telt als een.
    weg = f'    db.session.execute(db.text("ALTER TABLE {TABEL} DROP COLUMN één"))'
    assert f'\n{weg}\n' in uitvoer.replace('\\xe9', 'é')
    assert past(uitvoer.replace('\\xe9', 'é'), 40)


# --- Hoe en waar --------------------------------------------------------------------------------


def test_in_elke_map_van_de_oefening_en_erboven_is_pytest_de_controle(leerling, tmp_path):
    w = leerling(WOONPLAATS, 'ik')
    elders = tmp_path / 'elders'
    elders.mkdir()
    voor = inhoud(w.map)
    for waar in (w.versions, tmp_path):
        resultaat = w.controle(waar=waar)
        is_groen(resultaat, WOONPLAATS)
        assert past(resultaat.stdout, 80)
        assert '\x1b[' not in resultaat.stdout
    for plek in ('tests', 'tests/controle'):
        verzamelt_elke_stap(w, waar=w.map / plek)
    verzamelt_elke_stap(w, 'tests')
    verzamelt_elke_stap(w, str(w.map), waar=elders)
    assert inhoud(w.map) == voor
    assert 'no tests ran' in w.controle(waar=elders).stdout
    les = w.lees('LEERLING.md').partition('**`pytest` zegt `no tests ran`.**')[2]
    assert 'Ga er met `cd` heen' in les.partition('\n\n')[0]


def test_naast_elkaar_zegt_de_controle_waar_je_heen_gaat_en_in_elkaar_telt_een(leerling, tmp_path):
    w, ander = leerling(WOONPLAATS, 'ik'), leerling(EERSTE, 'inhalen')
    een_zin(w.controle(waar=tmp_path), 'meer oefenmappen', '`cd in')
    verzamelt_elke_stap(w, 'ik', waar=tmp_path)
    ander.map.rename(w.map / 'inhalen')
    verzamelt_elke_stap(w, '.')
    verzamelt_elke_stap(w, waar=w.map / 'inhalen')
    is_groen(w.controle('inhalen'), EERSTE)


def test_alles_af_telt_wat_nog_niet_begonnen_is_als_fout(leerling):
    w = leerling(WOONPLAATS)
    voor = inhoud(w.map)
    resultaat = w.controle('--alles-af')
    assert resultaat.returncode == pytest.ExitCode.TESTS_FAILED
    assert f'{LAATSTE - WOONPLAATS} failed, {WOONPLAATS} passed' in resultaat.stdout
    assert f'Stap {LAATSTE} is nog niet begonnen.' in resultaat.stdout
    # Voor een cijfer telt hij als fout, maar voor de leerling is er niets fout.
    assert stappen_met(resultaat.stdout, '·') == list(range(WOONPLAATS + 1, LAATSTE + 1))
    # Zonder terminal telt alleen de exit status.
    for opties, status in (([], pytest.ExitCode.OK), (['--alles-af'], resultaat.returncode)):
        assert w.controle('-p', 'no:terminal', *opties).returncode == status
    assert inhoud(w.map) == voor


# --- Wat er nog meer staat ----------------------------------------------------------------------

EIGEN = {
    'test_eigen.py': 'from BasicModelApp import db\n\n\ndef test_eigen():\n    assert db\n',
    'conftest.py': 'import pytest\n\n\n@pytest.fixture\ndef iets():\n    return 1\n',
    'pytest.ini': '[pytest]\naddopts = -ra\n',
}

# Bestanden van de leerling zelf, bij de opties waarmee de controle dan nog groen is.
EIGEN_BESTANDEN = {
    # Met een punt doen eigen tests mee.
    '-W error .': 'eigen/test_eigen.py eigen/conftest.py pytest.ini tests/test_eigen.py '
    'tests/__init__.py',
    # Zo heten modules van Python, en bijna een pakket van de les.
    '--import-mode=importlib': 'calendar.py cmd.py mijn_flask.py conftest.py test_eigen.py',
}


@pytest.mark.parametrize('opties', EIGEN_BESTANDEN)
def test_met_eigen_bestanden_en_opties_werkt_de_controle(leerling, opties):
    w = leerling(WOONPLAATS)
    for pad in map(w.map.joinpath, EIGEN_BESTANDEN[opties].split()):
        pad.parent.mkdir(exist_ok=True)
        pad.write_text(EIGEN.get(pad.name, ''), encoding='utf-8')
    voor = inhoud(w.map)
    is_groen(w.controle(*opties.split()), WOONPLAATS)
    # Een test van de leerling importeert zijn module zelf, en dan schrijft Python ernaast.
    na = {naam: tekst for naam, tekst in inhoud(w.map).items() if '__pycache__' not in naam}
    assert na == voor


def test_een_bestand_te_veel_of_te_weinig_wordt_genoemd(leerling):
    w = leerling(WOONPLAATS)
    w.schrijf('x = 1\n', 'sqlalchemy.py')
    een_zin(w.controle(), '`sqlalchemy.py`', 'een andere naam')
    (w.map / 'sqlalchemy.py').unlink()
    # Van wat ontbreekt staat het eerste in de zin; conftest.py staat vooraan.
    namen = 'controle/kindproces.py spelen/pakketten.py test_stappen.py stappen.py conftest.py'
    for naam in namen.split():
        (w.map / 'tests' / naam).unlink()
        een_zin(w.controle(*['.'] * (naam == 'stappen.py')), f'`{naam}`', 'uit de ZIP')


def test_wie_de_pakketten_voor_onderhoud_niet_heeft_hoort_daar_niets_over(leerling):
    w = leerling(EERSTE)
    # In een kloon staat de map er wel.
    shutil.copytree(Path(__file__).parent, w.map / 'tests/onderhoud')
    w.vervang("'hypothesis'", "'hypothesis_'", 'tests/conftest.py')
    verzamelt_elke_stap(w, '.')


# --- Een Python zonder Flask, of een oude -------------------------------------------------------

# Alleen pytest: zoals in de Python van de computer zelf.
KAAL = ('_pytest', 'pytest', 'pluggy', 'iniconfig', 'packaging', 'pygments')
TYPT = '-m pytest', "tests/speel_les.py 'nieuwe map' --tot 0", 'tests/speel_les.py --terug 0'


def test_een_python_zonder_flask_zegt_wat_je_doet_en_maakt_nog_niets(leerling, tmp_path):
    m = leerling(WOONPLAATS)
    pakketten = Path(pytest.__file__).parents[1]
    for pakket in KAAL:
        shutil.copytree(pakketten / pakket, tmp_path / 'kaal' / pakket)
    shutil.copyfile(pakketten / 'py.py', tmp_path / 'kaal' / 'py.py')
    leeg = m.map / '.venv' / ('Scripts' if sys.platform == 'win32' else 'bin') / 'python'
    # Zonder .venv, met een die niet aan staat, en met een die aan staat en leeg is. -S laat de
    # pakketten van deze Python weg: alleen wat in PYTHONPATH staat is er dan.
    kaal = ['-S'], sys.executable
    for (opties, python), activeer, installeer in (
        (kaal, True, True),
        (kaal, True, False),
        (([], leeg), False, True),
    ):
        if not installeer:
            venv.create(m.map / '.venv', symlinks=sys.platform != 'win32')
        voor = inhoud(m.map)
        for opdracht in map(shlex.split, TYPT):
            hoe = {'waar': m.map, 'python': python, 'PYTHONPATH': str(tmp_path / 'kaal')}
            klaar = draai(*opties, *opdracht, **hoe)
            assert klaar.returncode
            assert 'een Python zonder flask' in klaar.stdout
            zegt = [wat in klaar.stdout for wat in ('activate', 'pip install -r requirements.txt')]
            assert zegt == [activeer, installeer]
            assert ('-m venv .venv' in klaar.stdout) == (activeer and installeer)
            assert 'Traceback' not in klaar.stdout
            # De laatste regel is de opdracht, zoals de les haar schrijft.
            hoort = ['python', *opdracht] if opdracht[0] != '-m' else ['pytest']
            assert shlex.split(klaar.stdout.split('\n    ')[-1]) == hoort
            les = m.lees('LEERLING.md').partition('## Stap 1')[0]
            getypt = re.findall('(?m)^    (.*)$', klaar.stdout)[:-1]
            assert all(f'`{regel}`' in les for regel in getypt), getypt
        assert inhoud(m.map) == voor


def test_een_oude_python_krijgt_een_zin(leerling):
    w = leerling(WOONPLAATS)
    # Een echte oude Python is er niet altijd: deze zegt dat hij het is zodra pytest geladen is.
    w.schrijf('import sys\n\nsys.version_info = (3, 10, 13)\n', 'oud.py')
    klaar = w.controle('-p', 'oud')
    een_zin(klaar, 'Dit is Python 3.10: maak je .venv opnieuw met Python 3.11 of nieuwer.')
    assert '\n' not in klaar.stdout.strip()


# --- Een map van een ander ----------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent deze rechten niet')
def test_wat_je_niet_mag_schrijven_of_lezen_houdt_de_controle_niet_tegen(leerling):
    m = leerling(WOONPLAATS)
    gast = ('-c', ZONDER_VOORRECHTEN, '-m', 'pytest')
    # Een map van docker of sudo: die gaat de les niet aan.
    (m.map / 'instance').mkdir()
    for pad in (m.map, *m.map.rglob('*')):
        pad.chmod(0o000 if pad.name == 'instance' else 0o555 if pad.is_dir() else 0o444)
    klaar = draai(*gast, waar=m.map)
    is_groen(klaar, WOONPLAATS)
    assert 'Je mag niet schrijven' in klaar.stdout
    assert f'Wat nu: stap {WOONPLAATS} klopt.' in klaar.stdout
    m.database.chmod(0o000)
    uit = draai(*gast, waar=m.map).stdout
    assert f'`{DATABASE}` is niet te lezen' in uit
    assert 'Traceback' not in uit
