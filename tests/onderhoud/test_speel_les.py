"""`python tests/speel_les.py MAP --tot N` doet wat het belooft, en weigert netjes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from speel_les import PROJECT, LesFout, Speler, lees_les, omgeving, vergelijk, voeg_in

LES = lees_les((PROJECT / 'LEERLING.md').read_text(encoding='utf-8'))


def speel(*argumenten: str, project: Path = PROJECT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, project / 'tests' / 'speel_les.py', *argumenten],
        env=omgeving(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding='utf-8',
        timeout=300,
    )


def inhoud(map_: Path) -> dict[str, bytes]:
    return {
        pad.relative_to(map_).as_posix(): pad.read_bytes() if pad.is_file() else b''
        for pad in map_.rglob('*')
        if '__pycache__' not in pad.parts
    }


@pytest.fixture
def plek(tmp_path) -> Path:
    """Een map met een lege map, een volle map en een bestand."""
    for naam in ('leeg', 'vol'):
        (tmp_path / naam).mkdir()
    (tmp_path / 'vol' / 'van_mij.txt').write_text('blijf af', encoding='utf-8')
    (tmp_path / 'bestand').write_text('blijf af', encoding='utf-8')
    return tmp_path


@pytest.mark.parametrize(
    ('doel', 'overige', 'woorden'),
    [
        ('nieuw', ['--tot', '11'], 'getal van 0 tot en met 10'),
        ('nieuw', ['--tot', '-1'], 'getal van 0 tot en met 10'),
        ('nieuw', ['--tot', 'drie'], 'getal van 0 tot en met 10'),
        ('nieuw', ['--tot', '²'], 'getal van 0 tot en met 10'),
        ('nieuw', ['--tot'], 'Gebruik: '),
        ('nieuw', [], 'Gebruik: '),
        (None, ['--tot', '3'], 'Gebruik: '),
        (None, [], 'Gebruik: '),
        ('nieuw', ['--tot', '3', '--snel'], 'Gebruik: '),
        ('vol', ['--tot', '3'], 'niet leeg'),
        ('bestand', ['--tot', '3'], 'is een bestand'),
        ('bestand/nieuw', ['--tot', '3'], 'kies een andere plek'),
        ('bestaat/niet', ['--tot', '3'], 'kies een andere plek'),
        ('n' * 300, ['--tot', '3'], 'kies een andere plek'),
    ],
)
def test_een_weigering_is_een_zin_en_raakt_niets_aan(plek, doel, overige, woorden):
    voor = inhoud(plek)
    resultaat = speel(*([str(plek / doel)] if doel else []), *overige)
    assert resultaat.returncode == 2
    assert resultaat.stdout == ''
    assert woorden in resultaat.stderr
    assert len(resultaat.stderr.splitlines()) == 1
    assert inhoud(plek) == voor


def test_tot_0_geeft_alles_behalve_migraties_en_een_database(plek):
    resultaat = speel(str(plek / 'leeg'), '--tot', '0')
    assert resultaat.returncode == 0, resultaat.stderr
    gemaakt = inhoud(plek / 'leeg')
    tests = {f'tests/{pad.name}' for pad in (PROJECT / 'tests').glob('*.py')}
    overige = {
        'BasicModelApp.py',
        'LEERLING.md',
        'requirements.txt',
        'pyproject.toml',
        '.gitignore',
    }
    assert set(gemaakt) == tests | overige | {'tests'}
    for naam in tests | overige:
        assert gemaakt[naam].splitlines() == (PROJECT / naam).read_bytes().splitlines()


def test_de_module_begint_opnieuw_ook_als_de_leerling_al_verder_is(na_stap, plek):
    verder = na_stap(2)
    assert 'woonplaats' in (verder / 'BasicModelApp.py').read_text(encoding='utf-8')
    resultaat = speel(str(plek / 'leeg'), '--tot', '0', project=verder)
    assert resultaat.returncode == 0, resultaat.stderr
    begin = (PROJECT / 'BasicModelApp.py').read_text(encoding='utf-8')
    assert (plek / 'leeg' / 'BasicModelApp.py').read_text(encoding='utf-8') == begin


def zonder_toeval(map_: Path) -> dict[str, str]:
    """De module en de scripts, zonder revision ids en datums."""
    bestanden = [map_ / 'BasicModelApp.py', *map_.glob('migrations/versions/*.py')]
    return {
        re.sub(r'^[0-9a-f]{12}_', '', pad.name): re.sub(
            r'[0-9a-f]{12}|\d{4}-\d\d-\d\d [\d:.]+', '*', pad.read_text(encoding='utf-8')
        )
        for pad in bestanden
    }


def in_de_database(map_: Path) -> tuple[list, list]:
    """Hoe de tabellen gemaakt zijn en wat er in de rijen staat, op het tijdstip na."""
    motor = sa.create_engine(sa.URL.create('sqlite', database=str(map_ / 'data.sqlite')))
    with motor.connect() as verbinding:
        sql = verbinding.execute(sa.text('SELECT name, sql FROM sqlite_master ORDER BY name'))
        rijen = verbinding.execute(sa.text('SELECT * FROM cursisten ORDER BY id'))
        inhoud = [{**rij, 'ingeschreven_op': None} for rij in rijen.mappings()]
        uitkomst = sql.all(), inhoud
    motor.dispose()
    return uitkomst


@pytest.mark.parametrize('nummer', [3])
def test_de_map_is_die_van_de_les_ook_met_lastige_tekens_erin(gespeeld, tmp_path, nummer):
    doel = tmp_path / 'map één #3 van 100%'
    resultaat = speel(str(doel), '--tot', str(nummer))
    assert resultaat.returncode == 0, resultaat.stderr
    assert resultaat.stdout.splitlines()[:3] == [
        'stap 1   De eerste migratie',
        'stap 2   Een kolom erbij',
        'stap 3   Een verplichte kolom',
    ]
    assert zonder_toeval(doel) == zonder_toeval(gespeeld(nummer).map)
    assert in_de_database(doel) == in_de_database(gespeeld(nummer).map)
    assert not list(doel.rglob('instance'))


@pytest.mark.parametrize('nummer', [5, 6, 7, 8, 10])
def test_overslaan_wat_niets_verandert_geeft_dezelfde_stand(gespeeld, na_stap, nummer):
    map_ = na_stap(nummer - 1)
    assert list(Speler(map_, alles=False).speel(LES, nummer)) == []
    assert zonder_toeval(map_) == zonder_toeval(gespeeld(nummer).map)
    assert in_de_database(map_) == in_de_database(gespeeld(nummer).map)


def test_een_fout_in_de_les_noemt_de_regel(na_stap, plek):
    project = na_stap(0)
    les = project / 'LEERLING.md'
    tekst = les.read_text(encoding='utf-8')
    assert tekst.count('| `rm -r migrations` |') == 1
    les.write_text(
        tekst.replace('| `rm -r migrations` |', '| `wis migrations` |'), encoding='utf-8'
    )
    regel = tekst[: tekst.index('| `rm -r migrations` |')].count('\n') + 1
    resultaat = speel(str(plek / 'leeg'), '--tot', '1', project=project)
    assert resultaat.returncode == 1
    assert f'LEERLING.md, regel {regel}: ' in resultaat.stderr
    assert 'is niet af' in resultaat.stderr
    assert 'Traceback' not in resultaat.stderr


def test_een_opdracht_die_halverwege_mislukt_noemt_de_regel(na_stap, plek):
    project = na_stap(0)
    shutil.rmtree(project / 'tests' / '__pycache__', ignore_errors=True)
    les = project / 'LEERLING.md'
    tekst = les.read_text(encoding='utf-8')
    assert tekst.count('`export FLASK_APP=BasicModelApp.py` |') == 1
    les.write_text(
        tekst.replace(
            '`export FLASK_APP=BasicModelApp.py` |', '`export FLASK_APP=BasisModelApp.py` |'
        ),
        encoding='utf-8',
    )
    resultaat = speel(str(plek / 'leeg'), '--tot', '1', project=project)
    assert resultaat.returncode == 1
    # De tweede `flask db init` is de eerste opdracht die had moeten lukken.
    regels = [
        nummer
        for nummer, regel in enumerate(tekst.splitlines(), start=1)
        if regel == '$ flask db init'
    ]
    assert f'LEERLING.md, regel {regels[1]}: `flask db init` mislukt' in resultaat.stderr


# -- vergelijken -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('getoond', 'echt', 'regel'),
    [
        (['a', 'b'], ['a', 'b'], None),
        (['...'], [], None),
        (['...', 'c'], ['a', 'b', 'c'], None),
        (['a', '...', 'c', '...'], ['a', 'c', 'c', 'd'], None),
        (['Generating ...x.py ...  done'], ['Generating /een/pad/x.py ...  done'], None),
        ([], [], None),
        ([], ['a'], 1),
        (['a'], ['a', 'b'], 2),
        (['a', 'c'], ['a', 'b', 'c'], 3),
        (['a', 'b'], ['a'], 3),
        (['...', 'd'], ['a', 'b', 'c'], 3),
        (['b', '...', 'a'], ['a', 'b'], 2),
        (['a...'], ['ba'], 2),
    ],
)
def test_vergelijken_noemt_de_eerste_regel_die_anders_is(getoond, echt, regel):
    fout = vergelijk(list(enumerate(getoond, start=2)), echt, 1)
    assert (fout and fout.regel) == regel


# -- code invoegen ----------------------------------------------------------------------------

BESTAND = """\
import os

db = 1

# Over de klasse.
class A:
    x = 1

    def f(self):
        return 1


def los():
    pass
    # einde
""".splitlines()


@pytest.mark.parametrize(
    ('blok', 'stuk', 'nieuw'),
    [
        # Een definitie die er al is, wordt vervangen; het commentaar erboven blijft.
        (['class A:', '    y = 2'], ['# Over de klasse.', 'class A:', '    y = 2', ''], {1}),
        # Staat er commentaar in het blok, dan komt dat ervoor in de plaats.
        (['# Anders.', 'class A:', '    x = 1'], ['', '# Anders.', 'class A:', '    x = 1'], {0}),
        # Wat nieuw is, komt voor de volgende definitie van het blok die er al is...
        (['namen = 2', 'db = namen'], ['import os', '', 'namen = 2', 'db = namen', ''], {0, 1}),
        # ... of anders na de vorige ...
        (['import os', 'import re'], ['import os', 'import re', '', 'db = 1'], {1}),
        # ... of anders onderaan.
        (['class B:', '    z = 1'], ['    # einde', '', '', 'class B:', '    z = 1'], {0, 1}),
        # Commentaar onderaan in een functie hoort bij die functie.
        (['def los():', '    return'], ['', 'def los():', '    return'], {1}),
    ],
)
def test_invoegen_vervangt_hele_definities_en_weet_wat_nieuw_is(blok, stuk, nieuw):
    inhoud, gewijzigd = voeg_in(BESTAND, blok)
    plekken = range(len(inhoud) - len(stuk) + 1)
    assert any(inhoud[plek : plek + len(stuk)] == stuk for plek in plekken), inhoud
    assert gewijzigd == nieuw
    assert inhoud.count('# Over de klasse.') <= 1


def test_een_codeblok_dat_niet_ophoudt_is_een_fout_in_de_tekst():
    with pytest.raises(LesFout, match='regel 2: dit codeblok houdt niet op'):
        lees_les('## Stap 0. Begin\n```console\n$ pytest\n')


def test_een_stap_die_ontbreekt_is_een_fout_in_de_tekst():
    with pytest.raises(LesFout, match='regel 2: hier hoort stap 1 te beginnen'):
        lees_les('## Stap 0. Begin\n## Stap 2. Verder\n')
