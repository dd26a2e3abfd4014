"""Drukt een klas af: een regel per leerling, en eronder wat opvalt."""

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from controle.oefenmap import lees_oefenmap

from docent.inlevering import Inlevering
from docent.rij import Rij, lees, meest_voorkomend, revisies_van, zet_signalen_erbij

UITGEDEELD = Path(__file__).resolve().parents[2]

BREEDTE = 80

GEEN_CIJFER = """
Dit zegt wie waar is, en het is geen cijfer: alleen de bestanden zijn gelezen.
Voor een cijfer speelt --naspelen de migraties van elke leerling na."""


def bekijk(inleveringen: list[Inlevering]) -> None:
    """Leest elke inlevering en drukt af wie waar is; voert niets uit."""
    rijen = []
    for nummer, inlevering in enumerate(inleveringen, 1):
        if sys.stderr.isatty():
            print(f'{nummer} van {len(inleveringen)}', end='\r', file=sys.stderr, flush=True)
        rijen.append(lees(inlevering))

    def cellen(rij: Rij) -> str:
        momenten = [f'{moment:%Y-%m-%d %H:%M}' for moment in rij.momenten()]
        wanneer = '  '.join(momenten[:1] + momenten[-1:])
        return f'{rij.stap:>4}  {len(rij.revisies):>9}  {wanneer}'

    druk_af(rijen, f'stap  migraties  {"eerste":<16}  laatste', cellen)
    print(GEEN_CIJFER)


def druk_af(rijen: list[Rij], kop: str, cellen: Callable[[Rij], str]) -> None:
    """Drukt de rijen af, wie het minst ver is eerst, en de hints die het meest voorkomen."""
    zet_signalen_erbij(rijen, set(revisies_van(lees_oefenmap(UITGEDEELD))))
    lang = max(len('leerling'), *(len(rij.naam) for rij in rijen))
    print(f'{"leerling":<{lang}}  {kop}')
    for rij in sorted(rijen, key=lambda rij: (rij.af, len(rij.revisies), rij.naam)):
        _zeg(f'{rij.naam:<{lang}}  {cellen(rij)}'.rstrip())
        for tekst in filter(None, [rij.wat, *rij.opvalt]):
            _zeg(tekst, inspringen=4)
    if meest := list(meest_voorkomend(rijen)):
        print('\nDit komt het meest voor:')
        for tekst in meest:
            _zeg(tekst, inspringen=4)


def _zeg(tekst: str, inspringen: int = 0) -> None:
    # Een naam van een leerling mag de terminal niet besturen.
    tekst = ''.join(teken if teken.isprintable() else '?' for teken in tekst)
    if inspringen:
        wit = ' ' * inspringen
        tekst = textwrap.fill(tekst, BREEDTE, initial_indent=wit, subsequent_indent=wit)
    print(tekst)
