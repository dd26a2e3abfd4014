"""De module is er niet, of Python en SQLAlchemy zien niet wat erin staat."""

import py_compile

from leerling import *
from stappen import HERNOEMD, LAATSTE, MODULE, REGELS, TABEL

from situaties.situatie import *

LEEFTIJD = KOLOM[EERSTE].regel

# --- De module is er niet ---------------------------------------------------------------------

module_in_kleine_letters = na(WOONPLAATS).verplaats(MODULE, MODULE.lower())
module_nog_een_keer_gedownload = na(WOONPLAATS).verplaats(MODULE, 'BasicModelApp (1).py')
module_met_txt_erachter = na(WOONPLAATS).verplaats(MODULE, f'{MODULE}.txt')
module_in_een_map = na(WOONPLAATS).verplaats(MODULE, f'oefening/{MODULE}')
module_in_een_map_met_een_spatie = na(WOONPLAATS).verplaats(MODULE, f'oude versie/{MODULE}')
# Wie geen migraties had, heeft ze in `oud` ook niet.
module_weg_na_de_weg_terug = na(WOONPLAATS).verplaats(MODULE, f'oud/{MODULE}')
module_weg_met_die_van_bas_ernaast = (
    na(WOONPLAATS).met_bas(INSTRUMENT).verplaats('../bas', 'bas').weg(MODULE)
)
module_weg = na(EERSTE).weg(MODULE)
# Zo laat elke opdracht van `flask` haar vertaald achter.
module_weg_na_flask = na(EERSTE).en(lambda m: py_compile.compile(m.module)).weg(MODULE)
module_leeg = na(EERSTE).schrijf('')
module_met_alleen_commentaar = na(WOONPLAATS).schrijf('# Hier stond mijn code\n')

# --- Python begrijpt het niet -----------------------------------------------------------------


def botsing(een, ander, was=''):
    """Git zet twee versies van een stuk van de module onder elkaar."""
    return een, f'<<<<<<< HEAD\n{een}{was}=======\n{ander}>>>>>>> bas\n'


KOLOMMEN = f'    {SCHOENMAAT}\n', f'    {INSTRUMENT}\n'
KLASSEN = KLASSE.format('Zaal', 'zalen'), KLASSE.format('Les', 'lessen')
LEEFTIJD_VAN_BAS = '    leeftijd = db.Column(db.Text)\n'

KAPOT = na(WOONPLAATS, zelf=doe.model_van(WOONPLAATS))
haakje_vergeten = KAPOT.vervang(LEEFTIJD, LEEFTIJD[:-1])
haakje_te_veel = KAPOT.vervang(NAAM_VOORAF.regel, f'{NAAM_VOORAF.regel})')
haakjes_van_het_type_vergeten = KAPOT.vervang(REGEL, f'{PLAATS} = db.Column(db.String 50)')
aanhalingsteken_vergeten = KAPOT.vervang(f"'{TABEL}'", f"'{TABEL}")
dubbele_punt_vergeten = KAPOT.vervang('Cursist(db.Model):', 'Cursist(db.Model)')
springt_te_ver_in = KAPOT.vervang(LEEFTIJD, f'  {LEEFTIJD}')
springt_te_weinig_in = KAPOT.vervang(f'    {LEEFTIJD}', f'  {LEEFTIJD}')
springt_in_met_een_tab = KAPOT.vervang(f'    {LEEFTIJD}', f'\t{LEEFTIJD}')
springt_niet_in = KAPOT.vervang(f'    {REGEL}', REGEL)
git_twee_versies = KAPOT.vervang(*botsing(f'    {LEEFTIJD}\n', LEEFTIJD_VAN_BAS))
haakje_vergeten_in_models = na(
    WOONPLAATS, zelf=doe.vervang(REGEL[:-1], REGEL, 'models.py')
).in_models(REGEL, REGEL[:-1])
haakje_vergeten_in_het_script = na(WOONPLAATS - 1, zelf=doe.script_van(WOONPLAATS)).klaar_met(
    WOONPLAATS, 'nullable=True))', 'nullable=True)'
)
dubbele_punt_weg_in_een_oud_script = na(EERSTE, zelf=doe.script_van(EERSTE)).in_script(
    EERSTE, 'upgrade():', 'upgrade()'
)
git_twee_kolommen = na(LAATSTE).met_bas(INSTRUMENT).vervang(*botsing(*KOLOMMEN))
git_noemt_ook_wat_er_was = (
    na(LAATSTE).met_bas(INSTRUMENT).vervang(*botsing(*KOLOMMEN, '||||||| 1a\n# was\n'))
)

# --- SQLAlchemy ziet geen kolom ---------------------------------------------------------------

CREATE_ALL = 'with app.app_context():\n    db.create_all()'

git_twee_klassen = na(WOONPLAATS).onderaan(KLASSEN[0]).vervang(*botsing(*KLASSEN))
kolom_met_een_kleine_letter = na(WOONPLAATS).vervang(REGEL, REGEL.replace('.C', '.c'))
kolom_met_een_dubbele_punt = na(WOONPLAATS).vervang(REGEL, REGEL.replace(' =', ':'))
kolom_is_alleen_een_type = na(WOONPLAATS).vervang(REGEL, f'{PLAATS} = db.{PLAATS_TYPE}')
kolom_zonder_haakjes = na(WOONPLAATS).vervang(REGEL, f'{PLAATS} = db.Column')
komma_na_een_kolom_in_models = na(WOONPLAATS).in_models(REGEL, f'{REGEL},')
komma_na_een_eigen_kolom_op_twee_regels = na(WOONPLAATS).kolom(
    'fruit = db.Column(', '    db.Text),'
)
kolom_niet_in_models = na(WOONPLAATS).in_models(f'    {REGEL}\n', '').onderaan(REGEL)
create_all = na(WOONPLAATS).onderaan(CREATE_ALL)
kolom_onder_de_klasse = na(WOONPLAATS - 1).onderaan(REGEL)
kolom_onder_de_repr = na(WOONPLAATS - 1).onderaan(f'        {REGEL}')
komma_voor_de_migratie = kolom_met(KOLOM[WOONPLAATS], REGEL, f'{REGEL},').mislukt(
    'No changes in schema', 'db', 'migrate', '-m', PLAATS
)
haakje_vergeten_in_de_stap_van_nu = kolom_met(KOLOM[NIVEAU], "'beginner')", "'beginner'")
create_all_met_een_kolom_vooruit = (
    na(NIVEAU - 1).model_van(NIVEAU).onderaan(f'{CREATE_ALL}\n\n\n    print(1)')
)
regel_van_de_klasse_ontbreekt = na(GEBRUIKERS).vervang('class Gebruiker(db.Model):\n', '')

# --- Wat er niet hoort ------------------------------------------------------------------------

MAAK = 'def maak():\n    with app.app_context():\n        db.create_all()\n\n\nmaak()'
ALS = f'if os.path.exists(basedir):\n    {CREATE_ALL}'.replace('\n    db', '\n        db')
INIT = '    def __init__(self, naam):\n        self.naam = naam\n'
SCHEMA = "    __table_args__ = {'schema': 'public'}"

create_all_in_een_functie = na(WOONPLAATS).onderaan(MAAK)
create_all_achter_een_if_maakte_een_tabel = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).onderaan(ALS).migrate('gebruikers')
)
database_elders_geopend = na(WOONPLAATS, apart=True).onderaan(
    "import sqlite3\nsqlite3.connect('../elders.sqlite')"
)
drop_all = na(WOONPLAATS).onderaan(CREATE_ALL.replace('create', 'drop'))
breakpoint_in_een_klasse = na(WOONPLAATS, apart=True).boven('    # Zo ziet', '    breakpoint()\n')
schema_van_een_andere_database = na(WOONPLAATS).vervang(KOP := '    id =', f'{SCHEMA}\n\n{KOP}')
kolom_in_init = na(WOONPLAATS - 1).boven('    # Zo ziet', f'{INIT}        self.{REGEL}\n')
alleen_kolommen_in_init = na(WOONPLAATS - 1).boven(
    '    # Zo ziet', f'    def __init__(self):\n        self.{REGEL}\n'
)
module_heet_app = na(WOONPLAATS).verplaats(MODULE, 'app.py')
opgeslagen_als_utf_16 = na(NIVEAU, zelf=doe.model_van(NIVEAU)).en(
    lambda m: (m.map / MODULE).write_text(m.lees(), 'utf-16')
)
pad_met_een_streep_naar_links = na(NIVEAU, zelf=doe.model_van(NIVEAU)).vervang(
    REGELS['basedir'], r"basedir = 'C:\Users\joyce'"
)
kolom_heet_in_de_tabel_nog_naam = na(NAAM - 1).vervang(
    f'{HERNOEMD.was} = db.Column(', f"{HERNOEMD.naam} = db.Column('{HERNOEMD.was}', "
)
models_niet_geimporteerd = na(WOONPLAATS).en(zet_model_apart).zonder('import models')
