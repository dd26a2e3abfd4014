"""Mappen die kloppen, hoe ze ook gemaakt zijn, en mappen met precies één fout erin."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import methodcaller
from pathlib import Path
from textwrap import indent

import pytest
from beweringen import is_goed, keurt_af
from controle import vertelling
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from leerling import EERSTE, KOLOM, NIVEAU, SCRIPT, WOONPLAATS, Leerling
from recepten import RECEPTEN, STRAAT, Werk, is_vrij, regels, zonder_batch
from standen import stand
from stappen import CURSISTEN, KLASSEN, LAATSTE, MODULE, STAPPEN, TABEL, kolommen_na
from test_schade import aan_een_regel

# Elk voorbeeld kost een keer naspelen. Elke run heeft dezelfde, en zoekt niet naar een kleiner.
INSTELLINGEN = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

ZONDER_RECEPT = [stap.titel for stap in STAPPEN if stap.titel not in RECEPTEN]

# Wat recepten gebruikt heeft er een van elke stap nodig; de eerste test zegt welk er ontbreekt.
met_recepten = pytest.mark.skipif(bool(ZONDER_RECEPT), reason='er ontbreekt een recept')


def zoveel(kort: int, lang: int) -> pytest.MarkDecorator:
    """Hoeveel voorbeelden een test heeft, en hoeveel met --lang."""
    keuzes = [kort, pytest.param(lang, marks=pytest.mark.lang)]
    return pytest.mark.parametrize('aantal', keuzes)


def voor_elk_voorbeeld(aantal: int, **trek: st.SearchStrategy) -> Callable:
    """Doet wat eronder staat meteen, met zoveel voorbeelden."""
    return lambda test: settings(INSTELLINGEN, max_examples=aantal)(given(**trek)(test))()


# --- Recepten ---------------------------------------------------------------------------------


def test_elke_stap_heeft_een_recept():
    if ZONDER_RECEPT:
        zin = 'Zet in tests/onderhoud/recepten.py, in RECEPTEN, een recept als:'
        voorbeelden = [f"    '{titel}': [kolom_erbij('...')]," for titel in ZONDER_RECEPT]
        pytest.fail('\n'.join([zin, *voorbeelden]), pytrace=False)


@met_recepten
def test_elk_eigen_script_is_goed_tot_zijn_downgrade_niets_doet(leerling):
    w = leerling(0)
    w.flask('db', 'init')
    w.model_van(LAATSTE)
    revisie = None
    for stap in STAPPEN:
        revisie = w.schrijf_script(f'{stap.nummer}', *regels(*RECEPTEN[stap.titel]), revisie)
    w.flask('db', 'upgrade')
    is_goed(w, LAATSTE)
    for stap in STAPPEN:
        script = w.script(f'{stap.nummer}')
        goed = w.lees(script)
        w.schrijf(goed.partition('def downgrade')[0] + 'def downgrade():\n    pass\n', script)
        keurt_af(w, stap.nummer, 'downgrade()')
        w.schrijf(goed, script)


# --- Een map die klopt ------------------------------------------------------------------------


def trek_scripts(trek: Callable, gehaald: int, eigen: bool) -> list[list[Werk]]:
    """Per script het werk; de eerste is de eerste migratie."""
    vrij, vast = [[zonder_batch(STRAAT)]] if eigen else [], []
    for stap in STAPPEN[1:gehaald]:
        (vrij if is_vrij(stap) else vast).append(RECEPTEN[stap.titel])
    # Waar een script ophoudt is vrij: zo komen er gesplitste en samengevoegde migraties.
    scripts = [RECEPTEN[STAPPEN[0].titel]]
    for stuk in [stuk for werk in trek(st.permutations(vrij)) + vast for stuk in werk]:
        if len(scripts) > 1 and trek(st.booleans()):
            scripts[-1] = [*scripts[-1], stuk]
        else:
            scripts.append([stuk])
    return scripts


def trek_module(trek: Callable, gehaald: int, eigen: bool) -> str:
    """Een module met de kolommen van de les in een andere volgorde."""
    tabellen = {TABEL: [STRAAT.regel] if eigen else []}
    for kolom in kolommen_na(gehaald).values():
        tabellen.setdefault(kolom.tabel, []).append(kolom.regel)
    tekst = (stand(EERSTE) / MODULE).read_text(encoding='utf-8').partition('# Een model')[0]
    for tabel, kolommen in tabellen.items():
        kop = f"class {KLASSEN[tabel]}(db.Model):\n    __tablename__ = '{tabel}'"
        tekst += '\n    '.join([kop, *trek(st.permutations(kolommen))]) + '\n\n\n'
    return tekst


@contextmanager
def gebouwd(
    trek: Callable, vanaf: int = EERSTE, tot: int = LAATSTE
) -> Iterator[tuple[Leerling, int, str]]:
    """Een map die klopt, met een database die op en neer is geweest.

    Daarbij hoeveel stappen er af zijn, en het laatste script.
    """
    gehaald, eigen = trek(st.integers(vanaf, tot)), trek(st.booleans())
    einde = trek(st.sampled_from(['\n', '\r\n']))
    scripts = trek_scripts(trek, gehaald, eigen)
    ids = st.from_regex('[0-9a-f]{12}', fullmatch=True)
    ids = trek(st.lists(ids, min_size=len(scripts), max_size=len(scripts), unique=True))
    with tempfile.TemporaryDirectory() as tijdelijk:
        w = Leerling(Path(tijdelijk, 'goed'))
        overslaan = shutil.ignore_patterns('*_*.py', '__pycache__')
        shutil.copytree(stand(EERSTE) / 'migrations', w.map / 'migrations', ignore=overslaan)
        module = trek_module(trek, gehaald, eigen)
        w.module.write_text(module, encoding='utf-8', newline=einde)
        for id_, vorige, werk in zip(ids, [None, *ids], scripts, strict=False):
            naam = trek(st.sampled_from(['stap', 'één', 'x']))
            heen, terug = (indent(tekst, '    ') for tekst in regels(*werk))
            kop = {'naam': naam, 'revisie': id_, 'vorige': vorige}
            script = SCRIPT.format(**kop, upgrade=heen, downgrade=terug)
            pad = w.versions / f'{id_}_{naam}.py'
            pad.write_text(script, encoding='utf-8', newline=einde)
        w.flask('db', 'upgrade', ids[0])
        for naam in trek(st.lists(st.text('abcé', min_size=1, max_size=5), max_size=4)):
            rij = dict.fromkeys(CURSISTEN[0], len(naam) + 17) | {'naam': naam}
            w.sql(f'INSERT INTO {TABEL} ({", ".join(rij)}) VALUES {tuple(rij.values())}')
        w.flask('db', 'upgrade')
        w.flask('db', 'downgrade', trek(st.sampled_from(ids)))
        w.flask('db', 'upgrade')
        yield w, gehaald, f'migrations/versions/{pad.name}'


@met_recepten
@zoveel(5, 50)
def test_een_map_die_klopt_is_goed_hoe_hij_ook_gemaakt_is(aantal):
    @voor_elk_voorbeeld(aantal, data=st.data())
    def klopt(data):
        with gebouwd(data.draw) as (w, gehaald, _):
            is_goed(w, gehaald)


# --- Een map met een fout ---------------------------------------------------------------------


UPGRADE = 'def upgrade():'
REGEL = KOLOM[WOONPLAATS].regel

# Wat er in de module verandert, en in welke soort afwijking dat te zien is.
IN_DE_MODULE = (
    (REGEL, '# ', 'model'),
    (REGEL, f'{REGEL}\n    extra = db.Column(db.Text)', 'model'),
    (REGEL, f'{REGEL},', 'onzichtbaar'),
)
# Net zo, in het laatste script.
IN_HET_SCRIPT = (
    ("down_revision = '", "down_revision = 'f", 'reeks'),
    ('def downgrade():', 'def downgrade():\n    1 / 0', 'naspelen'),
    (UPGRADE, UPGRADE.removesuffix(':'), 'script'),
    (UPGRADE, f"{UPGRADE}\n    op.execute('DELETE FROM {TABEL}')", 'waarden'),
)
# Met de hand in de database: dat is altijd een afwijking van de database.
MET_DE_HAND = (
    f'ALTER TABLE {TABEL} ADD COLUMN extra TEXT',
    'DELETE FROM alembic_version',
    "UPDATE alembic_version SET version_num = 'onbekend'",
)


def fouten(laatste: str) -> Iterator[tuple[str, Callable]]:
    """De soort van elke fout, en hoe een leerling hem maakt."""
    for oud, nieuw, soort in IN_DE_MODULE:
        yield soort, methodcaller('vervang', oud, nieuw)
    for oud, nieuw, soort in IN_HET_SCRIPT:
        yield soort, methodcaller('vervang', oud, nieuw, laatste)
    for opdracht in MET_DE_HAND:
        yield 'database', methodcaller('sql', opdracht)
    yield 'database', lambda w: w.database.write_bytes(b'')


@met_recepten
@zoveel(2, 10)
def test_een_map_met_een_fout_krijgt_een_hint_over_die_fout(aantal):
    @voor_elk_voorbeeld(aantal, data=st.data())
    def elke_fout_valt_op(data):
        with gebouwd(data.draw, vanaf=WOONPLAATS) as (goed, _, laatste):
            for nummer, (soort, maak_fout) in enumerate(fouten(laatste)):
                w = Leerling(shutil.copytree(goed.map, goed.map.with_name(f'fout_{nummer}')))
                maak_fout(w)
                gevonden = [afwijking.soort for afwijking in w.oordeel().afwijkingen]
                assert gevonden[:1] == [soort], f'{maak_fout}: {w.wat_nu()}'
                assert w.wat_nu().startswith('Wat nu: stap')


# Een korte reeks: dan is er vaker maar een script, en dat is stuk.
@met_recepten
@zoveel(10, 100)
def test_een_beschadigde_regel_laat_de_controle_niet_struikelen(aantal):
    @voor_elk_voorbeeld(aantal, data=st.data(), toeval=st.randoms())
    def struikelt_niet(data, toeval):
        with gebouwd(data.draw, tot=NIVEAU) as (w, *_):
            aan_een_regel(w, toeval)
            oordeel = w.oordeel()
            verteld = [regel for regel, _ in vertelling.stand_van_zaken(oordeel, 80, 'utf-8')]
            assert 'Wat nu: ' in ''.join(verteld)
            fout = [stap.nummer for stap in STAPPEN if oordeel.toestand(stap.nummer) == 'fout']
            assert all(vertelling.uitleg(oordeel, nummer) for nummer in fout)
