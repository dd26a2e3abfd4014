"""Een `data.sqlite` die niet bij de migraties past."""

import os
import sqlite3
from contextlib import closing

from leerling import *
from stappen import DATABASE, GEVULD, HERNOEMD, KOPIE, LAATSTE, NU, TABEL

from situaties.situatie import *

VERPLICHT, UNIEK, TIJD = KOLOM[NIVEAU], KOLOM[CURSISTNUMMER], KOLOM[TIJDSTIP]

# --- Het bestand ------------------------------------------------------------------------------

ANDERE_REVISIE = doe.sql("UPDATE alembic_version SET version_num = 'abc123'")
ZONDER_REVISIE = doe.sql('DROP TABLE alembic_version')
VAN_EEN_ANDERE_APP = f'CREATE TABLE {TABEL} (id INTEGER, naam TEXT, adres TEXT)'

database_in_instance = na(WOONPLAATS).verplaats(DATABASE, f'instance/{DATABASE}')
downgrade_naar_het_begin_met_kopie = na(WOONPLAATS).kopieer(KOPIE).flask('db', 'downgrade', 'base')
# Deel A: de map migrations is nieuw, en de database is even opzij gezet.
migraties_opnieuw_begonnen = (
    na(WOONPLAATS)
    .en(ZONDER_REVISIE)
    .verplaats(DATABASE, 'oud.sqlite')
    .database_van(EERSTE, KOPIE)
    .map_weg('migrations')
    .flask('db', 'init')
    .migrate('begin')
)
VERLOREN = na(WOONPLAATS, verloren=True)
database_verwijderd = VERLOREN.weg(DATABASE)
database_van_nul_bytes = VERLOREN.en(lambda m: m.database.write_bytes(b''))
database_is_tekst = VERLOREN.en(lambda m: m.database.write_bytes(b'Dit is geen database.' * 20))
database_afgebroken = VERLOREN.en(lambda m: os.truncate(m.database, m.database.stat().st_size // 2))
downgrade_naar_het_begin = VERLOREN.flask('db', 'downgrade', 'base')
kopie_van_een_andere_app = (
    VERLOREN.weg(DATABASE)
    .sql(VAN_EEN_ANDERE_APP, f"INSERT INTO {TABEL} (naam) VALUES ('Noor')")
    .verplaats(DATABASE, KOPIE)
)
database_verwijderd_met_kopie = na(GEBOORTEJAAR).verplaats(DATABASE, KOPIE)
kopie_naast_een_oude = (
    na(LAATSTE).verplaats(DATABASE, 'oud.sqlite').database_van(GEBOORTEJAAR, KOPIE)
)
database_verwijderd_na_twee_keer_terug = (
    na(LAATSTE)
    .en(ANDERE_REVISIE)
    .kopieer(f'oud2/{DATABASE}')
    .sql(f'DELETE FROM {TABEL} WHERE id > 2')
    .verplaats(DATABASE, f'oud/{DATABASE}')
)

# --- De revisie -------------------------------------------------------------------------------

NIVEAU_ERBIJ = f'{VERPLICHT.naam} {VERPLICHT.type} DEFAULT {VERPLICHT.standaard} NOT NULL'

laatste_script_verwijderd = na(WOONPLAATS).script_weg(WOONPLAATS)
onbekende_revisie_met_goede_tabellen = na(WOONPLAATS).en(ANDERE_REVISIE)
tabellen_zonder_revisie = na(WOONPLAATS).en(ZONDER_REVISIE)
stamp_head_zonder_upgrade = na(WOONPLAATS).klaar_met(WOONPLAATS + 1).flask('db', 'stamp', 'head')
upgrade_brak_af_na_een_kolom = klaar(NIVEAU).sql(f'ALTER TABLE {TABEL} ADD COLUMN {NIVEAU_ERBIJ}')
script_en_kolom_verwijderd = na(NIVEAU).script_weg(NIVEAU).model_van(NIVEAU - 1)
database_teruggezet_na_de_weg_terug = (
    na(NIVEAU).doe(f'    python tests/speel_les.py --terug {WOONPLAATS}').database_van(NIVEAU)
)
revisie_verwijderd = na(NIVEAU).sql('DELETE FROM alembic_version')
ook_een_eerdere_revisie = na(NIVEAU).en(
    lambda m: m.sql(f'INSERT INTO alembic_version VALUES ({m.revisie(EERSTE)!r})')
)
kolom_met_de_hand_eruit = na(NIVEAU).sql(f'ALTER TABLE {TABEL} DROP COLUMN {VERPLICHT.naam}')
script_dat_een_kolom_weghaalt_verwijderd = na(LEEFTIJD_WEG).script_weg(LEEFTIJD_WEG)
laatste_script_met_een_constraint_verwijderd = na(CURSISTNUMMER).script_weg(CURSISTNUMMER)
database_van_een_latere_stap = na(GEBOORTEJAAR - 1).database_van(LEEFTIJD_WEG)

# --- De tabellen ------------------------------------------------------------------------------

TIJDELIJK = f'_alembic_tmp_{TABEL}'
STRAAT_ERBIJ = f'ALTER TABLE {TABEL} ADD COLUMN straat TEXT'


def proces_gedood(m):
    """Zo blijft de database achter van een proces dat midden in een opdracht stopt."""
    namen = (DATABASE, f'{DATABASE}-journal')
    with closing(sqlite3.connect(m.database)) as bezig:
        # Met zo weinig geheugen schrijft SQLite al voor de commit in de database.
        bezig.execute('PRAGMA cache_size = 1')
        bezig.execute(f"UPDATE {TABEL} SET {PLAATS} = '{'Assen' * 900}'")
        half = {naam: (m.map / naam).read_bytes() for naam in namen}
    for naam, inhoud in half.items():
        (m.map / naam).write_bytes(inhoud)


tijdelijke_tabel = na(WOONPLAATS).sql(f'CREATE TABLE {TIJDELIJK} (id INTEGER)')
kolom_met_de_hand_erbij = na(WOONPLAATS).sql(
    STRAAT_ERBIJ, f"UPDATE {TABEL} SET straat = 'Lindelaan'"
)
tabellen_van_een_ander_model = na(WOONPLAATS).en(ZONDER_REVISIE).sql(STRAAT_ERBIJ)
kolom_in_db_browser_gemaakt = na(WOONPLAATS).sql(f'ALTER TABLE {TABEL} ADD COLUMN telefoon TEXT')
kolom_van_een_vorige_stap_met_de_hand_eruit = na(CURSISTNUMMER).sql(
    f'ALTER TABLE {TABEL} DROP COLUMN {PLAATS}'
)
tabel_die_db_browser_liet_staan = na(CURSISTNUMMER).sql(
    f'CREATE TABLE sqlb_temp_table_1 AS SELECT * FROM {TABEL}'
)
losse_tabel_met_iets_dat_nergens_anders_staat = na(CURSISTNUMMER).sql(
    'CREATE TABLE notities (tekst TEXT)', "INSERT INTO notities VALUES ('Vrijdag vrij')"
)
zoektabel_waar_een_deel_van_weg_is = na(TIJDSTIP).sql(
    'CREATE VIRTUAL TABLE zoek USING fts5(naam)', 'DROP TABLE zoek_config'
)
plattegrond_waar_een_deel_van_weg_is = na(NIVEAU).sql(
    'CREATE VIRTUAL TABLE lokalen USING rtree(id, links, rechts)', 'DROP TABLE lokalen_node'
)
tijdelijke_tabel_met_alle_rijen = na(NIVEAU).sql(f'ALTER TABLE {TABEL} RENAME TO {TIJDELIJK}')
script_veranderd_na_de_upgrade = na(NIVEAU).sql(
    f'ALTER TABLE {TABEL} ADD COLUMN w VARCHAR(9)',
    f'UPDATE {TABEL} SET w = {PLAATS}',
    f'ALTER TABLE {TABEL} DROP COLUMN {PLAATS}',
    f'ALTER TABLE {TABEL} RENAME COLUMN w TO {PLAATS}',
)
upgrade_brak_af_op_een_view = (
    na(NAAM - 1, verloren=True)
    .sql(VIEW)
    .klaar_met(NAAM)
    .mislukt('error in view overzicht', 'db', 'upgrade')
)
upgrade_brak_af_in_een_tabel = klaar(GEBRUIKERS).sql(
    'CREATE TABLE gebruikers (id INTEGER PRIMARY KEY)'
)
# Een upgrade die halverwege stopte, daarna is het script verbeterd.
upgrade_stopte_na_de_eerste_kolom = na(LAATSTE).halve_upgrade()
upgrade_stopte_halverwege = upgrade_stopte_na_de_eerste_kolom.in_script(
    'schoenmaat', 'nullable=False', 'nullable=True'
)
upgrade_stopte_halverwege_en_het_proces_is_gedood = upgrade_stopte_halverwege.en(proces_gedood)
upgrade_stopte_halverwege_en_de_kopie_heeft_minder = upgrade_stopte_halverwege.sql(
    f"UPDATE {TABEL} SET {PLAATS} = 'Assen' WHERE id = 2"
)

# --- De upgrade moet nog ----------------------------------------------------------------------


def zet_pragma_in_een_eigen_bestand(m):
    begin, _, rest = m.lees().partition('from sqlalchemy import Engine')
    aan, _, klasse = rest.partition('class Les')
    m.schrijf(f'from sqlalchemy import Engine{aan}', 'pragma.py')
    m.schrijf(f'{begin}import pragma\n\n\nclass Les{klasse}')


LESSEN = doe.en(lessen_met_foreign_keys_aan).sql('INSERT INTO lessen (cursist_id) VALUES (1)')
GEBELD_OP = 'gebeld_op = db.Column(db.DateTime, server_default=db.func.now())'

upgrade_nog_niet_gedaan = klaar(WOONPLAATS)
twee_keer_migrate = klaar(WOONPLAATS).mislukt('not up to date', 'db', 'migrate', '-m', 'nog een')
oude_kopie_teruggezet = na(NIVEAU).database_van(NIVEAU - 1)
lege_waarden_in_een_kolom_die_verplicht_wordt = (
    kolom_met(VERPLICHT, 'nullable=False, ', '')
    .migreer('nieuw')
    .sql(f'UPDATE {TABEL} SET {VERPLICHT.naam} = NULL WHERE id = 2')
    .model_van(NIVEAU)
    .migrate('verplicht')
)
dubbele_waarden_in_een_kolom_die_uniek_wordt = (
    kolom_met(UNIEK, ', unique=True', '', zelf=doe.sql(f'UPDATE {TABEL} SET {UNIEK.naam} = id'))
    .migreer('nieuw')
    .sql(f"UPDATE {TABEL} SET {UNIEK.naam} = 'c1' WHERE id < 3")
    .model_van(CURSISTNUMMER)
    .migrate('uniek')
    .herschrijf('uniek', r'constraint\(None', "constraint('uq_0'")
)
upgrade_brak_af_op_dubbele_waarden = dubbele_waarden_in_een_kolom_die_uniek_wordt.mislukt(
    'UNIQUE', 'db', 'upgrade'
)
BATCH = f"with op.batch_alter_table('{TABEL}') as batch_op:\n    batch_op."
rij_die_niet_aan_een_eigen_eis_voldoet = (
    na(NIVEAU)
    .sql(f"UPDATE {TABEL} SET {PLAATS} = 'Assen' WHERE id = 2")
    .schrijf_script(
        'eis',
        f'{BATCH}create_check_constraint("ck", "{PLAATS} != \'Assen\'")',
        f"{BATCH}drop_constraint('ck')",
    )
)
rijen_in_een_eigen_tabel_met_foreign_keys_aan = (
    na(TIJDSTIP - 1)
    .en(LESSEN)
    .en(zet_pragma_in_een_eigen_bestand)
    .kolom(TIJD.regel)
    .migrate('eigen')
)
view_op_een_tabel_die_opnieuw_wordt_gemaakt = na(NAAM - 1).sql(VIEW).klaar_met(NAAM)
upgrade_gaat_naar_een_andere_database = na(LAATSTE).kolom(SCHOENMAAT).migrate('eigen').werk_elders()
rijen_in_een_eigen_tabel_met_de_events_van_deel_c = (
    na('C').en(LESSEN).kolom(GEBELD_OP).migrate('eigen')
)

# --- Waarden die er niet meer zijn ------------------------------------------------------------

NAMEN_WEG = f'UPDATE {TABEL} SET {HERNOEMD.naam} = NULL'
JAREN_WEG = f'UPDATE {TABEL} SET {GEVULD.naam} = NULL'
ALLE_CURSISTEN = 'db.session.scalars(db.select(Cursist)).all()\n'
NOG_EEN_RIJ = f'INSERT INTO {TABEL} ({GEVULD.som_met}) VALUES (20)'
BETER = (
    f"with op.batch_alter_table('{TABEL}') as batch_op:\n"
    f"    batch_op.alter_column('{TIJD.naam}', server_default={{}})"
)

# In deze stap laat de les een kopie maken, met alle namen.
namen_weg = na(NAAM).sql(NAMEN_WEG)
namen_weg_en_een_weer_ingevuld = na(NAAM).sql(f'{NAMEN_WEG} WHERE id > 1')
een_naam_weer_ingevuld_zonder_kopie = (
    na(NAAM, verloren=True).weg(KOPIE).sql(f'{NAMEN_WEG} WHERE id > 1')
)
namen_weg_zonder_kopie = na(NAAM, verloren=True).weg(KOPIE).sql(NAMEN_WEG)
namen_weg_met_een_kopie_die_minder_rijen_heeft = na(NAAM, verloren=True).sql(NAMEN_WEG, NOG_EEN_RIJ)
jaren_leeg = na(GEBOORTEJAAR).sql(JAREN_WEG)
jaren_leeg_en_al_verder = klaar(LEEFTIJD_WEG).sql(JAREN_WEG)
tijdstip_van_een_rij_is_tekst = (
    na(TIJDSTIP)
    .sql(f"UPDATE {TABEL} SET {TIJD.naam} = '{NU}' WHERE id = 2")
    .mislukt('Invalid isoformat string', 'shell', invoer=ALLE_CURSISTEN)
)
standaardwaarde_verbeterd_zonder_downgrade = (
    kolom_met(TIJD, 'db.func.now()', f"'{NU}'")
    .migreer('nieuw')
    .model_van(TIJDSTIP)
    .schrijf_script('beter', BETER.format(f"sa.text('({NU})')"), BETER.format(f"'{NU}'"))
    .upgrade()
)
script_verbeterd_zonder_downgrade = (
    kolom_met(TIJD, 'db.func.now()', f"'{NU}'")
    .migreer('tijd')
    .model_van(TIJDSTIP)
    .in_script('tijd', f"'{NU}'", f"sa.text('({NU})')")
)
