"""Waar een leerling is die halverwege een stap van de les is, met de fout die de les laat maken.

Het is nog geen fout van hem: de les wijst de weg. Wie van die weg af is, is hier nergens.
"""

from stappen import STAPPEN, TABEL, VAN_DE_LES, VASTE_KOLOMMEN, Stap, kolommen_na

from controle.oordeel import Oordeel, namen_in

# De plekken waar een leerling kan zijn.
MODEL_HALF, MODEL, SCRIPT, UITGEVOERD, TERUGGEDRAAID = range(5)

# Deze fouten zijn na de upgrade te zien aan wat er in de rijen staat.
IN_DE_RIJEN = (('kolom', 'niet gevuld'), ('waarden', 'verloren'))


def waar_in_de_stap(oordeel: Oordeel) -> tuple[Stap, int] | None:
    """De stap waar de leerling mee bezig is en waar hij daarin is; None als hij van de weg is."""
    stap = STAPPEN[oordeel.afwijkingen[0].stap - 1]
    revisies, fout, database = oordeel.oefenmap.revisies, oordeel.fout, oordeel.database
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
        gevuld = database.gevuld.get(TABEL, {})
        leeg = database.rijen.get(TABEL) and 0 in map(gevuld.get, VASTE_KOLOMMEN)
        return stap, TERUGGEDRAAID if leeg or 'anders' in in_database else SCRIPT
    # Waar `flask db` op een fout stopt, kan het script nog niet zijn uitgevoerd.
    if ligt_klaar or stap.melding or in_database - {'niet gevuld', 'namen weg', 'geen tijdstip'}:
        return None
    return (stap, UITGEVOERD) if in_database or stap.mis[0] not in IN_DE_RIJEN else None


def _heeft_de_fout(oordeel: Oordeel, stap: Stap, soorten: set[tuple[str, str]]) -> bool:
    """Of het laatste script precies de fout heeft die de les in deze stap laat maken."""
    script = oordeel.script(oordeel.oefenmap.revisies[-1])
    in_script = {(soort, wat) for soort, wat in soorten if soort != 'database'}
    als_in_de_les = in_script <= set(stap.mis) and in_script.issuperset(stap.mis[:1])
    van_deze_stap = len(oordeel.oefenmap.revisies) > oordeel.plaats_van_stap.get(stap.nummer - 1, 0)
    # Het script is nog zoals `flask db` het maakte, of half zoals de les het laat schrijven.
    zoals_gemaakt = not script.aanroepen('execute') and not script.aanroepen('alter_column')
    if stap.zelf:
        zoals_gemaakt = script.doet_iets('upgrade') and not script.doet_iets('downgrade')
    # Wie het model al verbeterde maar het script liet staan, is van de weg.
    als_het_model = not stap.eerst or model_heeft_de_fout(oordeel, stap)
    goed = in_script and als_in_de_les and van_deze_stap and zoals_gemaakt and als_het_model
    return bool(goed) and model_is_van(oordeel, stap)


def model_heeft_de_fout(oordeel: Oordeel, stap: Stap) -> bool:
    """Of het model nog de fout heeft die de les er eerst in laat schrijven."""
    eerst = stap.eerst
    return bool(eerst) and oordeel.model_is_anders(kolommen_na(stap.nummer)[eerst.plek])


def _model(oordeel: Oordeel, stap: Stap) -> tuple[Stap, int] | None:
    if model_is_van(oordeel, stap):
        return stap, MODEL
    eigen = oordeel.verslag.modelkolommen & VAN_DE_LES.keys()
    voor, na = kolommen_na(stap.nummer - 1).keys(), kolommen_na(stap.nummer).keys()
    # Alleen een eigen kolom is nog geen begin.
    begonnen = voor - set(stap.weg) < eigen <= voor | na and eigen != voor
    return (stap, MODEL_HALF) if begonnen and _is_goed(oordeel, stap, eigen & na) else None


def model_is_van(oordeel: Oordeel, stap: Stap) -> bool:
    """Of het model de kolommen van een stap heeft, zoals de les ze eerst of ten slotte schrijft."""
    les = kolommen_na(stap.nummer).keys()
    return oordeel.verslag.modelkolommen & VAN_DE_LES.keys() == les and _is_goed(oordeel, stap, les)


def _is_goed(oordeel: Oordeel, stap: Stap, plekken: set[tuple[str, str]]) -> bool:
    les = kolommen_na(stap.nummer)
    eerst = les | ({stap.eerst.plek: stap.eerst} if stap.eerst else {})
    anders = oordeel.model_is_anders
    return not any(anders(les[plek]) and anders(eerst[plek]) for plek in plekken)


def kopie_is_van_ervoor(oordeel: Oordeel) -> bool:
    """Of er een kopie is van voor de laatste revisie, met namen en niet minder rijen.

    Zonder rijen zijn er ook geen namen.
    """
    rijen = oordeel.kopie.rijen.get(TABEL, 0)
    return (
        oordeel.kopie.versies == oordeel.oefenmap.revisies[-2:-1]
        and rijen >= oordeel.database.rijen.get(TABEL, 0)
        and (namen_in(oordeel.kopie) > 0 or rijen == 0)
    )
