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
from stappen import GEVULD, TABEL

from situaties.situatie import (
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
    zonder_gebruiker,
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

script_van('constraint_zonder_naam', CURSISTNUMMER, UQ, 'None', 'None', UQ)
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
script_van(
    'index_op_een_kolom_die_er_niet_is',
    INDEX,
    f"'{TABEL}', ['volledige_naam']",
    f"'{TABEL}', ['naam']",
    '`naam`',
    "['volledige_naam']",
)


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
    "'Gebruiker.id'",
    'gebruikers.id',
    '@ForeignKey',
)
kolom_fout(
    'foreign_key_wijst_naar_niets',
    KOLOM['gebruiker_id'],
    "'gebruikers.id'",
    "'gebruiker.id'",
    'gebruikers.id',
)


@situatie('foreign_key_wijst_naar_niets', GEBRUIKERS - 1, 'class Gebruiker')
def foreign_key_zonder_tweede_klasse(m):
    m.model_van(GEBRUIKERS)
    zonder_gebruiker(m)


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
def default_in_plaats_van_server_default(m):
    m.model_van(NIVEAU)
    m.vervang(STANDAARD, STANDAARD.removeprefix('server_'))
    m.vervang(f'{STANDAARD}, ', '', m.script_van(NIVEAU))


@situatie('verplicht_zonder_standaardwaarde', NIVEAU - 1, 'niveau.py', STANDAARD, verloren=True)
def verplichte_kolom_op_een_lege_tabel(m):
    m.sql('DELETE FROM cursisten')
    m.vervang(f'{STANDAARD}, ', '', zet_klaar(m, NIVEAU))
    m.flask('db', 'upgrade')
    m.sql("INSERT INTO cursisten (naam, leeftijd, niveau) VALUES ('Noor', 20, 'gevorderd')")


@situatie('verplicht_zonder_standaardwaarde', WOONPLAATS, '`straat`', 'server_default')
def eigen_verplichte_kolom(m):
    m.kolom('straat = db.Column(db.Text, nullable=False)')
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


# --- De UPDATE --------------------------------------------------------------------------------

script_van('update_in_het_with_blok', GEBOORTEJAAR, f'\n{VUL}', f'    {VUL}', 'with', 'UPDATE')
script_van('update_in_het_with_blok', GEBOORTEJAAR, f'\n{VUL}', f'\n    {VUL}', 'van regel')
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
