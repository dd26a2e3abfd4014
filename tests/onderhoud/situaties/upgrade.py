"""Een script dat bij het naspelen op een fout stuit."""

from pathlib import Path

from controle.hints.doen import HERNOEMEN
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
from stappen import GEVULD, HERNOEMD, LAATSTE, TABEL

from situaties.situatie import (
    INSTRUMENT,
    REGEL,
    TELEFOON,
    VIEW,
    VUL,
    halve_upgrade,
    in_de_module,
    in_een_script,
    kolom_fout,
    kopieer_script,
    samen_met_bas,
    script_van,
    situatie,
    zet_klaar,
    zet_model_apart,
)

# --- Een regel die er niet is ---------------------------------------------------------------

DOWNGRADE = 'def downgrade():'

in_een_script(
    'functie_ontbreekt_in_een_script', NIVEAU, 'niveau', DOWNGRADE, '', '_niveau.py`', bij=NIVEAU
)
in_een_script('functie_ontbreekt_in_een_script', EERSTE, 'migratie', DOWNGRADE, '', '_migratie.py`')
in_een_script(
    'functie_ontbreekt_in_een_script',
    NIVEAU,
    'niveau',
    DOWNGRADE,
    'def downgrad():',
    '_niveau.py`',
    '`downgrade()`',
    'def downgrade',
)
in_een_script(
    'functie_ontbreekt_in_een_script',
    WOONPLAATS,
    'woonplaats',
    'def upgrade',
    'def Upgrade',
    '_woonplaats.py`',
    '`upgrade()`',
)

# --- Constraints ------------------------------------------------------------------------------

UQ = "'uq_cursisten_cursistnummer'"


@situatie('constraint_zonder_naam', WOONPLAATS, 'uq_cursisten_code', 'uq_cursisten_pas')
def twee_eigen_constraints_zonder_naam(m):
    m.kolom(*(f'{naam} = db.Column(db.Text, unique=True)' for naam in ('pas', 'code')))
    m.flask('db', 'migrate', '-m', 'eigen')


@situatie('constraint_zonder_naam', CURSISTNUMMER - 1, 'None', UQ)
def constraint_zonder_naam_en_al_verder(m):
    m.vervang(UQ, 'None', zet_klaar(m, CURSISTNUMMER))
    m.model_van(CURSISTNUMMER + 1)


script_van(
    'constraint_zonder_naam', CURSISTNUMMER, f'drop_constraint({UQ}', 'drop_constraint(None', UQ
)


@situatie('constraint_zonder_naam', CURSISTNUMMER - 1, UQ, 'twaalf spaties')
def constraint_zonder_naam_op_twee_regels(m):
    m.vervang(f'({UQ}', '(\n            None', zet_klaar(m, CURSISTNUMMER))
    m.model_van(CURSISTNUMMER + 1)


in_een_script(
    'constraint_zonder_naam',
    CURSISTNUMMER,
    'cursistnummer',
    f'drop_constraint({UQ}',
    'drop_constraint(None',
    UQ,
)
kolom_fout(
    'foreign_key_wijst_naar_niets',
    KOLOM[GEBRUIKERS],
    "'gebruikers.id'",
    "'gebruiker.id'",
    'gebruikers.id',
)


in_de_module(
    'foreign_key_wijst_naar_niets',
    "    __tablename__ = 'gebruikers'\n",
    '',
    '@ForeignKey',
    'Geen klasse',
    na=GEBRUIKERS,
)

# --- Kolommen die verplicht zijn, of er al zijn -----------------------------------------------

STANDAARD = f'server_default={KOLOM[NIVEAU].standaard}'

script_van('verplicht_zonder_standaardwaarde', NIVEAU, f'{STANDAARD}, ', '', 'SQLite weigert')


@situatie('verplicht_zonder_standaardwaarde', NIVEAU - 1, '@niveau =', STANDAARD)
def default_in_plaats_van_server_default_en_al_verder(m):
    m.vervang(f'{STANDAARD}, ', '', zet_klaar(m, NIVEAU))
    m.model_van(CURSISTNUMMER)
    m.vervang(STANDAARD, STANDAARD.removeprefix('server_'))


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`eigen`', 'nullable=True', '--terug')
def eigen_kolom_die_in_de_tabel_anders_heet(m):
    m.kolom("van_mij = db.Column('eigen', db.Text, nullable=False)")
    m.flask('db', 'migrate', '-m', 'eigen')


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`code`', tot_het_eind=True)
def twee_eigen_verplichte_en_unieke_kolommen(m):
    for naam in ('pas', 'code'):
        m.kolom(f'{naam} = db.Column(db.Text, unique=True, nullable=False)')
    m.flask('db', 'migrate', '-m', 'eigen')


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`models.py`', 'nullable=True')
def verplichte_kolom_in_een_eigen_bestand(m):
    zet_model_apart(m)
    m.vervang(REGEL, f'{REGEL}\n    straat = db.Column(db.Text, nullable=False)', 'models.py')
    m.flask('db', 'migrate', '-m', 'straat')


@situatie(
    'verplicht_zonder_standaardwaarde', LAATSTE, 'dezelfde revisie', '`lestijd`', tot_het_eind=True
)
def upgrade_stopte_na_de_eerste_kolom(m):
    halve_upgrade(m)


@situatie('kolom_wordt_twee_keer_gemaakt', WOONPLAATS, 'Verwijder het script')
def kolom_in_twee_scripts(m):
    kopieer_script(m, 'woonplaats')


@situatie('kolom_wordt_twee_keer_gemaakt', GEBRUIKERS, '`gebruiker_id`')
def tabel_in_twee_scripts(m):
    kopieer_script(m, 'gebruikers')


@situatie('kolom_wordt_twee_keer_gemaakt', NIVEAU - 1, '_nog_een.py', 'Er volgt al iets op')
def kolom_in_twee_scripts_en_nog_een_erna(m):
    head = m.head()
    kopieer_script(m, 'woonplaats')
    m.vervang(head, 'abc123', zet_klaar(m, NIVEAU))


def kolom_van_anna_en_bas(ids, *woorden, verder=lambda m, van_bas: None):
    """Anna en Bas maken dezelfde kolom; die van Anna heeft data.sqlite gehad."""

    @situatie('kolom_wordt_twee_keer_gemaakt', LAATSTE, *woorden, tot_het_eind=True)
    def zelfde_kolom(m):
        verder(m, samen_met_bas(m, TELEFOON, TELEFOON, ids))


def voeg_samen(m, van_bas):
    m.flask('db', 'merge', 'heads', '-m', 'samen')
    assert 'duplicate column name' in m.flask('db', 'upgrade', mag_mislukken=True)


def script_erna(m, van_bas):
    m.kolom(INSTRUMENT)
    kolom = "sa.Column('instrument', sa.Text(), nullable=False, server_default='geen')"
    upgrade = f"op.add_column('{TABEL}', {kolom})"
    m.schrijf_script(
        'erna',
        upgrade,
        f"op.drop_column('{TABEL}', 'instrument')",
        Path(van_bas).name.split('_')[0],
    )


for ids in (('a1', 'b1'), ('b1', 'a1')):
    bas = f'`migrations/versions/{ids[1]}_nieuw.py` maakt de kolom `telefoon`'
    heeft = f'`migrations/versions/{ids[0]}_nieuw.py` doet dat al, en dat heeft'
    kolom_van_anna_en_bas(ids, bas, heeft, 'Verwijder het script')
    kolom_van_anna_en_bas(ids, bas, heeft, 'Er volgt al iets op', 'pass', verder=voeg_samen)
    kolom_van_anna_en_bas(ids, bas, heeft, 'Er volgt al iets op', verder=script_erna)


@situatie('hernoemen_klopt_niet', NAAM - 1, '`volledige_naam`', 'Meer is niet nodig')
def naam_hernoemd_en_erbij(m):
    m.model_van(NAAM)
    m.flask('db', 'migrate', '-m', 'naam')
    m.vervang("drop_column('naam')", HERNOEMEN['upgrade'], m.script('naam'))


ACHTER = f"new_column_name='{HERNOEMD.naam}'"


def hernoemen_met(nieuw):
    script_van('hernoemen_klopt_niet', NAAM, ACHTER, nieuw, 'niet goed tot', ACHTER, bij=NAAM)


hernoemen_met(f"'{HERNOEMD.naam}'")
hernoemen_met(f"new_name='{HERNOEMD.naam}', existing_type=sa.Text()")
hernoemen_met("new_column_name='volledigenaam'")


def volledigenaam(m, ook_terug):
    script = zet_klaar(m, NAAM)
    m.vervang(ACHTER, "new_column_name='volledigenaam'", script)
    if ook_terug:
        m.vervang("alter_column('volledige_naam'", "alter_column('volledigenaam'", script)
    return script


def hernoemd_uitgevoerd(ook_terug):
    @situatie('hernoemen_klopt_niet', NAAM - 1, ACHTER.split('=')[0], '--terug', bij=NAAM)
    def volledigenaam_uitgevoerd(m):
        m.upgrade(volledigenaam(m, ook_terug))


hernoemd_uitgevoerd(ook_terug=True)
hernoemd_uitgevoerd(ook_terug=False)


@situatie('hernoemen_klopt_niet', NAAM - 1, '--terug', bij=NAAM)
def hernoemd_met_een_eigen_kolom_erbij(m):
    script = volledigenaam(m, ook_terug=True)
    m.kolom('bijnaam = db.Column(db.Text)')
    erbij = "\n        batch_op.add_column(sa.Column('bijnaam', sa.Text()))"
    for naam, extra in (
        ('volledigenaam', erbij),
        ('naam', "\n        batch_op.drop_column('bijnaam')"),
    ):
        regel = f"new_column_name='{naam}')"
        m.vervang(regel, regel + extra, script)
    m.upgrade(script)
    m.sql(f"UPDATE {TABEL} SET bijnaam = 'Jo' WHERE id = 1")


# --- De UPDATE --------------------------------------------------------------------------------

script_van('update_komt_te_vroeg', GEBOORTEJAAR, f'\n{VUL}', f'    {VUL}', 'is er pas na', 'UPDATE')
script_van(
    'update_komt_te_vroeg', GEBOORTEJAAR, f'\n{VUL}', f'\n    {VUL}', 'van regel', ', met vier'
)


def boven_het_with_blok(stap, functie, regel):
    @situatie('update_komt_te_vroeg', stap - 1, 'is er pas na', 'Verplaats')
    def update_bovenaan(m):
        script = zet_klaar(m, stap)
        voor, kop, rest = m.lees(script).partition(f'def {functie}')
        rest = rest.replace(regel, '').replace('    with', f'{regel}    with', 1)
        m.schrijf(voor + kop + rest, script)


boven_het_with_blok(GEBOORTEJAAR, 'upgrade', VUL)
boven_het_with_blok(
    LEEFTIJD_WEG,
    'downgrade',
    f"    op.execute('UPDATE {TABEL} SET leeftijd = {GEVULD.som} - geboortejaar')\n",
)
MET_HET_MODEL = f"""\
    for c in db.session.scalars(db.select(Cursist)):
        c.{GEVULD.naam} = {GEVULD.som} - c.{GEVULD.som_met}
    db.session.commit()
"""
IMPORT = 'from BasicModelApp import Cursist, db\n'


def sql_in_plaats_van_het_model(m):
    m.vervang(IMPORT, '', m.script(GEBOORTEJAAR))
    m.vervang(MET_HET_MODEL, VUL, m.script(GEBOORTEJAAR))


@situatie(
    'model_in_een_script',
    NAAM - 1,
    'importeert je model',
    'op.execute',
    zelf=sql_in_plaats_van_het_model,
)
def model_in_het_script(m):
    sa = 'import sqlalchemy as sa\n'
    m.vervang(sa, sa + IMPORT, m.script(GEBOORTEJAAR))
    m.vervang(VUL, MET_HET_MODEL, m.script(GEBOORTEJAAR))
    zet_klaar(m, NAAM)


# --- Een view of trigger --------------------------------------------------------------------


def met_tijdstip(m):
    m.model_van(TIJDSTIP)
    m.flask('db', 'migrate', '-m', 'tijd')


@situatie(
    'view_houdt_een_migratie_tegen', TIJDSTIP - 1, '`overzicht`', '_tijd.py', tot_het_eind=True
)
def view_uit_een_eigen_script(m):
    m.schrijf_script('view', f"op.execute('{VIEW}')", "op.execute('DROP VIEW overzicht')")
    m.flask('db', 'upgrade')
    met_tijdstip(m)


@situatie('view_houdt_een_migratie_tegen', WOONPLAATS, '`overzicht`', 'zelf_view.py')
def view_die_downgrade_laat_staan(m):
    m.schrijf_script('view', f"op.execute('{VIEW}')", 'pass')
    m.flask('db', 'upgrade')
