"""De klas van een docent: wie is waar, zonder iets uit te voeren, en nagespeeld voor een cijfer."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from beweringen import inhoud, verhaal
from controle.tabellen import GROOTSTE_WAARDE
from docent import rij
from docent.inlevering import GROOTSTE_BESTAND, neem_over, zoek_inleveringen
from klas import main
from leerling import EERSTE, KOLOM, NIVEAU, WOONPLAATS, Leerling
from processen import begin, draai, wacht_tot
from shells import TRAGER
from speel_les import PROJECT
from standen import stand
from stappen import DATABASE, LAATSTE, MODULE, STAPPEN, TABEL

KLAS = PROJECT / 'tests' / 'klas.py'


# --- Een klas met mappen van leerlingen, en het scherm van de docent ------------------------------

# Alles wat Python of pytest ooit uit een map laadt; wie het uitvoert, laat een bestand achter.
VALLEN = (
    *(MODULE, 'conftest.py', 'sitecustomize.py', 'usercustomize.py', 'flask.py', 'sqlalchemy.py'),
    *('migrations/env.py', 'migrations/versions/0_val.py', 'tests/conftest.py', 'tests/stappen.py'),
    *('tests/test_stappen.py', 'tests/controle/naspelen.py', 'tests/controle/kindproces.py'),
    *('tests/klas.py', 'tests/docent/rij.py', 'klas.pth'),
)
PYPROJECT = '[tool.pytest.ini_options]\npythonpath = "."\naddopts = "-p flask --collect-only"\n'


def maak_klas(map_: Path, **stappen: int) -> Path:
    """`maak_klas(map_, Bram=4)`: een klas met van elke leerling een map zoals na een stap."""
    for naam, nummer in stappen.items():
        shutil.copytree(stand(nummer), map_ / naam)
    return map_


def zet_vallen(map_: Path, bestanden: tuple[str, ...], sporen: Path) -> None:
    """Zet bovenaan in elk bestand iets wat een spoor achterlaat als het wordt uitgevoerd."""
    sporen.mkdir()
    for pad in (map_ / naam for naam in bestanden):
        pad.parent.mkdir(parents=True, exist_ok=True)
        pad.touch()
        val = f"import os; open({str(sporen / pad.name)!r}, 'w').close()\n"
        pad.write_text(val + pad.read_text(encoding='utf-8'), encoding='utf-8')
    (map_ / 'pyproject.toml').write_text(PYPROJECT, encoding='utf-8')


def rijen(uitvoer: str) -> dict[str, tuple[list[str], str]]:
    """Per leerling de cellen van zijn rij, en wat eronder staat, in de volgorde van het scherm."""
    tabel = f'\n{uitvoer}'.partition('\nleerling ')[2].partition('\n\n')[0] + '\n'
    gevonden = re.findall(r'(?m)^(\S+) +(.*)\n((?:    .*\n)*)', tabel.partition('\n')[2])
    return {naam: (cellen.split(), verhaal(onder)) for naam, cellen, onder in gevonden}


def typ(capsys, *argumenten: str | Path) -> tuple[int, str, str]:
    """`python tests/klas.py ARGUMENTEN`, in dit proces; geeft status, stdout en stderr."""
    return main([str(argument) for argument in argumenten]), *capsys.readouterr()


# --- Lezen --------------------------------------------------------------------------------------


def test_een_rij_per_leerling_met_wie_het_minst_ver_is_eerst_en_wat_opvalt(capsys, tmp_path):
    klas = maak_klas(tmp_path / 'klas', Joyce=LAATSTE, Noor=0, Bram=0, Elsje=NIVEAU)
    for naam, seconden in (('Joyce', 60 / (LAATSTE - 1)), ('Elsje', 59 / (NIVEAU - 1))):
        for nummer, pad in enumerate((klas / naam / 'migrations/versions').glob('*.py')):
            moment = datetime(2026, 11, 20) + timedelta(seconds=nummer * seconden)
            tekst = re.sub('(Create Date:) .*', rf'\1 {moment}', pad.read_text(encoding='utf-8'))
            pad.write_text(tekst, encoding='utf-8')
    voor = inhoud(klas)
    status, uit, fouten = typ(capsys, klas)
    assert (status, fouten) == (0, '')
    # Joyce en Elsje zijn uit dezelfde gespeelde les; het uitgedeelde script telt niet.
    gedeeld = f'{NIVEAU} van de revision ids ook bij'
    haast = f'alle {NIVEAU} nieuwe migraties binnen een minuut gemaakt'
    assert [(naam, *cellen[:2], onder) for naam, (cellen, onder) in rijen(uit).items()] == [
        *((naam, '1', '1', 'heeft alleen de uitgedeelde migratie') for naam in ('Bram', 'Noor')),
        ('Elsje', str(NIVEAU), str(NIVEAU), f'{gedeeld} Joyce {haast}'),
        ('Joyce', str(LAATSTE), str(LAATSTE), f'{gedeeld} Elsje'),
    ]
    assert rijen(uit)['Joyce'][0][2:] == ['20-11', '00:00', '20-11', '00:01']
    assert 'het is geen cijfer' in verhaal(uit)
    assert max(map(len, uit.splitlines())) <= 80
    assert inhoud(klas) == voor


def test_lezen_voert_niets_van_een_leerling_uit(tmp_path):
    klas, sporen = maak_klas(tmp_path / 'klas', Bram=WOONPLAATS), tmp_path / 'sporen'
    zet_vallen(klas / 'Bram', VALLEN, sporen)
    # Zelfs niet als de docent in de map van de leerling staat.
    klaar = draai(KLAS, klas, waar=klas / 'Bram')
    assert rijen(klaar.stdout)['Bram'][0][0] == str(WOONPLAATS), klaar.stdout
    assert inhoud(sporen) == {}
    # De val werkt: wie de module wel uitvoert, laat een spoor achter.
    draai(klas / 'Bram' / MODULE)
    assert inhoud(sporen).keys() == {'flask.py', MODULE}


BOM = f'ALTER TABLE {TABEL} ADD bom AS (zeroblob({GROOTSTE_WAARDE} + 1))'
ROOD = "UPDATE alembic_version SET version_num = '\x1b[31mrood'"

# Tot welke stap elke map leest en wat er onder haar rij staat, en wat er met een map van na NIVEAU
# is gebeurd.
BIJZONDER = {
    'gewoon': (NIVEAU, f'{NIVEAU} van de revision ids ook bij ', lambda m: m),
    'hernoemd': (NIVEAU, f'geen bestand `{MODULE}`', lambda m: m.module.rename(m.map / 'app.py')),
    'kapot': (0, 'is niet te lezen', lambda m: m.schrijf(f'x = a{".b" * 200_000}\n')),
    'rekent': (0, f'`{DATABASE}` is geen database', lambda m: m.sql(BOM)),
    'groot': (NIVEAU, f'`{MODULE}` is te groot', lambda m: m.onderaan('#' * GROOTSTE_BESTAND)),
    'los': (NIVEAU, 'niet uitgevoerd: 1 van', lambda m: m.schrijf_script('los', 'pass', 'pass')),
    'kleurt': (NIVEAU, 'op revisie `?[31mrood`', lambda m: m.sql(ROOD)),
    'leeg': (0, 'is leeg'),
    'verslag': (0, 'hier staat geen oefenmap'),
    'genest': (NIVEAU, 'de oefenmap is `inlevering/main`'),
    # Wie twee oefenmappen inlevert, krijgt twee rijen.
    **dict.fromkeys(('twee/nog/a', 'twee/nog/b'), (NIVEAU, '')),
    'Elsje': (0, 'is geen goede ZIP'),
    'Joyce': (0, 'pak eerst `Joyce.rar` uit'),
}


def test_een_bijzondere_map_is_een_rij_die_dat_zegt(capsys, tmp_path, monkeypatch):
    klas = tmp_path / 'klas'
    for naam, (_, _, *maak) in BIJZONDER.items():
        for doe in maak:
            doe(Leerling(maak_klas(klas, **{naam: NIVEAU}) / naam))
    maak_klas(klas / 'genest/inlevering', main=NIVEAU)
    maak_klas(klas / 'twee/nog', a=NIVEAU, b=NIVEAU)
    for naam in ('leeg', 'verslag', 'genest/__MACOSX', '__MACOSX'):
        (klas / naam).mkdir()
    for naam in ('verslag/verslag.docx', 'Elsje.zip', 'Joyce.rar', 'cijfers.csv'):
        (klas / naam).touch()
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True)
    _, uit, fouten = typ(capsys, klas)
    gelezen = rijen(uit)
    stappen = {naam: int(cellen[0]) for naam, (cellen, _) in gelezen.items()}
    assert stappen == {naam: stap for naam, (stap, *_) in BIJZONDER.items()}
    assert all(woorden in gelezen[naam][1] for naam, (_, woorden, *_) in BIJZONDER.items())
    # Bij een gewone map staat er niets voor; en wat een leerling schrijft bestuurt geen terminal.
    assert gelezen['gewoon'][1].startswith(BIJZONDER['gewoon'][1])
    assert '\x1b' not in uit
    # In een terminal is te zien hoe ver het is.
    assert fouten == ''.join(f'{n} van {len(BIJZONDER)}\r' for n in range(1, len(BIJZONDER) + 1))


def test_een_map_van_een_leerling_en_meer_klassen_mogen_ook(tmp_path, monkeypatch):
    bram, andere_bram = (maak_klas(tmp_path / naam, Bram=0) / 'Bram' for naam in ('klas', 'klas2'))
    (tmp_path / 'klas/Elsje').mkdir()
    monkeypatch.chdir(tmp_path)
    losse = zoek_inleveringen([Path('klas/Bram'), Path('klas/Elsje')], tmp_path)
    assert [(i.naam, i.opvalt) for i in losse] == [('Bram', []), ('Elsje', ['is leeg'])]
    # Een naam die twee keer voorkomt, wordt de plaats van de map.
    namen = [i.naam for i in zoek_inleveringen([Path('klas'), Path('klas2/Bram')], tmp_path)]
    assert namen == [bram.as_posix(), 'Elsje', andere_bram.as_posix()]


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows kent dit niet')
def test_een_link_naar_buiten_wordt_niet_gevolgd_en_een_fifo_niet_geopend(tmp_path):
    klas = maak_klas(tmp_path / 'klas', Elsje=WOONPLAATS)
    geheim = shutil.copytree(klas / 'Elsje', tmp_path / 'geheim')
    (klas / 'Joyce').symlink_to(geheim)
    # Binnen de map mag een link wel.
    database = (klas / 'Elsje' / DATABASE).rename(klas / 'Elsje' / 'echt.sqlite')
    (klas / 'Elsje' / DATABASE).symlink_to(database)
    (klas / 'Noor' / 'migrations/versions').mkdir(parents=True)
    for naam in (MODULE, DATABASE):
        os.mkfifo(klas / 'Noor' / naam)
    (klas / 'Bram').mkdir()
    links = sorted([MODULE, DATABASE, 'hulp.py', 'migrations'])
    for naam in links:
        (klas / 'Bram' / naam).symlink_to(geheim / naam)
    gelezen = map(rij.lees, zoek_inleveringen([klas], tmp_path))
    assert {r.naam: (r.stap, r.opvalt) for r in gelezen} == {
        'Bram': (0, [f'`{naam}` is een link naar buiten de map' for naam in links]),
        'Elsje': (WOONPLAATS, []),
        'Joyce': (0, ['is een link naar een andere plek']),
        'Noor': (0, []),
    }
    neem_over(klas / 'Bram', tmp_path / 'kopie')
    assert inhoud(tmp_path / 'kopie') == {}


def test_de_hints_die_het_meest_voorkomen_noemen_de_eerste_namen():
    namen = {'migraties_ontbreken': 'HI', 'database_klopt_niet': 'ABCDEFG'}
    klas = [rij.Rij(naam, hint=hint) for hint in namen for naam in namen[hint]]
    meest, daarna = rij.meest_voorkomend(klas)
    assert meest == '7 x database klopt niet: A, B, C, D, E en nog 2'
    assert daarna == '2 x migraties ontbreken: H, I'


# --- Een verkeerde opdracht ---------------------------------------------------------------------


def test_een_opdracht_die_niet_kan_krijgt_de_goede_of_een_zin(capsys, tmp_path, monkeypatch):
    (tmp_path / 'klas' / 'Bram').mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    # Een map of bestand dat niet kan.
    for opdracht in ('weg', 'klas --naspelen --csv klas', 'klas --naspelen --csv weg/c.csv'):
        status, uit, fouten = typ(capsys, *opdracht.split())
        assert (status, uit, len(fouten.splitlines())) == (2, '', 1)
    te_ver = f'--naspelen --tot {LAATSTE + 1}'
    for opties in ('--tot 3', '-k Bram', '--naspelen --tot 0', te_ver, '--naspelen --csv'):
        status, uit, fouten = typ(capsys, 'klas', *opties.split())
        assert (status, uit) == (2, '')
        assert fouten.startswith('Gebruik: python tests/klas.py MAP')
    # Zonder map ook, en zo staat het er in een terminal.
    klaar = draai(KLAS, '--naspelen')
    assert (klaar.returncode, '', klaar.stdout) == typ(capsys) == (2, '', fouten)
    status, uit, _ = typ(capsys, '--help')
    assert (status, '--naspelen' in uit) == (0, True)


# --- Naspelen: de controle van de docent, wat er ook in die map staat ---------------------------

# Zo lang krijgt een map die niet stopt in deze tests; de andere zijn dan al klaar.
TIJDSLIMIET = 10 * TRAGER
MET_TIJDSLIMIET = """
import sys, klas, controle.naspelen
controle.naspelen.TIJDSLIMIET = {}
sys.exit(klas.main(sys.argv[1:]))"""

# Wat blijft schrijven zolang het leeft.
HARTSLAG = """
import time
while open({pad!r}, 'w').write(str(time.time())):
    time.sleep(0.05)"""

# Een proces dat doorgaat als het zijn ouder overleeft; de module wacht tot het leeft.
BEGINT_IETS = """
import subprocess, sys, time
subprocess.Popen([sys.executable, '-c', {hartslag!r}])
while not os.path.exists({pad!r}):
    time.sleep(0.05)
open(os.path.expanduser('~/spoor'), 'w').close()"""

KOLOM_ERBIJ = KOLOM[WOONPLAATS]
TIKFOUT = KOLOM_ERBIJ.naam[:-1]


def begin_klas(eigen: Path, *argumenten: str | Path, seconden: int = 300) -> subprocess.Popen:
    """Begint `klas.py ARGUMENTEN`, met een nieuwe map als HOME en TMPDIR, en een tijdslimiet."""
    eigen.mkdir()
    plaatsen = dict.fromkeys(('HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP'), str(eigen))
    code = MET_TIJDSLIMIET.format(seconden)
    return begin('-c', code, *argumenten, waar=KLAS.parent, **plaatsen)


def hartslag(map_: Path, code: str = '{hartslag}') -> Path:
    """Zet code met een hartslag onderaan in de module; geeft het bestand waar die in schrijft."""
    hart = map_.parent.with_name(f'hart van {map_.name}')
    klopt = HARTSLAG.format(pad=hart.as_posix())
    Leerling(map_).onderaan(code.format(hartslag=klopt, pad=hart.as_posix()))
    return hart


def is_stil(*harten: Path) -> bool:
    """Of er niemand meer in deze bestanden schrijft."""
    voor = [hart.read_text(encoding='utf-8') for hart in harten]
    time.sleep(0.5 * TRAGER)
    return [hart.read_text(encoding='utf-8') for hart in harten] == voor


def tekens(af: int, *fout: int) -> str:
    """De tekens van een rij: zoveel af, welke fout, de rest moet nog; en het aantal af."""
    gezien = ''.join('✗' if s.nummer in fout else '·✓'[s.nummer <= af] for s in STAPPEN)
    return gezien + str(gezien.count('✓'))


def cijfers(uitvoer: str) -> dict[str, str]:
    """Per leerling de tekens van zijn rij, en hoeveel stappen er af zijn."""
    return {naam: ''.join(cellen[:-1]) for naam, (cellen, _) in rijen(uitvoer).items()}


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
    'alleen_data': ('✗' * LAATSTE + '0', 'is niet na te spelen. Er is geen bestand'),
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
    hartslag(klas / '=1+1', BEGINT_IETS)
    hartslag(klas / 'Anna', BEGINT_IETS)
    Leerling(klas / 'Anna').onderaan('time.sleep(900)')
    Leerling(klas / 'Zoë').vervang(f'{KOLOM_ERBIJ.naam} = ', f'{TIKFOUT} = ')
    # Ook wat geprobeerd wordt, komt niet in de HOME van de docent.
    Leerling(klas / 'Zoë').onderaan("open(os.path.expanduser('~/spoor'), 'w').close()")
    Leerling(klas / 'bezig').model_van(NIVEAU)
    for naam in ('leeg', 'alleen_data'):
        (klas / naam).mkdir()
    shutil.copyfile(klas / 'Joyce' / DATABASE, klas / 'alleen_data' / DATABASE)
    return klas


def doe_venster_dicht(tmp_path: Path) -> None:
    """Een venster ging dicht toen er een map werd nagespeeld."""
    map_ = maak_klas(tmp_path / 'venster', venster=EERSTE) / 'venster'
    hart = hartslag(map_)
    # Na twee keer de tijdslimiet stopt een map uit zichzelf: de klas is dan nog niet nagekeken.
    proces = begin_klas(tmp_path / 'venster/eigen', map_, '--naspelen', seconden=TIJDSLIMIET // 2)
    wacht_tot(hart.exists)
    proces.kill()
    proces.communicate()


def test_elke_leerling_krijgt_het_oordeel_van_de_docent(klas, tmp_path):
    doe_venster_dicht(tmp_path)
    # Alles in een test: met meer tests wordt de klas in meer processen nagekeken.
    voor, bestand, xml = inhoud(klas), tmp_path / 'csv', tmp_path / 'xml'
    opties = ('--naspelen', '--csv', bestand, f'--junitxml={xml}')
    proces = begin_klas(tmp_path / 'eigen', klas, *opties, seconden=TIJDSLIMIET)
    uit, _ = proces.communicate()
    assert proces.returncode == pytest.ExitCode.TESTS_FAILED
    assert 'Traceback' not in uit
    assert verhaal(uit).startswith('Dit voert de code van elke leerling uit')
    assert max(map(len, uit.splitlines())) <= 80
    assert cijfers(uit) == {naam: gezien for naam, (gezien, _) in OORDELEN.items()}
    assert all(woorden in rijen(uit)[naam][1] for naam, (_, woorden) in OORDELEN.items())
    # Wat maar een keer voorkomt, zegt niets over de klas.
    assert 'Dit komt het meest voor' not in uit
    regels = csv.reader(bestand.read_text(encoding='utf-8-sig').splitlines(), delimiter=';')
    per_naam = {naam: rest for naam, *rest in regels}
    assert per_naam['Joyce'][:-1] == ['af'] * LAATSTE + [str(LAATSTE)]
    assert per_naam['leeg'] == ['niet'] * LAATSTE + ['0', 'is leeg']
    # De uitleg is wat de leerling zelf te lezen krijgt, met de regel erbij.
    assert per_naam['Zoë'][WOONPLAATS - 1 : WOONPLAATS + 1] == ['fout'] * 2
    assert per_naam['Zoë'][-1].endswith(f' = db.Column(db.{KOLOM_ERBIJ.model_type})')
    gevallen = ElementTree.parse(xml).iter('testcase')
    tests = {test.get('name'): {deel.tag: deel.text for deel in test} for test in gevallen}
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
    af, bestand = WOONPLAATS - 1, tmp_path / 'csv'
    mappen = [klas / naam for naam in ('Bram', 'Zoë', 'leeg', 'alleen_data')]
    kiest = ('--tot', str(af), '-k', 'Zoë or leeg or alleen', '--alles-af', '--csv', bestand)
    uit, _ = begin_klas(tmp_path / 'eigen', *mappen, '--naspelen', *kiest).communicate()
    # Wat er bij Zoë na die stap misgaat, is niet gevraagd; wie niets liet naspelen, heeft niets.
    hoort = {'Zoë': '✓' * af + str(af), 'leeg': '·' * af + '0', 'alleen_data': '✗' * af + '0'}
    assert cijfers(uit) == hoort
    assert f'`{TIKFOUT}`' not in uit
    kop = ';'.join(['naam', *(f'stap {n + 1}' for n in range(af)), 'aantal af', 'uitleg\n'])
    assert bestand.read_text(encoding='utf-8-sig').startswith(kop)
    # Met --alles-af is wat nog moet een fout.
    assert f'{2 * af} failed, {af} passed' in uit
    uit, _ = begin_klas(tmp_path / 'niemand', klas, '--naspelen', '-k', 'Noor').communicate()
    assert 'Er is geen map nagespeeld.' in uit


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows stuurt Ctrl-C naar een heel venster')
def test_na_ctrl_c_staat_er_wat_er_al_is_en_draait_er_niets_meer(klas, tmp_path):
    proces = begin_klas(tmp_path / 'eigen', klas / 'leeg', klas / 'Anna', '--naspelen')
    hart = tmp_path / 'hart van Anna'
    try:
        # Na de witregel komt een teken per test; de eerste zijn van de lege map.
        while proces.stdout.readline().strip():
            pass
        proces.stdout.read(LAATSTE)
        wacht_tot(hart.exists)
        proces.send_signal(signal.SIGINT)
        uit, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED
    assert 'leeg' in rijen(uit)
    assert inhoud(tmp_path / 'eigen') == {}
    assert is_stil(hart)
