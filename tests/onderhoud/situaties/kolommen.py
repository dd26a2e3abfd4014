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
)
from leerling import in_script as kolom_in_script
from stappen import HERNOEMD, TABEL

from situaties.situatie import (
    PLAATS,
    PLAATS_TYPE,
    TIKFOUT,
    VUL,
    WACHTWOORD,
    eigen_script,
    flask,
    herschrijf,
    in_module,
    in_script,
    klaar_met,
    kolom_met,
    kolommen,
    migreer,
    model_van,
    na,
    samen,
    sql,
    zet_klaar,
)

UPGRADE = flask('db', 'upgrade')
NIEUW = KOLOM[WOONPLAATS]
LENGTE = kolom_in_script(NIEUW), kolom_in_script(replace(NIEUW, type='VARCHAR(5)'))
GEBRUIKER = "INTO {} (gebruikersnaam, email, wachtwoord_hash) VALUES ('a', 'b', 'c')".format
NOOR = f"INSERT INTO {TABEL} (naam, leeftijd, {PLAATS}) VALUES ('Noor', 20, 'Assen')"


def waarde(kolom, waarde):
    return f'UPDATE {TABEL} SET {kolom} = {waarde} WHERE id = 3'


def toegepast(kolom, oud, nieuw, waarde='', **extra):
    """Een kolom van de les met iets anders erin, tot en met de upgrade."""
    return kolom_met(kolom, oud, nieuw, 'toegepast', waarde, **extra)


# --- In een stap ------------------------------------------------------------------------------

na(
    WOONPLAATS - 1,
    tikfout_gemigreerd=kolom_met(NIEUW, PLAATS, TIKFOUT, 'gemigreerd'),
    tikfout_met_een_waarde=toegepast(NIEUW, PLAATS, TIKFOUT, waarde(TIKFOUT, "'Assen'")),
    te_kort_gemigreerd=kolom_met(NIEUW, PLAATS_TYPE, 'String(5)', 'gemigreerd'),
    te_kort_met_een_waarde=toegepast(NIEUW, PLAATS_TYPE, 'String(5)', waarde(PLAATS, "'Assen'")),
    te_kort_toegepast=toegepast(NIEUW, PLAATS_TYPE, 'String(5)'),
    te_kort_in_het_script=klaar_met(WOONPLAATS, *LENGTE),
)
VERPLICHT, STANDAARD = 'nullable=False, ', KOLOM[NIVEAU].standaard
na(
    NIVEAU - 1,
    mag_leeg_zijn=toegepast(KOLOM[NIVEAU], VERPLICHT, '', waarde('niveau', 'NULL')),
    andere_standaardwaarde=toegepast(
        KOLOM[NIVEAU], STANDAARD, "'begin'", waarde('niveau', "'gevorderd'")
    ),
    standaardwaarde_alleen_in_python=toegepast(KOLOM[NIVEAU], f'{VERPLICHT}server_', ''),
)
NUMMER = KOLOM[CURSISTNUMMER]
na(
    CURSISTNUMMER - 1,
    index_in_plaats_van_uniek=toegepast(NUMMER, 'unique=True', 'index=True'),
    niet_uniek=toegepast(NUMMER, ', unique=True', '', waarde(NUMMER.naam, "'c1'")),
    constraint_uit_het_script=samen(
        lambda m: herschrijf(m, r'.*_constraint\(.*\n', '', zet_klaar(m, CURSISTNUMMER)),
        UPGRADE,
        sql(waarde(NUMMER.naam, "'c1'")),
    ),
)
na(
    TIJDSTIP - 1,
    standaardwaarde_als_tekst_en_al_verder=toegepast(
        KOLOM[TIJDSTIP], 'db.func.now()', "'CURRENT_TIMESTAMP'", NOOR, verder=True
    ),
)
na(GEBOORTEJAAR - 1, ander_type=toegepast(KOLOM[GEBOORTEJAAR], 'Integer', 'Text'))
# Twee constraints die hetzelfde heten, gaan samen weg.
OPNIEUW = """\
with op.batch_alter_table('gebruikers') as batch_op:
    batch_op.drop_constraint('uq_gebruikers', type_='unique')
    batch_op.create_unique_constraint('uq_gebruikers', ['email'])"""
FOREIGN_KEY = ", db.ForeignKey('gebruikers.id')"
na(
    GEBRUIKERS - 1,
    tweede_tabel_in_enkelvoud=samen(
        klaar_met(GEBRUIKERS, "'gebruikers'", "'gebruiker'"),
        in_module("'gebruikers", "'gebruiker"),
        UPGRADE,
        sql(f'INSERT {GEBRUIKER("gebruiker")}'),
    ),
    alleen_de_kolom_naar_de_tweede_tabel=samen(
        kolommen(KOLOM[GEBRUIKERS].regel.replace(FOREIGN_KEY, '')), migreer('gebruiker_id')
    ),
    alleen_de_tweede_tabel=samen(
        model_van(GEBRUIKERS, KOLOM[GEBRUIKERS].regel, ''), migreer('gebruikers')
    ),
    script_met_alleen_de_tweede_tabel=samen(
        lambda m: herschrijf(m, r'    with op(.*\n){3}', '', zet_klaar(m, GEBRUIKERS)), UPGRADE
    ),
    vaste_naam_zonder_de_kolom=samen(
        model_van(GEBRUIKERS, "'uq_%(table_name)s_%(column_0_name)s'", "'uq_%(table_name)s'"),
        migreer('gebruikers'),
        eigen_script('opnieuw', OPNIEUW),
        UPGRADE,
    ),
    geen_foreign_key=toegepast(KOLOM[GEBRUIKERS], FOREIGN_KEY, ''),
    te_kort_in_de_tweede_tabel=toegepast(
        WACHTWOORD, WACHTWOORD.model_type, 'String(128)', f'INSERT {GEBRUIKER("gebruikers")}'
    ),
)


@na(NAAM - 1)
def oude_naam_is_er_nog(m):
    m.kolom(HERNOEMD.regel)
    script = m.script_van(NAAM)
    m.vervang(HERNOEMEN['upgrade'], f'add_column({kolom_in_script(HERNOEMD)})', script)
    m.vervang(HERNOEMEN['downgrade'], f"drop_column('{HERNOEMD.naam}')", script)
    vul = f"    op.execute('UPDATE {TABEL} SET {HERNOEMD.naam} = {HERNOEMD.was}')\n"
    m.vervang('\n\ndef downgrade', f'{vul}\n\ndef downgrade', script)
    m.flask('db', 'upgrade')


# --- Na een stap ------------------------------------------------------------------------------

TERUG = samen(model_van(WOONPLAATS), flask('db', 'migrate', '-m', 'terug'))
UNIEK = f"batch_op.create_unique_constraint('uq_{NUMMER.tabel}_{NUMMER.naam}', ['{NUMMER.naam}'])"

na(
    WOONPLAATS,
    andere_tabelnaam_gemigreerd=samen(
        in_module(f"'{TABEL}'", "'cursist'"), flask('db', 'migrate', '-m', 'cursist')
    ),
)
na(
    NIVEAU,
    te_kort_in_een_oud_script=in_script(WOONPLAATS, *LENGTE),
    sleutel_uit_het_eerste_script=in_script(EERSTE, "    sa.PrimaryKeyConstraint('id')\n", ''),
)
na(CURSISTNUMMER, module_van_een_eerdere_stap_gemigreerd=TERUG)
na(CURSISTNUMMER, verloren=True, module_van_een_eerdere_stap_toegepast=samen(TERUG, UPGRADE))
na(GEBOORTEJAAR, kolom_niet_gevuld=in_script(GEBOORTEJAAR, VUL, ''))
na(NAAM, constraint_uit_een_oud_script=in_script(CURSISTNUMMER, UNIEK, 'pass'))
na(GEBRUIKERS, kolom_niet_gevuld_en_al_verder=in_script(GEBOORTEJAAR, VUL, ''))
