"""Een `data.sqlite` die niet bij de migraties past."""

import os
import shutil
import sqlite3
from contextlib import closing

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
from stappen import DATABASE, GEVULD, HERNOEMD, KOPIE, LAATSTE, NU, TABEL

from situaties.situatie import (
    PLAATS,
    SCHOENMAAT,
    VIEW,
    flask,
    geef_namen,
    gemigreerd,
    halve_upgrade,
    in_script,
    klaar_met,
    kolom_met,
    lessen_met_foreign_keys_aan,
    mislukt,
    model_van,
    na,
    samen,
    sql,
    werk_elders,
)

# --- Het bestand ------------------------------------------------------------------------------


def weg(m):
    m.database.unlink()


def gekopieerd(naar):
    def doe(m):
        (m.map / naar).parent.mkdir(exist_ok=True)
        shutil.copyfile(m.database, m.map / naar)

    return doe


def opzij(naar):
    return samen(gekopieerd(naar), weg)


def database_van(stap, naar=DATABASE):
    """De database zoals die na een andere stap is."""
    return lambda m: shutil.copyfile(stand(stap) / DATABASE, m.map / naar)


TERUG_NAAR_HET_BEGIN = flask('db', 'downgrade', 'base')
ANDERE_REVISIE = sql("UPDATE alembic_version SET version_num = 'abc123'")
ZONDER_REVISIE = sql('DROP TABLE alembic_version')
VAN_EEN_ANDERE_APP = sql(f'CREATE TABLE {TABEL} (id INTEGER, naam TEXT, adres TEXT)')

na(
    WOONPLAATS,
    database_in_instance=opzij(f'instance/{DATABASE}'),
    downgrade_naar_het_begin_met_kopie=samen(gekopieerd(KOPIE), TERUG_NAAR_HET_BEGIN),
    # Deel A: de map migrations is nieuw, en de database is even opzij gezet.
    migraties_opnieuw_begonnen=samen(
        ZONDER_REVISIE,
        opzij('oud.sqlite'),
        database_van(EERSTE, KOPIE),
        lambda m: shutil.rmtree(m.map / 'migrations'),
        flask('db', 'init'),
        flask('db', 'migrate', '-m', 'begin'),
    ),
)
na(
    WOONPLAATS,
    verloren=True,
    database_verwijderd=weg,
    database_van_nul_bytes=lambda m: m.database.write_bytes(b''),
    database_is_tekst=lambda m: m.database.write_bytes(b'Dit is geen database.' * 20),
    database_afgebroken=lambda m: os.truncate(m.database, m.database.stat().st_size // 2),
    downgrade_naar_het_begin=TERUG_NAAR_HET_BEGIN,
    kopie_van_een_andere_app=samen(
        weg, VAN_EEN_ANDERE_APP, sql(f"INSERT INTO {TABEL} (naam) VALUES ('Noor')"), opzij(KOPIE)
    ),
)
na(GEBOORTEJAAR, database_verwijderd_met_kopie=opzij(KOPIE))
na(
    LAATSTE,
    kopie_naast_een_oude=samen(opzij('oud.sqlite'), database_van(GEBOORTEJAAR, KOPIE)),
    database_verwijderd_na_twee_keer_terug=samen(
        ANDERE_REVISIE,
        gekopieerd(f'oud2/{DATABASE}'),
        sql(f'DELETE FROM {TABEL} WHERE id > 2'),
        opzij(f'oud/{DATABASE}'),
    ),
)

# --- De revisie -------------------------------------------------------------------------------

VERPLICHT = KOLOM[NIVEAU]
NIVEAU_ERBIJ = (
    f'ALTER TABLE {TABEL} ADD COLUMN {VERPLICHT.naam} {VERPLICHT.type} '
    f'DEFAULT {VERPLICHT.standaard} NOT NULL'
)


def zonder_script(stap):
    return lambda m: (m.map / m.script(stap)).unlink()


na(
    WOONPLAATS,
    laatste_script_verwijderd=zonder_script(WOONPLAATS),
    onbekende_revisie_met_goede_tabellen=ANDERE_REVISIE,
    tabellen_zonder_revisie=ZONDER_REVISIE,
    stamp_head_zonder_upgrade=samen(klaar_met(WOONPLAATS + 1), flask('db', 'stamp', 'head')),
)
na(NIVEAU - 1, upgrade_brak_af_na_een_kolom=samen(klaar_met(NIVEAU), sql(NIVEAU_ERBIJ)))
na(
    NIVEAU,
    script_en_kolom_verwijderd=samen(zonder_script(NIVEAU), model_van(NIVEAU - 1)),
    database_teruggezet_na_de_weg_terug=samen(
        lambda m: m.doe(f'    python tests/speel_les.py --terug {WOONPLAATS}'), database_van(NIVEAU)
    ),
    revisie_verwijderd=sql('DELETE FROM alembic_version'),
    ook_een_eerdere_revisie=lambda m: m.sql(
        f'INSERT INTO alembic_version VALUES ({m.revisie(EERSTE)!r})'
    ),
    kolom_met_de_hand_eruit=sql(f'ALTER TABLE {TABEL} DROP COLUMN {VERPLICHT.naam}'),
)
na(CURSISTNUMMER, laatste_script_met_een_constraint_verwijderd=zonder_script(CURSISTNUMMER))
na(GEBOORTEJAAR - 1, database_van_een_latere_stap=database_van(LEEFTIJD_WEG))

# --- De tabellen ------------------------------------------------------------------------------

TIJDELIJK = f'_alembic_tmp_{TABEL}'
STRAAT_ERBIJ = f'ALTER TABLE {TABEL} ADD COLUMN straat TEXT'
# Een upgrade die halverwege stopte, daarna is het script verbeterd.
HALF = samen(halve_upgrade, in_script('schoenmaat', 'nullable=False', 'nullable=True'))


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


HALVE_TABEL = sql('CREATE TABLE gebruikers (id INTEGER PRIMARY KEY)')

na(
    WOONPLAATS,
    tijdelijke_tabel=sql(f'CREATE TABLE {TIJDELIJK} (id INTEGER)'),
    kolom_met_de_hand_erbij=sql(STRAAT_ERBIJ, f"UPDATE {TABEL} SET straat = 'Lindelaan'"),
    tabellen_van_een_ander_model=samen(ZONDER_REVISIE, sql(STRAAT_ERBIJ)),
)
na(
    NIVEAU,
    tijdelijke_tabel_met_alle_rijen=sql(f'ALTER TABLE {TABEL} RENAME TO {TIJDELIJK}'),
    script_veranderd_na_de_upgrade=sql(
        f'ALTER TABLE {TABEL} ADD COLUMN w VARCHAR(9)',
        f'UPDATE {TABEL} SET w = {PLAATS}',
        f'ALTER TABLE {TABEL} DROP COLUMN {PLAATS}',
        f'ALTER TABLE {TABEL} RENAME COLUMN w TO {PLAATS}',
    ),
)
na(
    NAAM - 1,
    verloren=True,
    upgrade_brak_af_op_een_view=samen(
        sql(VIEW), klaar_met(NAAM), mislukt('error in view overzicht', 'db', 'upgrade')
    ),
)
na(GEBRUIKERS - 1, upgrade_brak_af_in_een_tabel=samen(klaar_met(GEBRUIKERS), HALVE_TABEL))
na(
    LAATSTE,
    upgrade_stopte_halverwege=HALF,
    upgrade_stopte_halverwege_en_het_proces_is_gedood=samen(HALF, proces_gedood),
    upgrade_stopte_halverwege_en_de_kopie_heeft_minder=samen(
        HALF, sql(f"UPDATE {TABEL} SET {PLAATS} = 'Assen' WHERE id = 2")
    ),
)

# --- De upgrade moet nog ----------------------------------------------------------------------


def zet_pragma_in_een_eigen_bestand(m):
    begin, _, rest = m.lees().partition('from sqlalchemy import Engine')
    aan, _, klasse = rest.partition('class Les')
    m.schrijf(f'from sqlalchemy import Engine{aan}', 'pragma.py')
    m.schrijf(f'{begin}import pragma\n\n\nclass Les{klasse}')


UNIEK = KOLOM[CURSISTNUMMER]
EEN_LEEG = f'UPDATE {TABEL} SET {VERPLICHT.naam} = NULL WHERE id = 2'
TWEE_GELIJK = f"UPDATE {TABEL} SET {UNIEK.naam} = 'c1' WHERE id < 3"
LES_ERBIJ = sql('INSERT INTO lessen (cursist_id) VALUES (1)')
GEBELD_OP = 'gebeld_op = db.Column(db.DateTime, server_default=db.func.now())'

na(
    WOONPLAATS - 1,
    upgrade_nog_niet_gedaan=klaar_met(WOONPLAATS),
    twee_keer_migrate=samen(
        klaar_met(WOONPLAATS), mislukt('not up to date', 'db', 'migrate', '-m', 'nog een')
    ),
)
na(NIVEAU, oude_kopie_teruggezet=database_van(NIVEAU - 1))
na(
    NIVEAU - 1,
    lege_waarden_in_een_kolom_die_verplicht_wordt=samen(
        kolom_met(VERPLICHT, 'nullable=False, ', '', 'toegepast', EEN_LEEG),
        model_van(NIVEAU),
        flask('db', 'migrate', '-m', 'verplicht'),
    ),
)
na(
    CURSISTNUMMER - 1,
    zelf=sql(f'UPDATE {TABEL} SET {UNIEK.naam} = id'),
    dubbele_waarden_in_een_kolom_die_uniek_wordt=samen(
        kolom_met(UNIEK, ', unique=True', '', 'toegepast', TWEE_GELIJK),
        model_van(CURSISTNUMMER),
        flask('db', 'migrate', '-m', 'uniek'),
        lambda m: geef_namen(m, m.script('uniek')),
    ),
)
na(
    TIJDSTIP - 1,
    rijen_in_een_eigen_tabel_met_foreign_keys_aan=samen(
        lessen_met_foreign_keys_aan,
        zet_pragma_in_een_eigen_bestand,
        LES_ERBIJ,
        gemigreerd(KOLOM[TIJDSTIP].regel),
    ),
)
na(NAAM - 1, view_op_een_tabel_die_opnieuw_wordt_gemaakt=samen(sql(VIEW), klaar_met(NAAM)))
na(LAATSTE, upgrade_gaat_naar_een_andere_database=samen(gemigreerd(SCHOENMAAT), werk_elders))
na(
    'C',
    rijen_in_een_eigen_tabel_met_de_events_van_deel_c=samen(
        lessen_met_foreign_keys_aan, LES_ERBIJ, gemigreerd(GEBELD_OP)
    ),
)

# --- Waarden die er niet meer zijn ------------------------------------------------------------

NAMEN_WEG = f'UPDATE {TABEL} SET {HERNOEMD.naam} = NULL'
JAREN_WEG = sql(f'UPDATE {TABEL} SET {GEVULD.naam} = NULL')
TIJD = KOLOM[TIJDSTIP].naam
ALLE_CURSISTEN = 'db.session.scalars(db.select(Cursist)).all()\n'

# In deze stap laat de les een kopie maken, met alle namen.
na(NAAM, namen_weg=sql(NAMEN_WEG), namen_weg_en_een_weer_ingevuld=sql(f'{NAMEN_WEG} WHERE id > 1'))
na(
    NAAM,
    verloren=True,
    namen_weg_zonder_kopie=samen(lambda m: (m.map / KOPIE).unlink(), sql(NAMEN_WEG)),
    namen_weg_met_een_kopie_die_minder_rijen_heeft=sql(
        NAMEN_WEG, f'INSERT INTO {TABEL} ({GEVULD.som_met}) VALUES (20)'
    ),
)
na(GEBOORTEJAAR, jaren_leeg=JAREN_WEG)
na(LEEFTIJD_WEG - 1, jaren_leeg_en_al_verder=samen(klaar_met(LEEFTIJD_WEG), JAREN_WEG))
na(
    TIJDSTIP,
    tijdstip_van_een_rij_is_tekst=samen(
        sql(f"UPDATE {TABEL} SET {TIJD} = '{NU}' WHERE id = 2"),
        mislukt('Invalid isoformat string', 'shell', invoer=ALLE_CURSISTEN),
    ),
)


@na(TIJDSTIP - 1)
def standaardwaarde_verbeterd_zonder_downgrade(m):
    kolom_met(KOLOM[TIJDSTIP], 'db.func.now()', f"'{NU}'", 'toegepast')(m)
    m.model_van(TIJDSTIP)
    alter = f"with op.batch_alter_table('{TABEL}') as batch_op:\n    batch_op.alter_column('{TIJD}'"
    standaard = f"sa.text('({NU})')", f"'{NU}'"
    m.schrijf_script('beter', *(f'{alter}, server_default={nieuw})' for nieuw in standaard))
    m.flask('db', 'upgrade')
