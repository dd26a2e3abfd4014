"""De echte `pytest`: hoe en waar je hem ook typt, en wat de leerling er nog meer neerzet."""

import shutil
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, stappen_met
from leerling import EERSTE, WOONPLAATS, Leerling
from speel_les import draai, omgeving
from stappen import LAATSTE

ZO = [(), ('.',), ('tests',)]


@pytest.mark.parametrize(
    ('plek', 'manieren'),
    [
        ('.', ZO),
        ('migrations', ZO[:1]),
        ('migrations/versions', ZO[:1]),
        ('tests', ZO[:1]),
        ('tests/controle', ZO[:1]),
    ],
)
def test_in_elke_map_van_de_oefening_is_pytest_de_controle(leerling, plek, manieren):
    w = leerling(WOONPLAATS)
    voor = inhoud(w.map)
    for opties in manieren:
        is_groen(w.controle(*opties, waar=w.map / plek), WOONPLAATS)
    assert inhoud(w.map) == voor


def test_van_een_map_hoger_kan_ook_en_elders_helpt_wat_de_les_zegt(leerling, tmp_path):
    w = leerling(WOONPLAATS)
    is_groen(w.controle(waar=tmp_path), WOONPLAATS)
    elders = tmp_path / 'elders'
    elders.mkdir()
    is_groen(w.controle(str(w.map), waar=elders), WOONPLAATS)
    assert 'no tests ran' in w.controle(waar=elders).stdout
    les = w.lees('LEERLING.md').partition('**`pytest` zegt `no tests ran`.**')[2]
    assert 'Typ `cd`, een spatie en de naam van die map' in les.partition('\n\n')[0]


def test_alles_af_telt_wat_nog_niet_begonnen_is_als_fout(leerling):
    half, heel = leerling(WOONPLAATS, 'half'), leerling(LAATSTE, 'heel')
    resultaat = half.controle('--alles-af')
    assert resultaat.returncode == 1
    assert f'{LAATSTE - WOONPLAATS} failed, {WOONPLAATS} passed' in resultaat.stdout
    assert f'Stap {LAATSTE} is nog niet begonnen.' in resultaat.stdout
    # Voor een cijfer telt hij als fout, maar voor de leerling is er niets fout.
    assert stappen_met(resultaat.stdout, '·') == list(range(WOONPLAATS + 1, LAATSTE + 1))
    assert heel.controle('--alles-af').returncode == 0


def test_wie_de_pakketten_voor_onderhoud_niet_heeft_hoort_daar_niets_over(leerling):
    w = leerling(EERSTE)
    # In een kloon staat de map er wel.
    shutil.copytree(Path(__file__).parent, w.map / 'tests/onderhoud')
    w.vervang("('hypothesis', 'xdist')", "('hypothesis_', 'xdist')", 'tests/conftest.py')
    for opties in ((), ('tests',), ('.',)):
        resultaat = w.controle(*opties)
        is_groen(resultaat, EERSTE)
        assert 'onderhoud' not in resultaat.stdout


# --- Wat er nog meer staat ----------------------------------------------------------------------

EIGEN_TEST = 'from BasicModelApp import db\n\n\ndef test_eigen():\n    assert db\n'
EIGEN_CONFTEST = 'import pytest\n\n\n@pytest.fixture\ndef iets():\n    return 1\n'

# Bestanden van de leerling zelf, en met welke opties de controle dan nog groen is.
EIGEN_BESTANDEN = {
    'een tests/__init__.py': ({'tests/__init__.py': ''}, []),
    'een eigen test': ({'test_eigen.py': EIGEN_TEST}, []),
    'een eigen test in tests/': ({'tests/test_eigen.py': EIGEN_TEST}, []),
    'een eigen test die meedoet': ({'test_eigen.py': EIGEN_TEST}, ['.']),
    'een eigen conftest.py': ({'conftest.py': EIGEN_CONFTEST}, []),
    'een eigen conftest.py in een map': ({'eigen/conftest.py': EIGEN_CONFTEST}, ['.']),
    'een lege pytest.ini': ({'pytest.ini': ''}, []),
    'een eigen pytest.ini': ({'pytest.ini': '[pytest]\naddopts = -ra\n'}, []),
    'een hulpmodule als een van Python': ({'calendar.py': '', 'statistics.py': ''}, []),
    'import-mode': ({}, ['--import-mode=importlib']),
    'waarschuwingen als fout': ({}, ['-W', 'error']),
}


@pytest.mark.parametrize(('bestanden', 'opties'), EIGEN_BESTANDEN.values(), ids=EIGEN_BESTANDEN)
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


def test_zonder_terminal_telt_de_exit_status(leerling):
    w = leerling(WOONPLAATS)
    assert w.controle('-p', 'no:terminal').returncode == pytest.ExitCode.OK
    w.kolom('straat = db.Column(db.Text)')
    assert w.controle('-p', 'no:terminal').returncode == pytest.ExitCode.TESTS_FAILED


def een_zin(w: Leerling, *woorden: str, waar: Path | None = None) -> None:
    """De controle begint niet, en zegt in een zin waarom."""
    for manier in (['pytest'], ['pytest', '.']):
        resultaat = draai(manier, waar or w.map, omgeving())
        assert resultaat.returncode == pytest.ExitCode.USAGE_ERROR, resultaat.stdout
        assert 'Traceback' not in resultaat.stdout, resultaat.stdout
        (regel,) = [r for r in resultaat.stdout.splitlines() if r.startswith('ERROR: ')]
        for woord in woorden:
            assert woord in regel


def test_een_bestand_dat_heet_als_een_pakket_staat_in_de_weg(leerling):
    w = leerling(WOONPLAATS)
    w.schrijf('x = 1\n', 'sqlalchemy.py')
    een_zin(w, '`sqlalchemy.py`', 'een andere naam')
    (w.map / 'sqlalchemy.py').rename(w.map / 'mijn_sql.py')
    is_groen(w.controle(), WOONPLAATS)


@pytest.mark.parametrize(
    'naam', ['conftest.py', 'stappen.py', 'test_stappen.py', 'controle/kindproces.py']
)
def test_een_bestand_dat_in_tests_ontbreekt_wordt_genoemd(leerling, naam):
    w = leerling(WOONPLAATS)
    (w.map / 'tests' / naam).unlink()
    een_zin(w, f'`{naam}`', 'opnieuw uit de ZIP')


def test_naast_elkaar_zegt_de_controle_naar_welke_map_je_gaat(leerling, tmp_path):
    w, _ = leerling(WOONPLAATS, 'ik'), leerling(EERSTE, 'inhalen')
    een_zin(w, 'meer oefenmappen', '`cd in', waar=tmp_path)
    is_groen(w.controle('ik', waar=tmp_path), WOONPLAATS)


def test_een_oefenmap_in_de_oefenmap_telt_niet_mee(leerling):
    w = leerling(WOONPLAATS)
    shutil.copytree(leerling(EERSTE, 'inhalen').map, w.map / 'inhalen')
    for opties in ((), ('.',)):
        is_groen(w.controle(*opties), WOONPLAATS)
    is_groen(w.controle('inhalen'), EERSTE)
    is_groen(w.controle(waar=w.map / 'inhalen'), EERSTE)
