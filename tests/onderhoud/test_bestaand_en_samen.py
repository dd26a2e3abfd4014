"""Wat deel A en B van VERDIEPING.md vertellen zonder het te laten doen, gebeurt hier echt."""

import os
import shutil
import subprocess

import pytest
from leerling import Leerling
from situaties.situatie import vorige
from speel_les import lees
from spelen.lestekst import VERDIEPING
from stappen import DATABASE, DELEN_NA, MODULE, TABEL

TEKST = {h.nummer: '\n'.join(regel for _, regel in h.regels) for h in lees(VERDIEPING)}

# Hieraan zie je dat `flask db check` een verschil ziet.
VERSCHIL = 'Detected '
POSTCODE = 'postcode = db.Column(db.String(7))'
STRAAT = 'straat = db.Column(db.String(80))'


# --- Deel A -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('in_database', 'in_model', 'ziet_het'),
    [
        ("code TEXT DEFAULT 'b'", "db.Text, server_default='a'", False),
        ('code TEXT UNIQUE', 'db.Text', False),
        ('code TEXT, CONSTRAINT uq_code UNIQUE (code)', 'db.Text', True),
        ('code TEXT', 'db.Text, unique=True', True),
    ],
)
def test_flask_db_check_vergelijkt_niet_alles(leerling, in_database, in_model, ziet_het):
    assert 'Een andere standaardwaarde ziet het niet.' in TEKST['A']
    assert 'uniek is, als die constraint geen naam heeft.' in TEKST['A']
    m = leerling(DELEN_NA)
    m.onderaan(
        "class Les(db.Model):\n    __tablename__ = 'lessen'\n"
        f'    id = db.Column(db.Integer, primary_key=True)\n    code = db.Column({in_model})'
    )
    m.sql(f'CREATE TABLE lessen (id INTEGER NOT NULL PRIMARY KEY, {in_database})')
    assert (VERSCHIL in m.flask('db', 'check', mag_mislukken=True)) == ziet_het


# --- Deel B -----------------------------------------------------------------------------------


@pytest.fixture
def met_een_kolom(leerling):
    """`met_een_kolom('bas', STRAAT)`: iemand die zelf een kolom maakte."""

    def geef(naam: str, regel: str) -> Leerling:
        m = leerling(DELEN_NA, naam)
        m.kolom(regel)
        m.migreer(naam)
        return m

    return geef


def neem_script_over(m: Leerling, ander: Leerling, naam: str) -> None:
    shutil.copyfile(ander.map / ander.script(naam), m.map / ander.script(naam))


def test_zonder_zijn_regel_in_het_model_haalt_de_volgende_migratie_zijn_kolom_weg(met_een_kolom):
    assert 'wil de volgende `flask db migrate` zijn kolom weghalen' in TEKST['B']
    anna, bas = met_een_kolom('anna', POSTCODE), met_een_kolom('bas', STRAAT)
    neem_script_over(anna, bas, 'bas')
    anna.flask('db', 'merge', 'heads', '-m', 'samen')
    anna.flask('db', 'upgrade')
    anna.flask('db', 'migrate', '-m', 'volgende')
    assert "drop_column('straat')" in anna.lees(anna.script('volgende')).partition('downgrade')[0]


def test_twee_keer_dezelfde_kolom_lost_een_merge_niet_op(met_een_kolom):
    assert 'Een merge lost dat niet op' in TEKST['B']
    anna, bas = met_een_kolom('anna', POSTCODE), met_een_kolom('bas', POSTCODE)
    neem_script_over(anna, bas, 'bas')
    anna.flask('db', 'merge', 'heads', '-m', 'samen')
    melding = 'duplicate column name'
    assert f'de fout `{melding}`' in TEKST['B']
    assert f'{melding}: postcode' in anna.flask('db', 'upgrade', mag_mislukken=True)


def test_bij_dezelfde_kolom_blijft_een_script_over(met_een_kolom):
    anna, bas = met_een_kolom('anna', POSTCODE), met_een_kolom('bas', POSTCODE)
    neem_script_over(bas, anna, 'anna')
    (bas.map / bas.script('bas')).unlink()
    assert '`flask db stamp --purge head`' in TEKST['B']
    bas.flask('db', 'stamp', '--purge', 'head')
    for m in (anna, bas):
        assert m.oordeel().database.versies == [m.revisie('anna')]
        assert VERSCHIL not in m.flask('db', 'check')
        assert not m.oordeel().afwijkingen


def test_met_een_andere_down_revision_is_er_geen_merge_nodig(met_een_kolom):
    assert 'Ga eerst terug met `flask db downgrade`.' in TEKST['B']
    anna, bas = met_een_kolom('anna', POSTCODE), met_een_kolom('bas', STRAAT)
    anna.flask('db', 'downgrade')
    anna.kolom(STRAAT)
    neem_script_over(anna, bas, 'bas')
    anna.vervang(vorige(anna, 'anna'), bas.head(), anna.script('anna'))
    uitvoer = anna.flask('db', 'upgrade')
    assert uitvoer.index(', bas\n') < uitvoer.index(', anna\n')
    assert VERSCHIL not in anna.flask('db', 'check')
    assert not anna.oordeel().afwijkingen


def git(m: Leerling, *delen: str, mag_mislukken: bool = False) -> str:
    wie = {
        f'GIT_{rol}_{wat}': 'x@example.com'
        for rol in ('AUTHOR', 'COMMITTER')
        for wat in ('NAME', 'EMAIL')
    }
    klaar = subprocess.run(
        ['git', '-C', m.map, *delen], env=os.environ | wie, capture_output=True, encoding='utf-8'
    )
    assert mag_mislukken or not klaar.returncode, klaar.stdout + klaar.stderr
    return klaar.stdout


def test_na_een_conflict_in_git_houdt_ours_je_eigen_database(met_een_kolom, leerling):
    anna, bas = leerling(DELEN_NA, 'git'), met_een_kolom('bas', STRAAT)
    bas.sql(f"INSERT INTO {TABEL} (volledige_naam) VALUES ('Noor')")
    git(anna, 'init', '-q', '-b', 'anna')

    def leg_vast(bericht: str) -> None:
        git(anna, 'add', MODULE, DATABASE, 'migrations/versions/*.py')
        git(anna, 'commit', '-qm', bericht)

    leg_vast('samen begonnen')
    git(anna, 'checkout', '-qb', 'bas')
    for naam in (MODULE, DATABASE, bas.script('bas')):
        shutil.copyfile(bas.map / naam, anna.map / naam)
    leg_vast('straat')
    git(anna, 'checkout', '-q', 'anna')
    anna.kolom(POSTCODE)
    anna.migreer('anna')
    leg_vast('postcode')
    eigen = anna.database.read_bytes()
    git(anna, 'merge', 'bas', mag_mislukken=True)
    conflict = git(anna, 'diff', '--name-only', '--diff-filter=U').split()
    assert conflict == sorted([MODULE, DATABASE])
    # Allebei de regels houden: alleen wat git erbij zette gaat weg.
    regels = anna.lees().splitlines(keepends=True)
    anna.schrijf(''.join(r for r in regels if not r.startswith(('<<<<', '====', '>>>>'))))
    for opdracht in ('git checkout --ours data.sqlite', 'git add data.sqlite'):
        assert f'`{opdracht}`' in TEKST['B']
        git(anna, *opdracht.split()[1:])
    leg_vast('samen')
    assert anna.database.read_bytes() == eigen
    anna.flask('db', 'merge', 'heads', '-m', 'samen')
    anna.flask('db', 'upgrade')
    assert VERSCHIL not in anna.flask('db', 'check')
    # Zijn rijen komen niet mee.
    assert 'Noor' not in {cursist['naam'] for cursist in anna.cursisten().values()}
