"""Het naspelen laat de map en de databases van de leerling met rust, en struikelt nergens over.

Bijna alles gaat hier door de echte `pytest`: die begint het eigen proces, bewaakt het en ruimt op.
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
from beweringen import inhoud, is_goed, is_groen, noemt, stappen_met, wat_nu
from controle.naspelen import TIJDSLIMIET, Kindproces
from leerling import EERSTE, GEBOORTEJAAR, NIVEAU, WOONPLAATS
from shells import TRAGER, WINE
from speel_les import omgeving
from stappen import KOPIE, LAATSTE, REGELS
from zonder_kindproces import speel_apart_na, speel_hier_na

# Deze tests hoeven niet te wachten tot de les verder gespeeld is.
BEGINT_NA = GEBOORTEJAAR


def zet_adres(w, adres):
    w.vervang(REGELS['adres'], f"app.config['SQLALCHEMY_DATABASE_URI'] = {adres}")


def zet_in_upgrade(w, *regels):
    """Zet iets vooraan in upgrade() van het script van woonplaats."""
    tekst = ''.join(f'\n    {regel}' for regel in regels)
    w.vervang('def upgrade():', f'def upgrade():{tekst}', w.script(WOONPLAATS))


def tijdelijke_map(tmp_path: Path, naam: str = 'tijdelijk') -> dict[str, str]:
    """De omgeving waarin tijdelijke bestanden in een lege map komen."""
    (tmp_path / naam).mkdir()
    return dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(tmp_path / naam))


# --- De database van de leerling blijft buiten schot ----------------------------------------


def absoluut_pad(w, database):
    zet_adres(w, repr(f'sqlite:///{database}'))


def create_all_op_een_absoluut_pad(w, database):
    absoluut_pad(w, database)
    w.onderaan(
        'class Los(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n'
        'with app.app_context():\n    db.create_all()'
    )


def sqlite3_op_een_absoluut_pad(w, database):
    w.onderaan(
        'import sqlite3\n\n'
        f'with sqlite3.connect({str(database)!r}) as los:\n'
        "    los.execute('DELETE FROM cursisten')"
    )


def sqlite3_op_een_adres(w, database):
    w.onderaan(
        'import sqlite3\n\n'
        f'with sqlite3.connect({database.as_uri() + "?mode=rw"!r}, uri=True) as los:\n'
        "    los.execute('DROP TABLE cursisten')"
    )


def adres_uit_de_omgeving(w, database):
    zet_adres(w, "os.environ['SCHOOL_DATABASE']")


def tweede_database_ergens_anders(w, database):
    w.vervang(
        REGELS['db'],
        f"app.config['SQLALCHEMY_BINDS'] = {{'oud': 'sqlite:///' + {str(database)!r}}}\n"
        + REGELS['db'],
    )


def migratie_op_een_absoluut_pad(w, database):
    zet_in_upgrade(w, f'sa.create_engine({f"sqlite:///{database}"!r}).connect()')


@pytest.mark.parametrize(
    'bederf',
    [
        absoluut_pad,
        create_all_op_een_absoluut_pad,
        sqlite3_op_een_absoluut_pad,
        sqlite3_op_een_adres,
        adres_uit_de_omgeving,
        tweede_database_ergens_anders,
        migratie_op_een_absoluut_pad,
    ],
)
def test_het_naspelen_komt_niet_aan_een_database_buiten_de_kopie(leerling, tmp_path, bederf):
    werk = leerling(WOONPLAATS)
    elders = tmp_path / 'elders.sqlite'
    shutil.copyfile(werk.database, elders)
    bederf(werk, elders)
    voor = inhoud(tmp_path)
    resultaat = werk.controle(SCHOOL_DATABASE=f'sqlite:///{elders}')
    assert inhoud(tmp_path) == voor
    assert resultaat.returncode == 1
    gezegd = wat_nu(resultaat.stdout)
    # De map in kwestie staat erbij, en ook dat er niets is nagespeeld.
    assert 'data.sqlite' in gezegd
    assert re.search('speelt .*niet.* na|niets? (is )?nagespeeld', gezegd), resultaat.stdout
    # Zonder naspelen is er een fout te melden, geen rij gevolgen daarvan.
    assert len(stappen_met(resultaat.stdout, '✗')) == 1, resultaat.stdout


@pytest.mark.parametrize(
    'wijzig', [absoluut_pad, sqlite3_op_een_absoluut_pad, migratie_op_een_absoluut_pad]
)
def test_een_pad_naar_de_map_zelf_leidt_naar_de_kopie(leerling, wijzig):
    werk = leerling(WOONPLAATS)
    wijzig(werk, werk.database)
    voor = inhoud(werk.map)
    resultaat = werk.controle()
    assert inhoud(werk.map) == voor
    is_groen(resultaat, WOONPLAATS)


def map_van_de_terminal(w):
    w.vervang('os.path.abspath(os.path.dirname(__file__))', 'os.getcwd()')


def adres_met_flask_ervoor(w):
    w.vervang(REGELS['db'], f'app.config.from_prefixed_env()\n{REGELS["db"]}')


@pytest.mark.parametrize('wijzig', [map_van_de_terminal, adres_met_flask_ervoor])
def test_een_plaats_die_van_de_terminal_afhangt_leidt_naar_de_kopie(leerling, wijzig):
    werk = leerling(WOONPLAATS)
    wijzig(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle(FLASK_SQLALCHEMY_DATABASE_URI=f'sqlite:///{werk.database}')
    assert inhoud(werk.map) == voor
    is_groen(resultaat, WOONPLAATS)
    assert ('os.getcwd()' in resultaat.stdout) == (wijzig is map_van_de_terminal)


def leest_met_een_eigen_verbinding(w):
    # Die blijft open: Windows verwijdert de kopie van de database dan niet.
    w.onderaan(
        'import sqlite3\n\n'
        "los = sqlite3.connect(os.path.join(basedir, 'data.sqlite'))\n"
        "AANTAL = los.execute('SELECT count(*) FROM cursisten').fetchall()"
    )


def vult_een_lege_tabel(w):
    w.onderaan(
        'with app.app_context():\n'
        '    if not Cursist.query.first():\n'
        "        db.session.add(Cursist(naam='Noor'))\n"
        '        db.session.commit()'
    )


def maakt_van_een_waarschuwing_een_fout(w):
    w.onderaan("import warnings\n\nwarnings.simplefilter('error')")


@pytest.mark.parametrize(
    'wijzig',
    [leest_met_een_eigen_verbinding, vult_een_lege_tabel, maakt_van_een_waarschuwing_een_fout],
)
def test_wat_een_module_bij_het_laden_doet_mag(leerling, wijzig):
    werk = leerling(WOONPLAATS)
    wijzig(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle(PYTHONWARNINGS='error')
    assert inhoud(werk.map) == voor
    is_groen(resultaat, WOONPLAATS)


# --- Een controle verandert niets -----------------------------------------------------------


def stuk_script(w):
    zet_in_upgrade(w, 'raise ValueError(1)')


def module_die_schrijft(w):
    w.onderaan("with open('log.txt', 'a') as log:\n    log.write('begin')")


@pytest.mark.parametrize('wijzig', [module_die_schrijft, stuk_script])
def test_een_controle_verandert_niets_in_de_map(leerling, tmp_path, wijzig):
    werk = leerling(WOONPLAATS)
    wijzig(werk)
    shutil.copyfile(werk.database, werk.map / KOPIE)
    voor = inhoud(werk.map)
    # Leeg is hetzelfde als niet gezet: zo schrijft Python zijn .pyc-bestanden.
    werk.controle(PYTHONDONTWRITEBYTECODE='', **tijdelijke_map(tmp_path))
    assert inhoud(werk.map) == voor
    assert (werk.map / 'tests' / '__pycache__').is_dir()
    assert inhoud(tmp_path / 'tijdelijk') == {}


# Windows kent voor een ander proces alleen Ctrl-Break; die doet dan wat Ctrl-C doet.
WINDOWS = sys.platform == 'win32'
START = (
    'import pytest, signal, sys; '
    "signal.signal(getattr(signal, 'SIGBREAK', signal.SIGINT), signal.default_int_handler); "
    'sys.exit(pytest.main())'
)


def druk_op_ctrl_c(proces: subprocess.Popen) -> None:
    if WINDOWS:
        proces.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        # Een terminal stuurt Ctrl-C naar alle processen van het venster.
        os.killpg(proces.pid, signal.SIGINT)


def wacht_op(bestand: str, map_: Path) -> str:
    """Wat er in een bestand staat, zodra het er is."""
    uiterlijk = time.monotonic() + 30
    while not (tekst := ''.join(p.read_text(encoding='utf-8') for p in map_.rglob(bestand))):
        assert time.monotonic() < uiterlijk, 'het naspelen begon niet'
        time.sleep(0.05)
    return tekst


@pytest.mark.skipif(WINE, reason='Wine stuurt geen Ctrl-Break naar een ander proces')
def test_na_ctrl_c_blijft_er_niets_achter(leerling, tmp_path):
    werk = leerling(EERSTE)
    werk.onderaan(
        "import time\nfrom pathlib import Path\n\nPath('nummer').write_text(str(os.getpid()))\n"
        'while True:\n    time.sleep(0.1)'
    )
    voor = inhoud(werk.map)
    proces = subprocess.Popen(
        [sys.executable, '-c', START],
        cwd=werk.map,
        env=omgeving() | tijdelijke_map(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
        start_new_session=not WINDOWS,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0,
    )
    try:
        kind = wacht_op('nummer', tmp_path / 'tijdelijk')
        druk_op_ctrl_c(proces)
        uitvoer, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
        proces.wait()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED, uitvoer
    assert inhoud(werk.map) == voor
    assert inhoud(tmp_path / 'tijdelijk') == {}
    if not WINDOWS:
        with pytest.raises(ProcessLookupError):
            os.kill(int(kind), 0)


def test_een_map_waarin_je_niet_mag_schrijven_kan_ook(leerling):
    werk = leerling(WOONPLAATS)
    mappen = [werk.map, *(pad for pad in werk.map.rglob('*') if pad.is_dir())]
    try:
        for map_ in mappen:
            map_.chmod(0o555)
        is_groen(werk.controle(), WOONPLAATS)
        # Wie alles mag (root) merkt het slot niet; dan telt of de kopie zelf open is.
        with Kindproces(werk.map) as kind:
            kopie = Path(kind.tijdelijk.name) / 'oefenmap'
            assert kopie.stat().st_mode & 0o200
        assert not kopie.exists()
    finally:
        for map_ in mappen:
            map_.chmod(0o755)


# --- Wat de controle zelf zou kunnen laten struikelen ---------------------------------------


def geen_module(w):
    w.module.unlink()


def module_met_een_tikfout(w):
    w.schrijf(f'class Los(db.Model)\n    pass\n\n\n{w.lees()}')


def module_zonder_migrate(w):
    w.vervang(f'\n{REGELS["migrate"]}\n', '\n')


def exit_in_de_module(w):
    w.onderaan('import sys\n\nsys.exit()')


def harde_exit_in_de_module(w):
    w.onderaan('os._exit(0)')


def geen_migrations(w):
    shutil.rmtree(w.map / 'migrations')


def migratie_met_een_fout(w):
    zet_in_upgrade(w, 'sa.bestaat_niet()')


def korte_tijdslimiet(w, seconden):
    # Op een trage computer staat er al `* TRAGER` achter.
    oud, korter = (f'TIJDSLIMIET = {tijd}' for tijd in (TIJDSLIMIET, seconden))
    w.vervang(oud, korter, 'tests/controle/naspelen.py')


def module_die_niet_stopt(w):
    korte_tijdslimiet(w, 2)
    w.onderaan('import time\n\ntime.sleep(60)')


def migratie_die_niet_stopt(w):
    korte_tijdslimiet(w, 3)
    zet_in_upgrade(w, 'while True:', '    id(1)')


@pytest.mark.parametrize(
    ('bederf', 'woorden'),
    [
        (geen_module, ['`BasicModelApp.py`', 'geen bestand']),
        (module_met_een_tikfout, ['`BasicModelApp.py`', 'regel 1.', 'dubbele punt']),
        (module_zonder_migrate, ['`BasicModelApp.py`', REGELS['migrate']]),
        (exit_in_de_module, ['BasicModelApp.py`', 'SystemExit', 'sys.exit()']),
        (harde_exit_in_de_module, ['exit status 0']),
        (geen_migrations, ['migraties', 'data.sqlite']),
        (migratie_met_een_fout, ['_woonplaats.py`', 'bestaat_niet']),
        (module_die_niet_stopt, ['`BasicModelApp.py`', f'{2 * TRAGER} seconden', 'nog niet klaar']),
        (migratie_die_niet_stopt, ['_woonplaats.py`', f'{3 * TRAGER} seconden', 'nog niet klaar']),
    ],
)
def test_een_struikelblok_krijgt_een_duidelijke_zin(leerling, bederf, woorden):
    werk = leerling(WOONPLAATS)
    bederf(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle()
    assert resultaat.returncode == 1, resultaat.stdout
    noemt(resultaat.stdout, *woorden)
    assert inhoud(werk.map) == voor


# --- Een eigen proces en het proces van de test ---------------------------------------------


def hulpmodules_routes_en_een_server(w):
    # Zo heten bestanden van de controle ook.
    w.schrijf('TELLER = 1\n', 'stappen.py')
    w.schrijf("TITEL = 'Muziekschool'\n", 'controle.py')
    w.schrijf(
        'from BasicModelApp import db\n\n\n'
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n',
        'modellen.py',
    )
    w.vervang('import os\n', 'import os\nfrom controle import TITEL\nfrom stappen import TELLER\n')
    w.onderaan(
        'import modellen\n\n\n'
        "@app.route('/')\n"
        'def index():\n'
        '    return TITEL * TELLER + str(modellen.Docent.query.count())\n\n\n'
        "if __name__ == '__main__':\n"
        '    with app.app_context():\n'
        '        db.create_all()\n'
        '    app.run(debug=True)'
    )
    w.migreer('docent')


def test_vreemde_namen_mogen(leerling, tmp_path):
    werk = leerling(GEBOORTEJAAR, 'mijn map é # 100%')
    hulpmodules_routes_en_een_server(werk)
    is_goed(werk, GEBOORTEJAAR)
    is_groen(werk.controle(**tijdelijke_map(tmp_path, 'tijdelijk é # 100%')), GEBOORTEJAAR)


def niets(w):
    pass


@pytest.mark.parametrize(
    ('wijzig', 'na'),
    [
        (niets, LAATSTE),
        (hulpmodules_routes_en_een_server, EERSTE),
        (migratie_met_een_fout, NIVEAU),
        (module_met_een_tikfout, WOONPLAATS),
        (module_zonder_migrate, WOONPLAATS),
    ],
)
def test_naspelen_in_dit_proces_ziet_wat_een_eigen_proces_ziet(leerling, wijzig, na):
    werk = leerling(na)
    wijzig(werk)

    def zonder_tijd(verslag):
        return re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'TIJD', repr(verslag))

    assert zonder_tijd(speel_hier_na(werk.map)) == zonder_tijd(speel_apart_na(werk.map))
