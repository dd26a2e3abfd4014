"""Wat niet klopt valt op, bij de stap waar het bij hoort, ook als er geen eigen hint voor is.

De meeste fouten staan in situaties/: daar hoort bij elke fout ook wat de leerling dan doet. Een
downgrade die niets doet staat, bij elke stap, in test_hypothesis.py.
"""

from dataclasses import replace
from functools import partial
from operator import methodcaller

import pytest
from beweringen import keurt_af
from leerling import CURSISTNUMMER, EERSTE, NAAM, NAAM_VOORAF, WOONPLAATS, Leerling, in_script
from recepten import STRAAT, batch, regels
from stappen import HERNOEMD, MODULE, REGELS, TABEL
from test_goed import NIEUW, NUMMER, OUD, PLAATS, vervang_naam


def kolom_weg_zonder_de_nieuwe(w: Leerling) -> None:
    w.vervang(f'    {NAAM_VOORAF.regel}\n', '')
    terug = f"op.add_column('{TABEL}', {in_script(NAAM_VOORAF)})"
    w.schrijf_script('weg', f"op.drop_column('{TABEL}', '{OUD}')", terug)
    w.flask('db', 'upgrade')


def hernoemd_met_een_ander_type(w: Leerling) -> None:
    script = w.script(NAAM)
    w.flask('db', 'downgrade')
    w.vervang(HERNOEMD.regel, replace(HERNOEMD, type='VARCHAR(9)').regel)
    for naam, type_ in ((NIEUW, 'String(9)'), (OUD, HERNOEMD.model_type)):
        nieuw = f"new_column_name='{naam}'"
        w.vervang(nieuw, f'{nieuw}, type_=sa.{type_}', script)
    w.flask('db', 'upgrade')


def downgrade_waarna_een_kolom_niet_meer_uniek_is(w: Leerling) -> None:
    # De downgrade erna vindt de constraint niet meer; wat hem weghaalt gaat voor.
    weg = batch('', f"drop_constraint('uq_{TABEL}_{NUMMER}', type_='unique')")
    w.schrijf_script('los', 'pass', regels(weg)[1])
    w.flask('db', 'upgrade')


def onder_een_eigen_klasse(w: Leerling, regel: str) -> None:
    w.onderaan('class Zaal(db.Model):\n    id = db.Column(db.Integer, primary_key=True)')
    w.migreer('zaal')
    w.onderaan(regel)


def merge_die_de_database_nog_niet_heeft_gehad(w: Leerling) -> None:
    begin = w.head()
    for letter in 'ab':
        w.schrijf_script(letter, 'pass', 'pass', begin)
    w.flask('db', 'upgrade', 'heads')
    w.flask('db', 'merge', 'heads', '-m', 'samen')


def versietabel_die_de_database_niet_heeft(w: Leerling) -> None:
    w.vervang(REGELS['migrate'], "Migrate(app, db, version_table='versies')")


def module_in_utf_16(w: Leerling) -> None:
    w.module.write_text(w.lees(), encoding='utf-16')


KOLOM, IN_TABEL = f'`{NIEUW}` `{TABEL}`', f'data.sqlite `{TABEL}`'
UNIEK = f'CREATE UNIQUE INDEX u ON {TABEL} ({PLAATS})'

# Wat er verandert, de stap waarna, de stap die dan fout is, en woorden uit de hint.
FOUT = [
    (kolom_weg_zonder_de_nieuwe, NAAM - 1, NAAM, f'{KOLOM} db.{HERNOEMD.model_type}'),
    (hernoemd_met_een_ander_type, NAAM, NAAM, f'{KOLOM} `VARCHAR(9)` `{HERNOEMD.type}`'),
    # Een naam zonder wat er in de oude kolom stond.
    (partial(vervang_naam, heel=PLAATS), NAAM - 1, NAAM, 'namen new_column_name'),
    (partial(vervang_naam, heel="'x'"), NAAM - 1, NAAM, 'namen new_column_name'),
    (partial(vervang_naam, heel='achternaam'), NAAM - 1, NAAM, 'namen new_column_name'),
    (downgrade_waarna_een_kolom_niet_meer_uniek_is, *[CURSISTNUMMER] * 2, f'downgrade `{NUMMER}`'),
    (merge_die_de_database_nog_niet_heeft_gehad, EERSTE, EERSTE, '_samen.py flask db upgrade'),
    (versietabel_die_de_database_niet_heeft, WOONPLAATS, WOONPLAATS, 'flask db stamp'),
    (module_in_utf_16, WOONPLAATS, WOONPLAATS, f'`{MODULE}` UTF-8'),
    # Een kolom die niemand ziet: buiten de klasse, en zonder `db.Column`.
    (partial(onder_een_eigen_klasse, regel=STRAAT.regel), WOONPLAATS, WOONPLAATS + 1, '`straat`'),
    (
        partial(onder_een_eigen_klasse, regel='    straat = db.Text'),
        *(WOONPLAATS, WOONPLAATS + 1, '`straat`'),
    ),
    # Met de hand; andere staan in situaties/database.py.
    (methodcaller('sql', UNIEK), WOONPLAATS, WOONPLAATS, f'{IN_TABEL} `{PLAATS}`'),
    (methodcaller('sql', 'CREATE TABLE los (id INTEGER)'), WOONPLAATS, WOONPLAATS + 1, '`los`'),
    (methodcaller('sql', f'DROP TABLE {TABEL}'), WOONPLAATS, EERSTE, IN_TABEL),
]


@pytest.mark.parametrize(('doe', 'na', 'stap', 'woorden'), FOUT)
def test_dit_is_fout(leerling, doe, na, stap, woorden):
    werk = leerling(na)
    doe(werk)
    keurt_af(werk, stap, *woorden.split())
