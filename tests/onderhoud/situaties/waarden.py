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
downgrade_van_een_andere_constraint = klaar(CURSISTNUMMER, f'{UQ_WEG}uq_', UQ_WEG)
downgrade_maakt_een_andere_kolom = klaar(
    LEEFTIJD_WEG, "add_column(sa.Column('", "add_column(sa.Column('mijn_"
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
JAAR_WEG, LEEFTIJD_NIET_MEER = (
    f"        batch_op.drop_column('{naam}')\n" for naam in (GEVULD.naam, GEVULD.som_met)
)


def voer_uit(sql):
    return f"op.execute('{sql}')"


index_op_een_andere_tabel = opnieuw(INDEX, OP, f"'gebruikers', ['{HERNOEMD.naam}']")
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
oude_naam_uit_het_eerste_script = na(NAAM, zelf=doe.script_van(EERSTE)).in_script(
    EERSTE, f'    {in_script(NAAM_VOORAF)},\n', ''
)
nieuwe_naam_zonder_sleutelwoord = (
    na(WOONPLAATS)
    .kolom('stad = db.Column(db.Text)')
    .schrijf_script('stad', f"op.alter_column('{TABEL}', '{PLAATS}', 'stad')", 'pass')
)
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

# Een vierde cursist, en een eigen nieuwe naam: zonder kopie gaan alle namen weg.
namen_weg_voor_een_eigen_naam = (
    na(NAAM - 1)
    .sql(f"INSERT INTO {TABEL} (naam, leeftijd) VALUES ('Noor', 20)")
    .vervang('naam = db.Column', 'voornaam = db.Column')
    .vervang('self.naam', 'self.voornaam')
    .migrate('voornaam')
)

# --- Een script dat gedraaid heeft, en niet doet wat het model vraagt ---------------------------

DEF = 'def upgrade():\n'

return_in_een_script_en_uitgevoerd = klaar(NIVEAU, DEF, f'{DEF}    return\n').upgrade()
leeg_script_uitgevoerd = (
    na(INDEX - 1).model_van(INDEX).flask('db', 'revision', '-m', 'index').upgrade()
)
leeg_script_toegepast = (
    na(WOONPLAATS - 1).flask('db', 'revision', '-m', 'leeg').upgrade().model_van(WOONPLAATS)
)
hernoemen_buiten_het_with_blok_en_uitgevoerd = (
    klaar(NAAM)
    .herschrijf(NAAM, r'\n {8}batch_op\.alter', r'\n        pass\n    batch_op.alter')
    .upgrade()
)
kolom_onder_het_with_blok_en_uitgevoerd = (
    klaar(WOONPLAATS)
    .herschrijf(WOONPLAATS, r'\n {8}batch_op\.add', r'\n        pass\n    batch_op.add')
    .upgrade()
)
index_op_een_andere_kolom_en_uitgevoerd = klaar(
    INDEX, f"['{HERNOEMD.naam}']", f"['{PLAATS}']"
).upgrade()
uniek_op_een_andere_kolom_en_uitgevoerd = klaar(
    CURSISTNUMMER, "['cursistnummer']", "['naam']"
).upgrade()

# --- Waarden die dubbel zijn --------------------------------------------------------------------

UNIEK = '    __table_args__ = (db.UniqueConstraint({!r}, name={!r}),)\n'
DUBBEL = doe.mislukt('UNIQUE constraint failed', 'db', 'upgrade')

eigen_constraint_op_een_kolom_met_dezelfde_waarden = (
    na(TIJDSTIP)
    .boven(ONDER_DE_KOLOMMEN, UNIEK.format('niveau', 'uq_niveau'))
    .migrate('uniek')
    .en(DUBBEL)
)
eigen_index_op_een_kolom_met_dezelfde_waarden = (
    na(TIJDSTIP)
    .boven(
        ONDER_DE_KOLOMMEN, "    __table_args__ = (db.Index('ix_uniek', 'niveau', unique=True),)\n"
    )
    .migrate('uniek')
    .en(DUBBEL)
)
dubbel_nummer_na_een_halve_upgrade = (
    na(CURSISTNUMMER - 1)
    .model_van(CURSISTNUMMER)
    .vervang(', unique=True', '')
    .migreer('erbij')
    .sql(f"UPDATE {TABEL} SET cursistnummer = 'c1001' WHERE id < 3")
    .model_van(CURSISTNUMMER)
    .migrate('uniek')
    .herschrijf('uniek', r'constraint\(None', "constraint('uq_0'")
    .en(DUBBEL)
)

# --- Een CHECK ----------------------------------------------------------------------------------

KEUZE = "db.Enum('a', 'b', name='keuze', create_constraint=True)"

downgrade_met_een_check = na(CURSISTNUMMER).kolom(f'keuze = db.Column({KEUZE})').migreer('keuze')
downgrade_met_een_andere_naam_dan_upgrade = klaar(
    CURSISTNUMMER, "drop_constraint('uq_cursisten_", "drop_constraint('uq_"
)

# --- Een script dat anders hoort ----------------------------------------------------------------

hernoemd_en_ook_erbij = (
    na(NAAM - 1)
    .model_van(NAAM)
    .migrate('naam')
    .in_script('naam', f"drop_column('{HERNOEMD.was}')", HERNOEMEN['upgrade'])
)
ANDERE_OPTIE = 'new_column_name', 'existing_type=None, new_name'
hernoemd_met_een_andere_optie = klaar(NAAM, *ANDERE_OPTIE)
ACHTER, HERNOEM = f"new_column_name='{HERNOEMD.naam}'", f"alter_column('{HERNOEMD.naam}'"
MIS = HERNOEMD.naam.replace('_', '')
hernoemd_met_een_tikfout = klaar(NAAM, ACHTER, f"new_column_name='{MIS}'")


def met_erachter(naam, nieuw):
    return NAAM, f"'{naam}')\n", f"'{naam}')\n        batch_op.{nieuw}\n"


OOK_TERUG = hernoemd_met_een_tikfout.in_script(NAAM, HERNOEM, f"alter_column('{MIS}'")
hernoemd_met_een_tikfout_en_een_eigen_kolom = (
    OOK_TERUG.kolom('bijnaam = db.Column(db.Text)')
    .in_script(*met_erachter(MIS, "add_column(sa.Column('bijnaam', sa.Text()))"))
    .in_script(*met_erachter(HERNOEMD.was, "drop_column('bijnaam')"))
    .upgrade()
    .sql(f"UPDATE {TABEL} SET bijnaam = 'Jo' WHERE id = 1")
)
hernoemd_met_een_tikfout_en_uitgevoerd = hernoemd_met_een_tikfout.upgrade()
hernoemd_met_een_tikfout_ook_terug_en_uitgevoerd = OOK_TERUG.upgrade()
MET_HET_MODEL = f"""\
    for c in db.session.scalars(db.select(Cursist)):
        c.{GEVULD.naam} = {GEVULD.som} - c.{GEVULD.som_met}
    db.session.commit()
"""
SA = 'import sqlalchemy as sa\n'
IMPORT = f'{SA}from BasicModelApp import Cursist, db\n'
ZONDER_MODEL = doe.in_script(GEBOORTEJAAR, IMPORT, SA).in_script(GEBOORTEJAAR, MET_HET_MODEL, VUL)
model_in_een_script = (
    na(NAAM - 1, zelf=ZONDER_MODEL)
    .in_script(GEBOORTEJAAR, SA, IMPORT)
    .in_script(GEBOORTEJAAR, VUL, MET_HET_MODEL)
    .klaar_met(NAAM)
)
STANDAARD = f'server_default={KOLOM[NIVEAU].standaard}'
verplicht_zonder_standaardwaarde = klaar(NIVEAU, f'{STANDAARD}, ', '')
downgrade_hernoemt_nog_een_keer = klaar(
    NAAM,
    f"alter_column('{HERNOEMD.naam}', new_column_name='{HERNOEMD.was}'",
    HERNOEM + f", new_column_name='{HERNOEMD.naam}'",
)
hernoemd_met_sql_en_niet_terug = (
    na(NAAM - 1)
    .kopieer(KOPIE)
    .model_van(NAAM)
    .schrijf_script(
        'naam',
        f"op.execute('ALTER TABLE {TABEL} RENAME COLUMN {HERNOEMD.was} TO {HERNOEMD.naam}')",
        'pass',
    )
    .upgrade()
)
kolom_gevuld_in_downgrade = (
    na(GEBOORTEJAAR - 1)
    .klaar_met(GEBOORTEJAAR, VUL, '')
    .in_script(
        GEBOORTEJAAR, "drop_column('geboortejaar')\n", f"drop_column('geboortejaar')\n\n{VUL}"
    )
    .upgrade()
)
