"""Het naspelen laat de map en de databases van de leerling met rust, en struikelt nergens over.

Wat hier naspeelt is een eigen proces, met zijn bewaking en zijn tijdslimiet. Wat er na een controle
achterblijft, zie je aan de echte `pytest`.
"""

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, noemt, toestanden
from controle import naspelen, vertelling
from controle.oordeel import Oordeel
from leerling import WOONPLAATS, Leerling
from processen import begin, wacht_tot
from shells import WINE
from stappen import KOPIE, LAATSTE, MODULE, REGELS, SERVER, TABEL
from zonder_kindproces import speel_apart_na, speel_hier_na

UPGRADE = 'def upgrade():\n'


def zet(w: Leerling, oud: str, nieuw: str) -> None:
    """Zet iets anders in de module, of in het script."""
    w.vervang(oud, nieuw, w.script(WOONPLAATS) if oud == UPGRADE else MODULE)


def oordeel_apart(w: Leerling) -> Oordeel:
    """Het oordeel na naspelen in een eigen proces, dat in de map en ernaast niets verandert."""
    w.speel_na, voor = speel_apart_na, inhoud(w.map.parent)
    oordeel = w.oordeel()
    assert inhoud(w.map.parent) == voor
    return oordeel


def zonder_tijd(verslag: naspelen.Verslag) -> str:
    return re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'TIJD', repr(verslag))


# --- De database van de leerling blijft buiten schot ----------------------------------------

DB, MIGRATE = REGELS['db'], REGELS['migrate']
VAST = f"{REGELS['adres'].partition(' = ')[0]} = 'sqlite:///PAD'"
MODEL = 'class Los(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n'
MAAK = 'with app.app_context():\n    db.create_all()'
MIGRATIE = f"{UPGRADE}    sa.create_engine('sqlite:///PAD').connect()\n"

# Een database openen waarvan de plaats vaststaat: wat er verandert, en in wat. Zonder model erbij
# staan een adres en `sqlite3.connect` in situaties/laden.py.
VAST_PAD = {
    'create_all': (DB, f'{VAST}\n{DB}\n\n\n{MODEL}{MAAK}'),
    'een URI': (
        *(MIGRATE, f"{MIGRATE}\nimport sqlite3\nsqlite3.connect('file:PAD?mode=rw', uri=True)"),
    ),
    'tweede database': (
        *(DB, f"app.config['SQLALCHEMY_BINDS'] = {{'oud': 'sqlite:///PAD'}}\n{DB}"),
    ),
    'migratie': (UPGRADE, MIGRATIE),
}


@pytest.mark.parametrize(('oud', 'nieuw'), VAST_PAD.values(), ids=VAST_PAD)
def test_het_naspelen_komt_niet_aan_een_database_buiten_de_kopie(leerling, tmp_path, oud, nieuw):
    w = leerling(WOONPLAATS)
    elders = shutil.copyfile(w.database, tmp_path / 'elders.sqlite')
    zet(w, oud, nieuw.replace('PAD', elders.as_posix()))
    oordeel = oordeel_apart(w)
    gezegd = vertelling.wat_nu(oordeel)
    # De map in kwestie staat erbij, en ook dat er niets is nagespeeld.
    assert 'data.sqlite' in gezegd
    assert re.search('speelt .*niet.* na|niets? (is )?nagespeeld', gezegd), gezegd
    # Zonder naspelen is er een fout te melden, geen rij gevolgen daarvan.
    assert toestanden(oordeel).count('fout') == 1


def test_een_pad_naar_de_map_zelf_leidt_naar_de_kopie(leerling):
    w = leerling(WOONPLAATS)
    leeg = f"import sqlite3\nsqlite3.connect('PAD').executescript('DELETE FROM {TABEL}')"
    for oud, nieuw in ((REGELS['adres'], f'{VAST}\n{leeg}'), (UPGRADE, MIGRATIE)):
        zet(w, oud, nieuw.replace('PAD', w.database.as_posix()))
    oordeel = oordeel_apart(w)
    assert (oordeel.afwijkingen, oordeel.gehaald) == ([], WOONPLAATS)


# --- Een controle verandert niets -----------------------------------------------------------

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
    w.schrijf(f'from BasicModelApp import db\n\n\n{MODEL}', 'modellen.py')
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


# Windows kent voor een ander proces alleen Ctrl-Break; die doet dan wat Ctrl-C doet.
WINDOWS = sys.platform == 'win32'
START = (
    'import pytest, signal, sys; '
    "signal.signal(getattr(signal, 'SIGBREAK', signal.SIGINT), signal.default_int_handler); "
    'sys.exit(pytest.main())'
)
BLIJFT_BEZIG = "open('nummer', 'w').write(str(os.getpid()))\nwhile True:\n    id(1)"


@pytest.mark.skipif(WINE, reason='Wine stuurt geen Ctrl-Break naar een ander proces')
def test_na_ctrl_c_blijft_er_niets_achter(leerling, tmp_path):
    w, map_ = leerling(WOONPLAATS), tmp_path / 'tijdelijk'
    w.onderaan(BLIJFT_BEZIG)
    voor = inhoud(w.map)
    proces = begin('-c', START, waar=w.map, **tijdelijk(map_))
    try:
        kind = wacht_tot(lambda: ''.join(p.read_text('utf-8') for p in map_.rglob('nummer')))
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

# De zinnen hierover staan in situaties/.
STRUIKELBLOKKEN = {
    'tikfout': ('import os\n', 'class Los(db.Model)\n'),
    'zonder Migrate': (MIGRATE, ''),
    'exit': (MIGRATE, 'import sys\nsys.exit()'),
    'fout in een migratie': (UPGRADE, f'{UPGRADE}    sa.bestaat_niet()\n'),
}


@pytest.mark.parametrize(('oud', 'nieuw'), STRUIKELBLOKKEN.values(), ids=STRUIKELBLOKKEN)
def test_een_struikelblok_is_in_elk_proces_hetzelfde(leerling, oud, nieuw):
    w = leerling(WOONPLAATS)
    zet(w, oud, nieuw)
    assert zonder_tijd(speel_hier_na(w.map)) == zonder_tijd(speel_apart_na(w.map))


def test_een_proces_dat_te_vroeg_of_niet_stopt_krijgt_een_zin(leerling, monkeypatch):
    exit_, vroeg, nooit = (leerling(WOONPLAATS, naam) for naam in ('exit', 'vroeg', 'nooit'))
    zet(exit_, *STRUIKELBLOKKEN['exit'])
    noemt(vertelling.wat_nu(oordeel_apart(exit_)), f'{MODULE}`', 'stoppen', 'sys.exit()')
    vroeg.onderaan('os._exit(0)')
    noemt(vertelling.wat_nu(oordeel_apart(vroeg)), 'exit status 0')
    zet(nooit, UPGRADE, f"{UPGRADE}    open('bezig', 'w')\n    while True:\n        id(1)\n")
    with naspelen.Kindproces(nooit.map) as kind:
        kind.begin()
        wacht_tot(lambda: [*Path(kind.tijdelijk.name).rglob('bezig')])
        monkeypatch.setattr(naspelen, 'TIJDSLIMIET', 1)
        nooit.speel_na = lambda _: kind.verslag()
        noemt(nooit.wat_nu(), f'{nooit.script(WOONPLAATS)}`', '1 seconden', 'nog niet klaar')
