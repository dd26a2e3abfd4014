"""Wat een oordeel over een oefenmap is: feiten over de stappen, de migraties en de database."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from stappen import (
    DATABASE,
    GEVULD,
    HERNOEMD,
    KOPIE,
    LAATSTE,
    LIJKT_EEN_BEETJE_OP,
    OPVOLGERS,
    STAPPEN,
    TABEL,
    VRIJ,
    EigenKolom,
    Kolom,
    kolommen_na,
    lijkt_op,
    stap_met,
    weg_na,
)

from controle.afwijking import EIGENSCHAPPEN, Afwijking
from controle.naspelen import Fout, Stand, Verslag
from controle.oefenmap import Bestand, Oefenmap, Script
from controle.tabellen import Database, alle_kolommen, kolommen_van, lees_database

# Zo mislukt een voorstel dat iets van de leerling kost.
WAARDEN_WEG = 'waarden weg'


@dataclass
class Oordeel:
    """Hoe een oefenmap ervoor staat."""

    oefenmap: Oefenmap
    verslag: Verslag
    # De eerste is de oorzaak, de andere zijn er soms een gevolg van.
    afwijkingen: list[Afwijking] = field(default_factory=list)
    # De hint die geprobeerd is en helpt.
    advies: object = None
    # Wat in de omgeving van een proef anders is: een docent geeft elke leerling een eigen HOME.
    omgeving: dict[str, str] = field(default_factory=dict)
    # Waarom een upgrade op de eigen rijen niet lukte, toen hij geprobeerd werd.
    mislukt: str = ''

    @property
    def module(self) -> Bestand | None:
        """De module; None als hij er niet is."""
        return self.oefenmap.module

    @property
    def database(self) -> Database:
        """Wat er in data.sqlite staat."""
        return self.oefenmap.database

    @property
    def fout(self) -> Fout | None:
        """Waar het naspelen op stukliep."""
        return self.verslag.fout

    # --- De stappen ---------------------------------------------------------------------------

    @cached_property
    def plaats_van_stap(self) -> dict[int, int]:
        """Per stap de eerste plaats in `verslag.heen` waar het schema van die stap staat."""
        plaatsen = {}
        andere = {}
        for plaats, stand in enumerate(self.verslag.heen):
            andere |= waarden(stand.rijen, GEVULD.som_met)
            # Een migratie mag meer stappen doen, ook als de laatste iets weghaalt van een eerdere.
            nieuw = range(len(plaatsen) + 1, LAATSTE + 1)
            tot = [n for n in nieuw if _is_gehaald(n, len(plaatsen), stand, andere)]
            plaatsen |= dict.fromkeys(range(len(plaatsen) + 1, max(tot, default=0) + 1), plaats)
            andere |= waarden(stand.aangevuld, GEVULD.som_met)
        return plaatsen

    @cached_property
    def gehaald(self) -> int:
        """De laatste stap waarvan het schema er is; 0 voor de eerste.

        Is er geen revisie nagespeeld, dan telt alleen data.sqlite.
        """
        if self.verslag.is_nagespeeld:
            return len(self.plaats_van_stap)
        schema = self.database.schema
        return max((n for n in range(1, LAATSTE + 1) if voldoet(schema, n)), default=0)

    @cached_property
    def opgeteld(self) -> int | None:
        """Waar de gevulde kolom en de kolom waar hij uit komt in elke rij op uitkomen."""
        plaats = self.plaats_van_stap.get(stap_met(GEVULD), 0)
        rijen = self.verslag.heen[plaats].rijen if self.verslag.heen else {}
        eigen, andere = (waarden(rijen, kolom) for kolom in (GEVULD.naam, GEVULD.som_met))
        return next((eigen[id_] + andere[id_] for id_ in eigen.keys() & andere.keys()), None)

    @property
    def stap_nu(self) -> int:
        """De eerste stap die nog niet gehaald is; na de laatste stap de laatste."""
        return min(self.gehaald + 1, LAATSTE)

    @property
    def stap_van_module(self) -> int:
        """De stap van een module die niet te laden is: die van nu, als daar iets van in staat."""
        tekst = '\n'.join(bestand.tekst for bestand in self.oefenmap.code)
        oud = kolommen_na(self.gehaald)
        nieuw = [k.naam for k in STAPPEN[self.stap_nu - 1].erbij if k.plek not in oud]
        bezig = any(re.search(rf'\b{naam}\b', tekst) for naam in nieuw)
        return self.stap_nu if bezig else self.laatste_goede_stap

    @property
    def laatste_goede_stap(self) -> int:
        """De laatste stap die gehaald is; voor de eerste stap de eerste."""
        return max(self.gehaald, 1)

    @property
    def bezig_met(self) -> int:
        """De stap van nu, als daar iets van te zien is; anders de laatste goede."""
        begonnen = any(map(self.is_begonnen, (self.verslag.model, self.head)))
        return self.stap_nu if begonnen else self.laatste_goede_stap

    def stap_van(self, tabel: str, kolom: str | None = None) -> int:
        """De stap waar een tabel of kolom bij hoort; iets eigens hoort bij waar je bezig bent."""
        if kolom is None:
            eerste = {k.tabel: stap.nummer for stap in STAPPEN[::-1] for k in stap.erbij}
            return min(eerste.get(tabel, LAATSTE), self.stap_nu)
        for stap in (STAPPEN[self.stap_nu - 1], *STAPPEN[: self.gehaald][::-1]):
            if (tabel, kolom) in {k.plek for k in stap.erbij} | set(stap.weg):
                return stap.nummer
        return self.stap_nu

    def stap_van_revisie(self, revisie: str | None) -> int:
        """De stap waar een revisie naartoe werkt."""
        if revisie in self.volgorde:
            plaats = self.volgorde.index(revisie)
            stappen = self.plaats_van_stap.items()
            return next((n for n, p in stappen if p >= plaats), self.laatste_goede_stap)
        return self.stap_nu

    def toestand(self, stap: int) -> str:
        """'af', 'fout' of 'niet' (nog niet begonnen)."""
        if any(afwijking.stap == stap for afwijking in self.afwijkingen):
            return 'fout'
        if stap > self.gehaald:
            return 'niet'
        achter = self.database_achter and self.plaats_van_stap[stap] > self.plaats_van_database
        return 'niet' if achter else 'af'

    # --- De migraties -------------------------------------------------------------------------

    @cached_property
    def head(self) -> dict:
        """Het schema na de laatste revisie die lukte."""
        return self.verslag.heen[-1].schema if self.verslag.heen else {}

    @cached_property
    def volgorde(self) -> list[str]:
        """De revisies die het naspelen uitvoerde; op plaats 0 '' voor helemaal leeg."""
        return [stand.revisie for stand in self.verslag.heen]

    def schemas_rond(self, revisie: str) -> tuple[dict, dict]:
        """Het schema voor en na een revisie."""
        plaats = self.volgorde.index(revisie)
        return self.verslag.heen[plaats - 1].schema, self.verslag.heen[plaats].schema

    def script(self, revisie: str | None) -> Script | None:
        """Het script van een revisie."""
        return self.oefenmap.script(revisie)

    def script_bij(self, afwijking: Afwijking) -> Script:
        """Het script waar het misgaat; een leeg script als het niet te vinden is."""
        return self.script(afwijking.revisie) or Script('', '', ast.Module([], []))

    def naam_van(self, revisie: str | None) -> str:
        """Het bestand van een revisie, zoals een leerling het leest."""
        script = self.script(revisie)
        return script.naam if script else f'revisie {revisie}'

    def revisie_van(self, tabel: str, kolom: str | None = None) -> str:
        """De revisie waarin een tabel of kolom er voor het eerst is; anders de laatste, of ''."""
        for stand in self.verslag.heen:
            if tabel in stand.schema and kolom in (None, *kolommen_van(stand.schema, tabel)):
                return stand.revisie
        return next(reversed(self.volgorde), '')

    def revisie_zoals_nu(self, tabel: str, kolom: str) -> str:
        """De revisie waarin een kolom werd zoals hij na de laatste is."""
        nu, revisie = kolom_uit(self.head, tabel, kolom), ''
        for stand in reversed(self.verslag.heen):
            er_is = kolom in kolommen_van(stand.schema, tabel)
            if not er_is or kolom_uit(stand.schema, tabel, kolom) != nu:
                break
            revisie = stand.revisie
        return revisie

    def revisie_zonder(self, tabel: str, kolom: str) -> str | None:
        """De laatste revisie die een kolom weghaalt; None als die er niet is."""
        for na, voor in pairwise(self.verslag.heen[::-1]):
            was, is_nu = (kolommen_van(stand.schema, tabel) for stand in (voor, na))
            if kolom in was and kolom not in is_nu:
                return na.revisie
        return None

    def is_verhuisd(self, tabel: str, kolom: str) -> bool:
        """Of een revisie de waarden van een kolom die weggaat in een nieuwe kolom zet."""
        for voor, na in pairwise(self.verslag.heen):
            was, is_nu = (set(alle_kolommen(stand.schema)) for stand in (voor, na))
            if (tabel, kolom) in was - is_nu:
                erin = ' '.join(
                    str(rij.get(k)) for t, k in is_nu - was for rij in na.rijen.get(t, ())
                )
                return all(str(rij[kolom]) in erin for rij in voor.aangevuld.get(tabel, ()))
        return False

    @property
    def foutbestand(self) -> Bestand | None:
        """Het script of de module waar het naspelen stopte; None als het een ander bestand is."""
        return self.oefenmap.bestand(self.fout.bestand)

    @property
    def foutscript(self) -> Script | None:
        """Het script waar het naspelen stopte."""
        return self.foutbestand if isinstance(self.foutbestand, Script) else None

    # --- De database --------------------------------------------------------------------------

    @cached_property
    def kopie(self) -> Database:
        """De kopie die de les laat maken."""
        kopie = lees_database(self.oefenmap.pad / KOPIE)
        kopie.versies = kopie.versietabellen.get(self.verslag.versietabel)
        return kopie

    @cached_property
    def passende_kopie(self) -> tuple[str, Stand, int] | None:
        """De kopie om terug te zetten: haar naam, welke tabellen ze heeft, en hoeveel namen.

        Ze heeft de tabellen van een van de migraties, en meer namen dan data.sqlite of de tabellen
        die daar horen. Zijn er meer, dan is het die van de laatste migratie, en daarvan die met de
        meeste namen. Aan haar revisie is dat niet te zien: de weg terug geeft nieuwe.
        """
        map_, hier, plaats = self.oefenmap.pad, self.database, self.plaats_van_database
        hoort = self.verslag.heen[plaats] if plaats else None
        gevonden = []
        paden = (
            p
            for n in ('*.sqlite', f'oud*/{DATABASE}', f'instance/{DATABASE}')
            for p in map_.glob(n)
        )
        for pad in sorted(paden):
            kopie = lees_database(pad)
            stand, namen = self.stand_met(kopie.schema), namen_in(kopie)
            if stand and (
                namen > namen_in(hier) or (stand is hoort and stand.schema != hier.schema)
            ):
                gevonden.append((pad.relative_to(map_).as_posix(), stand, namen))
        return max(gevonden, default=None, key=lambda k: (self.volgorde.index(k[1].revisie), k[2]))

    @cached_property
    def gehad(self) -> set[str]:
        """De revisies die data.sqlite heeft gehad."""
        return self.oefenmap.tot_en_met(*(self.database.versies or ()))

    def toegepast(self, revisie: str | None) -> bool:
        """Of data.sqlite deze revisie al heeft gehad."""
        return revisie in self.gehad

    @cached_property
    def plaats_van_database(self) -> int | None:
        """De plaats in `volgorde` waar data.sqlite staat; None als die er niet bij is."""
        versies = self.database.versies or []
        if not set(versies) <= set(self.volgorde):
            return None
        # Voor een merge staan er twee revisies in de database: de laatste telt.
        plaats = max(map(self.volgorde.index, versies), default=0)
        # Op een andere tak kan een vroegere revisie nog niet gedaan zijn.
        return plaats if set(self.volgorde[1 : plaats + 1]) == self.gehad else None

    @property
    def database_achter(self) -> bool:
        """Of data.sqlite een of meer revisies nog niet heeft gehad."""
        plaats = self.plaats_van_database
        in_orde = self.database.toestand == 'goed' and plaats is not None
        return in_orde and plaats < len(self.volgorde) - 1

    def stand_met(self, schema: dict) -> Stand | None:
        """De laatste stand die precies deze tabellen heeft."""
        return next((s for s in self.verslag.heen[:0:-1] if s.schema == schema), None)

    # --- Een kolom naast de les ---------------------------------------------------------------

    def is_van_een_ander(self, tabel: str, kolom: str | None) -> bool:
        """Of een kolom of tabel naast de les uit het script van een ander kan komen.

        Een eigen kolom weghalen gaat anders: dat script heeft data.sqlite gehad, en het staat niet
        naast een ander. Van wie zo'n script is, is verder nergens aan te zien.
        """
        van_de_les = {plek for s in STAPPEN for k in s.erbij for plek in (k.plek, (k.tabel, None))}
        revisie = self.revisie_van(tabel, kolom)
        return (tabel, kolom) not in van_de_les and (
            not self.toegepast(revisie) or self.oefenmap.staat_naast_een_ander(revisie)
        )

    def model_is_anders(self, kolom: Kolom) -> bool:
        """Of een kolom in het model staat, en daar anders is dan de les vraagt."""
        er_is = kolom.plek in self.verslag.modelkolommen
        return er_is and any(eigenschappen(kolom, self.verslag.model))

    @cached_property
    def goed_schema(self) -> dict:
        """Het schema na de laatste stap die gehaald is."""
        plaats = self.plaats_van_stap.get(self.gehaald, 0)
        return self.verslag.heen[plaats].schema if self.verslag.heen else {}

    def tikfout(self, kolom: Kolom, schema: dict | None = None) -> str | None:
        """Hoe de tabel of kolom hier zal heten, in de migraties of in een ander schema."""
        schema = self.head if schema is None else schema
        goed, tabel = self.goed_schema, kolom.tabel
        if tabel not in schema:
            nieuw = schema.keys() - goed.keys()
            # Heeft er precies een dezelfde kolommen, dan is dat hem.
            les = {naam for t, naam in kolommen_na(self.stap_nu) if t == tabel}
            gelijk = [t for t in nieuw if tabel in goed or les == schema[t]['kolommen'].keys()]
            return lijkt_op(tabel, schema) or (
                lijkt_op(tabel, gelijk, 0) if len(gelijk) == 1 else None
            )
        eigen, was = kolommen_van(schema, tabel), kolommen_van(goed, tabel)
        # Is de rest van de kolom precies goed, dan hoeft de naam minder te lijken (nivo, niveau).
        gelijk = {
            naam for naam in eigen if not list(eigenschappen(replace(kolom, naam=naam), schema))
        }
        # Is de kolom weg en kwam er een gelijke bij, dan heet hij nu zo.
        nieuw, oud = gelijk - was.keys(), kolom.was or kolom.naam
        hernoemd = oud in was and oud not in eigen and len(nieuw) == 1
        return (
            lijkt_op(kolom.naam, eigen)
            or lijkt_op(kolom.naam, gelijk, LIJKT_EEN_BEETJE_OP)
            or (lijkt_op(kolom.naam, nieuw, 0) if hernoemd else None)
        )

    def heet_in_het_model(self, kolom: Kolom) -> str | None:
        """Hoe een kolom van de les of haar tabel in het model heet, als ze daar anders heet."""
        er_is = kolom.plek in self.verslag.modelkolommen
        return None if er_is else self.tikfout(kolom, self.verslag.model)

    def is_begonnen(self, schema: dict) -> bool:
        """Of er in een schema iets te zien is van de eerste stap die nog niet gehaald is."""
        stap, hier = STAPPEN[self.stap_nu - 1], set(alle_kolommen(schema))
        nieuw = [k for k in stap.erbij if k.plek not in kolommen_na(self.gehaald)]
        # Een hele tabel die anders heet, zegt niets over een kolom erin.
        lijkt = [k for k in nieuw if k.tabel in schema or k.tabel not in self.goed_schema]
        # Zonder naspelen is er geen schema om mee te vergelijken.
        was = set(alle_kolommen(self.goed_schema)) & hier
        anders = [k for k in stap.erbij if k not in nieuw and k.plek in was]
        return (
            any(k.plek in hier for k in nieuw)
            or any(
                [*eigenschappen(k, schema)] != [*eigenschappen(k, self.goed_schema)] for k in anders
            )
            or any(self.tikfout(k, schema) for k in lijkt)
            or not hier.issuperset(stap.weg)
        )


def voldoet(schema: dict, nummer: int) -> bool:
    """Of een schema alles heeft van stap 1 tot en met `nummer`, en niets wat weg moest."""
    hier = set(alle_kolommen(schema))
    return not weg_na(nummer) & hier and all(
        not any(eigenschappen(kolom, schema)) if plek in hier else is_opgevolgd(plek, hier)
        for plek, kolom in kolommen_na(nummer).items()
    )


def is_opgevolgd(plek: tuple[str, str], kolommen: Collection[tuple[str, str]]) -> bool:
    """Of een kolom al weg mag zijn: de kolom die ervoor in de plaats komt is er."""
    return plek[0] == TABEL and (TABEL, OPVOLGERS.get(plek[1])) in kolommen


def eigenschappen(kolom: Kolom, schema: dict) -> Iterator[tuple[str, object, object]]:
    """Wat er aan een kolom anders is dan de les vraagt: eigenschap, verwacht en gevonden."""
    gevonden = kolom_uit(schema, *kolom.plek)
    # Een primary key is vanzelf uniek, en een index hoeft niet naast uniek.
    telt_niet = {
        'null': kolom.sleutel,
        'standaard': kolom.standaard == VRIJ,
        'uniek': kolom.sleutel,
        'index': gevonden.uniek or not kolom.index,
    }
    for wat in EIGENSCHAPPEN:
        hoort, is_nu = getattr(kolom, wat), getattr(gevonden, wat)
        if hoort != is_nu and not telt_niet.get(wat):
            yield wat, hoort, is_nu


def kolom_uit(schema: dict, tabel: str, naam: str) -> EigenKolom:
    """Een kolom zoals hij in een schema staat."""
    inhoud = schema[tabel]
    doelen = [f'{doel}.{naar[0]}' for van, doel, naar in inhoud['verwijst_naar'] if van == [naam]]
    return EigenKolom(
        tabel,
        naam,
        **inhoud['kolommen'][naam],
        uniek=[naam] in inhoud['uniek'],
        index=[naam] in inhoud['indexen'],
        sleutel=naam in inhoud['sleutel'],
        verwijst_naar=', '.join(doelen) or None,
    )


def namen_in(database: Database) -> int:
    """In hoeveel rijen van een database een naam staat, hoe die kolom ook heet."""
    gevuld = database.gevuld.get(TABEL, {})
    return gevuld.get(HERNOEMD.was) or gevuld.get(HERNOEMD.naam) or 0


def waarden(rijen: dict, kolom: str) -> dict:
    """De waarden van een kolom van de tabel van de les, per id."""
    return {rij.get('id'): rij[kolom] for rij in rijen.get(TABEL, ()) if rij.get(kolom) is not None}


def _is_gehaald(nummer: int, al_gehaald: int, stand: Stand, andere: dict) -> bool:
    vult = al_gehaald < stap_met(GEVULD) <= nummer
    return voldoet(stand.schema, nummer) and (not vult or _is_gevuld(stand, andere))


def _is_gevuld(stand: Stand, andere: dict) -> bool:
    """Of de kolom met de andere in elke rij hetzelfde getal geeft."""
    eigen = waarden(stand.rijen, GEVULD.naam)
    heel = eigen.keys() >= andere.keys()
    return heel and len({eigen[id_] + andere[id_] for id_ in andere}) <= 1
