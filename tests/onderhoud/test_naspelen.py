"""Het naspelen laat de map en de databases van de leerling met rust, en struikelt nergens over.

Wat hier naspeelt is een eigen proces, met zijn bewaking en zijn tijdslimiet. Wat er na een controle
achterblijft, zie je aan de echte `pytest`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, noemt, toestanden
from controle import naspelen, vertelling
from controle.beoordeling import beoordeel
from controle.oefenmap import lees_oefenmap
from controle.oordeel import Oordeel
from leerling import KOLOM, WOONPLAATS, Leerling
from shells import WINE
from speel_les import omgeving
from stappen import KOPIE, LAATSTE, REGELS, SERVER, TABEL
from zonder_kindproces import speel_apart_na, speel_hier_na

UPGRADE = 'def upgrade():\n'
# Zo eindigt de naam van het script waar dat in staat.
SCRIPT = f'_{KOLOM[WOONPLAATS].naam}.py`'


def zet(w: Leerling, plek: str, tekst: str) -> None:
    """Zet iets op de plaats van een regel van de les, vooraan in upgrade(), of ('') onderaan."""
    if plek == UPGRADE:
        w.vervang(UPGRADE, f'{UPGRADE}    {tekst}\n', w.script(WOONPLAATS))
    elif plek:
        w.vervang(plek, tekst)
    else:
        w.onderaan(tekst)


def oordeel_apart(w: Leerling) -> Oordeel:
    """Het oordeel na naspelen in een eigen proces, dat in de map en ernaast niets verandert."""
    voor = inhoud(w.map.parent)
    verslag = speel_apart_na(w.map)
    assert inhoud(w.map.parent) == voor
    return beoordeel(lees_oefenmap(w.map), verslag)


def zonder_tijd(verslag: naspelen.Verslag) -> str:
    return re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'TIJD', repr(verslag))


def wacht_op(bestand: str, map_: Path) -> str:
    """Wat het naspelen in een bestand zet, zodra het er staat."""
    uiterlijk = time.monotonic() + 30
    while not (tekst := ''.join(p.read_text('utf-8') for p in map_.rglob(bestand))):
        assert time.monotonic() < uiterlijk, 'het naspelen begon niet'
        time.sleep(0.05)
    return tekst


# --- De database van de leerling blijft buiten schot ----------------------------------------

ADRES, _, _ = REGELS['adres'].partition(' = ')
VAST = f"{ADRES} = 'sqlite:///PAD'"
MODEL = 'class Los(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n'
MAAK = 'with app.app_context():\n    db.create_all()'
LEEG = f"with sqlite3.connect('PAD') as los:\n    los.execute('DELETE FROM {TABEL}')"

# Elke manier om een database te openen waarvan de plaats vaststaat: waar, en wat daar staat.
VAST_PAD = {
    'adres uit de omgeving': (REGELS['adres'], f"{ADRES} = os.environ['SCHOOL_DATABASE']"),
    'create_all': (REGELS['db'], f'{VAST}\n{REGELS["db"]}\n\n\n{MODEL}{MAAK}'),
    'sqlite3': ('', f'import sqlite3\n\n{LEEG}'),
    'een URI': ('', "import sqlite3\n\nsqlite3.connect('file:PAD?mode=rw', uri=True)"),
    'tweede database': (
        REGELS['db'],
        f"app.config['SQLALCHEMY_BINDS'] = {{'oud': 'sqlite:///PAD'}}\n{REGELS['db']}",
    ),
    'migratie': (UPGRADE, "sa.create_engine('sqlite:///PAD').connect()"),
}


@pytest.mark.parametrize(('plek', 'tekst'), VAST_PAD.values(), ids=VAST_PAD)
def test_het_naspelen_komt_niet_aan_een_database_buiten_de_kopie(
    leerling, tmp_path, monkeypatch, plek, tekst
):
    w = leerling(WOONPLAATS)
    elders = tmp_path / 'elders.sqlite'
    shutil.copyfile(w.database, elders)
    monkeypatch.setenv('SCHOOL_DATABASE', f'sqlite:///{elders}')
    zet(w, plek, tekst.replace('PAD', elders.as_posix()))
    oordeel = oordeel_apart(w)
    gezegd = vertelling.wat_nu(oordeel)
    # De map in kwestie staat erbij, en ook dat er niets is nagespeeld.
    assert 'data.sqlite' in gezegd
    assert re.search('speelt .*niet.* na|niets? (is )?nagespeeld', gezegd), gezegd
    # Zonder naspelen is er een fout te melden, geen rij gevolgen daarvan.
    assert toestanden(oordeel).count('fout') == 1


def test_een_pad_naar_de_map_zelf_leidt_naar_de_kopie(leerling):
    w = leerling(WOONPLAATS)
    for plek, tekst in ((REGELS['adres'], VAST), VAST_PAD['sqlite3'], VAST_PAD['migratie']):
        zet(w, plek, tekst.replace('PAD', w.database.as_posix()))
    oordeel = oordeel_apart(w)
    assert (oordeel.afwijkingen, oordeel.gehaald) == ([], WOONPLAATS)


# --- Een controle verandert niets -----------------------------------------------------------

MODELLEN = f'from BasicModelApp import db\n\n\n{MODEL}'

# De verbinding blijft open: Windows verwijdert de kopie van de database dan niet.
EIGEN_CODE = f"""\
import sqlite3

import modellen

open_verbinding = sqlite3.connect(os.path.join(basedir, 'data.sqlite'))
AANTAL = open_verbinding.execute('SELECT count(*) FROM {TABEL}').fetchall()
with app.app_context():
    if not Cursist.query.first():
        db.session.add(Cursist())
        db.session.commit()
with open('log.txt', 'a') as log:
    log.write(TITEL * TELLER)
app.add_url_rule('/', view_func=lambda: str(modellen.Los.query.count()))
if __name__ == '__main__':
    with app.app_context():
        db.create_all()
    app.run(debug=True)
"""


def tijdelijk(map_: Path) -> dict[str, str]:
    """De omgeving waarin tijdelijke bestanden in een nieuwe map komen."""
    map_.mkdir()
    return dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(map_))


def test_met_vreemde_namen_en_eigen_code_is_de_controle_groen_en_verandert_niets(
    leerling, tmp_path
):
    w = leerling(LAATSTE, 'mijn map é # 100%')
    # Zo heten bestanden van de controle ook.
    w.schrijf('TELLER = 1\n', 'stappen.py')
    w.schrijf("TITEL = 'Muziekschool'\n", 'controle.py')
    w.schrijf(MODELLEN, 'modellen.py')
    w.vervang('import os\n', 'import os\nfrom controle import TITEL\nfrom stappen import TELLER\n')
    w.onderaan(EIGEN_CODE)
    w.migreer('los')
    w.onderaan("import warnings\n\nwarnings.warn('let op')\nwarnings.simplefilter('error')")
    # Deze twee hangen van het terminalvenster af.
    w.vervang('os.path.abspath(os.path.dirname(__file__))', 'os.getcwd()')
    w.vervang('\ndb = ', '\napp.config.from_prefixed_env()\ndb = ')
    shutil.copyfile(w.database, w.map / KOPIE)
    voor = inhoud(w.map)
    assert zonder_tijd(speel_hier_na(w.map)) == zonder_tijd(speel_apart_na(w.map))
    map_ = tmp_path / 'tijdelijk é # 100%'
    venster = {SERVER: f'sqlite:///{tmp_path}/elders.sqlite', 'PYTHONWARNINGS': 'error'}
    # Leeg is hetzelfde als niet gezet: zo schrijft Python zijn .pyc-bestanden.
    resultaat = w.controle(**venster, **tijdelijk(map_), PYTHONDONTWRITEBYTECODE='')
    is_groen(resultaat, LAATSTE)
    assert 'os.getcwd()' in resultaat.stdout
    assert (inhoud(w.map), inhoud(map_)) == (voor, {})
    assert (w.map / 'tests' / '__pycache__').is_dir()


def test_na_een_fout_blijft_er_niets_achter_en_zonder_terminal_telt_de_exit_status(
    leerling, tmp_path
):
    w, map_ = leerling(WOONPLAATS), tmp_path / 'tijdelijk'
    zet(w, UPGRADE, 'raise ValueError(1)')
    voor = inhoud(w.map)
    venster = tijdelijk(map_) | {'PYTHONDONTWRITEBYTECODE': ''}
    status = w.controle('-p', 'no:terminal', **venster).returncode
    assert status == pytest.ExitCode.TESTS_FAILED
    assert (inhoud(w.map), inhoud(map_)) == (voor, {})


# Windows kent voor een ander proces alleen Ctrl-Break; die doet dan wat Ctrl-C doet.
WINDOWS = sys.platform == 'win32'
START = (
    'import pytest, signal, sys; '
    "signal.signal(getattr(signal, 'SIGBREAK', signal.SIGINT), signal.default_int_handler); "
    'sys.exit(pytest.main())'
)
BLIJFT_BEZIG = """\
import time
from pathlib import Path

Path('nummer').write_text(str(os.getpid()))
while True:
    time.sleep(0.1)
"""


@pytest.mark.skipif(WINE, reason='Wine stuurt geen Ctrl-Break naar een ander proces')
def test_na_ctrl_c_blijft_er_niets_achter(leerling, tmp_path):
    w, map_ = leerling(WOONPLAATS), tmp_path / 'tijdelijk'
    w.onderaan(BLIJFT_BEZIG)
    voor = inhoud(w.map)
    proces = subprocess.Popen(
        [sys.executable, '-c', START],
        cwd=w.map,
        env=omgeving() | tijdelijk(map_),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
        start_new_session=not WINDOWS,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0,
    )
    try:
        kind = wacht_op('nummer', map_)
        if WINDOWS:
            proces.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            # Een terminal stuurt Ctrl-C naar alle processen van het venster.
            os.killpg(proces.pid, signal.SIGINT)
        uitvoer, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
        proces.wait()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED, uitvoer
    assert (inhoud(w.map), inhoud(map_)) == (voor, {})
    if not WINDOWS:
        with pytest.raises(ProcessLookupError):
            os.kill(int(kind), 0)


# --- Wat de controle zelf zou kunnen laten struikelen ---------------------------------------

# Waar iets staat en wat, en de woorden erover.
STRUIKELBLOKKEN = {
    'tikfout': ('import os\n', 'class Los(db.Model)\n', ['regel 1.', 'dubbele punt']),
    'zonder Migrate': (REGELS['migrate'], '', ['`BasicModelApp.py`', REGELS['migrate']]),
    'exit': ('', 'import sys\n\nsys.exit()', ['BasicModelApp.py`', 'SystemExit', 'sys.exit()']),
    'fout in een migratie': (UPGRADE, 'sa.bestaat_niet()', [SCRIPT, 'bestaat_niet']),
}


@pytest.mark.parametrize(
    ('plek', 'tekst', 'woorden'), STRUIKELBLOKKEN.values(), ids=STRUIKELBLOKKEN
)
def test_een_struikelblok_krijgt_een_zin_en_is_in_elk_proces_hetzelfde(
    leerling, plek, tekst, woorden
):
    w = leerling(WOONPLAATS)
    zet(w, plek, tekst)
    oordeel = oordeel_apart(w)
    noemt(vertelling.wat_nu(oordeel), *woorden)
    assert zonder_tijd(speel_hier_na(w.map)) == zonder_tijd(oordeel.verslag)


def test_een_proces_dat_te_vroeg_of_niet_stopt_krijgt_een_zin(leerling, monkeypatch):
    vroeg, nooit = leerling(WOONPLAATS, 'vroeg'), leerling(WOONPLAATS, 'nooit')
    zet(vroeg, '', 'os._exit(0)')
    noemt(vertelling.wat_nu(oordeel_apart(vroeg)), 'exit status 0')
    zet(nooit, UPGRADE, "open('nummer', 'w').write('1')\n    while True:\n        id(1)")
    voor = inhoud(nooit.map)
    with naspelen.Kindproces(nooit.map) as kind:
        wacht_op('nummer', Path(kind.tijdelijk.name))
        monkeypatch.setattr(naspelen, 'TIJDSLIMIET', 1)
        oordeel = beoordeel(lees_oefenmap(nooit.map), kind.verslag())
    assert inhoud(nooit.map) == voor
    noemt(vertelling.wat_nu(oordeel), SCRIPT, '1 seconden', 'nog niet klaar')
