"""Wat niet klopt valt op, bij de stap waar het bij hoort, en `Wat nu` zegt wat het is.

Elke test begint met een map waar bewezen niets fout aan is. Wat de controle zelf zou kunnen
laten struikelen staat in test_naspelen.py.
"""

import shutil
from dataclasses import replace

import pytest
from beweringen import is_goed, is_rood, keurt_af, noemt
from controle.oefenmap import lees_oefenmap
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
from stappen import GEVULD, HERNOEMD, TABEL, kolommen_na

PLAATS = KOLOM['woonplaats']

# --- Een kolom is anders dan in de les ------------------------------------------------------


def anders(naam: str, /, **kenmerken: object) -> str:
    """De regel in het model van een kolom uit de les waar iets anders aan is."""
    return replace(KOLOM[naam], **kenmerken).regel


def zonder_server(regel: str) -> str:
    return regel.replace('server_default', 'default')


# De stap, de regel die een leerling in het model zet, en wat `Wat nu` daarover zegt.
FOUTE_KOLOMMEN = [
    (WOONPLAATS, anders('woonplaats', naam='woonplats'), ['`woonplats`', '`woonplaats`']),
    (WOONPLAATS, anders('woonplaats', type='TEXT'), ['`TEXT`', f'`{PLAATS.type}`']),
    (WOONPLAATS, anders('woonplaats', type='VARCHAR(5)'), ['`VARCHAR(5)`', f'`{PLAATS.type}`']),
    (WOONPLAATS, anders('woonplaats', uniek=True, index=True), ['is uniek, dat hoort']),
    (NIVEAU, anders('niveau', null=True), ['mag leeg zijn, dat']),
    (NIVEAU, anders('niveau', standaard="'gevorderd'"), ["'gevorderd'", KOLOM['niveau'].standaard]),
    (NIVEAU, zonder_server(anders('niveau', null=True)), ['mag leeg zijn, dat']),
    (CURSISTNUMMER, anders('cursistnummer', uniek=False), ['hoort uniek te zijn']),
    (
        TIJDSTIP,
        anders('ingeschreven_op', standaard="'CURRENT_TIMESTAMP'"),
        ["'CURRENT_TIMESTAMP'", 'verwacht is de functie `CURRENT_TIMESTAMP`'],
    ),
    (GEBOORTEJAAR, GEVULD.regel, ['`leeftijd`', 'niet goed gevuld']),
]


@pytest.mark.parametrize(('stap', 'regel', 'woorden'), FOUTE_KOLOMMEN)
def test_een_verkeerde_kolom_is_fout(groen, stap, regel, woorden):
    werk = groen(stap - 1)
    werk.kolom(regel)
    werk.migreer('nieuw')
    keurt_af(werk, stap, f'`{regel.partition(" ")[0]}`', *woorden)


def test_een_verplichte_kolom_die_alleen_in_een_lege_tabel_past_is_fout(groen):
    werk = groen(NIVEAU - 1)
    werk.sql('DELETE FROM cursisten')
    werk.kolom(zonder_server(anders('niveau')))
    werk.migreer('niveau')
    is_rood(werk.controle(), NIVEAU, '`niveau`', 'server_default=', 'rijen die er al zijn')


def test_hernoemen_zoals_autogenerate_het_schrijft_is_fout(groen):
    werk = groen(NAAM - 1)
    werk.model_van(NAAM)
    werk.migreer('naam')
    is_rood(werk.controle(), NAAM, '_naam.py`', 'volledige_naam', 'namen zijn dan weg')


def test_een_kolom_weghalen_zonder_de_nieuwe_is_fout(groen):
    werk = groen(NAAM - 1)
    werk.vervang(f'    {KOLOM["naam"].regel}\n', '')
    werk.schrijf_script(
        'weg',
        f"op.drop_column('{TABEL}', 'naam')",
        f"op.add_column('{TABEL}', {in_script(KOLOM['naam'])})",
    )
    werk.flask('db', 'upgrade')
    keurt_af(werk, NAAM, '`volledige_naam`', '`cursisten`', f'db.{HERNOEMD.model_type}')


def test_hernoemen_met_een_ander_type_is_fout(groen):
    werk = groen(NAAM)
    script = werk.script('volledige_naam')
    werk.flask('db', 'downgrade')
    werk.vervang(HERNOEMD.regel, replace(HERNOEMD, type='VARCHAR(9)').regel)
    for naam, type_ in (('volledige_naam', 'String(9)'), ('naam', HERNOEMD.model_type)):
        nieuw = f"new_column_name='{naam}'"
        werk.vervang(nieuw, f'{nieuw}, type_=sa.{type_}', script)
    werk.flask('db', 'upgrade')
    keurt_af(werk, NAAM, '`volledige_naam`', '`cursisten`', '`VARCHAR(9)`', f'`{HERNOEMD.type}`')


# --- De tweede tabel is anders dan in de les ------------------------------------------------

ACCOUNT = {k.naam: k for k in kolommen_na(GEBRUIKERS).values() if k.tabel == 'gebruikers'}
HASH = ACCOUNT['wachtwoord_hash']


def andere_kolom(w, naam, **kenmerken):
    oud, nieuw = ACCOUNT[naam], replace(ACCOUNT[naam], **kenmerken)
    w.vervang(oud.regel, nieuw.regel)
    w.vervang(in_script(oud), in_script(nieuw), w.script('gebruikers'))


def te_korte_hash(w):
    andere_kolom(w, 'wachtwoord_hash', type='VARCHAR(128)')


def email_niet_uniek(w):
    andere_kolom(w, 'email', uniek=False, null=True)
    uniek = "    sa.UniqueConstraint('email', name=op.f('uq_gebruikers_email')),\n"
    w.vervang(uniek, '', w.script('gebruikers'))


def zonder_foreign_key(w):
    w.vervang(", db.ForeignKey('gebruikers.id')", '')
    script = w.script('gebruikers')
    regels = [regel for regel in w.lees(script).splitlines() if 'foreign' not in regel]
    w.schrijf('\n'.join(regels), script)


def tabel_in_het_enkelvoud(w):
    w.vervang("'gebruikers", "'gebruiker")
    w.vervang("'gebruikers'", "'gebruiker'", w.script('gebruikers'))


@pytest.mark.parametrize(
    ('bederf', 'woorden'),
    [
        (zonder_foreign_key, ['`gebruiker_id`', '`cursisten`', '`gebruikers.id`']),
        (
            te_korte_hash,
            ['`wachtwoord_hash`', '`gebruikers`', '`VARCHAR(128)`', f'`{HASH.type}`'],
        ),
        (email_niet_uniek, ['`email`', '`gebruikers`']),
        (tabel_in_het_enkelvoud, ['tabel `gebruiker`', '`gebruikers`']),
    ],
)
def test_een_verkeerde_tweede_tabel_is_fout(groen, bederf, woorden):
    werk = groen(GEBRUIKERS)
    werk.flask('db', 'downgrade')
    bederf(werk)
    werk.flask('db', 'upgrade')
    keurt_af(werk, GEBRUIKERS, *woorden)


# --- Een downgrade geeft niet terug wat er was ----------------------------------------------

# Wat er in een script staat, en wat een leerling ervan maakt.
NIET_GEVULD = (f"    op.execute('UPDATE {TABEL} SET leeftijd = {GEVULD.som} - geboortejaar')\n", '')
ANDER_TYPE = (f'sa.{KOLOM["leeftijd"].type}()', 'sa.TEXT()')
NIET_HERNOEMD = (
    "batch_op.alter_column('volledige_naam', new_column_name='naam')",
    f'batch_op.add_column({in_script(KOLOM["naam"])})\n'
    "        batch_op.drop_column('volledige_naam')",
)
NIET_WEG = ("batch_op.drop_column('cursistnummer')", 'pass')
ANDERE_NAAM = ("drop_constraint('uq_cursisten", "drop_constraint('u_cursisten")
INDEX_BLIJFT = ("op.drop_index('ix_cursisten_volledige_naam', 'cursisten')", 'pass')


@pytest.mark.parametrize(
    ('stap', 'script', 'wijziging', 'woorden'),
    [
        (CURSISTNUMMER, 'cursistnummer', NIET_WEG, ['`cursistnummer`', '`cursisten`']),
        (CURSISTNUMMER, 'cursistnummer', ANDERE_NAAM, ['`u_cursisten', '`uq_cursisten']),
        (NAAM, 'volledige_naam', NIET_HERNOEMD, ['namen', "new_column_name='naam'"]),
        (LEEFTIJD_WEG, 'leeftijd_weg', NIET_GEVULD, ['`leeftijd`', 'niet wat erin']),
        (LEEFTIJD_WEG, 'leeftijd_weg', ANDER_TYPE, ['`leeftijd`', '`cursisten`']),
        (INDEX, 'index_op_naam', INDEX_BLIJFT, ['`volledige_naam`', '`cursisten`']),
    ],
)
def test_een_downgrade_die_niet_teruggeeft_wat_er_was_is_fout(
    groen, stap, script, wijziging, woorden
):
    werk = groen(stap)
    werk.vervang(*wijziging, werk.script(script))
    keurt_af(werk, stap, 'downgrade', *woorden)


def test_een_downgrade_onderweg_hoort_bij_zijn_eigen_stap(groen):
    werk = groen(NIVEAU)
    werk.vervang("batch_op.drop_column('woonplaats')", 'pass', werk.script('woonplaats'))
    keurt_af(werk, WOONPLAATS, 'downgrade', '`woonplaats`', '`cursisten`')


# --- De database hoort niet bij de scripts --------------------------------------------------


@pytest.mark.parametrize(
    ('opdracht', 'stap', 'woorden'),
    [
        ('ALTER TABLE cursisten ADD COLUMN email TEXT', WOONPLAATS + 1, ['`cursisten`', '`email`']),
        (
            'ALTER TABLE cursisten DROP COLUMN woonplaats',
            WOONPLAATS,
            ['`migrations/versions/VORIGE_'],
        ),
        (
            'CREATE UNIQUE INDEX u ON cursisten (woonplaats)',
            WOONPLAATS,
            ['`cursisten`', '`woonplaats`'],
        ),
        ('CREATE TABLE los (id INTEGER PRIMARY KEY)', WOONPLAATS + 1, ['`los`']),
        ('DROP TABLE cursisten', EERSTE, ['`cursisten`']),
        ('DELETE FROM alembic_version', WOONPLAATS, ['flask db stamp']),
        ('DROP TABLE alembic_version', WOONPLAATS, ['flask db stamp']),
        ("UPDATE alembic_version SET version_num = 'weg'", WOONPLAATS, ['`weg`']),
    ],
)
def test_een_database_die_met_de_hand_is_veranderd_is_fout(groen, opdracht, stap, woorden):
    werk = groen(WOONPLAATS)
    vorige = lees_oefenmap(werk.map).revisies[-2]
    werk.sql(opdracht)
    keurt_af(werk, stap, 'data.sqlite', *(woord.replace('VORIGE', vorige) for woord in woorden))


def test_een_database_die_achterloopt_is_fout(groen):
    werk = groen(WOONPLAATS - 1)
    werk.kolom(PLAATS.regel)
    werk.flask('db', 'migrate', '-m', 'woonplaats')
    is_rood(werk.controle(), WOONPLAATS, '_woonplaats.py', 'flask db upgrade')
    werk.flask('db', 'upgrade')
    is_goed(werk, WOONPLAATS)


def test_een_merge_die_de_database_nog_niet_heeft_gehad_is_fout(groen):
    werk = groen(EERSTE)
    begin = werk.head()
    for letter in 'ab':
        werk.schrijf_script(letter, 'pass', 'pass', vorige=begin)
    werk.flask('db', 'upgrade', 'heads')
    werk.flask('db', 'merge', 'heads', '-m', 'samen')
    keurt_af(werk, EERSTE, '_samen.py', 'flask db upgrade')


def test_een_database_die_voorloopt_is_fout(groen):
    werk = groen(WOONPLAATS)
    revisie = werk.head()
    (werk.map / werk.script('woonplaats')).unlink()
    # Het model heeft de kolom nog, maar zonder het script lukt geen enkele flask db.
    is_rood(werk.controle(), WOONPLAATS - 1, 'data.sqlite', f'`{revisie}`', 'dat script is er niet')


# --- Het model hoort niet bij de scripts ----------------------------------------------------


@pytest.mark.parametrize(
    'regel',
    [
        PLAATS.regel,
        'telefoon = db.Column(db.Text)',
        'eigen_id = db.Column(db.ForeignKey("cursisten.id"))',
    ],
)
def test_een_model_dat_meer_vraagt_dan_de_migraties_maken_is_fout(groen, regel):
    werk = groen(WOONPLAATS - 1)
    werk.kolom(regel)
    keurt_af(werk, WOONPLAATS, f'`{regel.partition(" ")[0]}`', 'flask db migrate')


def test_een_eigen_tabel_zonder_migratie_is_fout(groen):
    werk = groen(WOONPLAATS)
    werk.onderaan(
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)'
    )
    keurt_af(werk, WOONPLAATS + 1, '`docenten`', 'flask db migrate')


def test_een_module_van_een_latere_stap_is_alleen_bij_de_stap_van_nu_fout(groen):
    werk = groen(NIVEAU)
    werk.model_van(GEBRUIKERS)
    keurt_af(werk, NIVEAU + 1, 'latere stap', f'bij stap {NIVEAU}')


# --- Een bestand is kapot -------------------------------------------------------------------


def lege_module(w):
    w.schrijf('')


def module_in_utf_16(w):
    w.module.write_text(w.lees(), encoding='utf-16')


def migrations_zonder_scripts(w):
    shutil.rmtree(w.versions)
    w.versions.mkdir()


def geen_env(w):
    (w.map / 'migrations' / 'env.py').unlink()


def tikfout_in_een_script(w):
    w.vervang('def downgrade():', 'def downgrade(:', w.script('woonplaats'))


def script_zonder_upgrade(w):
    w.vervang('def upgrade():', 'def omhoog():', w.script('woonplaats'))


@pytest.mark.parametrize(
    ('bederf', 'woorden'),
    [
        (lege_module, ['`BasicModelApp.py`', 'staat niets in het bestand']),
        (module_in_utf_16, ['`BasicModelApp.py`', 'UTF-8']),
        (migrations_zonder_scripts, ['migraties', 'data.sqlite']),
        (geen_env, ['`migrations`', '`env.py`', 'flask db init']),
        (tikfout_in_een_script, ['_woonplaats.py`', 'regel ']),
        (script_zonder_upgrade, ['_woonplaats.py`', 'upgrade']),
    ],
)
def test_een_kapot_bestand_krijgt_een_duidelijke_zin(groen, bederf, woorden):
    werk = groen(WOONPLAATS)
    bederf(werk)
    assert werk.oordeel().afwijkingen
    noemt(werk.wat_nu(), *woorden)
