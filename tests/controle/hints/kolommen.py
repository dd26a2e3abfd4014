"""Het model, of daarna een migratie, die een kolom anders maakt dan de les."""

from collections.abc import Iterator

from stappen import STAPPEN, Kolom, kolommen_na, weg_na

from controle.hints import daden, doen
from controle.hints.hint import Hint, hint, plek
from controle.onderweg import model_is_van
from controle.oordeel import Afwijking, Oordeel, eigenschappen, is_opgevolgd
from controle.tabellen import alle_kolommen, kolommen_van

# Hier let `flask db migrate` niet op.
ZIET_MIGRATE_NIET = {'standaard', 'primary key'}


@hint('onzichtbaar', 'klasse')
def klasse_maakt_geen_tabel(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    bestand, nummer = oordeel.oefenmap.bestand(afwijking.bestand), afwijking.gevonden
    wat = (
        f'De klasse `{afwijking.kolom}` staat er, maar de tabel `{afwijking.tabel}` komt zo niet '
        'in je migraties.'
    )
    if bestand.regel(nummer).startswith('class '):
        wat = f'{wat} Ze hoort van `db.Model` te komen.'
        return Hint(wat, daden.maak(bestand, nummer, f'class {afwijking.kolom}(db.Model):'))
    wat = f'{wat} Dat komt door `{bestand.regel(nummer).partition(" ")[0]}`.'
    return Hint(wat, daden.haal_weg(bestand, nummer))


@hint('model')
def module_is_van_een_andere_stap(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    model, gehaald = oordeel.verslag.modelkolommen, oordeel.gehaald
    # Wat al in de database staat is niet nieuw: dan is er een script weg.
    er_al = {*alle_kolommen(oordeel.head), *alle_kolommen(oordeel.database.schema)}
    for stap in filter(lambda stap: model_is_van(oordeel, stap), STAPPEN):
        eerder = stap.nummer < gehaald - 1 or (stap.nummer < gehaald and weg_na(gehaald) & model)
        later = stap.nummer > oordeel.stap_nu
        if eerder or (later and len(kolommen_na(stap.nummer).keys() - er_al) > 1):
            doe = 'Doe de stappen een voor een.', doen.weg_terug(oordeel)
            if eerder:
                undo = 'Zet hem terug met ongedaan maken in je editor.'
                doe = undo, doen.lukt_dat_niet(oordeel)
            return Hint(
                f'Je module is van stap {stap.nummer}. Je migraties zijn bij stap {gehaald}.', doe
            )


@hint('kolom')
@hint('model')
@hint('naspelen', 'heen')
def model_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Eerst het model, in een keer zoals de les het heeft: een script komt daarna."""
    schemas = oordeel.verslag.model, oordeel.head
    nummer = oordeel.stap_nu if any(map(oordeel.is_begonnen, schemas)) else oordeel.gehaald
    for kolom in kolommen_na(nummer).values() if oordeel.verslag.model else ():
        # Een script dat niet lukt, noemt de fout in een kolom beter dan wat hier staat.
        if afwijking.soort != 'naspelen' or oordeel.heet_in_het_model(kolom):
            for voorstel in _model_goed(oordeel, kolom):
                return voorstel
    if afwijking.wat == 'hoort weg' and afwijking.plek in oordeel.verslag.modelkolommen:
        bestand = oordeel.oefenmap.bestand_met(afwijking.tabel)
        return Hint(
            f'{plek(afwijking, hoofdletter=True)} hoort in deze stap weg te gaan. Hij staat nog in '
            'je model.',
            daden.haal_weg(bestand, bestand.regel_van_kolom(*afwijking.plek)),
        )


def _model_goed(oordeel: Oordeel, kolom: Kolom) -> Iterator[Hint]:
    """Wat er in het model aan een kolom van de les niet klopt, en de regel die goed is."""
    (tabel, naam), model = kolom.plek, oordeel.verslag.model
    wat, heet = f'Kolom `{naam}` van tabel `{tabel}`', oordeel.heet_in_het_model(kolom)
    if tabel not in model:
        if heet:
            zin = f'In je model staat een tabel `{heet}`. In de les heet die `{tabel}`.'
            yield Hint(zin, doen.hernoem_tabel(oordeel, heet, tabel))
        else:
            klasse = doen.klasse_van(tabel)
            zin = f'De klasse `{klasse}` van tabel `{tabel}` ontbreekt in je model.'
            yield Hint(zin, doen.zet_klasse(oordeel, tabel))
    elif naam in kolommen_van(model, tabel):
        for eigenschap, *waarden in eigenschappen(kolom, model):
            zin = f'{wat} is in je model nog niet goed: hij {_eigenschap(eigenschap, *waarden)}.'
            yield Hint(zin, doen.zet_kolom(oordeel, kolom))
            return
    elif heet:
        zin = f'In je model staat `{heet}`. In de les heet dat `{naam}`.'
        yield Hint(zin, doen.zet_kolom(oordeel, kolom, heet))
    elif not is_opgevolgd(kolom.plek, oordeel.verslag.modelkolommen):
        was_er = kolom.plek in kolommen_na(oordeel.gehaald)
        zin = 'staat niet meer in je model. De les heeft hem nog nodig.'
        zin = zin if was_er else 'ontbreekt nog in je model.'
        yield Hint(f'{wat} {zin}', doen.zet_kolom(oordeel, kolom))


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


@hint('naspelen', 'heen')
def script_is_ouder_dan_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    script = oordeel.script_bij(afwijking)
    for tabel, kolom, _ in script.nieuwe_kolommen():
        weg = tabel in oordeel.verslag.model and (tabel, kolom) not in oordeel.verslag.modelkolommen
        if weg and not oordeel.toegepast(script.revisie):
            bericht = STAPPEN[oordeel.stap_nu - 1].naam_van_migratie
            return Hint(
                f'`{script.naam}` maakt nog `{kolom}`, en die staat niet meer in je model.',
                doen.opnieuw(oordeel, script, bericht),
            )


@hint('kolom')
def migratie_is_anders_dan_de_les(oordeel: Oordeel, afwijking: Afwijking) -> Iterator[Hint]:
    """Het model is goed: nu nog de migratie, opnieuw of met een erbij."""
    (tabel, kolom), wat = afwijking.plek, plek(afwijking, hoofdletter=True)
    revisie = oordeel.revisie_van(tabel, kolom)
    bericht = opnieuw = STAPPEN[afwijking.stap - 1].naam_van_migratie
    if afwijking.wat == 'hoort weg':
        wat, bericht = f'{wat} is uit je model, maar nog niet uit de database.', f'{kolom} weg'
    elif afwijking.wat != 'ontbreekt':
        eigenschap = _eigenschap(afwijking.wat, afwijking.verwacht, afwijking.gevonden)
        wat, bericht = f'{wat} {eigenschap}. Je migratie maakt hem zo.', f'{kolom} verbeterd'
    elif heet := afwijking.gevonden:
        soort, goed, *waar = ('kolom', kolom, tabel) if tabel in oordeel.head else ('tabel', tabel)
        revisie = oordeel.revisie_van(*waar, heet)
        wat = f'In je migraties staat een {soort} `{heet}`. In de les heet die `{goed}`.'
    elif oordeel.revisie_zonder(tabel, kolom):
        revisie = oordeel.revisie_zonder(tabel, kolom)
        wat = f'`{oordeel.naam_van(revisie)}` gooit {plek(afwijking)} weg. De les heeft hem nodig.'
    else:
        wat = f'{wat} staat in je model, maar geen migratie maakt hem.'
    # Gaat zo'n script weg, dan is er weer wat er was, en niets te maken.
    er_was = afwijking.wat == 'ontbreekt' and kolom in kolommen_van(oordeel.goed_schema, tabel)
    wegen = [
        doen.migreer(oordeel, bericht),
        doen.opnieuw(oordeel, oordeel.script(revisie), '' if er_was else opnieuw),
    ]
    anders = {a.wat for a in oordeel.afwijkingen if a.plek == afwijking.plek}
    if er_was or anders & ZIET_MIGRATE_NIET or not oordeel.toegepast(revisie):
        wegen.reverse()
    yield from (Hint(wat, weg) for weg in wegen)


def _eigenschap(wat: str, goed: object, fout: object) -> str:
    """Wat er aan een kolom anders is, als het eind van een zin."""
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
    }[wat]
    return wel if goed else niet


def _standaard(waarde: str | None) -> str:
    if not isinstance(waarde, str):
        return 'geen standaardwaarde'
    # Met aanhalingstekens is het een tekst; zonder rekent de database het uit.
    soort = 'de tekst' if waarde.startswith("'") else 'de functie'
    return f'{soort} `{waarde}` als standaardwaarde'
