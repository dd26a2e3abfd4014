"""Meet de controle naast `flask db current`, in dezelfde map en in een keer.

    python tests/onderhoud/meet.py

Drukt de cijfers af die in het ontwerp een grens hebben, en zegt welk cijfer erover is. Het is geen
test: tijden hangen van de computer af, daarom staan ze hier als verhouding of als verschil.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from leerling import Leerling
from processen import draai
from recepten import kolom_erbij, regels
from speel_les import PROJECT
from stappen import HERNOEMD, LAATSTE, MODULE, TABEL, Kolom

try:
    import resource
except ImportError:
    # Windows houdt dit niet bij.
    resource = None

RONDEN, RONDEN_KLAS = 9, 3
# Anders dan in een test bewaart Python hier wat het heeft vertaald, in __pycache__. En een leerling
# heeft de plugins van pytest niet, die alleen onderhoud nodig heeft.
ALS_EEN_LEERLING = {'PYTHONDONTWRITEBYTECODE': '', 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}
EXTRA_MIGRATIES, EXTRA_RIJEN = 20, 10_000
# Een klas van zes keer vijf leerlingen.
STAPPEN_VAN_DE_KLAS, KEER = (2, 4, 6, 8, LAATSTE), 6

SPEEL_LES, KLAS = PROJECT / 'tests' / 'speel_les.py', PROJECT / 'tests' / 'klas.py'


def seconden(*delen: str | Path, waar: Path | None = None) -> float:
    """Hoelang een opdracht duurt zoals iemand haar typt; een fout houdt alles op."""
    begin = time.perf_counter()
    klaar = draai(*delen, waar=waar, FLASK_APP=MODULE, **ALS_EEN_LEERLING)
    duur = time.perf_counter() - begin
    assert klaar.returncode == 0, klaar.stdout
    return duur


def om_en_om(*metingen: Callable[[], float], ronden: int = RONDEN) -> list[float]:
    """De mediaan van elke meting, om en om gedaan zodat drukte ze allemaal even hard raakt."""
    tijden = [[meting() for meting in metingen] for _ in range(ronden)]
    return [statistics.median(kolom) for kolom in zip(*tijden, strict=True)]


def voeg_migraties_toe(m: Leerling) -> None:
    """Zet eigen kolommen in het model, met voor elk een migratie, en voert ze uit."""
    for nummer in range(EXTRA_MIGRATIES):
        kolom = Kolom(TABEL, f'extra_{nummer:02}', 'VARCHAR(10)')
        m.kolom(kolom.regel)
        m.schrijf_script(kolom.naam, *regels(*kolom_erbij(kolom)))
    m.flask('db', 'upgrade')


def meet_een_map(basis: Path) -> list[tuple[str, float, str, float]]:
    """De cijfers van een map waarin alle stappen goed zijn."""
    gewoon, migraties, rijen = (basis / naam for naam in ('gewoon', 'migraties', 'rijen'))
    gespeeld = [seconden(SPEEL_LES, m, '--tot', str(LAATSTE)) for m in (gewoon, migraties, rijen)]
    voeg_migraties_toe(Leerling(migraties))
    namen = ', '.join(f"('Cursist {nummer}')" for nummer in range(EXTRA_RIJEN))
    Leerling(rijen).sql(f'INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES {namen}')
    current, controle, met_migraties, met_rijen = om_en_om(
        partial(seconden, 'flask', 'db', 'current', waar=gewoon),
        *(partial(seconden, 'pytest', waar=map_) for map_ in (gewoon, migraties, rijen)),
    )
    print(f'flask db current {current:.2f} s, pytest {controle:.2f} s')
    per_migratie = (met_migraties - controle) / EXTRA_MIGRATIES
    return [
        ('pytest / flask db current', controle / current, '', 1.4),
        ('een migratie meer', per_migratie * 1000, 'ms', 25),
        (f'{EXTRA_RIJEN} rijen meer', (met_rijen - controle) * 1000, 'ms', 50),
        (f'speel_les.py --tot {LAATSTE}', statistics.median(gespeeld), 's', 10),
    ]


def meet_een_klas(basis: Path) -> list[tuple[str, float, str, float]]:
    """De cijfers van het lezen en het nakijken van een klas."""
    klas = basis / 'klas'
    for tot in STAPPEN_VAN_DE_KLAS:
        seconden(SPEEL_LES, basis / str(tot), '--tot', str(tot))
        for nummer in range(KEER):
            shutil.copytree(basis / str(tot), klas / f'{tot}_{nummer}')
    leerlingen = list(klas.iterdir())
    upgrades, nakijken, lezen, niets = om_en_om(
        lambda: sum(seconden('flask', 'db', 'upgrade', waar=map_) for map_ in leerlingen),
        partial(seconden, KLAS, klas, '--naspelen'),
        partial(seconden, KLAS, klas),
        partial(seconden, KLAS, leerlingen[0]),
        ronden=RONDEN_KLAS,
    )
    print(
        f'een klas van {len(leerlingen)}: {len(leerlingen)} keer flask db upgrade {upgrades:.1f} s'
    )
    return [
        ('een inlevering lezen', (lezen - niets) / (len(leerlingen) - 1) * 1000, 'ms', 60),
        ('--naspelen / die upgrades', nakijken / upgrades, '', 0.7),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as tijdelijk:
        cijfers = meet_een_map(Path(tijdelijk)) + meet_een_klas(Path(tijdelijk))
    if resource:
        meeste = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        # Linux telt in kB, macOS in bytes.
        mb = meeste * (1 if sys.platform == 'darwin' else 1024) / 1e6
        cijfers.append(('meeste geheugen in een proces', mb, 'MB', 100))
    for naam, waarde, eenheid, grens in cijfers:
        over = '   OVER DE GRENS' if waarde > grens else ''
        print(f'{naam:<32} {waarde:8.2f} {eenheid:<3}  grens {grens:g}{over}')


if __name__ == '__main__':
    main()
