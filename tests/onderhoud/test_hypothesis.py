"""Mappen die kloppen, hoe ze ook gemaakt zijn, en mappen met precies één fout erin."""

import shutil
from collections.abc import Callable
from functools import partial
from operator import methodcaller
from pathlib import Path

import pytest
from beweringen import is_goed, keurt_af
from controle import vertelling
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from leerling import EERSTE, KOLOM, NIVEAU, WOONPLAATS, Leerling
from recepten import STRAAT, Werk, is_vrij, recept, regels, zonder_batch
from standen import stand
from stappen import CURSISTEN, KLASSEN, LAATSTE, MODULE, STAPPEN, TABEL, kolommen_na
from test_schade import aan_een_regel


def zoveel(kort: int, lang: int) -> Callable:
    """Hoeveel voorbeelden een test heeft, en hoeveel met --lang; elk met een eigen map."""

    def met_voorbeelden(test: Callable) -> Callable:
        @pytest.mark.parametrize('aantal', [kort, pytest.param(lang, marks=pytest.mark.lang)])
        def met_zoveel(aantal, tmp_path_factory):
            # Elk voorbeeld kost een keer naspelen. Elke run heeft dezelfde, en zoekt niet naar een
            # kleiner.
            instellingen = settings(
                max_examples=aantal,
                deadline=None,
                derandomize=True,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )
            nieuwe_map = partial(tmp_path_factory.mktemp, 'map')
            instellingen(given(data=st.data())(test))(nieuwe_map=nieuwe_map)

        return met_zoveel

    return met_voorbeelden


# --- Recepten ---------------------------------------------------------------------------------


def test_elk_eigen_script_is_goed_tot_zijn_downgrade_niets_doet(leerling):
    w = leerling(0)
    w.flask('db', 'init')
    w.model_van(LAATSTE)
    revisie = None
    for stap in STAPPEN:
        revisie = w.schrijf_script(f'{stap.nummer}', *regels(*recept(stap)), revisie)
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
        (vrij if is_vrij(stap) else vast).append(recept(stap))
    # Waar een script ophoudt is vrij: zo komen er gesplitste en samengevoegde migraties.
    scripts = [recept(STAPPEN[0])]
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


def bouw(map_: Path, trek: Callable, van: int = EERSTE, tot: int = LAATSTE) -> tuple[Leerling, int]:
    """Een map die klopt, met een database die op en neer is geweest, en hoeveel stappen af zijn."""
    gehaald, eigen = trek(st.integers(van, tot)), trek(st.booleans())
    scripts = trek_scripts(trek, gehaald, eigen)
    naam, aantal = st.text('abcé', min_size=1, max_size=5), len(scripts)
    namen = trek(st.lists(naam, min_size=aantal, max_size=aantal, unique=True))
    w = Leerling(map_ / 'goed')
    overslaan = shutil.ignore_patterns('*_*.py', '__pycache__')
    shutil.copytree(stand(EERSTE) / 'migrations', w.map / 'migrations', ignore=overslaan)
    w.schrijf(trek_module(trek, gehaald, eigen))
    revisies = [None]
    for script, werk in zip(namen, scripts, strict=True):
        revisies.append(w.schrijf_script(script, *regels(*werk), revisies[-1]))
    einde = trek(st.sampled_from(['\n', '\r\n']))
    for pad in (w.module, *w.versions.glob('*.py')):
        pad.write_text(pad.read_text(encoding='utf-8'), encoding='utf-8', newline=einde)
    w.flask('db', 'upgrade', revisies[1])
    for cursist in trek(st.lists(naam, max_size=4)):
        rij = dict.fromkeys(CURSISTEN[0], len(cursist) + 17) | {'naam': cursist}
        w.sql(f'INSERT INTO {TABEL} ({", ".join(rij)}) VALUES {tuple(rij.values())}')
    w.flask('db', 'upgrade')
    w.flask('db', 'downgrade', trek(st.sampled_from(revisies[1:])))
    w.flask('db', 'upgrade')
    return w, gehaald


@zoveel(5, 50)
def test_een_map_die_klopt_is_goed_hoe_hij_ook_gemaakt_is(nieuwe_map, data):
    is_goed(*bouw(nieuwe_map(), data.draw))


# --- Een map met een fout ---------------------------------------------------------------------


UPGRADE, REGEL = 'def upgrade():', KOLOM[WOONPLAATS].regel


def fouten(laatste: str) -> list[tuple[str, Callable]]:
    """Van elke soort afwijking een fout: hoe een leerling hem maakt."""
    vervang = partial(methodcaller, 'vervang')
    return [
        ('model', vervang(REGEL, '# ')),
        ('onzichtbaar', vervang(REGEL, f'{REGEL},')),
        ('reeks', vervang("down_revision = '", "down_revision = 'f", laatste)),
        ('naspelen', vervang('def downgrade():', 'def downgrade():\n    1 / 0', laatste)),
        ('script', vervang(UPGRADE, UPGRADE.removesuffix(':'), laatste)),
        ('waarden', vervang(UPGRADE, f"{UPGRADE}\n    op.execute('DELETE FROM {TABEL}')", laatste)),
        ('database', methodcaller('sql', f'ALTER TABLE {TABEL} ADD COLUMN extra TEXT')),
        ('database', methodcaller('sql', "UPDATE alembic_version SET version_num = 'onbekend'")),
    ]


@zoveel(2, 10)
def test_een_map_met_een_fout_krijgt_een_hint_over_die_fout(nieuwe_map, data):
    goed, _ = bouw(nieuwe_map(), data.draw, van=WOONPLAATS)
    for soort, maak_fout in fouten(f'migrations/versions/{goed.head()}.py'):
        w = Leerling(shutil.copytree(goed.map, nieuwe_map() / 'fout'))
        maak_fout(w)
        gevonden = [afwijking.soort for afwijking in w.oordeel().afwijkingen]
        assert gevonden[:1] == [soort], f'{maak_fout}: {w.wat_nu()}'
        assert w.wat_nu().startswith('Wat nu: stap')


# Een korte reeks: dan is er vaker maar een script, en dat is stuk.
@zoveel(10, 100)
def test_een_beschadigde_regel_laat_de_controle_niet_struikelen(nieuwe_map, data):
    w, _ = bouw(nieuwe_map(), data.draw, tot=NIVEAU)
    aan_een_regel(w, data.draw(st.randoms()))
    oordeel = w.oordeel()
    verteld = [regel for regel, _ in vertelling.stand_van_zaken(oordeel, 80, 'utf-8')]
    assert 'Wat nu: ' in ''.join(verteld)
    fout = [stap.nummer for stap in STAPPEN if oordeel.toestand(stap.nummer) == 'fout']
    assert all(vertelling.uitleg(oordeel, nummer) for nummer in fout)
