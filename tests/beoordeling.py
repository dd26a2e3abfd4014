"""Beoordeelt een oefenmap: welke stappen af zijn, en wat er niet klopt.

Hier staan alleen feiten: een Afwijking zegt wat verwacht was en wat gevonden is. De
woorden voor de leerling staan in hints.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from hints import kies_hint, kies_opmerkingen, volgende_stap
from naspelen import Naspel, Stand
from oefenmap import DATABASE, Oefenmap, Script, bij_het_laden, onzichtbare_kolommen
from stappen import LIJKT_EEN_BEETJE_OP, STAPPEN, VRIJ, Kolom, kolommen_na, lijkt_op, weg_na

LAATSTE = len(STAPPEN)

# Wat `flask db init` maakt, en wat Flask-Migrate nodig heeft.
NODIG_IN_MIGRATIONS = ('alembic.ini', 'env.py', 'script.py.mako', 'versions')


@dataclass(frozen=True)
class Afwijking:
    """Iets wat niet klopt, bij een stap.

    `soort` is 'module', 'onzichtbaar', 'migraties', 'script', 'reeks', 'naspelen',
    'waarden', 'kolom', 'model', 'lezen', 'downgrade' of 'database'; `wat` zegt binnen die
    soort wat er is.
    """

    stap: int
    soort: str
    wat: str
    tabel: str | None = None
    kolom: str | None = None
    verwacht: object = None
    gevonden: object = None
    # De revisie waar het gebeurt.
    revisie: str | None = None


@dataclass
class Oordeel:
    """Hoe een oefenmap ervoor staat."""

    oefenmap: Oefenmap
    naspel: Naspel
    # De eerste is de oorzaak, de andere zijn er soms een gevolg van.
    afwijkingen: list[Afwijking] = field(default_factory=list)

    @cached_property
    def bereikt(self) -> dict[int, int]:
        """Per stap de eerste plaats in `naspel.heen` waar het schema van die stap staat."""
        bereikt = {}
        leeftijden = {}
        for plaats, stand in enumerate(self.naspel.heen):
            leeftijden |= waarden(stand.rijen, 'leeftijd')
            # Een migratie mag meer stappen doen, ook als de laatste iets weghaalt van een eerdere.
            nieuw = range(len(bereikt) + 1, LAATSTE + 1)
            tot = [n for n in nieuw if self._is_bereikt(n, len(bereikt), stand, leeftijden)]
            bereikt |= dict.fromkeys(range(len(bereikt) + 1, max(tot, default=0) + 1), plaats)
            leeftijden |= waarden(stand.aangevuld, 'leeftijd')
        return bereikt

    @staticmethod
    def _is_bereikt(nummer: int, al_bereikt: int, stand: Stand, leeftijden: dict) -> bool:
        return voldoet(stand.schema, nummer) and all(
            _is_gevuld(kolom, stand, leeftijden)
            for stap in STAPPEN[al_bereikt:nummer]
            for kolom in stap.erbij
            if kolom.som_met
        )

    @cached_property
    def niveau(self) -> int:
        """De laatste stap waarvan het schema er is; zonder revisie telt alleen data.sqlite."""
        if len(self.naspel.heen) > 1:
            return len(self.bereikt)
        schema = self.oefenmap.database.schema
        return max((n for n in range(1, LAATSTE + 1) if voldoet(schema, n)), default=0)

    @property
    def bezig_met(self) -> int:
        """De eerste stap die nog niet bereikt is; na de laatste stap de laatste."""
        return min(self.niveau + 1, LAATSTE)

    @property
    def laatst_af(self) -> int:
        """De laatste stap die bereikt is; voor de eerste stap de eerste."""
        return max(self.niveau, 1)

    @cached_property
    def head(self) -> dict:
        """Het schema na de laatste revisie die lukte."""
        return self.naspel.heen[-1].schema if self.naspel.heen else {}

    @cached_property
    def volgorde(self) -> list[str]:
        """De revisies die het naspelen uitvoerde; op plaats 0 '' voor helemaal leeg."""
        return [stand.revisie for stand in self.naspel.heen]

    @cached_property
    def plaats_database(self) -> int | None:
        """De plaats in `volgorde` waar data.sqlite staat; None als die er niet bij is."""
        versies = self.oefenmap.database.versies or []
        if not set(versies) <= set(self.volgorde):
            return None
        # Voor een merge staan er twee revisies in de database: de laatste telt.
        plaats = max(map(self.volgorde.index, versies), default=0)
        # Op een andere tak kan een vroegere revisie nog niet gedaan zijn.
        return plaats if set(self.volgorde[1 : plaats + 1]) == self.gehad else None

    @cached_property
    def gehad(self) -> set[str]:
        """De revisies die data.sqlite heeft gehad."""
        gehad = set()
        rest = set(self.oefenmap.database.versies or ())
        while rest:
            gehad |= rest
            scripts = [self.script(revisie) for revisie in rest]
            rest = {vorige for script in scripts if script for vorige in script.vorige} - gehad
        return gehad

    @property
    def database_achter(self) -> bool:
        """Of data.sqlite een of meer revisies nog niet heeft gehad."""
        plaats = self.plaats_database
        in_orde = self.oefenmap.database.toestand == 'goed' and plaats is not None
        return in_orde and plaats < len(self.volgorde) - 1

    def stap_van(self, tabel: str, kolom: str | None = None) -> int:
        """De stap waar een tabel of kolom bij hoort; iets eigens hoort bij waar je bezig bent."""
        if kolom is None:
            eerste = {k.tabel: stap.nummer for stap in STAPPEN[::-1] for k in stap.erbij}
            return min(eerste.get(tabel, LAATSTE), self.bezig_met)
        for stap in (STAPPEN[self.bezig_met - 1], *STAPPEN[: self.niveau][::-1]):
            if (tabel, kolom) in {(k.tabel, k.naam) for k in stap.erbij} | set(stap.weg):
                return stap.nummer
        return self.bezig_met

    def stap_van_revisie(self, revisie: str | None) -> int:
        """De stap waar een revisie naartoe werkt."""
        if revisie in self.volgorde:
            plaats = self.volgorde.index(revisie)
            return next((n for n, p in self.bereikt.items() if p >= plaats), self.laatst_af)
        return self.bezig_met

    def toegepast(self, revisie: str | None) -> bool:
        """Of data.sqlite deze revisie al heeft gehad."""
        return revisie in self.gehad

    def script(self, revisie: str | None) -> Script | None:
        """Het script van een revisie."""
        return self.oefenmap.script(revisie)

    def uitleg(self, stap: int) -> str:
        """Wat er bij een stap niet klopt: wat verwacht is, wat er is, en waar."""
        afwijking = next(a for a in self.afwijkingen if a.stap == stap)
        return f'Stap {stap}, {STAPPEN[stap - 1].titel}: {kies_hint(self, afwijking)[0]}'

    @property
    def opmerkingen(self) -> list[str]:
        """Wat er verder te zeggen is."""
        return [f'Opmerking: {tekst}' for tekst in kies_opmerkingen(self)]

    @property
    def wat_nu(self) -> str:
        """Het ene ding om nu te doen."""
        if not self.afwijkingen:
            return f'Wat nu: {volgende_stap(self)}'
        eerste = self.afwijkingen[0]
        wat, doe = kies_hint(self, eerste)
        return f'Wat nu: stap {eerste.stap}, {STAPPEN[eerste.stap - 1].titel}. {wat}\n{doe}'

    def toestand(self, stap: int) -> str:
        """'af', 'fout' of 'niet' (nog niet begonnen)."""
        if any(afwijking.stap == stap for afwijking in self.afwijkingen):
            return 'fout'
        if stap > self.niveau:
            return 'niet'
        achter = self.database_achter and self.bereikt[stap] > self.plaats_database
        return 'niet' if achter else 'af'


def beoordeel(oefenmap: Oefenmap, naspel: Naspel) -> Oordeel:
    """Legt wat gelezen en nagespeeld is naast de stappen van de les."""
    oordeel = Oordeel(oefenmap, naspel)
    oordeel.afwijkingen = list(dict.fromkeys(_afwijkingen(oordeel)))
    return oordeel


def voldoet(schema: dict, nummer: int) -> bool:
    """Of een schema alles heeft van stap 1 tot en met `nummer`, en niets wat weg moest."""
    return all(
        kolom.naam in _kolommen(schema, kolom.tabel) and not list(eigenschappen(kolom, schema))
        for kolom in kolommen_na(nummer).values()
    ) and not any(kolom in _kolommen(schema, tabel) for tabel, kolom in weg_na(nummer))


def eigenschappen(kolom: Kolom, schema: dict) -> Iterator[tuple[str, object, object]]:
    """Wat er aan een kolom anders is dan de les vraagt: eigenschap, verwacht en gevonden."""
    inhoud = schema[kolom.tabel]
    gevonden = inhoud['kolommen'][kolom.naam]
    if gevonden['type'] != kolom.type:
        yield 'type', kolom.type, gevonden['type']
    if kolom.sleutel != (inhoud['sleutel'] == [kolom.naam]):
        yield 'primary key', kolom.sleutel, not kolom.sleutel
    if gevonden['null'] != kolom.null and not kolom.sleutel:
        yield 'null', kolom.null, gevonden['null']
    if kolom.standaard not in (VRIJ, gevonden['standaard']):
        yield 'standaard', kolom.standaard, gevonden['standaard']
    if kolom.uniek != ([kolom.naam] in inhoud['uniek']) and not kolom.sleutel:
        yield 'uniek', kolom.uniek, not kolom.uniek
    doelen = [
        f'{doel}.{naar[0]}' for van, doel, naar in inhoud['verwijst_naar'] if van == [kolom.naam]
    ]
    if doelen != ([kolom.verwijst_naar] if kolom.verwijst_naar else []):
        yield 'foreign key', kolom.verwijst_naar, ', '.join(doelen) or None
    if kolom.index and [kolom.naam] not in inhoud['indexen'] + inhoud['uniek']:
        yield 'index', True, False


def waarden(rijen: dict, kolom: str) -> dict:
    """De waarden van een kolom van cursisten, per id."""
    return {
        rij.get('id'): rij[kolom]
        for rij in rijen.get('cursisten', ())
        if rij.get(kolom) is not None
    }


def _kolommen(schema: dict, tabel: str) -> dict:
    return schema.get(tabel, {}).get('kolommen', {})


def _is_gevuld(kolom: Kolom, stand: Stand, andere: dict) -> bool:
    """Of de kolom met de andere in elke rij hetzelfde getal geeft."""
    eigen = waarden(stand.rijen, kolom.naam)
    if andere and not eigen.keys() >= andere.keys():
        return False
    return len({eigen[id_] + andere[id_] for id_ in andere}) <= 1


# --- De afwijkingen, in de volgorde waarin een leerling ze moet oplossen. -------------------


def _afwijkingen(oordeel: Oordeel) -> Iterator[Afwijking]:
    eerst = [
        *_elders(oordeel),
        *_module(oordeel),
        *_migraties(oordeel),
        *_databasebestand(oordeel),
    ]
    yield from eerst
    if not eerst:
        fout_onderweg = list(_naspelen(oordeel))
        # Een downgrade die niet lukt komt na wat de upgrade verkeerd doet.
        pas_terug = oordeel.naspel.fout is not None and oordeel.naspel.fout.fase == 'terug'
        if not pas_terug:
            yield from fout_onderweg
        onbekend = list(_onbekende_versie(oordeel))
        yield from onbekend
        if onbekend:
            return
        heen = [*_heen(oordeel), *_kolommen_van_de_les(oordeel), *_model(oordeel)]
        yield from heen
        begonnen = any(afwijking.stap == oordeel.bezig_met for afwijking in heen)
        if pas_terug:
            yield from fout_onderweg
        yield from _terug(oordeel, begonnen)
        yield from _database(oordeel, begonnen)


def _elders(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een database buiten de map: dan is er niets nagespeeld, en ook niets te vergelijken."""
    fout = oordeel.naspel.fout
    if fout and fout.fase == 'elders':
        yield Afwijking(
            oordeel.laatst_af, 'naspelen', 'elders', gevonden=fout.melding, revisie=fout.revisie
        )


def _module(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een module die er niet is, of die Python niet begrijpt."""
    module, stap = oordeel.oefenmap.module, oordeel.laatst_af
    if module is None:
        yield Afwijking(stap, 'module', 'ontbreekt')
    elif not module.tekst.strip():
        yield Afwijking(stap, 'module', 'leeg')
    elif module.fout:
        yield Afwijking(stap, 'module', 'fout', gevonden=module.fout.msg)
    else:
        for wat, naam, regel in onzichtbare_kolommen(module):
            yield Afwijking(oordeel.bezig_met, 'onzichtbaar', wat, kolom=naam, gevonden=regel)
        for regel in bij_het_laden(module, 'create_all'):
            yield Afwijking(stap, 'module', 'create_all', gevonden=regel)


def _migraties(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Bestanden in migrations/ die er niet zijn of niet kloppen."""
    map_, stap = oordeel.oefenmap, oordeel.laatst_af
    migrations = map_.pad / 'migrations'
    if not migrations.is_dir():
        # Zonder migrations/ en zonder data.sqlite is stap 1 gewoon nog niet begonnen.
        if map_.database.toestand != 'ontbreekt':
            yield Afwijking(stap, 'migraties', 'ontbreken')
        return
    for naam in NODIG_IN_MIGRATIONS:
        if not (migrations / naam).exists():
            yield Afwijking(stap, 'migraties', 'onvolledig', gevonden=naam)
    for script in map_.scripts:
        if script.fout:
            # De naam van een script begint met zijn revisie.
            gehad = script.bestandsnaam.startswith(tuple(map_.database.versies or ['?']))
            yield Afwijking(
                stap if gehad else oordeel.bezig_met, 'script', 'fout', gevonden=script.naam
            )
        elif script.revisie is None:
            yield Afwijking(oordeel.bezig_met, 'script', 'zonder revisie', gevonden=script.naam)
        elif not script.noemt_vorige:
            yield Afwijking(oordeel.bezig_met, 'script', 'zonder vorige', gevonden=script.naam)
    if not map_.scripts:
        yield Afwijking(stap, 'migraties', 'geen revisie')
    elif not all(script.revisie and script.noemt_vorige for script in map_.scripts):
        # Een script dat niet te lezen is, is zelf al de oorzaak.
        return
    elif not map_.revisies:
        yield Afwijking(stap, 'reeks', 'gebroken')
    elif len(map_.heads) > 1:
        yield Afwijking(oordeel.bezig_met, 'reeks', 'heads')


def _databasebestand(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een data.sqlite die er niet is, niet te lezen is, of niet bij de migraties hoort."""
    toestand = oordeel.oefenmap.database.toestand
    if toestand == 'ontbreekt' and not oordeel.oefenmap.scripts:
        return
    if toestand != 'goed':
        yield Afwijking(oordeel.laatst_af, 'database', toestand)


def _onbekende_versie(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Een script dat de database heeft gehad en dat er niet meer is."""
    for versie in oordeel.oefenmap.database.versies or ():
        # Zonder dit script lukt geen enkele opdracht van flask db.
        if oordeel.oefenmap.revisies and not oordeel.script(versie):
            yield Afwijking(oordeel.laatst_af, 'database', 'onbekende versie', gevonden=versie)


def _naspelen(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Waar het naspelen op stukliep."""
    fout, plaats = oordeel.naspel.fout, oordeel.naspel.database
    if plaats not in (None, DATABASE):
        yield Afwijking(oordeel.laatst_af, 'naspelen', 'plaats', gevonden=plaats)
        return
    if fout is None:
        return
    if fout.fase == 'scripts' and not oordeel.oefenmap.scripts:
        # Er is nog geen migrations/: dan valt er niets na te spelen.
        return
    stap = oordeel.laatst_af
    if fout.fase in ('scripts', 'heen', 'vergelijken'):
        stap = oordeel.bezig_met
    elif fout.revisie:
        stap = oordeel.stap_van_revisie(fout.revisie)
    yield Afwijking(stap, 'naspelen', fout.fase, gevonden=fout.melding, revisie=fout.revisie)


def _heen(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Rijen en waarden die onderweg naar boven verloren gaan."""
    heen = oordeel.naspel.heen
    hernoemd = {k.was: k.naam for stap in STAPPEN for k in stap.erbij if k.was}
    for voor, na in zip(heen, heen[1:], strict=False):
        rijen_voor = {rij.get('id') for rij in voor.aangevuld.get('cursisten', ())}
        rijen_na = {rij.get('id') for rij in na.rijen.get('cursisten', ())}
        stap = oordeel.stap_van_revisie(na.revisie)
        if rijen_voor and 'cursisten' in na.schema and not rijen_voor <= rijen_na:
            yield Afwijking(stap, 'waarden', 'rijen', 'cursisten', revisie=na.revisie)
            continue
        kolommen_voor, kolommen_na_ = (_kolommen(s.schema, 'cursisten') for s in (voor, na))
        for kolom in kolommen_voor:
            nieuw = kolom if kolom in kolommen_na_ else hernoemd.get(kolom)
            if nieuw not in kolommen_na_ or kolom not in _namen_uit_de_les():
                continue
            oude, nieuwe = waarden(voor.aangevuld, kolom), waarden(na.rijen, nieuw)
            vast = kolom in VASTE_KOLOMMEN
            if any(nieuwe.get(i) != w if vast else i not in nieuwe for i, w in oude.items()):
                yield Afwijking(stap, 'waarden', 'verloren', 'cursisten', nieuw, revisie=na.revisie)


# De waarden die in elke stap dezelfde horen te blijven.
VASTE_KOLOMMEN = ('naam', 'volledige_naam', 'leeftijd')


def _namen_uit_de_les() -> set[str]:
    return {kolom.naam for stap in STAPPEN for kolom in stap.erbij if kolom.tabel == 'cursisten'}


def _kolommen_van_de_les(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Kolommen die na de laatste revisie anders zijn dan de les vraagt."""
    schema = oordeel.head
    if len(oordeel.naspel.heen) < 2:
        # Er is geen revisie nagespeeld: dan is er ook niets om te vergelijken.
        return
    verder = max((n for n in range(1, LAATSTE + 1) if voldoet(schema, n)), default=0)
    if verder > oordeel.niveau:
        # Alles staat er, maar een kolom onderweg is nooit gevuld.
        for stap in STAPPEN[oordeel.niveau : verder]:
            for kolom in stap.erbij:
                if kolom.som_met:
                    yield Afwijking(stap.nummer, 'kolom', 'niet gevuld', kolom.tabel, kolom.naam)
        return
    stap = STAPPEN[oordeel.niveau] if oordeel.niveau < LAATSTE else None
    oud = kolommen_na(oordeel.niveau)
    # Wie een stap oversloeg of veranderde, kan al verder zijn: dat is te zien aan wat erbij kwam.
    gezien = [
        later.nummer
        for later in STAPPEN[oordeel.niveau :]
        if any(kolom.naam in _kolommen(schema, kolom.tabel) for kolom in later.erbij)
    ]
    # Een kolom die deze stap of zo'n latere weghaalt, hoeft er niet meer te zijn.
    tot = max(gezien, default=oordeel.niveau) + 1
    mag_weg = {sleutel for later in STAPPEN[oordeel.niveau : tot] for sleutel in later.weg}
    for sleutel, kolom in oud.items():
        if sleutel not in mag_weg:
            yield from _vergelijk_kolom(oordeel, oordeel.stap_van(*sleutel), kolom)
    if stap is None:
        return
    nieuw = [kolom for kolom in stap.erbij if (kolom.tabel, kolom.naam) not in oud]
    begonnen = any(
        kolom.naam in _kolommen(schema, kolom.tabel) or _tikfout(oordeel, kolom) for kolom in nieuw
    ) or any(naam not in _kolommen(schema, tabel) for tabel, naam in stap.weg)
    if begonnen or oordeel.niveau == 0:
        for kolom in nieuw:
            yield from _vergelijk_kolom(oordeel, stap.nummer, kolom)
        for tabel, naam in stap.weg:
            if naam in _kolommen(schema, tabel):
                yield Afwijking(stap.nummer, 'kolom', 'hoort weg', tabel, naam)


def _vergelijk_kolom(oordeel: Oordeel, stap: int, kolom: Kolom) -> Iterator[Afwijking]:
    schema = oordeel.head
    if kolom.naam not in _kolommen(schema, kolom.tabel):
        tikfout = _tikfout(oordeel, kolom)
        yield Afwijking(stap, 'kolom', 'ontbreekt', kolom.tabel, kolom.naam, kolom.type, tikfout)
        return
    for wat, verwacht, gevonden in eigenschappen(kolom, schema):
        yield Afwijking(stap, 'kolom', wat, kolom.tabel, kolom.naam, verwacht, gevonden)
    if kolom.som_met and stap > oordeel.niveau and not list(eigenschappen(kolom, schema)):
        yield Afwijking(stap, 'kolom', 'niet gevuld', kolom.tabel, kolom.naam)


def _tikfout(oordeel: Oordeel, kolom: Kolom) -> str | None:
    """De eigen tabel of kolom die een tikfout in de naam van deze kolom zal zijn."""
    if kolom.tabel not in oordeel.head:
        return lijkt_op(kolom.tabel, oordeel.head)
    eigen = _kolommen(oordeel.head, kolom.tabel)
    # Is de rest van de kolom precies goed, dan hoeft de naam minder te lijken (nivo, niveau).
    gelijk = [
        naam for naam in eigen if not list(eigenschappen(replace(kolom, naam=naam), oordeel.head))
    ]
    return lijkt_op(kolom.naam, eigen) or lijkt_op(kolom.naam, gelijk, LIJKT_EEN_BEETJE_OP)


def _model(oordeel: Oordeel) -> Iterator[Afwijking]:
    """Wat het model anders wil dan de laatste revisie maakt."""
    van_de_les = {(k.tabel, k.naam): k for stap in STAPPEN for k in stap.erbij}
    model = oordeel.naspel.modelkolommen
    # Heeft het model al kolommen van later, dan hoort wat later weggaat bij de stap van nu.
    later = van_de_les.keys() - kolommen_na(oordeel.niveau).keys() - weg_na(oordeel.niveau)
    later_weg = weg_na(LAATSTE) - weg_na(oordeel.niveau) if later & model else set()
    # Eerst een tabel of kolom die nodig is: een migratie zou hem met zijn waarden weggooien.
    nodig = kolommen_na(oordeel.niveau).keys() - model - later_weg
    nodig -= set(STAPPEN[oordeel.bezig_met - 1].weg)
    nodig = {(tabel, kolom) for tabel, kolom in nodig if tabel in oordeel.naspel.model}
    verschillen = [
        (verschil, verschil['tabel'], verschil['kolommen'][0] if verschil['kolommen'] else None)
        for verschil in oordeel.naspel.verschillen
    ]
    for verschil, tabel, kolom in sorted(
        verschillen, key=lambda v: v[0]['wat'] != 'remove_table' and v[1:] not in nodig
    ):
        bekend = van_de_les.get((tabel, kolom))
        # `flask db migrate` let niet op standaardwaarden: alleen die van de les tellen.
        if verschil['wat'] == 'modify_default' and bekend is None:
            continue
        if verschil['wat'] == 'modify_nullable' and bekend and bekend.sleutel:
            continue
        al_weg = (tabel, kolom) in later_weg - model
        yield Afwijking(
            oordeel.bezig_met if al_weg else oordeel.stap_van(tabel, kolom),
            'model',
            verschil['wat'],
            tabel,
            kolom,
            gevonden=verschil['doel'],
        )
    if oordeel.naspel.leesfout:
        kolom = oordeel.naspel.leesfout.melding
        stap = max(
            (s.nummer for s in STAPPEN[: oordeel.bezig_met] if ('cursisten', kolom) in s.weg),
            default=oordeel.laatst_af,
        )
        yield Afwijking(stap, 'lezen', 'repr', 'cursisten', kolom)


def _terug(oordeel: Oordeel, begonnen: bool) -> Iterator[Afwijking]:
    """De eerste downgrade die het vorige schema of de namen en leeftijden niet teruggeeft."""
    heen = {stand.revisie: stand for stand in oordeel.naspel.heen}
    volgorde = oordeel.volgorde
    for stand in oordeel.naspel.terug:
        vroeger = heen[stand.revisie]
        revisie = volgorde[volgorde.index(stand.revisie) + 1]
        stap = oordeel.stap_van_revisie(revisie)
        # Na de laatste stap die af is hoort een revisie bij de stap waar je mee bezig bent.
        if begonnen and volgorde.index(revisie) > max(oordeel.bereikt.values(), default=0):
            stap = oordeel.bezig_met
        if stand.schema != vroeger.schema:
            tabel, kolom = _eerste_verschil(vroeger.schema, stand.schema)
            yield Afwijking(stap, 'downgrade', 'schema', tabel, kolom, revisie=revisie)
            return
        for kolom in VASTE_KOLOMMEN:
            # Een rij die een migratie er zelf bij zette, mag blijven.
            teruggekregen = waarden(stand.rijen, kolom)
            had = waarden(vroeger.aangevuld, kolom)
            if any(teruggekregen.get(id_) != waarde for id_, waarde in had.items()):
                yield Afwijking(stap, 'downgrade', 'waarden', 'cursisten', kolom, revisie=revisie)
                return


def _eerste_verschil(verwacht: dict, gevonden: dict) -> tuple[str, str | None]:
    """De eerste tabel en kolom waarin twee schema's verschillen."""
    for tabel in sorted(verwacht.keys() | gevonden.keys()):
        if tabel not in verwacht or tabel not in gevonden:
            return tabel, None
        een, ander = verwacht[tabel], gevonden[tabel]
        for kolom in sorted(een['kolommen'].keys() | ander['kolommen'].keys()):
            if een['kolommen'].get(kolom) != ander['kolommen'].get(kolom):
                return tabel, kolom
        for soort in ('uniek', 'indexen', 'verwijst_naar', 'sleutel'):
            for ding in een[soort] + ander[soort]:
                if (ding in een[soort]) != (ding in ander[soort]):
                    namen = ding if isinstance(ding, list) else [ding]
                    return tabel, namen[0] if isinstance(namen[0], str) else namen[0][0]
    raise ValueError('De schema’s zijn gelijk.')


def _database(oordeel: Oordeel, begonnen: bool) -> Iterator[Afwijking]:
    """Waar data.sqlite anders is dan de migraties hem maken."""
    database, plaats = oordeel.oefenmap.database, oordeel.plaats_database
    if len(oordeel.volgorde) < 2:
        return
    if not database.versies and database.schema:
        yield Afwijking(oordeel.laatst_af, 'database', 'zonder versie')
        return
    gevuld = database.gevuld.get('cursisten', {})
    if gevuld.get('geboortejaar') == 0 and gevuld.get('leeftijd'):
        # Eerst dit: een upgrade naar stap 8 gooit de leeftijden weg.
        stap = oordeel.stap_van('cursisten', 'geboortejaar')
        yield Afwijking(stap, 'database', 'niet gevuld', 'cursisten')
    if plaats is None:
        # Zo ver kwam het naspelen niet, of er is een revisie overgeslagen na een merge.
        revisie = next((r for r in oordeel.volgorde[1:] if r not in oordeel.gehad), None)
        if revisie and oordeel.gehad <= set(oordeel.volgorde):
            yield Afwijking(oordeel.bezig_met, 'database', 'achter', revisie=revisie)
        return
    toen = oordeel.naspel.heen[plaats].schema
    if database.schema != toen:
        tabel, kolom = _eerste_verschil(toen, database.schema)
        stap = oordeel.stap_van(tabel, kolom)
        yield Afwijking(stap, 'database', 'anders', tabel, kolom)
    elif oordeel.database_achter:
        revisie = oordeel.volgorde[plaats + 1]
        # Wie al met de volgende stap bezig is, loopt daarmee achter en niet met de vorige.
        stap = oordeel.bezig_met if begonnen else oordeel.stap_van_revisie(revisie)
        yield Afwijking(stap, 'database', 'achter', revisie=revisie)
    if database.rijen.get('cursisten') and gevuld.get('volledige_naam') == 0:
        yield Afwijking(min(7, oordeel.laatst_af), 'database', 'namen weg', 'cursisten')
