"""Laat zien hoe ver een klas is, met de controle uit deze map.

    python tests/klas.py MAP [MAP ...]
    python tests/klas.py MAP [MAP ...] --naspelen [--tot N] [--csv BESTAND]

MAP is een map met een map per leerling, of de map van een leerling zelf. De
eerste opdracht leest alleen: er wordt niets van een leerling uitgevoerd. Met
--naspelen worden ook de migraties van elke leerling nagespeeld, voor een cijfer.

    --tot N          wat na stap N komt telt niet mee
    --csv BESTAND    ook een bestand voor een rekenblad

Wat er verder achter --naspelen staat is voor pytest: --junitxml=klas.xml, of
--alles-af, dan is ook een stap die nog niet begonnen is een fout.
"""

import argparse
import sys
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

from spelen.pakketten import zonder_pakketten
from stappen import LAATSTE

GEBRUIK = f"""\
Gebruik: python tests/klas.py MAP [MAP ...]
    of:  python tests/klas.py MAP [MAP ...] --naspelen [--tot N] [--csv BESTAND]
Eerst de mappen, dan de opties. N is een stap van 1 tot en met {LAATSTE}. De andere
opties gaan alleen samen met --naspelen."""


def lees_opdracht(argumenten: list[str]) -> tuple[list[str], argparse.Namespace, list[str]]:
    """De mappen, de opties, en wat voor pytest is; een verkeerde opdracht geeft ArgumentError."""
    mappen = list(takewhile(lambda argument: not argument.startswith('-'), argumenten))
    lezer = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    lezer.add_argument('--naspelen', action='store_true')
    tot = lezer.add_argument('--tot', type=int, choices=range(1, LAATSTE + 1))
    lezer.add_argument('--csv', type=Path)
    opties, voor_pytest = lezer.parse_known_args(argumenten[len(mappen) :])
    if not mappen or not opties.naspelen and (opties.tot or opties.csv or voor_pytest):
        raise argparse.ArgumentError(tot, GEBRUIK)
    return mappen, opties, voor_pytest


def main(argumenten: list[str]) -> int:
    for stroom in (sys.stdout, sys.stderr):
        stroom.reconfigure(errors='replace')
    if argumenten in (['-h'], ['--help']):
        print(__doc__.strip())
        return 0
    try:
        mappen, opties, voor_pytest = lees_opdracht(argumenten)
    except argparse.ArgumentError:
        print(GEBRUIK, file=sys.stderr)
        return 2
    if melding := zonder_pakketten('python tests/klas.py'):
        print(melding, file=sys.stderr)
        return 2
    # Pas nu laden: zonder de pakketten van de les lukt dat niet.
    from docent import nakijken, overzicht
    from docent.inlevering import zoek_inleveringen

    # Hierin komt wat ingepakt is, tot alles gelezen is.
    with TemporaryDirectory(prefix='klas-', ignore_cleanup_errors=True) as werkmap:
        try:
            inleveringen = zoek_inleveringen([Path(map_) for map_ in mappen], Path(werkmap))
        except OSError as fout:
            print(f"De map '{fout.filename}' is er niet, of is niet te lezen.", file=sys.stderr)
            return 2
        try:
            if opties.csv:
                # Zo valt een bestand dat Excel openhoudt op voordat het lange werk begint.
                opties.csv.open('a', encoding='utf-8').close()
        except OSError:
            melding = f"'{opties.csv}' kan ik niet maken: is de map er, en is het dicht?"
            print(melding, file=sys.stderr)
            return 2
        if opties.naspelen:
            return nakijken.kijk_na(inleveringen, opties.tot or LAATSTE, opties.csv, voor_pytest)
        overzicht.bekijk(inleveringen)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
