"""Wat een hint is, en hoe bij een afwijking de eerste wordt gekozen die past."""

from collections.abc import Callable
from typing import NamedTuple

from stappen import MODULE

from controle.oordeel import Afwijking, Oordeel


class Hint(NamedTuple):
    """Twee teksten voor de leerling; een regel met vier spaties ervoor staat er letterlijk."""

    # Wat er in deze map aan de hand is.
    wat: str
    # Het ene ding om te doen.
    doe: str


# Elke hint, in de volgorde waarin ze geprobeerd worden; __init__.py zet ze erin.
HINTS: list[Callable[[Oordeel, Afwijking], Hint | None]] = []


def hint(soort: str = '', *wat: str) -> Callable:
    """Zegt bij een functie voor welke afwijkingen hij is: deze soort, en een van deze `wat`.

    Zonder soort is hij voor elke afwijking.
    """

    def zet_erbij(functie: Callable) -> Callable:
        functie.voor = [*getattr(functie, 'voor', ()), (soort, wat)]
        return functie

    return zet_erbij


def passende_hint(oordeel: Oordeel, afwijking: Afwijking) -> tuple[str, Hint]:
    """De eerste hint die bij de afwijking past, met de naam van zijn functie."""
    for functie in HINTS:
        for soort, wat in functie.voor:
            if soort in ('', afwijking.soort) and (not wat or afwijking.wat in wat):
                if gevonden := functie(oordeel, afwijking):
                    return functie.__name__, gevonden
                break
    raise LookupError(f'Er is geen hint voor {afwijking}.')


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
