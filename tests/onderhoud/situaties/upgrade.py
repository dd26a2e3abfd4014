"""Een script dat bij het naspelen op een fout stuit."""

from leerling import *
from stappen import GEVULD, HERNOEMD, KOPIE, LAATSTE, TABEL

from situaties.situatie import *

# --- Een functie die er niet is ---------------------------------------------------------------

UPGRADE, DOWNGRADE = 'def upgrade():\n', 'def downgrade():\n'

downgrade_ontbreekt_in_het_enige_script = na(EERSTE).in_script(EERSTE, DOWNGRADE, '')
upgrade_met_een_hoofdletter = na(WOONPLAATS).in_script(WOONPLAATS, 'def u', 'def U')
downgrade_ontbreekt = na(NIVEAU).in_script(NIVEAU, DOWNGRADE, '')
downgrade_met_een_tikfout = na(NIVEAU).in_script(NIVEAU, DOWNGRADE, 'def downgrad():\n')

downgrade_ontbreekt_en_de_namen_gaan_weg = (
    na(NAAM - 1)
    .kopieer(KOPIE)
    .model_van(NAAM)
    .migrate('naam')
    .herschrijf('naam', '(?s)def downgrade.*', '')
)

# --- Constraints ------------------------------------------------------------------------------

PAS, CODE = (f'{naam} = db.Column(db.Text, unique=True)' for naam in ('pas', 'code'))
UQ = f"'uq_{TABEL}_{KOLOM[CURSISTNUMMER].naam}'"
ALLEEN_TERUG = CURSISTNUMMER, f'drop_constraint({UQ}', 'drop_constraint(None'
TABELNAAM = "    __tablename__ = 'gebruikers'\n"

# Alembic zet constraints zonder naam niet elke keer in dezelfde volgorde.
IN_VOLGORDE = r"(None, \[').*('\]\)\n.*None, \[').*('\])", r'\1pas\2code\3'
twee_eigen_constraints_zonder_naam = (
    na(WOONPLAATS).kolom(PAS, CODE).migrate('eigen').herschrijf('eigen', *IN_VOLGORDE)
)
constraint_zonder_naam = klaar(CURSISTNUMMER, UQ, 'None').model_van(CURSISTNUMMER + 1)
constraint_zonder_naam_op_twee_regels = klaar(
    CURSISTNUMMER, f'({UQ}', '(\n            None'
).model_van(CURSISTNUMMER + 1)
constraint_zonder_naam_in_downgrade = klaar(*ALLEEN_TERUG)
constraint_zonder_naam_na_de_upgrade = na(CURSISTNUMMER).in_script(*ALLEEN_TERUG)
foreign_key_met_een_tikfout = kolom_met(KOLOM[GEBRUIKERS], 'rs.id', 'r.id')
foreign_key_naar_een_klasse_zonder_tabel = na(GEBRUIKERS).vervang(TABELNAAM, '')

# --- Een regel in een batch ---------------------------------------------------------------------

hernoemt_een_kolom_met_een_tikfout = klaar(NAAM, "('naam'", "('name'")

# --- Kolommen die verplicht zijn --------------------------------------------------------------

STANDAARD = f'server_default={KOLOM[NIVEAU].standaard}'
STRAAT = 'straat = db.Column(db.Text, nullable=False)'
STRAAT_ANDERS = STRAAT.replace('db.T', "'eigen', db.T")
PAS_EN_CODE = (regel.replace('unique', 'nullable=False, unique') for regel in (PAS, CODE))

VERPLICHT = klaar(NIVEAU, f'{STANDAARD}, ', '')
verplicht_met_default_en_al_verder = VERPLICHT.model_van(NIVEAU + 1).vervang(
    STANDAARD, STANDAARD.removeprefix('server_')
)
eigen_verplichte_kolom_die_in_de_tabel_anders_heet = (
    na(WOONPLAATS).kolom(STRAAT_ANDERS).migrate('eigen')
)
eigen_verplichte_kolom_in_models = (
    na(WOONPLAATS).in_models(REGEL, f'{REGEL}\n    {STRAAT}').migrate('straat')
)
twee_eigen_verplichte_en_unieke_kolommen = na(WOONPLAATS).kolom(*PAS_EN_CODE).migrate('eigen')

# --- Een kolom die er al is -------------------------------------------------------------------

kolom_in_twee_scripts = na(WOONPLAATS).kopieer_script(WOONPLAATS)
tabel_in_twee_scripts = na(GEBRUIKERS).kopieer_script(GEBRUIKERS)
kolom_in_twee_scripts_en_nog_een_erna = (
    na(NIVEAU - 1)
    .kopieer_script(WOONPLAATS)
    .klaar_met(NIVEAU)
    .en(lambda m: m.vervang(m.revisie(WOONPLAATS), 'abc123', m.script(NIVEAU)))
)
# Dat van de leerling heeft data.sqlite gehad, of het nu voor dat van Bas komt of erna.
ERNA = 'db', 'revision', '-m', 'erna', '--head'
MERGE = doe.flask('db', 'merge', 'heads', '-m', 'nu').mislukt('duplicate', 'db', 'upgrade')
b1_van_bas_maakt_de_kolom_ook = na(LAATSTE).met_bas(SCHOENMAAT)
b1_van_bas_maakt_de_kolom_ook_en_een_merge = b1_van_bas_maakt_de_kolom_ook.en(MERGE)
b1_van_bas_maakt_de_kolom_ook_en_een_script_erna = b1_van_bas_maakt_de_kolom_ook.flask(*ERNA, 'b1')
a1_van_bas_maakt_de_kolom_ook = na(LAATSTE).met_bas(SCHOENMAAT, ('b1', 'a1'))
a1_van_bas_maakt_de_kolom_ook_en_een_merge = a1_van_bas_maakt_de_kolom_ook.en(MERGE)
a1_van_bas_maakt_de_kolom_ook_en_een_script_erna = a1_van_bas_maakt_de_kolom_ook.flask(*ERNA, 'a1')

# --- Hernoemen --------------------------------------------------------------------------------

ACHTER, HERNOEM = f"new_column_name='{HERNOEMD.naam}'", f"alter_column('{HERNOEMD.naam}'"


hernoemd_zonder_optie = klaar(NAAM, ACHTER, f"'{HERNOEMD.naam}'")

# --- De UPDATE --------------------------------------------------------------------------------

TERUG = f"    op.execute('UPDATE {TABEL} SET {GEVULD.som_met} = {GEVULD.som} - {GEVULD.naam}')\n"

update_in_het_with_blok = klaar(GEBOORTEJAAR, f'\n{VUL}', f'    {VUL}')
update_in_het_with_blok_na_een_witregel = klaar(GEBOORTEJAAR, VUL, f'    {VUL}')
update_boven_het_with_blok = klaar(GEBOORTEJAAR, VUL).in_script(
    GEBOORTEJAAR, UPGRADE, UPGRADE + VUL
)
update_boven_het_with_blok_van_downgrade = klaar(LEEFTIJD_WEG, TERUG).in_script(
    LEEFTIJD_WEG, DOWNGRADE, DOWNGRADE + TERUG
)

# --- Een view ---------------------------------------------------------------------------------


def met_view(downgrade):
    return doe.schrijf_script('view', f"op.execute('{VIEW}')", downgrade).upgrade()


ECHT_WEG = met_view("op.execute('DROP VIEW overzicht')")

view_die_downgrade_laat_staan = na(WOONPLAATS).en(met_view('pass'))
view_uit_een_eigen_script = na(TIJDSTIP - 1).en(ECHT_WEG).model_van(TIJDSTIP).migrate('tijd')

# --- Een functie die SQLite niet kent -----------------------------------------------------------

TIJD = KOLOM[TIJDSTIP].regel
NOW = TIJD.replace('db.func.now()', "db.text('NOW()')")
GETDATE = "gezien_op = db.Column(db.DateTime, server_default=db.text('GETDATE()'))"
GEEN_FUNCTIE = doe.mislukt('unknown function', 'db', 'upgrade')

now_in_een_standaardwaarde = (
    na(TIJDSTIP - 1).model_van(TIJDSTIP).vervang(TIJD, NOW).migrate('nu').en(GEEN_FUNCTIE)
)
getdate_in_een_eigen_kolom = na(WOONPLAATS).kolom(GETDATE).migrate('gezien').en(GEEN_FUNCTIE)

# --- Een aanroep die Alembic anders wil ---------------------------------------------------------

CREATE = 'batch_op.create_unique_constraint(', f"op.create_unique_constraint({UQ}, '{TABEL}', "
EIGEN_TYPE = """\
class Postcode(db.TypeDecorator):
    impl = db.String(7)
    cache_ok = True


"""

op_in_een_blok = klaar(CURSISTNUMMER, f'{CREATE[0]}{UQ}, ', CREATE[1])
tabelnaam_in_een_blok = klaar(CURSISTNUMMER, f'{CREATE[0]}{UQ}, ', f"{CREATE[0]}{UQ}, '{TABEL}', ")
foreign_key_zonder_lijst = klaar(GEBRUIKERS, "['gebruiker_id'], ['id']", "'gebruiker_id', 'id'")
batch_zonder_with = (
    klaar(CURSISTNUMMER)
    .herschrijf(CURSISTNUMMER, r'    with (.*), schema=None\) as batch_op:', r'    batch_op = \1)')
    .herschrijf(CURSISTNUMMER, r'        batch_op\.', '    batch_op.')
)
eigen_type_van_de_module = (
    na(WOONPLAATS)
    .boven('class Cursist', EIGEN_TYPE)
    .kolom('postcode = db.Column(Postcode)')
    .migrate('postcode')
)
uit_met_batch = (
    na(CURSISTNUMMER - 1)
    .model_van(CURSISTNUMMER)
    .vervang('Migrate(app, db)', 'Migrate(app, db, render_as_batch=False)')
    .migrate('cursistnummer')
)
uit_met_batch_en_half_uitgevoerd = uit_met_batch.mislukt('No support for ALTER', 'db', 'upgrade')

# --- Een regel in een script --------------------------------------------------------------------

downgrade_rekent_met_een_kolom_die_er_niet_is = klaar(
    LEEFTIJD_WEG, f'- {GEVULD.naam}', '- geboortjaar'
)
downgrade_van_een_andere_kolom = klaar(WOONPLAATS, "drop_column('", "drop_column('mijn_")


def opnieuw(stap, oud, nieuw):
    """Net zo, en dan zet de leerling het script terug."""
    return klaar(stap, oud, nieuw, zelf=doe.script_van(stap))


OP = f"'{TABEL}', ['{HERNOEMD.naam}']"
index_op_de_oude_naam = opnieuw(INDEX, OP, f"'{TABEL}', ['{HERNOEMD.was}']")
index_op_een_naam_met_een_tikfout = opnieuw(INDEX, OP, f"'{TABEL}', ['volledigenaam']")
index_zonder_lijst = opnieuw(INDEX, OP, f"'{TABEL}', '{HERNOEMD.naam}'")
MET = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:\n"
regel_met_batch_weg = opnieuw(NIVEAU, MET, '')


def voer_uit(sql):
    return f"op.execute('{sql}')"


TRIGGER = (
    f'CREATE TRIGGER netjes AFTER INSERT ON {TABEL} BEGIN '
    f'UPDATE {TABEL} SET {PLAATS} = trim({PLAATS}); END'
)
trigger_op_een_tabel_die_opnieuw_is_gemaakt = (
    na(TIJDSTIP - 1)
    .schrijf_script('trigger', voer_uit(TRIGGER), voer_uit('DROP TRIGGER netjes'))
    .upgrade()
    .model_van(TIJDSTIP)
    .migreer('tijd')
)
unieke_kolom_met_een_standaardwaarde = klaar(
    CURSISTNUMMER, 'nullable=True', "server_default='c1', nullable=True"
).vervang('unique=True)', "unique=True, server_default='c1')")
update_met_een_tikfout_in_een_kolom = opnieuw(GEBOORTEJAAR, f'- {GEVULD.som_met}', '- leeftyd')
update_met_een_tikfout_in_set = opnieuw(GEBOORTEJAAR, 'SET ', 'ST ')
update_met_woorden_die_sqlite_niet_kent = opnieuw(GEBOORTEJAAR, 'UPDATE ', 'UPDATE OR NIETS ')
update_van_een_andere_tabel = opnieuw(GEBOORTEJAAR, f'UPDATE {TABEL}', 'UPDATE cursist')
update_zonder_set = opnieuw(GEBOORTEJAAR, 'SET ', '')
DRIE_REGELS = f'    op.execute(sa.text("""\n        {GEVULD.vulling}\n    """))\n'
update_zonder_set_op_drie_regels = opnieuw(GEBOORTEJAAR, VUL, DRIE_REGELS.replace('SET ', ''))
update_in_een_batch_met_batch_op = opnieuw(
    GEBOORTEJAAR, VUL, f'    {VUL}'.replace('op.', 'batch_op.')
)
IX = f"'ix_{TABEL}_{HERNOEMD.naam}'"
constraint_buiten_de_batch = klaar(
    CURSISTNUMMER,
    f'    batch_op.create_unique_constraint({UQ}',
    f"op.create_unique_constraint({UQ}, '{TABEL}'",
)
index_met_de_tabel_voorop = klaar(INDEX, f"{IX}, '{TABEL}', [", f"'{TABEL}', {IX}, [")
index_twee_keer = na(INDEX).schrijf_script(
    'weer', f'op.create_index({IX}, {OP})', f'op.drop_index({IX})'
)
index_heen_en_terug_verwisseld = (
    klaar(INDEX, UPGRADE, 'def heen():\n')
    .in_script(INDEX, DOWNGRADE, UPGRADE)
    .in_script(INDEX, 'def heen():\n', DOWNGRADE)
)
geen_kolom_na_een_stamp = klaar(NIVEAU, f'{STANDAARD}, ', '').flask('db', 'stamp', 'head')
MET_EEN_VERBINDING = f'    op.get_bind().execute({GEVULD.vulling!r})\n'
update_met_een_verbinding = opnieuw(GEBOORTEJAAR, VUL, MET_EEN_VERBINDING)
MAAT = SCHOENMAAT.replace('schoenmaat', 'maat')
eigen_kolom_hernoemd_zonder_batch = (
    na(WOONPLAATS)
    .kolom(SCHOENMAAT)
    .migreer('maat')
    .vervang(SCHOENMAAT, f'{MAAT[:-1]}, index=True)')
    .schrijf_script(
        'anders',
        f"op.alter_column('{TABEL}', 'schoenmaat', new_column_name='maat')\n"
        f"op.create_index('ix_{TABEL}_maat', '{TABEL}', 'maat')",
        f"op.drop_index('ix_{TABEL}_maat', '{TABEL}')\n"
        f"op.alter_column('{TABEL}', 'maat', new_column_name='schoenmaat')",
    )
)
