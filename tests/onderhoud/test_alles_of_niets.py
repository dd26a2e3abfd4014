"""Wat deel C van VERDIEPING.md belooft, en waar dat ophoudt: met echte mappen en databases.

Dat een upgrade die mislukt geen byte verandert, en zonder de events wel, speelt de tekst zelf.
"""

import re
import shutil
import sqlite3
import time
from contextlib import closing

import pytest
from controle.naspelen import kopieer_database
from controle.tabellen import lees_database
from leerling import EERSTE, Leerling
from processen import begin, typ, wacht_op
from standen import stand
from stappen import DATABASE, DB_MET_NAMEN, DELEN_NA, HERNOEMD, KOPIE, MODULE, TABEL

# Zo vaak wordt een upgrade van veel rijen gedood.
KEREN = 20

# In deze tests is de leerling klaar met deel C: in zijn module staan de opties en de events.

# Een script dat de tabel kopieert.
KOPIEERT = f"""\
with op.batch_alter_table('{TABEL}', recreate='always') as batch_op:
    batch_op.add_column(sa.Column('eerst', sa.Text()))"""
# Wat een script doet dat blijft hangen.
HANGT = """
    print('halverwege', flush=True)
    __import__('time').sleep(600)"""

# Wie iets wil veranderen, wacht niet tot een ander klaar is.
NIET_WACHTEN = "app.config['SQLALCHEMY_ENGINE_OPTIONS'] = {'connect_args': {'timeout': 0}}"

# Met zo weinig geheugen schrijft SQLite al voor het eind in de database.
WEINIG_GEHEUGEN = "op.execute('PRAGMA cache_size=1')\n"
# Pas als SQLite in de database schrijft, staat dit voorin het journal.
SCHRIJFT = bytes.fromhex('d9d505f920a163d7')


def voeg_rijen_toe(m: Leerling, aantal: int, kolom: str) -> None:
    """Zet zoveel cursisten in de database, met iets langs in een kolom."""
    m.sql(
        f'WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < {aantal}) '
        f"INSERT INTO {TABEL} ({kolom}) SELECT printf('%0500d', x) FROM n"
    )


def alles_in(m: Leerling) -> tuple[dict, str]:
    """Het schema en de rijen, in een kopie met wat een afgebroken upgrade ernaast liet."""
    kopie = m.map.with_name('gelezen.sqlite')
    kopieer_database(m.database, kopie)
    with closing(sqlite3.connect(kopie)) as verbinding:
        assert verbinding.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
        rijen = [regel for regel in verbinding.iterdump() if regel.startswith('INSERT')]
    # Het tijdstip van een upgrade is elke keer anders.
    rijen = re.sub(r'\d{4}-\d\d-\d\d [\d:.]+', '*', '\n'.join(rijen))
    return lees_database(m.database).schema, rijen


def dood_upgrade(m: Leerling, bij: str, seconden: float = 0) -> None:
    """Doodt een upgrade zoveel seconden nadat hij een regel afdrukt waar dit in staat."""
    with begin('flask', 'db', 'upgrade', waar=m.map, FLASK_APP=MODULE) as proces:
        wacht_op(proces, bij)
        time.sleep(seconden)
        proces.kill()


def test_een_upgrade_die_gedood_wordt_laat_een_revisie_achter_en_kan_verder(leerling):
    m, hoort = leerling('C'), []
    kopie = m.map / KOPIE
    voeg_rijen_toe(m, 500, HERNOEMD.naam)
    shutil.copyfile(m.database, kopie)
    for naam, eerst in (('een', ''), ('twee', WEINIG_GEHEUGEN)):
        m.schrijf_script(naam, eerst + KOPIEERT.replace('eerst', naam), 'pass')
        m.flask('db', 'upgrade')
        hoort.append(alles_in(m))
    shutil.copyfile(kopie, m.database)
    m.vervang('\n\n\ndef downgrade', f'{HANGT}\n\n\ndef downgrade', m.script('twee'))
    dood_upgrade(m, 'halverwege')
    journal = m.database.with_name(f'{DATABASE}-journal')
    assert journal.read_bytes().startswith(SCHRIJFT)
    # Per script: het eerste is gedaan, en van het tweede is niets te zien.
    assert alles_in(m) == hoort[0]
    # Een kopie die over zo'n database heen gaat, past niet bij het journal.
    ander = Leerling(shutil.copytree(m.map, m.map.with_name('ander')))
    shutil.copyfile(kopie, ander.database)
    assert lees_database(ander.database).schema != lees_database(kopie).schema
    # Lezen deed niets; de volgende opdracht van `flask` ruimt op.
    assert journal.exists()
    m.flask('db', 'current')
    assert not journal.exists()
    m.vervang(HANGT, '', m.script('twee'))
    m.flask('db', 'upgrade')
    assert alles_in(m) == hoort[1]


@pytest.mark.lang
def test_in_elk_script_van_de_les_kan_een_upgrade_gedood_worden(leerling):
    m = leerling('C')
    kopie = m.map / KOPIE
    scripts = [*(m.revisie(stap) for stap in range(EERSTE + 1, DELEN_NA + 1)), m.head()]
    shutil.copyfile(stand(EERSTE) / DATABASE, m.database)
    voeg_rijen_toe(m, 5000, HERNOEMD.was)
    shutil.copyfile(m.database, kopie)
    hoort = [alles_in(m)]
    for revisie in scripts:
        m.flask('db', 'upgrade', revisie)
        hoort.append(alles_in(m))
    shutil.copyfile(kopie, m.database)
    halverwege, sinds = 0, time.monotonic()
    m.flask('db', 'upgrade')
    # Wie langer wacht dan een script hier duurt, doodt een upgrade die al klaar is.
    per_script = (time.monotonic() - sinds) / len(scripts)
    for keer in range(KEREN):
        shutil.copyfile(kopie, m.database)
        dood_upgrade(m, f'-> {scripts[keer % len(scripts)]}', keer / KEREN * per_script)
        assert alles_in(m) in hoort
        halverwege += alles_in(m) != hoort[-1]
        m.flask('db', 'upgrade')
        assert alles_in(m) == hoort[-1]
    assert halverwege > KEREN / 2


# Hoe de eigen tabel verwijst, de fout die dan komt, en hoeveel rijen er blijven.
VERWIJST = ('', 'FOREIGN KEY constraint failed', 2), ('ON DELETE CASCADE', '', 0)


@pytest.mark.parametrize(('regel', 'fout', 'blijft'), VERWIJST)
def test_met_foreign_keys_aan_mislukt_een_kopie_of_zijn_rijen_weg(leerling, regel, fout, blijft):
    m = leerling('C')
    m.vervang('level = None\n', "level = None\n    verbinding.execute('PRAGMA foreign_keys=ON')\n")
    m.sql(
        f'CREATE TABLE lessen (cursist INTEGER REFERENCES {TABEL} (id) {regel})',
        'INSERT INTO lessen VALUES (1), (2)',
    )
    # Uitzetten in het script helpt niet.
    m.schrijf_script('kopieert', f"op.execute('PRAGMA foreign_keys=OFF')\n{KOPIEERT}", 'pass')
    uitvoer = m.flask('db', 'upgrade', mag_mislukken=True)
    assert fout in uitvoer
    assert ('Error' in uitvoer) == bool(fout)
    assert lees_database(m.database).rijen['lessen'] == blijft


def test_een_open_flask_shell_houdt_een_upgrade_met_de_events_tegen(leerling):
    m = leerling('C')
    m.schrijf_script('een', KOPIEERT, 'pass')
    with begin('flask', 'shell', waar=m.map, FLASK_APP=MODULE) as shell:
        typ(shell, 'db.session.scalars(db.select(Cursist)).all()')
        typ(shell, "db.session.execute(db.text('PRAGMA busy_timeout')).scalar(), 'ms'")
        # Zo lang wacht sqlite3 vanzelf, en dat zegt de tekst; hier hoeft dat niet.
        assert "(5000, 'ms')" in wacht_op(shell, "'ms'")
        m.vervang(DB_MET_NAMEN, f'{NIET_WACHTEN}\n{DB_MET_NAMEN}')
        assert 'database is locked' in m.flask('db', 'upgrade', mag_mislukken=True)
        shell.communicate('exit()\n')
    m.flask('db', 'upgrade')
