"""Wat niet klopt valt op, bij de stap waar het bij hoort, ook als er geen eigen hint voor is.

De meeste fouten staan in situaties/: daar hoort bij elke fout ook wat de leerling dan doet.
"""

from dataclasses import replace

import pytest
from beweringen import keurt_af
from controle.oefenmap import lees_oefenmap
from leerling import CURSISTNUMMER, EERSTE, NAAM, NAAM_VOORAF, NIVEAU, WOONPLAATS, in_script
from stappen import HERNOEMD, MODULE, REGELS, TABEL
from test_goed import vervang_naam


def test_een_kolom_weghalen_zonder_de_nieuwe_is_fout(leerling):
    werk = leerling(NAAM - 1)
    werk.vervang(f'    {NAAM_VOORAF.regel}\n', '')
    werk.schrijf_script(
        'weg',
        f"op.drop_column('{TABEL}', 'naam')",
        f"op.add_column('{TABEL}', {in_script(NAAM_VOORAF)})",
    )
    werk.flask('db', 'upgrade')
    keurt_af(werk, NAAM, '`volledige_naam`', '`cursisten`', f'db.{HERNOEMD.model_type}')


def test_hernoemen_met_een_ander_type_is_fout(leerling):
    werk = leerling(NAAM)
    script = werk.script(NAAM)
    werk.flask('db', 'downgrade')
    werk.vervang(HERNOEMD.regel, replace(HERNOEMD, type='VARCHAR(9)').regel)
    for naam, type_ in (('volledige_naam', 'String(9)'), ('naam', HERNOEMD.model_type)):
        nieuw = f"new_column_name='{naam}'"
        werk.vervang(nieuw, f'{nieuw}, type_=sa.{type_}', script)
    werk.flask('db', 'upgrade')
    keurt_af(werk, NAAM, '`volledige_naam`', '`cursisten`', '`VARCHAR(9)`', f'`{HERNOEMD.type}`')


@pytest.mark.parametrize('heel', ['woonplaats', "'x'", 'achternaam'])
def test_een_volledige_naam_zonder_de_naam_is_fout(leerling, heel):
    werk = leerling(NAAM - 1)
    vervang_naam(werk, heel)
    keurt_af(werk, NAAM, 'namen', 'new_column_name')


def test_een_downgrade_onderweg_hoort_bij_zijn_eigen_stap(leerling):
    werk = leerling(NIVEAU)
    werk.vervang("batch_op.drop_column('woonplaats')", 'pass', werk.script(WOONPLAATS))
    keurt_af(werk, WOONPLAATS, 'downgrade', '`woonplaats`', '`cursisten`')


def test_een_downgrade_waarna_een_kolom_van_de_les_niet_meer_uniek_is_is_fout(leerling):
    werk = leerling(CURSISTNUMMER)
    werk.schrijf_script(
        'los',
        'pass',
        f"with op.batch_alter_table('{TABEL}') as batch_op:\n"
        "    batch_op.drop_constraint('uq_cursisten_cursistnummer', type_='unique')",
    )
    werk.flask('db', 'upgrade')
    # De downgrade erna vindt de constraint niet meer; wat hem weghaalt gaat voor.
    eerste = werk.oordeel().afwijkingen[0]
    assert (eerste.soort, eerste.kolom) == ('downgrade', 'cursistnummer')


@pytest.mark.parametrize('regel', ['straat = db.Column(db.Text)', 'straat = db.Text'])
def test_een_eigen_kolom_die_niemand_ziet_is_fout(leerling, regel):
    werk = leerling(WOONPLAATS)
    werk.onderaan('class Zaal(db.Model):\n    id = db.Column(db.Integer, primary_key=True)')
    werk.migreer('zaal')
    werk.onderaan(f'    {regel}' if regel.endswith('Text') else regel)
    keurt_af(werk, WOONPLAATS + 1, '`straat`')


def test_een_versietabel_die_de_database_niet_heeft_is_fout(leerling):
    werk = leerling(WOONPLAATS)
    werk.vervang(REGELS['migrate'], "Migrate(app, db, version_table='versies')")
    keurt_af(werk, WOONPLAATS, 'flask db stamp')


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
def test_een_database_die_met_de_hand_is_veranderd_is_fout(leerling, opdracht, stap, woorden):
    werk = leerling(WOONPLAATS)
    vorige = lees_oefenmap(werk.map).revisies[-2]
    werk.sql(opdracht)
    keurt_af(werk, stap, 'data.sqlite', *(woord.replace('VORIGE', vorige) for woord in woorden))


def test_een_merge_die_de_database_nog_niet_heeft_gehad_is_fout(leerling):
    werk = leerling(EERSTE)
    begin = werk.head()
    for letter in 'ab':
        werk.schrijf_script(letter, 'pass', 'pass', vorige=begin)
    werk.flask('db', 'upgrade', 'heads')
    werk.flask('db', 'merge', 'heads', '-m', 'samen')
    keurt_af(werk, EERSTE, '_samen.py', 'flask db upgrade')


def test_een_module_in_utf_16_krijgt_een_duidelijke_zin(leerling):
    werk = leerling(WOONPLAATS)
    werk.module.write_text(werk.lees(), encoding='utf-16')
    keurt_af(werk, WOONPLAATS, f'`{MODULE}`', 'UTF-8')
