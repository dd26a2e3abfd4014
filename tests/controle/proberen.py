"""Probeert voorstellen: een hint die iets laat doen, is gedaan op een kopie van deze map.

Proberen is een veto. Welke hint de beste is, zegt hun volgorde; hier blijkt of zij helpt.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from stappen import DATABASE, GEVULD, STAPPEN, VAN_DE_LES, weg_na

from controle.beoordeling import beoordeel
from controle.hints.doen import UPGRADE, weg_terug
from controle.hints.hint import Hint, hints_bij
from controle.naspelen import Kindproces, Verslag
from controle.oefenmap import lees_oefenmap
from controle.oordeel import WAARDEN_WEG, Oordeel

# Zoveel hints na elkaar, de eerste erbij: dan hoort een map goed te zijn.
MEESTE_HINTS = 3

# Zoveel keer wordt een hint gedaan, over alle voorstellen samen; dan is er de weg terug.
MEESTE_BEURTEN = 6

# Na deze opdrachten van `flask db` is er iets anders na te spelen.
MAAKT_EEN_SCRIPT = ('migrate', 'revision', 'merge')

# Een kolom die de database zelf vult, vult zij opnieuw.
VULT_ZICHZELF = {kolom.naam for kolom in VAN_DE_LES.values() if kolom.standaard}


def kies(oordeel: Oordeel) -> Hint:
    """De eerste hint voor de eerste afwijking die geprobeerd is en helpt."""
    if oordeel.advies is None:
        oordeel.advies = _kies(oordeel)
    return oordeel.advies


def _kies(oordeel: Oordeel) -> Hint:
    eerste, beurten = None, iter(range(MEESTE_BEURTEN))
    for voorstel in hints_bij(oordeel, oordeel.afwijkingen[0]):
        vertelt = eerste is None or voorstel.waarom
        if vertelt and (voorstel.les or not voorstel.daden):
            return voorstel
        if voorstel.daden and helpt(oordeel, voorstel, beurten):
            return voorstel
        if vertelt:
            eerste = voorstel
    terug = Hint(eerste.wat, weg_terug(oordeel))
    terug.naam = eerste.naam
    return terug


def helpt(oordeel: Oordeel, voorstel: Hint, beurten: Iterable = range(MEESTE_HINTS)) -> bool:
    """Of een kopie van de map goed komt met wat een hint laat doen, en wat er daarna komt.

    Elke hint die gedaan wordt, kost een van de `beurten`.
    """
    with Kindproces(oordeel.oefenmap.pad, **oordeel.omgeving) as kind:
        had, verslag = _waarden_in(kind.kopie), oordeel.verslag
        for _ in islice(beurten, MEESTE_HINTS):
            verslag = _doe(kind, voorstel, verslag)
            if not verslag.mislukt and not _is_er_nog(had, _waarden_in(kind.kopie, set())):
                verslag.mislukt = WAARDEN_WEG
            if verslag.mislukt:
                if UPGRADE in voorstel.daden:
                    oordeel.mislukt = verslag.mislukt
                return False
            straks = beoordeel(lees_oefenmap(kind.kopie), verslag)
            afwijking = next(iter(straks.afwijkingen), None)
            voorstel = next(hints_bij(straks, afwijking)) if afwijking else None
            if voorstel is None or voorstel.les:
                return not _kost_iets(oordeel, straks)
            if not voorstel.daden:
                return False
    return False


def _doe(kind: Kindproces, voorstel: Hint, vorige: Verslag) -> Verslag:
    """Wat het naspelen ziet na de daden van een voorstel, of welke daarvan mislukte."""
    opdrachten, naspelen = [], False
    for daad in voorstel.daden:
        if daad.opdracht:
            opdrachten.append(daad.opdracht)
            naspelen |= daad.opdracht[1] in MAAKT_EEN_SCRIPT
            continue
        if mislukt := _waarop_mislukt(kind, opdrachten):
            return Verslag(mislukt=mislukt)
        opdrachten = []
        try:
            daad.doe(kind.kopie)
        except OSError as fout:
            return Verslag(mislukt=str(fout))
        if not daad.bestand.endswith('.sqlite'):
            naspelen = True
            if not daad.bestand.startswith('migrations/'):
                # Een module die anders is, hoort in een vers proces.
                kind.stop()
    if naspelen:
        kind.begin(opdrachten)
        return kind.verslag()
    # Met dezelfde module en dezelfde scripts is er niets anders te zien.
    mislukt = _waarop_mislukt(kind, opdrachten)
    return Verslag(mislukt=mislukt) if mislukt else replace(vorige, mislukt=None)


def _waarop_mislukt(kind: Kindproces, opdrachten: list[list[str]]) -> str | None:
    if not opdrachten:
        return None
    kind.begin(opdrachten, naspelen=False)
    verslag = kind.verslag()
    return verslag.mislukt or (verslag.fout and verslag.fout.melding)


def _kost_iets(nu: Oordeel, straks: Oordeel) -> bool:
    """Of een stap die af was dat niet meer is, of een kolom van de les uit het model gaat."""
    stappen = [stap.nummer for stap in STAPPEN if nu.toestand(stap.nummer) == 'af']
    if any(straks.toestand(nummer) == 'fout' for nummer in stappen):
        return True
    weg = nu.verslag.modelkolommen & VAN_DE_LES.keys() - straks.verslag.modelkolommen
    return not weg <= weg_na(straks.stap_nu)


def _waarden_in(map_: Path, behalve: set[str] = VULT_ZICHZELF) -> set[str]:
    """Elke waarde die in een database van de map staat, als tekst."""
    paden = {map_ / DATABASE, *map_.glob('*.sqlite'), *map_.glob(f'oud*/{DATABASE}')}
    return {waarde for pad in paden if pad.is_file() for waarde in _waarden(pad, behalve)}


def _waarden(pad: Path, behalve: set[str]) -> Iterator[str]:
    with closing(sqlite3.connect(pad)) as verbinding, suppress(sqlite3.DatabaseError):
        verbinding.text_factory = lambda b: b.decode(errors='replace')
        verbinding.row_factory = sqlite3.Row
        vraag = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (tabel,) in verbinding.execute(vraag).fetchall():
            for rij in map(dict, verbinding.execute(f'SELECT * FROM "{tabel}"')):
                leeftijd = rij.pop(GEVULD.som_met, None)
                jaar = rij.pop(GEVULD.naam, None)
                # Van deze twee is een genoeg: de ene volgt uit de andere.
                if jaar is None and isinstance(leeftijd, int):
                    jaar = GEVULD.som - leeftijd
                for kolom, waarde in {**rij, 'jaar': jaar}.items():
                    # Een revisie is geen waarde van een leerling.
                    telt = kolom != 'version_num' and kolom not in behalve
                    if telt and waarde is not None:
                        yield str(waarde).casefold()


def _is_er_nog(had: set[str], heeft: set[str]) -> bool:
    """Of elke waarde er nog is; een tekst mag ook in een langere tekst staan."""
    alles = '\n'.join(heeft)
    return not any(waarde.isdigit() or waarde not in alles for waarde in had - heeft)
