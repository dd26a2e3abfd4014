"""Zegt van een map welke hint er komt, uit welk feit, en waar de woorden staan.

    python tests/onderhoud/waarom.py MAP

Onder elk feit, in de volgorde van de controle, staat de hint die past. Onder het eerste staan ze
alle, met of zij op een kopie hielp; de eerste die helpt is `Wat nu`.
"""

import os
import sys
from dataclasses import fields
from inspect import getsourcefile, getsourcelines
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from controle import vertelling
from controle.beoordeling import beoordeel
from controle.hints.hint import HINTS, hints_bij
from controle.hints.opmerkingen import OPMERKINGEN
from controle.naspelen import Kindproces
from controle.oefenmap import lees_oefenmap
from controle.proberen import helpt
from speel_les import PROJECT
from stappen import MODULE

FUNCTIES = {functie.__name__: functie for functie in (*HINTS, *OPMERKINGEN)}


def waar(naam: str) -> str:
    """Het bestand en de regel van een hint of opmerking: 'controle/hints/model.py:20'."""
    functie = FUNCTIES[naam]
    bestand = Path(getsourcefile(functie)).relative_to(PROJECT / 'tests').as_posix()
    return f'{naam}  {bestand}:{getsourcelines(functie)[1]}'


def feit(afwijking: object) -> str:
    """De velden van een afwijking waar iets in staat."""
    waarden = {veld.name: getattr(afwijking, veld.name) for veld in fields(afwijking)}
    return ', '.join(f'{naam}={waarde!r}' for naam, waarde in waarden.items() if waarde)


def main(map_: Path) -> None:
    # Wat in dit venster staat, zegt niets over die map.
    os.environ['FLASK_APP'] = MODULE
    with Kindproces(map_) as kind:
        kind.begin()
        oordeel = beoordeel(lees_oefenmap(map_), kind.verslag())
    for afwijking in oordeel.afwijkingen[:1]:
        print(feit(afwijking))
        for hint in hints_bij(oordeel, afwijking):
            hielp = 'hielp' if hint.daden and helpt(oordeel, hint) else 'hielp niet'
            print(f'    {waar(hint.naam)}  ({hielp if hint.daden else "niet geprobeerd"})')
    for afwijking in oordeel.afwijkingen[1:]:
        print(feit(afwijking), f'    {waar(next(hints_bij(oordeel, afwijking)).naam)}', sep='\n')
    for functie in OPMERKINGEN:
        if functie(oordeel):
            print(f'opmerking\n    {waar(functie.__name__)}')
    print(f'\n{vertelling.wat_nu(oordeel)}')


if __name__ == '__main__':
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit('Gebruik: python tests/onderhoud/waarom.py MAP')
    main(Path(sys.argv[1]).resolve())
