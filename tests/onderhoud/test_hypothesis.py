"""Mappen die kloppen, hoe ze ook gemaakt zijn, en mappen met precies één fout erin."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from controle import vertelling
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from leerling import EERSTE, KOLOM, NIVEAU, WOONPLAATS, Leerling
from recepten import RECEPTEN, Werk, is_vrij
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool
from standen import stand
from stappen import CURSISTEN, KLASSEN, LAATSTE, MODULE, STAPPEN, TABEL, kolommen_na

# Elk voorbeeld kost een keer naspelen. Elke run heeft dezelfde, en zoekt niet naar een kleiner.
INSTELLINGEN = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

EIGEN_KOLOM = 'straat = db.Column(db.Text)'
EIGEN_WERK = Werk(
    [f"op.add_column('{TABEL}', sa.Column('straat', sa.Text()))"],
    [f"op.drop_column('{TABEL}', 'straat')"],
)


ZONDER_RECEPT = [stap.titel for stap in STAPPEN if stap.titel not in RECEPTEN]

# Wat recepten gebruikt heeft er een van elke stap nodig; de eerste test zegt welk er ontbreekt.
met_recepten = pytest.mark.skipif(bool(ZONDER_RECEPT), reason='er ontbreekt een recept')


def test_elke_stap_heeft_een_recept():
    if ZONDER_RECEPT:
        regels = '\n'.join(f"    '{t}': [kolom_erbij('...')]," for t in ZONDER_RECEPT)
        pytest.fail(
            f'Zet in tests/onderhoud/recepten.py, in RECEPTEN, een recept als:\n{regels}',
            pytrace=False,
        )


@met_recepten
@pytest.mark.parametrize('stap', STAPPEN, ids=lambda stap: f'stap_{stap.nummer}')
def test_een_stap_met_een_eigen_script_is_goed_tot_de_downgrade_niets_doet(leerling, stap):
    w = leerling(stap.nummer - 1)
    w.model_van(stap.nummer)
    if stap.nummer == EERSTE:
        w.flask('db', 'init')
    heen, terug = regels(RECEPTEN[stap.titel])
    # Zonder eerste migratie is er ook geen head.
    vorige = None if stap.nummer == EERSTE else w.head()
    revisie = w.schrijf_script('recept', '\n'.join(heen), '\n'.join(terug), vorige)
    w.flask('db', 'upgrade')
    oordeel = w.oordeel()
    assert not oordeel.afwijkingen, vertelling.wat_nu(oordeel)
    assert oordeel.gehaald == stap.nummer
    w.vervang('\n'.join(f'    {regel}' for regel in terug), '    pass', script_van(revisie))
    oordeel = w.oordeel()
    assert [n for n in range(1, LAATSTE + 1) if oordeel.toestand(n) == 'fout'] == [stap.nummer]
    assert 'downgrade()' in vertelling.wat_nu(oordeel)


def script_van(revisie: str) -> str:
    return f'migrations/versions/{revisie}.py'


def regels(werk: list[Werk]) -> tuple[list[str], list[str]]:
    """De regels van upgrade() en die van downgrade(), in de omgekeerde volgorde."""
    return (
        [regel for stuk in werk for regel in stuk.heen],
        [regel for stuk in werk[::-1] for regel in stuk.terug],
    )


# --- Een map die klopt ------------------------------------------------------------------------


@dataclass
class Bouwplan:
    """Een map die klopt: hoe ver hij is, en hoe hij daar kwam."""

    gehaald: int
    # Per script het werk; de eerste is de eerste migratie.
    scripts: list[list[Werk]]
    ids: list[str]
    berichten: list[str]
    kolommen: list[str]
    namen: list[str]
    crlf: bool
    terug: int


def lijst_van(aantal: int, **extra) -> dict:
    return {'min_size': aantal, 'max_size': aantal, **extra}


@st.composite
def bouwplannen(trek, vanaf: int = EERSTE, tot: int = LAATSTE) -> Bouwplan:
    gehaald = trek(st.integers(vanaf, tot))
    eigen = trek(st.booleans())
    gedaan = STAPPEN[1:gehaald]
    vrij = [RECEPTEN[stap.titel] for stap in gedaan if is_vrij(stap)]
    vrij += [[EIGEN_WERK]] if eigen else []
    vast = [RECEPTEN[stap.titel] for stap in gedaan if not is_vrij(stap)]
    # Waar een script ophoudt is vrij: zo komen er gesplitste en samengevoegde migraties.
    scripts = [RECEPTEN[STAPPEN[0].titel]]
    for stuk in [stuk for werk in trek(st.permutations(vrij)) + vast for stuk in werk]:
        if len(scripts) > 1 and trek(st.booleans()):
            scripts[-1].append(stuk)
        else:
            scripts.append([stuk])
    aantal = len(scripts)
    kolommen = [k.regel for k in kolommen_na(gehaald).values() if k.tabel == TABEL]
    ids = st.from_regex('[0-9a-f]{12}', fullmatch=True)
    berichten = st.sampled_from(['woonplaats', 'stap', 'één', 'x'])
    return Bouwplan(
        gehaald,
        scripts,
        trek(st.lists(ids, **lijst_van(aantal, unique=True))),
        trek(st.lists(berichten, **lijst_van(aantal))),
        trek(st.permutations(kolommen + ([EIGEN_KOLOM] if eigen else []))),
        trek(st.lists(st.text('abcé', min_size=1, max_size=5), max_size=4)),
        trek(st.booleans()),
        trek(st.integers(0, aantal - 1)),
    )


def bouw(plan: Bouwplan, begin: Path, w: Leerling) -> None:
    """Maakt de map: de module, de scripts, en een database die op en neer is geweest."""
    overslaan = shutil.ignore_patterns('*_*.py', '__pycache__')
    shutil.copytree(begin / 'migrations', w.map / 'migrations', ignore=overslaan)
    module = (begin / MODULE).read_text(encoding='utf-8').partition('# Een model')[0]
    tabellen = {TABEL: plan.kolommen}
    for kolom in kolommen_na(plan.gehaald).values():
        if kolom.tabel != TABEL:
            tabellen.setdefault(kolom.tabel, []).append(kolom.regel)
    for tabel, kolommen in tabellen.items():
        module += f"class {KLASSEN[tabel]}(db.Model):\n    __tablename__ = '{tabel}'\n"
        module += ''.join(f'    {regel}\n' for regel in kolommen) + '\n\n'
    einde = '\r\n' if plan.crlf else '\n'
    w.module.write_text(module, encoding='utf-8', newline=einde)
    for plaats, id_ in enumerate(plan.ids):
        script = w.versions / f'{id_}_{plan.berichten[plaats]}.py'
        script.write_text(script_tekst(plan, plaats), encoding='utf-8', newline=einde)
    adres = URL.create('sqlite', database=str(w.database))
    with create_engine(adres, poolclass=NullPool).begin() as verbinding:
        with Operations.context(MigrationContext.configure(verbinding)):
            aantal = len(plan.ids)
            voer_uit(plan, 'upgrade', range(1))
            for naam in plan.namen:
                rij = dict.fromkeys(CURSISTEN[0], len(naam) + 17) | {'naam': naam}
                verbinding.exec_driver_sql(
                    f'INSERT INTO {TABEL} ({", ".join(rij)}) VALUES (?, ?)', tuple(rij.values())
                )
            voer_uit(plan, 'upgrade', range(1, aantal))
            op_en_neer = range(aantal - plan.terug, aantal)
            voer_uit(plan, 'downgrade', op_en_neer[::-1])
            voer_uit(plan, 'upgrade', op_en_neer)
        verbinding.exec_driver_sql('CREATE TABLE alembic_version (version_num TEXT NOT NULL)')
        verbinding.exec_driver_sql('INSERT INTO alembic_version VALUES (?)', (plan.ids[-1],))


def script_tekst(plan: Bouwplan, plaats: int) -> str:
    vorige = plan.ids[plaats - 1] if plaats else None
    functies = zip(('upgrade', 'downgrade'), regels(plan.scripts[plaats]), strict=True)
    return (
        f'"""{plan.berichten[plaats]}"""\nfrom alembic import op\nimport sqlalchemy as sa\n\n'
        f'revision = {plan.ids[plaats]!r}\ndown_revision = {vorige!r}\n\n\n'
        + ''.join(
            f'def {naam}():\n' + ''.join(f'    {regel}\n' for regel in inhoud) + '\n\n'
            for naam, inhoud in functies
        )
    )


def voer_uit(plan: Bouwplan, functie: str, plaatsen: range) -> None:
    for plaats in plaatsen:
        inhoud = {}
        exec(script_tekst(plan, plaats), inhoud)
        inhoud[functie]()


@pytest.fixture(scope='module')
def begin() -> Path:
    return stand(EERSTE)


@contextmanager
def gebouwd(plan: Bouwplan, begin: Path) -> Iterator[Leerling]:
    with tempfile.TemporaryDirectory() as tijdelijk:
        w = Leerling(Path(tijdelijk))
        bouw(plan, begin, w)
        yield w


@met_recepten
@INSTELLINGEN
@given(plan=bouwplannen())
def test_een_map_die_klopt_is_goed_hoe_hij_ook_gemaakt_is(begin, plan):
    with gebouwd(plan, begin) as w:
        oordeel = w.oordeel()
        assert not oordeel.afwijkingen, vertelling.wat_nu(oordeel)
        assert oordeel.gehaald == plan.gehaald


# --- Een map met een fout ---------------------------------------------------------------------


def in_module(oud: str, nieuw: str):
    return lambda w, plan: vervang(w.module, oud, nieuw)


def in_laatste_script(oud: str, nieuw: str):
    return lambda w, plan: vervang(
        next(w.versions.glob(f'{plan.ids[-1]}_*.py')), oud.format(vorige=plan.ids[-2]), nieuw
    )


def vervang(bestand: Path, oud: str, nieuw: str) -> None:
    tekst = bestand.read_bytes().decode()
    assert oud in tekst
    bestand.write_bytes(tekst.replace(oud, nieuw, 1).encode())


# Elke fout: wat er verandert, en in welke soort afwijking dat te zien is.
FOUTEN = {
    'een kolom uit het model': (in_module('woonplaats = ', '# '), 'model'),
    'een kolom te veel in het model': (
        in_module(f"'{TABEL}'", f"'{TABEL}'\n    extra = db.Column(db.Text)"),
        'model',
    ),
    'een komma achter een kolom': (
        in_module(KOLOM[WOONPLAATS].regel, KOLOM[WOONPLAATS].regel + ','),
        'onzichtbaar',
    ),
    'een script dat op niets volgt': (in_laatste_script('{vorige}', 'f' * 13), 'reeks'),
    'een downgrade die stopt': (
        in_laatste_script('def downgrade():', 'def downgrade():\n    1 / 0'),
        'naspelen',
    ),
    'een script met een syntaxfout': (
        in_laatste_script('def upgrade():', 'def upgrade()'),
        'script',
    ),
    'een upgrade die rijen wist': (
        in_laatste_script(
            'def upgrade():', f"def upgrade():\n    op.execute('DELETE FROM {TABEL}')"
        ),
        'waarden',
    ),
    'een kolom met de hand': (
        lambda w, plan: w.sql(f'ALTER TABLE {TABEL} ADD COLUMN extra TEXT'),
        'database',
    ),
    'geen revisie in de database': (
        lambda w, plan: w.sql('DELETE FROM alembic_version'),
        'database',
    ),
    'een onbekende revisie': (
        lambda w, plan: w.sql("UPDATE alembic_version SET version_num = 'onbekend'"),
        'database',
    ),
    'een lege database': (lambda w, plan: w.database.write_bytes(b''), 'database'),
}


@met_recepten
@INSTELLINGEN
@given(plan=bouwplannen(vanaf=WOONPLAATS), fout=st.sampled_from(sorted(FOUTEN)))
def test_een_map_met_een_fout_krijgt_een_hint_over_die_fout(begin, plan, fout):
    maak_fout, soort = FOUTEN[fout]
    with gebouwd(plan, begin) as w:
        maak_fout(w, plan)
        oordeel = w.oordeel()
        assert oordeel.afwijkingen, f'Niemand merkte dit: {fout}.'
        assert oordeel.afwijkingen[0].soort == soort, vertelling.wat_nu(oordeel)
        assert vertelling.wat_nu(oordeel).startswith('Wat nu: stap')


# Wat er met een regel kan gebeuren: het wordt een rij van geen, een of twee regels.
SCHADE = {
    'weg': lambda regel: [],
    'dubbel': lambda regel: [regel, regel],
    'commentaar': lambda regel: [f'# {regel}'],
    'half': lambda regel: [regel[: len(regel) // 2]],
    'zonder inspringen': lambda regel: [regel.lstrip()],
    'verder ingesprongen': lambda regel: [f'    {regel}'],
    'een ander woord': lambda regel: [regel.replace(TABEL, 'None').replace('db', 'x')],
}


# Een korte reeks: dan is er vaker maar een script, en dat is stuk.
@met_recepten
@settings(INSTELLINGEN, max_examples=100)
@given(plan=bouwplannen(tot=NIVEAU), schade=st.sampled_from(sorted(SCHADE)), plek=st.data())
def test_een_beschadigde_regel_laat_de_controle_niet_struikelen(begin, plan, schade, plek):
    with gebouwd(plan, begin) as w:
        bestand = plek.draw(st.sampled_from([w.module, *sorted(w.versions.glob('*.py'))]))
        tekst = bestand.read_text(encoding='utf-8').splitlines()
        nummer = plek.draw(st.integers(0, len(tekst) - 1))
        tekst[nummer : nummer + 1] = SCHADE[schade](tekst[nummer])
        bestand.write_text('\n'.join(tekst), encoding='utf-8')
        oordeel = w.oordeel()
        verteld = ''.join(regel for regel, _ in vertelling.stand_van_zaken(oordeel, 80, 'utf-8'))
        assert 'Wat nu: ' in verteld
        fout = [stap.nummer for stap in STAPPEN if oordeel.toestand(stap.nummer) == 'fout']
        assert all(vertelling.uitleg(oordeel, nummer) for nummer in fout)
