"""De module is er niet, of Python en SQLAlchemy zien niet wat erin staat."""

import py_compile

from leerling import EERSTE, GEBRUIKERS, KOLOM, NAAM_VOORAF, NIVEAU, WOONPLAATS
from stappen import LAATSTE, MODULE, TABEL

from situaties.situatie import (
    INSTRUMENT,
    KLASSE,
    PLAATS,
    PLAATS_TYPE,
    REGEL,
    SCHOENMAAT,
    in_models,
    in_module,
    in_script,
    klaar_met,
    kolommen,
    met_bas,
    mislukt,
    model_van,
    na,
    onderaan,
    samen,
)

LEEFTIJD = KOLOM[EERSTE].regel

# --- De module is er niet ---------------------------------------------------------------------


def staat_in(naam):
    def doe(m):
        (m.map / naam).parent.mkdir(exist_ok=True)
        m.module.rename(m.map / naam)

    return doe


def weg(m):
    m.module.unlink()


na(
    WOONPLAATS,
    module_in_kleine_letters=staat_in(MODULE.lower()),
    module_nog_een_keer_gedownload=staat_in('BasicModelApp (1).py'),
    module_met_txt_erachter=staat_in(f'{MODULE}.txt'),
    module_in_een_map=staat_in(f'oefening/{MODULE}'),
    module_in_een_map_met_een_spatie=staat_in(f'oude versie/{MODULE}'),
    # Wie geen migraties had, heeft ze in `oud` ook niet.
    module_weg_na_de_weg_terug=staat_in(f'oud/{MODULE}'),
    module_weg_met_die_van_bas_ernaast=samen(
        met_bas(INSTRUMENT), lambda m: (m.map.parent / 'bas').rename(m.map / 'bas'), weg
    ),
)
na(
    EERSTE,
    module_weg=weg,
    # Zo laat elke opdracht van `flask` haar vertaald achter.
    module_weg_na_flask=samen(lambda m: py_compile.compile(m.module), weg),
    module_leeg=lambda m: m.schrijf(''),
)

# --- Python begrijpt het niet -----------------------------------------------------------------


def botsing(een, ander, was=''):
    """Git zet twee versies van een stuk van de module onder elkaar."""
    return in_module(een, f'<<<<<<< HEAD\n{een}{was}=======\n{ander}>>>>>>> bas\n')


KOLOMMEN = f'    {SCHOENMAAT}\n', f'    {INSTRUMENT}\n'
KLASSEN = KLASSE.format('Zaal', 'zalen'), KLASSE.format('Les', 'lessen')

na(
    WOONPLAATS,
    zelf=model_van(WOONPLAATS),
    haakje_vergeten=in_module(LEEFTIJD, LEEFTIJD[:-1]),
    haakje_te_veel=in_module(NAAM_VOORAF.regel, f'{NAAM_VOORAF.regel})'),
    haakjes_van_het_type_vergeten=in_module(REGEL, f'{PLAATS} = db.Column(db.String 50)'),
    aanhalingsteken_vergeten=in_module(f"'{TABEL}'", f"'{TABEL}"),
    dubbele_punt_vergeten=in_module('Cursist(db.Model):', 'Cursist(db.Model)'),
    springt_te_ver_in=in_module(LEEFTIJD, f'  {LEEFTIJD}'),
    springt_te_weinig_in=in_module(f'    {LEEFTIJD}', f'  {LEEFTIJD}'),
    springt_in_met_een_tab=in_module(f'    {LEEFTIJD}', f'\t{LEEFTIJD}'),
    springt_niet_in=in_module(f'    {REGEL}', REGEL),
    git_twee_versies=botsing(f'    {LEEFTIJD}\n', '    leeftijd = db.Column(db.Text)\n'),
)
na(
    WOONPLAATS,
    zelf=in_module(REGEL[:-1], REGEL, 'models.py'),
    haakje_vergeten_in_models=in_models(REGEL, REGEL[:-1]),
)
na(
    WOONPLAATS - 1,
    zelf=lambda m: m.script_van(WOONPLAATS),
    haakje_vergeten_in_het_script=klaar_met(WOONPLAATS, 'nullable=True))', 'nullable=True)'),
)
na(
    EERSTE,
    zelf=lambda m: m.script_van(EERSTE),
    dubbele_punt_weg_in_een_oud_script=in_script(EERSTE, 'upgrade():', 'upgrade()'),
)
na(
    LAATSTE,
    git_twee_kolommen=samen(met_bas(INSTRUMENT), botsing(*KOLOMMEN)),
    git_noemt_ook_wat_er_was=samen(met_bas(INSTRUMENT), botsing(*KOLOMMEN, '||||||| 1a\n# was\n')),
)

# --- SQLAlchemy ziet geen kolom ---------------------------------------------------------------

TWEE_KEER = REGEL, f'{REGEL}\n    {REGEL.replace(PLAATS_TYPE, "String(40)")}'
CREATE_ALL = onderaan('with app.app_context():\n    db.create_all()')

na(
    WOONPLAATS,
    git_twee_klassen=samen(onderaan(KLASSEN[0]), botsing(*KLASSEN)),
    kolom_met_een_kleine_letter=in_module(REGEL, REGEL.replace('.C', '.c')),
    kolom_met_een_dubbele_punt=in_module(REGEL, REGEL.replace(' =', ':')),
    kolom_is_alleen_een_type=in_module(REGEL, f'{PLAATS} = db.{PLAATS_TYPE}'),
    kolom_zonder_haakjes=in_module(REGEL, f'{PLAATS} = db.Column'),
    komma_na_een_kolom_in_models=in_models(REGEL, f'{REGEL},'),
    komma_na_een_eigen_kolom_op_twee_regels=kolommen('fruit = db.Column(', '    db.Text),'),
    kolom_twee_keer=in_module(*TWEE_KEER),
    kolom_twee_keer_in_models=in_models(*TWEE_KEER),
    kolom_niet_in_models=samen(in_models(f'    {REGEL}\n', ''), onderaan(REGEL)),
    create_all=CREATE_ALL,
)
na(
    WOONPLAATS - 1,
    kolom_onder_de_klasse=onderaan(REGEL),
    kolom_onder_de_repr=onderaan(f'        {REGEL}'),
    komma_voor_de_migratie=samen(
        model_van(WOONPLAATS, REGEL, f'{REGEL},'),
        mislukt('No changes in schema', 'db', 'migrate', '-m', PLAATS),
    ),
)
na(
    NIVEAU - 1,
    haakje_vergeten_in_de_stap_van_nu=model_van(NIVEAU, "'beginner')", "'beginner'"),
    create_all_met_een_kolom_vooruit=samen(model_van(NIVEAU), CREATE_ALL, onderaan('    print(1)')),
)
na(GEBRUIKERS, regel_van_de_klasse_ontbreekt=in_module('class Gebruiker(db.Model):\n', ''))
