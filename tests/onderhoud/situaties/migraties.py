"""De map migrations, en de reeks van revisies."""

import shutil
from pathlib import Path

from leerling import EERSTE, INDEX, NIVEAU, WOONPLAATS
from stappen import KOPIE, LAATSTE

from situaties.situatie import (
    INSTRUMENT,
    TELEFOON,
    herschrijf,
    in_een_script,
    samen_met_bas,
    situatie,
    vorige,
    zet_klaar,
)


def zonder_onderdeel(naam):
    @situatie('migraties_zijn_weg', WOONPLAATS, f'`{naam}`', '--terug')
    def onderdeel_weg(m):
        (m.map / 'migrations' / naam).unlink()


zonder_onderdeel('env.py')
zonder_onderdeel('script.py.mako')
zonder_onderdeel('alembic.ini')


@situatie('nog_geen_revisie', EERSTE - 1, 'eerste migratie')
def alleen_init(m):
    m.flask('db', 'init')


@situatie('migraties_zijn_er_nog_niet', EERSTE - 1, 'flask db init')
def create_all_voor_init(m):
    noor = "db.session.add(Cursist(naam='Noor', leeftijd=20))"
    m.flask('shell', invoer=f'db.create_all()\n{noor}\ndb.session.commit()\n')


@situatie('nog_geen_revisie', EERSTE - 1, 'create_all', '--terug')
def init_en_create_all(m):
    m.flask('db', 'init')
    create_all_voor_init(m)


@situatie('migraties_zijn_weg', EERSTE - 1, '`env.py`')
def init_halverwege(m):
    m.flask('db', 'init')
    (m.map / 'migrations/env.py').unlink()


@situatie('migraties_zijn_weg', WOONPLAATS, 'prullenbak', f'--terug {WOONPLAATS}')
def migrations_verwijderd(m):
    shutil.rmtree(m.map / 'migrations')


@situatie('migraties_zijn_weg', INDEX, '*Deel A*', '*Wat je doet*', f'--terug {INDEX}')
def migrations_verwijderd_na_de_stappen(m):
    shutil.rmtree(m.map / 'migrations')


def begin_deel_a(m):
    """Een database met alle tabellen en zonder revisie, en nog geen script."""
    m.sql('DROP TABLE alembic_version')
    shutil.rmtree(m.map / 'migrations')
    m.flask('db', 'init')


def maak_het_script_van_deel_a(m):
    m.database.rename(m.map / KOPIE)
    m.flask('db', 'migrate', '-m', 'begin')
    (m.map / KOPIE).replace(m.database)


@situatie('nog_geen_revisie', INDEX, '*Deel A*', '*Wat je doet*', zelf=maak_het_script_van_deel_a)
def tabellen_van_alle_stappen_zonder_migratie(m):
    begin_deel_a(m)


@situatie('nog_geen_revisie', INDEX, KOPIE, 'flask db migrate -m "begin"', bij=EERSTE)
def tabellen_van_alle_stappen_alleen_nog_in_de_kopie(m):
    begin_deel_a(m)
    m.database.replace(m.map / KOPIE)


@situatie('migraties_zijn_weg', EERSTE, 'prullenbak')
def scripts_verwijderd(m):
    shutil.rmtree(m.versions)


# --- De reeks van revisies ------------------------------------------------------------------


@situatie('script_zonder_revisie', WOONPLAATS, 'hulp.py', 'geen migratie')
def los_bestand_tussen_de_scripts(m):
    m.schrijf('x = 1\n', 'migrations/versions/hulp.py')


@situatie('script_zonder_revisie', WOONPLAATS, 'ontbreekt de regel')
def script_zonder_de_regel_revision(m):
    herschrijf(m, r"\nrevision = '.*", '', m.script(WOONPLAATS))


@situatie('script_zonder_revisie', EERSTE, '_eerste_migratie.py`', 'revision = ')
def enige_script_zonder_revisie(m):
    herschrijf(m, r'\nrevision = .*', '', m.script(EERSTE))


@situatie('script_zonder_revisie', NIVEAU, '_niveau.py`', 'down_revision = ')
def script_zonder_down_revision(m):
    herschrijf(m, r'down_revision = .*\n', '', m.script(NIVEAU))


in_een_script(
    'script_zonder_revisie',
    EERSTE,
    'eerste_migratie',
    'down_revision = None\n',
    '',
    'down_revision = None',
)


@situatie('script_is_een_kopie', WOONPLAATS, 'woonplaats kopie.py')
def script_gekopieerd(m):
    naam = m.script(WOONPLAATS)
    shutil.copyfile(m.map / naam, m.map / naam.replace('.py', ' kopie.py'))


@situatie('script_is_een_kopie', WOONPLAATS, 'kopie.py', 'hetzelfde')
def kopie_met_een_eigen_naam(m):
    shutil.copyfile(m.map / m.script(WOONPLAATS), m.versions / 'kopie.py')


def overgeschreven(m, eind, naam):
    """Stap INDEX, met de kop van een ander script erboven."""
    zelf = zet_klaar(m, INDEX)
    kop = m.lees(m.script(eind)).partition('def upgrade')[0]
    functies = m.lees(zelf).partition('def upgrade')[1:]
    (m.map / zelf).unlink()
    m.schrijf(kop + ''.join(functies), naam or zelf)
    return naam or zelf


@situatie('reeks_klopt_niet', INDEX - 1, 'doen iets anders', '--terug', bij=INDEX - 2)
def kopie_met_een_andere_inhoud(m):
    overgeschreven(m, 'gebruikers', 'migrations/versions/index.py')


@situatie('reeks_klopt_niet', INDEX - 1, 'doen iets anders', '--terug', bij=INDEX - 1)
def kopie_van_de_eerste_over_een_eigen_script(m):
    overgeschreven(m, 'eerste_migratie', None)


@situatie('script_zonder_revisie', INDEX - 1, 'index.py')
def kopie_zonder_down_revision(m):
    naam = overgeschreven(m, 'gebruikers', 'migrations/versions/index.py')
    herschrijf(m, r'\nrevision = .*\ndown_revision = .*', "\nrevision = 'abc123'", naam)


@situatie('script_zonder_vorige', INDEX - 1, 'down_revision = None', 'index.py')
def kopie_van_de_eerste_met_een_eigen_revisie(m):
    naam = overgeschreven(m, 'eerste_migratie', 'migrations/versions/index.py')
    herschrijf(m, r'\nrevision = .*', "\nrevision = 'abc123'", naam)


@situatie('script_zonder_vorige', WOONPLAATS, 'down_revision = None', '_samen.py')
def merge_zonder_het_woord_heads(m):
    m.flask('db', 'merge', '-m', 'samen')


@situatie('script_zonder_vorige', LAATSTE, '_samen.py', 'Verwijder het', tot_het_eind=True)
def merge_zonder_het_woord_heads_bij_twee_heads(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    m.flask('db', 'merge', '-m', 'samen')


@situatie('twee_heads', LAATSTE, 'flask db merge heads', tot_het_eind=True)
def merge_zonder_het_woord_heads_uitgevoerd(m):
    merge_zonder_het_woord_heads_bij_twee_heads(m)
    m.kolom(INSTRUMENT)
    m.flask('db', 'upgrade', 'heads')


@situatie('script_heet_anders_of_staat_elders', WOONPLAATS, 'bas/migrations', 'Neem het over')
def database_van_bas_overgenomen(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    (m.map.parent / 'bas').rename(m.map / 'bas')
    m.kolom(INSTRUMENT)
    (m.versions / 'b1_nieuw.py').unlink()
    shutil.copyfile(m.map / 'bas/data.sqlite', m.database)


@situatie('script_heet_anders_of_staat_elders', WOONPLAATS, '.py.txt', bij=WOONPLAATS - 1)
def script_met_txt(m):
    naam = m.script(WOONPLAATS)
    (m.map / naam).rename(m.map / f'{naam}.txt')


def script_staat_in(map_):
    @situatie('script_heet_anders_of_staat_elders', NIVEAU, f'{map_}/')
    def script_verplaatst(m):
        naam = Path(m.script(WOONPLAATS)).name
        (m.map / map_).mkdir(exist_ok=True)
        (m.versions / naam).rename(m.map / map_ / naam)


script_staat_in('migrations')
# Dit is niet wat de weg terug bewaarde.
script_staat_in('oude scripts')


@situatie('reeks_klopt_niet', NIVEAU, 'prullenbak', '--terug')
def script_uit_het_midden_verwijderd(m):
    (m.map / m.script(WOONPLAATS)).unlink()


@situatie('reeks_klopt_niet', WOONPLAATS, 'abc123', '_woonplaats.py')
def down_revision_met_een_tikfout(m):
    herschrijf(m, 'down_revision = .*', "down_revision = 'abc123'", m.script(WOONPLAATS))


@situatie('reeks_klopt_niet', WOONPLAATS, 'kring', '--terug')
def scripts_in_een_kring(m):
    naar = f'down_revision = {m.revisie("woonplaats")!r}'
    m.vervang('down_revision = None', naar, m.script(EERSTE))


@situatie('twee_heads', WOONPLAATS, 'flask db merge heads')
def script_van_een_ander(m):
    m.schrijf_script(
        'straat',
        "op.add_column('cursisten', sa.Column('straat', sa.Text()))",
        "op.drop_column('cursisten', 'straat')",
        vorige(m, 'woonplaats'),
    )
    m.kolom('straat = db.Column(db.Text)')
