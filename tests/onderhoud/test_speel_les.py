"""`python tests/speel_les.py MAP --tot N` doet wat het belooft, en weigert netjes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from beweringen import inhoud, zonder_toeval
from speel_les import BESTANDEN, PROJECT, lees, omgeving
from spelen.invoegen import voeg_in
from spelen.lestekst import LesFout, lees_les
from standen import stand
from stappen import LAATSTE, STAPPEN
from test_een_stem import InDitProces
from vergelijker import nieuw_in, vergelijk

LES = lees('LEERLING.md')


def speel(*argumenten: str, project: Path = PROJECT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, project / 'tests' / 'speel_les.py', *argumenten],
        env=omgeving(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding='utf-8',
        timeout=300,
    )


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
        ('nieuw', ['--tot', str(LAATSTE + 1)], f'getal van 0 tot en met {LAATSTE},'),
        ('nieuw', ['--tot', '-1'], f'getal van 0 tot en met {LAATSTE},'),
        ('nieuw', ['--tot', 'drie'], f'getal van 0 tot en met {LAATSTE},'),
        ('nieuw', ['--tot', '²'], f'getal van 0 tot en met {LAATSTE},'),
        ('nieuw', ['--tot'], 'Gebruik: '),
        ('nieuw', [], 'Gebruik: '),
        (None, ['--tot', '1'], 'Gebruik: '),
        (None, [], 'Gebruik: '),
        ('nieuw', ['--tot', '1', '--snel'], 'Gebruik: '),
        ('vol', ['--tot', '1'], 'niet leeg'),
        ('bestand', ['--tot', '1'], 'is een bestand'),
        ('bestand/nieuw', ['--tot', '1'], 'kies een andere plek'),
        ('bestaat/niet', ['--tot', '1'], 'kies een andere plek'),
        ('n' * 300, ['--tot', '1'], 'kies een andere plek'),
    ],
)
def test_een_weigering_is_een_zin_en_raakt_niets_aan(plek, doel, overige, woorden):
    voor = inhoud(plek)
    resultaat = speel(*([str(plek / doel)] if doel else []), *overige)
    assert resultaat.returncode == 2
    assert resultaat.stdout == ''
    assert woorden in resultaat.stderr
    # De regels van het gebruik zijn er drie: een voor elke opdracht, en wat N is.
    assert len(resultaat.stderr.splitlines()) == (3 if woorden == 'Gebruik: ' else 1)
    assert inhoud(plek) == voor


def test_tot_0_geeft_alles_behalve_migraties_en_een_database(na_stap, plek):
    # Ook uit de map van een leerling die al klaar is, met bestanden van zichzelf.
    project = na_stap(LAATSTE)
    eigen = {'van_mij.txt', 'tests/van_mij.txt', 'tests/controle/__pycache__/oud.pyc'}
    mee = {'conftest.py', 'tests/controle/extra.py', 'tests/controle/dieper/extra.txt'}
    for naam in eigen | mee:
        (project / naam).parent.mkdir(parents=True, exist_ok=True)
        (project / naam).write_text(naam, encoding='utf-8')
    resultaat = speel(str(plek / 'leeg'), '--tot', '0', project=project)
    assert resultaat.returncode == 0, resultaat.stderr
    begin = (PROJECT / 'BasicModelApp.py').read_text(encoding='utf-8')
    assert (plek / 'leeg' / 'BasicModelApp.py').read_text(encoding='utf-8') == begin
    assert (project / 'BasicModelApp.py').read_text(encoding='utf-8') != begin
    gemaakt = {naam: tekst for naam, tekst in inhoud(plek / 'leeg').items() if tekst}
    bron = inhoud(project)
    verwacht = {'BasicModelApp.py', *BESTANDEN} | {
        naam
        for naam in bron
        if bron[naam] and re.match(r'tests/(\w+\.py$|spelen/|controle/)', naam)
    }
    assert verwacht >= mee
    assert set(gemaakt) == verwacht
    for naam in verwacht - {'BasicModelApp.py'}:
        assert gemaakt[naam] == bron[naam]


def test_de_map_is_die_van_de_les_ook_met_lastige_tekens_erin(tmp_path):
    # Twee stappen: de tweede gebruikt het terminalvenster van de eerste.
    tot = 2
    verwacht = stand(tot)
    doel = tmp_path / 'map één #3 van 100%'
    resultaat = speel(str(doel), '--tot', str(tot))
    assert resultaat.returncode == 0, resultaat.stderr
    assert resultaat.stdout.splitlines()[:tot] == [
        f'stap {stap.nummer:<2}  {stap.titel}' for stap in STAPPEN[:tot]
    ]
    assert zonder_toeval(doel) == zonder_toeval(verwacht)
    assert not list(doel.rglob('instance'))


@pytest.mark.parametrize('nummer', range(1, LAATSTE + 1))
def test_overslaan_wat_niets_verandert_geeft_dezelfde_stand(na_stap, nummer):
    verwacht = stand(nummer)
    map_ = na_stap(nummer - 1)
    # De test hierboven doet dit voor twee stappen met een proces per opdracht.
    speler = InDitProces(map_)
    if nummer > 1:
        speler.omgeving['FLASK_APP'] = 'BasicModelApp.py'
    speler.speel(LES[nummer])
    assert zonder_toeval(map_) == zonder_toeval(verwacht)


@pytest.mark.parametrize(
    ('oud', 'nieuw', 'waar', 'melding'),
    [
        ('`rm -r migrations`', '`wis migrations`', 'rm -r migrations', 'ken ik niet'),
        # De eerste opdracht daarna is de eerste die had moeten lukken.
        (
            '`export FLASK_APP=BasicModelApp.py` |',
            '`export FLASK_APP=BasisModelApp.py` |',
            '$ flask db init',
            '`flask db init` mislukt',
        ),
    ],
)
def test_een_fout_in_de_les_noemt_de_regel(na_stap, plek, oud, nieuw, waar, melding):
    project = na_stap(0)
    les = project / 'LEERLING.md'
    tekst = les.read_text(encoding='utf-8')
    assert tekst.count(oud) == 1
    les.write_text(tekst.replace(oud, nieuw), encoding='utf-8')
    regel = tekst[: tekst.index(waar, tekst.index(oud))].count('\n') + 1
    resultaat = speel(str(plek / 'leeg'), '--tot', '1', project=project)
    assert resultaat.returncode == 1
    assert f'LEERLING.md, regel {regel}: ' in resultaat.stderr
    assert melding in resultaat.stderr
    assert 'is niet af' in resultaat.stderr
    assert 'Traceback' not in resultaat.stderr


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
    inhoud = voeg_in(BESTAND, blok)
    plekken = range(len(inhoud) - len(stuk) + 1)
    assert any(inhoud[plek : plek + len(stuk)] == stuk for plek in plekken), inhoud
    assert nieuw_in(BESTAND, blok) == nieuw
    assert inhoud.count('# Over de klasse.') <= 1


def test_een_codeblok_dat_niet_ophoudt_is_een_fout_in_de_tekst():
    with pytest.raises(LesFout, match='regel 2: dit codeblok houdt niet op'):
        lees_les('## Stap 0. Begin\n```console\n$ pytest\n')


def test_een_stap_die_ontbreekt_is_een_fout_in_de_tekst():
    with pytest.raises(LesFout, match='regel 2: hier hoort stap 1 te beginnen'):
        lees_les('## Stap 0. Begin\n## Stap 2. Verder\n')
