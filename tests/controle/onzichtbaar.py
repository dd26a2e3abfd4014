"""Regels die Python goedvindt, en die toch niet doen wat een leerling bedoelt."""

import ast
from collections.abc import Iterable, Iterator

from stappen import IN_HET_MODEL

from controle.oefenmap import Bestand, heet, is_kolom, naam_in, namen_van, tabellen_van

# De typen van kolommen die in de les voorkomen.
TYPEN = (*IN_HET_MODEL.values(), 'ForeignKey')


def onzichtbare_kolommen(module: Bestand) -> Iterator[tuple[str, str, int]]:
    """Kolommen die Python goedvindt en SQLAlchemy niet ziet: wat, naam en regel.

    `wat` is 'komma', 'kleine letter', 'andere naam', 'dubbele punt', 'geen Column', 'dubbel',
    'buiten de klasse' of 'in een methode'.
    """
    yield from _losse_kolommen('buiten de klasse', module.boom.body)
    for klasse in module.modellen:
        gezien = {}
        for knoop in klasse.body:
            tekst = ast.unparse(knoop)
            for naam in namen_van(knoop):
                wat = _waarom_onzichtbaar(knoop)
                # Twee keer precies dezelfde regel maakt niets uit.
                anders = gezien.setdefault(naam, tekst) != tekst
                telt = naam == '__tablename__' or is_kolom(getattr(knoop, 'value', None))
                if wat is None and anders and telt:
                    wat = 'dubbel'
                if wat:
                    yield wat, naam, knoop.lineno
            if isinstance(knoop, ast.FunctionDef):
                yield from _losse_kolommen('in een methode', ast.walk(knoop))


def _losse_kolommen(wat: str, knopen: Iterable[ast.AST]) -> Iterator[tuple[str, str, int]]:
    for knoop in knopen:
        if isinstance(knoop, ast.Assign) and is_kolom(knoop.value):
            van_self = {doel.attr for doel in knoop.targets if isinstance(doel, ast.Attribute)}
            yield from ((wat, naam, knoop.lineno) for naam in namen_van(knoop) | van_self)


def _waarom_onzichtbaar(knoop: ast.AST) -> str | None:
    waarde = getattr(knoop, 'value', None)
    if isinstance(waarde, ast.Tuple) and any(map(is_kolom, waarde.elts)):
        return 'komma'
    if is_kolom(waarde) and heet(waarde, 'column'):
        return 'kleine letter'
    heeft = naam_in(waarde) if is_kolom(waarde) else None
    if isinstance(heeft, str) and heeft not in namen_van(knoop):
        return 'andere naam'
    if isinstance(knoop, ast.AnnAssign) and is_kolom(knoop.annotation):
        return 'dubbele punt'
    if isinstance(knoop, ast.Assign) and _is_type_of_column(waarde):
        return 'geen Column'
    return None


def bij_het_laden(module: Bestand, naam: str) -> list[int]:
    """De regels die `naam(...)` aanroepen als de module wordt geladen, ook in een functie."""
    regels, knopen = set(), list(module.boom.body)
    functies = [k for k in knopen if isinstance(k, ast.FunctionDef)]
    # De rij groeit onderweg.
    for knoop in knopen:
        if hasattr(knoop, 'name') or '__name__' in ast.unparse(getattr(knoop, 'test', ast.Pass())):
            continue
        regels |= {aanroep.lineno for aanroep in module.aanroepen(naam, knoop)}
        draait = [f for f in functies if module.aanroepen(f.name, knoop)]
        functies = [f for f in functies if f not in draait]
        knopen += [k for f in draait for k in f.body]
    return sorted(regels)


def met_een_schema(module: Bestand) -> Iterator[tuple[str, int]]:
    """Regels die een tabel een schema geven, dat SQLite niet kent: de tabel en het nummer."""
    for klasse in module.modellen:
        for knoop in klasse.body:
            if '__table_args__' in namen_van(knoop) and "'schema'" in ast.unparse(knoop):
                yield ''.join(tabellen_van(klasse)), knoop.lineno


def _is_type_of_column(knoop: ast.AST | None) -> bool:
    """Of er alleen een type staat (`db.Text`), of `db.Column` zonder haakjes."""
    kale_naam = getattr(knoop, 'attr', None) if isinstance(knoop, ast.Attribute) else None
    return kale_naam in (*TYPEN, 'Column') or any(heet(knoop, naam) for naam in TYPEN)
