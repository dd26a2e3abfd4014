"""Een model dat iets anders wil dan de laatste migratie."""

from leerling import (
    CURSISTNUMMER,
    GEBOORTEJAAR,
    GEBRUIKERS,
    INDEX,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NIVEAU,
    WOONPLAATS,
)
from stappen import GEVULD, HERNOEMD, LAATSTE, TABEL

from situaties.situatie import (
    INSTRUMENT,
    KLASSE,
    PLAATS,
    PLAATS_TYPE,
    REGEL,
    SCHOENMAAT,
    TIKFOUT,
    WACHTWOORD,
    eigen_script,
    flask,
    in_models,
    in_module,
    klaar_met,
    kolom_met,
    kolommen,
    met_bas,
    migreer,
    model_van,
    na,
    onderaan,
    samen,
    sql,
    werk_elders,
    zonder_gebruiker,
)

UPGRADE = flask('db', 'upgrade')
STRAAT = 'straat = db.Column(db.Text)'
STRAAT_WEG = in_module(f'    {STRAAT}\n', '')
STRAAT_ERBIJ = samen(kolommen(STRAAT), migreer('straat'))
NOTITIE = KLASSE.format('Notitie', 'notities')

# --- Samen aan een database, en eigen kolommen ------------------------------------------------

RANG = 'rang = db.Column(db.Numeric(5, 2), unique=True)'
PRIJS = "prijs = db.Column(db.NUMERIC(6, 2), index=True, server_default=db.text('1.50'))"
ZAAL = f"""\
class Zaal(db.Model):
    __tablename__ = 'zalen'
    nummer = db.Column(db.BigInteger, primary_key=True)
    {SCHOENMAAT}
    cursist_id = db.Column(db.ForeignKey('{TABEL}.id'))"""

SAMEN_MET_BAS = met_bas(INSTRUMENT)
SAMENGEVOEGD = samen(SAMEN_MET_BAS, flask('db', 'merge', 'heads', '-m', 'samen'))
LINDELAAN = sql(f"UPDATE {TABEL} SET straat = 'Lindelaan'")

na(
    LAATSTE,
    zonder_de_regel_van_bas=SAMEN_MET_BAS,
    zonder_de_regel_van_bas_na_een_merge=SAMENGEVOEGD,
    zonder_de_regel_van_bas_na_de_upgrade=samen(SAMENGEVOEGD, UPGRADE),
    zonder_de_unieke_kolom_van_bas=met_bas(RANG),
    zonder_de_kolom_met_index_van_bas=met_bas(PRIJS),
    zonder_de_klasse_van_bas=met_bas(ZAAL),
    module_van_bas_overgenomen=samen(SAMEN_MET_BAS, in_module(SCHOENMAAT, INSTRUMENT)),
    kolom_van_een_ander_voor_zijn_script=kolommen(STRAAT),
    eigen_kolom_weg_aan_het_eind=samen(STRAAT_ERBIJ, LINDELAAN, STRAAT_WEG),
    migratie_gaat_naar_een_andere_database=samen(kolommen(SCHOENMAAT), werk_elders),
)
na(
    WOONPLAATS,
    zonder_de_regel_van_bas_halverwege=SAMEN_MET_BAS,
    eigen_kolom_na_een_merge=samen(SAMENGEVOEGD, kolommen(INSTRUMENT, STRAAT)),
    eigen_kolom_nog_niet_gemigreerd=kolommen(STRAAT),
    eigen_tabel_nog_niet_gemigreerd=onderaan(NOTITIE),
    # De optie heet new_column_name.
    eigen_kolom_hernoemd_met_een_optie_die_niet_bestaat=samen(
        STRAAT_ERBIJ,
        in_module(STRAAT, STRAAT.replace('straat', 'stad')),
        eigen_script('stad', f"op.alter_column('{TABEL}', 'straat', new_name='stad')"),
    ),
    eigen_kolom_opnieuw_na_de_weg_terug=samen(
        STRAAT_ERBIJ,
        lambda m: m.doe(f'    python tests/speel_les.py --terug {WOONPLAATS}'),
        kolommen(STRAAT),
    ),
)
na(NAAM - 1, eigen_kolom_nog_niet_gemigreerd_voor_het_hernoemen=kolommen(STRAAT))
na(
    WOONPLAATS,
    verloren=True,
    eigen_kolom_weg=samen(STRAAT_ERBIJ, LINDELAAN, STRAAT_WEG),
    model_voor_en_database_achter=samen(flask('db', 'downgrade'), kolommen(STRAAT)),
)
na(
    WOONPLAATS,
    zelf=lambda m: (m.map / m.script('straat')).unlink(),
    eigen_kolom_weg_voor_de_upgrade=samen(
        kolommen(STRAAT), flask('db', 'migrate', '-m', 'straat'), STRAAT_WEG
    ),
)

# --- Het model na een stap --------------------------------------------------------------------

KOP = 'class Cursist(db.Model):'
ZONDER_GEBRUIKER = samen(in_module(", db.ForeignKey('gebruikers.id')", ''), zonder_gebruiker)
RELATIE = "gebruiker = db.relationship('Gebruik"
KORT = REGEL.replace(PLAATS_TYPE, 'String(5)')

na(
    WOONPLAATS,
    module_van_het_eind=model_van(GEBRUIKERS),
    klasse_is_geen_model=in_module(KOP, 'class Cursist:'),
    klasse_is_geen_model_in_models=in_models(KOP, 'class Cursist:'),
    tabel_heet_anders=in_module(f"'{TABEL}'", "'cursist'"),
    tabel_heet_anders_in_models=in_models(f"'{TABEL}'", "'cursist'"),
    tikfout_in_tablename=in_module('__tablename__', '__tabelname__'),
    streepje_te_weinig_in_tablename=in_module('__tablename__', '_tablename_'),
    streepje_te_weinig_in_models=in_models('__tablename__', '_tablename_'),
    type_te_kort_in_models=in_models(REGEL, KORT),
    tikfout_in_een_naam_in_models=in_models(PLAATS, TIKFOUT),
    kolom_weg=in_module(f'    {REGEL}\n', ''),
    kolom_weg_in_models=in_models(f'    {REGEL}\n', ''),
    kolom_in_commentaar=in_module(REGEL, f'# {REGEL}'),
    relatie_in_models=in_models(REGEL, f"{REGEL}\n    docent = db.relationship('Docent')"),
)
na(NAAM, repr_met_de_oude_naam=in_module(f'self.{HERNOEMD.naam}', f'self.{HERNOEMD.was}'))
na(LEEFTIJD_WEG, repr_met_leeftijd=in_module(f'self.{GEVULD.naam}', f'self.{GEVULD.som_met}'))
na(LEEFTIJD_WEG, zelf=model_van(LEEFTIJD_WEG), module_van_voor_de_naam=model_van(GEBOORTEJAAR))
na(
    GEBRUIKERS,
    tweede_klasse_weg=ZONDER_GEBRUIKER,
    tweede_klasse_weg_en_een_eigen_kolom_erbij=samen(ZONDER_GEBRUIKER, kolommen(STRAAT)),
    repr_met_een_naam_die_er_nooit_was=in_module('self.gebruikersnaam', 'self.gebruiker'),
    relatie_met_een_klasse_die_er_niet_is=kolommen(f"{RELATIE}r')  # wie inlogt"),
    relatie_met_een_kolom_die_er_niet_is=kolommen(f"{RELATIE}er', back_populates='cursisten')"),
    relatie_op_twee_regels=kolommen(f"{RELATIE}er',", "    lazy='dynamic')"),
)


@na(CURSISTNUMMER)
def module_van_twee_stappen_terug(m):
    m.model_van(NIVEAU - 1)
    # Van een vorige keer: daar zet speel_les.py niets in.
    (m.map.parent / 'opnieuw').mkdir()
    (m.map.parent / 'opnieuw' / 'iets.txt').write_text('iets', encoding='utf-8')


@na(WOONPLAATS)
def repr_uit_een_ander_bestand(m):
    m.schrijf('class Toon:\n    pass\n\n\ndef toon(zelf):\n    return zelf.nam\n', 'toon.py')
    m.vervang('import os\n', 'import os\nfrom toon import toon\n')
    m.onderaan('    __repr__ = toon')


@na(GEBRUIKERS)
def relatie_die_nergens_in_een_klasse_staat(m):
    m.schrijf("def koppel(db):\n    return db.relationship('Docent')\n", 'relaties.py')
    m.vervang('import os\n', 'import os\n\nfrom relaties import koppel\n')
    m.kolom('docent = koppel(db)')


@na(NIVEAU)
def script_weg_uit_het_midden(m):
    m.vervang(m.revisie(WOONPLAATS), m.revisie(WOONPLAATS - 1), m.script(NIVEAU))
    (m.map / m.script(WOONPLAATS)).unlink()


# --- Het model in een stap --------------------------------------------------------------------

NIEUW = KOLOM[WOONPLAATS]
IX = f'ix_{TABEL}_{HERNOEMD.naam}'
ANDERE_NAAM = klaar_met(INDEX, IX, 'ix_naam')

na(
    WOONPLAATS - 1,
    tikfout_in_een_naam=kolom_met(NIEUW, PLAATS, TIKFOUT),
    tikfout_in_een_naam_op_twee_regels=kolom_met(
        NIEUW, f'{PLAATS} = db.Column(', f'{TIKFOUT} = db.Column(  # de {TIKFOUT}\n        '
    ),
    type_te_kort=kolom_met(NIEUW, REGEL, KORT),
    type_te_kort_met_commentaar=kolom_met(NIEUW, REGEL, f'{KORT}  # mijn'),
    type_te_kort_op_twee_regels=kolom_met(
        NIEUW, REGEL, KORT.replace('(db.', '(  # mijn\n        db.')
    ),
    type_zonder_lengte=kolom_met(NIEUW, PLAATS_TYPE, 'String'),
    leeg_script=samen(flask('db', 'revision', '-m', PLAATS), model_van(WOONPLAATS)),
    kolom_met_de_hand_en_in_het_model=samen(
        model_van(WOONPLAATS),
        sql(f'ALTER TABLE {TABEL} ADD COLUMN {PLAATS} {NIEUW.type}'),
        sql(f"UPDATE {TABEL} SET {PLAATS} = 'Assen' WHERE id = 2"),
    ),
)
na(NIVEAU - 1, kolom_niet_verplicht=kolom_met(KOLOM[NIVEAU], 'nullable=False, ', ''))
na(CURSISTNUMMER - 1, kolom_niet_uniek=kolom_met(KOLOM[CURSISTNUMMER], ', unique=True', ''))
na(LEEFTIJD_WEG - 1, verkeerde_kolom_weg=model_van(LEEFTIJD_WEG, f'    {GEVULD.regel}\n', ''))
na(
    GEBRUIKERS - 1,
    type_te_kort_in_de_tweede_tabel=kolom_met(WACHTWOORD, WACHTWOORD.model_type, 'String(128)'),
    tweede_tabel_in_enkelvoud=model_van(GEBRUIKERS, "'gebruikers", "'gebruiker"),
    kolom_kwijt_bij_het_begin=model_van(GEBRUIKERS, f'    {KOLOM[CURSISTNUMMER].regel}\n', ''),
    create_all_in_de_shell=samen(
        in_module(KOP, f'{NOTITIE}\n\n{KOP}'),
        lambda m: m.flask('shell', invoer='db.create_all()\n'),
    ),
)
na(
    INDEX - 1,
    leeg_script_voor_de_index=samen(model_van(INDEX), flask('db', 'revision', '-m', 'index')),
    index_op_een_andere_kolom=klaar_met(INDEX, f"['{HERNOEMD.naam}']", f"['{PLAATS}']"),
    index_met_een_andere_naam=ANDERE_NAAM,
    index_anders_in_de_upgrade=klaar_met(INDEX, f"create_index('{IX}", "create_index('ix"),
    index_anders_uitgevoerd=samen(ANDERE_NAAM, UPGRADE),
    index_anders_en_een_script_erna=samen(ANDERE_NAAM, eigen_script('leeg'), UPGRADE),
)
