"""`python tests/speel_les.py MAP --tot N` doet wat het belooft, en weigert netjes."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from beweringen import inhoud, zonder_toeval
from leerling import WOONPLAATS
from speel_les import PROJECT, omgeving
from spelen.dit_proces import draai_flask
from spelen.invoegen import voeg_in
from spelen.lestekst import LES
from sqlalchemy import create_engine
from standen import stand
from stappen import LAATSTE, MODULE, STAPPEN
from storing import ctrl_c, speel, storing
from vergelijker import nieuw_in, vergelijk

WEIGERINGEN = {
    f'getal van 0 tot en met {LAATSTE},': [
        f'{doe} {n}' for doe in ('nieuw --tot', '--terug') for n in (LAATSTE + 1, -1, 'drie', '²')
    ],
    'Gebruik: ': [
        *('', 'nieuw', 'nieuw --tot', '--tot 1', 'nieuw --tot 1 --snel'),
        *('--terug', '--terug nieuw 1', '--terug 1 --tot 1'),
    ],
    'niet leeg': ['vol --tot 1'],
    'is een bestand': ['bestand --tot 1'],
    'kies een andere plek': [f'{n} --tot 1' for n in ('bestand/nieuw', 'bestaat/niet', 'n' * 300)],
}


@pytest.fixture
def plek(tmp_path, monkeypatch) -> Path:
    """Waar de terminal staat: een map met een lege map, een volle map en een bestand."""
    plek = tmp_path / 'plek'
    for naam in ('leeg', 'vol/van_mij'):
        (plek / naam).mkdir(parents=True)
    (plek / 'bestand').write_text('blijf af', encoding='utf-8')
    monkeypatch.chdir(plek)
    return plek


@pytest.mark.parametrize('woorden', WEIGERINGEN)
def test_een_weigering_is_een_zin_en_raakt_niets_aan(plek, woorden):
    voor = inhoud(plek)
    for argumenten in WEIGERINGEN[woorden]:
        status, gezegd, mis = speel(plek, *argumenten.split())
        assert (status, gezegd) == (2, '')
        assert woorden in mis
        # De regels van het gebruik zijn er drie: een voor elke opdracht, en wat N is.
        assert len(mis.splitlines()) == (3 if woorden == 'Gebruik: ' else 1)
        assert inhoud(plek) == voor


def test_tot_0_geeft_alles_behalve_migraties_en_een_database(na_stap, nodig, plek):
    # Ook uit de map van een leerling die al klaar is, met bestanden van zichzelf.
    project = na_stap(LAATSTE)
    mee = {'conftest.py', 'tests/controle/extra.py', 'tests/controle/dieper/extra.txt'}
    for naam in ('van_mij.txt', 'tests/van_mij.txt', 'tests/controle/__pycache__/oud.pyc', *mee):
        (project / naam).parent.mkdir(parents=True, exist_ok=True)
        (project / naam).write_text(naam, encoding='utf-8')
    assert speel(project, 'leeg', '--tot', '0') == (0, "Klaar: 'leeg' is zoals na stap 0.\n", '')
    bron = inhoud(project)
    verwacht = {naam: bron[naam] for naam in inhoud(nodig).keys() | mee | {'tests/controle/dieper'}}
    assert inhoud(plek / 'leeg') == verwacht | {MODULE: (PROJECT / MODULE).read_bytes()}
    assert not [*plek.rglob('oud.pyc')]


def test_de_map_is_die_van_de_les_ook_met_lastige_tekens_erin(na_stap, plek, monkeypatch):
    monkeypatch.setattr(sys, 'dont_write_bytecode', False)
    # Twee stappen: de tweede gebruikt het terminalvenster van de eerste.
    voor, tot, naam = inhoud(plek), 2, 'map één #3 van 100%'
    regels = [f'stap {stap.nummer:<2}  {stap.titel}' for stap in STAPPEN[:tot]]
    klaar = '\n'.join([*regels, f"Klaar: '{naam}' is zoals na stap {tot}.\n"])
    assert speel(PROJECT, naam, '--tot', str(tot)) == (0, klaar, '')
    assert zonder_toeval(plek / naam) == zonder_toeval(stand(tot))
    # Verder is er niets gemaakt, zoals instance/ of een .pyc.
    paden = ('\n'.join(inhoud(map_)) for map_ in (plek / naam, na_stap(tot)))
    gemaakt, hoort = ({*re.sub('[0-9a-f]{12}_', '', pad).split('\n')} for pad in paden)
    assert gemaakt == hoort
    assert {n: t for n, t in inhoud(plek).items() if not n.startswith(naam)} == voor


@pytest.mark.parametrize(
    ('oud', 'nieuw', 'waar', 'melding'),
    [
        ('`rm -r migrations`', '`wis migrations`', '`rm -r', 'de opdracht .* ken ik niet'),
        # De eerste opdracht daarna is de eerste die had moeten lukken.
        (f'`export FLASK_APP={MODULE}` |', '`mkdir x` |', '$ flask db init', '`flask db init` mis'),
        ('## Stap 1.', '## Stap 2.', '## Stap', 'hier hoort stap 1 te beginnen'),
        ('## Tot slot', '```sh\n## Tot slot', '## Tot', 'dit codeblok houdt niet op'),
    ],
)
def test_een_fout_in_de_les_noemt_de_regel(leerling, plek, oud, nieuw, waar, melding):
    m = leerling(WOONPLAATS)
    tekst = m.lees(LES)
    m.vervang(oud, nieuw, LES)
    regel = tekst[: tekst.index(waar, tekst.index(oud))].count('\n') + 1
    fout = re.escape(f'{LES}, regel {regel}: ') + f'{melding}.*\n'
    for opdracht, begin, eind in (
        ('leeg --tot 1', "De map 'leeg' is niet af. ", ''),
        ('--terug 1', 'Het lukte niet. ', 'Er is niets veranderd.\n'),
    ):
        voor = inhoud(m.map)
        status, _, mis = speel(m.map, *opdracht.split())
        assert status == 1
        assert re.fullmatch(begin + fout + eind, mis)
        assert inhoud(m.map) == voor


# Flask vangt Ctrl-C zelf op, en de shell gaat daarna door.
@pytest.mark.parametrize('delen', ['db migrate', 'db upgrade', 'shell'])
def test_ctrl_c_tijdens_flask_stopt_wie_de_les_speelt(leerling, delen):
    m, werk = leerling(WOONPLAATS), omgeving() | {'FLASK_APP': MODULE}
    # Elke Engine van dit proces komt hier langs, ook die van een andere map.
    m.onderaan("db.event.listen(db.Engine, 'connect', lambda *_: None)")

    def staat() -> tuple:
        modules = {MODULE.removesuffix('.py'), 'storing'} & sys.modules.keys()
        luisteraars = len(create_engine('sqlite://').pool.dispatch.connect)
        ctrl_c = signal.getsignal(signal.SIGINT)
        return Path.cwd(), sys.path[:], {**os.environ}, modules, luisteraars, ctrl_c

    voor = staat()
    with storing(ctrl_c, 1, ('sqlite3.connect',)), pytest.raises(KeyboardInterrupt):
        draai_flask(m.map, delen.split(), werk, 'db.engine.connect()\n')
    assert staat() == voor


def test_ctrl_c_laat_een_nieuwe_map_half_en_zegt_dat(plek):
    with storing(ctrl_c, 1, ('sqlite3.connect',)):
        status, _, mis = speel(PROJECT, 'leeg', '--tot', '1')
    assert (status, mis) == (130, "Afgebroken: de map 'leeg' is niet af.\n")


# -- vergelijken -----------------------------------------------------------------------------

# Wat de les toont, wat er echt komt, en de regel die anders is. Dat elke onware regel van de tekst
# uitkomt, ziet test_les.py.
VERGELIJKINGEN = [
    *(('a ... c ...', 'a c c d', None), ('', 'a', 1), ('a', 'a b', 2), ('a b', 'a', 3)),
    ('a...', 'ba', 2),
]


@pytest.mark.parametrize(('getoond', 'echt', 'regel'), VERGELIJKINGEN)
def test_vergelijken_noemt_de_eerste_regel_die_anders_is(getoond, echt, regel):
    fout = vergelijk(list(enumerate(getoond.split(), start=2)), echt.split(), 1)
    assert (fout and fout.regel) == regel


# -- code invoegen ----------------------------------------------------------------------------

BESTAND = [
    *('import os', '', 'db = 1', '', '# Over de klasse.', 'class A:', '    x = 1', '', ''),
    *('def los():', '    pass', '    # einde'),
]


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
    assert '\n'.join(['', *stuk, '']) in '\n'.join(['', *inhoud, '']), inhoud
    assert nieuw_in(BESTAND, blok) == nieuw
    assert inhoud.count('# Over de klasse.') <= 1
