"""De module is er niet, of Python en SQLAlchemy zien niet wat erin staat."""

import py_compile
import re

from leerling import EERSTE, GEBRUIKERS, KOLOM, NAAM_VOORAF, NIVEAU, WOONPLAATS
from stappen import LAATSTE, MODULE, TABEL

from situaties.situatie import (
    INSTRUMENT,
    REGEL,
    TELEFOON,
    herschrijf,
    in_de_module,
    in_een_eigen_bestand,
    in_een_script,
    samen_met_bas,
    script_van,
    situatie,
    zet_model_apart,
)


def module_heet(naam):
    @situatie('module_heet_anders_of_staat_elders', WOONPLAATS, naam)
    def module_heet_anders(m):
        (m.map / naam).parent.mkdir(exist_ok=True)
        m.module.rename(m.map / naam)


module_heet(MODULE.lower())
module_heet('BasicModelApp (1).py')
module_heet(f'{MODULE}.txt')
module_heet(f'oefening/{MODULE}')
module_heet(f'oude versie/{MODULE}')


@situatie('module_is_weg', EERSTE, 'Er is geen bestand')
def module_verwijderd(m):
    m.module.unlink()


@situatie('module_is_weg', EERSTE, 'Er is geen bestand')
def module_verwijderd_na_flask(m):
    # Zo laat elke opdracht van `flask` haar vertaald achter.
    py_compile.compile(m.module)
    module_verwijderd(m)


@situatie('module_is_weg', WOONPLAATS, 'Er is geen bestand', bij=WOONPLAATS)
def module_verwijderd_met_die_van_bas_ernaast(m):
    samen_met_bas(m, TELEFOON, INSTRUMENT)
    (m.map.parent / 'bas').rename(m.map / 'bas')
    module_verwijderd(m)


@situatie('module_is_weg', WOONPLAATS, 'Er is geen bestand')
def module_verwijderd_na_de_weg_terug(m):
    # Wie geen migraties had, heeft ze in `oud` ook niet.
    (m.map / 'oud').mkdir()
    m.module.rename(m.map / 'oud' / MODULE)


@situatie('module_is_weg', EERSTE, 'Er staat niets')
def module_leeg(m):
    m.schrijf('')


@situatie('python_begrijpt_het_niet', NIVEAU - 1, 'haakje', bij=NIVEAU)
def haakje_vergeten_in_de_stap_van_nu(m):
    m.model_van(NIVEAU)
    m.vervang(KOLOM[NIVEAU].regel, KOLOM[NIVEAU].regel[:-1])


LEEFTIJD = f'    {KOLOM[EERSTE].regel}'

in_de_module(
    'git_heeft_twee_versies',
    LEEFTIJD,
    f'<<<<<<< HEAD\n{LEEFTIJD}\n=======\n    leeftijd = db.Column(db.Text)\n>>>>>>> ander',
    '@<<<',
    '<<<<<<< HEAD',
    zelf=lambda m: herschrijf(m, r'<<<<<<<.*\n|=======\n(.*\n)*>>>>>>>.*\n', ''),
)


def botsing(anna, bas, *woorden, was='', **extra):
    """Anna en Bas zetten op dezelfde plek iets in de module; git zet beide versies neer."""

    @situatie('git_heeft_twee_versies', LAATSTE, *woorden, **extra)
    def git_merge(m):
        samen_met_bas(m, anna, bas)
        (regel,) = re.findall(rf'^ *{re.escape(anna)}\n', m.lees(), re.M)
        ander = regel.replace(anna, bas)
        m.vervang(regel, f'<<<<<<< HEAD\n{regel}{was}=======\n{ander}>>>>>>> bas\n')


botsing(TELEFOON, INSTRUMENT, 'blijven allebei', TELEFOON, INSTRUMENT, tot_het_eind=True)
botsing(
    TELEFOON, INSTRUMENT, 'alleen de strepen', was='||||||| 1a2b3c4\n# was\n', tot_het_eind=True
)


@situatie('git_heeft_twee_versies', WOONPLAATS, 'blijven allebei', 'class Les')
def git_heeft_twee_nieuwe_klassen(m):
    klas = (
        'class {0}(db.Model):\n'
        "    __tablename__ = '{1}'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n'
    )
    een, twee = klas.format('Zaal', 'zalen'), klas.format('Les', 'lessen')
    m.onderaan(f'<<<<<<< HEAD\n{een}=======\n{twee}>>>>>>> bas')


def syntaxfout(oud, nieuw, *woorden):
    """Een fout die Python niet begrijpt; de leerling zet terug wat er stond."""
    in_de_module(
        'python_begrijpt_het_niet', oud, nieuw, *woorden, zelf=lambda m: m.vervang(nieuw, oud)
    )


syntaxfout(LEEFTIJD, LEEFTIJD[:-1], '@leeftijd =', 'haakje')
syntaxfout(f"'{TABEL}'", f"'{TABEL}", '@tablename', 'aanhalingsteken')
syntaxfout('    leeftijd = ', '      leeftijd = ', '@leeftijd =', 'springt te ver in')
syntaxfout('    leeftijd = ', '  leeftijd = ', '@leeftijd =', 'springt anders in')
syntaxfout('    leeftijd = ', '\tleeftijd = ', '@leeftijd =')
syntaxfout('class Cursist(db.Model):', 'class Cursist(db.Model)', '@class C', 'dubbele punt')
syntaxfout(NAAM_VOORAF.regel, NAAM_VOORAF.regel + ')', '@naam =', 'niet open')
syntaxfout(REGEL, 'woonplaats = db.Column(db.String 50)', '@woonplaats')
syntaxfout(f'    {REGEL}', REGEL, '    woonplaats')

script_van(
    'python_begrijpt_het_niet',
    WOONPLAATS,
    'nullable=True))',
    'nullable=True)',
    'woonplaats.py',
    'haakje',
    zelf=lambda m: m.vervang('nullable=True)', 'nullable=True))', m.script(WOONPLAATS)),
)
in_een_script(
    'python_begrijpt_het_niet',
    EERSTE,
    'eerste_migratie',
    'def upgrade():',
    'def upgrade()',
    '_eerste_migratie.py`',
    zelf=lambda m: m.vervang('upgrade()\n', 'upgrade():\n', m.script(EERSTE)),
)

in_een_eigen_bestand(
    'python_begrijpt_het_niet',
    REGEL,
    REGEL[:-1],
    'haakje',
    zelf=lambda m: m.vervang(REGEL[:-1], REGEL, 'models.py'),
)
in_de_module(
    'regel_van_de_klasse_ontbreekt',
    'class Gebruiker(db.Model):\n',
    '',
    '@__tablename__',
    'class Gebruiker(db.Model):',
    na=GEBRUIKERS,
)


@situatie('regel_maakt_geen_kolom', WOONPLAATS - 1, '@woonplaats', 'No changes in schema')
def komma_voor_de_migratie(m):
    m.model_van(WOONPLAATS)
    m.vervang(REGEL, f'{REGEL},')
    assert 'No changes in schema' in m.flask('db', 'migrate', '-m', 'woonplaats')


@situatie(
    'regel_maakt_geen_kolom', WOONPLAATS, '@fruit =', 'een komma', 'fruit = db.Column(db.Text'
)
def eigen_kolom_op_twee_regels_met_een_komma(m):
    m.kolom('fruit = db.Column(', '    db.Text),')


TYPE = f'db.{KOLOM[WOONPLAATS].model_type}'

in_de_module('regel_maakt_geen_kolom', REGEL, REGEL.replace('.C', '.c'), '@woonplaats')
in_de_module('regel_maakt_geen_kolom', REGEL, REGEL.replace(' =', ':'), '@woonplaats', '`:`')
in_de_module('regel_maakt_geen_kolom', REGEL, f'woonplaats = {TYPE}', '@woonplaats')
in_de_module('regel_maakt_geen_kolom', REGEL, 'woonplaats = db.Column', '@woonplaats')
in_de_module(
    'kolom_staat_er_twee_keer',
    REGEL,
    f'{REGEL}\n    {REGEL.replace("50", "40")}',
    '@woonplaats',
    '`woonplaats`',
)
in_een_eigen_bestand('regel_maakt_geen_kolom', REGEL, f'{REGEL},', 'een komma', REGEL)
in_een_eigen_bestand(
    'kolom_staat_er_twee_keer', REGEL, f'{REGEL}\n    {REGEL.replace("50", "40")}', '`woonplaats`'
)


@situatie('kolom_buiten_de_klasse', WOONPLAATS, '@woonplaats', 'een ander bestand', 'Haal in')
def kolom_in_de_module_en_de_klasse_in_een_eigen_bestand(m):
    zet_model_apart(m)
    m.vervang(f'    {REGEL}\n', '', 'models.py')
    m.onderaan(REGEL)


@situatie('kolom_buiten_de_klasse', WOONPLAATS - 1, 'staat buiten de klasse', '`woonplaats`')
def kolom_onder_de_klasse(m):
    m.onderaan(REGEL)


@situatie('kolom_buiten_de_klasse', WOONPLAATS - 1, 'staat in een methode', '`woonplaats`')
def kolom_onder_de_repr(m):
    m.onderaan(f'        {REGEL}')


@situatie('create_all_in_de_module', WOONPLAATS, 'create_all', '@create_all')
def create_all_in_een_with_blok(m):
    m.onderaan('with app.app_context():\n    db.create_all()')


@situatie('create_all_in_de_module', NIVEAU - 1, 'create_all')
def create_all_met_een_kolom_vooruit(m):
    m.model_van(NIVEAU)
    m.onderaan('with app.app_context():\n    db.create_all()\n    print(1)')
