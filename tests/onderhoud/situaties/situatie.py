"""Wat een situatie is, en de manieren om er een te maken die meer bestanden gebruiken."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from leerling import GEBOORTEJAAR, GEBRUIKERS, KOLOM, WOONPLAATS, Leerling
from stappen import (
    GEVULD,
    KOPIE,
    MODULE,
    SERVER,
    TABEL,
    UIT_DE_OMGEVING,
    Kolom,
    kolommen_na,
    stap_met,
)

# De regel van de les waar een leerling hier de meeste fouten in maakt.
REGEL = KOLOM[WOONPLAATS].regel

# Een kolom van de tweede tabel.
WACHTWOORD = kolommen_na(GEBRUIKERS)['gebruikers', 'wachtwoord_hash']

# De regel van een script die de kolom vult.
VUL = f"    op.execute('{GEVULD.vulling}')\n"


@dataclass
class Situatie:
    """Een map waar iets mee is, en de hint of opmerking die er hoort te komen."""

    hint: str
    stap: int
    woorden: tuple[str, ...]
    maak: Callable[[Leerling], None]
    # Wat een leerling zelf moet bedenken, als de hint geen letterlijke regel heeft.
    zelf: Callable[[Leerling], None] | None = None
    # Of de situatie zelf al waarden kost, voordat er een hint is.
    verloren: bool = False
    # Hiermee speelt een eigen proces na: dat bewaakt de map en houdt op tijd op.
    tijdslimiet: int | None = None
    # Tot elke stap goed is; anders tot een situatie die zelf al tot het eind gaat.
    tot_het_eind: bool = False
    # De stap die fout is; anders alleen de stap zelf, of de volgende.
    bij: int | None = None
    bestand: str = ''

    def mist(self, tekst: str, m: Leerling) -> list[str]:
        """De woorden die niet in de tekst staan."""
        woorden = [
            f'egel {m.regel(woord[1:])}' if woord.startswith('@') else woord
            for woord in self.woorden
        ]
        return [woord for woord in woorden if woord not in tekst]


SITUATIES: list[Situatie] = []
OPMERKINGEN: list[Situatie] = []


def situatie(hint: str, stap: int, *woorden: str, **extra: object) -> Callable:
    """Zegt bij een functie welke hint er komt als een leerling na `stap` doet wat erin staat."""

    def zet_erbij(maak: Callable) -> Callable:
        SITUATIES.append(Situatie(hint, stap, woorden, maak, **extra))
        return maak

    return zet_erbij


def opmerking(naam: str, stap: int, *woorden: str) -> Callable:
    """Net zo, voor iets om te weten terwijl elke stap goed is."""

    def zet_erbij(maak: Callable) -> Callable:
        OPMERKINGEN.append(Situatie(naam, stap, woorden, maak))
        return maak

    return zet_erbij


# --- Situaties die op elkaar lijken -----------------------------------------------------------


def in_de_module(
    hint: str, oud: str, nieuw: str, *woorden: str, na: int = WOONPLAATS, **extra: object
) -> None:
    """In de module staat iets anders dan in de les."""
    situatie(hint, na, *woorden, **extra)(lambda m: m.vervang(oud, nieuw))


def kolom_fout(
    hint: str,
    kolom: Kolom,
    oud: str,
    nieuw: str,
    *woorden: str,
    tot: str = 'model',
    waarde: str = '',
    verder: bool = False,
    **extra: object,
) -> None:
    """Een kolom met een fout: alleen in het model, gemigreerd, toegepast, of met een waarde.

    Met `verder` staat de fout van de les zelf erin, en is de leerling al aan de volgende stap.
    """
    stap = stap_met(kolom)

    def maak(m: Leerling) -> None:
        m.model_van(stap)
        m.vervang(kolom.regel, kolom.regel.replace(oud, nieuw))
        if tot == 'model':
            return
        m.flask('db', 'migrate', '-m', 'nieuw')
        script = m.script('nieuw')
        geef_namen(m, script)
        if stap == GEBOORTEJAAR:
            herschrijf(m, r'\n    # ### end', f'{VUL}\\g<0>', script, aantal=1)
        if tot == 'toegepast':
            m.upgrade(script)
        if waarde:
            m.sql(waarde)
        if verder:
            m.model_van(stap + 1)
            m.vervang(kolom.regel, kolom.regel.replace(oud, nieuw))

    situatie(hint, stap - 1, *woorden, tot_het_eind=bool(waarde), **extra)(maak)


def script_van(hint: str, stap: int, oud: str, nieuw: str, *woorden: str, **extra: object) -> None:
    """Stap `stap` met een ander script, dat nog niet is uitgevoerd."""

    def maak(m: Leerling) -> None:
        m.vervang(oud, nieuw, zet_klaar(m, stap))

    situatie(hint, stap - 1, *woorden, **extra)(maak)


def in_een_script(
    hint: str, na: int, eind: str, oud: str, nieuw: str, *woorden: str, **extra: object
) -> None:
    """Een script dat na de upgrade veranderd is; in downgrade() blijft staan wat er stond."""

    def maak(m: Leerling) -> None:
        voor, gevonden, rest = m.lees(m.script(eind)).partition(oud)
        assert gevonden, f'{oud!r} staat niet in {eind}.'
        m.schrijf(voor + nieuw + rest, m.script(eind))

    situatie(hint, na, *woorden, **extra)(maak)


# Een view die een kolom van de les gebruikt.
VIEW = f'CREATE VIEW overzicht AS SELECT woonplaats FROM {TABEL}'


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


def halve_upgrade(m: Leerling) -> None:
    """Een script zoals in deel C: de eerste kolom lukt, de tweede niet. Het model is verbeterd."""
    shutil.copyfile(m.database, m.map / KOPIE)
    verplicht = 'lestijd = db.Column(db.String(20), nullable=False)'
    m.kolom('telefoon = db.Column(db.String(15))', verplicht)
    m.flask('db', 'migrate', '-m', 'telefoon')
    assert 'NOT NULL' in m.flask('db', 'upgrade', mag_mislukken=True)
    m.vervang(verplicht, verplicht.replace('False', 'True'))


def in_een_eigen_bestand(hint: str, oud: str, nieuw: str, *woorden: str, **extra: object) -> None:
    """Net als in_de_module, met de klasse in `models.py` en `db` in nog een bestand."""

    @situatie(hint, WOONPLAATS, '`models.py`', *woorden, **extra)
    def model_in_een_eigen_bestand(m: Leerling) -> None:
        zet_model_apart(m)
        m.vervang(oud, nieuw, 'models.py')


# --- Wat een leerling hier vaker doet ---------------------------------------------------------


TELEFOON = 'telefoon = db.Column(db.String(15))'
INSTRUMENT = "instrument = db.Column(db.Text, nullable=False, server_default='geen')"


def samen_met_bas(
    m: Leerling, van_anna: str, van_bas: str, ids: tuple[str, str] = ('a1', 'b1')
) -> str:
    """De leerling en Bas maken elk iets, in hun eigen map; daarna komt het script van Bas erbij."""
    bas = Leerling(shutil.copytree(m.map, m.map.parent / 'bas'))
    for wie, nieuw, revisie in ((m, van_anna, ids[0]), (bas, van_bas, ids[1])):
        zet = wie.onderaan if nieuw.startswith('class') else wie.kolom
        zet(nieuw)
        wie.flask('db', 'migrate', '-m', 'nieuw', '--rev-id', revisie)
        wie.flask('db', 'upgrade')
    naam = f'migrations/versions/{ids[1]}_nieuw.py'
    shutil.copyfile(bas.map / naam, m.map / naam)
    return naam


def zet_klaar(m: Leerling, stap: int) -> str:
    """Neemt de module en het script van een stap over: alleen de upgrade moet nog."""
    m.model_van(stap)
    return m.script_van(stap)


def herschrijf(m: Leerling, patroon: str, nieuw: str, naam: str = MODULE, aantal: int = 0) -> None:
    """Vervangt wat op een patroon past, overal of de eerste keren."""
    tekst, gevonden = re.subn(patroon, nieuw, m.lees(naam), count=aantal)
    assert gevonden, f'Niets in {naam} past op {patroon!r}.'
    m.schrijf(tekst, naam)


def zonder_kolom(m: Leerling, stap: int) -> None:
    """Haalt de regel van een kolom uit het model."""
    m.vervang(f'    {KOLOM[stap].regel}\n', '')


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


def zonder_gebruiker(m: Leerling) -> None:
    """Haalt de klasse van de tweede tabel uit het model."""
    m.schrijf(m.lees().partition('\n\nclass Gebruiker')[0] + '\n')


def werk_elders(m: Leerling, regel: str = UIT_DE_OMGEVING) -> None:
    """De module leest het adres uit het terminalvenster, en daar staat een andere database."""
    m.vervang('db = SQLAlchemy', f'{regel}\ndb = SQLAlchemy')
    os.environ[SERVER] = f'sqlite:///{(m.map.parent / "elders.sqlite").as_posix()}'


def geef_namen(m: Leerling, script: str) -> None:
    """Geeft elke constraint een naam; een downgrade noemt ze in omgekeerde volgorde."""
    delen = m.lees(script).split('constraint(None')
    tekst = delen[0]
    for nummer, deel in enumerate(delen[1:]):
        tekst += f"constraint('uq_{min(nummer, len(delen) - 2 - nummer)}'{deel}"
    m.schrijf(tekst, script)


def vorige(m: Leerling, eind: str) -> str:
    """De revisie waarop een script volgt."""
    return re.search(r"down_revision = '(.*)'", m.lees(m.script(eind)))[1]


def kopieer_script(m: Leerling, eind: str) -> str:
    """Zet een kopie van een script achteraan in de reeks, met een eigen revisie."""
    tekst = m.lees(m.script(eind)).replace(m.revisie(eind), 'abc123')
    naam = 'migrations/versions/abc123_nog_een.py'
    m.schrijf(tekst.replace(vorige(m, eind), m.head()), naam)
    return naam
