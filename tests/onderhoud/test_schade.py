"""Een map die op goed geluk beschadigd is, komt met de hints weer goed, en er gaat niets verloren.

Elk zaad geeft altijd dezelfde schade. Wie doet wat de hints zeggen, is na hoogstens drie klaar,
komt niet terug waar hij was, en houdt elke stap die goed was. Elke daad die er staat, lukt.
"""

import random
import shutil
from pathlib import Path

import pytest
from leerling import Leerling
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, STAPPEN, TABEL
from volgen import Volger

# Met --lang zijn het er honderd.
ZADEN = [*range(5), *(pytest.param(zaad, marks=pytest.mark.lang) for zaad in range(5, 100))]


# --- Schade aan een regel ---------------------------------------------------------------------


def geknoeid(regel: str, toeval: random.Random) -> list[list[str]]:
    """Wat er met een regel kan gebeuren: het wordt een rij van geen, een of twee regels."""
    letter = toeval.choice([plek for plek, teken in enumerate(regel) if not teken.isspace()])
    springt_in = regel.startswith('    ') and toeval.random() < 0.5
    return [
        [regel[: len(regel) * 2 // 3]],
        [regel[:letter] + regel[letter + 1 :]],
        [regel[4:] if springt_in else f'    {regel}'],
        [],
        [regel, regel],
        [f'# {regel}'],
        [regel.replace(TABEL, 'None').replace('db', 'x')],
    ]


def aan_een_regel(w: Leerling, toeval: random.Random) -> None:
    bestand = w.module if toeval.random() < 0.5 else een_script(w, toeval)
    regels = bestand.read_text(encoding='utf-8').splitlines()
    code = [p for p, regel in enumerate(regels) if regel.strip() and regel.lstrip()[0] not in '#"']
    plek = toeval.choice(code)
    regels[plek : plek + 1] = toeval.choice(geknoeid(regels[plek], toeval))
    bestand.write_text('\n'.join(regels) + '\n', encoding='utf-8')


# --- Schade aan een bestand, de database of de reeks --------------------------------------------


def een_script(w: Leerling, toeval: random.Random) -> Path:
    return toeval.choice(sorted(w.versions.glob('*.py')))


def kopie_van_een_script(w: Leerling, toeval: random.Random) -> None:
    script = een_script(w, toeval)
    shutil.copyfile(script, script.with_name(f'kopie_{script.name}'))


def verkeerde_revisie(w: Leerling, toeval: random.Random) -> None:
    revisie = een_script(w, toeval).name.partition('_')[0]
    w.sql(f"UPDATE alembic_version SET version_num = '{revisie}'")


def alvast_de_volgende_stap(w: Leerling, toeval: random.Random) -> None:
    volgende = min(w.oordeel().stap_nu, LAATSTE)
    w.model_van(volgende)
    if toeval.random() < 0.5:
        flask('db', 'migrate', '-m', STAPPEN[volgende - 1].naam_van_migratie)(w, toeval)


def sql(*opdrachten: str):
    return lambda w, toeval: w.sql(*opdrachten)


def flask(*delen: str, invoer: str = ''):
    return lambda w, toeval: w.flask(*delen, invoer=invoer, mag_mislukken=True)


SCHADE = (
    *[aan_een_regel] * 20,
    kopie_van_een_script,
    lambda w, toeval: shutil.copyfile(stand(toeval.randint(1, LAATSTE)) / DATABASE, w.database),
    verkeerde_revisie,
    *[alvast_de_volgende_stap] * 3,
    lambda w, toeval: w.model_van(toeval.randint(1, LAATSTE)),
    lambda w, toeval: een_script(w, toeval).unlink(),
    lambda w, toeval: w.database.unlink(),
    lambda w, toeval: w.database.write_bytes(b'onzin' * toeval.randint(0, 99)),
    lambda w, toeval: w.module.unlink(),
    lambda w, toeval: shutil.rmtree(w.map / 'migrations'),
    lambda w, toeval: (w.map / 'migrations/env.py').unlink(),
    lambda w, toeval: w.kolom('straat = db.Column(db.Text)'),
    flask('shell', invoer='db.create_all()\n'),
    flask('db', 'downgrade'),
    flask('db', 'downgrade', 'base'),
    flask('db', 'migrate', '-m', 'zomaar'),
    sql(f'ALTER TABLE {TABEL} ADD COLUMN wijk TEXT', f"UPDATE {TABEL} SET wijk = 'Noord'"),
    sql(f'CREATE TABLE _alembic_tmp_{TABEL} (id INTEGER)'),
    sql('CREATE TABLE los (id INTEGER PRIMARY KEY)'),
    sql(f'DELETE FROM {TABEL}'),
    sql(f'UPDATE {TABEL} SET id = id + 10'),
    sql('DELETE FROM alembic_version'),
    sql('DROP TABLE alembic_version'),
    sql("INSERT INTO alembic_version VALUES ('onbekend')"),
)


@pytest.mark.parametrize('aantal', [1, 2], ids=['een', 'twee'])
@pytest.mark.parametrize('zaad', ZADEN)
def test_een_beschadigde_map_komt_goed_en_er_gaat_niets_verloren(tmp_path, aantal, zaad):
    toeval = random.Random(f'{aantal} {zaad}')
    zonder = shutil.ignore_patterns(KOPIE) if toeval.random() < 0.5 else None
    begin = stand(toeval.randint(1, LAATSTE))
    w = Leerling(shutil.copytree(begin, tmp_path / 'map', ignore=zonder))
    for schade in toeval.sample(SCHADE, aantal):
        if w.module.exists() and w.versions.is_dir() and w.oordeel().database.versies:
            schade(w, toeval)
    oordeel = w.oordeel()
    af = [stap.nummer for stap in STAPPEN if oordeel.toestand(stap.nummer) == 'af']
    # De revisies van de scripts die de database heeft gehad.
    had = {s.revisie for s in oordeel.oefenmap.scripts if oordeel.toegepast(s.revisie)}
    volger = Volger(w)
    volger.volg()
    # Daar laat de les zelf de database weggooien.
    if 'stap_1_begint_opnieuw' not in dict(volger.gezien):
        namen = ' '.join(pad.name for pad in w.map.rglob('versions/*.py'))
        assert all(revisie in namen for revisie in had), volger.verloop
        volger.verloor_niets(volger.had)
        assert all(w.oordeel().toestand(nummer) == 'af' for nummer in af), volger.verloop
