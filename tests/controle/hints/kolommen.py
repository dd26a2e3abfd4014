"""Een kolom die na de laatste migratie anders is dan in de les."""

from itertools import pairwise

from stappen import kolommen_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.oordeel import Afwijking, Oordeel
from controle.tabellen import alle_kolommen, kolommen_van


@hint('kolom', 'ontbreekt')
def naam_is_bijna_goed(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout = afwijking.gevonden
    if not fout:
        return None
    model = oordeel.verslag.model
    if afwijking.tabel in oordeel.head:
        soort, goed, namen = 'kolom', afwijking.kolom, kolommen_van(model, afwijking.tabel)
        revisie = oordeel.revisie_van(afwijking.tabel, fout)
        hernoem = doen.hernoem_kolom(oordeel, afwijking.tabel, fout, goed)
    else:
        soort, goed, namen = 'tabel', afwijking.tabel, model
        revisie = oordeel.revisie_van(fout)
        hernoem = doen.hernoem_tabel(oordeel, fout, goed)
    doe = doen.gooi_weg(oordeel, oordeel.script(revisie), goed)
    if fout in namen and not oordeel.toegepast(revisie):
        doe = hernoem
    return Hint(f'Er is een {soort} `{fout}`. In de les heet die `{goed}`.', doe)


@hint('kolom', 'ontbreekt')
def kolom_is_weggegooid(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    for stand, erna in pairwise(oordeel.verslag.heen):
        if afwijking.plek in alle_kolommen(stand.schema) and afwijking.plek not in alle_kolommen(
            erna.schema
        ):
            script = oordeel.script(erna.revisie)
            return Hint(
                f'`{script.naam}` gooit de kolom `{afwijking.kolom}` weg. De les heeft hem nodig.',
                doen.gooi_weg(oordeel, script),
            )


@hint('kolom', 'ontbreekt')
def kolom_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    les, hier = kolommen_na(oordeel.stap_nu), plek(afwijking, hoofdletter=True)
    if afwijking.plek not in oordeel.verslag.modelkolommen:
        return Hint(
            f'{hier} ontbreekt nog in je model.', doen.zet_kolom(oordeel, les[afwijking.plek])
        )
    wat = f'{hier} staat in je model, maar geen migratie maakt hem.'
    for kolom in filter(oordeel.model_is_anders, les.values()):
        # Eerst het hele model: dan is een migratie genoeg.
        return Hint(
            f'{wat} Kolom `{kolom.naam}` is in je model nog anders dan in de les.',
            doen.zet_kolom(oordeel, kolom),
        )
    return Hint(wat, doen.migreer(oordeel, afwijking.kolom))


@hint('kolom', 'hoort weg')
def oude_kolom_is_er_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    hier = plek(afwijking, hoofdletter=True)
    if afwijking.plek in oordeel.verslag.modelkolommen:
        bestand = oordeel.oefenmap.bestand_met(afwijking.tabel)
        return Hint(
            f'{hier} hoort in deze stap weg te gaan. Hij staat nog in je model.',
            daden.haal_weg(bestand, bestand.regel_van_kolom(*afwijking.plek)),
        )
    return Hint(
        f'{hier} is uit je model, maar nog niet uit de database.',
        doen.migreer(oordeel, f'{afwijking.kolom} weg'),
    )


@hint('kolom', 'niet gevuld')
def kolom_is_leeg(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script(oordeel.revisie_van(*afwijking.plek))
    return Hint(
        f'`{script.naam}` vult {plek(afwijking)} niet, of niet goed. Samen met '
        f'`{afwijking.verwacht.som_met}` hoort er in elke rij hetzelfde jaar uit te komen.',
        daden.zet_onder(
            script, script.eind_van('upgrade'), f"    op.execute('{afwijking.verwacht.vulling}')"
        ),
    )


@hint('kolom', 'type', 'primary key', 'null', 'standaard', 'uniek', 'foreign key', 'index')
def eigenschap_is_anders(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    wat = f'{plek(afwijking, hoofdletter=True)} {_eigenschap(afwijking)}.'
    kolom = kolommen_na(oordeel.stap_nu)[afwijking.plek]
    revisie = oordeel.revisie_van(*afwijking.plek)
    in_model = oordeel.model_is_anders(kolom, afwijking.wat)
    verschil = {(v['tabel'], *v['kolommen']) for v in oordeel.verslag.verschillen}
    # Hier helpt een nieuwe migratie: `flask db migrate` let niet op alles.
    helpt = afwijking.wat not in ('standaard', 'primary key') and (
        in_model or afwijking.plek in verschil
    )
    if in_model and (helpt or not oordeel.toegepast(revisie)):
        # Eerst het model, de migratie komt daarna.
        return Hint(wat, doen.zet_kolom(oordeel, kolom))
    if helpt and oordeel.toegepast(revisie):
        doe = doen.migreer(oordeel, f'{afwijking.kolom} verbeterd')
    else:
        doe = doen.gooi_weg(oordeel, oordeel.script(revisie), afwijking.kolom)
    return Hint(f'{wat} Je migratie maakt hem zo.', doe)


def _eigenschap(afwijking: Afwijking) -> str:
    """Wat er aan een kolom anders is, als het eind van een zin."""
    goed, fout = afwijking.verwacht, afwijking.gevonden
    wel, niet = {
        'type': (f'heeft het type `{fout}`, verwacht is `{goed}`', ''),
        'primary key': ('hoort de primary key te zijn', 'is ook een primary key'),
        'null': ('hoort leeg te mogen zijn', 'mag leeg zijn, dat hoort niet'),
        'standaard': (f'heeft {_standaard(fout)}, verwacht is {_standaard(goed)}',) * 2,
        'uniek': ('hoort uniek te zijn', 'is uniek, dat hoort niet'),
        'foreign key': (
            f'hoort met een foreign key te wijzen naar `{goed}`',
            f'wijst naar `{fout}`, dat hoort niet',
        ),
        'index': ('hoort een index te hebben', ''),
    }[afwijking.wat]
    return wel if goed else niet


def _standaard(waarde: str | None) -> str:
    if not isinstance(waarde, str):
        return 'geen standaardwaarde'
    # Met aanhalingstekens is het een tekst; zonder rekent de database het uit.
    soort = 'de tekst' if waarde.startswith("'") else 'de functie'
    return f'{soort} `{waarde}` als standaardwaarde'
