"""Een model dat iets anders wil dan de laatste migratie."""

from dataclasses import replace

from controle.hints.doen import HERNOEMEN
from leerling import *
from stappen import GEVULD, HERNOEMD, LAATSTE, STAPPEN, TABEL

from situaties.situatie import *

STRAAT = 'straat = db.Column(db.Text)'
STRAAT_ERBIJ = doe.kolom(STRAAT).migreer('straat')
LINDELAAN = f"UPDATE {TABEL} SET straat = 'Lindelaan'"
STRAAT_WEG = f'    {STRAAT}\n', ''
STRAAT_KWIJT = STRAAT_ERBIJ.sql(LINDELAAN).vervang(*STRAAT_WEG)
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

SAMENGEVOEGD = doe.met_bas(INSTRUMENT).flask('db', 'merge', 'heads', '-m', 'samen')

zonder_de_regel_van_bas = na(LAATSTE).met_bas(INSTRUMENT)
zonder_de_regel_van_bas_na_een_merge = na(LAATSTE).en(SAMENGEVOEGD)
zonder_de_regel_van_bas_na_de_upgrade = zonder_de_regel_van_bas_na_een_merge.upgrade()
zonder_de_unieke_kolom_van_bas = na(LAATSTE).met_bas(RANG)
zonder_de_kolom_met_index_van_bas = na(LAATSTE).met_bas(PRIJS)
zonder_de_klasse_van_bas = na(LAATSTE).met_bas(ZAAL)
module_van_bas_overgenomen = na(LAATSTE).met_bas(INSTRUMENT).vervang(SCHOENMAAT, INSTRUMENT)
kolom_van_een_ander_voor_zijn_script = na(LAATSTE).kolom(STRAAT)
eigen_kolom_weg_aan_het_eind = na(LAATSTE).en(STRAAT_KWIJT)
migratie_gaat_naar_een_andere_database = na(LAATSTE).kolom(SCHOENMAAT).werk_elders()
zonder_de_regel_van_bas_halverwege = na(WOONPLAATS).met_bas(INSTRUMENT)
eigen_kolom_na_een_merge = na(WOONPLAATS).en(SAMENGEVOEGD).kolom(INSTRUMENT, STRAAT)
eigen_kolom_nog_niet_gemigreerd = na(WOONPLAATS).kolom(STRAAT)
eigen_tabel_nog_niet_gemigreerd = na(WOONPLAATS).onderaan(NOTITIE)
# De optie heet new_column_name.
eigen_kolom_hernoemd_met_een_optie_die_niet_bestaat = (
    na(WOONPLAATS)
    .en(STRAAT_ERBIJ)
    .vervang('straat =', 'stad =')
    .schrijf_script('stad', f"op.alter_column('{TABEL}', 'straat', new_name='stad')", 'pass')
)
eigen_kolom_opnieuw_na_de_weg_terug = (
    na(WOONPLAATS)
    .en(STRAAT_ERBIJ)
    .doe(f'    python tests/speel_les.py --terug {WOONPLAATS}')
    .kolom(STRAAT)
)
eigen_kolom_nog_niet_gemigreerd_voor_het_hernoemen = na(NAAM - 1).kolom(STRAAT)
eigen_kolom_weg = na(WOONPLAATS, verloren=True).en(STRAAT_KWIJT)
model_voor_en_database_achter = na(WOONPLAATS, verloren=True).flask('db', 'downgrade').kolom(STRAAT)
eigen_kolom_weg_voor_de_upgrade = (
    na(WOONPLAATS, zelf=doe.script_weg('straat'))
    .kolom(STRAAT)
    .migrate('straat')
    .vervang(*STRAAT_WEG)
)

# --- Het model na een stap --------------------------------------------------------------------

KOP = 'class Cursist(db.Model):'
ENKELVOUD = f"'{TABEL}'", "'cursist'"
FOREIGN_KEY = ", db.ForeignKey('gebruikers.id')"
RELATIE = "gebruiker = db.relationship('Gebruik"
DOCENT = "    docent = db.relationship('Docent')"
KORT = REGEL, REGEL.replace(PLAATS_TYPE, 'String(5)')
TOON = 'class Toon:\n    pass\n\n\ndef toon(zelf):\n    return zelf.nam\n'
KOPPEL = "def koppel(db):\n    return db.relationship('Docent')\n"

module_van_het_eind = na(WOONPLAATS).model_van(GEBRUIKERS)
klasse_is_geen_model = na(WOONPLAATS).vervang(KOP, 'class Cursist:')
klasse_is_geen_model_in_models = na(WOONPLAATS).in_models(KOP, 'class Cursist:')
tabel_heet_anders = na(WOONPLAATS).vervang(*ENKELVOUD)
tabel_heet_anders_in_models = na(WOONPLAATS).in_models(*ENKELVOUD)
tikfout_in_tablename = na(WOONPLAATS).vervang('__tablename__', '__tabelname__')
streepje_te_weinig_in_tablename = na(WOONPLAATS).vervang('__tablename__', '_tablename_')
streepje_te_weinig_in_models = na(WOONPLAATS).in_models('__tablename__', '_tablename_')
type_te_kort_in_models = na(WOONPLAATS).in_models(*KORT)
tikfout_in_een_naam_in_models = na(WOONPLAATS).in_models(PLAATS, TIKFOUT)
kolom_weg = na(WOONPLAATS).vervang(f'    {REGEL}\n', '')
kolom_weg_in_models = na(WOONPLAATS).in_models(f'    {REGEL}\n', '')
kolom_in_commentaar = na(WOONPLAATS).vervang(REGEL, f'# {REGEL}')
relatie_in_models = na(WOONPLAATS).in_models(REGEL, f'{REGEL}\n{DOCENT}')
repr_uit_een_ander_bestand = (
    na(WOONPLAATS)
    .schrijf(TOON, 'toon.py')
    .vervang('import os\n', 'import os\nfrom toon import toon\n')
    .onderaan('    __repr__ = toon')
)
script_weg_uit_het_midden = (
    na(NIVEAU)
    .en(lambda m: m.vervang(m.revisie(WOONPLAATS), m.revisie(WOONPLAATS - 1), m.script(NIVEAU)))
    .script_weg(WOONPLAATS)
)
# De map van een vorige keer: daar zet speel_les.py niets in.
module_van_twee_stappen_terug = na(CURSISTNUMMER).model_van(NIVEAU - 1).kopieer('../opnieuw/iets')
models_van_twee_stappen_terug = (
    na(CURSISTNUMMER)
    .in_models(f'    {KOLOM[NIVEAU].regel}\n', '')
    .vervang(f'    {KOLOM[CURSISTNUMMER].regel}\n', '', 'models.py')
)
repr_met_de_oude_naam = na(NAAM).vervang(f'self.{HERNOEMD.naam}', f'self.{HERNOEMD.was}')
repr_met_leeftijd = na(LEEFTIJD_WEG).vervang(f'self.{GEVULD.naam}', f'self.{GEVULD.som_met}')
module_van_voor_de_naam = na(LEEFTIJD_WEG, zelf=doe.model_van(LEEFTIJD_WEG)).model_van(GEBOORTEJAAR)
tweede_klasse_weg = na(GEBRUIKERS).vervang(FOREIGN_KEY, '').zonder_gebruiker()
tweede_klasse_weg_en_een_eigen_kolom_erbij = tweede_klasse_weg.kolom(STRAAT)
repr_met_een_naam_die_er_nooit_was = na(GEBRUIKERS).vervang('self.gebruikersnaam', 'self.gebruiker')
relatie_met_een_klasse_die_er_niet_is = na(GEBRUIKERS).kolom(f"{RELATIE}r')  # wie inlogt")
relatie_met_een_kolom_die_er_niet_is = na(GEBRUIKERS).kolom(
    f"{RELATIE}er', back_populates='cursisten')"
)
relatie_op_twee_regels = na(GEBRUIKERS).kolom(f"{RELATIE}er',", "    lazy='dynamic')")
relatie_die_nergens_in_een_klasse_staat = (
    na(GEBRUIKERS)
    .schrijf(KOPPEL, 'relaties.py')
    .vervang('import os\n', 'import os\n\nfrom relaties import koppel\n')
    .kolom('docent = koppel(db)')
)

# --- Het model in een stap --------------------------------------------------------------------

NIEUW = KOLOM[WOONPLAATS]
IX = f'ix_{TABEL}_{HERNOEMD.naam}'
TWEE_REGELS = f'{PLAATS} = db.Column(', f'{TIKFOUT} = db.Column(  # de {TIKFOUT}\n        '

tikfout_in_een_naam = kolom_met(NIEUW, PLAATS, TIKFOUT)
tikfout_in_een_naam_op_twee_regels = kolom_met(NIEUW, *TWEE_REGELS)
type_te_kort = kolom_met(NIEUW, *KORT)
type_te_kort_met_commentaar = kolom_met(NIEUW, REGEL, f'{KORT[1]}  # mijn')
type_te_kort_op_twee_regels = kolom_met(
    NIEUW, REGEL, KORT[1].replace('(db.', '(  # mijn\n        db.')
)
type_zonder_lengte = kolom_met(NIEUW, PLAATS_TYPE, 'String')
leeg_script = na(WOONPLAATS - 1).flask('db', 'revision', '-m', PLAATS).model_van(WOONPLAATS)
kolom_met_de_hand_en_in_het_model = (
    na(WOONPLAATS - 1)
    .model_van(WOONPLAATS)
    .sql(
        f'ALTER TABLE {TABEL} ADD COLUMN {PLAATS} {NIEUW.type}',
        f"UPDATE {TABEL} SET {PLAATS} = 'Assen' WHERE id = 2",
    )
)
kolom_niet_verplicht = kolom_met(KOLOM[NIVEAU], 'nullable=False, ', '')
kolom_niet_uniek = kolom_met(KOLOM[CURSISTNUMMER], ', unique=True', '')
verkeerde_kolom_weg = (
    na(LEEFTIJD_WEG - 1).model_van(LEEFTIJD_WEG).vervang(f'    {GEVULD.regel}\n', '')
)
type_te_kort_in_de_tweede_tabel = kolom_met(WACHTWOORD, WACHTWOORD.model_type, 'String(128)')
tweede_tabel_in_enkelvoud = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang("'gebruikers", "'gebruiker")
)
kolom_kwijt_bij_het_begin = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang(f'    {KOLOM[CURSISTNUMMER].regel}\n', '')
)
create_all_in_de_shell = (
    na(GEBRUIKERS - 1)
    .vervang(KOP, f'{NOTITIE}\n\n{KOP}')
    .flask('shell', invoer='db.create_all()\n')
)
BERICHT = STAPPEN[INDEX - 1].naam_van_migratie
leeg_script_voor_de_index = na(INDEX - 1).model_van(INDEX).flask('db', 'revision', '-m', BERICHT)
index_op_een_andere_kolom = klaar(INDEX, f"['{HERNOEMD.naam}']", f"['{PLAATS}']")
index_met_een_andere_naam = klaar(INDEX, IX, 'ix_naam')
index_anders_in_de_upgrade = klaar(INDEX, f"create_index('{IX}", "create_index('ix")
index_anders_uitgevoerd = index_met_een_andere_naam.upgrade()
index_anders_en_een_script_erna = index_met_een_andere_naam.schrijf_script(
    'leeg', 'pass', 'pass'
).upgrade()

# --- Een kolom in een migratie ----------------------------------------------------------------

NUMMER, GEBRUIKER = KOLOM[CURSISTNUMMER], KOLOM[GEBRUIKERS]
LENGTE = in_script(NIEUW), in_script(replace(NIEUW, type='VARCHAR(5)'))
IEMAND = "INSERT INTO {} (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')".format
NOOR = f"INSERT INTO {TABEL} (naam, leeftijd, {PLAATS}) VALUES ('Noor', 20, 'Assen')"


def toegepast(kolom, oud, nieuw):
    """Een kolom van de les met iets anders erin, tot en met de upgrade."""
    return kolom_met(kolom, oud, nieuw).migreer('nieuw')


def waarde(kolom, waarde):
    return f'UPDATE {TABEL} SET {kolom} = {waarde} WHERE id = 3'


# --- Een kolom in een stap --------------------------------------------------------------------

tikfout_gemigreerd = kolom_met(NIEUW, PLAATS, TIKFOUT).migrate('nieuw')
tikfout_met_een_ander_type = kolom_met(NIEUW, REGEL, f'{TIKFOUT} = db.Column(db.Text)').migrate('n')
tikfout_die_weinig_lijkt = kolom_met(KOLOM[NIVEAU], 'niveau', 'nivo').migrate('nieuw')
tikfout_met_een_waarde = tikfout_gemigreerd.upgrade().sql(waarde(TIKFOUT, "'Assen'"))
te_kort_gemigreerd = kolom_met(NIEUW, PLAATS_TYPE, 'String(5)').migrate('nieuw')
te_kort_toegepast = te_kort_gemigreerd.upgrade()
te_kort_met_een_waarde = te_kort_toegepast.sql(waarde(PLAATS, "'Assen'"))
te_kort_in_het_script = klaar(WOONPLAATS, *LENGTE)
VERPLICHT, STANDAARD = 'nullable=False, ', KOLOM[NIVEAU].standaard
mag_leeg_zijn = toegepast(KOLOM[NIVEAU], VERPLICHT, '').sql(waarde('niveau', 'NULL'))
andere_standaardwaarde = toegepast(KOLOM[NIVEAU], STANDAARD, "'begin'").sql(
    waarde('niveau', "'gevorderd'")
)
standaardwaarde_alleen_in_python = toegepast(KOLOM[NIVEAU], f'{VERPLICHT}server_', '')
index_in_plaats_van_uniek = toegepast(NUMMER, 'unique=True', 'index=True')
niet_uniek = toegepast(NUMMER, ', unique=True', '').sql(waarde(NUMMER.naam, "'c1'"))
constraint_uit_het_script = (
    klaar(CURSISTNUMMER)
    .herschrijf(CURSISTNUMMER, r'.*_constraint\(.*\n', '')
    .upgrade()
    .sql(waarde(NUMMER.naam, "'c1'"))
)
ALS_TEKST = 'db.func.now()', "'CURRENT_TIMESTAMP'"
standaardwaarde_als_tekst_en_al_verder = (
    toegepast(KOLOM[TIJDSTIP], *ALS_TEKST).sql(NOOR).model_van(TIJDSTIP + 1).vervang(*ALS_TEKST)
)
EINDE = '\n    # ### end'
ander_type = (
    kolom_met(KOLOM[GEBOORTEJAAR], 'Integer', 'Text')
    .migrate('nieuw')
    .in_script('nieuw', EINDE, f'{VUL}{EINDE}')
    .upgrade()
)
# Twee constraints die hetzelfde heten, gaan samen weg.
OPNIEUW = """\
with op.batch_alter_table('gebruikers') as batch_op:
    batch_op.drop_constraint('uq_gebruikers', type_='unique')
    batch_op.create_unique_constraint('uq_gebruikers', ['email'])"""
tweede_tabel_in_enkelvoud_toegepast = (
    klaar(GEBRUIKERS, "'gebruikers'", "'gebruiker'")
    .vervang("'gebruikers", "'gebruiker")
    .upgrade()
    .sql(IEMAND('gebruiker'))
)
alleen_de_kolom_naar_de_tweede_tabel = (
    na(GEBRUIKERS - 1).kolom(GEBRUIKER.regel.replace(FOREIGN_KEY, '')).migreer('gebruiker_id')
)
alleen_de_tweede_tabel = toegepast(GEBRUIKER, GEBRUIKER.regel, '')
script_met_alleen_de_tweede_tabel = (
    klaar(GEBRUIKERS).herschrijf(GEBRUIKERS, r'    with op(.*\n){3}', '').upgrade()
)
vaste_naam_zonder_de_kolom = (
    na(GEBRUIKERS - 1)
    .model_van(GEBRUIKERS)
    .vervang("'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'")
    .migreer('gebruikers')
    .schrijf_script('opnieuw', OPNIEUW, 'pass')
    .upgrade()
)
geen_foreign_key = toegepast(GEBRUIKER, FOREIGN_KEY, '')
te_kort_in_de_tweede_tabel = toegepast(WACHTWOORD, WACHTWOORD.model_type, 'String(128)').sql(
    IEMAND('gebruikers')
)
OUDE_KOLOM_VULLEN = f"    op.execute('UPDATE {TABEL} SET {HERNOEMD.naam} = {HERNOEMD.was}')\n"
oude_naam_is_er_nog = (
    klaar(NAAM, HERNOEMEN['upgrade'], f'add_column({in_script(HERNOEMD)})')
    .in_script(NAAM, HERNOEMEN['downgrade'], f"drop_column('{HERNOEMD.naam}')")
    .in_script(NAAM, '\n\ndef downgrade', f'{OUDE_KOLOM_VULLEN}\n\ndef downgrade')
    .model_van(NAAM - 1)
    .kolom(HERNOEMD.regel)
    .upgrade()
)

# --- Een kolom na een stap --------------------------------------------------------------------

UNIEK = f"batch_op.create_unique_constraint('uq_{NUMMER.tabel}_{NUMMER.naam}', ['{NUMMER.naam}'])"

andere_tabelnaam_gemigreerd = na(WOONPLAATS).vervang(f"'{TABEL}'", "'cursist'").migrate('cursist')
te_kort_in_een_oud_script = na(NIVEAU).in_script(WOONPLAATS, *LENGTE)
sleutel_uit_het_eerste_script = na(NIVEAU).in_script(
    EERSTE, "    sa.PrimaryKeyConstraint('id')\n", ''
)
module_van_een_eerdere_stap_gemigreerd = na(CURSISTNUMMER).model_van(WOONPLAATS).migrate('terug')
module_van_een_eerdere_stap_toegepast = (
    na(CURSISTNUMMER, verloren=True).model_van(WOONPLAATS).migreer('terug')
)
kolom_niet_gevuld = na(GEBOORTEJAAR).in_script(GEBOORTEJAAR, VUL, '')
constraint_uit_een_oud_script = na(NAAM).in_script(CURSISTNUMMER, UNIEK, 'pass')
kolom_niet_gevuld_en_al_verder = na(GEBRUIKERS).in_script(GEBOORTEJAAR, VUL, '')

# --- Eerst het model, dan het script ----------------------------------------------------------

TELEFOON = 'telefoon = db.Column(db.Text)'
NAAM_NU, NAAM_OUD = HERNOEMD.naam, HERNOEMD.was
MET_TELEFOON = (
    doe.kolom(TELEFOON, STRAAT)
    .migreer('telefoon')
    .sql(f"UPDATE {TABEL} SET telefoon = '06-1', straat = 'Laan' WHERE id = 1")
)
ZONDER_LEEFTIJD = doe.zonder('    leeftijd = db.Column(db.Integer)').vervang(
    f'self.{GEVULD.som_met}', f'self.{GEVULD.naam}'
)
GEBRUIKER_KOP = "__tablename__ = 'gebruikers'"
NAAR_NAME = doe.vervang(f'{NAAM_OUD} = db', 'name = db').vervang(f'self.{NAAM_OUD}', 'self.name')
NIEUWE_CURSIST = (
    f"INSERT INTO {TABEL} ({NAAM_OUD}, leeftijd, {GEVULD.naam}) VALUES ('Noor', 20, 2006)"
)
TABEL_HERNOEMD = "op.rename_table('{}', '{}')".format

tweede_tabel_met_bind_key = (
    na(GEBRUIKERS - 1)
    .model_van(GEBRUIKERS)
    .vervang(GEBRUIKER_KOP, f"{GEBRUIKER_KOP}\n    __bind_key__ = 'anders'")
)
klasse_is_abstract = na(WOONPLAATS).vervang(
    f"__tablename__ = '{TABEL}'", f"__tablename__ = '{TABEL}'\n    __abstract__ = True"
)
tabel_hernoemd_in_een_script = (
    na(CURSISTNUMMER)
    .schrijf_script('leden', TABEL_HERNOEMD(TABEL, 'leden'), TABEL_HERNOEMD('leden', TABEL))
    .upgrade()
)
tabel_hernoemd_in_een_script_en_in_het_model = tabel_hernoemd_in_een_script.vervang(
    f"'{TABEL}'", "'leden'"
)
tweede_klasse_vergeten = (
    na(GEBRUIKERS - 1)
    .model_van(GEBRUIKERS)
    .zonder_gebruiker()
    .vervang(FOREIGN_KEY, '')
    .migreer('gebruikers')
)
tikfout_in_een_unieke_kolom = kolom_met(NUMMER, 'stn', 'tn').migrate('nieuw')
tikfout_in_een_verplichte_kolom = kolom_met(
    KOLOM[NIVEAU],
    "veau = db.Column(db.String(20), nullable=False, server_default='beginner')",
    'vau = db.Column(db.String(20), nullable=False)',
).migrate('nieuw')
script_van_voor_de_verbetering = tikfout_in_een_unieke_kolom.model_van(CURSISTNUMMER)
getal_in_plaats_van_tekst = toegepast(
    KOLOM[NIVEAU],
    "String(20), nullable=False, server_default='beginner'",
    "Integer, nullable=False, server_default='1'",
)
leeftijd_weg_voor_het_hernoemen = na(GEBOORTEJAAR).en(ZONDER_LEEFTIJD)
naam_hernoemd_in_het_model = na(GEBOORTEJAAR).en(NAAR_NAME)
naam_hernoemd_en_gemigreerd = na(GEBOORTEJAAR).sql(NIEUWE_CURSIST).en(NAAR_NAME).migrate('name')
woonplaats_hernoemd_en_gemigreerd = (
    na(CURSISTNUMMER).vervang(f'{PLAATS} =', 'stad =').migrate('stad')
)
eigen_kolommen_weg_bij_het_plakken = na(CURSISTNUMMER).en(MET_TELEFOON).model_van(TIJDSTIP)
eigen_kolommen_weg_bij_het_plakken_en_gemigreerd = (
    na(GEBOORTEJAAR).en(MET_TELEFOON).model_van(NAAM).migrate('naam')
)
eigen_kolommen_terug_en_het_script_nog_niet = eigen_kolommen_weg_bij_het_plakken.migrate(
    'tijd'
).kolom(TELEFOON, STRAAT)
unique_vergeten = kolom_met(KOLOM[CURSISTNUMMER], ', unique=True', '').migrate('nummer').upgrade()
TELEFOON_ERBIJ = f"op.add_column('{TABEL}', sa.Column('telefoon', sa.Text()))"
som_andersom = na(GEBOORTEJAAR).in_script(GEBOORTEJAAR, '2026 - leeftijd', 'leeftijd - 2026')
script_van_een_ander_dat_niet_terug_kan = na(WOONPLAATS).en(
    lambda m: m.schrijf_script('bas', TELEFOON_ERBIJ, 'pass', vorige(m, WOONPLAATS))
)
ook_een_primary_key = na(NIVEAU).vervang(REGEL, f'{REGEL[:-1]}, primary_key=True)')
tabel_in_het_engels = (
    na(GEBRUIKERS - 1).model_van(GEBRUIKERS).vervang("'gebruikers", "'users").migrate('users')
)
index_ook_uniek = (
    na(INDEX - 1).model_van(INDEX).vervang('index=True', 'index=True, unique=True').migreer('index')
)
APART = 'from BasicModelApp import db\n\n\nclass Gebruiker'
tweede_klasse_niet_geimporteerd = (
    na(GEBRUIKERS - 1)
    .model_van(GEBRUIKERS)
    .en(lambda m: m.schrijf(APART + m.lees().split('class Gebruiker')[1], 'modellen.py'))
    .zonder_gebruiker()
)
type_anders_en_leeg = (
    kolom_met(KOLOM[GEBOORTEJAAR], 'Integer', 'String(4)').migrate('jaar').upgrade()
)
