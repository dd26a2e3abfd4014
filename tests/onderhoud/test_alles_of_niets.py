"""Wat deel C van VERDIEPING.md belooft, en waar dat ophoudt: met echte mappen en databases."""

import re
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from bezig import begin_flask, typ, wacht_op
from controle.naspelen import kopieer_database
from controle.tabellen import lees_database
from leerling import EERSTE, Leerling
from speel_les import Speler, lees
from spelen.lestekst import VERDIEPING
from standen import stand
from stappen import DATABASE, DB_MET_NAMEN, DELEN, DELEN_NA, HERNOEMD, KOPIE, MODULE, REGELS, TABEL

# Zo vaak wordt een upgrade van veel rijen gedood.
KEREN = 20

# Een script dat zijn eerste kolom maakt, en bij de tweede stopt.
HALF = f"""\
op.add_column('{TABEL}', sa.Column('eerst', sa.Text()))
op.add_column('{TABEL}', sa.Column('dan', sa.Text(), nullable=False))"""

# Een script dat de tabel kopieert.
KOPIEERT = f"""\
with op.batch_alter_table('{TABEL}', recreate='always') as batch_op:
    batch_op.add_column(sa.Column('eerst', sa.Text()))"""
# Wat een script doet dat blijft hangen.
HANGT = """
    print('halverwege', flush=True)
    __import__('time').sleep(600)"""

# De regel van deel C zonder de events.
OPTIES = 'Migrate(app, db, transactional_ddl=True, transaction_per_migration=True)'
# Wie iets wil veranderen, wacht niet tot een ander klaar is.
NIET_WACHTEN = "app.config['SQLALCHEMY_ENGINE_OPTIONS'] = {'connect_args': {'timeout': 0}}"

# Met zo weinig geheugen schrijft SQLite al voor het eind in de database.
WEINIG_GEHEUGEN = "op.execute('PRAGMA cache_size=1')\n"
# Pas als SQLite in de database schrijft, staat dit voorin het journal.
SCHRIJFT = bytes.fromhex('d9d505f920a163d7')


@pytest.fixture
def met_events(leerling) -> Leerling:
    """Een leerling na stap 10, met in zijn module wat deel C erin zet, op het model na."""
    m = leerling(DELEN_NA)
    speler = Speler(m.map)
    for blok in lees(VERDIEPING)[DELEN.index('C')].blokken:
        if blok.titel == MODULE and 'class ' not in blok.tekst():
            speler._python(blok)
    return m


def voeg_rijen_toe(m: Leerling, aantal: int, kolom: str) -> None:
    """Zet zoveel cursisten in de database, met iets langs in een kolom."""
    m.sql(
        f'WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < {aantal}) '
        f"INSERT INTO {TABEL} ({kolom}) SELECT printf('%0500d', x) FROM n"
    )


def alles_in(m: Leerling) -> tuple[dict, list[str]]:
    """Het schema en de rijen, in een kopie met wat een afgebroken upgrade ernaast liet."""
    with tempfile.TemporaryDirectory() as tijdelijk:
        kopie = Path(tijdelijk, DATABASE)
        kopieer_database(m.database, kopie)
        with closing(sqlite3.connect(kopie)) as verbinding:
            assert verbinding.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
            rijen = [regel for regel in verbinding.iterdump() if regel.startswith('INSERT')]
    # Het tijdstip van een upgrade is elke keer anders.
    tijdstip = re.compile(r'\d{4}-\d\d-\d\d [\d:.]+')
    return lees_database(m.database).schema, [tijdstip.sub('*', rij) for rij in rijen]


def dood_upgrade(m: Leerling, bij: str, seconden: float = 0) -> None:
    """Doodt een upgrade zoveel seconden nadat hij een regel afdrukt waar dit in staat."""
    with begin_flask(m.map, 'db', 'upgrade') as proces:
        wacht_op(proces, bij)
        time.sleep(seconden)
        proces.kill()


@pytest.mark.parametrize('geheugen', ['', WEINIG_GEHEUGEN])
def test_een_upgrade_die_gedood_wordt_laat_een_revisie_achter_en_kan_verder(met_events, geheugen):
    m, kopie, hoort = met_events, met_events.map / KOPIE, []
    voeg_rijen_toe(m, 500, HERNOEMD.naam)
    shutil.copyfile(m.database, kopie)
    for naam, script in (('een', KOPIEERT), ('twee', geheugen + KOPIEERT.replace('eerst', 'dan'))):
        m.schrijf_script(naam, script, 'pass')
        m.flask('db', 'upgrade')
        hoort.append(alles_in(m))
    shutil.copyfile(kopie, m.database)
    klaar = m.lees(m.script('twee'))
    m.schrijf(klaar.replace('\n\n\ndef downgrade', HANGT + '\n\n\ndef downgrade'), m.script('twee'))
    dood_upgrade(m, 'halverwege')
    journal = m.database.with_name(f'{DATABASE}-journal')
    schrijft = journal.read_bytes().startswith(SCHRIJFT)
    assert schrijft == bool(geheugen)
    # Het eerste script is gedaan, en van het tweede is niets te zien.
    assert alles_in(m) == hoort[0]
    # Een kopie die over zo'n database heen gaat, past niet bij het journal.
    ander = Leerling(shutil.copytree(m.map, m.map.with_name('ander')))
    shutil.copyfile(kopie, ander.database)
    assert (lees_database(ander.database).schema == lees_database(kopie).schema) != schrijft
    # De volgende opdracht van `flask` ruimt op.
    m.flask('db', 'current')
    assert not (schrijft and journal.exists())
    m.schrijf(klaar, m.script('twee'))
    m.flask('db', 'upgrade')
    assert alles_in(m) == hoort[1]


@pytest.mark.lang
def test_in_elk_script_van_de_les_kan_een_upgrade_gedood_worden(met_events):
    m, begin = met_events, met_events.map / KOPIE
    scripts = [m.revisie(stap) for stap in range(EERSTE + 1, DELEN_NA + 1)]
    shutil.copyfile(stand(EERSTE) / DATABASE, m.database)
    voeg_rijen_toe(m, 5000, HERNOEMD.was)
    shutil.copyfile(m.database, begin)
    hoort = [alles_in(m)]
    for revisie in scripts:
        m.flask('db', 'upgrade', revisie)
        hoort.append(alles_in(m))
    halverwege = 0
    for keer in range(KEREN):
        shutil.copyfile(begin, m.database)
        dood_upgrade(m, f'-> {scripts[keer % len(scripts)]}', keer / KEREN / 4)
        assert alles_in(m) in hoort
        halverwege += alles_in(m) != hoort[-1]
        m.flask('db', 'upgrade')
        assert alles_in(m) == hoort[-1]
    assert halverwege > KEREN / 2


def test_een_upgrade_die_mislukt_verandert_geen_byte_en_zonder_de_events_wel(leerling, met_events):
    zonder, alleen_de_opties = leerling(DELEN_NA, 'zonder'), leerling(DELEN_NA, 'opties')
    assert OPTIES in met_events.lees()
    alleen_de_opties.vervang(REGELS['migrate'], OPTIES)
    for m in (zonder, alleen_de_opties, met_events):
        vorige, voor = m.head(), m.database.read_bytes()
        m.schrijf_script('half', HALF, 'pass')
        assert 'Cannot add a NOT NULL' in m.flask('db', 'upgrade', mag_mislukken=True)
        # De revisie blijft altijd staan; de eerste kolom is er zonder de events toch.
        is_na(m, vorige, eerst=m is not met_events)
        assert (m.database.read_bytes() == voor) == (m is met_events)


def test_het_geldt_per_script(met_events):
    een = met_events.schrijf_script('een', KOPIEERT, 'pass')
    met_events.schrijf_script('half', HALF.replace('eerst', 'tweede'), 'pass')
    met_events.flask('db', 'upgrade', mag_mislukken=True)
    is_na(met_events, een, eerst=True, tweede=False)


def is_na(m: Leerling, revisie: str, **kolommen: bool) -> None:
    """De database staat op deze revisie, en deze kolommen zijn er, of juist niet."""
    database = lees_database(m.database)
    assert database.versietabellen['alembic_version'] == [revisie]
    assert {k: k in database.schema[TABEL]['kolommen'] for k in kolommen} == kolommen


@pytest.mark.parametrize('uit', ['', "op.execute('PRAGMA foreign_keys=OFF')\n"])
@pytest.mark.parametrize(
    ('regel', 'fout', 'blijft'),
    [('', 'FOREIGN KEY constraint failed', 2), ('ON DELETE CASCADE', '', 0)],
)
def test_met_foreign_keys_aan_mislukt_een_kopie_of_zijn_rijen_weg(
    met_events, regel, fout, blijft, uit
):
    beheer = '    verbinding.isolation_level = None\n'
    aan = "    verbinding.execute('PRAGMA foreign_keys=ON')\n"
    met_events.vervang(beheer, beheer + aan)
    met_events.sql(
        f'CREATE TABLE lessen (cursist INTEGER REFERENCES {TABEL} (id) {regel})',
        'INSERT INTO lessen VALUES (1), (2)',
    )
    met_events.schrijf_script('kopieert', uit + KOPIEERT, 'pass')
    uitvoer = met_events.flask('db', 'upgrade', mag_mislukken=True)
    assert fout in uitvoer
    assert ('Error' in uitvoer) == bool(fout)
    assert lees_database(met_events.database).rijen['lessen'] == blijft


def test_een_open_flask_shell_houdt_een_upgrade_met_de_events_tegen(leerling, met_events):
    for m in (leerling(DELEN_NA, 'zonder'), met_events):
        m.schrijf_script('een', KOPIEERT, 'pass')
        with begin_flask(m.map, 'shell') as shell:
            typ(shell, 'db.session.scalars(db.select(Cursist)).all()')
            typ(shell, "db.session.execute(db.text('PRAGMA busy_timeout')).scalar(), 'ms'")
            # Zo lang wacht sqlite3 vanzelf, en dat zegt de tekst; hier hoeft dat niet.
            assert "(5000, 'ms')" in wacht_op(shell, "'ms'")
            m.vervang(DB_MET_NAMEN, f'{NIET_WACHTEN}\n{DB_MET_NAMEN}')
            uitvoer = m.flask('db', 'upgrade', mag_mislukken=True)
            assert ('database is locked' in uitvoer) == (m is met_events)
            shell.communicate('exit()\n')
        m.flask('db', 'upgrade')
