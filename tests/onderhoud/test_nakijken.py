"""Nakijken: elke map nagespeeld met de controle van de docent, wat er ook in die map staat."""

import csv
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from beweringen import inhoud, verhaal
from klaslokaal import KLAS, VALLEN, opvalt, rijen, zet_neer, zet_vallen
from leerling import NIVEAU, WOONPLAATS, Leerling
from shells import TRAGER
from speel_les import PROJECT, omgeving
from standen import stand
from stappen import DATABASE, LAATSTE, STAPPEN

# Zo lang krijgt een map die niet stopt in deze tests; de andere zijn dan al klaar.
TIJDSLIMIET = 15 * TRAGER
MET_TIJDSLIMIET = f"""
import sys
sys.path.insert(0, {str(KLAS.parent)!r})
from controle import naspelen
naspelen.TIJDSLIMIET = {{}}
import klas
sys.exit(klas.main(sys.argv[1:]))
"""

# Een proces dat doorgaat als het zijn ouder overleeft; de module wacht tot het leeft.
HARTSLAG = """
import subprocess, sys, time
subprocess.Popen([sys.executable, '-c', '''
import time
while True:
    open({pad!r}, 'w').write(str(time.time()))
    time.sleep(0.1)
'''])
while not os.path.exists({pad!r}):
    time.sleep(0.1)
"""

ALLES_GOED = """
import pytest

@pytest.mark.parametrize('n', range(1, 11))
def test_stap(n):
    pass
"""

EXIT_STATUS_0 = """
def pytest_sessionfinish(session):
    session.exitstatus = 0
"""


def vervals(map_: Path, bestand: str, tekst: str) -> None:
    """Verandert de controle in een ingeleverde map."""
    shutil.copytree(PROJECT / 'tests', map_ / 'tests', ignore=shutil.ignore_patterns('onderhoud'))
    (map_ / bestand).write_text(tekst, encoding='utf-8')


def hartslag(map_: Path, erna: str) -> Path:
    """Laat de module een proces beginnen; geeft het bestand waar dat in schrijft."""
    pad = map_.parent.parent / f'hartslag {map_.name}'
    Leerling(map_).onderaan(HARTSLAG.format(pad=pad.as_posix()) + erna)
    return pad


def is_stil(pad: Path) -> bool:
    """Of er niemand meer in het bestand schrijft."""
    voor = pad.read_text(encoding='utf-8')
    time.sleep(1)
    return pad.read_text(encoding='utf-8') == voor


def opdracht(*argumenten: str | Path, tijdslimiet: int = TIJDSLIMIET) -> list:
    return [sys.executable, '-c', MET_TIJDSLIMIET.format(tijdslimiet), *argumenten]


class Nagekeken:
    """Een klas die nagekeken is: wat er op het scherm kwam, en de bestanden."""

    def __init__(self, klas: Path, *argumenten: str | Path, tot: int = LAATSTE, **extra: str):
        self.klas, self.csv, self.xml = klas, klas.with_suffix('.csv'), klas.with_suffix('.xml')
        mappen = [a for a in argumenten if isinstance(a, Path)] or [klas]
        opties = [a for a in argumenten if isinstance(a, str)]
        bestanden = ('--csv', self.csv, f'--junitxml={self.xml}')
        self.klaar = subprocess.run(
            opdracht(*mappen, '--naspelen', '--tot', str(tot), *bestanden, *opties),
            env=omgeving() | extra,
            capture_output=True,
            encoding='utf-8',
        )
        self.uit = self.klaar.stdout
        assert 'Traceback' not in self.uit + self.klaar.stderr, self.uit + self.klaar.stderr

    def toestanden(self, naam: str) -> str:
        *toestanden, af, _ = rijen(self.uit)[naam]
        assert toestanden.count('✓') == int(af)
        return ''.join(toestanden)

    def cijfers(self) -> dict[str, list[str]]:
        with self.csv.open(encoding='utf-8-sig', newline='') as bestand:
            return {rij[0]: rij[1:] for rij in csv.reader(bestand, delimiter=';')}

    def gevallen(self) -> dict[str, ElementTree.Element]:
        gevallen = ElementTree.parse(self.xml).findall('.//testcase')
        return {geval.get('name'): geval for geval in gevallen}


def tekens(af: int, *fout: int) -> str:
    """De tekens van een rij: zoveel stappen af, welke er fout zijn, en de rest moet nog."""
    return ''.join('✗' if s.nummer in fout else '·✓'[s.nummer <= af] for s in STAPPEN)


# --- Een klas waarin van alles misgaat ----------------------------------------------------------


@pytest.fixture(scope='module')
def klas(tmp_path_factory) -> Path:
    klas = tmp_path_factory.mktemp('docent') / 'klas'

    def zet(naam: str, nummer: int) -> Leerling:
        return zet_neer(nummer, klas / naam)

    zet('Bram', NIVEAU)
    zet('Elsje', WOONPLAATS).vervang('woonplaats = ', 'woonplats = ')
    zet('Joyce', LAATSTE)
    zet('bezig', WOONPLAATS).model_van(NIVEAU)
    for naam in ('leeg', 'alleen_data'):
        (klas / naam).mkdir()
    shutil.copyfile(stand(LAATSTE) / DATABASE, klas / 'alleen_data' / DATABASE)
    vervals(zet('geen_stappen', 0).map, 'tests/stappen.py', 'STAPPEN = ()\nLAATSTE = 0\n')
    vervals(zet('eigen_test', 0).map, 'tests/test_stappen.py', ALLES_GOED)
    vervals(zet('pytest_ini', 0).map, 'pytest.ini', '[pytest]\naddopts = --collect-only\n')
    vervals(zet('exit_status', 0).map, 'conftest.py', EXIT_STATUS_0)
    hartslag(zet('hangt', NIVEAU).map, 'while True:\n    pass')
    hartslag(zet('begint_iets', WOONPLAATS).map, '')
    zet('thuis', WOONPLAATS).onderaan("from pathlib import Path\n\n(Path.home() / 'spoor').touch()")
    zet('=1+1', WOONPLAATS)
    # De module, env.py en de scripts voert het naspelen wel uit.
    vallen = [naam for naam in VALLEN if not naam.startswith(('Basic', 'migr', 'flask', 'sqla'))]
    zet_vallen(zet('vallen', WOONPLAATS).map, vallen, klas.with_name('sporen'))
    return klas


@pytest.fixture(scope='module')
def nagekeken(klas) -> Nagekeken:
    voor = inhoud(klas)
    thuis, tijdelijk = (klas.with_name(naam) for naam in ('thuis', 'tijdelijk'))
    thuis.mkdir()
    tijdelijk.mkdir()
    plaatsen = dict.fromkeys(('HOME', 'USERPROFILE'), str(thuis))
    plaatsen |= dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(tijdelijk))
    nagekeken = Nagekeken(klas, **plaatsen)
    assert inhoud(klas) == voor
    return nagekeken


# Per leerling de tekens van zijn rij, en wat er opvalt.
OORDELEN = {
    'Bram': (tekens(NIVEAU), ''),
    'Elsje': (
        tekens(WOONPLAATS - 1, WOONPLAATS, WOONPLAATS + 1),
        'In je model staat `woonplats`',
    ),
    'Joyce': (tekens(LAATSTE), ''),
    'bezig': (tekens(WOONPLAATS, NIVEAU), 'nog niet in een migratie'),
    'leeg': (tekens(0), 'is leeg'),
    # Wie de controle verandert, verandert alleen zijn eigen exemplaar.
    'geen_stappen': (tekens(1), ''),
    'eigen_test': (tekens(1), ''),
    'pytest_ini': (tekens(1), ''),
    'exit_status': (tekens(1), ''),
    # Een database die niet nagespeeld is, bewijst niets.
    'alleen_data': ('✗' * LAATSTE, 'is niet na te spelen. Er is geen bestand'),
    'hangt': (tekens(0, *range(1, NIVEAU + 1)), 'is niet na te spelen'),
    'begint_iets': (tekens(WOONPLAATS), ''),
    'thuis': (tekens(WOONPLAATS), ''),
    '=1+1': (tekens(WOONPLAATS), ''),
    'vallen': (tekens(WOONPLAATS), ''),
}


def test_elke_leerling_krijgt_het_oordeel_van_de_docent(nagekeken):
    # In een test: de klas wordt dan zelden in allebei de processen nagekeken.
    assert {naam: nagekeken.toestanden(naam) for naam in rijen(nagekeken.uit)} == {
        naam: verwacht for naam, (verwacht, _) in OORDELEN.items()
    }
    for naam, (_, woorden) in OORDELEN.items():
        assert woorden in opvalt(nagekeken.uit, naam)


def test_voor_het_begint_staat_er_dat_het_code_uitvoert(nagekeken):
    assert verhaal(nagekeken.uit).startswith('Dit voert de code van elke leerling uit')
    assert nagekeken.klaar.returncode == pytest.ExitCode.TESTS_FAILED
    assert max(map(len, nagekeken.uit.splitlines())) <= 80


def test_onderaan_staat_welke_fouten_het_meest_voorkomen(nagekeken):
    onderaan = nagekeken.uit.partition('Dit komt het meest voor:\n')[2].splitlines()
    assert sorted(onderaan) == [
        '    1 x module is weg: alleen_data',
        '    1 x naspelen duurt te lang: hangt',
        '    1 x tikfout in een naam van het model: Elsje',
    ]
    # Wie nog op de weg van de les is, maakt geen fout.
    assert opvalt(nagekeken.uit, 'bezig') and 'de les gaat verder' not in nagekeken.uit


def test_er_blijft_niets_achter(nagekeken):
    for naam in ('thuis', 'tijdelijk', 'sporen'):
        assert inhoud(nagekeken.klas.with_name(naam)) == {}


@pytest.mark.parametrize('naam', ['hangt', 'begint_iets'])
def test_met_het_naspelen_stopt_ook_wat_het_begon(nagekeken, naam):
    assert is_stil(nagekeken.klas.with_name(f'hartslag {naam}'))


def test_de_tests_heten_naar_leerling_en_stap(nagekeken):
    gevallen = nagekeken.gevallen()
    assert len(gevallen) == len(list(nagekeken.klas.iterdir())) * LAATSTE
    uitkomst = {naam: [deel.tag for deel in geval] for naam, geval in gevallen.items()}
    assert uitkomst[f'test_stap[Bram-stap_{NIVEAU}]'] == []
    assert uitkomst[f'test_stap[Bram-stap_{NIVEAU + 1}]'] == ['skipped']
    fout = gevallen[f'test_stap[Elsje-stap_{WOONPLAATS}]'].find('failure')
    assert '`woonplats`' in fout.text


def test_het_csv_bestand_heeft_naam_stappen_aantal_en_uitleg(nagekeken):
    cijfers = nagekeken.cijfers()
    assert cijfers['naam'] == [*(f'stap {s.nummer}' for s in STAPPEN), 'aantal af', 'uitleg']
    assert cijfers['Joyce'][:-1] == ['af'] * LAATSTE + [str(LAATSTE)]
    assert cijfers['Elsje'][: WOONPLAATS + 1] == ['af'] * (WOONPLAATS - 1) + ['fout'] * 2
    # De uitleg is wat de leerling zelf te lezen krijgt, met de regel erbij.
    assert cijfers['Elsje'][-1].endswith('woonplaats = db.Column(db.String(50))')
    assert cijfers['leeg'] == ['niet'] * LAATSTE + ['0', 'is leeg']
    # Een rekenblad rekent deze naam niet uit.
    assert "'=1+1" in cijfers


# --- Kiezen en stoppen --------------------------------------------------------------------------


def test_tot_een_stap_telt_niet_mee_wat_daarna_komt(klas):
    mappen = [klas / naam for naam in ('Bram', 'Elsje', 'alleen_data')]
    gekozen = Nagekeken(klas, *mappen, tot=WOONPLAATS - 1)
    # Wat er bij Elsje na die stap misgaat, is niet gevraagd; wie niets liet naspelen, heeft niets.
    af = WOONPLAATS - 1
    assert {naam: cellen[:-1] for naam, cellen in rijen(gekozen.uit).items()} == {
        'alleen_data': ['✗'] * af + ['0'],
        **dict.fromkeys(('Bram', 'Elsje'), ['✓'] * af + [str(af)]),
    }
    assert gekozen.cijfers()['naam'] == ['stap 1', 'aantal af', 'uitleg']
    assert 'woonplats' not in gekozen.uit
    assert list(gekozen.gevallen())[0] == 'test_stap[Bram-stap_1]'


def test_een_leerling_kiezen(klas, tmp_path):
    shutil.copytree(klas / 'Bram', tmp_path / 'Zoë')
    gekozen = Nagekeken(klas, klas / 'Bram', tmp_path / 'Zoë', '-k', 'Zoë')
    assert gekozen.klaar.returncode == pytest.ExitCode.OK
    assert list(rijen(gekozen.uit)) == ['Zoë']
    assert 'test_stap[Zoë-stap_1]' in gekozen.gevallen()
    niemand = Nagekeken(klas, klas / 'Bram', '-k', 'Noor')
    assert 'Er is geen map nagespeeld.' in niemand.uit


def test_met_alles_af_is_een_stap_die_nog_moet_een_fout(klas):
    gekozen = Nagekeken(klas, klas / 'Bram', '--alles-af')
    assert gekozen.klaar.returncode == pytest.ExitCode.TESTS_FAILED
    assert gekozen.gevallen()[f'test_stap[Bram-stap_{LAATSTE}]'].find('failure') is not None


def test_pytest_html_maakt_er_een_pagina_van(klas, tmp_path):
    pagina = tmp_path / 'klas.html'
    Nagekeken(klas, klas / 'Bram', f'--html={pagina}', '--self-contained-html')
    assert f'test_stap[Bram-stap_{NIVEAU}]' in pagina.read_text(encoding='utf-8')


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows stuurt Ctrl-C naar een heel venster')
def test_na_ctrl_c_staat_er_wat_er_al_is_en_draait_er_niets_meer(klas, tmp_path):
    tijdelijk = tmp_path / 'tijdelijk'
    tijdelijk.mkdir()
    proces = subprocess.Popen(
        opdracht(klas / 'Bram', klas / 'hangt', '--naspelen', tijdslimiet=300),
        env=omgeving() | {'TMPDIR': str(tijdelijk)},
        stdout=subprocess.PIPE,
        encoding='utf-8',
    )
    try:
        # Na de witregel komt een teken per test; de eerste tien zijn van Bram.
        while proces.stdout.readline().strip():
            pass
        proces.stdout.read(LAATSTE)
        proces.send_signal(signal.SIGINT)
        uit, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED
    assert 'Bram' in uit
    assert inhoud(tijdelijk) == {}
    assert is_stil(klas.with_name('hartslag hangt'))


def test_wie_zijn_venster_sluit_laat_geen_proces_draaien(klas):
    map_, spoor = klas.with_name('alleen') / 'schrijft', klas.with_name('alleen') / 'spoor'
    shutil.copytree(klas / 'Bram', map_)
    Leerling(map_).onderaan(f"while True:\n    open({str(spoor)!r}, 'a').write('x')")
    limiet = 5 * TRAGER
    proces = subprocess.Popen(
        opdracht(map_, '--naspelen', tijdslimiet=limiet),
        env=omgeving(),
        stdout=subprocess.DEVNULL,
    )
    while not spoor.exists():
        assert proces.poll() is None
        time.sleep(0.1)
    proces.kill()
    proces.wait()
    # Na twee keer de tijdslimiet stopt het uit zichzelf.
    time.sleep(2 * limiet)
    assert is_stil(spoor)


# --- Een verkeerde opdracht ---------------------------------------------------------------------


@pytest.mark.parametrize(
    'argumenten',
    [
        [],
        ['--naspelen'],
        ['klas', '--tot', '3'],
        ['klas', '-k', 'Bram'],
        ['klas', '--naspelen', '--tot', '0'],
        ['klas', '--naspelen', '--tot', str(LAATSTE + 1)],
        ['klas', '--naspelen', '--csv'],
    ],
)
def test_een_verkeerde_opdracht_krijgt_de_goede(argumenten):
    klaar = subprocess.run([sys.executable, KLAS, *argumenten], capture_output=True, text=True)
    assert (klaar.returncode, klaar.stdout) == (2, '')
    assert klaar.stderr.startswith('Gebruik: python tests/klas.py MAP')


@pytest.mark.parametrize(
    'argumenten',
    [
        ['weg'],
        ['klas', '--naspelen', '--csv', 'leeg'],
        ['klas', '--naspelen', '--csv', 'weg/c.csv'],
    ],
)
def test_een_map_of_bestand_dat_niet_kan_krijgt_een_zin(klas, tmp_path, argumenten):
    (tmp_path / 'leeg').mkdir()
    (tmp_path / 'klas').mkdir()
    shutil.copytree(klas / 'Bram', tmp_path / 'klas' / 'Bram')
    klaar = subprocess.run(
        [sys.executable, KLAS, *argumenten], cwd=tmp_path, capture_output=True, text=True
    )
    assert (klaar.returncode, klaar.stdout) == (2, '')
    assert len(klaar.stderr.splitlines()) == 1
    assert 'Traceback' not in klaar.stderr


def test_help_vertelt_wat_het_doet():
    klaar = subprocess.run([sys.executable, KLAS, '--help'], capture_output=True, text=True)
    assert klaar.returncode == 0
    assert '--naspelen' in klaar.stdout
