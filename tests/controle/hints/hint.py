"""Wat een hint is, en welke er bij een afwijking passen."""

from collections.abc import Callable, Iterable, Iterator

from stappen import MODULE

from controle.afwijking import Afwijking, Soort, Wat
from controle.hints.daden import Daad
from controle.oordeel import Oordeel


class Hint:
    """Een voorstel: wat er in deze map aan de hand is, en het ene ding om te doen.

    `doe` zijn zinnen en daden, in de volgorde waarin een leerling ze leest. Een regel met vier
    spaties ervoor staat er letterlijk.
    """

    def __init__(self, wat: str, *doe: object, les: bool = False, waarom: bool = False) -> None:
        self.wat = wat
        # Of de les of een deel dit hier laat doen: dat wordt niet geprobeerd.
        self.les = les
        # Of dit zegt waarom een eerder voorstel niet lukte.
        self.waarom = waarom
        self.delen = list(_plat(doe))
        # De functie die hem maakte.
        self.naam = ''

    @property
    def doe(self) -> str:
        """Wat een leerling leest over wat hij doet."""
        return _aan_elkaar(self.delen)

    @property
    def tekst(self) -> str:
        """Wat er is, en wat hij doet, achter elkaar."""
        return _aan_elkaar([self.wat, *self.delen])

    @property
    def daden(self) -> list[Daad]:
        """Wat er te proberen is."""
        return [deel for deel in self.delen if isinstance(deel, Daad)]


def _plat(delen: object) -> Iterator[object]:
    for deel in delen:
        if isinstance(deel, tuple | list):
            yield from _plat(deel)
        elif deel:
            yield deel


def _aan_elkaar(delen: list[object]) -> str:
    tekst = ''
    for deel in map(str, delen):
        # Een blok staat op een eigen regel, en wat erna komt ook.
        in_een_blok = tekst.rpartition('\n')[2].startswith('    ')
        nieuw = in_een_blok or deel.startswith(('    ', 'In cmd:'))
        tekst += ('\n' if nieuw else ' ') * bool(tekst) + deel
    return tekst


# Elke hint, in de volgorde waarin ze geprobeerd worden; __init__.py zet ze erin.
# Een functie geeft een hint, een rij hints (de beste eerst), of niets.
HINTS: list[Callable[[Oordeel, Afwijking], Hint | Iterable[Hint] | None]] = []


def hint(soort: str = '', *wat: str) -> Callable:
    """Zegt bij een functie voor welke afwijkingen hij is: deze soort, en een van deze `wat`.

    Zonder soort is hij voor elke afwijking; een onbekende soort of `wat` geeft ValueError.
    """

    def zet_erbij(functie: Callable) -> Callable:
        voor = soort and Soort(soort), [*map(Wat, wat)]
        functie.voor = [*getattr(functie, 'voor', ()), voor]
        return functie

    return zet_erbij


def hints_bij(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    """De hints die bij de afwijking passen, de beste eerst."""
    for functie in HINTS:
        past = [
            soort in ('', afwijking.soort) and (not wat or afwijking.wat in wat)
            for soort, wat in functie.voor
        ]
        gevonden = (any(past) and functie(oordeel, afwijking)) or ()
        for een in [gevonden] if isinstance(gevonden, Hint) else gevonden:
            een.naam = functie.__name__
            een.les |= functie.__module__ == 'controle.hints.les'
            yield een


def plaats(oordeel: Oordeel, hoofdletter: bool = False) -> str:
    """Het bestand en de regel waar het naspelen stopte."""
    fout = oordeel.fout
    bestand = fout.bestand or (oordeel.naam_van(fout.revisie) if fout.revisie else MODULE)
    regel = 'Regel' if hoofdletter else 'regel'
    return f'{regel} {fout.regel} van `{bestand}`' if fout.regel else f'`{bestand}`'


def plek(afwijking: Afwijking, hoofdletter: bool = False) -> str:
    """De tabel of kolom waar het om gaat."""
    tekst = f'tabel `{afwijking.tabel}`'
    if afwijking.kolom:
        tekst = f'kolom `{afwijking.kolom}` van {tekst}'
    return tekst[0].upper() + tekst[1:] if hoofdletter else tekst
