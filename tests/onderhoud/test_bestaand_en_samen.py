"""Wat deel A en B van VERDIEPING.md vertellen zonder het te laten doen, gebeurt hier echt.

Wat `Wat nu` zegt na elke daad van deel B staat in test_een_stem.py.
"""

import re
import shutil
import subprocess

from beweringen import is_goed
from leerling import Leerling
from situaties.situatie import INSTRUMENT, KLASSE, SCHOENMAAT, Dwaler
from speel_les import lees
from spelen.lestekst import VERDIEPING
from standen import stand
from stappen import DATABASE, DELEN_NA, HERNOEMD, LAATSTE, MODULE, TABEL

TEKST = {h.nummer: '\n'.join(regel for _, regel in h.regels) for h in lees(VERDIEPING)}


# --- Deel A -----------------------------------------------------------------------------------

LES = f"""\
{KLASSE.format('Les', 'lessen')}
    standaard = db.Column(db.Text, server_default='a')
    zonder_naam = db.Column(db.Text)
    met_naam = db.Column(db.Text)
    erbij = db.Column(db.Text, unique=True)"""


def test_flask_db_check_vergelijkt_niet_alles(leerling):
    assert 'Een andere standaardwaarde ziet het niet.' in TEKST['A']
    assert 'uniek is, als die constraint geen naam heeft.' in TEKST['A']
    m = leerling(DELEN_NA)
    m.onderaan(LES)
    m.sql(
        "CREATE TABLE lessen (id INTEGER NOT NULL PRIMARY KEY, standaard TEXT DEFAULT 'b', "
        'zonder_naam TEXT UNIQUE, met_naam TEXT, erbij TEXT, CONSTRAINT uq UNIQUE (met_naam))'
    )
    assert re.findall('Detected (.*)', m.flask('db', 'check', mag_mislukken=True)) == [
        "removed unique constraint 'uq' on 'lessen'",
        "added unique constraint 'uq_lessen_erbij' on '('erbij',)'",
    ]


# --- Deel B -----------------------------------------------------------------------------------


def met_een_kolom(m: Leerling, regel: str) -> Leerling:
    """Iemand die zelf een kolom maakte; het script heet zoals zijn map."""
    m.kolom(regel)
    m.migreer(m.map.name)
    return m


def neem_over(m: Leerling, ander: Leerling, *bestanden: str) -> None:
    """Neemt het script van een ander over, en andere bestanden."""
    for naam in (ander.script(ander.map.name), *bestanden):
        shutil.copyfile(ander.map / naam, m.map / naam)


def test_dezelfde_kolom_lost_een_merge_niet_op_en_een_script_kiezen_wel(leerling):
    assert 'Een merge lost dat niet op' in TEKST['B']
    anna = Dwaler(leerling(DELEN_NA).map)
    anna.met_bas(SCHOENMAAT)
    anna.flask('db', 'merge', 'heads', '-m', 'samen')
    assert 'de fout `duplicate column name`' in TEKST['B']
    anna.mislukt('duplicate column name: schoenmaat', 'db', 'upgrade')
    # Ze kiezen hier het script van Bas: Anna heeft de kolom al, maar bij een andere revisie.
    anna.weg('migrations/versions/a1_nieuw.py', anna.script('samen'))
    assert '`flask db stamp --purge head`' in TEKST['B']
    anna.flask('db', 'stamp', '--purge', 'head')
    for m in (anna, Leerling(anna.map.with_name('bas'))):
        assert m.oordeel().database.versies == ['b1']
        # Dit mislukt als er een verschil is.
        m.flask('db', 'check')
        is_goed(m, DELEN_NA)


def test_met_een_andere_down_revision_is_er_geen_merge_nodig_maar_wel_zijn_regel(leerling):
    assert 'Ga eerst terug met `flask db downgrade`.' in TEKST['B']
    anna, bas = leerling(DELEN_NA, 'anna'), met_een_kolom(leerling(DELEN_NA, 'bas'), INSTRUMENT)
    met_een_kolom(anna, SCHOENMAAT).flask('db', 'downgrade')
    neem_over(anna, bas)
    anna.vervang(Leerling(stand(DELEN_NA)).head(), bas.head(), anna.script('anna'))
    uitvoer = anna.flask('db', 'upgrade')
    assert uitvoer.index(', bas\n') < uitvoer.index(', anna\n')
    assert 'wil de volgende `flask db migrate` zijn kolom weghalen' in TEKST['B']
    anna.flask('db', 'migrate', '-m', 'volgende')
    upgrade, _, _ = anna.lees(anna.script('volgende')).partition('downgrade')
    assert "drop_column('instrument')" in upgrade
    (anna.map / anna.script('volgende')).unlink()
    anna.kolom(INSTRUMENT)
    anna.flask('db', 'check')
    is_goed(anna, DELEN_NA)


def git(m: Leerling, *delen: str, check: bool = True) -> str:
    wie = ('-c', 'user.name=anna', '-c', 'user.email=anna@example.com')
    opdracht = ['git', '-C', m.map, *wie, *delen]
    return subprocess.run(opdracht, stdout=subprocess.PIPE, encoding='utf-8', check=check).stdout


def leg_vast(m: Leerling) -> None:
    git(m, 'add', MODULE, DATABASE, 'migrations/versions/*.py')
    git(m, 'commit', '-qm', 'zo is het nu')


def test_na_een_conflict_in_git_houdt_ours_je_eigen_database(leerling):
    anna, bas = leerling(DELEN_NA, 'anna'), met_een_kolom(leerling(DELEN_NA, 'bas'), INSTRUMENT)
    bas.sql(f"INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES ('Noor')")
    git(anna, 'init', '-q', '-b', 'anna')
    leg_vast(anna)
    git(anna, 'checkout', '-qb', 'bas')
    neem_over(anna, bas, MODULE, DATABASE)
    leg_vast(anna)
    git(anna, 'checkout', '-q', 'anna')
    met_een_kolom(anna, SCHOENMAAT)
    leg_vast(anna)
    eigen = anna.database.read_bytes()
    git(anna, 'merge', 'bas', check=False)
    conflict = git(anna, 'diff', '--name-only', '--diff-filter=U').split()
    assert conflict == sorted([MODULE, DATABASE])
    # Allebei de regels houden: alleen wat git erbij zette gaat weg.
    regels = anna.lees().splitlines(keepends=True)
    anna.schrijf(''.join(r for r in regels if not r.startswith(('<<<<', '====', '>>>>'))))
    for opdracht in ('git checkout --ours data.sqlite', 'git add data.sqlite'):
        assert f'`{opdracht}`' in TEKST['B']
        git(anna, *opdracht.split()[1:])
    leg_vast(anna)
    assert anna.database.read_bytes() == eigen
    anna.flask('db', 'merge', 'heads', '-m', 'samen')
    anna.flask('db', 'upgrade')
    anna.flask('db', 'check')
    # Zijn rijen komen niet mee.
    assert 'Noor' not in {cursist['naam'] for cursist in anna.cursisten().values()}


def test_wie_met_de_terminal_in_een_map_erin_staat_leest_dat(leerling, monkeypatch):
    m = leerling(LAATSTE)
    bas = shutil.copytree(stand(LAATSTE), m.map / 'bas')
    monkeypatch.setenv('FLASK_APP', MODULE)
    for hier, opmerking in ((bas, ' cd ..'), (m.map / 'migrations', '')):
        monkeypatch.chdir(hier)
        tekst = is_goed(m, LAATSTE)
        assert tekst[-len(' cd ..') :] == opmerking
        # Daar werkt een deel ook.
        assert ('Doe je *Deel B* van' in tekst) == bool(opmerking)
