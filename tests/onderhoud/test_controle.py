"""De controle doet wat hij belooft: wat goed is blijft goed, en wat fout is valt op.

Elke test begint met een gespeelde map en verandert daar iets echt aan: de module, een script
of de database. Wat de controle ervan vindt komt van hier_naspelen.py, of, waar het om het
programma zelf gaat, van de echte `pytest` in die map.
"""

import functools
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from controle import vertelling
from controle.beoordeling import beoordeel
from controle.oordeel import Oordeel
from zonder_kindproces import speel_hier_na


def beoordeel_hier(m):
    return beoordeel(lees_oefenmap(m), speel_hier_na(m))


from controle.naspelen import Kindproces as Naspelen
from controle.oefenmap import lees_oefenmap
from controle.tabellen import lees_database
from speel_les import PROJECT, draai, omgeving
from stappen import STAPPEN, kolommen_na

ALLES = len(STAPPEN)

# Het begin van een commentaarregel die op elke stap onder de kolommen van Cursist staat.
ONDER_DE_KOLOMMEN = '    # Zo ziet een cursist eruit'

SCRIPT = '''\
"""{naam}

Revision ID: {revisie}
Revises: {vorige}
Create Date: 2026-11-20 12:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


revision = {revisie!r}
down_revision = {vorige!r}
branch_labels = None
depends_on = None


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


@dataclass
class Oefening:
    """De map van een leerling, en wat een leerling ermee doet."""

    map: Path

    @property
    def module(self) -> Path:
        return self.map / 'BasicModelApp.py'

    @property
    def database(self) -> Path:
        return self.map / 'data.sqlite'

    @property
    def versions(self) -> Path:
        return self.map / 'migrations' / 'versions'

    def script(self, eind: str) -> Path:
        """Het ene script waarvan de naam eindigt op `_eind.py`."""
        (pad,) = self.versions.glob(f'*_{eind}.py')
        return pad

    def head(self) -> str:
        """De revisie waarop geen andere volgt."""
        (head,) = lees_oefenmap(self.map).heads
        return head

    def vervang(self, bestand: Path, oud: str, nieuw: str) -> None:
        tekst = bestand.read_text(encoding='utf-8')
        assert oud in tekst, f'{oud!r} staat niet in {bestand.name}'
        bestand.write_text(tekst.replace(oud, nieuw), encoding='utf-8')

    def kolom(self, *regels: str) -> None:
        """Zet kolommen onderaan in de klasse Cursist."""
        nieuw = ''.join(f'    {regel}\n' for regel in regels)
        self.vervang(self.module, ONDER_DE_KOLOMMEN, f'{nieuw}\n{ONDER_DE_KOLOMMEN}')

    def eind(self, tekst: str) -> None:
        """Zet iets onderaan in de module."""
        with self.module.open('a', encoding='utf-8') as module:
            module.write(f'\n\n{tekst}\n')

    def schrijf(self, naam: str, upgrade: str, downgrade: str, vorige: str = '') -> str:
        """Schrijft zelf een script, na de head of na een andere revisie."""
        revisie = f'zelf_{naam}'
        inhoud = SCRIPT.format(
            naam=naam,
            revisie=revisie,
            vorige=vorige or self.head(),
            upgrade=_springt_in(upgrade),
            downgrade=_springt_in(downgrade),
        )
        Path(self.versions, f'{revisie}.py').write_text(inhoud, encoding='utf-8')
        return revisie

    def flask(self, *delen: str) -> None:
        """Een opdracht `flask db ...` die lukt."""
        werk = omgeving() | {'FLASK_APP': 'BasicModelApp.py'}
        resultaat = draai(['flask', 'db', *delen], self.map, werk)
        assert resultaat.returncode == 0, resultaat.stdout

    def migreer(self, naam: str, *wijzigingen: tuple[str, str]) -> None:
        """`flask db migrate`, zo nodig het script aanpassen, `flask db upgrade`."""
        self.flask('migrate', '-m', naam)
        for oud, nieuw in wijzigingen:
            self.vervang(self.script(naam), oud, nieuw)
        self.flask('upgrade')

    def sql(self, *opdrachten: str) -> None:
        with closing(sqlite3.connect(self.database)) as verbinding, verbinding:
            for opdracht in opdrachten:
                verbinding.execute(opdracht)

    def controle(self, *opties: str, waar: Path | None = None, **extra: str) -> CompletedProcess:
        """Draait de echte `pytest`, en ziet dat er geen foutmelding van Python bij is."""
        werk = omgeving() | {'FLASK_APP': 'BasicModelApp.py'} | extra
        resultaat = draai(['pytest', *opties], waar or self.map, werk)
        assert 'Traceback' not in resultaat.stdout, resultaat.stdout
        assert 'INTERNALERROR' not in resultaat.stdout, resultaat.stdout
        return resultaat

    def oordeel(self) -> Oordeel:
        """Wat de controle vindt, zonder er een proces voor te beginnen."""
        return beoordeel_hier(self.map)


def _springt_in(regels: str) -> str:
    return '\n'.join(f'    {regel}' for regel in regels.splitlines())


@pytest.fixture
def oefening(na_stap) -> Callable[..., Oefening]:
    """`oefening(n)`: een eigen map zoals na stap n."""
    return lambda *stap_en_naam: Oefening(na_stap(*stap_en_naam))


@pytest.fixture(scope='session')
def bewezen_groen(lesstand) -> Callable[[int], None]:
    """`bewezen_groen(n)`: de map na stap n is groen, en elke kopie ervan dus ook."""

    @functools.cache
    def bewijs(nummer: int) -> None:
        assert Oefening(lesstand(nummer).map).oordeel().afwijkingen == []

    return bewijs


@pytest.fixture
def groen(oefening, bewezen_groen) -> Callable[..., Oefening]:
    """`groen(n)`: een eigen map zoals na stap n, waar bewezen niets fout aan is."""

    def geef(nummer: int) -> Oefening:
        bewezen_groen(nummer)
        return oefening(nummer)

    return geef


@pytest.fixture
def uitgedeeld(lesstand, tmp_path) -> Oefening:
    """De map zoals de docent hem uitdeelt."""
    shutil.copytree(lesstand(0).map, tmp_path / 'uitgedeeld')
    return Oefening(tmp_path / 'uitgedeeld')


def stand(uitvoer: str, teken: str) -> list[int]:
    """De stappen waar dit teken voor staat."""
    return [int(n) for n in re.findall(rf'^{re.escape(teken)} +stap (\d+) ', uitvoer, re.M)]


def verhaal(uitvoer: str) -> str:
    """De uitvoer op een regel: waar de controle een zin afbreekt doet er niet toe."""
    return ' '.join(uitvoer.split())


def wat_nu(uitvoer: str) -> str:
    return verhaal(uitvoer.partition('Wat nu:')[2])


def is_goed(oefening: Oefening, tot: int) -> str:
    """De eerste `tot` stappen zijn af en er is niets fout; geeft de opmerkingen."""
    oordeel = oefening.oordeel()
    assert oordeel.afwijkingen == []
    toestanden = [oordeel.toestand(stap.nummer) for stap in STAPPEN]
    assert toestanden == ['af'] * tot + ['niet'] * (ALLES - tot)
    return verhaal(' '.join(vertelling.opmerkingen(oordeel)))


def is_groen(resultaat: CompletedProcess, tot: int) -> None:
    """De echte `pytest` is groen, en de eerste `tot` stappen zijn af."""
    assert resultaat.returncode == 0, resultaat.stdout
    assert stand(resultaat.stdout, '✓') == list(range(1, tot + 1)), resultaat.stdout
    assert stand(resultaat.stdout, '✗') == []


def is_rood(resultaat: CompletedProcess, stap: int, *woorden: str) -> None:
    """De echte `pytest` is rood door deze stap, en `Wat nu` noemt deze woorden."""
    assert resultaat.returncode == 1, resultaat.stdout
    assert stap in stand(resultaat.stdout, '✗'), resultaat.stdout
    assert wat_nu(resultaat.stdout).startswith(f'stap {stap},'), resultaat.stdout
    noemt(resultaat.stdout, *woorden)


def keurt_af(oefening: Oefening, stap: int, *woorden: str) -> None:
    """Alleen deze stap is fout, en `Wat nu` noemt deze woorden."""
    oordeel = oefening.oordeel()
    toestanden = {stap.nummer: oordeel.toestand(stap.nummer) for stap in STAPPEN}
    assert [n for n, toestand in toestanden.items() if toestand == 'fout'] == [stap]
    assert vertelling.wat_nu(oordeel).startswith(f'Wat nu: stap {stap},')
    noemt(vertelling.wat_nu(oordeel), *woorden)


def noemt(uitvoer: str, *woorden: str) -> None:
    for woord in woorden:
        assert woord in wat_nu(uitvoer), f'{woord!r} ontbreekt in: {uitvoer}'


def inhoud(map_: Path) -> dict[str, bytes | None]:
    """Alles in een map: elk bestand met wat erin staat, en elke map."""
    return {
        pad.relative_to(map_).as_posix(): pad.read_bytes() if pad.is_file() else None
        for pad in sorted(map_.rglob('*'))
        if not pad.relative_to(map_).as_posix().startswith('tests/__pycache__')
    }


# --- Wat geen fout is -----------------------------------------------------------------------

BATCH = "with op.batch_alter_table('cursisten', schema=None) as batch_op:"
WOONPLAATS = "batch_op.add_column(sa.Column('woonplaats', sa.String(length=50), nullable=True))"
NIVEAU = (
    "batch_op.add_column(sa.Column('niveau', sa.String(length=20), "
    "server_default='beginner', nullable=False))"
)


def gemapte_kolommen(w):
    w.vervang(
        w.module, 'import os\n', 'import os\nfrom sqlalchemy.orm import Mapped, mapped_column\n'
    )
    w.vervang(w.module, 'id = db.Column(db.Integer, ', 'id: Mapped[int] = mapped_column(')
    w.vervang(w.module, 'naam = db.Column(', 'naam: Mapped[str | None] = mapped_column(')
    w.vervang(w.module, 'leeftijd = db.Column(db.Integer)', 'leeftijd: Mapped[int | None]')
    w.vervang(
        w.module, 'woonplaats = db.Column(', 'woonplaats: Mapped[str | None] = mapped_column('
    )
    w.kolom("niveau: Mapped[str] = mapped_column(db.String(20), server_default='beginner')")
    w.migreer('niveau')


def een_migratie_voor_twee_stappen_en_twee_voor_een(w):
    # De volgorde van de kolommen en van de opdrachten is een andere dan in de les.
    w.schrijf(
        'twee',
        f'{BATCH}\n    {NIVEAU}\n    {WOONPLAATS}',
        f"{BATCH}\n    batch_op.drop_column('woonplaats')\n    batch_op.drop_column('niveau')",
    )
    w.schrijf(
        'kolom',
        f"{BATCH}\n    batch_op.add_column(sa.Column('cursistnummer', sa.String(8)))",
        f"{BATCH}\n    batch_op.drop_column('cursistnummer')",
    )
    w.schrijf(
        'uniek',
        f"{BATCH}\n    batch_op.create_unique_constraint('een_nummer', ['cursistnummer'])",
        f"{BATCH}\n    batch_op.drop_constraint('een_nummer', type_='unique')",
    )
    w.kolom(
        'cursistnummer = db.Column(db.String(8), unique=True)',
        "niveau = db.Column(db.String(20), nullable=False, server_default='beginner')",
        'woonplaats = db.Column(db.String(50))',
    )
    w.flask('upgrade')


def eigen_kolommen_en_tabellen(w):
    w.kolom(
        "instrument = db.Column(db.String(30), nullable=False, server_default='gitaar')",
        'rang = db.Column(db.Numeric(5, 2), unique=True)',
        "docent_id = db.Column(db.ForeignKey('docenten.code', name='fk_docent'), index=True)",
    )
    w.eind(
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        "    __table_args__ = (db.CheckConstraint('uren BETWEEN 1 AND 5', name='ck_uren'),)\n"
        '    code = db.Column(db.String(4), primary_key=True)\n'
        '    naam = db.Column(db.Text, nullable=False, unique=True)\n'
        '    uren = db.Column(db.Integer, nullable=False)\n'
        "    soort = db.Column(db.Enum('solo', 'groep', name='soort'), nullable=False)\n"
        '    baas_id = db.Column(db.ForeignKey("docenten.code"))\n'
        "    baas = db.relationship('Docent', remote_side=[code])\n"
        '    rooster = db.Column(db.JSON)\n\n'
        '    def __repr__(self):\n'
        '        return self.naam.upper() + self.baas.naam\n\n\n'
        "les = db.Table('les', db.metadata,\n"
        "    db.Column('docent', db.ForeignKey('docenten.code'), primary_key=True),\n"
        "    db.Column('cursist', db.ForeignKey('cursisten.id'), primary_key=True))"
    )
    uniek = "batch_op.create_unique_constraint(None, ['rang'])"
    weg = "batch_op.drop_constraint(None, type_='unique')"
    w.migreer('eigen', (uniek, uniek.replace('None', "'uq'")), (weg, weg.replace('None', "'uq'")))


def andere_volgorde_en_aanhalingstekens(w):
    w.vervang(w.module, '    woonplaats = db.Column(db.String(50))\n', '')
    w.vervang(
        w.module,
        '    naam = db.Column(db.Text)\n',
        '    woonplaats = db.Column(db.String(length=50), nullable=True)\n'
        '    naam = db.Column(db.Text())\n',
    )
    for bestand in (w.module, *w.versions.glob('*.py')):
        w.vervang(bestand, "'", '"')
    w.vervang(w.module, 'return f"Cursist', '# Met een f-string.\n        return f"Cursist')


def een_init_in_het_model(w):
    w.vervang(
        w.module,
        ONDER_DE_KOLOMMEN,
        '    def __init__(self, naam, leeftijd):\n'
        '        self.naam = naam\n'
        '        self.leeftijd = leeftijd\n\n' + ONDER_DE_KOLOMMEN,
    )


def regeleinden_van_windows_en_een_bom(w):
    for bestand in (w.module, *w.versions.glob('*.py')):
        regels = bestand.read_bytes().replace(b'\r\n', b'\n')
        bestand.write_bytes(b'\xef\xbb\xbf' + regels.replace(b'\n', b'\r\n'))


def andere_rijen(w):
    w.sql(
        'DELETE FROM cursisten',
        "INSERT INTO cursisten (id, naam, leeftijd) VALUES (7, 'Ünal', NULL), (9, NULL, 40)",
    )


def een_unieke_index(w):
    w.kolom('cursistnummer = db.Column(db.String(8), unique=True, index=True)')
    w.migreer('nummer')


def een_unieke_index_uit_een_eigen_script(w):
    w.kolom('cursistnummer = db.Column(db.String(8), unique=True)')
    w.schrijf(
        'nummer',
        "op.add_column('cursisten', sa.Column('cursistnummer', sa.String(8)))\n"
        "op.create_index('nr', 'cursisten', ['cursistnummer'], unique=True)",
        "op.drop_index('nr', table_name='cursisten')\nop.drop_column('cursisten', 'cursistnummer')",
    )
    w.flask('upgrade')


def andere_namen_van_constraints(w):
    for script in (w.script('cursistnummer'), w.script('gebruikers')):
        for begin in ('uq_', 'fk_'):
            if begin in script.read_text(encoding='utf-8'):
                w.vervang(script, f"'{begin}", f"'mijn_{begin}")
    # De foreign key mag ook voor de tabel komen waar hij naar wijst.
    tekst = w.script('gebruikers').read_text(encoding='utf-8')
    tabel = tekst[
        tekst.index("    op.create_table('gebruikers'") : tekst.index('    with op.batch')
    ]
    w.vervang(w.script('gebruikers'), tabel, '')
    w.vervang(w.script('gebruikers'), '\n\n\ndef downgrade', f'\n{tabel}\n\ndef downgrade')


def hulpmodules_routes_en_een_server(w):
    Path(w.map, 'hulp.py').write_text("TITEL = 'Muziekschool'\n", encoding='utf-8')
    # Deze naam heeft een bestand van de controle ook.
    Path(w.map, 'stappen.py').write_text('TELLER = 1\n', encoding='utf-8')
    Path(w.map, 'modellen.py').write_text(
        'from BasicModelApp import db\n\n\n'
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n',
        encoding='utf-8',
    )
    w.vervang(
        w.module, 'import os\n', 'import os\nfrom hulp import TITEL\nfrom stappen import TELLER\n'
    )
    w.eind(
        'import modellen\n\n\n'
        "@app.route('/')\n"
        'def index():\n'
        '    return TITEL * TELLER + str(modellen.Docent.query.count())\n\n\n'
        "if __name__ == '__main__':\n"
        '    with app.app_context():\n'
        '        db.create_all()\n'
        '    app.run(debug=True)'
    )
    w.migreer('docent')


def hernoemen_met_een_kopie(w):
    w.flask('downgrade')
    w.vervang(
        w.script('volledige_naam'),
        "        batch_op.alter_column('naam', new_column_name='volledige_naam')",
        "        batch_op.add_column(sa.Column('volledige_naam', sa.Text()))\n"
        "    op.execute('UPDATE cursisten SET volledige_naam = naam')\n"
        "    op.drop_column('cursisten', 'naam')",
    )
    w.vervang(
        w.script('volledige_naam'),
        "        batch_op.alter_column('volledige_naam', new_column_name='naam')",
        "        batch_op.add_column(sa.Column('naam', sa.Text()))\n"
        "    op.execute('UPDATE cursisten SET naam = volledige_naam')\n"
        "    op.drop_column('cursisten', 'volledige_naam')",
    )
    w.flask('upgrade')


def een_ander_jaar(w):
    w.flask('downgrade', lees_oefenmap(w.map).script(_revisie(w, 'geboortejaar')).vorige[0])
    for naam in ('geboortejaar', 'leeftijd_weg'):
        w.vervang(w.script(naam), '2026 -', '2025 -')
    w.flask('upgrade')


def _revisie(w, naam):
    return next(s.revisie for s in lees_oefenmap(w.map).scripts if s.naam.endswith(f'_{naam}.py'))


def zonder_batch_en_met_annotaties(w):
    w.kolom('woonplaats = db.Column(db.String(50))')
    revisie = w.schrijf(
        'woonplaats',
        "op.add_column('cursisten', sa.Column('woonplaats', sa.String(50)))",
        "op.drop_column('cursisten', 'woonplaats')",
    )
    script = w.script('woonplaats')
    w.vervang(script, f'revision = {revisie!r}', "revision: str = 'Mijn_2.é'")
    w.vervang(script, 'down_revision = ', 'down_revision: str | tuple[str, ...] | None = ')
    w.flask('upgrade')


def vullen_in_een_later_script(w):
    w.kolom('geboortejaar = db.Column(db.Integer)')
    w.migreer('jaar')
    w.schrijf('vul', "op.execute('UPDATE cursisten SET geboortejaar = 2026 - leeftijd')", 'pass')
    w.flask('upgrade')


def rijen_uit_een_migratie(w):
    noor = 'op.execute("INSERT INTO cursisten (naam, leeftijd) VALUES (\'Noor\', 20)")'
    w.schrijf('rijen', noor, 'pass')
    w.flask('upgrade')


def samengevoegde_heads(w):
    begin = w.head()
    for letter in 'ab':
        w.eind(
            f'class Extra{letter}(db.Model):\n'
            f'    id = db.Column(db.Integer, primary_key=True)\n'
            f"    __tablename__ = 'extra_{letter}'"
        )
        w.schrijf(
            letter,
            f"op.create_table('extra_{letter}', sa.Column('id', sa.Integer(), primary_key=True))",
            f"op.drop_table('extra_{letter}')",
            vorige=begin,
        )
    w.flask('merge', 'heads', '-m', 'samen')
    w.flask('upgrade')


def commentaar_en_een_ander_tijdstip(w):
    w.kolom(
        '# Het tijdstip is UTC, niet de Nederlandse tijd.',
        'ingeschreven_op = db.Column(',
        '    db.DateTime, nullable=False,  # verplicht',
        '    server_default=db.func.current_timestamp())',
    )
    w.migreer('tijdstip')
    w.vervang(w.script('tijdstip'), 'def upgrade():', '# Dit is nu van mij.\ndef upgrade():')
    shutil.copyfile(w.database, w.map / 'bewaar.sqlite')


# Wat er verandert, de stap waarna, en de laatste stap die daarna af is.
GOED = [
    (gemapte_kolommen, 2, 3),
    (een_migratie_voor_twee_stappen_en_twee_voor_een, 1, 4),
    (eigen_kolommen_en_tabellen, 2, 2),
    (andere_volgorde_en_aanhalingstekens, 2, 2),
    (een_init_in_het_model, 1, 1),
    (regeleinden_van_windows_en_een_bom, 3, 3),
    (andere_rijen, 2, 2),
    (een_unieke_index, 3, 4),
    (een_unieke_index_uit_een_eigen_script, 3, 4),
    (andere_namen_van_constraints, 10, 10),
    (hulpmodules_routes_en_een_server, 1, 1),
    (hernoemen_met_een_kopie, 7, 7),
    (een_ander_jaar, 8, 8),
    (zonder_batch_en_met_annotaties, 1, 2),
    (vullen_in_een_later_script, 5, 6),
    (rijen_uit_een_migratie, 2, 2),
    (samengevoegde_heads, 1, 1),
    (commentaar_en_een_ander_tijdstip, 4, 5),
]


@pytest.mark.parametrize(('doe', 'na', 'tot'), GOED, ids=lambda w: getattr(w, '__name__', ''))
def test_dit_is_geen_fout(oefening, doe, na, tot):
    werk = oefening(na)
    doe(werk)
    is_goed(werk, tot)


def test_alles_tegelijk_mag_ook(oefening):
    werk = oefening(6)
    een_init_in_het_model(werk)
    andere_volgorde_en_aanhalingstekens(werk)
    regeleinden_van_windows_en_een_bom(werk)
    werk.sql("INSERT INTO cursisten (naam, leeftijd) VALUES ('Noor', 22)")
    is_goed(werk, 6)


def test_een_map_met_spaties_en_vreemde_tekens_mag(oefening, tmp_path):
    werk = oefening(6, 'mijn map é # 100%')
    tijdelijk = tmp_path / 'tijdelijk é # 100%'
    tijdelijk.mkdir()
    namen = dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(tijdelijk))
    is_groen(werk.controle(**namen), 6)


def test_een_lege_tabel_is_een_opmerking(oefening):
    werk = oefening(2)
    werk.sql('DELETE FROM cursisten')
    assert 'nog geen rijen' in is_goed(werk, 2)


# --- Wat fout is ----------------------------------------------------------------------------

# De stap, de regel die een leerling in het model zet, en wat `Wat nu` daarover zegt.
FOUTE_KOLOMMEN = [
    (2, 'woonplats = db.Column(db.String(50))', ['`woonplats`', '`woonplaats`']),
    (2, 'woonplaats = db.Column(db.Text)', ['`woonplaats`', '`TEXT`', '`VARCHAR(50)`']),
    (2, 'woonplaats = db.Column(db.String(5))', ['`VARCHAR(5)`', '`VARCHAR(50)`']),
    (2, 'woonplaats = db.Column(db.String(50), unique=True, index=True)', ['is uniek, dat hoort']),
    (3, "niveau = db.Column(db.String(20), server_default='beginner')", ['mag leeg zijn, dat']),
    (
        3,
        "niveau = db.Column(db.String(20), nullable=False, server_default='gevorderd')",
        ["'gevorderd'", "'beginner'"],
    ),
    (3, "niveau = db.Column(db.String(20), default='beginner')", ['mag leeg zijn, dat']),
    (4, 'cursistnummer = db.Column(db.String(8))', ['hoort uniek te zijn']),
    (
        5,
        'ingeschreven_op = db.Column(\n'
        "        db.DateTime, nullable=False, server_default='CURRENT_TIMESTAMP')",
        ["'CURRENT_TIMESTAMP'", 'verwacht is de functie `CURRENT_TIMESTAMP`'],
    ),
    (6, 'geboortejaar = db.Column(db.Integer)', ['`leeftijd`', 'niet goed gevuld']),
]


@pytest.mark.parametrize(('stap', 'regel', 'woorden'), FOUTE_KOLOMMEN)
def test_een_verkeerde_kolom_is_fout(groen, stap, regel, woorden):
    werk = groen(stap - 1)
    werk.kolom(regel)
    werk.migreer('nieuw')
    keurt_af(werk, stap, regel.partition(' ')[0], *woorden)


def zonder_foreign_key(w):
    w.vervang(w.module, ", db.ForeignKey('gebruikers.id')", '')
    tekst = w.script('gebruikers').read_text(encoding='utf-8')
    regels = [r for r in tekst.splitlines() if 'foreign' not in r]
    w.script('gebruikers').write_text('\n'.join(regels), encoding='utf-8')


def te_korte_hash(w):
    w.vervang(w.module, 'db.String(255)', 'db.String(128)')
    w.vervang(w.script('gebruikers'), 'length=255', 'length=128')


def email_niet_uniek(w):
    w.vervang(w.module, 'db.String(120), nullable=False, unique=True', 'db.String(120)')
    uniek = "    sa.UniqueConstraint('email', name=op.f('uq_gebruikers_email')),\n"
    w.vervang(w.script('gebruikers'), uniek, '')
    w.vervang(w.script('gebruikers'), 'length=120), nullable=False', 'length=120), nullable=True')


def tabel_in_het_enkelvoud(w):
    w.vervang(w.module, "'gebruikers", "'gebruiker")
    w.vervang(w.script('gebruikers'), "'gebruikers'", "'gebruiker'")


@pytest.mark.parametrize(
    ('bederf', 'woorden'),
    [
        (zonder_foreign_key, ['`gebruiker_id`', '`cursisten`', '`gebruikers.id`']),
        (te_korte_hash, ['`wachtwoord_hash`', '`gebruikers`', '`VARCHAR(128)`', '`VARCHAR(255)`']),
        (email_niet_uniek, ['`email`', '`gebruikers`']),
        (tabel_in_het_enkelvoud, ['tabel `gebruiker`', '`gebruikers`']),
    ],
)
def test_een_verkeerde_tweede_tabel_is_fout(groen, bederf, woorden):
    werk = groen(9)
    werk.flask('downgrade')
    bederf(werk)
    werk.flask('upgrade')
    keurt_af(werk, 9, *woorden)


def test_hernoemen_zoals_autogenerate_het_schrijft_is_fout(groen):
    werk = groen(6)
    werk.vervang(werk.module, 'naam = db.Column', 'volledige_naam = db.Column')
    werk.vervang(werk.module, 'self.naam', 'self.volledige_naam')
    werk.migreer('naam')
    is_rood(werk.controle(), 7, '_naam.py`', 'volledige_naam', 'namen zijn dan weg')


def test_een_kolom_weghalen_zonder_de_nieuwe_is_fout(groen):
    werk = groen(6)
    werk.vervang(werk.module, '    naam = db.Column(db.Text)\n', '')
    werk.schrijf(
        'weg',
        "op.drop_column('cursisten', 'naam')",
        "op.add_column('cursisten', sa.Column('naam', sa.Text()))",
    )
    werk.flask('upgrade')
    keurt_af(werk, 7, '`volledige_naam`', '`cursisten`', 'db.Text')


def test_hernoemen_met_een_ander_type_is_fout(groen):
    werk = groen(7)
    werk.flask('downgrade')
    werk.vervang(
        werk.module,
        'volledige_naam = db.Column(db.Text)',
        'volledige_naam = db.Column(db.String(9))',
    )
    werk.vervang(
        werk.script('volledige_naam'),
        "new_column_name='volledige_naam'",
        "new_column_name='volledige_naam', type_=sa.String(9)",
    )
    werk.vervang(werk.script('volledige_naam'), "='naam'", "='naam', type_=sa.Text()")
    werk.flask('upgrade')
    keurt_af(werk, 7, '`volledige_naam`', '`cursisten`', '`VARCHAR(9)`', '`TEXT`')


def test_een_verplichte_kolom_die_alleen_in_een_lege_tabel_past_is_fout(groen):
    werk = groen(2)
    werk.sql('DELETE FROM cursisten')
    werk.kolom("niveau = db.Column(db.String(20), nullable=False, default='beginner')")
    werk.migreer('niveau')
    is_rood(werk.controle(), 3, '`niveau`', 'server_default=', 'rijen die er al zijn')


WEG = "        batch_op.drop_column('woonplaats')\n"
TERUG = "    op.execute('UPDATE cursisten SET leeftijd = 2026 - geboortejaar')\n"
NAAM_TERUG = "batch_op.alter_column('volledige_naam', new_column_name='naam')"
KOLOM_TERUG = (
    "batch_op.add_column(sa.Column('naam', sa.Text()))\n"
    "        batch_op.drop_column('volledige_naam')"
)
UNIEK_WEG = "batch_op.drop_constraint('uq_cursisten_cursistnummer', type_='unique')"
INDEX_WEG = "op.drop_index('ix_cursisten_volledige_naam', 'cursisten')"
ANDERS_WEG = UNIEK_WEG.replace('uq_', 'u_')
KOLOM_WEG = "batch_op.drop_column('cursistnummer')"


@pytest.mark.parametrize(
    ('na', 'naam', 'oud', 'nieuw', 'stap', 'woorden'),
    [
        (3, 'woonplaats', WEG, '        pass\n', 2, ['`woonplaats`', '`cursisten`']),
        (8, 'leeftijd_weg', TERUG, '', 8, ['`leeftijd`', 'niet wat erin']),
        (8, 'leeftijd_weg', 'sa.INTEGER()', 'sa.TEXT()', 8, ['`leeftijd`', '`cursisten`']),
        (7, 'volledige_naam', NAAM_TERUG, KOLOM_TERUG, 7, ['namen', "new_column_name='naam'"]),
        (4, 'cursistnummer', KOLOM_WEG, 'pass', 4, ['`cursistnummer`', '`cursisten`']),
        (4, 'cursistnummer', UNIEK_WEG, ANDERS_WEG, 4, ['`u_cursisten', '`uq_cursisten']),
        (10, 'index_op_naam', INDEX_WEG, 'pass', 10, ['`volledige_naam`', '`cursisten`']),
    ],
)
def test_een_downgrade_die_niet_teruggeeft_wat_er_was_is_fout(
    groen, na, naam, oud, nieuw, stap, woorden
):
    werk = groen(na)
    werk.vervang(werk.script(naam), oud, nieuw)
    keurt_af(werk, stap, 'downgrade', *woorden)


@pytest.mark.parametrize(
    ('opdracht', 'stap', 'woorden'),
    [
        ('ALTER TABLE cursisten ADD COLUMN email TEXT', 3, ['`cursisten`', '`email`']),
        ('ALTER TABLE cursisten DROP COLUMN woonplaats', 2, ['_eerste_migratie.py`']),
        ('CREATE UNIQUE INDEX u ON cursisten (woonplaats)', 2, ['`cursisten`', '`woonplaats`']),
        ('CREATE TABLE los (id INTEGER PRIMARY KEY)', 3, ['`los`']),
        ('DROP TABLE cursisten', 1, ['`cursisten`']),
        ('DELETE FROM alembic_version', 2, ['flask db stamp']),
        ('DROP TABLE alembic_version', 2, ['flask db stamp']),
        ("UPDATE alembic_version SET version_num = 'weg'", 2, ['`weg`']),
    ],
)
def test_een_database_die_met_de_hand_is_veranderd_is_fout(groen, opdracht, stap, woorden):
    werk = groen(2)
    werk.sql(opdracht)
    keurt_af(werk, stap, 'data.sqlite', *woorden)


def test_een_database_die_achterloopt_is_fout(groen):
    werk = groen(1)
    werk.kolom('woonplaats = db.Column(db.String(50))')
    werk.flask('migrate', '-m', 'woonplaats')
    is_rood(werk.controle(), 2, '_woonplaats.py', 'flask db upgrade')
    werk.flask('upgrade')
    is_goed(werk, 2)


def test_een_merge_die_de_database_nog_niet_heeft_gehad_is_fout(groen):
    werk = groen(1)
    begin = werk.head()
    for letter in 'ab':
        werk.schrijf(letter, 'pass', 'pass', vorige=begin)
    werk.flask('upgrade', 'heads')
    werk.flask('merge', 'heads', '-m', 'samen')
    keurt_af(werk, 1, '_samen.py', 'flask db upgrade')


def test_een_database_die_voorloopt_is_fout(groen):
    werk = groen(2)
    revisie = werk.head()
    werk.script('woonplaats').unlink()
    # Het model heeft de kolom nog, maar zonder het script lukt geen enkele flask db.
    is_rood(werk.controle(), 1, 'data.sqlite', f'`{revisie}`', 'dat script is er niet')


@pytest.mark.parametrize(
    ('regel', 'stap', 'woorden'),
    [
        ('woonplaats = db.Column(db.String(50))', 2, ['`woonplaats`']),
        ('telefoon = db.Column(db.Text)', 2, ['`telefoon`']),
        ('eigen_id = db.Column(db.ForeignKey("cursisten.id"))', 2, ['`eigen_id`']),
    ],
)
def test_een_model_dat_meer_vraagt_dan_de_migraties_maken_is_fout(groen, regel, stap, woorden):
    werk = groen(1)
    werk.kolom(regel)
    keurt_af(werk, stap, *woorden, 'flask db migrate')


def test_een_module_van_een_latere_stap_is_alleen_bij_de_stap_van_nu_fout(groen, lesstand):
    werk = groen(3)
    shutil.copyfile(lesstand(9).map / 'BasicModelApp.py', werk.module)
    keurt_af(werk, 4, 'latere stap', 'bij stap 3')


def test_een_eigen_tabel_zonder_migratie_is_fout(groen):
    werk = groen(2)
    werk.eind(
        'class Docent(db.Model):\n'
        "    __tablename__ = 'docenten'\n"
        '    id = db.Column(db.Integer, primary_key=True)'
    )
    keurt_af(werk, 3, '`docenten`', 'flask db migrate')


# --- De database van de leerling blijft buiten schot ----------------------------------------

HIER = "os.path.join(basedir, 'data.sqlite')"
MAAKT_EEN_TABEL = (
    'class Los(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n'
    'with app.app_context():\n    db.create_all()'
)


def absoluut_pad(w):
    w.vervang(w.module, HIER, repr(str(w.database)))


def create_all_op_een_absoluut_pad(w):
    absoluut_pad(w)
    w.eind(MAAKT_EEN_TABEL)


def sqlite3_op_een_absoluut_pad(w):
    w.eind(
        'import sqlite3\n\n'
        f'with sqlite3.connect({str(w.database)!r}) as los:\n'
        "    los.execute('DELETE FROM cursisten')"
    )


def sqlite3_op_een_adres(w):
    w.eind(
        'import sqlite3\n\n'
        f'with sqlite3.connect({w.database.as_uri() + "?mode=rw"!r}, uri=True) as los:\n'
        "    los.execute('DROP TABLE cursisten')"
    )


def adres_uit_de_omgeving(w):
    w.vervang(w.module, f"'sqlite:///' + {HIER}", "os.environ['SCHOOL_DATABASE']")


def een_andere_server(w):
    w.vervang(w.module, f"'sqlite:///' + {HIER}", "'postgresql://school.example/les'")


def tweede_database_ergens_anders(w):
    w.vervang(
        w.module,
        'db = SQLAlchemy(app)',
        f"app.config['SQLALCHEMY_BINDS'] = {{'oud': 'sqlite:///' + {str(w.database)!r}}}\n"
        'db = SQLAlchemy(app)',
    )


def migratie_op_een_absoluut_pad(w):
    w.vervang(
        w.script('woonplaats'),
        'def upgrade():',
        f'def upgrade():\n    sa.create_engine({"sqlite:///" + str(w.database)!r}).connect()',
    )


@pytest.mark.parametrize(
    'bederf',
    [
        absoluut_pad,
        create_all_op_een_absoluut_pad,
        sqlite3_op_een_absoluut_pad,
        sqlite3_op_een_adres,
        adres_uit_de_omgeving,
        tweede_database_ergens_anders,
        migratie_op_een_absoluut_pad,
    ],
)
def test_het_naspelen_komt_niet_aan_een_database_buiten_de_kopie(groen, bederf):
    werk = groen(2)
    bederf(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle(SCHOOL_DATABASE=f'sqlite:///{werk.database}')
    assert inhoud(werk.map) == voor
    assert resultaat.returncode == 1
    gezegd = wat_nu(resultaat.stdout)
    # De map in kwestie staat erbij, en ook dat er niets is nagespeeld.
    assert 'data.sqlite' in gezegd
    assert re.search('speelt .*niet.* na|niets? (is )?nagespeeld', gezegd), resultaat.stdout
    # Zonder naspelen is er een fout te melden, geen rij gevolgen daarvan.
    assert len(stand(resultaat.stdout, '✗')) == 1, resultaat.stdout


def map_van_de_terminal(w):
    w.vervang(w.module, 'os.path.abspath(os.path.dirname(__file__))', 'os.getcwd()')


def adres_met_flask_ervoor(w):
    w.vervang(
        w.module, 'db = SQLAlchemy(app)', 'app.config.from_prefixed_env()\ndb = SQLAlchemy(app)'
    )


@pytest.mark.parametrize('wijzig', [map_van_de_terminal, adres_met_flask_ervoor])
def test_een_plaats_die_van_de_terminal_afhangt_leidt_naar_de_kopie(groen, wijzig):
    werk = groen(2)
    wijzig(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle(FLASK_SQLALCHEMY_DATABASE_URI=f'sqlite:///{werk.database}')
    assert inhoud(werk.map) == voor
    assert resultaat.returncode == 0, resultaat.stdout
    assert ('os.getcwd()' in resultaat.stdout) == (wijzig is map_van_de_terminal)


# --- Een controle verandert niets -----------------------------------------------------------


def tijdelijke_map(tmp_path: Path) -> dict[str, str]:
    """De omgeving waarin tijdelijke bestanden in een lege map komen."""
    Path(tmp_path, 'tijdelijk').mkdir()
    return dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(tmp_path / 'tijdelijk'))


def stuk_script(w):
    w.vervang(w.script('woonplaats'), 'def upgrade():', 'def upgrade():\n    raise ValueError(1)')


def module_die_schrijft(w):
    w.eind("with open('log.txt', 'a') as log:\n    log.write('begin')")


@pytest.mark.parametrize('wijzig', [module_die_schrijft, stuk_script])
def test_een_controle_verandert_niets_in_de_map(oefening, tmp_path, wijzig):
    werk = oefening(3)
    wijzig(werk)
    shutil.copyfile(werk.database, werk.map / 'bewaar.sqlite')
    voor = inhoud(werk.map)
    # Leeg is hetzelfde als niet gezet: zo schrijft Python zijn .pyc-bestanden.
    werk.controle(PYTHONDONTWRITEBYTECODE='', **tijdelijke_map(tmp_path))
    assert inhoud(werk.map) == voor
    assert (werk.map / 'tests' / '__pycache__').is_dir()
    assert inhoud(tmp_path / 'tijdelijk') == {}


def test_na_ctrl_c_blijft_er_niets_achter(oefening, tmp_path):
    werk = oefening(1)
    werk.eind(
        "import time\nfrom pathlib import Path\n\nPath('nummer').write_text(str(os.getpid()))\n"
        'while True:\n    time.sleep(0.1)'
    )
    voor = inhoud(werk.map)
    # Windows kent voor een ander proces alleen Ctrl-Break; die doet dan wat Ctrl-C doet.
    windows = sys.platform == 'win32'
    start = (
        'import pytest, signal, sys; '
        "signal.signal(getattr(signal, 'SIGBREAK', signal.SIGINT), signal.default_int_handler); "
        'sys.exit(pytest.main())'
    )
    proces = subprocess.Popen(
        [sys.executable, '-c', start],
        cwd=werk.map,
        env=omgeving() | tijdelijke_map(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
        start_new_session=not windows,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if windows else 0,
    )
    try:
        uiterlijk = time.monotonic() + 30
        while not (nummer := next((tmp_path / 'tijdelijk').rglob('nummer'), None)):
            assert time.monotonic() < uiterlijk, 'het naspelen begon niet'
            time.sleep(0.05)
        while not (kind := nummer.read_text(encoding='utf-8')):
            time.sleep(0.05)
        if windows:
            proces.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            # Een terminal stuurt Ctrl-C naar alle processen van het venster.
            os.killpg(proces.pid, signal.SIGINT)
        uitvoer, _ = proces.communicate(timeout=30)
    finally:
        proces.kill()
        proces.wait()
    assert proces.returncode == pytest.ExitCode.INTERRUPTED, uitvoer
    assert inhoud(werk.map) == voor
    assert inhoud(tmp_path / 'tijdelijk') == {}
    if not windows:
        with pytest.raises(ProcessLookupError):
            os.kill(int(kind), 0)


def test_een_map_waarin_je_niet_mag_schrijven_kan_ook(oefening):
    werk = oefening(2)
    mappen = [werk.map, *(pad for pad in werk.map.rglob('*') if pad.is_dir())]
    try:
        for map_ in mappen:
            map_.chmod(0o555)
        is_groen(werk.controle(), 2)
        # Wie alles mag (root) merkt het slot niet; dan telt of de kopie zelf open is.
        with Naspelen(werk.map) as naspelen:
            kopie = Path(naspelen.tijdelijk.name) / 'oefenmap'
            assert kopie.stat().st_mode & 0o200
        assert not kopie.exists()
    finally:
        for map_ in mappen:
            map_.chmod(0o755)


# --- Invoer die niet klopt ------------------------------------------------------------------


def geen_module(w):
    w.module.unlink()


def module_met_een_tikfout(w):
    w.vervang(w.module, 'class Cursist(db.Model):', 'class Cursist(db.Model)')


def lege_module(w):
    w.module.write_bytes(b'')


def module_in_utf_16(w):
    w.module.write_text(w.module.read_text(encoding='utf-8'), encoding='utf-16')


def geen_migrations(w):
    shutil.rmtree(w.map / 'migrations')


def migrations_zonder_scripts(w):
    shutil.rmtree(w.versions)
    w.versions.mkdir()


def geen_env(w):
    Path(w.map, 'migrations', 'env.py').unlink()


def geen_database(w):
    w.database.unlink()


def tekst_als_database(w):
    w.database.write_text('id,naam\n1,Joyce\n' * 500, encoding='utf-8')


def afgekapte_database(w):
    w.database.write_bytes(w.database.read_bytes()[:5000])


def lege_database(w):
    w.database.write_bytes(b'')


def map_als_database(w):
    w.database.unlink()
    w.database.mkdir()
    Path(w.database, 'iets.txt').write_text('iets', encoding='utf-8')


def te_grote_database(w):
    w.vervang(w.map / 'tests' / 'controle' / 'tabellen.py', '= 200_000_000', '= 8_000')


def migratie_met_een_fout(w):
    w.vervang(w.script('woonplaats'), 'def upgrade():', 'def upgrade():\n    sa.bestaat_niet()')


def tikfout_in_een_script(w):
    w.vervang(w.script('woonplaats'), 'def downgrade():', 'def downgrade(:')


def script_zonder_upgrade(w):
    w.vervang(w.script('woonplaats'), 'def upgrade():', 'def omhoog():')


def exit_in_de_module(w):
    w.eind('import sys\n\nsys.exit()')


def harde_exit_in_de_module(w):
    w.eind('os._exit(0)')


def module_zonder_migrate(w):
    w.vervang(w.module, '\nMigrate(app, db)\n', '\n')


def module_die_niet_stopt(w):
    w.vervang(w.map / 'tests' / 'controle' / 'naspelen.py', 'TIJDSLIMIET = 30', 'TIJDSLIMIET = 2')
    w.eind('import time\n\ntime.sleep(60)')


def migratie_die_niet_stopt(w):
    w.vervang(w.map / 'tests' / 'controle' / 'naspelen.py', 'TIJDSLIMIET = 30', 'TIJDSLIMIET = 3')
    w.vervang(
        w.script('woonplaats'), 'def upgrade():', 'def upgrade():\n    while True:\n        id(1)'
    )


# Wat kapot is in een bestand, en wat `Wat nu` daarover zegt.
KAPOT = [
    (lege_module, ['`BasicModelApp.py`', 'staat niets in het bestand']),
    (module_in_utf_16, ['`BasicModelApp.py`', 'UTF-8']),
    (migrations_zonder_scripts, ['migraties', 'data.sqlite']),
    (geen_env, ['`migrations`', '`env.py`', 'flask db init']),
    (afgekapte_database, ['`data.sqlite` is geen database']),
    (lege_database, ['`data.sqlite` is leeg', 'flask db upgrade']),
    (map_als_database, ['`data.sqlite` is geen database']),
    (tikfout_in_een_script, ['_woonplaats.py`', 'regel ']),
    (script_zonder_upgrade, ['_woonplaats.py`', 'upgrade']),
    (module_zonder_migrate, ['`BasicModelApp.py`', 'Migrate(app, db)']),
]

# Wat de controle zelf zou kunnen laten struikelen: dat gaat door de echte `pytest`.
STRUIKELBLOKKEN = [
    (geen_module, ['`BasicModelApp.py`', 'geen bestand']),
    (module_met_een_tikfout, ['`BasicModelApp.py`', 'regel 23', 'dubbele punt']),
    (geen_migrations, ['migraties', 'data.sqlite']),
    (geen_database, ['`data.sqlite` is er niet', 'flask db upgrade']),
    (tekst_als_database, ['`data.sqlite` is geen database']),
    (te_grote_database, ['`data.sqlite` is veel te groot']),
    (migratie_met_een_fout, ['_woonplaats.py`', 'bestaat_niet']),
    (exit_in_de_module, ['BasicModelApp.py`', 'SystemExit', 'sys.exit()']),
    (harde_exit_in_de_module, ['exit status 0']),
    (module_die_niet_stopt, ['`BasicModelApp.py`', '2 seconden', 'nog niet klaar']),
    (migratie_die_niet_stopt, ['_woonplaats.py`', '3 seconden', 'nog niet klaar']),
]


@pytest.mark.parametrize(('bederf', 'woorden'), KAPOT)
def test_een_kapot_bestand_krijgt_een_duidelijke_zin(oefening, bederf, woorden):
    werk = oefening(2)
    bederf(werk)
    oordeel = werk.oordeel()
    assert oordeel.afwijkingen
    noemt(vertelling.wat_nu(oordeel), *woorden)


@pytest.mark.parametrize(('bederf', 'woorden'), STRUIKELBLOKKEN)
def test_een_struikelblok_krijgt_een_duidelijke_zin(oefening, bederf, woorden):
    werk = oefening(2)
    bederf(werk)
    voor = inhoud(werk.map)
    resultaat = werk.controle()
    assert resultaat.returncode == 1, resultaat.stdout
    noemt(resultaat.stdout, *woorden)
    assert inhoud(werk.map) == voor


@pytest.mark.parametrize(
    ('wijzig', 'na'),
    [
        (andere_namen_van_constraints, 10),
        (hulpmodules_routes_en_een_server, 1),
        (migratie_met_een_fout, 3),
        (module_met_een_tikfout, 2),
        (module_zonder_migrate, 2),
    ],
)
def test_naspelen_in_dit_proces_ziet_wat_een_eigen_proces_ziet(oefening, wijzig, na):
    werk = oefening(na)
    wijzig(werk)
    hier = speel_hier_na(werk.map)
    with Naspelen(werk.map) as naspelen:
        apart = naspelen.verslag()

    def zonder_tijd(naspel):
        return re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'TIJD', repr(naspel))

    assert zonder_tijd(hier) == zonder_tijd(apart)


# --- Hoe de controle het vertelt ------------------------------------------------------------


def test_een_uitgedeelde_map_is_groen_en_noemt_twee_wegen(uitgedeeld):
    resultaat = uitgedeeld.controle()
    is_groen(resultaat, 1)
    gezegd = wat_nu(resultaat.stdout)
    assert 'stap 1 staat klaar' in gezegd
    assert 'Doe dan stap 1 in `LEERLING.md`' in gezegd
    assert 'stap 2, Een kolom erbij, in `LEERLING.md`' in gezegd


def test_zonder_migratie_is_er_nog_niets_begonnen(oefening):
    werk = oefening(0)
    resultaat = werk.controle()
    assert resultaat.returncode == 0, resultaat.stdout
    assert stand(resultaat.stdout, '·') == list(range(1, ALLES + 1))
    assert f'{ALLES} skipped' in resultaat.stdout
    assert 'flask db init' in wat_nu(resultaat.stdout)


def test_alles_af_telt_wat_nog_niet_begonnen_is_als_fout(oefening):
    half, heel = oefening(2, 'half'), oefening(10, 'heel')
    resultaat = half.controle('--alles-af')
    assert resultaat.returncode == 1
    assert '8 failed, 2 passed' in resultaat.stdout
    assert 'Stap 10 is nog niet begonnen.' in resultaat.stdout
    # Voor een cijfer telt hij als fout, maar voor de leerling is er niets fout.
    assert stand(resultaat.stdout, '·') == list(range(3, ALLES + 1))
    assert heel.controle('--alles-af').returncode == 0


@pytest.mark.parametrize('codering', ['ascii', 'cp1252', 'cp850'])
def test_een_terminal_zonder_vinkjes_krijgt_woorden(oefening, codering):
    werk = oefening(1)
    werk.kolom('één = db.Column(db.Text)')
    werk.sql("ALTER TABLE cursisten ADD COLUMN 'één' TEXT")
    resultaat = werk.controle(PYTHONIOENCODING=codering)
    assert resultaat.returncode == 1
    assert stand(resultaat.stdout, 'af') == [1]
    assert stand(resultaat.stdout, 'fout') == [2]
    assert stand(resultaat.stdout, '-') == list(range(3, ALLES + 1))
    assert 'Wat nu: stap 2, ' in resultaat.stdout


def test_zonder_kleur_staan_er_geen_kleurcodes_in(oefening):
    werk = oefening(1)
    assert '\x1b[' not in werk.controle().stdout
    assert '\x1b[32m✓' in werk.controle('--color=yes').stdout


@pytest.mark.parametrize('kolommen', [40, 80])
def test_elke_zin_past_in_de_breedte_van_de_terminal(oefening, kolommen):
    werk = oefening(2)
    werk.sql('DELETE FROM cursisten', "UPDATE alembic_version SET version_num = 'weg'")
    uitvoer = werk.controle(COLUMNS=str(kolommen)).stdout.partition('stand van zaken')[2]
    zinnen = [r for r in uitvoer.splitlines()[1:-2] if not r.startswith((' ', '✓', '✗', '·'))]
    assert len(zinnen) > 4
    for zin in zinnen:
        # Wat geen spatie heeft, zoals een lange bestandsnaam, kan niet worden afgebroken.
        assert len(zin) <= kolommen or ' ' not in zin


def test_een_database_in_wal_wordt_goed_gelezen(oefening):
    werk = oefening(2)
    with closing(sqlite3.connect(werk.database)) as open_verbinding:
        open_verbinding.execute('PRAGMA journal_mode = WAL')
        open_verbinding.execute("INSERT INTO cursisten (naam) VALUES ('Noor')")
        open_verbinding.commit()
        assert werk.database.with_name('data.sqlite-wal').stat().st_size > 0
        voor = inhoud(werk.map)
        resultaat = werk.controle()
        assert inhoud(werk.map) == voor
    is_groen(resultaat, 2)
    assert 'tabel cursisten (4 rijen)' in resultaat.stdout


def test_een_database_met_een_half_afgemaakte_wijziging_wordt_goed_gelezen(oefening):
    werk, ander = oefening(2), oefening(2, 'ander')
    with closing(sqlite3.connect(ander.database)) as bezig:
        # Met zo weinig geheugen schrijft SQLite al voor de commit in de database.
        bezig.execute('PRAGMA cache_size = 1')
        bezig.execute('DELETE FROM cursisten')
        bezig.executemany(
            'INSERT INTO cursisten (naam) VALUES (?)', [('Noor' * 500,) for _ in range(200)]
        )
        for naam in ('data.sqlite', 'data.sqlite-journal'):
            shutil.copyfile(ander.map / naam, werk.map / naam)
    assert werk.database.stat().st_size > 100_000
    voor = inhoud(werk.map)
    resultaat = werk.controle()
    assert inhoud(werk.map) == voor
    is_groen(resultaat, 2)
    assert 'tabel cursisten (3 rijen)' in resultaat.stdout
    assert 'data.sqlite-journal' in resultaat.stdout


def test_de_controle_werkt_ook_van_een_andere_plek(oefening, tmp_path):
    werk = oefening(2)
    for opties, waar in (((), werk.map / 'tests'), ((str(werk.map),), tmp_path)):
        is_groen(werk.controle(*opties, waar=waar), 2)


# --- Wat er wordt uitgedeeld ----------------------------------------------------------------

RIJEN = [(1, 'Joyce', 36), (2, 'Bram', 24), (3, 'Elsje', 19)]


def test_de_uitgedeelde_database_is_wat_een_upgrade_en_drie_rijen_geven(uitgedeeld):
    werk = uitgedeeld
    with closing(sqlite3.connect(werk.database)) as verbinding:
        assert verbinding.execute('SELECT * FROM cursisten').fetchall() == RIJEN
    gelezen = lees_database(werk.database)
    werk.flask('check')
    werk.database.unlink()
    werk.flask('upgrade')
    with closing(sqlite3.connect(werk.database)) as verbinding, verbinding:
        verbinding.executemany('INSERT INTO cursisten VALUES (?, ?, ?)', RIJEN)
    assert lees_database(werk.database) == gelezen
    assert gelezen.toestand == 'goed'


def test_de_uitgedeelde_migrations_is_wat_flask_db_init_en_migrate_maken(uitgedeeld, oefening):
    vers = oefening(0)
    vers.flask('init')
    gemaakt = inhoud(vers.map / 'migrations')
    uit = inhoud(uitgedeeld.map / 'migrations')
    assert {naam: uit.get(naam) for naam in gemaakt} == gemaakt
    vers.flask('migrate', '-m', 'eerste migratie')
    (script,) = vers.versions.glob('*.py')
    (eerste,) = uitgedeeld.versions.glob('*.py')

    def zonder_id_en_tijd(pad):
        tekst = pad.read_text(encoding='utf-8').replace(pad.name.partition('_')[0], 'ID')
        return re.sub(r'Create Date: .*', '', tekst)

    assert zonder_id_en_tijd(script) == zonder_id_en_tijd(eerste)


def test_elk_pakket_heeft_een_vaste_versie():
    tekst = (PROJECT / 'requirements.txt').read_text(encoding='utf-8')
    regels = [r for r in tekst.splitlines() if r and not r.startswith('#')]
    pakketten = {naam.lower(): versie for naam, _, versie in (r.partition('==') for r in regels)}
    assert set(pakketten) == {
        'flask', 'flask-sqlalchemy', 'flask-migrate', 'pytest', 'sqlalchemy', 'alembic'
    }  # fmt: skip
    assert all(re.fullmatch(r'\d+(\.\d+)+', versie) for versie in pakketten.values())


def test_elke_kolom_staat_in_de_les_zoals_een_hint_hem_noemt():
    les = (PROJECT / 'LEERLING.md').read_text(encoding='utf-8')
    regels = {regel.strip() for regel in les.splitlines()}
    ontbreekt = {
        kolom.regel
        for nummer in range(1, ALLES + 1)
        for kolom in kolommen_na(nummer).values()
        if kolom.regel not in regels
    }
    assert ontbreekt == set()


def test_in_een_submap_vindt_pytest_niets_en_helpt_wat_de_les_zegt(na_stap, voer_uit):
    submap = na_stap(1) / 'migrations'
    resultaat = voer_uit(submap, 'pytest')
    assert resultaat.returncode == 5, resultaat.stdout
    (raad,) = re.findall(
        r'\*\*`pytest` zegt `no tests ran`\.\*\*.*\n.*Typ `cd (.+)`',
        (submap.parent / 'LEERLING.md').read_text(encoding='utf-8'),
    )
    assert 'no tests ran' in resultaat.stdout
    resultaat = voer_uit(submap / raad, 'pytest')
    assert resultaat.returncode == 0, resultaat.stdout
