"""Een migratie die waarden kost, of een downgrade die niet teruggeeft wat er was."""

from controle.hints.doen import HERNOEMEN
from leerling import *
from stappen import GEVULD, HERNOEMD, KOPIE, TABEL

from situaties.situatie import *


def opnieuw(stap, oud, nieuw):
    """Net zo, en dan zet de leerling het script terug."""
    return klaar(stap, oud, nieuw, zelf=doe.script_van(stap))


# --- De downgrade -----------------------------------------------------------------------------

# De upgrade rekent met een ander jaar dan de downgrade.
ANDER_JAAR = f'{GEVULD.som} - ', f'{GEVULD.som - 1} - '
# De downgrade noemt een constraint of een index zonder het begin van de naam.
UQ_WEG, IX_WEG = (f"drop_{wat}('" for wat in ('constraint', 'index'))

upgrade_met_een_ander_jaar = na(LEEFTIJD_WEG).in_script(GEBOORTEJAAR, *ANDER_JAAR)
downgrade_van_een_andere_kolom = klaar(WOONPLAATS, "drop_column('", "drop_column('mijn_")
downgrade_van_een_andere_constraint = klaar(CURSISTNUMMER, f'{UQ_WEG}uq_', UQ_WEG)
downgrade_maakt_een_andere_kolom = klaar(
    LEEFTIJD_WEG, "add_column(sa.Column('", "add_column(sa.Column('mijn_"
)
downgrade_rekent_met_een_kolom_die_er_niet_is = klaar(
    LEEFTIJD_WEG, f'- {GEVULD.naam}', '- geboortjaar'
)
downgrade_vult_de_kolom_niet = klaar(LEEFTIJD_WEG, 'UPDATE', '-- UPDATE')
downgrade_met_een_ander_jaar = klaar(LEEFTIJD_WEG, *ANDER_JAAR)
downgrade_laat_de_tabel_staan = klaar(GEBRUIKERS, "    op.drop_table('gebruikers')\n", '')
downgrade_van_een_andere_index = klaar(INDEX, f'{IX_WEG}ix_', IX_WEG)


def eigen_kolom_weg(soort, patroon):
    """Een eigen kolom komt en gaat; in de downgrade staat niet alles wat de kolom was."""
    regel = f'fruit = db.Column({soort})'
    erbij = doe.kolom(regel).migreer('erbij')
    return erbij.vervang(f'    {regel}\n', '').migrate('weg').herschrijf('weg', patroon, '')


PEER = "db.Text, nullable=False, server_default='peer'"
FOREIGN_KEY = f"db.ForeignKey('{TABEL}.id', name='fk')"

downgrade_doet_niets = na(WOONPLAATS).in_script(
    WOONPLAATS, f"batch_op.drop_column('{PLAATS}')", 'pass'
)
downgrade_zonder_standaardwaarde = na(WOONPLAATS).en(
    eigen_kolom_weg(PEER, ', server_default=.*nullable=False')
)
downgrade_zonder_foreign_key = na(WOONPLAATS).en(
    eigen_kolom_weg(FOREIGN_KEY, '.*create_foreign_key.*')
)
# Een lege upgrade is niet om te keren: dan is er geen letterlijke hint.
downgrade_die_zelf_stopt = na(
    WOONPLAATS, zelf=doe.in_script('leeg', '1 / 0', 'pass')
).schrijf_script('leeg', 'pass', '1 / 0')

# --- Wat Python of SQLite niet kan ------------------------------------------------------------

OP = f"'{TABEL}', ['{HERNOEMD.naam}']"
DRIE_REGELS = f'    op.execute(sa.text("""\n        {GEVULD.vulling}\n    """))\n'
MET = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:\n"
JAAR_WEG, LEEFTIJD_NIET_MEER = (
    f"        batch_op.drop_column('{naam}')\n" for naam in (GEVULD.naam, GEVULD.som_met)
)
TRIGGER = (
    f'CREATE TRIGGER netjes AFTER INSERT ON {TABEL} BEGIN '
    f'UPDATE {TABEL} SET {PLAATS} = trim({PLAATS}); END'
)


def voer_uit(sql):
    return f"op.execute('{sql}')"


index_op_de_oude_naam = opnieuw(INDEX, OP, f"'{TABEL}', ['{HERNOEMD.was}']")
index_op_een_naam_met_een_tikfout = opnieuw(INDEX, OP, f"'{TABEL}', ['volledigenaam']")
index_op_een_andere_tabel = opnieuw(INDEX, OP, f"'gebruikers', ['{HERNOEMD.naam}']")
index_zonder_lijst = opnieuw(INDEX, OP, f"'{TABEL}', '{HERNOEMD.naam}'")
update_zonder_set = opnieuw(GEBOORTEJAAR, 'SET ', '')
update_met_een_tikfout_in_set = opnieuw(GEBOORTEJAAR, 'SET ', 'ST ')
update_zonder_set_op_drie_regels = opnieuw(GEBOORTEJAAR, VUL, DRIE_REGELS.replace('SET ', ''))
update_met_een_tikfout_in_een_kolom = opnieuw(GEBOORTEJAAR, f'- {GEVULD.som_met}', '- leeftyd')
update_van_een_andere_tabel = opnieuw(GEBOORTEJAAR, f'UPDATE {TABEL}', 'UPDATE cursist')
update_met_woorden_die_sqlite_niet_kent = opnieuw(GEBOORTEJAAR, 'UPDATE ', 'UPDATE OR NIETS ')
# Deze lukken, maar doen te veel.
rijen_weg = opnieuw(GEBOORTEJAAR, VUL, f'    {voer_uit(f"DELETE FROM {TABEL}")}\n{VUL}')
waarden_weg = opnieuw(
    GEBOORTEJAAR, VUL, f'    {voer_uit(f"UPDATE {TABEL} SET {PLAATS} = NULL")}\n{VUL}'
)
downgrade_wist_waarden = opnieuw(
    GEBOORTEJAAR,
    JAAR_WEG,
    f'{JAAR_WEG}    {voer_uit(f"UPDATE {TABEL} SET {GEVULD.som_met} = 0")}\n',
)
update_na_het_weghalen = opnieuw(LEEFTIJD_WEG, LEEFTIJD_NIET_MEER, LEEFTIJD_NIET_MEER + VUL)
regel_met_batch_weg = opnieuw(NIVEAU, MET, '')
oude_naam_uit_het_eerste_script = na(NAAM, zelf=doe.script_van(EERSTE)).in_script(
    EERSTE, f'    {in_script(NAAM_VOORAF)},\n', ''
)
nieuwe_naam_zonder_sleutelwoord = (
    na(WOONPLAATS)
    .kolom('stad = db.Column(db.Text)')
    .schrijf_script('stad', f"op.alter_column('{TABEL}', '{PLAATS}', 'stad')", 'pass')
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
verplichte_kolom_op_een_lege_tabel = (
    na(NIVEAU - 1, verloren=True)
    .sql(f'DELETE FROM {TABEL}')
    .klaar_met(NIVEAU, f'server_default={KOLOM[NIVEAU].standaard}, ', '')
    .upgrade()
    .sql(f"INSERT INTO {TABEL} (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')")
)

# --- Hernoemen --------------------------------------------------------------------------------


def weg_en_erbij(weg, erbij):
    return f"add_column({in_script(erbij)})\n        batch_op.drop_column('{weg.naam}')"


ALLES_LEEG = NAAM, HERNOEMEN['upgrade'], weg_en_erbij(NAAM_VOORAF, HERNOEMD)
NAMEN_LEEG = HERNOEMEN['downgrade'], weg_en_erbij(HERNOEMD, NAAM_VOORAF)

downgrade_zonder_de_namen = klaar(NAAM, *NAMEN_LEEG)
AUTOGENERATE = downgrade_zonder_de_namen.in_script(*ALLES_LEEG)
hernoemen_zoals_autogenerate = AUTOGENERATE.model_van(LEEFTIJD_WEG)
hernoemen_toegepast = AUTOGENERATE.kopieer(KOPIE).upgrade().model_van(LEEFTIJD_WEG)
# De andere kolommen heeft de leerling in het script al goed gezet.
alles_in_een_migratie = (
    na(WOONPLAATS)
    .model_van(LEEFTIJD_WEG)
    .migrate('alles')
    .herschrijf('alles', r'constraint\(None', "constraint('uq_0'")
)
