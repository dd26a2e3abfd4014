"""Een `data.sqlite` die niet bij de migraties past."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

from afbreken import zet_events_erin
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
)
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, NU, SERVER, TABEL

from situaties.situatie import (
    VIEW,
    geef_namen,
    halve_upgrade,
    lessen_met_foreign_keys_aan,
    situatie,
    werk_elders,
    zet_klaar,
)

# --- Het bestand ------------------------------------------------------------------------------


@situatie('database_staat_in_instance', WOONPLAATS, 'instance')
def database_in_instance(m):
    (m.map / 'instance').mkdir()
    m.database.rename(m.map / 'instance' / DATABASE)


@situatie('database_is_er_niet', WOONPLAATS, 'flask db upgrade', verloren=True)
def database_verwijderd(m):
    m.database.unlink()


@situatie('database_is_er_niet', WOONPLAATS, 'is leeg', verloren=True)
def database_van_nul_bytes(m):
    m.database.write_bytes(b'')


@situatie('database_is_er_niet_maar_wel_een_kopie', GEBOORTEJAAR, KOPIE)
def database_verwijderd_met_kopie(m):
    m.database.rename(m.map / KOPIE)


@situatie('database_is_er_niet_maar_wel_een_kopie', WOONPLAATS, KOPIE, bij=EERSTE)
def downgrade_naar_het_begin_met_kopie(m):
    shutil.copyfile(m.database, m.map / KOPIE)
    m.flask('db', 'downgrade', 'base')


@situatie('database_is_geen_database', WOONPLAATS, '--terug', verloren=True)
def database_is_tekst(m):
    m.database.write_text('Dit is geen database.' * 20, encoding='utf-8')


@situatie('database_is_geen_database', WOONPLAATS, '--terug', verloren=True)
def database_afgebroken(m):
    inhoud = m.database.read_bytes()
    m.database.write_bytes(inhoud[: len(inhoud) // 2])


@situatie('database_is_er_niet_maar_wel_een_kopie', LAATSTE, '`oud.sqlite`', 'namen in 3 rijen')
def kopie_die_past_naast_een_oude(m):
    m.database.rename(m.map / 'oud.sqlite')
    shutil.copyfile(stand(GEBOORTEJAAR) / DATABASE, m.map / KOPIE)


@situatie(
    'database_is_er_niet_maar_wel_een_kopie', LAATSTE, '`oud2/data.sqlite`', 'namen in 3 rijen'
)
def database_weg_na_de_weg_terug(m):
    m.sql(f"INSERT INTO {TABEL} (volledige_naam) VALUES ('Noor')")
    for naam, rijen in (('oud', 2), ('oud2', 3)):
        (m.map / naam).mkdir()
        shutil.copyfile(m.database, m.map / naam / DATABASE)
        with closing(sqlite3.connect(m.map / naam / DATABASE)) as kopie, kopie:
            kopie.execute(f'DELETE FROM {TABEL} WHERE id > {rijen}')
            kopie.execute("UPDATE alembic_version SET version_num = 'abc123'")
    m.database.unlink()


@situatie('database_is_er_niet', WOONPLAATS, 'zonder rijen', verloren=True)
def kopie_van_een_andere_app(m):
    m.database.unlink()
    with closing(sqlite3.connect(m.map / KOPIE)) as kopie, kopie:
        kopie.execute(f'CREATE TABLE {TABEL} (id INTEGER PRIMARY KEY, naam TEXT, adres TEXT)')
        kopie.execute(f"INSERT INTO {TABEL} (naam) VALUES ('Noor')")


@situatie('database_is_er_niet_maar_wel_een_kopie', WOONPLAATS, '`oud.sqlite`', bij=EERSTE)
def migraties_opnieuw_begonnen(m):
    """Deel A: de map migrations is nieuw, en de database is even opzij gezet."""
    m.sql('DROP TABLE alembic_version')
    m.database.rename(m.map / 'oud.sqlite')
    shutil.copyfile(stand(EERSTE) / DATABASE, m.map / KOPIE)
    shutil.rmtree(m.map / 'migrations')
    m.flask('db', 'init')
    m.flask('db', 'migrate', '-m', 'begin')


# --- De revisie -------------------------------------------------------------------------------


@situatie('script_is_weg_na_de_upgrade', WOONPLAATS, 'prullenbak', bij=WOONPLAATS - 1)
def laatste_script_verwijderd(m):
    (m.map / m.script(WOONPLAATS)).unlink()


@situatie('script_is_weg_na_de_upgrade', CURSISTNUMMER, 'prullenbak', bij=CURSISTNUMMER - 1)
def laatste_script_met_een_constraint_verwijderd(m):
    (m.map / m.script(CURSISTNUMMER)).unlink()


@situatie('script_is_weg_na_de_upgrade', NIVEAU, '--terug', bij=NIVEAU - 1)
def script_en_kolom_verwijderd(m):
    (m.map / m.script(NIVEAU)).unlink()
    m.model_van(NIVEAU - 1)


@situatie('script_is_weg_na_de_upgrade', NIVEAU, '--terug', bij=WOONPLAATS)
def database_teruggezet_na_de_weg_terug(m):
    m.doe(f'    python tests/speel_les.py --terug {WOONPLAATS}')
    shutil.copyfile(m.map / 'oud' / DATABASE, m.database)


@situatie('script_is_weg_na_de_upgrade', WOONPLAATS, 'stamp --purge')
def onbekende_revisie_met_goede_tabellen(m):
    m.sql("UPDATE alembic_version SET version_num = 'abc123'")


@situatie('script_is_weg_na_de_upgrade', GEBOORTEJAAR - 1, 'andere map', '--terug')
def database_van_een_latere_stap(m):
    shutil.copyfile(stand(LEEFTIJD_WEG) / DATABASE, m.database)


@situatie('revisie_in_de_database_klopt_niet', WOONPLAATS, 'flask db stamp')
def tabellen_zonder_alembic_version(m):
    m.sql('DROP TABLE alembic_version')


@situatie('revisie_in_de_database_klopt_niet', NIVEAU, 'flask db stamp')
def lege_alembic_version(m):
    m.sql('DELETE FROM alembic_version')


@situatie('revisie_in_de_database_klopt_niet', WOONPLAATS, 'woonplaats.py', 'flask db stamp')
def stamp_head_zonder_upgrade(m):
    zet_klaar(m, WOONPLAATS + 1)
    m.flask('db', 'stamp', 'head')


@situatie('revisie_in_de_database_klopt_niet', NIVEAU, 'en ook', 'stamp --purge')
def ook_een_eerdere_revisie(m):
    m.sql(f"INSERT INTO alembic_version VALUES ('{m.revisie(EERSTE)}')")


@situatie(
    'revisie_in_de_database_klopt_niet',
    NIVEAU - 1,
    'niveau.py',
    'doe geen `flask db downgrade`',
)
def upgrade_brak_af(m):
    zet_klaar(m, NIVEAU)
    niveau = KOLOM[NIVEAU]
    hoe = f'{niveau.type} DEFAULT {niveau.standaard} NOT NULL'
    m.sql(f'ALTER TABLE {TABEL} ADD COLUMN niveau {hoe}')


@situatie('revisie_in_de_database_klopt_niet', NIVEAU, 'de tabellen zijn die van')
def kolom_met_de_hand_eruit(m):
    m.sql(f'ALTER TABLE {TABEL} DROP COLUMN niveau')


# --- De tabellen ------------------------------------------------------------------------------


@situatie('database_past_niet_bij_de_migraties', WOONPLAATS, f'_alembic_tmp_{TABEL}', '--terug')
def tijdelijke_tabel(m):
    m.sql(f'CREATE TABLE _alembic_tmp_{TABEL} (id INTEGER)')


@situatie('database_past_niet_bij_de_migraties', NIVEAU, f'_alembic_tmp_{TABEL}', '--terug')
def tijdelijke_tabel_met_alle_rijen(m):
    m.sql(f'ALTER TABLE {TABEL} RENAME TO _alembic_tmp_{TABEL}')


@situatie(
    'database_past_niet_bij_de_migraties',
    NAAM - 1,
    f'_alembic_tmp_{TABEL}',
    '--terug',
    verloren=True,
    bij=LEEFTIJD_WEG,
)
def upgrade_met_een_view(m):
    m.sql(VIEW)
    zet_klaar(m, NAAM)
    uitvoer = m.flask('db', 'upgrade', mag_mislukken=True)
    assert 'error in view overzicht' in uitvoer


@situatie('database_past_niet_bij_de_migraties', GEBRUIKERS - 1, '`gebruikers`', '--terug')
def tabel_van_een_upgrade_die_afbrak(m):
    zet_klaar(m, GEBRUIKERS)
    m.sql('CREATE TABLE gebruikers (id INTEGER PRIMARY KEY)')


@situatie('database_past_niet_bij_de_migraties', WOONPLAATS, '`straat`', '--terug')
def kolom_met_de_hand_erbij(m):
    m.sql(f'ALTER TABLE {TABEL} ADD COLUMN straat TEXT', f"UPDATE {TABEL} SET straat = 'Lindelaan'")


@situatie('database_past_niet_bij_de_migraties', NIVEAU, '`woonplaats`', bij=WOONPLAATS)
def script_veranderd_na_de_upgrade(m):
    m.sql(
        f'ALTER TABLE {TABEL} ADD COLUMN w VARCHAR(9)',
        f'UPDATE {TABEL} SET w = woonplaats',
        f'ALTER TABLE {TABEL} DROP COLUMN woonplaats',
        f'ALTER TABLE {TABEL} RENAME COLUMN w TO woonplaats',
    )


@situatie(
    'database_past_niet_bij_de_migraties',
    LAATSTE,
    '`telefoon`',
    f'`{KOPIE}` is van dezelfde revisie',
    tot_het_eind=True,
)
def upgrade_stopte_halverwege_en_het_script_is_verbeterd(m):
    halve_upgrade(m)
    m.vervang('nullable=False', 'nullable=True', m.script('telefoon'))


@situatie('database_past_niet_bij_de_migraties', LAATSTE, 'flask db current', tot_het_eind=True)
def proces_gedood_na_een_halve_upgrade(m):
    upgrade_stopte_halverwege_en_het_script_is_verbeterd(m)
    namen = (DATABASE, f'{DATABASE}-journal')
    with closing(sqlite3.connect(m.database)) as bezig:
        # Met zo weinig geheugen schrijft SQLite al voor de commit in de database.
        bezig.execute('PRAGMA cache_size = 1')
        bezig.execute(f"UPDATE {TABEL} SET woonplaats = '{'Assen' * 900}'")
        half = {naam: (m.map / naam).read_bytes() for naam in namen}
    for naam, inhoud in half.items():
        (m.map / naam).write_bytes(inhoud)


@situatie('database_past_niet_bij_de_migraties', LAATSTE, '--terug')
def upgrade_stopte_halverwege_en_de_kopie_heeft_minder(m):
    upgrade_stopte_halverwege_en_het_script_is_verbeterd(m)
    m.sql(f"UPDATE {TABEL} SET woonplaats = 'Assen' WHERE id = 2")


@situatie('database_past_niet_bij_de_migraties', WOONPLAATS, 'zonder revisie')
def tabellen_van_een_ander_model(m):
    m.sql('DROP TABLE alembic_version', f'ALTER TABLE {TABEL} ADD COLUMN straat TEXT')


# --- De upgrade moet nog ----------------------------------------------------------------------


@situatie(
    'upgrade_moet_nog', WOONPLAATS, 'eerste_migratie.py', 'flask db', verloren=True, bij=EERSTE
)
def downgrade_naar_het_begin(m):
    m.flask('db', 'downgrade', 'base')


@situatie('upgrade_moet_nog', WOONPLAATS - 1, 'woonplaats.py', 'flask db upgrade')
def migratie_nog_niet_uitgevoerd(m):
    zet_klaar(m, WOONPLAATS)


@situatie('upgrade_moet_nog', LAATSTE, SERVER, 'flask db upgrade', tot_het_eind=True)
def upgrade_gaat_naar_een_andere_database(m):
    m.kolom('telefoon = db.Column(db.String(15))')
    m.flask('db', 'migrate', '-m', 'telefoon')
    werk_elders(m)


@situatie('upgrade_moet_nog', WOONPLAATS - 1, 'flask db upgrade')
def twee_keer_migrate(m):
    m.model_van(WOONPLAATS)
    m.flask('db', 'migrate', '-m', 'woonplaats')
    assert 'not up to date' in m.flask('db', 'migrate', '-m', 'nog een', mag_mislukken=True)


@situatie('upgrade_moet_nog', NIVEAU, 'flask db upgrade')
def oude_kopie_teruggezet(m):
    shutil.copyfile(stand(NIVEAU - 1) / DATABASE, m.database)


@situatie('view_houdt_de_upgrade_tegen', NAAM - 1, '`overzicht`', 'DROP VIEW', tot_het_eind=True)
def view_op_een_tabel_die_opnieuw_wordt_gemaakt(m):
    m.sql(VIEW)
    zet_klaar(m, NAAM)


@situatie(
    'verwijzende_rijen_houden_de_upgrade_tegen',
    TIJDSTIP - 1,
    '`lessen`',
    'foreign_keys = OFF',
    tot_het_eind=True,
)
def rijen_in_een_eigen_tabel_met_foreign_keys_aan(m):
    lessen_met_foreign_keys_aan(m)
    # Het aanzetten mag in een eigen bestand staan.
    begin, _, rest = m.lees().partition('from sqlalchemy import Engine')
    aan, _, klasse = rest.partition('class Les')
    m.schrijf(f'from sqlalchemy import Engine{aan}', 'pragma.py')
    m.schrijf(f'{begin}import pragma\n\n\nclass Les{klasse}')
    m.sql('INSERT INTO lessen (cursist_id) VALUES (1)')
    m.kolom(KOLOM[TIJDSTIP].regel)
    m.flask('db', 'migrate', '-m', 'tijd')


@situatie(
    'verwijzende_rijen_houden_de_upgrade_tegen', LAATSTE, 'foreign_keys=OFF', tot_het_eind=True
)
def rijen_in_een_eigen_tabel_met_de_events_van_deel_c(m):
    zet_events_erin(m.map)
    lessen_met_foreign_keys_aan(m)
    m.sql('INSERT INTO lessen (cursist_id) VALUES (1)')
    m.kolom('gebeld_op = db.Column(db.DateTime, server_default=db.func.now())')
    m.flask('db', 'migrate', '-m', 'gebeld')


@situatie('waarden_houden_de_upgrade_tegen', NIVEAU - 1, '`niveau`', 'leeg', '--terug')
def lege_waarden_in_een_kolom_die_verplicht_wordt(m):
    m.kolom(replace(KOLOM[NIVEAU], null=True).regel)
    m.migreer('niveau')
    m.sql(f'UPDATE {TABEL} SET niveau = NULL WHERE id = 2')
    m.model_van(NIVEAU)
    m.flask('db', 'migrate', '-m', 'verplicht')


@situatie(
    'waarden_houden_de_upgrade_tegen',
    CURSISTNUMMER - 1,
    'cursistnummer',
    'dezelfde waarde',
    zelf=lambda m: m.sql(f"UPDATE {TABEL} SET cursistnummer = 'c' || id WHERE id > 1"),
)
def dubbele_waarden_in_een_kolom_die_uniek_wordt(m):
    m.kolom(replace(KOLOM[CURSISTNUMMER], uniek=False).regel)
    m.migreer('cursistnummer')
    m.sql(f"UPDATE {TABEL} SET cursistnummer = 'c1' WHERE id < 3")
    m.model_van(CURSISTNUMMER)
    m.flask('db', 'migrate', '-m', 'uniek')
    geef_namen(m, m.script('uniek'))


# --- Waarden die er niet meer zijn ------------------------------------------------------------


@situatie('namen_zijn_weg', NAAM, KOPIE)
def namen_weg_met_kopie(m):
    shutil.copyfile(stand(NAAM - 1) / DATABASE, m.map / KOPIE)
    m.sql(f'UPDATE {TABEL} SET volledige_naam = NULL')


@situatie('namen_zijn_weg', NAAM, 'kopie', '--terug', verloren=True)
def namen_weg_zonder_kopie(m):
    (m.map / KOPIE).unlink(missing_ok=True)
    m.sql(f'UPDATE {TABEL} SET volledige_naam = NULL')


@situatie('namen_zijn_weg', NAAM, 'nog 1', KOPIE)
def een_naam_weer_ingevuld(m):
    shutil.copyfile(stand(NAAM - 1) / DATABASE, m.map / KOPIE)
    m.sql(f'UPDATE {TABEL} SET volledige_naam = NULL WHERE id > 1')


@situatie('namen_zijn_weg', NAAM, 'kopie', '--terug', verloren=True)
def namen_weg_met_een_kopie_die_minder_rijen_heeft(m):
    namen_weg_met_kopie(m)
    m.sql(f'INSERT INTO {TABEL} (leeftijd) VALUES (20)')


@situatie('tekst_in_plaats_van_een_tijdstip', TIJDSTIP, '`ingeschreven_op`', 'Invalid isoformat')
def tijdstip_van_een_rij_is_tekst(m):
    m.sql(f"UPDATE {TABEL} SET ingeschreven_op = '{NU}' WHERE id = 2")
    fout = m.flask(
        'shell', invoer='db.session.scalars(db.select(Cursist)).all()\n', mag_mislukken=True
    )
    assert 'Invalid isoformat string' in fout


@situatie('tekst_in_plaats_van_een_tijdstip', TIJDSTIP - 1, '`ingeschreven_op`', bij=TIJDSTIP)
def standaardwaarde_verbeterd_zonder_downgrade(m):
    m.model_van(TIJDSTIP)
    m.vervang('db.func.now()', f"'{NU}'")
    m.migreer('tijdstip')
    m.model_van(TIJDSTIP)
    kolom = "'ingeschreven_op', server_default="
    batch = f"with op.batch_alter_table('{TABEL}') as batch_op:\n    batch_op.alter_column({kolom}"
    m.schrijf_script('beter', f"{batch}sa.text('({NU})'))", f"{batch}'{NU}')")
    m.flask('db', 'upgrade')


@situatie('kolom_is_leeg_in_de_database', GEBOORTEJAAR, 'UPDATE', 'flask db downgrade')
def geboortejaar_leeg(m):
    m.sql(f'UPDATE {TABEL} SET geboortejaar = NULL')


@situatie('kolom_is_leeg_in_de_database', LEEFTIJD_WEG - 1, 'UPDATE', bij=GEBOORTEJAAR)
def geboortejaar_leeg_voordat_de_leeftijd_weg_gaat(m):
    zet_klaar(m, LEEFTIJD_WEG)
    m.sql(f'UPDATE {TABEL} SET geboortejaar = NULL')
