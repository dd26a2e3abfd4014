"""Meet de controle naast `flask db current`, in dezelfde map en in een keer.

    python tests/onderhoud/meet.py

Drukt de cijfers af die in het ontwerp een grens hebben, en zegt welk cijfer erover is. Daaronder
staat wat elke slimmigheid wint: minder dan een tiende is te weinig, dan kan hij weg. Het is geen
test: tijden hangen van de computer af, daarom staan ze hier als verhouding of als verschil.
"""

import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from controle.naspelen import Kindproces
from speel_les import PROJECT
from speel_les import omgeving as schone_omgeving
from stappen import DATABASE, HERNOEMD, LAATSTE, MODULE, TABEL
from zonder_kindproces import speel_hier_na

RONDEN = 9
EXTRA_MIGRATIES = 20
EXTRA_RIJEN = 10_000
# Een klas van zes keer vijf leerlingen, om en om een paar keer nagekeken.
STAPPEN_VAN_DE_KLAS, KEER, RONDEN_KLAS = (2, 4, 6, 8, LAATSTE), 6, 3
SNEL = Path(__file__).with_name('snel')

EXTRA_MIGRATIE = """\
from alembic import op
import sqlalchemy as sa

revision = '{revisie}'
down_revision = '{vorige}'


def upgrade():
    with op.batch_alter_table('cursisten') as batch_op:
        batch_op.add_column(sa.Column('{revisie}', sa.String(length=10)))


def downgrade():
    with op.batch_alter_table('cursisten') as batch_op:
        batch_op.drop_column('{revisie}')
"""


def omgeving() -> dict[str, str]:
    """De omgeving van een leerling: Python bewaart wat het heeft vertaald in __pycache__."""
    gewoon = schone_omgeving() | {'FLASK_APP': MODULE}
    del gewoon['PYTHONDONTWRITEBYTECODE']
    return gewoon


def draai(map_: Path, *delen: str, pad: Sequence[Path] = ()) -> float:
    """Draait `python -m ...` in de map en geeft de seconden; een fout houdt alles op.

    In de mappen van `pad` zoekt Python eerst.
    """
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, '-m', *delen],
        cwd=map_,
        env=omgeving() | {'PYTHONPATH': os.pathsep.join(map(str, pad))},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - begin


def om_en_om(*metingen: Callable[[], float], ronden: int = RONDEN) -> list[float]:
    """De mediaan van elke meting, om en om gedaan zodat drukte ze allemaal even hard raakt."""
    tijden = [[meting() for meting in metingen] for _ in range(ronden)]
    return [statistics.median(kolom) for kolom in zip(*tijden, strict=True)]


def voeg_migraties_toe(map_: Path) -> None:
    """Zet eigen kolommen in het model, met voor elk een migratie, en voert ze uit."""
    head = subprocess.run(
        [sys.executable, '-m', 'flask', 'db', 'heads'],
        cwd=map_,
        env=omgeving(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[0]
    module = map_ / MODULE
    tekst = module.read_text(encoding='utf-8')
    for nummer in range(EXTRA_MIGRATIES):
        revisie = f'extra_{nummer:02}'
        (map_ / 'migrations' / 'versions' / f'{revisie}.py').write_text(
            EXTRA_MIGRATIE.format(revisie=revisie, vorige=head), encoding='utf-8'
        )
        begin = f"    __tablename__ = '{TABEL}'\n"
        tekst = tekst.replace(begin, f'{begin}    {revisie} = db.Column(db.String(10))\n')
        head = revisie
    module.write_text(tekst, encoding='utf-8')
    draai(map_, 'flask', 'db', 'upgrade')


def voeg_rijen_toe(map_: Path) -> None:
    """Zet cursisten in data.sqlite."""
    with closing(sqlite3.connect(map_ / DATABASE)) as verbinding, verbinding:
        verbinding.executemany(
            f'INSERT INTO {TABEL} ({HERNOEMD.naam}) VALUES (?)',
            ((f'Cursist {nummer}',) for nummer in range(EXTRA_RIJEN)),
        )


def meeste_geheugen(map_: Path) -> float:
    """De MB van het proces van de controle dat het meeste gebruikt; nan op Windows."""
    if not hasattr(os, 'wait4'):
        return float('nan')
    opdracht = [sys.executable, '-m', 'pytest']
    proces = subprocess.Popen(opdracht, cwd=map_, env=omgeving(), stdout=subprocess.DEVNULL)
    gebruik = os.wait4(proces.pid, 0)[2]
    # Linux telt in kB, macOS in bytes.
    return gebruik.ru_maxrss * (1 if sys.platform == 'darwin' else 1024) / 1e6


def draai_script(naam: str, *delen: str | Path) -> float:
    """Draait een script uit tests/ en geeft de seconden."""
    begin = time.perf_counter()
    opdracht = [sys.executable, PROJECT / 'tests' / naam, *delen]
    subprocess.run(opdracht, check=True, capture_output=True)
    return time.perf_counter() - begin


def speel(map_: Path, tot: int = LAATSTE) -> float:
    """Maakt de map na een stap en geeft de seconden."""
    return draai_script('speel_les.py', map_, '--tot', str(tot))


def speel_hier(map_: Path) -> float:
    """De seconden die het naspelen kost in het proces van een test."""
    begin = time.perf_counter()
    speel_hier_na(map_)
    return time.perf_counter() - begin


def speel_apart(map_: Path) -> float:
    """De seconden die het naspelen kost in een eigen proces."""
    begin = time.perf_counter()
    with Kindproces(map_) as kind:
        kind.verslag()
    return time.perf_counter() - begin


def meet_de_klas(basis: Path) -> None:
    """Drukt af wat het lezen en het nakijken van een klas kost."""
    klas, grote_klas = basis / 'klas', basis / 'grote klas'
    for tot in STAPPEN_VAN_DE_KLAS:
        speel(basis / str(tot), tot)
        for nummer in range(KEER):
            shutil.copytree(basis / str(tot), klas / f'{tot}_{nummer}')
    leerlingen = list(klas.iterdir())
    for nummer in range(10):
        for map_ in leerlingen:
            shutil.copytree(map_, grote_klas / f'{map_.name}_{nummer}')
    upgrade, nakijken, lezen, veel_lezen, niets = om_en_om(
        lambda: sum(draai(map_, 'flask', 'db', 'upgrade') for map_ in leerlingen),
        lambda: draai_script('klas.py', klas, '--naspelen'),
        lambda: draai_script('klas.py', klas),
        lambda: draai_script('klas.py', grote_klas),
        lambda: draai_script('klas.py', leerlingen[0]),
        ronden=RONDEN_KLAS,
    )
    aantal = len(leerlingen)
    print(f'\nEen klas van {aantal}: {aantal} keer flask db upgrade {upgrade:.1f} s')
    cijfer('--naspelen / die upgrades', nakijken / upgrade, '', 0.7)
    cijfer('een map lezen', (lezen - niets) / (aantal - 1) * 1000, 'ms', 40)
    cijfer('een map lezen van tien klassen', (veel_lezen - niets) / (10 * aantal) * 1000, 'ms', 40)


# Elke slimmigheid van de controle: het bestand, en hoe het er zonder uitziet.
SLIM = {
    'niet opruimen in het kindproces': (
        'tests/controle/kindproces.py',
        lambda tekst: tekst.replace('    os._exit(0)\n', '').replace('    gc.disable()\n', ''),
    ),
    'gc uit in conftest.py': (
        'tests/conftest.py',
        lambda tekst: re.sub(r' +gc\..*\n', '', tekst),
    ),
    'importeren tijdens het naspelen': (
        'tests/conftest.py',
        lambda tekst: tekst.replace(
            '\nKLEUREN = ', '\nfrom controle import beoordeling, oefenmap, vertelling\nKLEUREN = '
        ),
    ),
}


def zonder(map_: Path, naam: str) -> Path:
    """Een kopie van de map waarin een slimmigheid ontbreekt."""
    kopie = map_.with_name(f'zonder {naam}')
    shutil.copytree(map_, kopie)
    bestand, haal_weg = SLIM[naam]
    tekst = (kopie / bestand).read_text(encoding='utf-8')
    assert haal_weg(tekst) != tekst, f'{naam}: staat niet in {bestand}.'
    (kopie / bestand).write_text(haal_weg(tekst), encoding='utf-8')
    return kopie


def cijfer(naam: str, waarde: float, eenheid: str, grens: float) -> None:
    """Een regel met een cijfer en zijn grens; wat erover is, valt op."""
    over = '   OVER DE GRENS' if waarde > grens else ''
    print(f'{naam:<32} {waarde:8.2f} {eenheid:<3}  grens {grens:g}{over}')


def winst(naam: str, met: float, zonder: float) -> None:
    """Een regel met wat een slimmigheid wint."""
    deel = 1 - met / zonder
    te_weinig = '   TE WEINIG' if deel < 0.1 else ''
    print(f'{naam:<32} {zonder:8.2f} s    wint {deel:.0%}{te_weinig}')


def main() -> None:
    with tempfile.TemporaryDirectory() as tijdelijk:
        gewoon, migraties, rijen = (Path(tijdelijk, n) for n in ('gewoon', 'migraties', 'rijen'))
        gespeeld = statistics.median(map(speel, (gewoon, migraties, rijen)))
        voeg_migraties_toe(migraties)
        voeg_rijen_toe(rijen)
        mappen = [gewoon, migraties, rijen, *(zonder(gewoon, naam) for naam in SLIM)]
        current, controle, met_migraties, met_rijen, *zonder_slim = om_en_om(
            lambda: draai(gewoon, 'flask', 'db', 'current'),
            *(lambda map_=map_: draai(map_, 'pytest') for map_ in mappen),
        )
        geheugen = meeste_geheugen(gewoon)
        met_snel, zonder_snel = om_en_om(
            lambda: draai(gewoon, 'flask', 'db', 'current', pad=[SNEL]),
            lambda: draai(gewoon, 'flask', 'db', 'current'),
        )
        meet_de_klas(Path(tijdelijk))
        hier, apart = om_en_om(lambda: speel_hier(gewoon), lambda: speel_apart(gewoon))
    print(f'flask db current {current:.2f} s, pytest {controle:.2f} s\n')
    cijfer('verhouding', controle / current, '', 2)
    extra = (met_migraties - controle) / EXTRA_MIGRATIES
    cijfer('een migratie meer', extra * 1000, 'ms', 25)
    cijfer(f'{EXTRA_RIJEN} rijen meer', (met_rijen - controle) * 1000, 'ms', 50)
    cijfer('meeste geheugen in een proces', geheugen, 'MB', 90)
    cijfer(f'speel_les.py --tot {LAATSTE}', gespeeld, 's', 30)
    print('\nZonder slimmigheid duurt hetzelfde:')
    for naam, tijd in zip(SLIM, zonder_slim, strict=True):
        winst(naam, controle, tijd)
    winst('sitecustomize.py in de tests', met_snel, zonder_snel)
    winst('naspelen zonder kindproces', hier, apart)


if __name__ == '__main__':
    main()
