"""Wat deel A en B van VERDIEPING.md vertellen zonder het te laten doen, gebeurt hier echt.

Ook klopt `Wat nu` bij wie samenwerkt na elke daad, en wat goed is blijft goed.
"""

import shutil
import subprocess
from collections.abc import Callable

import pytest
from beweringen import is_goed
from leerling import GEBOORTEJAAR, Leerling
from situaties.situatie import INSTRUMENT, vorige
from speel_les import lees
from spelen.lestekst import VERDIEPING
from standen import stand
from stappen import DATABASE, DELEN_NA, HERNOEMD, KOPIE, LAATSTE, MODULE, TABEL

TEKST = {h.nummer: '\n'.join(regel for _, regel in h.regels) for h in lees(VERDIEPING)}

# Hieraan zie je dat `flask db check` een verschil ziet.
VERSCHIL = 'Detected '
# Wat `Wat nu` zegt als er niets te doen is.
KLAAR = 'alle stappen zijn af'
SCHOENMAAT = 'schoenmaat = db.Column(db.Integer)'
SAMEN = ('db', 'merge', 'heads', '-m', 'samen')


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
    """`met_een_kolom('bas', INSTRUMENT)`: iemand die zelf een kolom maakte."""

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
    anna, bas = met_een_kolom('anna', SCHOENMAAT), met_een_kolom('bas', INSTRUMENT)
    neem_script_over(anna, bas, 'bas')
    anna.flask(*SAMEN)
    anna.flask('db', 'upgrade')
    anna.flask('db', 'migrate', '-m', 'volgende')
    upgrade, _, _ = anna.lees(anna.script('volgende')).partition('downgrade')
    assert "drop_column('instrument')" in upgrade


def test_dezelfde_kolom_lost_een_merge_niet_op_en_een_script_kiezen_wel(met_een_kolom):
    assert 'Een merge lost dat niet op' in TEKST['B']
    anna, bas = met_een_kolom('anna', SCHOENMAAT), met_een_kolom('bas', SCHOENMAAT)
    neem_script_over(bas, anna, 'anna')
    bas.flask(*SAMEN)
    melding = 'duplicate column name'
    assert f'de fout `{melding}`' in TEKST['B']
    assert f'{melding}: schoenmaat' in bas.flask('db', 'upgrade', mag_mislukken=True)
    for naam in ('bas', 'samen'):
        (bas.map / bas.script(naam)).unlink()
    assert '`flask db stamp --purge head`' in TEKST['B']
    bas.flask('db', 'stamp', '--purge', 'head')
    for m in (anna, bas):
        assert m.oordeel().database.versies == [m.revisie('anna')]
        assert VERSCHIL not in m.flask('db', 'check')
        is_goed(m, LAATSTE)


def test_met_een_andere_down_revision_is_er_geen_merge_nodig(met_een_kolom):
    assert 'Ga eerst terug met `flask db downgrade`.' in TEKST['B']
    anna, bas = met_een_kolom('anna', SCHOENMAAT), met_een_kolom('bas', INSTRUMENT)
    anna.flask('db', 'downgrade')
    anna.kolom(INSTRUMENT)
    neem_script_over(anna, bas, 'bas')
    anna.vervang(vorige(anna, 'anna'), bas.head(), anna.script('anna'))
    uitvoer = anna.flask('db', 'upgrade')
    assert uitvoer.index(', bas\n') < uitvoer.index(', anna\n')
    assert VERSCHIL not in anna.flask('db', 'check')
    is_goed(anna, LAATSTE)


def git(m: Leerling, *delen: str, mag_mislukken: bool = False) -> str:
    wie = ('-c', 'user.name=anna', '-c', 'user.email=anna@example.com')
    klaar = subprocess.run(
        ['git', '-C', m.map, *wie, *delen], capture_output=True, encoding='utf-8'
    )
    assert mag_mislukken or not klaar.returncode, klaar.stdout + klaar.stderr
    return klaar.stdout


def leg_vast(m: Leerling, bericht: str) -> None:
    git(m, 'add', MODULE, DATABASE, 'migrations/versions/*.py')
    git(m, 'commit', '-qm', bericht)


def test_na_een_conflict_in_git_houdt_ours_je_eigen_database(met_een_kolom, leerling):
    anna, bas = leerling(DELEN_NA, 'git'), met_een_kolom('bas', INSTRUMENT)
    bas.sql(f"INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES ('Noor')")
    git(anna, 'init', '-q', '-b', 'anna')
    leg_vast(anna, 'samen begonnen')
    git(anna, 'checkout', '-qb', 'bas')
    for naam in (MODULE, DATABASE, bas.script('bas')):
        shutil.copyfile(bas.map / naam, anna.map / naam)
    leg_vast(anna, 'instrument')
    git(anna, 'checkout', '-q', 'anna')
    anna.kolom(SCHOENMAAT)
    anna.migreer('anna')
    leg_vast(anna, 'schoenmaat')
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
    leg_vast(anna, 'samen')
    assert anna.database.read_bytes() == eigen
    anna.flask(*SAMEN)
    anna.flask('db', 'upgrade')
    assert VERSCHIL not in anna.flask('db', 'check')
    # Zijn rijen komen niet mee.
    assert 'Noor' not in {cursist['naam'] for cursist in anna.cursisten().values()}


def daden(anna: Leerling, bas: Leerling) -> list[tuple[Callable, str]]:
    """Wat Anna en Bas doen, elk met wat `Wat nu` daarna tegen Anna zegt."""
    begin = anna.head()

    def gaat_niet_een_terug():
        assert 'Ambiguous walk' in anna.flask('db', 'downgrade', mag_mislukken=True)

    return [
        (lambda: anna.kolom(SCHOENMAAT), 'flask db migrate -m "schoenmaat"'),
        (lambda: anna.flask('db', 'migrate', '-m', 'eigen'), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
        (lambda: bas.kolom(INSTRUMENT), KLAAR),
        (lambda: bas.migreer('instrument'), KLAAR),
        (lambda: anna.kolom(INSTRUMENT), 'Neem dat script over:'),
        (lambda: neem_script_over(anna, bas, 'instrument'), 'flask db merge heads -m "samen"'),
        (lambda: anna.flask('db', 'merge', '-m', 'los'), 'Het doet niets.\nVerwijder het:'),
        (lambda: (anna.map / anna.script('los')).unlink(), 'flask db merge heads -m "samen"'),
        (lambda: anna.flask(*SAMEN), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
        (gaat_niet_een_terug, KLAAR),
        (lambda: anna.flask('db', 'downgrade', begin), 'flask db upgrade'),
        (lambda: anna.flask('db', 'upgrade'), KLAAR),
    ]


def test_wat_nu_klopt_na_elke_daad_van_samenwerken(leerling, monkeypatch):
    anna = leerling(LAATSTE)
    # Zoals in deel B: in haar map staat een map `bas`, de kopie van haar maat.
    bas = Leerling(anna.map / 'bas')
    shutil.copytree(anna.map / 'migrations', bas.map / 'migrations')
    for naam in (MODULE, DATABASE):
        shutil.copyfile(anna.map / naam, bas.map / naam)
    for doe, gezegd in daden(anna, bas):
        doe()
        assert gezegd in anna.wat_nu(), anna.wat_nu()
    # De map van Bas is van Bas; wie erin staat, hoort dat.
    is_goed(bas, LAATSTE)
    monkeypatch.setenv('FLASK_APP', MODULE)
    monkeypatch.chdir(bas.map)
    assert is_goed(anna, LAATSTE).endswith(' cd ..')
    monkeypatch.chdir(anna.map / 'migrations')
    assert is_goed(anna, LAATSTE) == ''
    # Ook zonder de eigen kolom, en met oude kopieën ernaast, is alles goed.
    anna.vervang(f'    {SCHOENMAAT}\n', '')
    anna.migreer('weg')
    (anna.map / 'oud').mkdir()
    for naam in (KOPIE, 'oud.sqlite', 'oud/data.sqlite'):
        shutil.copyfile(stand(GEBOORTEJAAR) / DATABASE, anna.map / naam)
    is_goed(anna, LAATSTE)
