"""Een script dat bij het naspelen op een fout stuit."""

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
    NIVEAU,
    TIJDSTIP,
    WOONPLAATS,
    in_script,
)
from stappen import GEVULD, HERNOEMD, TABEL

from situaties.situatie import (
    REGEL,
    VIEW,
    VUL,
    herschrijf,
    in_de_module,
    in_een_script,
    kolom_fout,
    kopieer_script,
    script_van,
    situatie,
    zet_klaar,
    zet_model_apart,
)

# --- Een regel die er niet is ---------------------------------------------------------------


def zonder_regel(hint, na, eind, regel, *woorden, **extra):
    in_een_script(hint, na, eind, f'{regel}\n', '', *woorden, **extra)


DOWNGRADE = 'def downgrade():'
BATCH = f"    with op.batch_alter_table('{TABEL}', schema=None) as batch_op:"

zonder_regel(
    'functie_ontbreekt_in_een_script', NIVEAU, 'niveau', DOWNGRADE, '_niveau.py`', bij=NIVEAU
)
zonder_regel(
    'functie_ontbreekt_in_een_script', EERSTE, 'migratie', DOWNGRADE, '_eerste_migratie.py`'
)
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
zonder_regel('regel_van_het_with_blok_ontbreekt', NIVEAU, 'niveau', BATCH, '`with`')

# --- Constraints ------------------------------------------------------------------------------

UQ = "'uq_cursisten_cursistnummer'"


@situatie('constraint_zonder_naam', CURSISTNUMMER - 1, 'None', UQ)
def constraint_zonder_naam_en_al_verder(m):
    m.vervang(UQ, 'None', zet_klaar(m, CURSISTNUMMER))
    m.model_van(CURSISTNUMMER + 1)


script_van(
    'constraint_zonder_naam', CURSISTNUMMER, f'drop_constraint({UQ}', 'drop_constraint(None', UQ
)
in_een_script(
    'constraint_zonder_naam',
    CURSISTNUMMER,
    'cursistnummer',
    f'drop_constraint({UQ}',
    'drop_constraint(None',
    UQ,
)
script_van(
    'namen_verschillen_in_upgrade_en_downgrade',
    CURSISTNUMMER,
    f'drop_constraint({UQ}',
    "drop_constraint('uq_nummer'",
    'uq_nummer',
    UQ,
)
script_van(
    'namen_verschillen_in_upgrade_en_downgrade',
    INDEX,
    "drop_index('ix_cursisten_volledige_naam'",
    "drop_index('ix_naam'",
    'ix_naam',
)
IX = 'ix_cursisten_volledige_naam'


def index_op(hint, tabel, kolommen, *woorden, **extra):
    goed = f"'{TABEL}', ['volledige_naam']"
    script_van(hint, INDEX, goed, f'{tabel!r}, {kolommen}', *woorden, IX, **extra)


index_op('index_op_iets_wat_er_niet_is', TABEL, ['naam'], 'no such column: naam')
index_op('index_op_iets_wat_er_niet_is', TABEL, ['volledigenaam'], 'volledigenaam')
index_op('index_op_iets_wat_er_niet_is', 'gebruikers', ['volledige_naam'], 'no such column')
index_op('index_op_iets_wat_er_niet_is', TABEL, "'volledige_naam'", "['volledige_naam']")
index_op('index_is_anders_dan_in_het_model', TABEL, ['woonplaats'], 'op `woonplaats`', bij=INDEX)
script_van('index_is_anders_dan_in_het_model', INDEX, IX, 'ix_naam', '`ix_naam`', f'`{IX}`')
script_van(
    'index_is_anders_dan_in_het_model',
    INDEX,
    f"create_index('{IX}'",
    "create_index('ix_naam'",
    '`ix_naam`',
)


@situatie('index_is_anders_dan_in_het_model', INDEX - 1, '`ix_naam`', 'flask db downgrade')
def index_met_een_andere_naam_uitgevoerd(m):
    script = zet_klaar(m, INDEX)
    m.vervang(IX, 'ix_naam', script)
    m.upgrade(script)


@situatie('waarden_zijn_niet_uniek', CURSISTNUMMER - 1, 'dezelfde waarde', 'cursistnummer')
def unieke_kolom_met_een_standaardwaarde(m):
    m.model_van(CURSISTNUMMER)
    regel = KOLOM['cursistnummer'].regel
    m.vervang(regel, f"{regel[:-1]}, server_default='c1')")
    script = m.script_van(CURSISTNUMMER)
    m.vervang('nullable=True', "server_default='c1', nullable=True", script)


kolom_fout(
    'foreign_key_wijst_naar_niets',
    KOLOM['gebruiker_id'],
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

STANDAARD = f'server_default={KOLOM["niveau"].standaard}'

script_van('verplicht_zonder_standaardwaarde', NIVEAU, f'{STANDAARD}, ', '', 'SQLite weigert')


@situatie('verplicht_zonder_standaardwaarde', NIVEAU - 1, '@niveau =', STANDAARD)
def default_in_plaats_van_server_default_en_al_verder(m):
    m.vervang(f'{STANDAARD}, ', '', zet_klaar(m, NIVEAU))
    m.model_van(CURSISTNUMMER)
    m.vervang(STANDAARD, STANDAARD.removeprefix('server_'))


@situatie('upgrade_lukt_niet', NIVEAU - 1, 'nog geen rijen in', '--terug', verloren=True)
def verplichte_kolom_op_een_lege_tabel(m):
    m.sql('DELETE FROM cursisten')
    m.vervang(f'{STANDAARD}, ', '', zet_klaar(m, NIVEAU))
    m.flask('db', 'upgrade')
    m.sql("INSERT INTO cursisten (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')")


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`eigen`', 'nullable=True', '--terug')
def eigen_kolom_die_in_de_tabel_anders_heet(m):
    m.kolom("van_mij = db.Column('eigen', db.Text, nullable=False)")
    m.flask('db', 'migrate', '-m', 'eigen')


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`models.py`', 'nullable=True')
def verplichte_kolom_in_een_eigen_bestand(m):
    zet_model_apart(m)
    m.vervang(REGEL, f'{REGEL}\n    straat = db.Column(db.Text, nullable=False)', 'models.py')
    m.flask('db', 'migrate', '-m', 'straat')


@situatie('kolom_wordt_twee_keer_gemaakt', WOONPLAATS, 'Verwijder dit script')
def kolom_in_twee_scripts(m):
    kopieer_script(m, 'woonplaats')


@situatie('kolom_wordt_twee_keer_gemaakt', GEBRUIKERS, '`gebruiker_id`')
def tabel_in_twee_scripts(m):
    kopieer_script(m, 'gebruikers')


@situatie(
    'kolom_wordt_twee_keer_gemaakt',
    NIVEAU - 1,
    'Laat het script staan',
    zelf=lambda m: herschrijf(
        m, r'batch_op\.(add|drop)_column.*', 'pass', 'migrations/versions/abc123_nog_een.py'
    ),
)
def kolom_in_twee_scripts_en_nog_een_erna(m):
    head = m.head()
    kopieer_script(m, 'woonplaats')
    m.vervang(head, 'abc123', zet_klaar(m, NIVEAU))


@situatie('hernoemen_en_ook_nog_erbij', NAAM - 1, '`volledige_naam`', 'new_column_name')
def naam_hernoemd_en_erbij(m):
    m.model_van(NAAM)
    m.flask('db', 'migrate', '-m', 'naam')
    m.vervang("drop_column('naam')", HERNOEMEN['upgrade'], m.script('naam'))


ACHTER = f"new_column_name='{HERNOEMD.naam}'"


def hernoemen_met(nieuw, *woorden):
    script_van('nieuwe_naam_staat_er_niet_goed', NAAM, ACHTER, nieuw, ACHTER, *woorden, bij=NAAM)


hernoemen_met(f"'{HERNOEMD.naam}'", 'van regel')
hernoemen_met(f"new_name='{HERNOEMD.naam}', existing_type=sa.Text()", 'existing_type=sa.Text()')
hernoemen_met("new_column_name='volledigenaam'")


def eigen_kolom_hernoemd(optie):
    goed = "'plaats', new_column_name='stad'"

    @situatie('nieuwe_naam_staat_er_niet_goed', WOONPLAATS, goed, bij=WOONPLAATS + 1)
    def eigen_kolom(m):
        m.kolom('plaats = db.Column(db.Text)')
        m.migreer('plaats')
        m.vervang('plaats = db.Column(db.T', 'stad = db.Column(db.T')
        op = f"op.alter_column('{TABEL}', "
        naar = f"{op}'plaats', {optie}'stad')"
        m.schrijf_script('stad', naar, f"{op}'stad', new_column_name='plaats')")


eigen_kolom_hernoemd('')
eigen_kolom_hernoemd('new_name=')


def volledigenaam(m, ook_terug):
    script = zet_klaar(m, NAAM)
    m.vervang(ACHTER, "new_column_name='volledigenaam'", script)
    if ook_terug:
        m.vervang("alter_column('volledige_naam'", "alter_column('volledigenaam'", script)
    return script


def hernoemd_uitgevoerd(ook_terug, *woorden):
    @situatie('nieuwe_naam_staat_er_niet_goed', NAAM - 1, ACHTER.split('=')[0], *woorden, bij=NAAM)
    def volledigenaam_uitgevoerd(m):
        m.upgrade(volledigenaam(m, ook_terug))


hernoemd_uitgevoerd(True, 'flask db downgrade')
hernoemd_uitgevoerd(False, '--terug')


@situatie('nieuwe_naam_staat_er_niet_goed', NAAM - 1, '--terug', bij=NAAM)
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

script_van('update_komt_te_vroeg', GEBOORTEJAAR, f'\n{VUL}', f'    {VUL}', 'with', 'UPDATE')
script_van(
    'update_komt_te_vroeg', GEBOORTEJAAR, f'\n{VUL}', f'\n    {VUL}', 'van regel', ', met vier'
)


def boven_het_with_blok(stap, functie, regel):
    @situatie('update_komt_te_vroeg', stap - 1, 'pas daaronder', 'Verplaats')
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
script_van('tikfout_in_sql', GEBOORTEJAAR, 'SET ', '', 'ontbreekt `SET`')
script_van('tikfout_in_sql', GEBOORTEJAAR, 'SET ', 'ST ', 'ontbreekt `SET`')
script_van(
    'tikfout_in_sql',
    GEBOORTEJAAR,
    VUL,
    f'    op.execute(sa.text("""\n        {GEVULD.vulling.replace("SET ", "")}\n    """))\n',
    'ontbreekt `SET`',
)
script_van(
    'tikfout_in_sql', GEBOORTEJAAR, '- leeftijd', '- leeftyd', '`leeftyd`', 'geboortejaar.py'
)
script_van(
    'tikfout_in_sql', GEBOORTEJAAR, f'UPDATE {TABEL}', 'UPDATE cursist', '`cursist`', f'`{TABEL}`'
)
script_van(
    'tikfout_in_sql',
    LEEFTIJD_WEG,
    '- geboortejaar',
    '- geboortjaar',
    '`geboortjaar`',
    '`geboortejaar`',
)
script_van(
    'upgrade_lukt_niet',
    GEBOORTEJAAR,
    'UPDATE ',
    'UPDATE OR NIETS ',
    'OperationalError',
    'geboortejaar.py',
    zelf=lambda m: m.vervang('OR NIETS ', '', m.script('geboortejaar')),
)

DROP = "        batch_op.drop_column('leeftijd')\n"
NAAMKOLOM = f'    {in_script(KOLOM["naam"])},\n'
SLEUTEL = "    sa.PrimaryKeyConstraint('id')\n"

script_van(
    'upgrade_lukt_niet',
    LEEFTIJD_WEG,
    DROP,
    DROP + VUL,
    'leeftijd_weg.py',
    zelf=lambda m: m.vervang(DROP + VUL, DROP, m.script('leeftijd_weg')),
)
in_een_script(
    'upgrade_lukt_niet',
    NAAM,
    'migratie',
    NAAMKOLOM,
    '',
    'een eerder',
    bij=EERSTE,
    zelf=lambda m: m.vervang(SLEUTEL, NAAMKOLOM + SLEUTEL, m.script('migratie')),
)

MET_HET_MODEL = f"""\
    for c in db.session.scalars(db.select(Cursist)):
        c.{GEVULD.naam} = {GEVULD.som} - c.{GEVULD.som_met}
    db.session.commit()
"""
IMPORT = 'from BasicModelApp import Cursist, db\n'


def sql_in_plaats_van_het_model(m):
    m.vervang(IMPORT, '', m.script('geboortejaar'))
    m.vervang(MET_HET_MODEL, VUL, m.script('geboortejaar'))


@situatie(
    'model_in_een_script',
    NAAM - 1,
    'importeert je model',
    'op.execute',
    zelf=sql_in_plaats_van_het_model,
)
def model_in_het_script(m):
    sa = 'import sqlalchemy as sa\n'
    m.vervang(sa, sa + IMPORT, m.script('geboortejaar'))
    m.vervang(VUL, MET_HET_MODEL, m.script('geboortejaar'))
    zet_klaar(m, NAAM)


# --- Een view of trigger --------------------------------------------------------------------


TRIGGER = (
    f'CREATE TRIGGER netjes AFTER INSERT ON {TABEL} BEGIN '
    f'UPDATE {TABEL} SET woonplaats = trim(woonplaats); END'
)


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


@situatie('view_is_er_niet_meer', TIJDSTIP - 1, '`netjes`', 'IF EXISTS')
def trigger_op_een_tabel_die_opnieuw_is_gemaakt(m):
    m.schrijf_script('trigger', f"op.execute('{TRIGGER}')", "op.execute('DROP TRIGGER netjes')")
    m.flask('db', 'upgrade')
    met_tijdstip(m)
    m.flask('db', 'upgrade')
