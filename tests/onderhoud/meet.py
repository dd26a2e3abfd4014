"""Meet de controle naast `flask db current`, in dezelfde map en in een keer.

    python tests/onderhoud/meet.py

Drukt de cijfers af die in het ontwerp een grens hebben. Het is geen test: tijden hangen
van de computer af, daarom staan ze hier als verhouding of als verschil.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speel_les import PROJECT
from speel_les import omgeving as schone_omgeving

RONDEN = 9
EXTRA_MIGRATIES = 20
EXTRA_RIJEN = 10_000

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
    gewoon = schone_omgeving() | {'FLASK_APP': 'BasicModelApp.py'}
    del gewoon['PYTHONDONTWRITEBYTECODE']
    return gewoon


def draai(map_: Path, *delen: str) -> float:
    """Draait `python -m ...` in de map en geeft de seconden; een fout houdt alles op."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, '-m', *delen],
        cwd=map_,
        env=omgeving(),
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - begin


def om_en_om(*metingen: Callable[[], float]) -> list[float]:
    """De mediaan van elke meting, om en om gedaan zodat drukte ze allemaal even hard raakt."""
    tijden = [[meting() for meting in metingen] for _ in range(RONDEN)]
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
    module = map_ / 'BasicModelApp.py'
    tekst = module.read_text(encoding='utf-8')
    for nummer in range(EXTRA_MIGRATIES):
        revisie = f'extra_{nummer:02}'
        (map_ / 'migrations' / 'versions' / f'{revisie}.py').write_text(
            EXTRA_MIGRATIE.format(revisie=revisie, vorige=head), encoding='utf-8'
        )
        begin = "    __tablename__ = 'cursisten'\n"
        tekst = tekst.replace(begin, f'{begin}    {revisie} = db.Column(db.String(10))\n')
        head = revisie
    module.write_text(tekst, encoding='utf-8')
    draai(map_, 'flask', 'db', 'upgrade')


def voeg_rijen_toe(map_: Path) -> None:
    """Zet cursisten in data.sqlite."""
    with closing(sqlite3.connect(map_ / 'data.sqlite')) as verbinding, verbinding:
        verbinding.executemany(
            'INSERT INTO cursisten (volledige_naam) VALUES (?)',
            ((f'Cursist {nummer}',) for nummer in range(EXTRA_RIJEN)),
        )


def meeste_geheugen(map_: Path) -> str:
    """Het meeste geheugen dat een proces van de controle gebruikt; het naspelen hoort erbij."""
    if not hasattr(os, 'wait4'):
        return 'niet te meten op Windows'
    opdracht = [sys.executable, '-m', 'pytest']
    proces = subprocess.Popen(opdracht, cwd=map_, env=omgeving(), stdout=subprocess.DEVNULL)
    gebruik = os.wait4(proces.pid, 0)[2]
    # Linux telt in kB, macOS in bytes.
    return f'{gebruik.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6:.0f} MB'


def main() -> None:
    with tempfile.TemporaryDirectory() as tijdelijk:
        gewoon, migraties, rijen = (Path(tijdelijk, n) for n in ('gewoon', 'migraties', 'rijen'))
        begin = time.perf_counter()
        for map_ in (gewoon, migraties, rijen):
            speel = [sys.executable, PROJECT / 'tests' / 'speel_les.py', map_, '--tot', '10']
            subprocess.run(speel, check=True, capture_output=True)
        gespeeld = (time.perf_counter() - begin) / 3
        voeg_migraties_toe(migraties)
        voeg_rijen_toe(rijen)
        current, controle, met_migraties, met_rijen = om_en_om(
            lambda: draai(gewoon, 'flask', 'db', 'current'),
            lambda: draai(gewoon, 'pytest'),
            lambda: draai(migraties, 'pytest'),
            lambda: draai(rijen, 'pytest'),
        )
        geheugen = meeste_geheugen(gewoon)
    extra = (met_migraties - controle) / EXTRA_MIGRATIES
    print(f'flask db current              {current:6.2f} s')
    print(f'pytest                        {controle:6.2f} s')
    print(f'verhouding                    {controle / current:6.2f}    grens 2.00')
    print(f'een migratie meer             {extra * 1000:6.0f} ms  grens 25 ms')
    print(
        f'{EXTRA_RIJEN} rijen meer             {(met_rijen - controle) * 1000:6.0f} ms  grens 50 ms'
    )
    print(f'meeste geheugen in een proces {geheugen:>9}  grens 90 MB')
    print(f'speel_les.py --tot 10         {gespeeld:6.1f} s   grens 30 s')


if __name__ == '__main__':
    main()
