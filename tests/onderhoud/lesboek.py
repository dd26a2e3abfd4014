"""De les wordt één keer gespeeld, in een echte shell; de map na elke stap blijft bewaard."""

import compileall
import json
import shutil
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from controle.naspelen import TIJDSLIMIET
from postgresql import server, sql_in
from shells import HIER, TRAGER, Shell
from speel_les import PROJECT, vul_map
from spelen.lestekst import Hoofdstuk, LesFout
from stappen import DELEN_NA, STAPPEN
from vergelijker import InEenShell, schemafouten

# De test die vertelt wat er in een stap niet klopt.
LESTEST = 'test_wat_de_les_toont_gebeurt_ook'

# Zo lang wacht een proces op een stap die een ander proces speelt.
WACHTTIJD = 600


@dataclass
class Lesstand:
    """De stand na een stap; van `map` alleen lezen, want alle tests delen haar."""

    map: Path
    # Wat er in deze stap niet klopt, met regelnummers en wat er in het echt kwam.
    fouten: list[str] = field(default_factory=list)
    # De stap, deze of een eerdere, waarna de les niet verder te spelen is.
    strandt_op: int | None = None


def maak_uitgedeelde_map(doel: Path) -> None:
    """De map zoals de docent hem uitdeelt: stap 1 staat erin."""
    vul_map(doel)
    versies = shutil.ignore_patterns('__pycache__')
    shutil.copytree(PROJECT / 'migrations', doel / 'migrations', ignore=versies)
    shutil.copyfile(PROJECT / 'data.sqlite', doel / 'data.sqlite')
    if TRAGER > 1:
        # Ook de controle in deze map krijgt dan langer de tijd.
        naspelen = doel / 'tests' / 'controle' / 'naspelen.py'
        tekst, nu = naspelen.read_text(encoding='utf-8'), f'TIJDSLIMIET = {TIJDSLIMIET}'
        assert nu in tekst
        naspelen.write_text(tekst.replace(nu, f'{nu} * {TRAGER}'), encoding='utf-8')


class Lesboek:
    """De stand na elke stap; wie een stap het eerst nodig heeft, speelt hem."""

    def __init__(
        self,
        basis: Path,
        les: list[Hoofdstuk],
        tests: list[pytest.Item],
        shell: Shell = HIER[0],
    ):
        self.basis = basis
        self.shell = shell
        self.les = {hoofdstuk.nummer: hoofdstuk for hoofdstuk in les}
        # De namen van de tests die nu meedoen.
        self.tests = {test.name for test in tests}
        basis.mkdir(exist_ok=True)

    def na(self, nummer: int | str) -> Lesstand:
        """De stand na een stap of deel, als de les tot en met daar klopt."""
        for eerder in _tot_en_met(nummer):
            stand = self.gespeeld(eerder)
            if stand.fouten:
                self._sla_over(eerder)
        return stand

    def gespeeld(self, nummer: int | str) -> Lesstand:
        """Hoe het spelen van een stap of deel ging, als de les tot daar te spelen is."""
        stand = self._stand(nummer)
        if stand.strandt_op not in (None, nummer):
            self._sla_over(stand.strandt_op)
        return stand

    def _sla_over(self, stap: int | str) -> None:
        """Een fout in de les komt één keer uit: in de test van die stap, als die meedoet."""
        naam = self.les[stap].naam if stap in self.les else f'stap {stap}'
        reden = f'{naam} klopt niet; zie {LESTEST}'
        if f'{LESTEST}[{stap}]' in self.tests:
            pytest.skip(reden)
        pytest.fail(reden, pytrace=False)

    def _map(self, nummer: int | str) -> Path:
        return self.basis / f'na_stap_{nummer}'

    def _stand(self, nummer: int | str) -> Lesstand:
        if nummer in self.les and sql_in(self.les[nummer]):
            # Zonder server slaat de test zich hier over, voor er iets gespeeld is.
            server()
        bestand = self.basis / f'stap_{nummer}.json'
        try:
            # Een map maken lukt maar één proces: dat speelt, de andere wachten.
            (self.basis / f'stap_{nummer}.slot').mkdir()
        except FileExistsError:
            uiterlijk = time.monotonic() + WACHTTIJD
            while not bestand.exists():
                if time.monotonic() > uiterlijk:
                    pytest.fail(f'Stap {nummer} was na {WACHTTIJD} seconden nog niet gespeeld.')
                time.sleep(0.05)
        else:
            stand = Lesstand(self._map(nummer), ['Het spelen is onderbroken.'], nummer)
            try:
                stand = self._speel(nummer)
            finally:
                # Pas hernoemen als alles erin staat: een ander proces wacht op dit bestand.
                klad = bestand.with_suffix('.klad')
                klad.write_text(json.dumps([stand.fouten, stand.strandt_op]), encoding='utf-8')
                klad.replace(bestand)
        return Lesstand(self._map(nummer), *json.loads(bestand.read_text(encoding='utf-8')))

    def _speel(self, nummer: int | str) -> Lesstand:
        stand = Lesstand(self._map(nummer))
        if nummer not in self.les:
            kop = f'## Stap {nummer}. {STAPPEN[nummer - 1].titel}'
            stand.strandt_op = nummer
            stand.fouten = [
                f'LEERLING.md heeft geen hoofdstuk `{kop}`. Zet het voor `## Tot slot`.'
            ]
            return stand
        if nummer:
            vorige = self._stand(_tot_en_met(nummer)[-2])
            if vorige.strandt_op is not None:
                stand.strandt_op = vorige.strandt_op
                return stand
            shutil.copytree(vorige.map, stand.map)
        else:
            stand.map.mkdir()
            maak_uitgedeelde_map(stand.map)
            # Elke kopie van deze map draait straks de controle: vertaal die één keer.
            compileall.compile_dir(stand.map / 'tests', quiet=1)
        speler = InEenShell(stand.map, self.shell)
        try:
            speler.speel_na([self.les[eerder] for eerder in _tot_en_met(nummer)])
            # Wat een deel met de database doet, is geen feit van de stappen. En in de uitgedeelde
            # map, waarin stap 0 speelt, is stap 1 al gedaan.
            is_stap = isinstance(nummer, int)
            for melding in schemafouten(stand.map, max(nummer, 1)) if is_stap else ():
                stand.strandt_op = nummer
                speler.meld(LesFout(self.les[nummer].regels[0][0], melding))
        except LesFout as fout:
            stand.strandt_op = nummer
            speler.meld(fout)
        stand.fouten = [vertel(fout) for fout in speler.afwijkingen]
        return stand


def _tot_en_met(nummer: int | str) -> list[int | str]:
    """De stappen tot en met deze; een deel komt na de stap waarna elk deel begint."""
    if isinstance(nummer, int):
        return list(range(nummer + 1))
    return [*range(DELEN_NA + 1), nummer]


def vertel(fout: LesFout) -> str:
    """Een afwijking, met daaronder alles wat er in het echt kwam."""
    if not fout.uitvoer:
        return str(fout)
    return f'{fout} Dit kwam er:\n' + textwrap.indent(fout.uitvoer.rstrip(), '    ')
