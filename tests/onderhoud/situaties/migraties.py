"""De map migrations, en de reeks van revisies."""

import shutil

from leerling import *
from stappen import DATABASE, KOPIE, LAATSTE

from situaties.situatie import *

# --- De map -----------------------------------------------------------------------------------

VERSIONS = 'migrations/versions'
ZONDER_MIGRATIONS = doe.map_weg('migrations')
NOOR = "db.session.add(Cursist(naam='Noor', leeftijd=20))"
CREATE_ALL = doe.flask('shell', invoer=f'db.create_all()\n{NOOR}\ndb.session.commit()\n')
# Een database met alle tabellen en zonder revisie, en nog geen script.
BEGIN_VAN_DEEL_A = ZONDER_MIGRATIONS.sql('DROP TABLE alembic_version').flask('db', 'init')
OPZIJ = doe.verplaats(DATABASE, KOPIE)

# Er is alleen nog de module.
LEGE_MAP = na(EERSTE - 1, verloren=True).map_weg('migrations').weg(DATABASE)
alleen_init = LEGE_MAP.flask('db', 'init')
init_halverwege = alleen_init.weg('migrations/env.py')
create_all_voor_init = LEGE_MAP.en(CREATE_ALL)
create_all_na_init = alleen_init.en(CREATE_ALL)
versions_verwijderd = na(EERSTE).map_weg(VERSIONS)
migrations_verwijderd = na(WOONPLAATS).en(ZONDER_MIGRATIONS)
env_verwijderd = na(WOONPLAATS).weg('migrations/env.py')
sjabloon_verwijderd = na(WOONPLAATS).weg('migrations/script.py.mako')
alembic_ini_verwijderd = na(WOONPLAATS).weg('migrations/alembic.ini')
migrations_verwijderd_na_de_stappen = na(INDEX).en(ZONDER_MIGRATIONS)
alle_tabellen_alleen_nog_in_de_kopie = na(INDEX).en(BEGIN_VAN_DEEL_A).en(OPZIJ)
alle_tabellen_zonder_migratie = na(
    INDEX, zelf=OPZIJ.migrate('begin').verplaats(KOPIE, DATABASE)
).en(BEGIN_VAN_DEEL_A)

# --- De regels boven in een script ------------------------------------------------------------

REVISION, DOWN_REVISION = r'\nrevision = .*', r'\ndown_revision = .*'
ANDERE = "revision = 'abc123'"


def index_met_de_kop_van(stap, naam=''):
    """Het script van de laatste stap, met erboven wat boven in een ander script staat."""

    def zet(m):
        zelf = m.script(INDEX)
        kop = m.lees(m.script(stap)).partition('def upgrade')[0]
        _, *functies = m.lees(zelf).partition('def upgrade')
        m.weg(zelf)
        m.schrijf(kop + ''.join(functies), naam or zelf)

    return klaar(INDEX).en(zet)


EIGEN = f'{VERSIONS}/zelf_index.py'

revision_ontbreekt_in_het_enige_script = na(EERSTE).herschrijf(EERSTE, REVISION, '')
down_revision_ontbreekt_in_het_enige_script = na(EERSTE).herschrijf(EERSTE, DOWN_REVISION, '')
los_bestand_tussen_de_scripts = na(WOONPLAATS).schrijf('x = 1\n', f'{VERSIONS}/hulp.py')
revision_ontbreekt = na(WOONPLAATS).herschrijf(WOONPLAATS, REVISION, '')
down_revision_met_een_tikfout = na(WOONPLAATS).herschrijf(
    WOONPLAATS, DOWN_REVISION, f'\ndown_{ANDERE}'
)
scripts_in_een_kring = na(WOONPLAATS).en(
    lambda m: m.vervang(
        'down_revision = None', f'down_revision = {m.revisie(WOONPLAATS)!r}', m.script(EERSTE)
    )
)
down_revision_ontbreekt = na(NIVEAU).herschrijf(NIVEAU, DOWN_REVISION, '')
kop_van_de_vorige_stap = index_met_de_kop_van(GEBRUIKERS, EIGEN)
kop_van_de_vorige_stap_zonder_down_revision = kop_van_de_vorige_stap.herschrijf(
    'index', REVISION + DOWN_REVISION, f'\n{ANDERE}'
)
kop_van_de_eerste_stap = index_met_de_kop_van(EERSTE)
kop_van_de_eerste_stap_met_een_eigen_revisie = index_met_de_kop_van(EERSTE, EIGEN).herschrijf(
    'index', REVISION, f'\n{ANDERE}'
)

# --- Waar een script staat --------------------------------------------------------------------


def script_naar(naar, hoe=shutil.move):
    """Het script staat ergens anders, of daar ook."""

    def zet(m):
        pad = m.map / m.script(WOONPLAATS)
        doel = m.map / naar.format(pad.stem)
        doel.parent.mkdir(exist_ok=True)
        hoe(pad, doel)

    return doe.en(zet)


script_gekopieerd = na(WOONPLAATS).en(script_naar(f'{VERSIONS}/{{}} kopie.py', shutil.copyfile))
script_gekopieerd_met_een_eigen_naam = na(WOONPLAATS).en(
    script_naar(f'{VERSIONS}/kopie.py', shutil.copyfile)
)
# OneDrive zet een kopie met een eigen naam ernaast als een bestand op twee computers veranderde.
kopie_van_onedrive_met_een_oudere_inhoud = (
    na(NIVEAU)
    .en(script_naar(f'{VERSIONS}/{{}}-DESKTOP-4F3K.py', shutil.copyfile))
    .in_script('woonplaats-DESKTOP-4F3K', 'length=50', 'length=20')
)
kopie_met_een_andere_downgrade = (
    na(NIVEAU)
    .en(script_naar(f'{VERSIONS}/oud_woonplaats2.py', shutil.copyfile))
    .in_script('woonplaats2', 'def downgrade', 'def terug')
)
script_met_txt_erachter = na(WOONPLAATS).en(script_naar(f'{VERSIONS}/{{}}.py.txt'))
database_van_bas_overgenomen = (
    na(WOONPLAATS)
    .met_bas(INSTRUMENT)
    .verplaats('../bas', 'bas')
    .kolom(INSTRUMENT)
    .weg(f'{VERSIONS}/b1_nieuw.py')
    .kopieer(DATABASE, f'bas/{DATABASE}')
)
# Een pakket staat vooraan, en daar is het niet.
PAKKET = na(NIVEAU).kopieer('.venv/x.py', MODULE)
script_in_de_map_erboven = PAKKET.en(script_naar('migrations/{}.py'))
# Dit is niet wat de weg terug bewaarde.
script_in_een_map_die_oud_heet = na(NIVEAU).en(script_naar('oude scripts/{}.py'))
script_van_een_buur = na(CURSISTNUMMER).en(
    lambda m: m.schrijf_script('buur', 'pass', 'pass', 'deadbeef0001')
)
bestand_van_macos = na(CURSISTNUMMER).en(
    lambda m: (m.versions / '._abc.py').write_bytes(b'\0\5\x16\7\0\0')
)
leeg_bestand_tussen_de_scripts = na(CURSISTNUMMER).schrijf('', f'{VERSIONS}/abc.py')
script_leeggemaakt = na(CURSISTNUMMER).en(lambda m: m.schrijf('', m.script(CURSISTNUMMER)))
script_uit_het_midden_verwijderd = na(NIVEAU).script_weg(WOONPLAATS)

# --- Twee heads -------------------------------------------------------------------------------

# Zonder het woord `heads` volgt het script nergens op.
twee_heads_en_geen_database = (
    na(WOONPLAATS, verloren=True)
    .schrijf_script('een', 'pass', 'pass')
    .en(lambda m: m.schrijf_script('twee', 'pass', 'pass', m.revisie(WOONPLAATS)))
    .weg(DATABASE)
)
MERGE = 'db', 'merge', '-m', 'samen', '--rev-id', 'a0'

merge_zonder_heads = na(WOONPLAATS).flask(*MERGE)
script_van_een_ander = na(WOONPLAATS).en(
    lambda m: m.schrijf_script('bas', 'pass', 'pass', vorige(m, WOONPLAATS))
)
merge_zonder_heads_bij_twee_heads = na(LAATSTE).met_bas(INSTRUMENT).flask(*MERGE)
merge_zonder_heads_uitgevoerd = merge_zonder_heads_bij_twee_heads.kolom(INSTRUMENT).flask(
    'db', 'upgrade', 'heads'
)
map_met_een_andere_naam = na(EERSTE).verplaats('migrations', 'migraties')
scripts_in_de_map_erboven = na(EERSTE).en(
    lambda m: m.verplaats(m.script(EERSTE), 'migrations/eerste.py')
)
revisie_met_de_hand = na(NIVEAU).herschrijf(WOONPLAATS, '(?m)^revision = .*', "revision = 'plaats'")
