"""De module geeft bij het laden een fout, of mist iets wat `flask db` nodig heeft."""

from leerling import EERSTE, GEBRUIKERS, KOLOM, NIVEAU, TIJDSTIP, WOONPLAATS
from stappen import DELEN_NA, LAATSTE, REGELS

from situaties.situatie import (
    INSTRUMENT,
    REGEL,
    TELEFOON,
    in_de_module,
    in_een_eigen_bestand,
    in_een_script,
    kolom_fout,
    samen_met_bas,
    script_van,
    situatie,
    zet_model_apart,
)

# Wat deel C in de module zet, met een naam die nog in te vullen is.
EVENT = """\
with app.app_context():
    engine = db.engine


@event.listens_for({}, 'connect')
def laat_sqlite3_niet_beslissen(verbinding, gegevens):
    verbinding.isolation_level = None"""


@situatie('klasse_staat_er_twee_keer', WOONPLAATS, '`Cursist` staat er twee keer')
def klasse_twee_keer(m):
    oud = m.lees()
    klasse = oud[oud.index('class Cursist') :]
    m.onderaan(klasse.replace(f'    {REGEL}\n', ''))


@situatie('klasse_staat_er_twee_keer', WOONPLAATS - 1, '`Cursist` staat er twee keer', '# Zo ziet')
def klasse_van_de_volgende_stap_eronder(m):
    oud = m.lees()
    m.model_van(WOONPLAATS)
    nieuw = m.lees()
    m.schrijf(oud)
    m.onderaan(nieuw[nieuw.index('class Cursist') :].replace('    # Zo ziet', '    # Ziet'))


@situatie(
    'klasse_staat_er_twee_keer',
    WOONPLAATS,
    'Welke is de goede',
    zelf=lambda m: m.schrijf(m.lees().rpartition('class Cursist')[0]),
)
def klasse_twee_keer_met_dezelfde_kolommen(m):
    oud = m.lees()
    m.onderaan(oud[oud.index('class Cursist') :].replace('jaar oud', 'jaar'))


in_een_eigen_bestand(
    'klasse_staat_er_twee_keer',
    'class Cursist',
    "class Cursist(db.Model):\n    __tablename__ = 'cursisten'\n\n\nclass Cursist",
    'op regel 4 van',
    'Haal in `models.py`',
)

# --- `Migrate(app, db)` en wat erboven hoort --------------------------------------------------


def migrate_wordt(nieuw, *woorden):
    in_de_module('migrate_ontbreekt_of_is_niet_compleet', 'Migrate(app, db)', nieuw, *woorden)


migrate_wordt('', 'ontbreekt', 'Migrate(app, db)')
migrate_wordt('migrate = Migrate(app)', 'Migrate(app)')
migrate_wordt('Migrate(db, app)', 'Migrate(db, app)')
migrate_wordt('def koppel():\n    print(app)\n    Migrate(app, db)', 'buiten een functie')


@situatie('migrate_ontbreekt_of_is_niet_compleet', WOONPLAATS, 'staat boven `db')
def migrate_boven_db(m):
    m.vervang('Migrate(app, db)\n', '')
    m.vervang(REGELS['db'], f'Migrate(app, db)\n{REGELS["db"]}')


def met_db_uit_een_ander_bestand(hint, regel):
    @situatie(hint, WOONPLAATS, regel)
    def regel_weg(m):
        zet_model_apart(m)
        m.vervang(f'{regel}\n', '')


met_db_uit_een_ander_bestand('migrate_ontbreekt_of_is_niet_compleet', REGELS['migrate'])
met_db_uit_een_ander_bestand('adres_van_de_database_klopt_niet', REGELS['adres'])
met_db_uit_een_ander_bestand('db_kent_de_app_niet', 'db.init_app(app)')


@situatie('twee_keer_sqlalchemy', WOONPLAATS, '`uitbreidingen.py`', '--terug', bij=EERSTE)
def twee_keer_sqlalchemy_in_twee_bestanden(m):
    zet_model_apart(m)
    m.vervang('from uitbreidingen import db', 'from flask_sqlalchemy import SQLAlchemy')
    m.vervang('db.init_app(app)', REGELS['db'])


@situatie('import_ontbreekt', DELEN_NA, 'from sqlalchemy import event')
def event_zonder_import(m):
    m.onderaan(EVENT.format('engine'))


@situatie('tikfout_in_een_naam', DELEN_NA, 'Bedoel je `engine`?')
def tikfout_in_een_decorator(m):
    m.vervang('import MetaData', 'import MetaData, event')
    m.onderaan(EVENT.format('engin'))


@situatie('module_maakt_geen_app', WOONPLAATS, 'Flask(__name__)', 'speel_les.py')
def module_met_alleen_commentaar(m):
    m.schrijf('# Hier stond mijn code\n')


def regel_naar_onderen(regel, *woorden):
    @situatie('naam_wordt_te_laat_gemaakt', WOONPLAATS, *woorden)
    def regel_onderaan(m):
        m.vervang(f'{regel}\n', '')
        m.onderaan(regel)


regel_naar_onderen('import os', '`os`', 'Verplaats')
regel_naar_onderen('from flask import Flask', '`Flask`', 'Verplaats')
regel_naar_onderen('app = Flask(__name__)', '`app`', '@app = Flask')

in_de_module('naam_wordt_te_laat_gemaakt', 'db = SQL', 'bd = SQL', '`db`', 'heet dat `bd`', '@bd =')


@situatie('naam_wordt_te_laat_gemaakt', WOONPLAATS, '`app`', 'naar bovenaan')
def regel_boven_de_imports(m):
    regel = "app.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False\n"
    m.vervang(regel, '')
    m.schrijf(regel + m.lees())


in_de_module('twee_keer_sqlalchemy', REGELS['db'], f'{REGELS["db"]}\n' * 2, 'twee keer', '@db = ')
in_de_module(
    'twee_keer_sqlalchemy',
    'Migrate(app, db)',
    'Migrate(app, db)\ndb = SQLAlchemy()',
    'twee keer',
    bij=EERSTE,
)
in_de_module('db_kent_de_app_niet', 'SQLAlchemy(app)', 'SQLAlchemy()', '@db = SQL', REGELS['db'])
in_de_module(
    'db_kent_de_app_niet',
    'SQLAlchemy(app, ',
    'SQLAlchemy(',
    'db = SQLAlchemy(app, metadata=namen)',
    na=GEBRUIKERS,
)

# --- Namen en imports -------------------------------------------------------------------------

in_de_module('klasse_zonder_primary_key', ', primary_key=True', '', '`Cursist`', 'primary_key=True')
kolom_fout(
    'regel_van_een_kolom_geeft_een_fout',
    KOLOM[TIJDSTIP],
    'db.func.now()',
    'db.func.now',
    '@ingeschreven_op',
    'db.func.now()',
)


def woonplaats_met(hint, oud, nieuw, *woorden):
    """Een fout in de regel van `woonplaats`."""
    in_de_module(hint, REGEL, REGEL.replace(oud, nieuw), *woorden)


woonplaats_met('tikfout_in_een_naam', 'Column', 'Coumn', '@woonplaats', 'Column')
woonplaats_met('tikfout_in_een_naam', 'String', 'Sting', '@woonplaats', '`String`')
woonplaats_met('tikfout_in_een_naam', '(db', '(bd', '@woonplaats', '`db`')
in_een_eigen_bestand('tikfout_in_een_naam', REGEL, REGEL.replace('Column', 'Coumn'), REGEL)
in_een_eigen_bestand('klasse_zonder_primary_key', ', primary_key=True', '', 'primary_key=True')
in_een_eigen_bestand('tikfout_in_een_naam', REGEL, REGEL.replace('db.', ''), '`db.Column`')
woonplaats_met('tikfout_in_een_naam', 'db.Column', 'Column', '`Column`')
woonplaats_met('tikfout_in_een_naam', '(db.', '(', '@woonplaats', '`db.String`')

script_van(
    'tikfout_in_een_naam', WOONPLAATS, 'sa.String(', 'sa.Sting(', '`String`', 'woonplaats.py'
)
script_van('tikfout_in_een_naam', WOONPLAATS, '.drop_column', '.dropcolumn', '`drop_column`')
script_van('tikfout_in_een_naam', WOONPLAATS, 'sa.String(', 'db.String(', '`sa`')


@situatie('tikfout_in_een_naam', LAATSTE, '`Text`', tot_het_eind=True)
def twee_heads_en_een_module_die_niet_laadt(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    m.kolom(INSTRUMENT.replace('db.Text', 'db.Texxt'))


in_de_module(
    'import_ontbreekt',
    'from flask_migrate import Migrate\n',
    '',
    '`Migrate`',
    'from flask_migrate import Migrate',
)
in_de_module('import_ontbreekt', 'import os\n', '', '`os`')
in_een_script(
    'import_ontbreekt', NIVEAU, 'niveau', 'from alembic import op\n', '', '_niveau.py`', '`op`'
)
in_een_script(
    'import_ontbreekt', NIVEAU, 'niveau', 'import sqlalchemy as sa\n', '', '_niveau.py`', '`sa`'
)

in_de_module(
    'pakket_ontbreekt',
    'from flask_sqlalchemy',
    'from flask_sqlalchmy',
    '`flask_sqlalchmy`',
    'Bedoel je `flask_sqlalchemy`',
)
in_de_module(
    'pakket_ontbreekt',
    'import os\n',
    'import os\nimport pakket_dat_er_niet_is\n',
    'python -m pip install pakket_dat_er_niet_is',
    zelf=lambda m: m.vervang('import pakket_dat_er_niet_is\n', ''),
)


@situatie('pakket_ontbreekt', WOONPLAATS, '`hulpje`', '`hulpjes`')
def hulpmodule_met_een_tikfout(m):
    m.schrijf('aantal = 3\n', 'hulpjes.py')
    m.schrijf('import hulpje\n' + m.lees())


@situatie(
    'naspelen_duurt_te_lang',
    WOONPLAATS - 1,
    'lus',
    tijdslimiet=5,
    zelf=lambda m: m.vervang('while True:\n    pass\n', ''),
)
def module_met_een_lus(m):
    m.onderaan('while True:\n    pass')


# --- Waar de database staat -------------------------------------------------------------------


@situatie(
    'regel_opent_een_database_elders', WOONPLAATS, '@connect', 'elders.sqlite', tijdslimiet=30
)
def module_opent_een_database_elders(m):
    elders = (m.map.parent / 'elders.sqlite').as_posix()
    m.onderaan(f'import sqlite3\nsqlite3.connect({elders!r})')


PAD = "os.path.join(basedir, 'data.sqlite')"

in_de_module('database_staat_elders', PAD, "'data.sqlite'", 'instance/data.sqlite', 'basedir')
in_de_module('database_staat_elders', PAD, "':memory:'", ':memory:')
in_de_module('database_staat_elders', "'data.sqlite'", "'Data.db'", 'Data.db')


@situatie('database_staat_elders', WOONPLAATS, 'basedir')
def database_in_de_map_erboven(m):
    m.vervang(PAD, repr((m.map.parent / 'data.sqlite').as_posix()))


ID = 'SQLALCHEMY_DATABASE_URI'

for dialect, hint in (
    ('postgresql+psycopg', 'database_staat_elders'),
    ('postgresql+psycopg2', 'driver_ontbreekt'),
):
    vast_adres = f"'{dialect}://les:muziek@localhost/muziekschool'"
    in_de_module(hint, f"'sqlite:///' + {PAD}", vast_adres, f'FLASK_{ID}', REGELS['adres'])


@situatie('driver_ontbreekt', WOONPLAATS, 'install "psycopg[binary]"', '--terug', tijdslimiet=30)
def import_van_een_driver_die_er_niet_is(m):
    m.vervang('import os\n', 'import os\nimport psycopg2\n')


in_de_module('adres_van_de_database_klopt_niet', ID, 'SQLALCHEMY_DATABASE_URL', ID)
in_de_module('adres_van_de_database_klopt_niet', "'sqlite:///'", "'sqlite//'", ID)


@situatie('adres_van_de_database_klopt_niet', WOONPLAATS, ID)
def adres_onder_db(m):
    m.vervang(f'{REGELS["adres"]}\n', '')
    m.vervang(REGELS['db'], f'{REGELS["db"]}\n{REGELS["adres"]}')
