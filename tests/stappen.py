"""De stappen van de les als gegevens: hier staat elk feit van de les, en nergens anders.

Een stap toevoegen is een regel in STAPPEN en een hoofdstuk in LEERLING.md. Zijn nummer is zijn
plaats in STAPPEN.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MODULE = 'BasicModelApp.py'
DATABASE = 'data.sqlite'
# De kopie die de les laat maken voordat een stap waarden kan kosten.
KOPIE = 'bewaar.sqlite'
# En een kopie met een eigen naam, zoals die van een kolom.
KOPIE_VAN = 'bewaar_{}.sqlite'
# De revisie van stap 1 zoals zij is uitgedeeld: wie stap 1 zelf doet, krijgt een andere.
UITGEDEELD = '39945238fc1a'

# De regels van de module waar een hint naar kan vragen, elk met de naam die ze maken.
REGELS = {
    'basedir': 'basedir = os.path.abspath(os.path.dirname(__file__))',
    'app': 'app = Flask(__name__)',
    'adres': (
        "app.config['SQLALCHEMY_DATABASE_URI'] = "
        "'sqlite:///' + os.path.join(basedir, 'data.sqlite')"
    ),
    'db': 'db = SQLAlchemy(app)',
    'migrate': 'Migrate(app, db)',
}
# Waaraan zo'n regel te herkennen is, en wat hij doet.
WAARVOOR = {
    'basedir': ('^basedir =', 'zegt in welke map je werkt'),
    'app': (r'\bFlask\(', 'je app maakt'),
    'adres': ('SQLALCHEMY_DATABASE_UR', 'zegt waar de database staat'),
    'db': (r'\bSQLAlchemy\(|\bdb\.init_app\(', 'je app aan SQLAlchemy geeft'),
    'migrate': (r'\bMigrate\(', 'je het commando `flask db` geeft'),
}
# Met deze regel komt een instelling ook uit de omgeving, en daarin het adres van een server.
UIT_DE_OMGEVING = 'app.config.from_prefixed_env()'
SERVER = 'FLASK_SQLALCHEMY_DATABASE_URI'
# Zo heet `db` vanaf de stap die de constraints namen geeft.
DB_MET_NAMEN = 'db = SQLAlchemy(app, metadata=namen)'

# Met welke regel de les een naam importeert; `event` is van VERDIEPING.md.
IMPORTS = {
    'os': 'import os',
    'Flask': 'from flask import Flask',
    'Migrate': 'from flask_migrate import Migrate',
    'SQLAlchemy': 'from flask_sqlalchemy import SQLAlchemy',
    'MetaData': 'from sqlalchemy import MetaData',
    'event': 'from sqlalchemy import event',
    'op': 'from alembic import op',
    'sa': 'import sqlalchemy as sa',
}

# De tabel van stap 1, met de rijen die de leerling daar zelf in zet.
TABEL = 'cursisten'
CURSISTEN = (
    {'naam': 'Joyce', 'leeftijd': 36},
    {'naam': 'Bram', 'leeftijd': 24},
    {'naam': 'Elsje', 'leeftijd': 19},
)
KLASSEN = {'cursisten': 'Cursist', 'gebruikers': 'Gebruiker'}

# Zo sterk lijkt een naam op een naam uit de les als het een tikfout is (1 is gelijk).
LIJKT_OP = 0.8
LIJKT_EEN_BEETJE_OP = 0.6

# Voor een kolom waarvan de les de standaardwaarde vrijlaat.
VRIJ = '(vrij)'

NU = 'CURRENT_TIMESTAMP'

# Hoe een type van SQLite in het model heet.
IN_HET_MODEL = {
    'BOOLEAN': 'Boolean',
    'DATE': 'Date',
    'DATETIME': 'DateTime',
    'FLOAT': 'Float',
    'INTEGER': 'Integer',
    'TEXT': 'Text',
    'VARCHAR': 'String',
}

# Wat achter `db.` hoort, of in een script achter `sa.`; en de andere namen uit de les.
NAMEN_VAN_DB = {*IN_HET_MODEL.values(), 'Column', 'ForeignKey', 'Model', 'func', 'relationship'}
NAMEN = {
    *(*NAMEN_VAN_DB, *IMPORTS, *REGELS),
    *('path', 'join', 'dirname', 'abspath', 'config', 'now', 'nullable', 'unique', 'index'),
    *('server_default', 'primary_key', 'batch_op', 'batch_alter_table', 'execute', 'add_column'),
    *('drop_column', 'alter_column', 'create_table', 'drop_table', 'create_index', 'drop_index'),
    *('create_unique_constraint', 'create_foreign_key', 'drop_constraint', 'new_column_name'),
}
# De pakketten van de les, en wat bij pip anders heet dan in een import.
PAKKETTEN = ('os', 'flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic')
HEET_BIJ_PIP = {'dotenv': 'python-dotenv', 'psycopg2': 'psycopg2-binary', 'PIL': 'pillow'}


@dataclass(frozen=True)
class Kolom:
    """Een kolom zoals SQLite hem meldt; `type` is bijvoorbeeld 'VARCHAR(50)'.

    Een type dat niet in IN_HET_MODEL staat geeft een ValueError.
    """

    tabel: str
    naam: str
    type: str
    null: bool = True
    standaard: str | None = None
    uniek: bool = False
    index: bool = False
    sleutel: bool = False
    # Waar een foreign key naar wijst: 'tabel.kolom'.
    verwijst_naar: str | None = None
    # De oude naam van een kolom die hernoemd is: de waarden horen mee te gaan.
    was: str | None = None
    # De kolom waarmee deze in elke rij tot hetzelfde getal optelt, en het getal van de les.
    som_met: str | None = None
    som: int | None = None

    def __post_init__(self) -> None:
        if self.type.partition('(')[0] not in IN_HET_MODEL:
            raise ValueError(f'Kolom {self.naam}: zet het type {self.type} in IN_HET_MODEL.')

    @property
    def plek(self) -> tuple[str, str]:
        """Waar de kolom staat: (tabel, kolom)."""
        return self.tabel, self.naam

    @property
    def model_type(self) -> str:
        """Het type zoals in het model en in een script: 'String(50)'."""
        soort, haakje, lengte = self.type.partition('(')
        # Een type dat de les niet kent, heet in het model zoals SQLite het noemt.
        return IN_HET_MODEL.get(soort, soort) + haakje + lengte

    @property
    def regel(self) -> str:
        """De regel die deze kolom maakt in het model."""
        delen = [f'db.{self.model_type}']
        if self.verwijst_naar:
            delen.append(f"db.ForeignKey('{self.verwijst_naar}')")
        if self.sleutel:
            delen.append('primary_key=True')
        elif not self.null:
            delen.append('nullable=False')
        if self.uniek:
            delen.append('unique=True')
        if self.index:
            delen.append('index=True')
        if self.standaard in (VRIJ, NU):
            delen.append('server_default=db.func.now()')
        elif self.standaard:
            tekst = self.standaard.startswith("'") and self.standaard.count("'") == 2
            waarde = self.standaard if tekst else f'db.text({self.standaard!r})'
            delen.append(f'server_default={waarde}')
        return f'{self.naam} = db.Column({", ".join(delen)})'

    @property
    def vulling(self) -> str:
        """De SQL die deze kolom in elke rij vult; alleen voor een kolom met `som_met`."""
        return f'UPDATE {self.tabel} SET {self.naam} = {self.som} - {self.som_met}'


class EigenKolom(Kolom):
    """Een kolom die niet van de les is: die mag elk type hebben."""

    def __post_init__(self) -> None:
        pass


@dataclass(frozen=True)
class Stap:
    """Een stap: de kolommen die erbij komen of veranderen, en die weggaan.

    In de meeste stappen laat de les eerst iets misgaan: `eerst`, `melding` en `mis` zeggen wat.
    """

    titel: str
    erbij: tuple[Kolom, ...] = ()
    # De kolommen die weggaan, als (tabel, kolom).
    weg: tuple[tuple[str, str], ...] = ()
    # Hoe de migratie in de les heet, als dat niet de eerste nieuwe kolom is.
    bericht: str = ''
    # De kolom zoals de les hem eerst laat schrijven, met de fout erin.
    eerst: Kolom | None = None
    # Het begin van de fout waarop `flask db` dan stopt.
    melding: str = ''
    # Wat de controle van het script met de fout erin ziet: soort en wat van een Afwijking.
    mis: tuple[tuple[str, str], ...] = ()
    # Of de les een kopie van de database laat maken, en of je het script zelf schrijft.
    kopie: bool = False
    zelf: bool = False

    @property
    def naam_van_migratie(self) -> str:
        """Wat de les achter `-m` zet."""
        return self.bericht or self.erbij[0].naam

    @property
    def nummer(self) -> int:
        """De plaats in STAPPEN; de eerste stap is 1."""
        return STAPPEN.index(self) + 1


STAPPEN = (
    Stap(
        'De eerste migratie',
        bericht='eerste migratie',
        erbij=(
            Kolom('cursisten', 'id', 'INTEGER', null=False, sleutel=True),
            Kolom('cursisten', 'naam', 'TEXT'),
            Kolom('cursisten', 'leeftijd', 'INTEGER'),
        ),
    ),
    Stap(
        'Een kolom erbij',
        erbij=(Kolom('cursisten', 'woonplaats', 'VARCHAR(50)'),),
    ),
    Stap(
        'Een verplichte kolom',
        erbij=(Kolom('cursisten', 'niveau', 'VARCHAR(20)', null=False, standaard="'beginner'"),),
        eerst=Kolom('cursisten', 'niveau', 'VARCHAR(20)', null=False),
        melding='Cannot add a NOT NULL column',
        mis=(('naspelen', 'heen'),),
    ),
    Stap(
        'Een unieke kolom',
        erbij=(Kolom('cursisten', 'cursistnummer', 'VARCHAR(8)', uniek=True),),
        melding='Constraint must have a name',
        mis=(('naspelen', 'heen'),),
    ),
    Stap(
        'Een tijdstip',
        erbij=(Kolom('cursisten', 'ingeschreven_op', 'DATETIME', null=False, standaard=NU),),
        eerst=Kolom('cursisten', 'ingeschreven_op', 'DATETIME', null=False, standaard=f"'{NU}'"),
        mis=(('kolom', 'standaard'),),
    ),
    Stap(
        'Een kolom vullen',
        erbij=(Kolom('cursisten', 'geboortejaar', 'INTEGER', som_met='leeftijd', som=2026),),
        mis=(('kolom', 'niet gevuld'),),
    ),
    Stap(
        'Een kolom hernoemen',
        erbij=(Kolom('cursisten', 'volledige_naam', 'TEXT', was='naam'),),
        weg=(('cursisten', 'naam'),),
        mis=(('waarden', 'verloren'), ('downgrade', 'waarden')),
        kopie=True,
    ),
    Stap(
        'Een kolom weg',
        weg=(('cursisten', 'leeftijd'),),
        bericht='leeftijd weg',
        mis=(('downgrade', 'waarden'),),
    ),
    Stap(
        'Een tweede tabel',
        erbij=(
            Kolom('gebruikers', 'id', 'INTEGER', null=False, sleutel=True),
            Kolom('gebruikers', 'gebruikersnaam', 'VARCHAR(100)', null=False, uniek=True),
            Kolom('gebruikers', 'email', 'VARCHAR(120)', null=False, uniek=True),
            Kolom('gebruikers', 'wachtwoord_hash', 'VARCHAR(255)', null=False),
            Kolom('gebruikers', 'aangemaakt_op', 'DATETIME', null=False, standaard=VRIJ),
            Kolom('cursisten', 'gebruiker_id', 'INTEGER', verwijst_naar='gebruikers.id'),
        ),
        bericht='gebruikers',
        eerst=Kolom('cursisten', 'gebruiker_id', 'INTEGER', verwijst_naar='Gebruiker.id'),
        melding="Foreign key associated with column 'cursisten.gebruiker_id' could not find table",
    ),
    Stap(
        'Zelf een script schrijven',
        erbij=(Kolom('cursisten', 'volledige_naam', 'TEXT', was='naam', index=True),),
        bericht='index op naam',
        mis=(('downgrade', 'schema'),),
        kopie=True,
        zelf=True,
    ),
)

LAATSTE = len(STAPPEN)

# De delen van VERDIEPING.md, en de stap waarna elk deel begint.
DELEN = ('A', 'B', 'C', 'D')
DELEN_NA = 10

_KOLOMMEN = [kolom for stap in STAPPEN for kolom in stap.erbij]

# Elke kolom die op een punt in de les bestaat, als (tabel, kolom).
VAN_DE_LES = {kolom.plek: kolom for kolom in _KOLOMMEN}

# De kolom die van een andere de naam overneemt, en de kolom die een migratie zelf vult.
HERNOEMD = next(kolom for kolom in _KOLOMMEN if kolom.was)
GEVULD = next(kolom for kolom in _KOLOMMEN if kolom.som_met)

# Een kolom die weggaat, en de kolom die ervoor in de plaats komt.
OPVOLGERS = {HERNOEMD.was: HERNOEMD.naam, GEVULD.som_met: GEVULD.naam}

# Een kolom die op een andere stap anders heet of anders telt: uit welke kolom, en hoe.
AFGELEID = {
    HERNOEMD.naam: (HERNOEMD.was, HERNOEMD.was),
    HERNOEMD.was: (HERNOEMD.naam, HERNOEMD.naam),
    GEVULD.naam: (GEVULD.som_met, f'{GEVULD.som} - {GEVULD.som_met}'),
    GEVULD.som_met: (GEVULD.naam, f'{GEVULD.som} - {GEVULD.naam}'),
}

# De kolommen waarvan de waarden in elke stap dezelfde blijven: wat de leerling in stap 1 invult.
VASTE_KOLOMMEN = (*CURSISTEN[0], HERNOEMD.naam)


def kolommen_na(nummer: int) -> dict[tuple[str, str], Kolom]:
    """De kolommen van de les na stap `nummer` (0 tot en met LAATSTE), per (tabel, kolom)."""
    kolommen = {}
    for stap in STAPPEN[:nummer]:
        for plek in stap.weg:
            del kolommen[plek]
        kolommen |= {kolom.plek: kolom for kolom in stap.erbij}
    return kolommen


def weg_na(nummer: int) -> set[tuple[str, str]]:
    """De kolommen van de les die na stap `nummer` weg horen te zijn, als (tabel, kolom)."""
    return {plek for stap in STAPPEN[:nummer] for plek in stap.weg}


def stap_met(kolom: Kolom) -> int:
    """De stap waarin een kolom erbij komt."""
    return next(stap.nummer for stap in STAPPEN if kolom in stap.erbij)


def lijkt_op(gezocht: str, namen: Iterable[str], grens: float = LIJKT_OP) -> str | None:
    """De eigen naam die een tikfout zal zijn in `gezocht`; namen uit de les tellen niet."""
    uit_de_les = {naam for kolom in _KOLOMMEN for naam in kolom.plek}
    eigen = {naam.lower(): naam for naam in namen if naam not in uit_de_les}
    gevonden = get_close_matches(gezocht, eigen, 1, grens)
    return eigen[gevonden[0]] if gevonden else None


def bijna_gelijk(gezocht: str, namen: Iterable[str]) -> list[str]:
    """De namen met bijna dezelfde letters: een woord erachter is geen tikfout."""
    klein = {naam: naam.lower() for naam in sorted(namen) if abs(len(naam) - len(gezocht)) <= 2}
    # Twee letters verwisseld telt ook in een korte naam: bd voor db.
    lijkt = [naam for naam in klein.values() if sorted(naam) == sorted(gezocht.lower())]
    lijkt += get_close_matches(gezocht.lower(), klein.values(), 2, 0.75)
    return [naam for goed in dict.fromkeys(lijkt) for naam in klein if klein[naam] == goed]
