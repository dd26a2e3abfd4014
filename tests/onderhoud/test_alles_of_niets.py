"""Wat deel C van VERDIEPING.md belooft, en waar dat ophoudt: met echte mappen en databases."""

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from afbreken import Proef, kijk, maak_begin, zet_events_erin
from leerling import Leerling
from speel_les import omgeving
from sqlalchemy.exc import DatabaseError
from stappen import DATABASE, DELEN_NA, KOPIE, MODULE, TABEL

KEREN = 20

# Een script dat zijn eerste kolom maakt, en bij de tweede stopt.
HALF = """\
op.add_column('cursisten', sa.Column('telefoon', sa.Text()))
op.add_column('cursisten', sa.Column('lestijd', sa.Text(), nullable=False))"""

# Een script dat de tabel kopieert waar een andere naar wijst.
KOPIEERT = """\
with op.batch_alter_table('cursisten', recreate='always') as batch_op:
    batch_op.add_column(sa.Column('telefoon', sa.Text()))"""


@pytest.fixture
def met_events(leerling) -> Leerling:
    """Een leerling na stap 10, met in zijn module wat deel C erin zet."""
    m = leerling(DELEN_NA)
    zet_events_erin(m.map)
    return m


@pytest.fixture
def proef(met_events) -> Proef:
    """De map waarin een upgrade met veel rijen wordt afgebroken."""
    return Proef(met_events.map, maak_begin(met_events.map, met_events.map / KOPIE))


def test_een_afgebroken_upgrade_laat_precies_een_revisie_achter_en_kan_verder(proef):
    uitkomsten = list(proef.keren(KEREN))
    assert len(uitkomsten) == KEREN
    for uitkomst in uitkomsten:
        goed = uitkomst.heel and uitkomst.een_revisie and uitkomst.verder
        assert goed and not uitkomst.kwijt, uitkomst


def breek_af_met_journal(proef: Proef) -> None:
    """Doodt een upgrade die halverwege een script al in de database schreef."""
    journal = proef.map / f'{DATABASE}-journal'
    for twintigste in range(1, 20):
        proef.breek_af(twintigste / 20 * proef.duur)
        # Pas als SQLite in de database gaat schrijven, staat dit voorin.
        if journal.exists() and journal.read_bytes().startswith(bytes.fromhex('d9d505f920a163d7')):
            return
    pytest.fail('Er bleef geen journal achter.')


def kopie_is_goed(proef: Proef) -> bool:
    """Zet de kopie terug, en ziet of er dan staat wat er hoort."""
    shutil.copyfile(proef.begin.database, proef.database)
    try:
        return kijk(proef.database) == kijk(proef.begin.database)
    except DatabaseError:
        return False


def test_een_kopie_naast_een_journal_gaat_kapot_en_na_flask_db_current_niet(proef):
    breek_af_met_journal(proef)
    assert not kopie_is_goed(proef)
    breek_af_met_journal(proef)
    Leerling(proef.map).flask('db', 'current')
    assert kopie_is_goed(proef)


def test_een_upgrade_die_mislukt_verandert_geen_byte_en_zonder_de_events_wel(leerling, met_events):
    zonder = leerling(DELEN_NA, 'zonder')
    alleen_de_opties = leerling(DELEN_NA, 'opties')
    opties = 'Migrate(app, db, transactional_ddl=True, transaction_per_migration=True)'
    assert opties in met_events.lees()
    alleen_de_opties.vervang('Migrate(app, db)', opties)
    onveranderd = []
    for m in (zonder, alleen_de_opties, met_events):
        vorige = m.head()
        m.schrijf_script('half', HALF, 'pass')
        voor = m.database.read_bytes()
        assert 'Cannot add a NOT NULL' in m.flask('db', 'upgrade', mag_mislukken=True)
        onveranderd.append(m.database.read_bytes() == voor)
        stand = kijk(m.database)
        # De revisie blijft altijd staan; de eerste kolom is er zonder de events toch.
        assert stand.versies == [vorige]
        assert ('telefoon' in stand.schema[TABEL]['kolommen']) != onveranderd[-1]
    assert onveranderd == [False, False, True]


def test_het_geldt_per_script(met_events):
    goed = met_events.schrijf_script(
        'goed', "op.add_column('gebruikers', sa.Column('a', sa.Text()))", 'pass'
    )
    met_events.schrijf_script('half', HALF, 'pass', vorige=goed)
    met_events.flask('db', 'upgrade', mag_mislukken=True)
    stand = kijk(met_events.database)
    assert stand.versies == [goed]
    assert 'a' in stand.schema['gebruikers']['kolommen']
    assert 'telefoon' not in stand.schema[TABEL]['kolommen']


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
    with closing(sqlite3.connect(met_events.database)) as verbinding:
        assert verbinding.execute('SELECT count(*) FROM lessen').fetchone() == (blijft,)


@pytest.mark.parametrize('events', [False, True])
def test_een_open_flask_shell_houdt_een_upgrade_met_de_events_tegen(leerling, events):
    m = leerling(DELEN_NA)
    if events:
        zet_events_erin(m.map)
    m.schrijf_script('goed', "op.add_column('cursisten', sa.Column('a', sa.Text()))", 'pass')
    with subprocess.Popen(
        [sys.executable, '-m', 'flask', 'shell'],
        cwd=m.map,
        env=omgeving() | {'FLASK_APP': MODULE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as shell:
        shell.stdin.write("print(db.session.scalars(db.select(Cursist)).all(), 'gelezen')\n")
        shell.stdin.flush()
        while 'gelezen' not in shell.stdout.readline():
            assert shell.poll() is None
        begin = time.monotonic()
        uitvoer = m.flask('db', 'upgrade', mag_mislukken=True)
        seconden = time.monotonic() - begin
        shell.communicate('exit()\n')
    assert ('database is locked' in uitvoer) == events
    # Zo lang wacht sqlite3, en dat zegt de tekst.
    assert (seconden >= 5) == events
    m.flask('db', 'upgrade')
