"""Een migratie die waarden kost, of een downgrade die niet teruggeeft wat er was."""

import re
import shutil

from controle.hints.doen import HERNOEMEN
from leerling import (
    CURSISTNUMMER,
    EERSTE,
    GEBOORTEJAAR,
    GEBRUIKERS,
    INDEX,
    KOLOM,
    LEEFTIJD_WEG,
    NAAM,
    NAAM_VOORAF,
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
    in_script,
)
from stappen import GEVULD, HERNOEMD, KOPIE, TABEL

from situaties.situatie import (
    VUL,
    geef_namen,
    in_de_module,
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
    'downgrade_geeft_het_schema_niet_terug',
    LEEFTIJD_WEG,
    '- geboortejaar',
    '- geboortjaar',
    'lukt niet',
    '- geboortejaar',
)
script_van(
    'downgrade_geeft_het_schema_niet_terug',
    CURSISTNUMMER,
    "drop_constraint('uq_cursisten_cursistnummer'",
    "drop_constraint('uq_nummer'",
    'lukt niet',
)
script_van(
    'downgrade_geeft_het_schema_niet_terug',
    INDEX,
    "drop_index('ix_cursisten_volledige_naam'",
    "drop_index('ix_naam'",
    'ix_cursisten_volledige_naam',
)


def eigen_kolom_weg(soort, patroon, *woorden):
    @situatie('downgrade_geeft_het_schema_niet_terug', WOONPLAATS, '`fruit`', *woorden)
    def downgrade_zonder_wat_de_kolom_was(m):
        regel = f'fruit = db.Column({soort})'
        m.kolom(regel)
        m.migreer('erbij')
        m.vervang(f'    {regel}\n', '')
        m.flask('db', 'migrate', '-m', 'weg')
        voor, _, downgrade = m.lees(m.script('weg')).partition('def downgrade')
        assert re.search(patroon, downgrade)
        m.schrijf(f'{voor}def downgrade{re.sub(patroon, "", downgrade)}', m.script('weg'))


eigen_kolom_weg(
    "db.Text, nullable=False, server_default='peer'",
    ', server_default=.*nullable=False',
    'server_default=sa.text',
)
eigen_kolom_weg(f"db.ForeignKey('{TABEL}.id', name='fk')", '.*create_foreign_key.*')

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


# --- Wat Python of SQLite niet kan ------------------------------------------------------------


def lukt_niet(stap, oud, nieuw, *woorden):
    """Een script dat nog niet is uitgevoerd; de leerling zet terug wat er stond."""
    script_van('naspelen_lukt_niet', stap, oud, nieuw, *woorden, zelf=lambda m: m.script_van(stap))


OP = f"'{TABEL}', ['volledige_naam']"

lukt_niet(INDEX, OP, f"'{TABEL}', ['naam']", 'no such column: naam')
lukt_niet(INDEX, OP, f"'{TABEL}', ['volledigenaam']", 'no such column: volledigenaam')
lukt_niet(INDEX, OP, "'gebruikers', ['volledige_naam']", 'no such column')
lukt_niet(INDEX, OP, f"'{TABEL}', 'volledige_naam'", 'Verbeter deze regel')
lukt_niet(GEBOORTEJAAR, 'SET ', '', 'syntax error', 'UPDATE')
lukt_niet(GEBOORTEJAAR, 'SET ', 'ST ', 'syntax error', '_geboortejaar.py')
ZONDER_SET = (
    f'    op.execute(sa.text("""\n        {GEVULD.vulling.replace("SET ", "")}\n    """))\n'
)
lukt_niet(GEBOORTEJAAR, VUL, ZONDER_SET, 'syntax error', 'op.execute(sa.text')
lukt_niet(GEBOORTEJAAR, '- leeftijd', '- leeftyd', 'leeftyd', 'De upgrade stopt')
lukt_niet(GEBOORTEJAAR, f'UPDATE {TABEL}', 'UPDATE cursist', 'no such table: cursist')
lukt_niet(GEBOORTEJAAR, 'UPDATE ', 'UPDATE OR NIETS ', 'OperationalError')
DROP = "        batch_op.drop_column('leeftijd')\n"
lukt_niet(LEEFTIJD_WEG, DROP, DROP + VUL, 'no such column')
MET = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:\n"
TOT = 'def upgrade():\n    # ### commands auto generated by Alembic - please adjust! ###\n'
lukt_niet(NIVEAU, TOT + MET, TOT, 'NameError', 'batch_op')
NAAMKOLOM = f'    {in_script(NAAM_VOORAF)},\n'
SLEUTEL = "    sa.PrimaryKeyConstraint('id')\n"

in_een_script(
    'naspelen_lukt_niet',
    NAAM,
    'migratie',
    NAAMKOLOM,
    '',
    'een eerder',
    bij=EERSTE,
    zelf=lambda m: m.vervang(SLEUTEL, NAAMKOLOM + SLEUTEL, m.script(EERSTE)),
)
in_de_module(
    'naspelen_lukt_niet',
    'import Migrate',
    'import Migrations',
    'ImportError',
    'Migrations',
    zelf=lambda m: m.vervang('import Migrations', 'import Migrate'),
)


@situatie('naspelen_lukt_niet', WOONPLAATS, 'alter_column() takes', 'Verbeter deze regel')
def nieuwe_naam_zonder_sleutelwoord(m):
    m.kolom('stad = db.Column(db.Text)')
    m.schrijf_script('stad', f"op.alter_column('{TABEL}', 'plaats', 'stad')", 'pass')


@situatie('naspelen_lukt_niet', CURSISTNUMMER - 1, 'UNIQUE constraint failed', 'cursistnummer')
def unieke_kolom_met_een_standaardwaarde(m):
    m.model_van(CURSISTNUMMER)
    regel = KOLOM[CURSISTNUMMER].regel
    m.vervang(regel, f"{regel[:-1]}, server_default='c1')")
    script = m.script_van(CURSISTNUMMER)
    m.vervang('nullable=True', "server_default='c1', nullable=True", script)


@situatie('naspelen_lukt_niet', NIVEAU - 1, 'nog geen rijen in', '--terug', verloren=True)
def verplichte_kolom_op_een_lege_tabel(m):
    m.sql('DELETE FROM cursisten')
    m.vervang(f'server_default={KOLOM[NIVEAU].standaard}, ', '', zet_klaar(m, NIVEAU))
    m.flask('db', 'upgrade')
    m.sql("INSERT INTO cursisten (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')")


@situatie('naspelen_lukt_niet', TIJDSTIP - 1, 'no such trigger: netjes', '--terug')
def trigger_op_een_tabel_die_opnieuw_is_gemaakt(m):
    maak = (
        f'CREATE TRIGGER netjes AFTER INSERT ON {TABEL} BEGIN '
        f'UPDATE {TABEL} SET woonplaats = trim(woonplaats); END'
    )
    m.schrijf_script('trigger', f"op.execute('{maak}')", "op.execute('DROP TRIGGER netjes')")
    m.flask('db', 'upgrade')
    m.model_van(TIJDSTIP)
    m.migreer('tijd')


# --- Hernoemen --------------------------------------------------------------------------------

# Welke kolom weggaat, en welke erbij komt.
PAREN = {
    'upgrade': (NAAM_VOORAF, HERNOEMD),
    'downgrade': (HERNOEMD, NAAM_VOORAF),
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
        zelf=lambda m: m.vervang(regel, '', m.script(GEBOORTEJAAR)),
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
    zelf=lambda m: m.vervang(WIS, '', m.script(GEBOORTEJAAR)),
)
