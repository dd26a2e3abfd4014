"""Zet een codeblok uit de les in een bestand: in plaats van wat er al staat, of erbij."""

import ast
from textwrap import dedent
from typing import NamedTuple

# Zo'n regel staat voor wat er in het bestand al staat.
BLIJFT = '# ...'


class Definitie(NamedTuple):
    """Een klasse, functie of losse regel: waar hij staat, met en zonder commentaar erboven."""

    naam: str
    commentaar: int
    begin: int
    eind: int


def definities(regels: list[str]) -> list[Definitie]:
    gevonden, eind = [], len(regels)
    for knoop in reversed(ast.parse('\n'.join(regels)).body):
        # Een decorator hoort bij wat eronder staat.
        eerste = next(iter(getattr(knoop, 'decorator_list', ())), knoop)
        begin = commentaar = eerste.lineno - 1
        while commentaar and regels[commentaar - 1].startswith('#'):
            commentaar -= 1
        # Commentaar onderaan in een functie hoort er nog bij, maar staat niet in de boom.
        while not regels[eind - 1].strip():
            eind -= 1
        gevonden.append(Definitie(_herken(knoop), commentaar, begin, eind))
        eind = commentaar
    return gevonden[::-1]


def _herken(knoop: ast.stmt) -> str:
    """Waaraan te zien is dat een regel een andere vervangt."""
    match knoop:
        case ast.Assign():
            return ast.unparse(knoop.targets[0])
        case ast.Expr(ast.Call()):
            return ast.unparse(knoop.value.func)
        case ast.ImportFrom():
            return f'from {knoop.module}'
    return getattr(knoop, 'name', None) or ast.unparse(knoop)


def plaats(oud: Definitie, nieuw: Definitie) -> slice:
    """De regels waar `nieuw` voor in de plaats komt."""
    # Zonder commentaar in het blok blijft het commentaar in het bestand staan.
    return slice(oud.begin if nieuw.commentaar == nieuw.begin else oud.commentaar, oud.eind)


def maak_heel(bestand: list[str], blok: list[str]) -> list[tuple[str, int | None]]:
    """Het blok met voor elke `# ...` wat er in het bestand staat: elke regel, en waar hij stond.

    Een stuk tussen twee keer `# ...` vervangt alles van zijn eerste tot en met zijn laatste regel
    die het bestand kent.
    Kent het bestand er geen enkele van, dan is dat een SyntaxError.
    """
    heel: list[tuple[str, int | None]] = [(regel, plek) for plek, regel in enumerate(blok)]
    staat_er = {definitie.naam: definitie for definitie in definities(bestand)}
    for deel in reversed(definities(blok)):
        regels = heel[deel.begin : deel.eind]
        oud = staat_er.get(deel.naam)
        if oud and any(regel.strip() == BLIJFT for regel, _ in regels):
            inhoud = bestand[oud.begin + 1 : oud.eind]
            heel[deel.begin + 1 : deel.eind] = _vul_aan(inhoud, regels[1:])
    return heel


def _vul_aan(oud: list[str], nieuw: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """De inhoud van een klasse of functie, met wat er bij elke `# ...` in het bestand staat."""
    heel, tot = [], 0
    staat_er = {lid.naam: lid for lid in _leden(oud)}
    stukken = _stukken(nieuw)
    for stuk in stukken:
        if not stuk:
            continue
        leden = _leden([regel for regel, _ in stuk])
        bekend = [(staat_er[lid.naam], lid) for lid in leden if lid.naam in staat_er]
        if not bekend:
            raise SyntaxError(f'naast `{BLIJFT}` staat geen regel die er al is')
        begin = 0 if stuk is stukken[0] else plaats(*bekend[0]).start
        heel += [*((regel, None) for regel in oud[tot:begin]), *stuk]
        tot = len(oud) if stuk is stukken[-1] else bekend[-1][0].eind
    return [*heel, *((regel, None) for regel in oud[tot:])]


def _stukken(regels: list[tuple[str, int | None]]) -> list[list[tuple[str, int | None]]]:
    """Wat er voor, tussen en na elke `# ...` staat, zonder lege regels eromheen."""
    stukken = [[]]
    for regel, plek in regels:
        if regel.strip() == BLIJFT:
            stukken.append([])
        elif regel.strip() or stukken[-1]:
            stukken[-1].append((regel, plek))
    for stuk in stukken:
        while stuk and not stuk[-1][0].strip():
            stuk.pop()
    return stukken


def _leden(regels: list[str]) -> list[Definitie]:
    """Wat er in een klasse of functie staat; commentaar onderaan blijft van de klasse."""
    tekst = dedent('\n'.join(regels))
    einden = [knoop.end_lineno for knoop in ast.parse(tekst).body]
    gevonden = definities(tekst.split('\n'))
    return [lid._replace(eind=eind) for lid, eind in zip(gevonden, einden, strict=True)]


def voeg_in(bestand: list[str], blok: list[str]) -> list[str]:
    """Het bestand met de definities uit het blok: vervangen, of erbij."""
    bestand, blok = list(bestand), [regel for regel, _ in maak_heel(bestand, blok)]
    stukken = definities(blok)
    for volgnummer, stuk in enumerate(stukken):
        regels = blok[stuk.commentaar : stuk.eind]
        staat_er = {definitie.naam: definitie for definitie in definities(bestand)}
        volgende = next((s for s in stukken[volgnummer + 1 :] if s.naam in staat_er), None)
        if stuk.naam in staat_er:
            bestand[plaats(staat_er[stuk.naam], stuk)] = regels
        elif volgende:
            wit = blok[stuk.eind : stukken[volgnummer + 1].commentaar]
            plek = staat_er[volgende.naam].commentaar
            bestand[plek:plek] = regels + wit
        elif volgnummer:
            vorige = stukken[volgnummer - 1]
            plek = staat_er[vorige.naam].eind
            bestand[plek:plek] = blok[vorige.eind : stuk.commentaar] + regels
        else:
            bestand += ['', '', *regels]
    return bestand
