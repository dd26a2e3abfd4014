"""Zet een codeblok uit de les in een bestand: in plaats van wat er al staat, of erbij."""

import ast
from typing import NamedTuple


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


def voeg_in(bestand: list[str], blok: list[str]) -> list[str]:
    """Het bestand met de definities uit het blok: vervangen, of erbij."""
    bestand = list(bestand)
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
