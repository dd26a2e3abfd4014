"""De module geeft bij het laden een fout, of mist iets wat `flask db` nodig heeft."""

from leerling import *
from standen import stand
from stappen import DATABASE, DB_MET_NAMEN, DELEN_NA, LAATSTE, MODULE, REGELS, TABEL

from situaties.situatie import *

APP, ADRES, DB, MIGRATE = (REGELS[naam] for naam in ('app', 'adres', 'db', 'migrate'))

# --- Iets staat er twee keer ------------------------------------------------------------------

KOP = f"class Cursist(db.Model):\n    __tablename__ = '{TABEL}'"


def klasse_eronder(oud, nieuw):
    """De klasse van de les staat onderaan nog een keer, met iets anders erin."""

    def zet(m):
        tekst = (stand(WOONPLAATS) / MODULE).read_text(encoding='utf-8')
        m.onderaan(tekst[tekst.index('class Cursist') :].replace(oud, nieuw))

    return zet


klasse_van_de_vorige_stap_eronder = na(WOONPLAATS).en(klasse_eronder(f'    {REGEL}\n', ''))
klasse_twee_keer_in_models = na(WOONPLAATS).in_models(KOP, f'{KOP}\n\n\n{KOP}')
klasse_van_de_volgende_stap_eronder = na(WOONPLAATS - 1).en(klasse_eronder('# Zo ziet', '# Ziet'))
# Hier moet de leerling zelf iets bedenken.
ZELF = na(WOONPLAATS, zelf=doe.model_van(WOONPLAATS))
klasse_twee_keer_met_dezelfde_kolommen = ZELF.en(klasse_eronder('jaar oud', 'jaar'))
TWEE_KEER = REGEL, f'{REGEL}\n    {REGEL.replace(PLAATS_TYPE, "String(40)")}'
kolom_twee_keer = na(WOONPLAATS).vervang(*TWEE_KEER)
kolom_twee_keer_in_models = na(WOONPLAATS).in_models(*TWEE_KEER)

# --- `app`, `db` en `Migrate(app, db)` --------------------------------------------------------

ZUINIG = "app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False"
TWEE_BESTANDEN = 'from uitbreidingen import db', 'from flask_sqlalchemy import SQLAlchemy'

migrate_ontbreekt = na(WOONPLAATS).vervang(MIGRATE, '')
migrate_zonder_db = na(WOONPLAATS).vervang(MIGRATE, 'migrate = Migrate(app)')
migrate_met_app_en_db_omgewisseld = na(WOONPLAATS).vervang(MIGRATE, 'Migrate(db, app)')
migrate_in_een_functie = na(WOONPLAATS).vervang(
    MIGRATE, f'def koppel():\n    print(app)\n    {MIGRATE}'
)
migrate_boven_db = na(WOONPLAATS).zonder(MIGRATE).boven(DB, MIGRATE)
migrate_ontbreekt_met_db_in_een_ander_bestand = na(WOONPLAATS).en(zet_model_apart).zonder(MIGRATE)
twee_keer_db = na(WOONPLAATS).boven(DB, DB)
twee_keer_db_waarvan_een_onder_migrate = na(WOONPLAATS).vervang(
    MIGRATE, f'{MIGRATE}\ndb = SQLAlchemy()'
)
twee_keer_db_in_twee_bestanden = (
    na(WOONPLAATS).en(zet_model_apart).vervang(*TWEE_BESTANDEN).vervang('db.init_app(app)', DB)
)
db_zonder_app = na(WOONPLAATS).vervang(DB, 'db = SQLAlchemy()')
db_zonder_app_in_een_ander_bestand = na(WOONPLAATS).en(zet_model_apart).zonder('db.init_app(app)')
db_met_een_andere_naam = na(WOONPLAATS).vervang('db = SQL', 'bd = SQL')
app_onderaan = na(WOONPLAATS).zonder(APP).onderaan(APP)
regel_met_app_boven_de_imports = na(WOONPLAATS).zonder(ZUINIG).boven('import os', ZUINIG)
app_zonder_strepen = na(WOONPLAATS).vervang('(__name__)', '(name)')
db_met_namen_zonder_app = na(GEBRUIKERS).vervang(DB_MET_NAMEN, 'db = SQLAlchemy(metadata=namen)')

# --- Imports ----------------------------------------------------------------------------------

# Wat deel C in de module zet, met een naam die nog in te vullen is.
EVENT = """\
with app.app_context():
    engine = db.engine


@event.listens_for({}, 'connect')
def laat_sqlite3_niet_beslissen(verbinding, gegevens):
    verbinding.isolation_level = None"""

FLASK = 'from flask import Flask'

SQLA = 'from flask_sqlalchemy import SQLAlchemy'
import_in_een_kring = na(WOONPLAATS).kring(f'{SQLA}\nfrom models import Cursist')
import_van_een_klasse_boven_db = na(WOONPLAATS).kring(f'import models\n{SQLA}')
import_os_ontbreekt = na(WOONPLAATS).zonder('import os')
import_os_onderaan = na(WOONPLAATS).zonder('import os').onderaan('import os')
import_migrate_ontbreekt = na(WOONPLAATS).zonder('from flask_migrate import Migrate')
import_flask_onderaan = na(WOONPLAATS).zonder(FLASK).onderaan(FLASK)
pakket_met_een_tikfout = na(WOONPLAATS).vervang('from flask_sqlalchemy', 'from flask_sqlalchmy')
eigen_bestand_met_een_tikfout = (
    na(WOONPLAATS).schrijf('n = 3\n', 'hulpjes.py').boven('import os', 'import hulpje')
)
pakket_dat_er_niet_is = ZELF.boven('import os', 'import pakket_dat_er_niet_is')
import_van_een_driver_die_er_niet_is = ZELF.boven('import os', 'import psycopg2')
import_op_ontbreekt_in_een_script = na(NIVEAU).in_script(NIVEAU, 'from alembic import op\n', '')
import_sa_ontbreekt_in_een_script = na(NIVEAU).in_script(NIVEAU, 'import sqlalchemy as sa\n', '')
import_event_ontbreekt = na(DELEN_NA).onderaan(EVENT.format('engine'))
tikfout_in_een_decorator = (
    na(DELEN_NA).boven('import os', 'from sqlalchemy import event').onderaan(EVENT.format('engin'))
)

LOGIN = 'from flask_login import LoginManager'
MIGRATE_UIT_FLASK = FLASK, f'{FLASK}, Migrate'

import_uit_het_verkeerde_pakket = (
    na(WOONPLAATS).zonder('from flask_migrate import Migrate').vervang(*MIGRATE_UIT_FLASK)
)
import_van_een_naam_die_er_niet_is = na(WOONPLAATS).vervang('import os', 'from sys import os')
import_met_een_hoofdletter = na(WOONPLAATS).vervang('from flask ', 'from Flask ')
pakket_dat_niet_geinstalleerd_is = ZELF.boven('import os', LOGIN)
pakket_dat_niet_geinstalleerd_is_en_gebruikt_wordt = ZELF.boven('import os', LOGIN).onderaan(
    'login = LoginManager(app)'
)
map_met_een_tikfout_in_models = (
    na(WOONPLAATS)
    .en(zet_model_apart)
    .verplaats('models.py', 'app/models.py')
    .vervang('import models', 'from app import models')
    .vervang('Column(db.Text', 'Column(db.Txet', 'app/models.py')
)

# --- Een kolom --------------------------------------------------------------------------------

SLEUTEL = ', primary_key=True'
TIKFOUT = INSTRUMENT.replace('Text', 'Texxt')

primary_key_ontbreekt = na(WOONPLAATS).vervang(SLEUTEL, '')
primary_key_ontbreekt_in_models = na(WOONPLAATS).in_models(SLEUTEL, '')
column_met_een_tikfout = na(WOONPLAATS).vervang(REGEL, REGEL.replace('Column', 'Coumn'))
column_met_een_tikfout_in_models = na(WOONPLAATS).in_models(REGEL, REGEL.replace('Column', 'Coumn'))
column_zonder_db = na(WOONPLAATS).vervang(REGEL, REGEL.replace('db.Column', 'Column'))
kolom_zonder_db_in_models = na(WOONPLAATS).in_models(REGEL, REGEL.replace('db.', ''))
db_met_een_tikfout = na(WOONPLAATS).vervang(REGEL, REGEL.replace('(db', '(bd'))
type_met_een_tikfout = na(WOONPLAATS).vervang(REGEL, REGEL.replace('String', 'Sting'))
type_zonder_db = na(WOONPLAATS).vervang(REGEL, REGEL.replace('(db.', '('))
func_now_zonder_haakjes = kolom_met(KOLOM[TIJDSTIP], 'now()', 'now')
type_met_een_tikfout_in_het_script = klaar(WOONPLAATS, 'sa.String(', 'sa.Sting(')
drop_column_met_een_tikfout_in_het_script = klaar(WOONPLAATS, '.drop_col', '.dropcol')
db_in_plaats_van_sa_in_het_script = klaar(WOONPLAATS, 'sa.String(', 'db.String(')
type_met_een_tikfout_bij_twee_heads = na(LAATSTE).met_bas(INSTRUMENT).kolom(TIKFOUT)

foreign_key_zonder_aanhalingstekens = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang("'gebruikers.id'", 'gebruikers.id')
)
tabelnaam_zonder_aanhalingstekens = na(WOONPLAATS).vervang(f"'{TABEL}'", TABEL)
optie_met_een_tikfout = na(CURSISTNUMMER).vervang('unique=', 'uniqe=')
tabel_van_een_andere_klasse = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang("'gebruikers'", f"'{TABEL}'")
)
eigen_klasse_met_de_tabel_van_de_les = na(WOONPLAATS).onderaan(KLASSE.format('Docent', TABEL))
kolom_met_een_naam_van_sqlalchemy = na(WOONPLAATS).kolom('metadata = db.Column(db.Text)')

# --- Waar de database staat -------------------------------------------------------------------

PAD = f"os.path.join(basedir, '{DATABASE}')"
ID = 'SQLALCHEMY_DATABASE_URI'
SERVER = f"'sqlite:///' + {PAD}", "'postgresql+{}://les:muziek@localhost/muziekschool'"

adres_ontbreekt_met_db_in_een_ander_bestand = na(WOONPLAATS).en(zet_model_apart).zonder(ADRES)
adres_onder_db = na(WOONPLAATS).zonder(ADRES).vervang(DB, f'{DB}\n{ADRES}')
adres_onder_een_andere_naam = na(WOONPLAATS).vervang(ID, 'SQLALCHEMY_DATABASE_URL')
adres_zonder_dubbele_punt = na(WOONPLAATS).vervang("'sqlite:///'", "'sqlite//'")
adres_zonder_map = na(WOONPLAATS).vervang(PAD, f"'{DATABASE}'")
adres_in_het_geheugen = na(WOONPLAATS).vervang(PAD, "':memory:'")
adres_met_een_andere_bestandsnaam = na(WOONPLAATS).vervang(f"'{DATABASE}'", "'Data.db'")
adres_in_de_map_ernaast = na(WOONPLAATS).en(
    lambda m: m.vervang(PAD, repr(f'{m.map.as_posix()}_oud/{DATABASE}'))
)
adres_van_een_server = na(WOONPLAATS).vervang(SERVER[0], SERVER[1].format('psycopg'))
adres_met_een_driver_die_er_niet_is = na(WOONPLAATS).vervang(
    SERVER[0], SERVER[1].format('psycopg2')
)

# --- Wat alleen een eigen proces ziet, of overleeft -------------------------------------------

LUS = 'while True:\n    pass'

module_met_een_lus = na(
    WOONPLAATS - 1, apart=True, tijdslimiet=5, zelf=doe.vervang(LUS, '')
).onderaan(LUS)
TWEEDE_DB = f'{DB}\n\n# Zo krijgt'
db_twee_keer_en_de_oude_staat_er_nog = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang('# Zo krijgt', TWEEDE_DB)
)
patroon_met_een_tikfout = (
    na(GEBRUIKERS - 1, zelf=doe.model_van(GEBRUIKERS))
    .model_van(GEBRUIKERS)
    .vervang('uq_%(table_name)s', 'uq_%(tabel_name)s')
)
naam_van_een_constraint_zonder_aanhalingstekens = klaar(
    CURSISTNUMMER, f"'uq_{TABEL}_cursistnummer', [", f'uq_{TABEL}_cursistnummer, ['
)
BEHAALD = 'behaald = db.Column(db.Boolean, nullable=False, server_default=False)'
standaardwaarde_zonder_aanhalingstekens = na(WOONPLAATS).kolom(BEHAALD)
metadata_achteraf = (
    na(GEBRUIKERS - 1, zelf=doe.model_van(GEBRUIKERS))
    .model_van(GEBRUIKERS)
    .vervang(DB_MET_NAMEN, f'{DB}\ndb.metadata = namen')
)
