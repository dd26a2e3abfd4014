"""Wat een situatie is, en wat een leerling doet om erin te komen."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leerling import GEBRUIKERS, KOLOM, WOONPLAATS, Leerling
from standen import stand
from stappen import (
    DATABASE,
    GEVULD,
    KOPIE,
    REGELS,
    SERVER,
    TABEL,
    UIT_DE_OMGEVING,
    Kolom,
    kolommen_na,
    stap_met,
)

# De regel van de les waar een leerling hier de meeste fouten in maakt.
REGEL = KOLOM[WOONPLAATS].regel
PLAATS, PLAATS_TYPE = KOLOM[WOONPLAATS].naam, KOLOM[WOONPLAATS].model_type
# De naam met een letter te weinig.
TIKFOUT = PLAATS[:-4] + PLAATS[-3:]

# Een kolom van de tweede tabel.
WACHTWOORD = kolommen_na(GEBRUIKERS)['gebruikers', 'wachtwoord_hash']

# De regel van een script die de kolom vult.
VUL = f"    op.execute('{GEVULD.vulling}')\n"

# Een view die een kolom van de les gebruikt.
VIEW = f'CREATE VIEW overzicht AS SELECT {PLAATS} FROM {TABEL}'

# Eigen kolommen, en een eigen klasse: haar naam en de tabel staan nog open.
SCHOENMAAT = 'schoenmaat = db.Column(db.String(15))'
INSTRUMENT = "instrument = db.Column(db.Text, nullable=False, server_default='geen')"
KLASSE = """\
class {}(db.Model):
    __tablename__ = '{}'
    id = db.Column(db.Integer, primary_key=True)
"""


@dataclass
class Situatie:
    """Een map waar iets mee is: wat een leerling na een stap van de les deed."""

    # Het bestand waar de situatie in staat, en haar naam daar.
    onderwerp: str
    naam: str
    maak: Callable[[Leerling], None]
    stap: int | str
    # Wat een leerling doet als er geen letterlijke regel staat.
    zelf: Callable[[Leerling], None] | None = None
    # Of de situatie zelf al waarden kost, voordat er een hint is.
    verloren: bool = False
    # Of een eigen proces naspeelt: dat bewaakt de map, en houdt na `tijdslimiet` seconden op.
    apart: bool = False
    tijdslimiet: int = 30


class Dwaler(Leerling):
    """Een leerling, met wat er hier vaker misgaat."""

    # --- De bestanden ---------------------------------------------------------------------------

    def kopieer(self, naar: str | Path, van: str | Path = DATABASE) -> None:
        (self.map / naar).parent.mkdir(exist_ok=True)
        shutil.copyfile(self.map / van, self.map / naar)

    def verplaats(self, van: str | Path, naar: str) -> None:
        (self.map / naar).parent.mkdir(parents=True, exist_ok=True)
        (self.map / van).replace(self.map / naar)

    def weg(self, *namen: str) -> None:
        for naam in namen:
            (self.map / naam).unlink()

    def map_weg(self, naam: str) -> None:
        shutil.rmtree(self.map / naam)

    def database_van(self, stap: int, naar: str = DATABASE) -> None:
        """De database zoals die na een andere stap is."""
        self.kopieer(naar, stand(stap) / DATABASE)

    # --- De scripts -----------------------------------------------------------------------------

    def klaar_met(self, stap: int, oud: str = '', nieuw: str = '') -> None:
        """De module en het script van een stap, dat nog niet is uitgevoerd, en soms anders is."""
        self.model_van(stap)
        self.vervang(oud, nieuw, self.script_van(stap))

    def in_script(self, eind: int | str, oud: str, nieuw: str) -> None:
        """Verandert een script op de eerste plaats waar `oud` staat."""
        voor, gevonden, rest = self.lees(self.script(eind)).partition(oud)
        assert gevonden, f'{oud!r} staat niet in {eind}.'
        self.schrijf(voor + nieuw + rest, self.script(eind))

    def herschrijf(self, eind: int | str, patroon: str, nieuw: str) -> None:
        """Vervangt in een script alles wat op een patroon past."""
        tekst, gevonden = re.subn(patroon, nieuw, self.lees(self.script(eind)))
        assert gevonden, f'Niets in {eind} past op {patroon!r}.'
        self.schrijf(tekst, self.script(eind))

    def script_weg(self, eind: int | str) -> None:
        self.weg(self.script(eind))

    def kopieer_script(self, eind: int) -> None:
        """Zet een kopie van een script achteraan in de reeks, met een eigen revisie."""
        tekst = self.lees(self.script(eind)).replace(self.revisie(eind), 'abc123')
        tekst = tekst.replace(vorige(self, eind), self.head())
        self.schrijf(tekst, 'migrations/versions/abc123_nog_een.py')

    # --- Het model ------------------------------------------------------------------------------

    def kring(self, importeert: str) -> None:
        """De klasse staat in `models.py`, en dat bestand haalt `db` uit de module."""
        zet_model_apart(self)
        self.weg('uitbreidingen.py')
        self.vervang('from uitbreidingen', 'from BasicModelApp', 'models.py')
        self.vervang('import models\nfrom uitbreidingen import db', importeert)
        self.vervang('db.init_app(app)', REGELS['db'])

    def in_models(self, oud: str, nieuw: str) -> None:
        """De klasse staat in `models.py`, met iets anders erin, en `db` in nog een bestand."""
        zet_model_apart(self)
        self.vervang(oud, nieuw, 'models.py')

    def zonder(self, regel: str) -> None:
        self.vervang(f'{regel}\n', '')

    def boven(self, regel: str, nieuw: str) -> None:
        self.vervang(regel, f'{nieuw}\n{regel}')

    def zonder_gebruiker(self) -> None:
        """Haalt de klasse van de tweede tabel uit het model."""
        self.schrijf(self.lees().partition('\n\nclass Gebruiker')[0] + '\n')

    def werk_elders(self, regel: str = UIT_DE_OMGEVING) -> None:
        """De module leest het adres uit het terminalvenster, en daar staat een andere database."""
        self.vervang('db = SQLAlchemy', f'{regel}\ndb = SQLAlchemy')
        os.environ[SERVER] = f'sqlite:///{(self.map.parent / "elders.sqlite").as_posix()}'

    # --- Typen ----------------------------------------------------------------------------------

    def migrate(self, naam: str) -> None:
        self.flask('db', 'migrate', '-m', naam)

    def upgrade(self) -> None:
        self.flask('db', 'upgrade')

    def mislukt(self, fout: str, *delen: str, invoer: str = '') -> None:
        """Een opdracht van `flask` die op een fout stopt."""
        assert fout in self.flask(*delen, invoer=invoer, mag_mislukken=True)

    def halve_upgrade(self) -> None:
        """Een script zoals in deel C: de eerste kolom lukt, de tweede niet.

        Het model is daarna verbeterd.
        """
        self.kopieer(KOPIE)
        verplicht = 'lestijd = db.Column(db.String(20), nullable=False)'
        self.kolom(SCHOENMAAT, verplicht)
        self.migrate('schoenmaat')
        self.mislukt('NOT NULL', 'db', 'upgrade')
        self.vervang(verplicht, verplicht.replace('False', 'True'))

    def met_bas(self, van_bas: str, ids: tuple[str, str] = ('a1', 'b1')) -> None:
        """De leerling maakt een schoenmaat, en Bas in zijn eigen map iets anders.

        Daarna komt het script van Bas erbij.
        """
        bas = Dwaler(shutil.copytree(self.map, self.map.parent / 'bas'))
        for wie, nieuw, revisie in ((self, SCHOENMAAT, ids[0]), (bas, van_bas, ids[1])):
            zet = wie.onderaan if nieuw.startswith('class') else wie.kolom
            zet(nieuw)
            wie.flask('db', 'migrate', '-m', 'nieuw', '--rev-id', revisie)
            wie.upgrade()
        naam = f'migrations/versions/{ids[1]}_nieuw.py'
        self.kopieer(naam, bas.map / naam)


class Daden:
    """Wat een leerling na elkaar doet: `doe.kolom(STRAAT).upgrade()`.

    Alles wat een `Dwaler` kan, kan hier, en gebeurt pas als de situatie gemaakt wordt.
    """

    def __init__(self, *daden: Callable[[Dwaler], object], **kenmerken: object):
        self._daden, self.kenmerken = daden, kenmerken

    def __call__(self, m: Leerling) -> None:
        for daad in self._daden:
            daad(Dwaler(m.map))

    def __getattr__(self, naam: str) -> Callable:
        methode = getattr(Dwaler, naam)
        return lambda *wat, **hoe: self.en(lambda m: methode(m, *wat, **hoe))

    def en(self, *daden: Callable[[Dwaler], object]) -> 'Daden':
        """Daarna nog iets."""
        return Daden(*self._daden, *daden, **self.kenmerken)


doe = Daden()


def na(stap: int | str, **kenmerken: object) -> Daden:
    """Begint een situatie: zij krijgt de naam waar dit bij staat, als die kleine letters heeft."""
    return Daden(stap=stap, **kenmerken)


def klaar(stap: int, oud: str = '', nieuw: str = '', **kenmerken: object) -> Daden:
    """In een stap: alleen de upgrade moet nog, en soms is het script anders."""
    return na(stap - 1, **kenmerken).klaar_met(stap, oud, nieuw)


def kolom_met(kolom: Kolom, oud: str, nieuw: str, **kenmerken: object) -> Daden:
    """In de stap van een kolom: zij staat met een fout in het model."""
    stap = stap_met(kolom)
    fout = kolom.regel.replace(oud, nieuw)
    return na(stap - 1, **kenmerken).model_van(stap).vervang(kolom.regel, fout)


# --- Ook voor andere tests --------------------------------------------------------------------


def lessen_met_foreign_keys_aan(m: Leerling) -> None:
    """Een eigen tabel die naar de tabel van de les wijst; SQLite let daar dan ook op."""
    m.onderaan(
        'from sqlalchemy import Engine, event\n\n\n'
        "@event.listens_for(Engine, 'connect')\n"
        'def let_op(verbinding, _):\n'
        "    verbinding.execute('PRAGMA foreign_keys=ON')\n\n\n"
        'class Les(db.Model):\n'
        "    __tablename__ = 'lessen'\n"
        '    id = db.Column(db.Integer, primary_key=True)\n'
        f"    cursist_id = db.Column(db.ForeignKey('{TABEL}.id', name='fk_les'))"
    )
    m.migreer('lessen')


def zet_model_apart(m: Leerling) -> None:
    """Zet de klasse in `models.py`, en `db` in `uitbreidingen.py`."""
    kop, klasse = m.lees().split('class Cursist', 1)
    m.schrijf('from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n', 'uitbreidingen.py')
    m.schrijf(f'from uitbreidingen import db\n\n\nclass Cursist{klasse}', 'models.py')
    m.schrijf(kop)
    m.vervang(
        'from flask_sqlalchemy import SQLAlchemy', 'import models\nfrom uitbreidingen import db'
    )
    m.vervang('db = SQLAlchemy(app)', 'db.init_app(app)')


def vorige(m: Leerling, eind: int | str) -> str:
    """De revisie waarop een script volgt."""
    return re.search(r"down_revision = '(.*)'", m.lees(m.script(eind)))[1]
