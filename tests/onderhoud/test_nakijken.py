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
from klaslokaal import KLAS, VALLEN, maak_klas, opvalt, rijen, zet_vallen
from leerling import EERSTE, KOLOM, NIVEAU, WOONPLAATS, Leerling
from shells import TRAGER
from speel_les import omgeving
from stappen import DATABASE, LAATSTE, MODULE, STAPPEN

# Zo lang krijgt een map die niet stopt in deze tests; de andere zijn dan al klaar.
TIJDSLIMIET = 10 * TRAGER
MET_TIJDSLIMIET = """
import sys
sys.path.insert(0, {tests!r})
import klas
from controle import naspelen
naspelen.TIJDSLIMIET = {seconden}
sys.exit(klas.main(sys.argv[1:]))
"""

# Wat blijft schrijven zolang het leeft.
HARTSLAG = """
import time
while True:
    open({pad!r}, 'w').write(str(time.time()))
    time.sleep(0.05)
"""

# Een proces dat doorgaat als het zijn ouder overleeft; de module wacht tot het leeft.
BEGINT_IETS = """
import subprocess, sys, time
subprocess.Popen([sys.executable, '-c', {hartslag!r}])
while not os.path.exists({pad!r}):
    time.sleep(0.05)
"""

KOLOM_ERBIJ = KOLOM[WOONPLAATS]
TIKFOUT = KOLOM_ERBIJ.naam[:-1]


def begin(eigen: Path, *argumenten: str | Path, seconden: int = 300) -> subprocess.Popen:
    """Begint `klas.py ARGUMENTEN`, met een nieuwe map als HOME en TMPDIR, en een tijdslimiet."""
    eigen.mkdir()
    plaatsen = dict.fromkeys(('HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP'), str(eigen))
    code = MET_TIJDSLIMIET.format(tests=str(KLAS.parent), seconden=seconden)
    return subprocess.Popen(
        [sys.executable, '-c', code, *argumenten],
        # Een docent heeft de plugins voor onderhoud niet.
        env=omgeving() | plaatsen | {'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
    )


def wacht_op(hart: Path, proces: subprocess.Popen) -> None:
    while not hart.exists():
        assert proces.poll() is None
        time.sleep(0.05)


def hartslag(map_: Path, code: str, erna: str = '') -> Path:
    """Zet code met een hartslag onderaan in de module; geeft het bestand waar die in schrijft."""
    hart = map_.parent.with_name(f'hart van {map_.name}')
    klopt = HARTSLAG.format(pad=hart.as_posix())
    Leerling(map_).onderaan(code.format(hartslag=klopt, pad=hart.as_posix()) + erna)
    return hart


def is_stil(*harten: Path) -> bool:
    """Of er niemand meer in deze bestanden schrijft."""
    voor = [hart.read_text(encoding='utf-8') for hart in harten]
    time.sleep(0.5 * TRAGER)
    return [hart.read_text(encoding='utf-8') for hart in harten] == voor


def gevallen(xml: Path) -> dict[str, dict[str, str]]:
    """Per test in een bestand van --junitxml wat er niet goed ging, met de uitleg."""
    tests = ElementTree.parse(xml).findall('.//testcase')
    return {test.get('name'): {deel.tag: deel.text for deel in test} for test in tests}


def tekens(af: int, *fout: int) -> str:
    """De tekens van een rij: zoveel stappen af, welke er fout zijn, en de rest moet nog."""
    return ''.join('✗' if s.nummer in fout else '·✓'[s.nummer <= af] for s in STAPPEN)


# --- Een klas waarin van alles misgaat ----------------------------------------------------------

# Per leerling de tekens van zijn rij, en wat er opvalt.
OORDELEN = {
    # Wie de controle verandert, of een proces begint, verandert voor de docent niets.
    '=1+1': (tekens(WOONPLAATS), ''),
    # Zijn module stopt niet.
    'Anna': (tekens(0, *range(1, NIVEAU + 1)), 'is niet na te spelen'),
    'Bram': (tekens(NIVEAU), ''),
    'Joyce': (tekens(LAATSTE), ''),
    'Zoë': (tekens(WOONPLAATS - 1, WOONPLAATS, WOONPLAATS + 1), f'In je model staat `{TIKFOUT}`'),
    # Een database die niet nagespeeld is, bewijst niets.
    'alleen_data': ('✗' * LAATSTE, 'is niet na te spelen. Er is geen bestand'),
    'bezig': (tekens(WOONPLAATS, NIVEAU), 'nog niet in een migratie'),
    'leeg': (tekens(0), 'is leeg'),
}


@pytest.fixture
def klas(tmp_path) -> Path:
    stappen = {'=1+1': WOONPLAATS, 'Anna': NIVEAU, 'Bram': NIVEAU, 'Joyce': LAATSTE}
    klas = maak_klas(tmp_path / 'klas', **stappen, Zoë=WOONPLAATS, bezig=WOONPLAATS)
    # De module, env.py en de scripts voert het naspelen wel uit.
    vallen = [naam for naam in VALLEN if not naam.startswith((MODULE, 'migr', 'flask', 'sqla'))]
    zet_vallen(klas / '=1+1', vallen, tmp_path / 'sporen')
    hartslag(klas / '=1+1', BEGINT_IETS, "open(os.path.expanduser('~/spoor'), 'w').close()")
    hartslag(klas / 'Anna', BEGINT_IETS, 'time.sleep(900)')
    Leerling(klas / 'Zoë').vervang(f'{KOLOM_ERBIJ.naam} = ', f'{TIKFOUT} = ')
    Leerling(klas / 'bezig').model_van(NIVEAU)
    for naam in ('leeg', 'alleen_data'):
        (klas / naam).mkdir()
    shutil.copyfile(klas / 'Joyce' / DATABASE, klas / 'alleen_data' / DATABASE)
    return klas


@pytest.fixture
def dicht_venster(tmp_path) -> None:
    """Een venster ging dicht toen er een map werd nagespeeld."""
    map_ = maak_klas(tmp_path / 'venster', venster=EERSTE) / 'venster'
    hart = hartslag(map_, '{hartslag}')
    # Na twee keer de tijdslimiet stopt een map uit zichzelf: de klas is dan nog niet nagekeken.
    proces = begin(tmp_path / 'venster/eigen', map_, '--naspelen', seconden=TIJDSLIMIET // 2)
    wacht_op(hart, proces)
    proces.kill()
    proces.communicate()


def test_elke_leerling_krijgt_het_oordeel_van_de_docent(klas, dicht_venster, tmp_path):
    # Alles in een test: met meer tests wordt de klas in meer processen nagekeken.
    voor, bestand, xml = inhoud(klas), tmp_path / 'csv', tmp_path / 'xml'
    opties = ('--naspelen', '--csv', bestand, f'--junitxml={xml}')
    proces = begin(tmp_path / 'eigen', klas, *opties, seconden=TIJDSLIMIET)
    uit, _ = proces.communicate()
    assert proces.returncode == pytest.ExitCode.TESTS_FAILED
    assert 'Traceback' not in uit
    assert verhaal(uit).startswith('Dit voert de code van elke leerling uit')
    assert max(map(len, uit.splitlines())) <= 80
    assert {naam: cellen[:-1] for naam, cellen in rijen(uit).items()} == {
        naam: [*toestanden, str(toestanden.count('✓'))]
        for naam, (toestanden, _) in OORDELEN.items()
    }
    assert all(woorden in opvalt(uit, naam) for naam, (_, woorden) in OORDELEN.items())
    # Wie nog op de weg van de les is, zoals bezig, maakt geen fout.
    assert sorted(uit.partition('Dit komt het meest voor:\n')[2].splitlines()) == [
        '    1 x module is weg: alleen_data',
        '    1 x naspelen duurt te lang: Anna',
        '    1 x tikfout in een naam van het model: Zoë',
    ]
    regels = csv.reader(bestand.read_text(encoding='utf-8-sig').splitlines(), delimiter=';')
    per_naam, tests = {naam: rest for naam, *rest in regels}, gevallen(xml)
    assert per_naam['Joyce'][:-1] == ['af'] * LAATSTE + [str(LAATSTE)]
    assert per_naam['leeg'] == ['niet'] * LAATSTE + ['0', 'is leeg']
    # De uitleg is wat de leerling zelf te lezen krijgt, met de regel erbij.
    assert per_naam['Zoë'][WOONPLAATS - 1 : WOONPLAATS + 1] == ['fout'] * 2
    assert per_naam['Zoë'][-1].endswith(f' = db.Column(db.{KOLOM_ERBIJ.model_type})')
    assert f'`{TIKFOUT}`' in tests[f'test_stap[Zoë-stap_{WOONPLAATS}]']['failure']
    assert tests[f'test_stap[Bram-stap_{NIVEAU}]'] == {}
    assert tests[f'test_stap[Bram-stap_{NIVEAU + 1}]'].keys() == {'skipped'}
    # Een rekenblad rekent deze naam niet uit.
    assert "'=1+1" in per_naam
    # Er blijft niets achter, en er draait niets meer.
    assert inhoud(klas) == voor
    assert [inhoud(tmp_path / naam) for naam in ('eigen', 'sporen')] == [{}, {}]
    assert is_stil(*(tmp_path / f'hart van {naam}' for naam in ('=1+1', 'Anna', 'venster')))


# --- Kiezen en stoppen --------------------------------------------------------------------------


def test_een_docent_kiest_de_stappen_de_leerlingen_en_wat_fout_is(klas, tmp_path):
    af, bestand, xml, html = WOONPLAATS - 1, *(tmp_path / naam for naam in ('csv', 'xml', 'html'))
    mappen = [klas / naam for naam in ('Bram', 'Zoë', 'leeg', 'alleen_data')]
    kiest = ('--tot', str(af), '-k', 'Zoë or leeg or alleen', '--alles-af', '--csv', bestand)
    plugin = ('-p', 'pytest_metadata.plugin', '-p', 'pytest_html.plugin', '--self-contained-html')
    maakt = (f'--junitxml={xml}', f'--html={html}')
    proces = begin(tmp_path / 'eigen', *mappen, '--naspelen', *kiest, *plugin, *maakt)
    uit, _ = proces.communicate()
    # Wat er bij Zoë na die stap misgaat, is niet gevraagd; wie niets liet naspelen, heeft niets.
    assert {naam: cellen[:-1] for naam, cellen in rijen(uit).items()} == {
        'Zoë': [*'✓' * af, str(af)],
        'leeg': [*'·' * af, '0'],
        'alleen_data': [*'✗' * af, '0'],
    }
    assert f'`{TIKFOUT}`' not in uit
    stappen = range(1, af + 1)
    kop = ['naam', *(f'stap {n}' for n in stappen), 'aantal af', 'uitleg']
    assert bestand.read_text(encoding='utf-8-sig').splitlines()[0] == ';'.join(kop)
    # Met --alles-af is wat nog moet een fout.
    assert {naam: [*fout] for naam, fout in gevallen(xml).items()} == {
        f'test_stap[{naam}-stap_{n}]': fout
        for naam, fout in (('Zoë', []), ('leeg', ['failure']), ('alleen_data', ['failure']))
        for n in stappen
    }
    assert f'test_stap[leeg-stap_{af}]' in html.read_text(encoding='utf-8')


def test_wie_niemand_kiest_leest_dat(tmp_path):
    uit, _ = begin(tmp_path / 'eigen', tmp_path, '--naspelen', '-k', 'Noor').communicate()
    assert 'Er is geen map nagespeeld.' in uit


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows stuurt Ctrl-C naar een heel venster')
def test_na_ctrl_c_staat_er_wat_er_al_is_en_draait_er_niets_meer(klas, tmp_path):
    proces = begin(tmp_path / 'eigen', klas / 'leeg', klas / 'Anna', '--naspelen')
    hart = tmp_path / 'hart van Anna'
    try:
        # Na de witregel komt een teken per test; de eerste zijn van de lege map.
        while proces.stdout.readline().strip():
            pass
        proces.stdout.read(LAATSTE)
        wacht_op(hart, proces)
        proces.send_signal(signal.SIGINT)
        uit, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED
    assert 'leeg' in rijen(uit)
    assert inhoud(tmp_path / 'eigen') == {}
    assert is_stil(hart)
