"""Een kolom die na de laatste migratie anders is dan in de les."""

from itertools import pairwise

from stappen import kolommen_na

from controle.hints import doen
from controle.hints.hint import Hint, hint, plek
from controle.oefenmap import naam_in
from controle.oordeel import Afwijking, Oordeel, eigenschappen
from controle.tabellen import alle_kolommen, kolommen_van


@hint('kolom', 'ontbreekt')
def naam_is_bijna_goed(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    fout = afwijking.gevonden
    if not fout:
        return None
    model = oordeel.verslag.model
    if afwijking.tabel in oordeel.head:
        soort, goed, namen = 'kolom', afwijking.kolom, model.get(afwijking.tabel, {})
        revisie = oordeel.revisie_van(afwijking.tabel, fout)
        hernoem = doen.hernoem_kolom(oordeel, afwijking.tabel, fout, goed)
    else:
        soort, goed, namen = 'tabel', afwijking.tabel, model
        revisie = oordeel.revisie_van(fout)
        hernoem = doen.hernoem_tabel(oordeel, fout, goed)
    wat = f'Er is een {soort} `{fout}`. In de les heet die `{goed}`.'
    if fout in namen:
        return Hint(wat, hernoem)
    if goed not in namen:
        return Hint(wat, doen.zet_kolom(oordeel, kolommen_na(oordeel.stap_nu)[afwijking.plek]))
    return Hint(wat, _nieuw_script(oordeel, afwijking, revisie))


@hint('kolom', 'ontbreekt')
def kolom_is_weggegooid(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    for stand, erna in pairwise(oordeel.verslag.heen):
        if afwijking.plek in alle_kolommen(stand.schema) and afwijking.plek not in alle_kolommen(
            erna.schema
        ):
            script = oordeel.script(erna.revisie)
            wat = f'`{script.naam}` gooit de kolom `{afwijking.kolom}` weg. De les heeft hem nodig.'
            if erna.revisie == oordeel.volgorde[-1] and not oordeel.toegepast(erna.revisie):
                doe = 'Verwijder het script, het is nog niet uitgevoerd:\n'
                return Hint(wat, doe + doen.verwijder(script.naam))
            return Hint(wat, doen.weg_terug(oordeel))


@hint('kolom', 'ontbreekt')
def kolom_ontbreekt(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    hier = plek(afwijking, hoofdletter=True)
    if afwijking.plek in oordeel.verslag.modelkolommen:
        return Hint(
            f'{hier} staat in je model, maar geen migratie maakt hem.',
            doen.migreer(oordeel, afwijking.kolom),
        )
    return Hint(
        f'{hier} ontbreekt nog in je model.',
        doen.zet_kolom(oordeel, kolommen_na(oordeel.stap_nu)[afwijking.plek]),
    )


@hint('kolom', 'hoort weg')
def oude_kolom_is_er_nog(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    hier = plek(afwijking, hoofdletter=True)
    if afwijking.plek in oordeel.verslag.modelkolommen:
        bestand = oordeel.oefenmap.bestand_met(afwijking.tabel)
        return Hint(
            f'{hier} hoort in deze stap weg te gaan. Hij staat nog in je model.',
            doen.haal_weg(bestand, bestand.regel_van_kolom(*afwijking.plek)),
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
        doen.zet_onder(
            script, script.eind_van('upgrade'), f"    op.execute('{afwijking.verwacht.vulling}')"
        ),
    )


@hint('kolom')
def eigenschap_in_het_model(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Het model zelf is anders dan de les: eerst dat goed, de migratie komt daarna."""
    kolom = kolommen_na(oordeel.stap_nu)[afwijking.plek]
    if oordeel.model_is_anders(kolom, afwijking.wat):
        return Hint(
            f'{plek(afwijking, hoofdletter=True)} {_eigenschap(afwijking)}.',
            doen.zet_kolom(oordeel, kolom),
        )


@hint('kolom', 'primary key')
def primary_key_ontbreekt_in_een_script(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """`flask db migrate` ziet een primary key niet: die moet in het script zelf."""
    script = oordeel.script(oordeel.revisie_van(*afwijking.plek))
    for aanroep in script.aanroepen_in('upgrade', 'create_table') if afwijking.verwacht else ():
        if naam_in(aanroep) == afwijking.tabel and aanroep.end_lineno > aanroep.lineno:
            regel = f"    sa.PrimaryKeyConstraint('{afwijking.kolom}')"
            return Hint(
                f'{plek(afwijking, hoofdletter=True)} {_eigenschap(afwijking)}. In '
                f'`{script.naam}` ontbreekt de regel die dat zegt.',
                doen.zet_onder(script, aanroep.end_lineno - 1, regel),
            )


@hint('kolom', 'type', 'null', 'standaard')
def script_is_veranderd_na_de_upgrade(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Het model en data.sqlite zijn goed: dan gooit teruggaan alleen maar waarden weg."""
    kolom, schema = kolommen_na(oordeel.stap_nu)[afwijking.plek], oordeel.database.schema
    script = oordeel.script(oordeel.revisie_van(*afwijking.plek))
    in_database = kolom.naam in kolommen_van(schema, kolom.tabel)
    if (
        not in_database
        or list(eigenschappen(kolom, schema))
        or not oordeel.toegepast(script.revisie)
    ):
        return None
    for _, naam, aanroep in script.nieuwe_kolommen():
        if naam == kolom.naam:
            return Hint(
                f'{plek(afwijking, hoofdletter=True)} is goed in je model en in `data.sqlite`. In '
                f'`{script.naam}` staat iets anders: het is na de upgrade veranderd.',
                doen.maak(script, aanroep.lineno, f'batch_op.add_column({doen.in_script(kolom)})'),
            )


@hint('kolom')
def eigenschap_in_de_migratie(oordeel: Oordeel, afwijking: Afwijking) -> Hint | None:
    """Het model is goed, maar de migratie maakte iets anders."""
    return Hint(
        f'{plek(afwijking, hoofdletter=True)} {_eigenschap(afwijking)}. Je model is goed, je '
        'migratie nog niet.',
        _nieuw_script(oordeel, afwijking, oordeel.revisie_van(*afwijking.plek)),
    )


def _nieuw_script(oordeel: Oordeel, afwijking: Afwijking, revisie: str) -> str:
    """Hoe een migratie die iets anders maakte goed komt, zonder waarden te verliezen."""
    script, laatste = oordeel.script(revisie), oordeel.script(oordeel.volgorde[-1])
    nieuw = afwijking.kolom if afwijking.tabel in oordeel.head else afwijking.tabel
    if script is laatste and not oordeel.toegepast(revisie):
        return doen.gooi_weg(oordeel, script, nieuw)
    if script is laatste and not oordeel.database_achter and _niets_te_verliezen(oordeel):
        return (
            'Ga een revisie terug. Verwijder dan het script en maak het opnieuw:\n'
            '    flask db downgrade\n'
            + doen.verwijder(script.naam)
            + f'\n    flask db migrate -m "{nieuw}"'
        )
    if afwijking.wat not in ('ontbreekt', 'standaard'):
        return doen.migreer(oordeel, f'{afwijking.kolom} verbeterd')
    return doen.weg_terug(oordeel)


def _niets_te_verliezen(oordeel: Oordeel) -> bool:
    """Of de laatste revisie niets maakte waar een leerling al iets in heeft gezet."""
    voor, na = oordeel.schemas_rond(oordeel.volgorde[-1])
    database = oordeel.database
    for tabel in na:
        if tabel not in voor and database.rijen.get(tabel):
            return False
        for kolom, eigenschap in na[tabel]['kolommen'].items() if tabel in voor else ():
            waarden = database.gelijk.get(tabel, {})
            zelf = kolom not in waarden or waarden[kolom] not in (None, eigenschap['standaard'])
            if kolom not in voor[tabel]['kolommen'] and zelf and eigenschap['type'] != 'DATETIME':
                return False
    return oordeel.fout is None and not any(a.soort == 'downgrade' for a in oordeel.afwijkingen)


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
