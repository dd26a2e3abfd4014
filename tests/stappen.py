"""De stappen van de les: welke kolommen er na elke stap horen te staan.

Een stap toevoegen is een regel in STAPPEN en een hoofdstuk in LEERLING.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

# Zo sterk lijkt een naam op een naam uit de les als het een tikfout is (1 is gelijk).
LIJKT_OP = 0.8
LIJKT_EEN_BEETJE_OP = 0.6

# Voor een kolom waarvan de les de standaardwaarde vrijlaat.
VRIJ = '(vrij)'

# Hoe een type van SQLite in het model heet.
IN_HET_MODEL = {'INTEGER': 'Integer', 'TEXT': 'Text', 'VARCHAR': 'String', 'DATETIME': 'DateTime'}


@dataclass(frozen=True)
class Kolom:
    """Een kolom zoals SQLite hem meldt; `type` is bijvoorbeeld 'VARCHAR(50)'."""

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
    # De kolom waarmee deze in elke rij tot hetzelfde getal optelt.
    som_met: str | None = None

    @property
    def regel(self) -> str:
        """De regel die deze kolom maakt in het model."""
        soort, _, lengte = self.type.partition('(')
        delen = [f'db.{IN_HET_MODEL[soort]}({lengte}' if lengte else f'db.{IN_HET_MODEL[soort]}']
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
        if self.type == 'DATETIME':
            delen.append('server_default=db.func.now()')
        elif self.standaard:
            delen.append(f'server_default={self.standaard}')
        return f'{self.naam} = db.Column({", ".join(delen)})'


@dataclass(frozen=True)
class Stap:
    """Een stap: de kolommen die erbij komen of veranderen, en die weggaan."""

    nummer: int
    titel: str
    erbij: tuple[Kolom, ...] = ()
    # De kolommen die weggaan, als (tabel, kolom).
    weg: tuple[tuple[str, str], ...] = ()


STAPPEN = (
    Stap(
        1,
        'De eerste migratie',
        erbij=(
            Kolom('cursisten', 'id', 'INTEGER', null=False, sleutel=True),
            Kolom('cursisten', 'naam', 'TEXT'),
            Kolom('cursisten', 'leeftijd', 'INTEGER'),
        ),
    ),
    Stap(
        2,
        'Een kolom erbij',
        erbij=(Kolom('cursisten', 'woonplaats', 'VARCHAR(50)'),),
    ),
    Stap(
        3,
        'Een verplichte kolom',
        erbij=(Kolom('cursisten', 'niveau', 'VARCHAR(20)', null=False, standaard="'beginner'"),),
    ),
    Stap(
        4,
        'Een unieke kolom',
        erbij=(Kolom('cursisten', 'cursistnummer', 'VARCHAR(8)', uniek=True),),
    ),
    Stap(
        5,
        'Een tijdstip',
        erbij=(
            Kolom(
                'cursisten',
                'ingeschreven_op',
                'DATETIME',
                null=False,
                standaard='CURRENT_TIMESTAMP',
            ),
        ),
    ),
    Stap(
        6,
        'Een kolom vullen',
        erbij=(Kolom('cursisten', 'geboortejaar', 'INTEGER', som_met='leeftijd'),),
    ),
    Stap(
        7,
        'Een kolom hernoemen',
        erbij=(Kolom('cursisten', 'volledige_naam', 'TEXT', was='naam'),),
        weg=(('cursisten', 'naam'),),
    ),
    Stap(
        8,
        'Een kolom weg',
        weg=(('cursisten', 'leeftijd'),),
    ),
    Stap(
        9,
        'Een tweede tabel',
        erbij=(
            Kolom('gebruikers', 'id', 'INTEGER', null=False, sleutel=True),
            Kolom('gebruikers', 'gebruikersnaam', 'VARCHAR(100)', null=False, uniek=True),
            Kolom('gebruikers', 'email', 'VARCHAR(120)', null=False, uniek=True),
            Kolom('gebruikers', 'wachtwoord_hash', 'VARCHAR(255)', null=False),
            Kolom('gebruikers', 'aangemaakt_op', 'DATETIME', null=False, standaard=VRIJ),
            Kolom('cursisten', 'gebruiker_id', 'INTEGER', verwijst_naar='gebruikers.id'),
        ),
    ),
    Stap(
        10,
        'Zelf een script schrijven',
        erbij=(Kolom('cursisten', 'volledige_naam', 'TEXT', was='naam', index=True),),
    ),
)


def kolommen_na(nummer: int) -> dict[tuple[str, str], Kolom]:
    """De kolommen van de les na stap `nummer` (0 tot en met 10), per (tabel, kolom)."""
    kolommen = {}
    for stap in STAPPEN[:nummer]:
        for sleutel in stap.weg:
            del kolommen[sleutel]
        kolommen |= {(kolom.tabel, kolom.naam): kolom for kolom in stap.erbij}
    return kolommen


def weg_na(nummer: int) -> set[tuple[str, str]]:
    """De kolommen van de les die na stap `nummer` weg horen te zijn, als (tabel, kolom)."""
    return {sleutel for stap in STAPPEN[:nummer] for sleutel in stap.weg}


def lijkt_op(gezocht: str, namen: Iterable[str], grens: float = LIJKT_OP) -> str | None:
    """De eigen naam die een tikfout zal zijn in `gezocht`; namen uit de les tellen niet."""
    uit_de_les = {naam for s in STAPPEN for k in s.erbij for naam in (k.tabel, k.naam)}
    eigen = {naam.lower(): naam for naam in namen if naam not in uit_de_les}
    gevonden = get_close_matches(gezocht, eigen, 1, grens)
    return eigen[gevonden[0]] if gevonden else None
