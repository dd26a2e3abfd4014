"""De laatste migratie maakt een kolom anders dan de les, of maakt hem niet."""

from dataclasses import replace

from controle.hints.doen import HERNOEMEN
from leerling import *
from stappen import HERNOEMD, TABEL

from situaties.situatie import *

NIEUW, NUMMER, GEBRUIKER = KOLOM[WOONPLAATS], KOLOM[CURSISTNUMMER], KOLOM[GEBRUIKERS]
LENGTE = in_script(NIEUW), in_script(replace(NIEUW, type='VARCHAR(5)'))
IEMAND = "INSERT INTO {} (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')".format
NOOR = f"INSERT INTO {TABEL} (naam, leeftijd, {PLAATS}) VALUES ('Noor', 20, 'Assen')"


def toegepast(kolom, oud, nieuw):
    """Een kolom van de les met iets anders erin, tot en met de upgrade."""
    return kolom_met(kolom, oud, nieuw).migreer('nieuw')


def waarde(kolom, waarde):
    return f'UPDATE {TABEL} SET {kolom} = {waarde} WHERE id = 3'


# --- In een stap ------------------------------------------------------------------------------

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
FOREIGN_KEY = ", db.ForeignKey('gebruikers.id')"
tweede_tabel_in_enkelvoud = (
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

# --- Na een stap ------------------------------------------------------------------------------

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
