"""Waar een leerling is die halverwege een stap van de les is, met de fout die de les laat maken.

Het is nog geen fout van hem: de les wijst de weg. Wie van die weg af is, is hier nergens.
"""

from stappen import (
    STAPPEN,
    TABEL,
    VASTE_KOLOMMEN,
    Kolom,
    Stap,
    kolommen_na,
)

from controle.oefenmap import Script
from controle.oordeel import Oordeel, namen_in

# De plekken waar een leerling kan zijn.
MODEL_HALF, MODEL, SCRIPT, UITGEVOERD, TERUGGEDRAAID = range(5)

# Deze fouten zijn na de upgrade te zien aan wat er in de rijen staat.
IN_DE_RIJEN = (('kolom', 'niet gevuld'), ('waarden', 'verloren'))

VAN_DE_LES = {plek for stap in STAPPEN for plek in (*stap.weg, *(k.plek for k in stap.erbij))}


def halverwege(oordeel: Oordeel) -> tuple[Stap, int] | None:
    """De stap waar de leerling mee bezig is en waar hij daarin is; None als hij van de weg is."""
    stap = STAPPEN[oordeel.afwijkingen[0].stap - 1]
    revisies, fout = oordeel.oefenmap.revisies, oordeel.fout
    ligt_klaar = [revisie for revisie in revisies if not oordeel.toegepast(revisie)]
    soorten = {(a.soort, a.wat) for a in oordeel.afwijkingen}
    if any(a.stap != stap.nummer for a in oordeel.afwijkingen) or not revisies:
        return None
    if fout and not (stap.melding and fout.melding.startswith(stap.melding)):
        return None
    if all(soort == 'model' or wat == 'vergelijken' for soort, wat in soorten):
        van_de_weg = ligt_klaar or stap.nummer <= oordeel.gehaald
        return None if van_de_weg or ('model', 'remove_index') in soorten else _model(oordeel, stap)
    if not _heeft_de_fout(oordeel, stap, soorten):
        return None
    in_database = {wat for soort, wat in soorten if soort == 'database'}
    if ligt_klaar == revisies[-1:]:
        terug = 'anders' in in_database or _vaste_kolom_is_leeg(oordeel)
        return stap, TERUGGEDRAAID if terug else SCRIPT
    # Waar `flask db` op een fout stopt, kan het script nog niet zijn uitgevoerd.
    if ligt_klaar or stap.melding or in_database - {'niet gevuld', 'namen weg', 'geen tijdstip'}:
        return None
    return (stap, UITGEVOERD) if in_database or stap.mis[0] not in IN_DE_RIJEN else None


def _heeft_de_fout(oordeel: Oordeel, stap: Stap, soorten: set[tuple[str, str]]) -> bool:
    """Of het laatste script precies de fout heeft die de les in deze stap laat maken."""
    revisies = oordeel.oefenmap.revisies
    in_script = {(soort, wat) for soort, wat in soorten if soort != 'database'}
    van_deze_stap = len(revisies) > oordeel.plaats_van_stap.get(stap.nummer - 1, 0)
    als_in_de_les = in_script <= set(stap.mis) and in_script.issuperset(stap.mis[:1])
    # Wie het model al verbeterde maar het script liet staan, is van de weg.
    verbeterd = stap.eerst and not oordeel.model_is_anders(_kolom_van(stap))
    return bool(
        (in_script and als_in_de_les and van_deze_stap and not verbeterd)
        and _zoals_gemaakt(oordeel.script(revisies[-1]), stap)
        and model_is_van(oordeel, stap)
    )


def _kolom_van(stap: Stap) -> Kolom:
    """De kolom van `eerst`, zoals hij ten slotte hoort te zijn."""
    return kolommen_na(stap.nummer)[stap.eerst.plek]


def _model(oordeel: Oordeel, stap: Stap) -> tuple[Stap, int] | None:
    if model_is_van(oordeel, stap):
        return stap, MODEL
    eigen = oordeel.verslag.modelkolommen & VAN_DE_LES
    voor, na = kolommen_na(stap.nummer - 1), kolommen_na(stap.nummer)
    begonnen = eigen > voor.keys() - set(stap.weg) and eigen <= voor.keys() | na.keys()
    # Alleen een eigen kolom is nog geen begin.
    begonnen = begonnen and eigen != voor.keys()
    goed = not any(_model_is_anders(oordeel, stap, na[plek]) for plek in eigen & na.keys())
    return (stap, MODEL_HALF) if begonnen and goed else None


def model_is_van(oordeel: Oordeel, stap: Stap) -> bool:
    """Of het model de kolommen van een stap heeft, zoals de les ze eerst of ten slotte schrijft."""
    les = kolommen_na(stap.nummer)
    return oordeel.verslag.modelkolommen & VAN_DE_LES == les.keys() and not any(
        _model_is_anders(oordeel, stap, kolom) for kolom in les.values()
    )


def _model_is_anders(oordeel: Oordeel, stap: Stap, kolom: Kolom) -> bool:
    eerst = stap.eerst if stap.eerst and stap.eerst.plek == kolom.plek else kolom
    return oordeel.model_is_anders(kolom) and oordeel.model_is_anders(eerst)


def _zoals_gemaakt(script: Script, stap: Stap) -> bool:
    """Of een script nog is zoals `flask db` het maakte, of half zoals de les het laat schrijven."""
    if stap.zelf:
        return script.doet_iets('upgrade') and not script.doet_iets('downgrade')
    return not script.aanroepen('execute') and not script.aanroepen('alter_column')


def _vaste_kolom_is_leeg(oordeel: Oordeel) -> bool:
    gevuld = oordeel.database.gevuld.get(TABEL, {})
    return bool(oordeel.database.rijen.get(TABEL)) and any(
        gevuld.get(kolom) == 0 for kolom in VASTE_KOLOMMEN
    )


def kopie_past(oordeel: Oordeel) -> bool:
    """Of er een kopie is van voor de laatste revisie, met namen en niet minder rijen."""
    return (
        oordeel.kopie.versies == oordeel.oefenmap.revisies[-2:-1]
        and oordeel.kopie.rijen.get(TABEL, 0) >= oordeel.database.rijen.get(TABEL, 0)
        and namen_in(oordeel.kopie) > 0
    )
