"""Drukt een klas af: een regel per leerling, en eronder wat opvalt."""

import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from controle.oefenmap import lees_oefenmap
from stappen import LAATSTE

from docent.inlevering import Inlevering
from docent.rij import Rij, lees, meest_voorkomend, revisies_van, zet_signalen_erbij

UITGEDEELD = Path(__file__).resolve().parents[2]

BREEDTE = 80

GEEN_CIJFER = """
Dit zegt wie waar is, en het is geen cijfer: alleen de bestanden zijn gelezen.
Voor een cijfer speelt --naspelen de migraties van elke leerling na."""


# Elke toestand van een stap, zoals een docent haar noemt.
WOORDEN = {'af': 'af', 'fout': 'bezig', 'niet': 'niet begonnen'}

# Op het scherm is het jaar bekend.
TIJD = '%d-%m %H:%M'


def bekijk(inleveringen: list[Inlevering]) -> list[Rij]:
    """Leest elke inlevering, drukt af wie waar is, en geeft de rijen; voert niets uit."""
    rijen = []
    for nummer, inlevering in enumerate(inleveringen, 1):
        if sys.stderr.isatty():
            print(f'{nummer} van {len(inleveringen)}', end='\r', file=sys.stderr, flush=True)
        rijen.append(lees(inlevering))

    def cellen(rij: Rij) -> str:
        momenten = [moment.strftime(TIJD) for moment in rij.momenten()]
        wanneer = '  '.join(momenten[:1] + momenten[-1:])
        return f'{rij.stap:>4}  {len(rij.revisies):>9}  {wanneer}'

    druk_af(rijen, f'stap  migraties  {"eerste":<11}  laatste', cellen)
    print(GEEN_CIJFER)
    return rijen


def druk_af(rijen: list[Rij], kop: str, cellen: Callable[[Rij], str]) -> None:
    """Drukt de rijen af, wie het minst ver is eerst, en de hints die het meest voorkomen."""
    zet_signalen_erbij(rijen, set(revisies_van(lees_oefenmap(UITGEDEELD))))
    rijen = op_volgorde(rijen)
    voorop = {'leerling': [rij.naam for rij in rijen], **kolommen(rijen, TIJD)}
    breed = {naam: max(map(len, [naam, *erin])) for naam, erin in voorop.items()}
    print(*(f'{naam:<{lang}} ' for naam, lang in breed.items()), kop)
    for rij, *erin in zip(rijen, *voorop.values(), strict=True):
        vooraan = [f'{cel:<{lang}} ' for cel, lang in zip(erin, breed.values(), strict=True)]
        _zeg(' '.join([*vooraan, cellen(rij)]).rstrip())
        for tekst in filter(None, [rij.wat, *rij.opvalt]):
            _zeg(tekst, inspringen=4)
    tellen = per_stap(rijen)
    print(f'\n{"per stap":<15}', *(f'{n:>3}' for n in range(1, len(tellen['af']) + 1)))
    for woord, aantallen in tellen.items():
        print(f'{woord:<15}', *(f'{aantal:>3}' for aantal in aantallen))
    if meest := list(meest_voorkomend(rijen)):
        print('\nDit komt het meest voor:')
        for tekst in meest:
            _zeg(tekst, inspringen=4)


def op_volgorde(rijen: Iterable[Rij]) -> list[Rij]:
    """De rijen, wie het minst ver is eerst."""
    return sorted(rijen, key=lambda rij: (rij.af, len(rij.revisies), rij.naam))


def per_stap(rijen: list[Rij]) -> dict[str, list[int]]:
    """Bij elk woord voor een toestand, van elke stap hoeveel leerlingen daar zijn."""
    nummers = range(1, (max(len(rij.toestanden) for rij in rijen) or LAATSTE) + 1)
    return {
        woord: [sum(rij.toestand(nummer) == toestand for rij in rijen) for nummer in nummers]
        for toestand, woord in WOORDEN.items()
    }


def kolommen(rijen: list[Rij], vorm: str) -> dict[str, list[str]]:
    """Wat een leeromgeving erbij zegt, met de tijd in een vorm; wat niemand heeft is er niet."""
    alle = {
        'nummer': [rij.wie.nummer for rij in rijen],
        'ingeleverd': [rij.wie.tijd.strftime(vorm) if rij.wie.tijd else '' for rij in rijen],
    }
    return {kop: cellen for kop, cellen in alle.items() if any(cellen)}


def leesbaar(tekst: str) -> str:
    """Een regel waarmee een leerling geen terminal bestuurt."""
    return ''.join(teken if teken.isprintable() else '?' for teken in tekst)


def _zeg(tekst: str, inspringen: int = 0) -> None:
    tekst = leesbaar(tekst)
    if inspringen:
        wit = ' ' * inspringen
        tekst = textwrap.fill(tekst, BREEDTE, initial_indent=wit, subsequent_indent=wit)
    print(tekst)
