"""De module geeft bij het laden een fout, of mist iets wat `flask db` nodig heeft."""

from leerling import GEBRUIKERS, KOLOM, NIVEAU, TIJDSTIP, WOONPLAATS
from standen import stand
from stappen import DATABASE, DB_MET_NAMEN, DELEN_NA, LAATSTE, MODULE, REGELS, TABEL

from situaties.situatie import (
    INSTRUMENT,
    REGEL,
    in_models,
    in_module,
    in_script,
    klaar_met,
    kolom_met,
    kolommen,
    met_bas,
    na,
    onderaan,
    samen,
    zet_model_apart,
)

APP, ADRES, DB, MIGRATE = (REGELS[naam] for naam in ('app', 'adres', 'db', 'migrate'))
PAD = f"os.path.join(basedir, '{DATABASE}')"
ID = 'SQLALCHEMY_DATABASE_URI'
ZUINIG = "app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False"


def zonder(regel):
    return in_module(f'{regel}\n', '')


def naar_onderen(regel):
    return samen(zonder(regel), onderaan(regel))


def boven(regel, nieuw):
    return in_module(regel, f'{nieuw}\n{regel}')


# --- De klasse staat er twee keer -------------------------------------------------------------

KOP = f"class Cursist(db.Model):\n    __tablename__ = '{TABEL}'"


def klasse_eronder(oud, nieuw):
    """De klasse van de les staat onderaan nog een keer, met iets anders erin."""

    def doe(m):
        tekst = (stand(WOONPLAATS) / MODULE).read_text(encoding='utf-8')
        m.onderaan(tekst[tekst.index('class Cursist') :].replace(oud, nieuw))

    return doe


na(
    WOONPLAATS,
    klasse_van_de_vorige_stap_eronder=klasse_eronder(f'    {REGEL}\n', ''),
    klasse_twee_keer_in_models=in_models(KOP, f'{KOP}\n\n\n{KOP}'),
)
na(WOONPLAATS - 1, klasse_van_de_volgende_stap_eronder=klasse_eronder('# Zo ziet', '# Ziet'))
na(
    WOONPLAATS,
    zelf=lambda m: m.schrijf(m.lees().rpartition('class Cursist')[0]),
    klasse_twee_keer_met_dezelfde_kolommen=klasse_eronder('jaar oud', 'jaar'),
)

# --- `app`, `db` en `Migrate(app, db)` --------------------------------------------------------

na(
    WOONPLAATS,
    module_met_alleen_commentaar=lambda m: m.schrijf('# Hier stond mijn code\n'),
    migrate_ontbreekt=in_module(MIGRATE, ''),
    migrate_zonder_db=in_module(MIGRATE, 'migrate = Migrate(app)'),
    migrate_met_app_en_db_omgewisseld=in_module(MIGRATE, 'Migrate(db, app)'),
    migrate_in_een_functie=in_module(MIGRATE, f'def koppel():\n    print(app)\n    {MIGRATE}'),
    migrate_boven_db=samen(zonder(MIGRATE), boven(DB, MIGRATE)),
    migrate_ontbreekt_met_db_in_een_ander_bestand=samen(zet_model_apart, zonder(MIGRATE)),
    twee_keer_db=boven(DB, DB),
    twee_keer_db_waarvan_een_onder_migrate=in_module(MIGRATE, f'{MIGRATE}\ndb = SQLAlchemy()'),
    twee_keer_db_in_twee_bestanden=samen(
        zet_model_apart,
        in_module('from uitbreidingen import db', 'from flask_sqlalchemy import SQLAlchemy'),
        in_module('db.init_app(app)', DB),
    ),
    db_zonder_app=in_module(DB, 'db = SQLAlchemy()'),
    db_zonder_app_in_een_ander_bestand=samen(zet_model_apart, zonder('db.init_app(app)')),
    db_met_een_andere_naam=in_module('db = SQL', 'bd = SQL'),
    app_onderaan=naar_onderen(APP),
    regel_met_app_boven_de_imports=samen(zonder(ZUINIG), boven('import os', ZUINIG)),
)
na(GEBRUIKERS, db_met_namen_zonder_app=in_module(DB_MET_NAMEN, 'db = SQLAlchemy(metadata=namen)'))

# --- Imports ----------------------------------------------------------------------------------

# Wat deel C in de module zet, met een naam die nog in te vullen is.
EVENT = """\
with app.app_context():
    engine = db.engine


@event.listens_for({}, 'connect')
def laat_sqlite3_niet_beslissen(verbinding, gegevens):
    verbinding.isolation_level = None"""

na(
    WOONPLAATS,
    import_os_ontbreekt=zonder('import os'),
    import_os_onderaan=naar_onderen('import os'),
    import_migrate_ontbreekt=zonder('from flask_migrate import Migrate'),
    import_flask_onderaan=naar_onderen('from flask import Flask'),
    pakket_met_een_tikfout=in_module('from flask_sqlalchemy', 'from flask_sqlalchmy'),
    eigen_bestand_met_een_tikfout=samen(
        lambda m: m.schrijf('aantal = 3\n', 'hulpjes.py'), boven('import os', 'import hulpje')
    ),
)
na(
    WOONPLAATS,
    zelf=zonder('import pakket_dat_er_niet_is'),
    pakket_dat_er_niet_is=boven('import os', 'import pakket_dat_er_niet_is'),
)
na(
    WOONPLAATS,
    zelf=zonder('import psycopg2'),
    import_van_een_driver_die_er_niet_is=boven('import os', 'import psycopg2'),
)
na(
    NIVEAU,
    import_op_ontbreekt_in_een_script=in_script(NIVEAU, 'from alembic import op\n', ''),
    import_sa_ontbreekt_in_een_script=in_script(NIVEAU, 'import sqlalchemy as sa\n', ''),
)
na(
    DELEN_NA,
    import_event_ontbreekt=onderaan(EVENT.format('engine')),
    tikfout_in_een_decorator=samen(
        boven('import os', 'from sqlalchemy import event'), onderaan(EVENT.format('engin'))
    ),
)

# --- Een kolom --------------------------------------------------------------------------------

SLEUTEL = ', primary_key=True'
TIKFOUT = INSTRUMENT.replace('Text', 'Texxt')

na(
    WOONPLAATS,
    primary_key_ontbreekt=in_module(SLEUTEL, ''),
    primary_key_ontbreekt_in_models=in_models(SLEUTEL, ''),
    column_met_een_tikfout=in_module(REGEL, REGEL.replace('Column', 'Coumn')),
    column_met_een_tikfout_in_models=in_models(REGEL, REGEL.replace('Column', 'Coumn')),
    column_zonder_db=in_module(REGEL, REGEL.replace('db.Column', 'Column')),
    kolom_zonder_db_in_models=in_models(REGEL, REGEL.replace('db.', '')),
    db_met_een_tikfout=in_module(REGEL, REGEL.replace('(db', '(bd')),
    type_met_een_tikfout=in_module(REGEL, REGEL.replace('String', 'Sting')),
    type_zonder_db=in_module(REGEL, REGEL.replace('(db.', '(')),
)
na(TIJDSTIP - 1, func_now_zonder_haakjes=kolom_met(KOLOM[TIJDSTIP], 'now()', 'now'))
na(
    WOONPLAATS - 1,
    type_met_een_tikfout_in_het_script=klaar_met(WOONPLAATS, 'sa.String(', 'sa.Sting('),
    drop_column_met_een_tikfout_in_het_script=klaar_met(WOONPLAATS, '.drop_column', '.dropcolumn'),
    db_in_plaats_van_sa_in_het_script=klaar_met(WOONPLAATS, 'sa.String(', 'db.String('),
)
na(LAATSTE, type_met_een_tikfout_bij_twee_heads=samen(met_bas(INSTRUMENT), kolommen(TIKFOUT)))

# --- Waar de database staat -------------------------------------------------------------------

SERVER = "'{}://les:muziek@localhost/muziekschool'"
VAST = f"'sqlite:///' + {PAD}"

na(
    WOONPLAATS,
    adres_ontbreekt_met_db_in_een_ander_bestand=samen(zet_model_apart, zonder(ADRES)),
    adres_onder_db=samen(zonder(ADRES), in_module(DB, f'{DB}\n{ADRES}')),
    adres_onder_een_andere_naam=in_module(ID, 'SQLALCHEMY_DATABASE_URL'),
    adres_zonder_dubbele_punt=in_module("'sqlite:///'", "'sqlite//'"),
    adres_zonder_map=in_module(PAD, f"'{DATABASE}'"),
    adres_in_het_geheugen=in_module(PAD, "':memory:'"),
    adres_met_een_andere_bestandsnaam=in_module(f"'{DATABASE}'", "'Data.db'"),
    adres_in_de_map_ernaast=lambda m: m.vervang(PAD, repr(f'{m.map.as_posix()}_oud/{DATABASE}')),
    adres_van_een_server=in_module(VAST, SERVER.format('postgresql+psycopg')),
    adres_met_een_driver_die_er_niet_is=in_module(VAST, SERVER.format('postgresql+psycopg2')),
)

# --- Wat alleen een eigen proces ziet, of overleeft -------------------------------------------

na(
    WOONPLAATS,
    apart=True,
    database_elders_geopend=onderaan("import sqlite3\nsqlite3.connect('../elders.sqlite')"),
)
na(
    WOONPLAATS - 1,
    apart=True,
    tijdslimiet=5,
    zelf=in_module('while True:\n    pass\n', ''),
    module_met_een_lus=onderaan('while True:\n    pass'),
)
