"""De laatste migratie maakt een kolom anders dan de les, of maakt hem niet."""

from dataclasses import replace

from controle.hints.doen import HERNOEMEN
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    KOLOM,
    NAAM,
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
    in_script,
)
from stappen import HERNOEMD, TABEL

from situaties.situatie import (
    VUL,
    WACHTWOORD,
    herschrijf,
    in_een_script,
    kolom_fout,
    situatie,
    zet_klaar,
)

ASSEN = f"UPDATE {TABEL} SET woonplaats = 'Assen' WHERE id = 2"

# --- Namen ------------------------------------------------------------------------------------


def naam_mis(**extra):
    kolom_fout(
        'naam_is_bijna_goed',
        KOLOM[WOONPLAATS],
        'woonplaats =',
        'woonplats =',
        '`woonplats`',
        '`woonplaats`',
        **extra,
    )


naam_mis(tot='gemigreerd')
naam_mis(tot='toegepast')
naam_mis(tot='toegepast', waarde=ASSEN.replace('plaats', 'plats'))


@situatie('naam_is_bijna_goed', GEBRUIKERS - 1, '`gebruiker`', '`gebruikers`')
def tweede_tabel_enkelvoud_toegepast(m):
    m.model_van(GEBRUIKERS)
    m.vervang("'gebruikers", "'gebruiker")
    script = m.script_van(GEBRUIKERS)
    m.vervang("'gebruikers'", "'gebruiker'", script)
    m.upgrade(script)


@situatie('naam_is_bijna_goed', GEBRUIKERS - 1, '`gebruiker`', '`gebruikers`')
def tweede_tabel_enkelvoud_met_rijen(m):
    tweede_tabel_enkelvoud_toegepast(m)
    m.sql("INSERT INTO gebruiker (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')")


@situatie('naam_is_bijna_goed', WOONPLAATS, '`cursist`', f'`{TABEL}`', bij=EERSTE)
def andere_tabelnaam_gemigreerd(m):
    m.vervang(f"'{TABEL}'", "'cursist'")
    m.flask('db', 'migrate', '-m', 'cursist')


# --- Een kolom die er niet is, of nog wel -----------------------------------------------------


@situatie('kolom_ontbreekt', GEBRUIKERS - 1, '`gebruikers`', 'class Gebruiker')
def alleen_gebruiker_id(m):
    m.kolom(replace(KOLOM[GEBRUIKERS], verwijst_naar=None).regel)
    m.migreer('gebruiker_id')


@situatie('kolom_ontbreekt', GEBRUIKERS - 1, '`gebruiker_id`', 'ForeignKey')
def alleen_gebruikers(m):
    m.model_van(GEBRUIKERS)
    m.vervang(KOLOM[GEBRUIKERS].regel, '')
    m.migreer('gebruikers')


@situatie('kolom_ontbreekt', GEBRUIKERS - 1, 'geen migratie maakt', 'flask db migrate')
def tweede_tabel_zonder_gebruiker_id(m):
    script = zet_klaar(m, GEBRUIKERS)
    herschrijf(m, r'    with op(.*\n){3}', '', script)
    m.upgrade(script)


@situatie('oude_kolom_is_er_nog', NAAM - 1, 'hoort in deze stap weg', '`naam`')
def naam_en_volledige_naam(m):
    m.kolom(HERNOEMD.regel)
    script = m.script_van(NAAM)
    m.vervang(HERNOEMEN['upgrade'], f'add_column({in_script(HERNOEMD)})', script)
    m.vervang(HERNOEMEN['downgrade'], f"drop_column('{HERNOEMD.naam}')", script)
    vul = f"    op.execute('UPDATE {TABEL} SET {HERNOEMD.naam} = {HERNOEMD.was}')\n"
    m.vervang('\n\ndef downgrade', f'{vul}\n\ndef downgrade', script)
    m.upgrade(script)


in_een_script('kolom_is_leeg', GEBOORTEJAAR, 'geboortejaar', VUL, '', 'geboortejaar.py', 'UPDATE')
in_een_script(
    'kolom_is_leeg', GEBRUIKERS, 'geboortejaar', VUL, '', 'met vier spaties', bij=GEBOORTEJAAR
)

# --- Eigenschappen ----------------------------------------------------------------------------


def anders(kolom, oud, nieuw, *woorden, tot='toegepast', **extra):
    """Een kolom van de les met een eigenschap die anders is."""
    kolom_fout('eigenschap_is_anders', kolom, oud, nieuw, *woorden, tot=tot, **extra)


LENGTE = KOLOM[WOONPLAATS].model_type
STANDAARD = KOLOM[NIVEAU].standaard

anders(KOLOM[WOONPLAATS], LENGTE, 'String(5)', tot='gemigreerd')
anders(KOLOM[WOONPLAATS], LENGTE, 'String(5)')
anders(KOLOM[WOONPLAATS], LENGTE, 'String(5)', waarde=ASSEN)
anders(
    KOLOM[NIVEAU],
    'nullable=False, ',
    '',
    'mag leeg zijn',
    waarde=f'UPDATE {TABEL} SET niveau = NULL WHERE id = 3',
)
anders(
    KOLOM[NIVEAU],
    STANDAARD,
    "'begin'",
    STANDAARD,
    waarde=f"UPDATE {TABEL} SET niveau = 'gevorderd' WHERE id = 3",
)
anders(KOLOM[NIVEAU], 'nullable=False, server_default', 'default')
anders(KOLOM[CURSISTNUMMER], 'unique=True', 'index=True', 'uniek')
anders(
    KOLOM[CURSISTNUMMER],
    ', unique=True',
    '',
    waarde=f"UPDATE {TABEL} SET cursistnummer = 'c' || id",
)
anders(
    KOLOM[TIJDSTIP],
    'db.func.now()',
    "'CURRENT_TIMESTAMP'",
    waarde=f"INSERT INTO {TABEL} (naam, leeftijd, woonplaats) VALUES ('Noor', 20, 'Assen')",
    verder=True,
)
anders(KOLOM[GEBOORTEJAAR], KOLOM[GEBOORTEJAAR].model_type, 'Text')
anders(KOLOM[GEBRUIKERS], ", db.ForeignKey('gebruikers.id')", '', 'foreign key')
anders(
    WACHTWOORD,
    WACHTWOORD.model_type,
    'String(128)',
    waarde="INSERT INTO gebruikers (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')",
)


@situatie('eigenschap_is_anders', GEBRUIKERS - 1, 'hoort uniek', tot_het_eind=True)
def vaste_naam_voor_een_unieke_kolom_zonder_de_kolom(m):
    # Twee constraints die hetzelfde heten, worden in een kopie van de tabel een.
    m.model_van(GEBRUIKERS)
    m.vervang("'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'")
    m.migreer('gebruikers')
    kopie = "with op.batch_alter_table('gebruikers', recreate='always'):\n    pass"
    m.schrijf_script('kopie', kopie, 'pass')
    m.flask('db', 'upgrade')


@situatie('eigenschap_is_anders', WOONPLAATS - 1, 'Je migratie maakt hem zo')
def script_met_een_ander_type(m):
    herschrijf(m, r'length=\d+', 'length=5', zet_klaar(m, WOONPLAATS))


@situatie('eigenschap_is_anders', CURSISTNUMMER - 1, 'Je migratie maakt hem zo')
def script_waar_de_constraint_uit_is(m):
    script = zet_klaar(m, CURSISTNUMMER)
    herschrijf(m, r'.*_constraint\(.*\n', '', script)
    m.upgrade(script)
    m.sql(f"UPDATE {TABEL} SET cursistnummer = 'c1' WHERE id = 1")


in_een_script(
    'eigenschap_is_anders',
    NAAM,
    'cursistnummer',
    "        batch_op.create_unique_constraint('uq_cursisten_cursistnummer', ['cursistnummer'])\n",
    '',
    '`cursistnummer`',
    tot_het_eind=True,
    bij=CURSISTNUMMER,
)
in_een_script(
    'eigenschap_is_anders',
    NIVEAU,
    'migratie',
    "    sa.PrimaryKeyConstraint('id')\n",
    '',
    '`id`',
    bij=EERSTE,
)


# --- Een script dat niet meer is wat het was --------------------------------------------------


@situatie('kolom_is_weggegooid', CURSISTNUMMER, 'de kolom `niveau` weg', 'Verwijder', bij=NIVEAU)
def module_van_een_eerdere_stap_gemigreerd(m):
    m.model_van(WOONPLAATS)
    m.flask('db', 'migrate', '-m', 'terug')


@situatie('kolom_is_weggegooid', CURSISTNUMMER, '--terug', verloren=True, bij=NIVEAU)
def module_van_een_eerdere_stap_toegepast(m):
    module_van_een_eerdere_stap_gemigreerd(m)
    m.upgrade(m.script('terug'))


in_een_script(
    'eigenschap_is_anders',
    NIVEAU,
    'woonplaats',
    'length=50',
    'length=5',
    '`VARCHAR(5)`',
    '--terug',
    bij=WOONPLAATS,
)
