"""Een map die op goed geluk beschadigd is, komt met de hints weer goed, en er gaat niets verloren.

Elk zaad geeft altijd dezelfde schade. Wie doet wat de hints zeggen, is na hoogstens vijf klaar.
"""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from controle.hints.hint import passende_hint
from leerling import Leerling
from standen import stand
from stappen import DATABASE, KOPIE, LAATSTE, MODULE, STAPPEN, TABEL
from test_een_stem import Meedoen, speel, vanaf

MEESTE_HINTS = 5
ZADEN, ZADEN_PER_TEST = 50, 10

# --- Schade aan een regel ---------------------------------------------------------------------


def half(regel: str, toeval: random.Random) -> list[str]:
    return [regel[: len(regel) * 2 // 3]]


def een_letter_minder(regel: str, toeval: random.Random) -> list[str]:
    plek = toeval.choice([p for p, teken in enumerate(regel) if not teken.isspace()])
    return [regel[:plek] + regel[plek + 1 :]]


def springt_anders_in(regel: str, toeval: random.Random) -> list[str]:
    minder = regel.startswith('    ') and toeval.random() < 0.5
    return [regel[4:] if minder else f'    {regel}']


AAN_EEN_REGEL = (
    half,
    een_letter_minder,
    springt_anders_in,
    lambda regel, toeval: [],
    lambda regel, toeval: [regel, regel],
    lambda regel, toeval: [f'# {regel}'],
)


def aan_een_regel(w: Leerling, toeval: random.Random) -> None:
    bestand = w.module if toeval.random() < 0.5 else een_script(w, toeval)
    regels = bestand.read_text(encoding='utf-8').splitlines()
    code = [p for p, regel in enumerate(regels) if regel.strip() and regel.lstrip()[0] not in '#"']
    plek = toeval.choice(code)
    regels[plek : plek + 1] = toeval.choice(AAN_EEN_REGEL)(regels[plek], toeval)
    bestand.write_text('\n'.join(regels) + '\n', encoding='utf-8')


# --- Schade aan een bestand, de database of de reeks --------------------------------------------


def een_script(w: Leerling, toeval: random.Random) -> Path:
    return toeval.choice(sorted(w.versions.glob('*.py')))


def kopie_van_een_script(w: Leerling, toeval: random.Random) -> None:
    script = een_script(w, toeval)
    shutil.copyfile(script, script.with_name(f'kopie_{script.name}'))


def andere_database(w: Leerling, toeval: random.Random) -> None:
    shutil.copyfile(stand(toeval.randint(1, LAATSTE)) / DATABASE, w.database)


def verkeerde_revisie(w: Leerling, toeval: random.Random) -> None:
    revisie = een_script(w, toeval).name.partition('_')[0]
    w.sql(f"UPDATE alembic_version SET version_num = '{revisie}'")


def alvast_de_volgende_stap(w: Leerling, toeval: random.Random) -> None:
    volgende = min(w.oordeel().stap_nu, LAATSTE)
    w.model_van(volgende)
    if toeval.random() < 0.5:
        naam = STAPPEN[volgende - 1].naam_van_migratie
        w.flask('db', 'migrate', '-m', naam, mag_mislukken=True)


def met_sql(*opdrachten: str) -> Callable:
    return lambda w, toeval: w.sql(*opdrachten)


def met_flask(*delen: str) -> Callable:
    return lambda w, toeval: w.flask(*delen, mag_mislukken=True)


SCHADE = (
    *[aan_een_regel] * 20,
    kopie_van_een_script,
    andere_database,
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
    lambda w, toeval: w.flask('shell', invoer='db.create_all()\n', mag_mislukken=True),
    met_flask('db', 'downgrade'),
    met_flask('db', 'downgrade', 'base'),
    met_flask('db', 'migrate', '-m', 'zomaar'),
    met_sql(f'ALTER TABLE {TABEL} ADD COLUMN wijk TEXT', f"UPDATE {TABEL} SET wijk = 'Noord'"),
    met_sql(f'CREATE TABLE _alembic_tmp_{TABEL} (id INTEGER)'),
    met_sql('CREATE TABLE los (id INTEGER PRIMARY KEY)'),
    met_sql(f'DELETE FROM {TABEL}'),
    met_sql(f'UPDATE {TABEL} SET id = id + 10'),
    met_sql('DELETE FROM alembic_version'),
    met_sql('DROP TABLE alembic_version'),
    met_sql("INSERT INTO alembic_version VALUES ('onbekend')"),
)


# --- De hints volgen ----------------------------------------------------------------------------


def volg(w: Leerling) -> list[str]:
    """Doet wat elke hint zegt, tot er geen meer is; geeft alle hints."""
    gezien = []
    while (oordeel := w.oordeel()).afwijkingen:
        naam, tekst = passende_hint(oordeel, oordeel.afwijkingen[0])[0], w.wat_nu()
        gezien.append(f'[{naam}] {tekst}')
        # Wat de les zelf laat doen, telt niet als hint.
        hints = [tekst for tekst in gezien if not tekst.startswith('[de_les_gaat_verder]')]
        assert len(hints) <= MEESTE_HINTS, 'Het houdt niet op.\n' + '\n'.join(gezien)
        assert gezien.count(gezien[-1]) == 1, 'Dit gaat rond.\n' + '\n'.join(gezien)
        kop = re.search(r'stap (\d+): lees verder bij \*(.+?)\*', tekst)
        try:
            gedaan = w.doe(tekst)
        except AssertionError:
            # Dan komt de fout die de les laat zien.
            assert kop, '\n'.join(gezien)
            gedaan = False
        assert gedaan or kop, 'Er staat geen opdracht.\n' + '\n'.join(gezien)
        if not gedaan:
            speler = Meedoen(w.map)
            speler.omgeving['FLASK_APP'] = MODULE
            speel(speler, vanaf(int(kop[1]), kop[2]))
    return gezien


def uitgevoerd(w: Leerling) -> set[str]:
    """De revisies van de scripts die de database heeft gehad."""
    oordeel = w.oordeel()
    return {s.revisie for s in oordeel.oefenmap.scripts if oordeel.toegepast(s.revisie)}


@pytest.mark.parametrize('aantal', [1, 2], ids=['een', 'twee'])
@pytest.mark.parametrize('begin', range(0, ZADEN, ZADEN_PER_TEST))
def test_een_beschadigde_map_komt_goed_en_er_gaat_niets_verloren(tmp_path, aantal, begin):
    for zaad in range(begin, begin + ZADEN_PER_TEST):
        toeval = random.Random(f'{aantal} {zaad}')
        zonder = shutil.ignore_patterns('tests', KOPIE if toeval.random() < 0.5 else 'tests')
        begin_map = stand(toeval.randint(1, LAATSTE))
        w = Leerling(shutil.copytree(begin_map, tmp_path / str(zaad), ignore=zonder))
        for schade in toeval.sample(SCHADE, aantal):
            if w.module.exists() and w.versions.is_dir() and w.oordeel().database.versies:
                schade(w, toeval)
        had, revisies = w.cursisten(), uitgevoerd(w)
        gezien = volg(w)
        if any(tekst.startswith('[stap_1_begint_opnieuw]') for tekst in gezien):
            # Daar laat de les zelf de database weggooien.
            continue
        namen = ' '.join(pad.name for pad in w.map.rglob('versions/*.py'))
        assert all(revisie in namen for revisie in revisies), '\n'.join(gezien)
        heeft = [w.cursisten(map_) for map_ in (w.map, *w.oude_mappen)]
        for id_, cursist in had.items():
            for naam, waarde in cursist.items():
                bewaard = [cursisten.get(id_, {}).get(naam) for cursisten in heeft]
                assert waarde in (None, *bewaard), f'{naam} van {id_} is weg.\n' + '\n'.join(gezien)
