"""De map migrations, en de reeks van revisies."""

import shutil

from leerling import EERSTE, GEBRUIKERS, INDEX, NIVEAU, WOONPLAATS
from stappen import DATABASE, KOPIE, LAATSTE

from situaties.situatie import (
    INSTRUMENT,
    flask,
    herschrijf,
    kolommen,
    met_bas,
    na,
    samen,
    vorige,
    zet_klaar,
)

# --- De map -----------------------------------------------------------------------------------

INIT = flask('db', 'init')


def zonder(onderdeel):
    return lambda m: (m.map / 'migrations' / onderdeel).unlink()


def zonder_migrations(m):
    shutil.rmtree(m.map / 'migrations')


def begin(m):
    """Er is alleen nog de module."""
    zonder_migrations(m)
    m.database.unlink()


def create_all(m):
    noor = "db.session.add(Cursist(naam='Noor', leeftijd=20))"
    m.flask('shell', invoer=f'db.create_all()\n{noor}\ndb.session.commit()\n')


def maak_het_script_van_deel_a(m):
    m.database.rename(m.map / KOPIE)
    m.flask('db', 'migrate', '-m', 'begin')
    (m.map / KOPIE).replace(m.database)


# Een database met alle tabellen en zonder revisie, en nog geen script.
BEGIN_VAN_DEEL_A = samen(lambda m: m.sql('DROP TABLE alembic_version'), zonder_migrations, INIT)

na(
    EERSTE - 1,
    verloren=True,
    alleen_init=samen(begin, INIT),
    init_halverwege=samen(begin, INIT, zonder('env.py')),
    create_all_voor_init=samen(begin, create_all),
    create_all_na_init=samen(begin, INIT, create_all),
)
na(EERSTE, versions_verwijderd=lambda m: shutil.rmtree(m.versions))
na(
    WOONPLAATS,
    migrations_verwijderd=zonder_migrations,
    env_verwijderd=zonder('env.py'),
    sjabloon_verwijderd=zonder('script.py.mako'),
    alembic_ini_verwijderd=zonder('alembic.ini'),
)
na(
    INDEX,
    migrations_verwijderd_na_de_stappen=zonder_migrations,
    alle_tabellen_alleen_nog_in_de_kopie=samen(
        BEGIN_VAN_DEEL_A, lambda m: m.database.replace(m.map / KOPIE)
    ),
)
na(INDEX, zelf=maak_het_script_van_deel_a, alle_tabellen_zonder_migratie=BEGIN_VAN_DEEL_A)

# --- De regels boven in een script ------------------------------------------------------------

VERSIONS = 'migrations/versions'
REVISION, DOWN_REVISION = r'\nrevision = .*', r'\ndown_revision = .*'
ANDERE = "revision = 'abc123'"


def herschreven(eind, patroon, nieuw):
    return lambda m: herschrijf(m, patroon, nieuw, m.script(eind))


def index_met_de_kop_van(stap, naam=''):
    """Het script van de laatste stap, met erboven wat boven in een ander script staat."""

    def doe(m):
        zelf = zet_klaar(m, INDEX)
        kop = m.lees(m.script(stap)).partition('def upgrade')[0]
        _, *functies = m.lees(zelf).partition('def upgrade')
        (m.map / zelf).unlink()
        m.schrijf(kop + ''.join(functies), naam or zelf)

    return doe


EIGEN = f'{VERSIONS}/zelf_index.py'

na(
    EERSTE,
    revision_ontbreekt_in_het_enige_script=herschreven(EERSTE, REVISION, ''),
    down_revision_ontbreekt_in_het_enige_script=herschreven(EERSTE, DOWN_REVISION, ''),
)
na(
    WOONPLAATS,
    los_bestand_tussen_de_scripts=lambda m: m.schrijf('x = 1\n', f'{VERSIONS}/hulp.py'),
    revision_ontbreekt=herschreven(WOONPLAATS, REVISION, ''),
    down_revision_met_een_tikfout=herschreven(WOONPLAATS, DOWN_REVISION, f'\ndown_{ANDERE}'),
    scripts_in_een_kring=lambda m: m.vervang(
        'down_revision = None', f'down_revision = {m.revisie(WOONPLAATS)!r}', m.script(EERSTE)
    ),
)
na(NIVEAU, down_revision_ontbreekt=herschreven(NIVEAU, DOWN_REVISION, ''))
na(
    INDEX - 1,
    kop_van_de_vorige_stap=index_met_de_kop_van(GEBRUIKERS, EIGEN),
    kop_van_de_vorige_stap_zonder_down_revision=samen(
        index_met_de_kop_van(GEBRUIKERS, EIGEN),
        herschreven('index', REVISION + DOWN_REVISION, f'\n{ANDERE}'),
    ),
    kop_van_de_eerste_stap=index_met_de_kop_van(EERSTE),
    kop_van_de_eerste_stap_met_een_eigen_revisie=samen(
        index_met_de_kop_van(EERSTE, EIGEN), herschreven('index', REVISION, f'\n{ANDERE}')
    ),
)

# --- Waar een script staat --------------------------------------------------------------------


def script_naar(naar, hoe=shutil.move):
    """Het script staat ergens anders, of daar ook."""

    def doe(m):
        pad = m.map / m.script(WOONPLAATS)
        doel = m.map / naar.format(pad.stem)
        doel.parent.mkdir(exist_ok=True)
        hoe(pad, doel)

    return doe


na(
    WOONPLAATS,
    script_gekopieerd=script_naar(f'{VERSIONS}/{{}} kopie.py', shutil.copyfile),
    script_gekopieerd_met_een_eigen_naam=script_naar(f'{VERSIONS}/kopie.py', shutil.copyfile),
    script_met_txt_erachter=script_naar(f'{VERSIONS}/{{}}.py.txt'),
)
na(
    NIVEAU,
    script_in_de_map_erboven=script_naar('migrations/{}.py'),
    # Dit is niet wat de weg terug bewaarde.
    script_in_een_map_die_oud_heet=script_naar('oude scripts/{}.py'),
    script_uit_het_midden_verwijderd=lambda m: (m.map / m.script(WOONPLAATS)).unlink(),
)


@na(WOONPLAATS)
def database_van_bas_overgenomen(m):
    met_bas(INSTRUMENT)(m)
    (m.map.parent / 'bas').rename(m.map / 'bas')
    m.kolom(INSTRUMENT)
    (m.versions / 'b1_nieuw.py').unlink()
    shutil.copyfile(m.map / 'bas' / DATABASE, m.database)


# --- Twee heads -------------------------------------------------------------------------------

# Zonder het woord `heads` volgt het script nergens op.
MERGE = flask('db', 'merge', '-m', 'samen', '--rev-id', 'a0')

na(
    WOONPLAATS,
    merge_zonder_heads=MERGE,
    script_van_een_ander=lambda m: m.schrijf_script('bas', 'pass', 'pass', vorige(m, WOONPLAATS)),
)
na(
    LAATSTE,
    merge_zonder_heads_bij_twee_heads=samen(met_bas(INSTRUMENT), MERGE),
    merge_zonder_heads_uitgevoerd=samen(
        met_bas(INSTRUMENT), MERGE, kolommen(INSTRUMENT), flask('db', 'upgrade', 'heads')
    ),
)
