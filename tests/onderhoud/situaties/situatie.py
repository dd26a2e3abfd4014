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
PLAATS, PLAATS_TYPE = KOLOM[WOONPLAATS].naam, KOLOM[WOONPLAATS].model_type
# De naam met een letter te weinig.
TIKFOUT = PLAATS[:-4] + PLAATS[-3:]

# Een kolom van de tweede tabel.
WACHTWOORD = kolommen_na(GEBRUIKERS)['gebruikers', 'wachtwoord_hash']

# De regel van een script die de kolom vult.
VUL = f"    op.execute('{GEVULD.vulling}')\n"


# Een eigen klasse: de naam en de tabel staan nog open.
KLASSE = """\
class {}(db.Model):
    __tablename__ = '{}'
    id = db.Column(db.Integer, primary_key=True)
"""


@dataclass
class Situatie:
    """Een map waar iets mee is: wat een leerling na een stap van de les deed."""

    naam: str
    stap: int | str
    maak: Callable[[Leerling], None]
    # Wat een leerling doet als er geen letterlijke regel staat.
    zelf: Callable[[Leerling], None] | None = None
    # Of de situatie zelf al waarden kost, voordat er een hint is.
    verloren: bool = False
    # Of een eigen proces naspeelt: dat bewaakt de map, en houdt na `tijdslimiet` seconden op.
    apart: bool = False
    tijdslimiet: int = 30
    # Het bestand waar de situatie in staat.
    onderwerp: str = ''


SITUATIES: list[Situatie] = []
KENMERKEN = {'zelf', 'verloren', 'apart', 'tijdslimiet'}


def na(stap: int | str, **extra: object) -> Callable:
    """Zegt boven een functie na welke stap een leerling doet wat erin staat.

    Wat met een naam achter de stap staat is ook zo'n functie: `na(2, komma_erbij=in_module(...))`.
    """
    kenmerken = {naam: extra.pop(naam) for naam in KENMERKEN & extra.keys()}

    def zet_erbij(maak: Callable, naam: str = '') -> Callable:
        SITUATIES.append(Situatie(naam or maak.__name__, stap, maak, **kenmerken))
        return maak

    for naam, maak in extra.items():
        zet_erbij(maak, naam)
    return zet_erbij


# --- Wat een leerling doet ---------------------------------------------------------------------


def samen(*daden: Callable) -> Callable:
    """De ene daad na de andere."""

    def doe(m: Leerling) -> None:
        for daad in daden:
            daad(m)

    return doe


def in_module(oud: str, nieuw: str, naam: str = MODULE) -> Callable:
    """In de module, of een ander bestand, staat iets anders dan in de les."""
    return lambda m: m.vervang(oud, nieuw, naam)


def model_van(stap: int, oud: str = '', nieuw: str = '') -> Callable:
    """De module zoals die na een andere stap is, en misschien iets anders erin."""
    return samen(lambda m: m.model_van(stap), in_module(oud, nieuw))


def in_models(oud: str, nieuw: str) -> Callable:
    """Net zo, met de klasse in `models.py` en `db` in nog een bestand."""
    return samen(zet_model_apart, in_module(oud, nieuw, 'models.py'))


def onderaan(tekst: str) -> Callable:
    """Onderaan in de module staat nog iets."""
    return lambda m: m.onderaan(tekst)


def kolommen(*regels: str) -> Callable:
    """Onderaan in de klasse van de les staan nog kolommen."""
    return lambda m: m.kolom(*regels)


def gemigreerd(*regels: str) -> Callable:
    """Net zo, met een script dat nog niet is uitgevoerd."""
    return samen(kolommen(*regels), flask('db', 'migrate', '-m', 'eigen'))


def flask(*delen: str, mag_mislukken: bool = False) -> Callable:
    """Een opdracht van `flask`."""
    return lambda m: m.flask(*delen, mag_mislukken=mag_mislukken)


def mislukt(fout: str, *delen: str, invoer: str = '') -> Callable:
    """Een opdracht van `flask` die op een fout stopt."""

    def doe(m: Leerling) -> None:
        assert fout in m.flask(*delen, invoer=invoer, mag_mislukken=True)

    return doe


def migreer(naam: str) -> Callable:
    """`flask db migrate` en `flask db upgrade`."""
    return lambda m: m.migreer(naam)


def sql(*opdrachten: str) -> Callable:
    """Iets in de database, buiten `flask` om."""
    return lambda m: m.sql(*opdrachten)


def klaar_met(stap: int, oud: str = '', nieuw: str = '') -> Callable:
    """De module en het script van een stap, dat nog niet is uitgevoerd, en soms anders is."""
    return lambda m: m.vervang(oud, nieuw, zet_klaar(m, stap))


def in_script(eind: int | str, oud: str, nieuw: str) -> Callable:
    """Een script dat na de upgrade veranderd is, op de eerste plaats waar `oud` staat."""

    def doe(m: Leerling) -> None:
        voor, gevonden, rest = m.lees(m.script(eind)).partition(oud)
        assert gevonden, f'{oud!r} staat niet in {eind}.'
        m.schrijf(voor + nieuw + rest, m.script(eind))

    return doe


def eigen_script(naam: str, upgrade: str = 'pass', downgrade: str = 'pass') -> Callable:
    """Een script dat een leerling zelf schrijft, na de head."""
    return lambda m: m.schrijf_script(naam, upgrade, downgrade)


def kolom_met(
    kolom: Kolom, oud: str, nieuw: str, tot: str = 'model', waarde: str = '', verder: bool = False
) -> Callable:
    """Een kolom met een fout: alleen in het model, gemigreerd, toegepast, of met een waarde.

    Met `verder` is de leerling al aan de volgende stap.
    """
    stap = stap_met(kolom)

    def doe(m: Leerling) -> None:
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
            m.flask('db', 'upgrade')
        if waarde:
            m.sql(waarde)
        if verder:
            m.model_van(stap + 1)
            m.vervang(kolom.regel, kolom.regel.replace(oud, nieuw))

    return doe


# --- Wat een leerling hier vaker doet ---------------------------------------------------------


# Een view die een kolom van de les gebruikt.
VIEW = f'CREATE VIEW overzicht AS SELECT {PLAATS} FROM {TABEL}'


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
    m.kolom(SCHOENMAAT, verplicht)
    m.flask('db', 'migrate', '-m', 'schoenmaat')
    assert 'NOT NULL' in m.flask('db', 'upgrade', mag_mislukken=True)
    m.vervang(verplicht, verplicht.replace('False', 'True'))


SCHOENMAAT = 'schoenmaat = db.Column(db.String(15))'
INSTRUMENT = "instrument = db.Column(db.Text, nullable=False, server_default='geen')"


def met_bas(van_bas: str, ids: tuple[str, str] = ('a1', 'b1')) -> Callable:
    """De leerling maakt een schoenmaat, en Bas in zijn eigen map iets anders.

    Daarna komt het script van Bas erbij.
    """

    def doe(m: Leerling) -> None:
        bas = Leerling(shutil.copytree(m.map, m.map.parent / 'bas'))
        for wie, nieuw, revisie in ((m, SCHOENMAAT, ids[0]), (bas, van_bas, ids[1])):
            zet = wie.onderaan if nieuw.startswith('class') else wie.kolom
            zet(nieuw)
            wie.flask('db', 'migrate', '-m', 'nieuw', '--rev-id', revisie)
            wie.flask('db', 'upgrade')
        naam = f'migrations/versions/{ids[1]}_nieuw.py'
        shutil.copyfile(bas.map / naam, m.map / naam)

    return doe


def zet_klaar(m: Leerling, stap: int) -> str:
    """Neemt de module en het script van een stap over: alleen de upgrade moet nog."""
    m.model_van(stap)
    return m.script_van(stap)


def herschrijf(m: Leerling, patroon: str, nieuw: str, naam: str = MODULE, aantal: int = 0) -> None:
    """Vervangt wat op een patroon past, overal of de eerste keren."""
    tekst, gevonden = re.subn(patroon, nieuw, m.lees(naam), count=aantal)
    assert gevonden, f'Niets in {naam} past op {patroon!r}.'
    m.schrijf(tekst, naam)


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
