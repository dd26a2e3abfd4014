"""Beoordeelt een oefenmap: welke stappen af zijn, en wat er niet klopt.

Hier staan alleen feiten: een Afwijking zegt wat verwacht was en wat gevonden is. De
woorden voor de leerling staan in hints/.
"""

from collections.abc import Iterator
from itertools import pairwise

from stappen import (
    DATABASE,
    GEVULD,
    HERNOEMD,
    KOPIE_VAN,
    LAATSTE,
    STAPPEN,
    TABEL,
    VAN_DE_LES,
    VASTE_KOLOMMEN,
    Kolom,
    kolommen_na,
    stap_met,
)

from controle.afwijking import Afwijking
from controle.bestanden import databasebestand, migraties, module
from controle.naspelen import Stand, Verslag
from controle.oefenmap import Oefenmap
from controle.oordeel import Oordeel, eigenschappen, is_opgevolgd, voldoet, waarden
from controle.tabellen import alle_kolommen, kolommen_van, rijen_in_de_weg


def beoordeel(oefenmap: Oefenmap, verslag: Verslag) -> Oordeel:
    """Legt wat gelezen en nagespeeld is naast de stappen van de les."""
    oefenmap.database.versies = oefenmap.database.versietabellen.get(verslag.versietabel)
    oordeel = Oordeel(oefenmap, verslag)
    oordeel.afwijkingen = list(dict.fromkeys(_afwijkingen(oordeel)))
    return oordeel


# --- De afwijkingen, in de volgorde waarin een leerling ze moet oplossen. -------------------


def _afwijkingen(oordeel: Oordeel) -> Iterator[Afwijking]:
    fase = oordeel.fout and oordeel.fout.fase
    eerst = [
        # Met een database buiten de map is er niets nagespeeld, en niets te vergelijken.
        *(_naspelen(oordeel) if fase == 'elders' else ()),
        *module(oordeel),
        *migraties(oordeel),
        *_heads(oordeel),
        *databasebestand(oordeel),
    ]
    yield from eerst
    if not eerst:
        yield from _dubbel(oordeel)
        yield from _half(oordeel)
        yield from _ouder_dan_het_model(oordeel)
        fout_onderweg = list(_naspelen(oordeel))
        # Een downgrade die niet lukt komt na wat de upgrade verkeerd doet.
        if fase != 'terug':
            yield from fout_onderweg
        onbekend = list(_onbekende_versie(oordeel))
        yield from onbekend
        if onbekend:
            return
        heen = [
            *_gedraaid_en_niets(oordeel),
            *_van_een_ander(oordeel),
            *_eigen_waarden(oordeel),
            *_heen(oordeel),
            *_kolommen_van_de_les(oordeel),
            *_waarden_in_database(oordeel),
            *_model(oordeel),
            *_lezen(oordeel),
        ]
        yield from heen
        begonnen = any(afwijking.stap == oordeel.stap_nu for afwijking in heen)
        # Wat een downgrade verkeerd achterlaat, houdt een volgende soms tegen.
        yield from _terug(oordeel, begonnen)
        if fase == 'terug':
            yield from fout_onderweg
        yield from _database(oordeel, begonnen)


def _onbekende_versie(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een script dat de database heeft gehad en dat er niet meer is."""
    for versie in oordeel.database.versies or ():
        # Zonder dit script lukt geen enkele opdracht van flask db.
        if oordeel.oefenmap.revisies and not oordeel.script(versie):
            # Wat er in de tabellen anders is, komt van dat script.
            nagespeeld = oordeel.verslag.is_nagespeeld
            waar = (nagespeeld and _anders(oordeel.head, oordeel.database.schema)) or ()
            stap = oordeel.stap_van(*waar[:2]) if waar else oordeel.laatste_goede_stap
            yield Afwijking(stap, 'database', 'onbekende versie', *waar, gevonden=versie)


def _heads(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Meer dan een revisie waarop niets meer volgt."""
    map_ = oordeel.oefenmap
    if not (map_.revisies and map_.is_leesbaar and len(map_.heads) > 1):
        return
    # Eerst wat er in de scripts en het model niet klopt: na de merge volgt er iets op.
    zonder_vorige = [s for s in map(oordeel.script, map_.heads) if not s.vorige]
    if not zonder_vorige:
        if oordeel.fout and oordeel.fout.fase != 'terug':
            yield from _naspelen(oordeel)
        yield from _van_een_ander(oordeel)
    nieuw = [s.naam for s in zonder_vorige if not oordeel.toegepast(s.revisie)]
    yield Afwijking(oordeel.stap_nu, 'reeks', 'heads', bestand=next(iter(nieuw), None))


def _naspelen(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Waar het naspelen op stukliep."""
    fout, pad = oordeel.fout, oordeel.verslag.database
    if pad not in (None, DATABASE):
        yield Afwijking(oordeel.laatste_goede_stap, 'naspelen', 'andere map', gevonden=pad)
        return
    if fout is None:
        return
    if fout.fase == 'scripts' and not oordeel.oefenmap.scripts:
        # Er is nog geen migrations/: dan valt er niets na te spelen.
        return
    stap = oordeel.laatste_goede_stap
    if fout.fase in ('scripts', 'heen', 'vergelijken'):
        stap = oordeel.stap_nu
    elif fout.fase == 'module':
        stap = oordeel.stap_van_module
    elif fout.revisie and fout.fase != 'elders':
        stap = oordeel.stap_van_revisie(fout.revisie)
    yield Afwijking(stap, 'naspelen', fout.fase, gevonden=fout.melding, revisie=fout.revisie)


def _dubbel(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een kolom die uniek wordt en het niet is, als een upgrade daar al op stopte."""
    database, fout = oordeel.database, oordeel.fout
    half = any(tabel.startswith('_alembic_tmp_') for tabel in database.schema)
    stopte = half or (fout and fout.fase == 'heen' and database.toestand == 'goed')
    for tabel, inhoud in oordeel.verslag.model.items() if stopte else ():
        for kolom in [kolommen[0] for kolommen in inhoud['uniek'] if len(kolommen) == 1]:
            if dubbel := rijen_in_de_weg(oordeel.oefenmap.pad / DATABASE, 'UNIQUE', tabel, kolom):
                les = kolommen_na(oordeel.stap_nu).get((tabel, kolom))
                stap = oordeel.stap_van(tabel, kolom) if les and les.uniek else oordeel.stap_nu
                yield Afwijking(stap, 'database', 'dubbel', tabel, kolom, half, dubbel)


def _half(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een upgrade die halverwege stopte: in data.sqlite staat al iets van die revisie."""
    fout, database = oordeel.fout, oordeel.database
    plaats = oordeel.plaats_van_database
    if not fout or fout.fase != 'heen' or plaats != len(oordeel.volgorde) - 1:
        return
    erbij = set(alle_kolommen(database.schema)) - set(alle_kolommen(oordeel.head))
    van_het_script = [
        plek
        for plek in sorted(erbij, key=lambda plek: (plek[0].startswith('_alembic_tmp_'), plek))
        if plek[1] in oordeel.script(fout.revisie).tekst
    ]
    if van_het_script:
        stap = oordeel.stap_van_revisie(fout.revisie)
        yield Afwijking(stap, 'database', 'half', *van_het_script[0], revisie=fout.revisie)


def _ouder_dan_het_model(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een tikfout in het model, of een script van ervoor, als dat script niet lukt."""
    fout, nieuw = oordeel.fout, oordeel.stap_nu
    if fout is None or fout.fase != 'heen' or oordeel.toegepast(fout.revisie):
        return
    for kolom in filter(oordeel.heet_in_het_model, kolommen_na(nieuw).values()):
        yield Afwijking(nieuw, 'model', 'naam', *kolom.plek)
    for tabel, kolom, _ in oordeel.script(fout.revisie).nieuwe_kolommen():
        if tabel in oordeel.verslag.model and (tabel, kolom) not in oordeel.verslag.modelkolommen:
            yield Afwijking(nieuw, 'model', 'ouder', tabel, kolom, revisie=fout.revisie)


def _heen(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Rijen en waarden die onderweg naar boven verloren gaan."""
    heen = oordeel.verslag.heen
    for voor, na in pairwise(heen):
        stap = oordeel.stap_van_revisie(na.revisie)
        rijen_voor = {rij.get('id') for rij in voor.aangevuld.get(TABEL, ())}
        rijen_na = {rij.get('id') for rij in na.rijen.get(TABEL, ())}
        if rijen_voor and TABEL in na.schema and not rijen_voor <= rijen_na:
            yield Afwijking(stap, 'waarden', 'rijen', TABEL, revisie=na.revisie)
        else:
            for kolom in _verloren_waarden(oordeel, voor, na):
                yield Afwijking(stap, 'waarden', 'verloren', TABEL, kolom, revisie=na.revisie)


def _verloren_waarden(oordeel: Oordeel, voor: Stand, na: Stand) -> Iterator[str]:
    """De kolommen van de les waarvan een revisie waarden wegdoet of verandert."""
    van_de_les = {kolom for tabel, kolom in VAN_DE_LES if tabel == TABEL}
    kolommen_erna = kolommen_van(na.schema, TABEL)
    for kolom in kolommen_van(voor.schema, TABEL):
        nieuw = HERNOEMD.naam if kolom == HERNOEMD.was and kolom not in kolommen_erna else kolom
        if nieuw not in kolommen_erna or kolom not in van_de_les:
            continue
        had, heeft = waarden(voor.aangevuld, kolom), waarden(na.rijen, nieuw)
        vast = kolom in VASTE_KOLOMMEN
        if not (_nog_te_lezen(oordeel, had, heeft) if vast else had.keys() <= heeft.keys()):
            yield nieuw


def _nog_te_lezen(oordeel: Oordeel, had: dict, heeft: dict) -> bool:
    """Of elke waarde van een kolom er nog is; `had` en `heeft` zijn waarden per id.

    Een tekst mag samengesteld zijn: uit de oude, of uit andere kolommen van dezelfde rij.
    """
    for id_, oud in had.items():
        nieuw = heeft.get(id_)
        # Een naam in hoofdletters is nog dezelfde naam.
        if oud == nieuw or str(oud).casefold() == str(nieuw).casefold():
            continue
        if not (isinstance(oud, str) and isinstance(nieuw, str)):
            return False
        delen = {
            tekst
            for stand in oordeel.verslag.heen
            for rij in stand.aangevuld.get(TABEL, ())
            for tekst in rij.values()
            if rij.get('id') == id_ and isinstance(tekst, str) and tekst and tekst in nieuw
        }
        if oud not in delen and len(delen) < 2:
            return False
    return True


def _gedraaid_en_niets(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een laatste script dat data.sqlite heeft gehad, en niet maakt wat het model nog vraagt."""
    vraagt, revisie = oordeel.verslag.verschillen, next(reversed(oordeel.volgorde), '')
    script = oordeel.script(revisie)
    heel = script and script.functie('upgrade') and script.functie('downgrade')
    # Een merge hoort niets te doen.
    if not vraagt or not heel or not oordeel.toegepast(revisie) or len(script.vorige) > 1:
        return
    voor, na = oordeel.verslag.heen[-2:]
    waardoor = script.doet_niets_door()
    zelfde = (voor.schema, voor.aangevuld) == (na.schema, na.rijen)
    weg = {v['wat'] for v in vraagt} & {'remove_index', 'remove_constraint'}
    # Van een eigen opdracht in SQL is hier niet alles te zien.
    if zelfde and not weg and (waardoor or not script.aanroepen('execute')):
        yield Afwijking(oordeel.stap_nu, 'script', 'deed niets', revisie=revisie, gevonden=waardoor)
    for ding, waar in {'index': 'indexen', 'constraint': 'uniek'}.items():
        for weg in [v for v in vraagt if v['wat'] == f'remove_{ding}']:
            (tabel, kolom), kolommen = weg['plek'], weg['kolommen']
            for erbij in [v for v in vraagt if v['wat'] == f'add_{ding}']:
                maakt = f'{ding} op', kolom, erbij['kolommen'][0]
                if kolommen == erbij['kolommen']:
                    maakt = f'{ding} met de naam', weg['doel'], erbij['doel']
                if kolommen not in voor.schema.get(tabel, {}).get(waar, ()):
                    plek = tabel, kolom
                    yield Afwijking(
                        oordeel.stap_nu, 'script', 'deed iets anders', *plek, maakt, revisie=revisie
                    )


def _kolommen_van_de_les(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Kolommen die na de laatste revisie anders zijn dan de les vraagt."""
    schema = oordeel.head
    if not oordeel.verslag.is_nagespeeld:
        # Er is geen revisie nagespeeld: dan is er ook niets om te vergelijken.
        return
    if any(voldoet(schema, nummer) for nummer in range(oordeel.gehaald + 1, LAATSTE + 1)):
        # Alles staat er, maar een kolom onderweg is nooit gevuld.
        yield Afwijking(stap_met(GEVULD), 'kolom', 'niet gevuld', *GEVULD.plek, GEVULD)
        return
    hier, weg = set(alle_kolommen(schema)), STAPPEN[oordeel.stap_nu - 1].weg
    for plek, kolom in kolommen_na(oordeel.gehaald).items():
        if plek in hier or not (plek in weg or is_opgevolgd(plek, hier)):
            # Wat er al goed was, raakt nu pas kwijt.
            was_goed = kolom.naam in kolommen_van(oordeel.goed_schema, kolom.tabel)
            stap = oordeel.bezig_met if was_goed else oordeel.stap_van(*plek)
            yield from _vergelijk_kolom(oordeel, stap, kolom)
    if oordeel.gehaald < LAATSTE:
        yield from _stap_nu(oordeel)


def _stap_nu(oordeel: Oordeel) -> Iterator[Afwijking]:
    """De kolommen van de stap waar de leerling mee bezig is, als er al iets van te zien is."""
    schema, stap = oordeel.head, STAPPEN[oordeel.gehaald]
    oud = kolommen_na(oordeel.gehaald)
    nieuw = [kolom for kolom in stap.erbij if kolom.plek not in oud]
    if not oordeel.is_begonnen(schema) and oordeel.gehaald:
        return
    for kolom in nieuw:
        yield from _vergelijk_kolom(oordeel, stap.nummer, kolom)
    for tabel, naam in stap.weg:
        if naam in kolommen_van(schema, tabel):
            yield Afwijking(stap.nummer, 'kolom', 'hoort weg', tabel, naam)


def _vergelijk_kolom(oordeel: Oordeel, stap: int, kolom: Kolom) -> Iterator[Afwijking]:
    schema = oordeel.head
    if kolom.naam not in kolommen_van(schema, kolom.tabel):
        tikfout = oordeel.tikfout(kolom)
        yield Afwijking(stap, 'kolom', 'ontbreekt', *kolom.plek, kolom.type, tikfout)
        return
    anders = list(eigenschappen(kolom, schema))
    for wat, verwacht, gevonden in anders:
        yield Afwijking(stap, 'kolom', wat, *kolom.plek, verwacht, gevonden)
    if kolom.som_met and stap_met(kolom) > oordeel.gehaald and not anders:
        yield Afwijking(stap, 'kolom', 'niet gevuld', *kolom.plek, kolom)


def _tikfouten(oordeel: Oordeel) -> set[str | None]:
    """De namen die een tikfout in een naam van de les zijn: die zijn van de leerling zelf."""
    return {a.gevonden for a in _kolommen_van_de_les(oordeel) if a.wat == 'ontbreekt'}


def _van_een_ander(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Wat een script van een ander maakt, en waarvan de regel niet in het model staat."""
    tikfouten = _tikfouten(oordeel)
    for anders in oordeel.verslag.verschillen:
        tabel, kolom = anders['plek']
        weg = anders['wat'] in ('remove_column', 'remove_table')
        if weg and (kolom or tabel) not in tikfouten and oordeel.is_van_een_ander(tabel, kolom):
            yield Afwijking(oordeel.stap_nu, 'samen', 'regel', tabel, kolom)


def _eigen_waarden(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een eigen kolom met waarden die uit het model viel of in een script weggaat, zonder kopie."""
    verslag, model = oordeel.verslag, oordeel.verslag.modelkolommen
    eigen = {plek: None for stand in verslag.heen for plek in alle_kolommen(stand.schema)}
    blijft = VAN_DE_LES.keys() | (model & set(alle_kolommen(oordeel.head)))
    tikfouten = _tikfouten(oordeel)
    # Eerst wat in het model ontbreekt: dan hoeft een script maar een keer opnieuw.
    for tabel, kolom in sorted(eigen, key=model.__contains__) if model else ():
        if (tabel, kolom) in blijft or {tabel, kolom} & tikfouten:
            continue
        heeft = oordeel.database.heeft_eigen_waarden(tabel, kolom)
        kopie = any(kolom in pad.stem for pad in oordeel.oefenmap.pad.glob(KOPIE_VAN.format('*')))
        if heeft and not kopie and not oordeel.is_verhuisd(tabel, kolom):
            revisie = oordeel.revisie_zonder(tabel, kolom)
            stap = oordeel.stap_nu
            if revisie in oordeel.volgorde[: oordeel.plaats_van_stap.get(oordeel.gehaald, 0) + 1]:
                stap = oordeel.stap_van_revisie(revisie)
            kwijt = kolom if tabel in verslag.model else None
            yield Afwijking(stap, 'samen', 'eigen', tabel, kwijt, revisie=revisie)


def _model(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Wat het model anders wil dan de laatste revisie maakt."""
    model = oordeel.verslag.modelkolommen
    nodig = {plek for plek in kolommen_na(oordeel.gehaald) if not is_opgevolgd(plek, model)} - model
    nodig -= set(STAPPEN[oordeel.stap_nu - 1].weg)
    nodig = {(tabel, kolom) for tabel, kolom in nodig if tabel in oordeel.verslag.model}
    # Eerst een tabel of kolom die nodig is: een migratie zou hem met zijn waarden weggooien.
    # Die komen in de volgorde van de les: bij Alembic is dat toeval.
    orde = {plek: nummer for nummer, plek in enumerate(VAN_DE_LES)}

    def wanneer(anders: dict) -> int:
        gooit_weg = anders['wat'] == 'remove_table' or tuple(anders['plek']) in nodig
        return orde.get(tuple(anders['plek']), -1) if gooit_weg else len(orde)

    for anders in sorted(oordeel.verslag.verschillen, key=wanneer):
        wat, plek = anders['wat'], tuple(anders['plek'])
        bekend = VAN_DE_LES.get(plek)
        # `flask db migrate` let niet op standaardwaarden: alleen die van de les tellen.
        if wat == 'modify_default' and bekend is None:
            continue
        if wat == 'modify_nullable' and bekend and bekend.sleutel:
            continue
        stap = oordeel.bezig_met if plek in nodig else oordeel.stap_van(*plek)
        eigen_index = wat in ('add_index', 'remove_index') and not (bekend and bekend.index)
        if eigen_index or (plek not in model and is_opgevolgd(plek, model)):
            stap = oordeel.stap_nu
        yield Afwijking(stap, 'model', wat, *plek, gevonden=anders['doel'])


def _lezen(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een relatie die niet klopt, of een `__repr__` met een kolom die er niet meer is."""
    fout = oordeel.verslag.leesfout
    if fout and fout.fase == 'relaties':
        yield Afwijking(oordeel.laatste_goede_stap, 'lezen', 'relatie', gevonden=fout.melding)
    elif fout:
        kolom = fout.melding
        stappen = [s.nummer for s in STAPPEN[: oordeel.stap_nu] if (TABEL, kolom) in s.weg]
        stap = max(stappen, default=oordeel.laatste_goede_stap)
        yield Afwijking(stap, 'lezen', 'repr', TABEL, kolom)


def _terug(oordeel: Oordeel, begonnen: bool) -> Iterator[Afwijking]:
    """De eerste downgrade die het vorige schema of de namen en leeftijden niet teruggeeft."""
    heen = {stand.revisie: stand for stand in oordeel.verslag.heen}
    volgorde = oordeel.volgorde
    for stand in oordeel.verslag.terug:
        vroeger = heen[stand.revisie]
        revisie = volgorde[volgorde.index(stand.revisie) + 1]
        stap = oordeel.stap_van_revisie(revisie)
        # Na de laatste stap die af is hoort een revisie bij de stap waar je mee bezig bent.
        if begonnen and volgorde.index(revisie) > max(oordeel.plaats_van_stap.values(), default=0):
            stap = oordeel.stap_nu
        if anders := _anders(vroeger.schema, stand.schema):
            yield Afwijking(stap, 'downgrade', 'schema', *anders[:2], revisie=revisie)
            return
        for kolom in VASTE_KOLOMMEN:
            # Een rij die een migratie er zelf bij zette, mag blijven.
            had, heeft = waarden(vroeger.aangevuld, kolom), waarden(stand.rijen, kolom)
            if not _nog_te_lezen(oordeel, had, heeft):
                yield Afwijking(stap, 'downgrade', 'waarden', TABEL, kolom, revisie=revisie)
                return


def _anders(verwacht: dict, gevonden: dict) -> tuple[str, str | None, str] | None:
    """De eerste tabel en kolom waarin twee schema's verschillen, en hoe; None als ze gelijk zijn.

    Dat is 'erbij', 'mist', 'dicht', 'tijdelijk' of 'anders'.
    """
    for tabel in sorted(verwacht.keys() | gevonden.keys()):
        een, ander = verwacht.get(tabel), gevonden.get(tabel)
        if ander is None:
            return tabel, None, 'mist'
        if een is None:
            erbij = 'tijdelijk' if tabel.startswith('_alembic_tmp_') else 'erbij'
            return tabel, None, erbij if ander['kolommen'] else 'dicht'
        for kolom in sorted(een['kolommen'].keys() | ander['kolommen'].keys()):
            was, is_nu = een['kolommen'].get(kolom), ander['kolommen'].get(kolom)
            if was != is_nu:
                return tabel, kolom, 'erbij' if not was else 'anders' if is_nu else 'mist'
        for wat in ('uniek', 'indexen', 'verwijst_naar', 'sleutel'):
            for ding in een[wat] + ander[wat]:
                if (ding in een[wat]) == (ding in ander[wat]):
                    continue
                namen = ding if isinstance(ding, list) else [ding]
                plek = tabel, namen[0] if isinstance(namen[0], str) else namen[0][0]
                # Met een naming convention haalt een downgrade die een unieke kolom een naam gaf,
                # ook de naamloze weg die er al was. Alleen voor de les telt dat.
                if wat != 'uniek' or (len(ding) == 1 and plek in VAN_DE_LES):
                    return *plek, 'anders'
    return None


def _database(oordeel: Oordeel, begonnen: bool) -> Iterator[Afwijking]:
    """Waar data.sqlite anders is dan de migraties hem maken."""
    database, plaats = oordeel.database, oordeel.plaats_van_database
    stap, volgorde = oordeel.laatste_goede_stap, oordeel.volgorde
    if not oordeel.verslag.is_nagespeeld:
        return
    if not database.versies and database.schema:
        yield Afwijking(stap, 'database', 'zonder versie')
        return
    if plaats is None:
        # Zo ver kwam het naspelen niet, of er is een revisie overgeslagen na een merge.
        revisie = next((r for r in volgorde[1:] if r not in oordeel.gehad), None)
        if revisie and oordeel.gehad <= set(volgorde):
            yield Afwijking(oordeel.stap_nu, 'database', 'achter', revisie=revisie)
        return
    volgende = next(iter(volgorde[plaats + 1 :]), None)
    # Twee heads mogen er samen in staan, een revisie en een eerdere niet.
    eerdere = {vorige for r in oordeel.gehad for vorige in oordeel.script(r).vorige}
    if anders := _anders(oordeel.verslag.heen[plaats].schema, database.schema):
        *plek, hoe = anders
        # Het kan van een upgrade zijn die halverwege stopte.
        van_volgende = [oordeel.stap_van_revisie(volgende)] if volgende else []
        stap = min([oordeel.stap_van(*plek), *van_volgende])
        yield Afwijking(stap, 'database', 'anders', *plek, gevonden=hoe, revisie=volgende)
    elif not eerdere.isdisjoint(database.versies or ()):
        yield Afwijking(stap, 'database', 'dubbele versie')
    elif volgende:
        # Wie al met de volgende stap bezig is, loopt daarmee achter en niet met de vorige.
        stap = oordeel.stap_nu if begonnen else oordeel.stap_van_revisie(volgende)
        yield Afwijking(stap, 'database', 'achter', revisie=volgende)


def _waarden_in_database(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Waarden die in data.sqlite ontbreken; een volgende upgrade maakt dat soms niet meer goed."""
    database = oordeel.database
    gevuld = database.gevuld.get(TABEL, {})
    uitgevoerd = oordeel.toegepast(oordeel.revisie_van(*GEVULD.plek))
    if uitgevoerd and gevuld.get(GEVULD.naam) == 0 and gevuld.get(GEVULD.som_met):
        yield Afwijking(oordeel.stap_van(*GEVULD.plek), 'database', 'niet gevuld', *GEVULD.plek)
    aantal = database.rijen.get(TABEL, 0)
    # Na een downgrade van die stap is het de oude kolom die leeg is.
    was = HERNOEMD.was if oordeel.gehaald >= stap_met(HERNOEMD) else None
    namen = gevuld.get(HERNOEMD.naam, gevuld.get(was, aantal))
    # Een naam mag ontbreken, maar niet de meeste, en niet als een kopie hem nog heeft.
    kopie = namen < aantal and oordeel.passende_kopie
    if 2 * namen < aantal or (kopie and kopie[2] > namen):
        stap = min(stap_met(HERNOEMD), oordeel.laatste_goede_stap)
        yield Afwijking(stap, 'database', 'namen weg', TABEL)
    for tabel, kolommen in database.tekst_nu.items():
        for kolom in kolommen:
            if database.schema[tabel]['kolommen'][kolom]['type'] == 'DATETIME':
                stap = oordeel.stap_van(tabel, kolom)
                yield Afwijking(stap, 'database', 'geen tijdstip', tabel, kolom)
