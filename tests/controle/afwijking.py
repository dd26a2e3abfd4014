"""Wat een afwijking is: iets wat in een oefenmap niet klopt."""

from dataclasses import dataclass
from enum import StrEnum

# Waarin twee kolommen kunnen verschillen.
EIGENSCHAPPEN = ('sleutel', 'type', 'null', 'standaard', 'uniek', 'verwijst_naar', 'index')

# Elke soort afwijking, met wat er binnen die soort kan zijn.
SOORTEN = {
    'module': ('ontbreekt', 'leeg', 'fout', 'drop_all', 'create_all', 'schema'),
    'onzichtbaar': (
        *('komma', 'kleine letter', 'dubbele punt', 'geen Column', 'andere naam'),
        *('buiten de klasse', 'in een methode', 'dubbel', 'klasse'),
    ),
    'migraties': ('ontbreken', 'onvolledig', 'geen revisie'),
    'script': ('fout', 'zonder revisie', 'zonder vorige', 'deed niets', 'deed iets anders'),
    'reeks': ('dubbel', 'los', 'kring', 'heads'),
    # Waar het naspelen mee bezig was.
    'naspelen': (
        *('module', 'Migrate', 'elders', 'andere map', 'scripts', 'heen', 'vergelijken'),
        *('relaties', 'lezen', 'terug', 'tijd'),
    ),
    'waarden': ('rijen', 'verloren'),
    'samen': ('regel', 'eigen'),
    'kolom': ('ontbreekt', 'hoort weg', 'niet gevuld', *EIGENSCHAPPEN),
    # Wat Alembic in het model anders vindt, en wat daarvoor komt.
    'model': (
        *('anders', 'naam', 'ouder', 'modify_type', 'modify_nullable', 'modify_default'),
        *('add_table', 'add_column', 'add_index', 'add_constraint', 'add_fk'),
        *('remove_table', 'remove_column', 'remove_index', 'remove_constraint', 'remove_fk'),
    ),
    'lezen': ('relatie', 'repr'),
    'downgrade': ('schema', 'waarden'),
    'database': (
        *('ontbreekt', 'leeg', 'te groot', 'onleesbaar', 'geen database'),
        *('half', 'dubbel', 'anders', 'achter', 'namen weg', 'niet gevuld', 'geen tijdstip'),
        *('onbekende versie', 'zonder versie', 'dubbele versie'),
    ),
}
Soort = StrEnum('Soort', {soort: soort for soort in SOORTEN})
Wat = StrEnum('Wat', {wat: wat for rij in SOORTEN.values() for wat in rij})


@dataclass(frozen=True)
class Afwijking:
    """Iets wat niet klopt, bij een stap; een onbekende soort of `wat` geeft ValueError."""

    stap: int
    soort: Soort
    wat: Wat
    tabel: str | None = None
    kolom: str | None = None
    verwacht: object = None
    gevonden: object = None
    # De revisie waar het gebeurt, of het bestand.
    revisie: str | None = None
    bestand: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, 'soort', Soort(self.soort))
        object.__setattr__(self, 'wat', Wat(self.wat))

    @property
    def plek(self) -> tuple[str | None, str | None]:
        """Waar het om gaat: (tabel, kolom)."""
        return self.tabel, self.kolom
