"""Laat zien hoe ver een klas is, met de controle uit deze map.

    python tests/klas.py MAP [MAP ...]
    python tests/klas.py MAP [MAP ...] --naspelen [--tot N] [--csv BESTAND]

MAP is een map met een map of ZIP per leerling, de map van een leerling zelf, of een
ZIP met een klas. De eerste opdracht leest alleen: er wordt niets van een leerling
uitgevoerd. Met --naspelen worden ook de migraties nagespeeld, voor een cijfer.

    --html BESTAND   ook een pagina om te laten zien
    --zonder-namen   op die pagina staan nummers
    --tot N          wat na stap N komt telt niet mee
    --csv BESTAND    ook een bestand voor een rekenblad
    --feedback MAP   ook een tekst terug voor elke leerling

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
Eerst de mappen, dan de opties. N is een stap van 1 tot en met {LAATSTE}. Ook bij de
eerste opdracht mag --html BESTAND, met --zonder-namen erbij. De andere opties gaan
alleen samen met --naspelen."""


def lees_opdracht(argumenten: list[str]) -> tuple[list[str], argparse.Namespace, list[str]]:
    """De mappen, de opties, en wat voor pytest is; een verkeerde opdracht geeft ArgumentError."""
    mappen = list(takewhile(lambda argument: not argument.startswith('-'), argumenten))
    lezer = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    lezer.add_argument('--naspelen', action='store_true')
    tot = lezer.add_argument('--tot', type=int, choices=range(1, LAATSTE + 1))
    for bestand in ('--csv', '--feedback', '--html'):
        lezer.add_argument(bestand, type=Path)
    lezer.add_argument('--zonder-namen', action='store_true')
    opties, voor_pytest = lezer.parse_known_args(argumenten[len(mappen) :])
    alleen_nagespeeld = opties.tot or opties.csv or opties.feedback or voor_pytest
    zonder_pagina = opties.zonder_namen and not opties.html
    if not mappen or zonder_pagina or alleen_nagespeeld and not opties.naspelen:
        raise argparse.ArgumentError(tot, GEBRUIK)
    return mappen, opties, voor_pytest


def maak_plaats(opties: argparse.Namespace) -> str:
    """Maakt wat straks geschreven wordt alvast; geeft een melding als dat niet kan, of ''."""
    try:
        # Zo valt een bestand dat Excel openhoudt op voordat het lange werk begint.
        for plaats in filter(None, (opties.csv, opties.html)):
            plaats.open('a', encoding='utf-8').close()
        if plaats := opties.feedback:
            plaats.mkdir(exist_ok=True)
    except OSError:
        return f"'{plaats}' kan ik niet maken: is de map er, en is het dicht?"
    return ''


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
    from docent import nakijken, overzicht, uitgeven
    from docent.inlevering import zoek_inleveringen

    # Hierin komt wat ingepakt is, tot alles gelezen is.
    with TemporaryDirectory(prefix='klas-', ignore_cleanup_errors=True) as werkmap:
        try:
            inleveringen = zoek_inleveringen([Path(map_) for map_ in mappen], Path(werkmap))
        except OSError as fout:
            print(f"De map '{fout.filename}' is er niet, of is niet te lezen.", file=sys.stderr)
            return 2
        if melding := maak_plaats(opties):
            print(melding, file=sys.stderr)
            return 2
        status, tot = 0, opties.tot or LAATSTE
        if opties.naspelen:
            status, rijen = nakijken.kijk_na(inleveringen, tot, opties.csv, voor_pytest)
        else:
            rijen = overzicht.bekijk(inleveringen)
        if opties.html:
            uitgeven.schrijf_pagina(opties.html, rijen, opties.zonder_namen)
        if opties.feedback:
            uitgeven.schrijf_feedback(opties.feedback, rijen)
    return status


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
