"""Wat deel D van VERDIEPING.md zegt zonder het te spelen, en dat de controle thuisblijft."""

import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from beweringen import inhoud, is_groen, zonder_toeval
from leerling import Leerling
from postgresql import server, sql_in, verse_server
from speel_les import Speler, draai, lees, omgeving
from spelen.lestekst import VERDIEPING, opdrachten
from standen import stand
from stappen import DELEN_NA, LAATSTE, MODULE, REGELS, SERVER, UIT_DE_OMGEVING

DEEL = lees(VERDIEPING)[-1]
ADRES = next(
    delen[1].partition('=')[2]
    for blok in DEEL.blokken
    for _, delen, _ in opdrachten(blok)
    if delen[0] == 'export'
)

# Zo lang wacht een test op iets wat zo hoort te gebeuren.
GEDULD = 60


@dataclass
class Venster:
    """Een terminalvenster in de map na deel D, met het adres van een server zonder tabellen."""

    map: Path
    omgeving: dict[str, str]

    def typ(self, opdracht: str, invoer: str = '', **anders: str) -> str:
        return draai(shlex.split(opdracht), self.map, self.omgeving | anders, invoer).stdout

    def vervang(self, oud: str, nieuw: str, naam: str = MODULE) -> None:
        (pad,) = self.map.glob(naam)
        tekst = pad.read_text(encoding='utf-8')
        assert oud in tekst
        pad.write_text(tekst.replace(oud, nieuw), encoding='utf-8')

    def sql(self, vraag: str) -> list[tuple]:
        with server().beheer(ADRES.rpartition('/')[2]) as verbinding:
            cursor = verbinding.execute(vraag)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def venster(na_stap) -> Venster:
    map_ = na_stap('D')
    eigen = {'FLASK_APP': MODULE, SERVER: ADRES}
    return Venster(map_, omgeving() | verse_server(DEEL) | eigen)


def tot_er(wat: Callable[[], bool]) -> None:
    uiterlijk = time.monotonic() + GEDULD
    while not wat():
        assert time.monotonic() < uiterlijk
        time.sleep(0.05)


# --- Stil met SQLite --------------------------------------------------------------------------


def test_met_de_regel_en_de_variabele_werkt_flask_op_de_server(venster):
    assert 'Context impl PostgresqlImpl.' in venster.typ('flask db current')


@pytest.mark.parametrize(
    ('oud', 'nieuw'),
    [
        (REGELS['adres'], f'{UIT_DE_OMGEVING}\n{REGELS["adres"]}'),
        ('Migrate(app, db)', f'{UIT_DE_OMGEVING}\nMigrate(app, db)'),
    ],
)
def test_met_de_regel_op_een_andere_plaats_werkt_flask_stil_met_sqlite(venster, oud, nieuw):
    venster.vervang(UIT_DE_OMGEVING, '')
    venster.vervang(oud, nieuw)
    is_stil_met_sqlite(venster.typ('flask db current'))


def test_met_een_tikfout_in_de_variabele_werkt_flask_stil_met_sqlite(venster):
    del venster.omgeving[SERVER]
    is_stil_met_sqlite(venster.typ('flask db current', FLASK_SQLALCHEMY_DATABASE_URL=ADRES))


def is_stil_met_sqlite(uitvoer: str) -> None:
    assert 'Context impl SQLiteImpl.' in uitvoer
    assert uitvoer.endswith('(head)\n')


# --- Het wachtwoord ---------------------------------------------------------------------------


def test_de_tekens_van_de_tabel_werken_in_een_adres_alleen_zo(venster):
    tabel = next(blok for blok in DEEL.blokken if blok.soort == 'tabel' and blok.kop[0] == 'teken')
    rijen = [[cel.strip('`') for cel in cellen] for _, cellen in tabel.cellen()]
    wachtwoord, in_het_adres = (''.join(tekens) for tekens in zip(*rijen, strict=True))
    venster.sql(f"ALTER USER les PASSWORD '{wachtwoord}'")
    oud = re.search('les:(.*)@', ADRES)[1]
    goed = venster.typ('flask db current', **{SERVER: ADRES.replace(oud, in_het_adres)})
    fout = venster.typ('flask db current', **{SERVER: ADRES.replace(oud, wachtwoord)})
    assert 'PostgresqlImpl' in goed
    assert 'PostgresqlImpl' not in fout


def test_het_wachtwoord_staat_in_geen_bestand_van_de_map():
    bestanden = inhoud(stand('D'))
    del bestanden[VERDIEPING]
    echt = re.search("PASSWORD '(.*)'", sql_in(DEEL)[0])[1]
    for wachtwoord in (re.search('les:(.*)@', ADRES)[1], echt):
        assert not [n for n, tekst in bestanden.items() if wachtwoord.encode() in (tekst or b'')]


# --- Rijen overzetten -------------------------------------------------------------------------


def test_gaat_het_overzetten_mis_dan_komt_er_niets_bij(venster):
    venster.typ('flask db upgrade')
    venster.sql("INSERT INTO cursisten (volledige_naam) VALUES ('Joyce')")
    uitvoer = venster.typ('python overzetten.py')
    # De gebruikers waren al aan de beurt geweest.
    assert uitvoer.startswith('gebruikers: 1\n')
    assert 'duplicate key' in uitvoer
    assert venster.sql('SELECT count(*) FROM gebruikers') == [(0,)]
    assert venster.sql('SELECT count(*) FROM cursisten') == [(1,)]


def test_sqlite_telt_zelf_door_na_een_rij_met_een_eigen_id(leerling):
    m = leerling(DELEN_NA)
    m.sql("INSERT INTO cursisten (id, volledige_naam) VALUES (7, 'Mo')")
    m.sql("INSERT INTO cursisten (volledige_naam) VALUES ('Noor')")
    assert max(m.cursisten()) == 8


def test_een_hash_is_te_lang_voor_128_tekens_op_postgresql_en_niet_op_sqlite(venster, tmp_path):
    venster.vervang('String(255)', 'String(128)')
    venster.vervang('length=255', 'length=128', 'migrations/versions/*_gebruikers.py')
    venster.typ('flask db upgrade')
    assert 'value too long for type character varying(128)' in venster.typ('python overzetten.py')
    venster.omgeving[SERVER] = f'sqlite:///{(tmp_path / "kort.sqlite").as_posix()}'
    venster.typ('flask db upgrade')
    assert venster.typ('python overzetten.py') == 'gebruikers: 1\ncursisten: 3\n'


# --- Scripts ----------------------------------------------------------------------------------


def test_een_script_dat_met_postgresql_gemaakt_is_werkt_niet_altijd_met_sqlite(venster):
    venster.typ('flask db upgrade')
    kolom = '    betaald_op = db.Column(db.DateTime, server_default=db.func.now())\n'
    venster.vervang('    lestijd =', f'{kolom}    lestijd =')
    assert "'cursisten.betaald_op'" in venster.typ('flask db migrate -m betaald')
    (script,) = venster.map.glob('migrations/versions/*_betaald.py')
    assert "sa.text('now()')" in script.read_text(encoding='utf-8')
    assert 'Running upgrade' in venster.typ('flask db upgrade')
    del venster.omgeving[SERVER]
    assert 'unknown function: now()' in venster.typ('flask db upgrade')


def test_een_open_flask_shell_laat_een_upgrade_wachten_zonder_een_woord(venster, tmp_path):
    (script,) = venster.map.glob('migrations/versions/*_telefoon.py')
    vorige = re.search(r"down_revision = '(.*)'", script.read_text(encoding='utf-8'))[1]
    venster.typ(f'flask db upgrade {vorige}')
    gezegd = tmp_path / 'gezegd.txt'
    flask = {'cwd': venster.map, 'env': venster.omgeving, 'stderr': subprocess.STDOUT}
    with (
        subprocess.Popen(
            [sys.executable, '-m', 'flask', 'shell'],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            encoding='utf-8',
            **flask,
        ) as shell,
        gezegd.open('w') as uitvoer,
    ):
        print("db.session.execute(db.text('SELECT id FROM cursisten')).all()", file=shell.stdin)
        shell.stdin.flush()
        tot_er(lambda: telt(venster, "state = 'idle in transaction'"))
        with subprocess.Popen(
            [sys.executable, '-m', 'flask', 'db', 'upgrade'], stdout=uitvoer, **flask
        ) as upgrade:
            tot_er(lambda: telt(venster, "wait_event_type = 'Lock'"))
            assert upgrade.poll() is None
            laatste = gezegd.read_text(encoding='utf-8').splitlines()[-1]
            assert re.search('Running upgrade .*, telefoon$', laatste)
            print('exit()', file=shell.stdin)
            shell.stdin.flush()
            assert upgrade.wait(GEDULD) == 0
    # Dit is ook het antwoord op de vraag: zo krijgt de server de kolommen.
    assert venster.typ('flask db current').endswith('(head)\n')


def telt(venster: Venster, waar: str) -> bool:
    return venster.sql(
        f"SELECT count(*) FROM pg_stat_activity WHERE usename = 'les' AND {waar}"
    ) > [(0,)]


# --- Zonder server ----------------------------------------------------------------------------


def test_zonder_server_wordt_de_map_dezelfde(na_stap):
    speler = Speler(na_stap(DELEN_NA))
    # Op deze poort is niemand.
    speler.omgeving |= {'FLASK_APP': MODULE, 'PGPORT': '1'}
    speler.speel(DEEL)
    verwacht = stand('D')
    assert zonder_toeval(speler.map) == zonder_toeval(verwacht)
    assert inhoud(speler.map)['overzetten.py'] == inhoud(verwacht)['overzetten.py']


def zet_regel(m: Leerling) -> None:
    m.vervang('db = SQLAlchemy', f'{UIT_DE_OMGEVING}\ndb = SQLAlchemy')


def zet_vast_adres(m: Leerling) -> None:
    m.vervang(REGELS['adres'], f"app.config['SQLALCHEMY_DATABASE_URI'] = {ADRES!r}")


def zet_vast_adres_en_vraag_meteen(m: Leerling) -> None:
    zet_vast_adres(m)
    m.onderaan('with app.app_context():\n    db.session.scalars(db.select(Cursist)).all()')


@pytest.mark.parametrize('maak', [zet_regel, zet_vast_adres, zet_vast_adres_en_vraag_meteen])
def test_de_controle_komt_nooit_op_de_server(leerling, maak):
    m = leerling(LAATSTE)
    maak(m)
    with socket.socket() as luistert:
        luistert.bind(('localhost', 0))
        luistert.listen()
        luistert.settimeout(0.1)
        poort = str(luistert.getsockname()[1])
        uit = m.controle(**{SERVER: ADRES, 'PGPORT': poort})
        with pytest.raises(TimeoutError):
            luistert.accept()
        if maak is zet_regel:
            is_groen(uit, LAATSTE)
            assert f'Opmerking: In dit terminalvenster staat `{SERVER}`' in uit.stdout
        else:
            assert '`postgresql`' in uit.stdout
        # Zonder de controle ertussen komt `flask` er wel.
        with subprocess.Popen(
            [sys.executable, '-m', 'flask', 'db', 'current'],
            cwd=m.map,
            env=omgeving() | {'FLASK_APP': MODULE, SERVER: ADRES, 'PGPORT': poort},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as flask:
            luistert.settimeout(GEDULD)
            luistert.accept()[0].close()
            flask.kill()


def test_het_log_van_een_echte_server_ziet_de_controle_niet(venster):
    gezien = server().log.read_text(encoding='utf-8').count('connection received')
    uit = draai(['pytest'], venster.map, venster.omgeving)
    is_groen(uit, LAATSTE)
    assert server().log.read_text(encoding='utf-8').count('connection received') == gezien
    venster.typ('flask db current')
    assert server().log.read_text(encoding='utf-8').count('connection received') > gezien
