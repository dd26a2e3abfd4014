"""Een migratie die waarden kost, of een downgrade die niet teruggeeft wat er was."""

import shutil

from controle.hints.doen import HERNOEMEN
from leerling import GEBOORTEJAAR, GEBRUIKERS, KOLOM, LEEFTIJD_WEG, NAAM, WOONPLAATS, in_script
from stappen import GEVULD, HERNOEMD, KOPIE, TABEL

from situaties.situatie import (
    VUL,
    geef_namen,
    in_een_script,
    script_van,
    situatie,
    zet_klaar,
)

# --- De downgrade -----------------------------------------------------------------------------

in_een_script(
    'downgrade_geeft_het_schema_niet_terug',
    WOONPLAATS,
    'woonplaats',
    "batch_op.drop_column('woonplaats')",
    'pass',
    'omgekeerde',
)
script_van(
    'downgrade_geeft_het_schema_niet_terug',
    WOONPLAATS,
    "drop_column('woonplaats')",
    "drop_column('plaats')",
    'lukt niet',
)
script_van(
    'downgrade_geeft_het_schema_niet_terug',
    GEBRUIKERS,
    "    op.drop_table('gebruikers')\n",
    '',
    'gebruikers',
)
script_van(
    'downgrade_geeft_het_schema_niet_terug',
    LEEFTIJD_WEG,
    "add_column(sa.Column('leeftijd'",
    "add_column(sa.Column('jaren'",
    'leeftijd',
)
script_van(
    'downgrade_zet_een_lege_kolom_terug', LEEFTIJD_WEG, 'UPDATE', '-- UPDATE', 'niet wat erin'
)
# De upgrade rekent met een ander jaar dan de downgrade.
JAAR = f'{GEVULD.som} - '
script_van(
    'downgrade_zet_een_lege_kolom_terug',
    LEEFTIJD_WEG,
    JAAR,
    '2025 - ',
    'niet wat erin',
    f'Samen met `geboortejaar` was het {GEVULD.som}',
    f'{JAAR}geboortejaar',
)
in_een_script(
    'downgrade_zet_een_lege_kolom_terug',
    LEEFTIJD_WEG,
    'geboortejaar',
    JAAR,
    '2025 - ',
    'was het 2025',
    '2025 - geboortejaar',
    bij=LEEFTIJD_WEG,
)


@situatie(
    'naspelen_lukt_niet',
    WOONPLAATS,
    'downgrade',
    'ZeroDivisionError',
    zelf=lambda m: m.vervang('    1 / 0\n', '    pass\n', m.script('leeg')),
)
def downgrade_die_zelf_stopt(m):
    # Een lege upgrade is niet om te keren: dan is er geen letterlijke hint.
    m.schrijf_script('leeg', 'pass', '1 / 0')


# --- Hernoemen --------------------------------------------------------------------------------

# Welke kolom weggaat, en welke erbij komt.
PAREN = {
    'upgrade': (KOLOM[HERNOEMD.was], HERNOEMD),
    'downgrade': (HERNOEMD, KOLOM[HERNOEMD.was]),
}


def als_weg_en_erbij(m, *functies):
    """Stap NAAM met een script dat de oude kolom weghaalt en een lege nieuwe maakt."""
    script = zet_klaar(m, NAAM)
    for functie in functies:
        weg, erbij = PAREN[functie]
        nieuw = f"add_column({in_script(erbij)})\n        batch_op.drop_column('{weg.naam}')"
        m.vervang(HERNOEMEN[functie], nieuw, script)


@situatie('hernoemen_als_weg_en_erbij', NAAM - 1, 'new_column_name', bij=NAAM)
def hernoemen_zoals_autogenerate_en_al_verder(m):
    als_weg_en_erbij(m, 'upgrade', 'downgrade')
    m.model_van(LEEFTIJD_WEG)


@situatie('hernoemen_als_weg_en_erbij', NAAM - 1, 'new_column_name', bij=NAAM)
def hernoemen_toegepast_en_al_verder(m):
    shutil.copyfile(m.database, m.map / KOPIE)
    als_weg_en_erbij(m, 'upgrade', 'downgrade')
    m.flask('db', 'upgrade')
    m.model_van(LEEFTIJD_WEG)


@situatie('hernoemen_als_weg_en_erbij', NAAM - 1, 'new_column_name')
def downgrade_zonder_de_namen(m):
    als_weg_en_erbij(m, 'downgrade')


@situatie(
    'hernoemen_als_weg_en_erbij', WOONPLAATS, 'andere stappen', tot_het_eind=True, bij=WOONPLAATS
)
def alles_in_een_migratie(m):
    m.model_van(LEEFTIJD_WEG)
    m.flask('db', 'migrate', '-m', 'alles')
    # De andere kolommen heeft de leerling in het script al goed gezet.
    geef_namen(m, m.script('alles'))


# --- Een UPDATE of DELETE die te veel doet ----------------------------------------------------


def te_veel(sql, *woorden, **extra):
    """Een regel te veel in het script; de leerling haalt hem weg."""
    regel = f"    op.execute('{sql}')\n"
    script_van(
        'waarden_verloren',
        GEBOORTEJAAR,
        VUL,
        regel + VUL,
        *woorden,
        zelf=lambda m: m.vervang(regel, '', m.script('geboortejaar')),
        **extra,
    )


te_veel(f'DELETE FROM {TABEL}', 'rijen', bij=GEBOORTEJAAR - 1)
te_veel(f'UPDATE {TABEL} SET woonplaats = NULL', 'woonplaats')

DROP = "        batch_op.drop_column('geboortejaar')\n"
WIS = f"    op.execute('UPDATE {TABEL} SET leeftijd = 0')\n"

script_van(
    'waarden_verloren',
    GEBOORTEJAAR,
    DROP,
    DROP + WIS,
    '`downgrade()`',
    zelf=lambda m: m.vervang(WIS, '', m.script('geboortejaar')),
)
