"""Wat deel D van VERDIEPING.md zegt zonder het te spelen, en dat de controle thuisblijft."""

import re
import socket

import pytest
from beweringen import inhoud, is_groen
from leerling import GEBRUIKERS, Leerling
from postgresql import server, sql_in, verse_server
from processen import begin, typ, wacht_op, wacht_tot
from speel_les import lees, omgeving
from spelen.dit_proces import draai_flask
from spelen.lestekst import VERDIEPING
from standen import stand
from stappen import DB_MET_NAMEN, DELEN_NA, LAATSTE, MODULE, REGELS, SERVER, TABEL, UIT_DE_OMGEVING
from zonder_kindproces import speel_apart_na

DEEL = lees(VERDIEPING)[-1]
ADRES = re.search(rf'export {SERVER}=(\S+)`', '\n'.join(regel for _, regel in DEEL.regels))[1]
IN_HET_ADRES = re.search('les:(.*)@', ADRES)[1]


@pytest.fixture
def m(leerling, monkeypatch) -> Leerling:
    """Een leerling na deel D, in een venster met het adres van een server zonder tabellen."""
    for naam, waarde in (verse_server(DEEL) | {SERVER: ADRES}).items():
        monkeypatch.setenv(naam, waarde)
    return leerling('D')


def vraag(sql: str) -> list[tuple]:
    with server().beheer(ADRES.rpartition('/')[2]) as verbinding:
        cursor = verbinding.execute(sql)
        return cursor.fetchall() if cursor.description else []


def zet_over(m: Leerling) -> str:
    return m.flask('shell', invoer='import overzetten\n', mag_mislukken=True).partition('>>> ')[2]


# --- Op de server -----------------------------------------------------------------------------


def test_de_tekens_van_de_tabel_werken_in_een_adres_alleen_zo(m, monkeypatch):
    tabel = next(blok for blok in DEEL.blokken if blok.soort == 'tabel' and blok.kop[0] == 'teken')
    rijen = [[cel.strip('`') for cel in cellen] for _, cellen in tabel.cellen()]
    wachtwoord, in_het_adres = (''.join(tekens) for tekens in zip(*rijen, strict=True))
    vraag(f"ALTER USER les PASSWORD '{wachtwoord}'")
    for geschreven in (in_het_adres, wachtwoord):
        monkeypatch.setenv(SERVER, ADRES.replace(IN_HET_ADRES, geschreven))
        uitvoer = m.flask('db', 'current', mag_mislukken=True)
        assert ('PostgresqlImpl' in uitvoer) == (geschreven == in_het_adres)


def test_gaat_het_overzetten_mis_dan_komt_er_niets_bij(m):
    m.flask('db', 'upgrade')
    vraag(f'INSERT INTO {TABEL} DEFAULT VALUES')
    uitvoer = zet_over(m)
    # De gebruikers waren al aan de beurt geweest.
    assert uitvoer.startswith('gebruikers: 1\n')
    assert 'duplicate key' in uitvoer
    assert vraag(f'SELECT (SELECT count(*) FROM gebruikers), count(*) FROM {TABEL}') == [(0, 1)]


def test_een_hash_is_te_lang_voor_128_tekens_op_postgresql_en_niet_op_sqlite(m, monkeypatch):
    m.vervang('String(255)', 'String(128)')
    m.vervang('length=255', 'length=128', m.script(GEBRUIKERS))
    m.flask('db', 'upgrade')
    assert 'value too long for type character varying(128)' in zet_over(m)
    monkeypatch.setenv(SERVER, f'sqlite:///{(m.map / "kort.sqlite").as_posix()}')
    m.flask('db', 'upgrade')
    assert re.match(f'gebruikers: 1\n{TABEL}: 3\n', zet_over(m))


def test_een_script_dat_met_postgresql_gemaakt_is_werkt_niet_altijd_met_sqlite(m, monkeypatch):
    m.flask('db', 'upgrade')
    m.kolom('betaald_op = db.Column(db.DateTime, server_default=db.func.now())')
    m.migreer('betaald')
    assert "sa.text('now()')" in m.lees(m.script('betaald'))
    monkeypatch.delenv(SERVER)
    assert 'unknown function: now()' in m.flask('db', 'upgrade', mag_mislukken=True)


def test_een_open_flask_shell_laat_een_upgrade_wachten_zonder_een_woord(m):
    m.flask('db', 'upgrade', f'{m.revisie("telefoon")}-1')
    wacht = "SELECT 1 FROM pg_stat_activity WHERE usename = 'les' AND wait_event_type = 'Lock'"
    venster = {'FLASK_APP': MODULE, SERVER: ADRES}
    with begin('flask', 'shell', waar=m.map, **venster) as shell:
        typ(shell, f"db.session.execute(db.text('SELECT id FROM {TABEL}')), 'gelezen'")
        wacht_op(shell, 'gelezen')
        with begin('flask', 'db', 'upgrade', waar=m.map, **venster) as upgrade:
            assert wacht_op(upgrade, 'Running upgrade').endswith(', telefoon\n')
            wacht_tot(lambda: vraag(wacht))
            shell.communicate('exit()\n')
            # Ook daarna zegt hij niets.
            assert upgrade.communicate() == ('', None)
    # Dit is ook het antwoord op de vraag: zo krijgt de server de kolommen.
    assert vraag('SELECT version_num FROM alembic_version') == [(m.head(),)]


# --- Zonder server ----------------------------------------------------------------------------


def test_op_een_andere_plaats_of_met_een_tikfout_werkt_flask_stil_met_sqlite(leerling):
    m = leerling('D')
    m.vervang(UIT_DE_OMGEVING, '')
    zonder = m.lees()
    for boven in (REGELS['adres'], REGELS['migrate'], DB_MET_NAMEN):
        # De laatste is de goede plaats, maar met een tikfout in de variabele.
        variabele = SERVER.replace('URI', 'URL') if boven == DB_MET_NAMEN else SERVER
        m.schrijf(zonder.replace(boven, f'{UIT_DE_OMGEVING}\n{boven}'))
        venster = omgeving() | {'FLASK_APP': MODULE, variabele: ADRES}
        status, uitvoer = draai_flask(m.map, ['db', 'current'], venster)
        assert (status, 'Context impl SQLiteImpl.' in uitvoer) == (0, True)


def test_het_wachtwoord_staat_in_geen_bestand_van_de_map():
    echt = re.search("PASSWORD '(.*)'", sql_in(DEEL)[0])[1]
    tekst = b'\n'.join(regels for regels in inhoud(stand('D')).values() if regels)
    assert IN_HET_ADRES.encode() not in tekst
    assert echt.encode() not in tekst


def test_sqlite_telt_zelf_door_na_een_rij_met_een_eigen_id(leerling):
    m = leerling(DELEN_NA)
    m.sql(f'INSERT INTO {TABEL} (id) VALUES (7)', f'INSERT INTO {TABEL} DEFAULT VALUES')
    assert max(m.cursisten()) == 8


def test_de_controle_komt_nooit_op_de_server(leerling, monkeypatch):
    regel, meteen = leerling(LAATSTE, 'regel'), leerling(LAATSTE, 'meteen')
    regel.vervang(DB_MET_NAMEN, f'{UIT_DE_OMGEVING}\n{DB_MET_NAMEN}')
    meteen.vervang(REGELS['adres'], f"app.config['SQLALCHEMY_DATABASE_URI'] = {ADRES!r}")
    meteen.onderaan('with app.app_context():\n    db.session.scalars(db.select(Cursist)).all()')
    # Wat verbinding maakt tegenhoudt, staat in het eigen proces.
    meteen.speel_na = speel_apart_na
    with socket.create_server(('localhost', 0)) as luistert:
        luistert.settimeout(0.1)
        poort = str(luistert.getsockname()[1])
        for naam, waarde in {SERVER: ADRES, 'PGPORT': poort, 'PGCONNECT_TIMEOUT': '2'}.items():
            monkeypatch.setenv(naam, waarde)
        uit = regel.controle(**{SERVER: ADRES})
        is_groen(uit, LAATSTE)
        assert f'Opmerking: In dit terminalvenster staat `{SERVER}`' in uit.stdout
        assert '`postgresql`' in meteen.wat_nu()
        with pytest.raises(TimeoutError):
            luistert.accept()
    # Zonder de controle ertussen klopt `flask` daar wel aan.
    for m in (regel, meteen):
        assert f'port {poort} failed' in m.flask('db', 'current', mag_mislukken=True)
