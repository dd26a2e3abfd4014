"""Legt de aanroepen in een script naast wat Alembic ervoor vraagt, zonder iets uit te voeren."""

import ast
import inspect
import re
from collections.abc import Iterator
from copy import deepcopy

from alembic.operations import BatchOperations, Operations
from stappen import MODULE, TABEL

from controle.hints.daden import Bewerking, vervang
from controle.oefenmap import Script, heet, naam_in
from controle.oordeel import kolom_uit

# Wat er aan een aanroep anders hoort.
GEEN_NAAM = (
    'Een constraint heeft geen naam: er staat `None`. SQLite kan hem zo niet maken of weghalen. '
    'Geef hem in `upgrade()` en in `downgrade()` dezelfde naam.'
)
GEEN_LIJST = 'Kolommen horen in een lijst, ook als het er een is.'
GEEN_WITH = 'Regels met `batch_op` horen in een blok `with ... as batch_op:`.'
IN_EEN_BATCH = 'In een `with`-blok hoort `batch_op.` ervoor, en zonder de naam van de tabel.'
NIEUWE_NAAM = 'De nieuwe naam hoort achter `new_column_name=`.'
GEEN_BATCH = 'SQLite kan dit alleen in een batch.'
OMGEDRAAID = 'Eerst komt de naam, en dan de tabel.'
VAN_DE_MODULE = 'Een script kent je module niet. Daar hoort een type van SQLAlchemy.'

# Wat SQLite alleen in een batch kan, en op welke plaats daarbuiten de tabel staat.
ALLEEN_IN_EEN_BATCH = {
    'create_unique_constraint': 1,
    'create_foreign_key': 1,
    'drop_constraint': 1,
    'alter_column': 0,
}


def verbeteringen(script: Script, model: dict) -> list[tuple[str, Bewerking]]:
    """Wat er in een script anders hoort en waarom, van onder naar boven: zo klopt elk nummer."""
    gevonden = [*_aanroepen(script, model), *_zonder_with(script)]
    return sorted(gevonden, key=lambda goed: goed[1].wissels, reverse=True)


def _aanroepen(script: Script, model: dict) -> Iterator[tuple[str, Bewerking]]:
    blokken = [k for k in ast.walk(script.boom) if isinstance(k, ast.With)]
    # De namen van de constraints tot hier; een downgrade haalt de laatste eerst weg.
    namen = []
    for begin in sorted(k.lineno for k in ast.walk(script.boom) if isinstance(k, ast.Expr)):
        goed = deepcopy(script.opdracht(begin))
        if hasattr(Operations, getattr(getattr(goed.value, 'func', None), 'attr', '')):
            in_blok = [b.items[0].context_expr for b in blokken if b.lineno < begin <= b.end_lineno]
            waarom = [
                *_volgorde(goed.value, model),
                *_vorm(goed.value, naam_in(in_blok[0]) if in_blok else None),
                *_naam(goed.value, namen),
                *_type(goed.value, model),
            ]
            spaties = goed.col_offset * ' '
            los = ast.unparse(goed.value.func).startswith('op.') and not in_blok
            # Alleen een andere naam geven kan SQLite ook zo.
            los = los and {k.arg for k in goed.value.keywords} != {'new_column_name'}
            plaats = ALLEEN_IN_EEN_BATCH.get(goed.value.func.attr) if los else None
            if plaats is not None and goed.value.args[1:]:
                tabel, goed.value.func.value = goed.value.args.pop(plaats), ast.Name('batch_op')
                kop = f'{spaties}with op.batch_alter_table({ast.unparse(tabel)}) as batch_op:'
                regels = [kop, f'{spaties}    {ast.unparse(goed)}']
                yield GEEN_BATCH, vervang(script, begin, goed.end_lineno, regels)
            elif waarom:
                regel = spaties + ast.unparse(goed)
                yield waarom[0], vervang(script, begin, goed.end_lineno, [regel])


def _volgorde(aanroep: ast.Call, model: dict) -> Iterator[str]:
    """Zet de naam van een index of constraint voor die van de tabel."""
    een, twee = (getattr(a, 'value', None) for a in (*aanroep.args, None, None)[:2])
    if aanroep.func.attr.endswith(('_index', '_constraint')) and een in model and twee not in model:
        aanroep.args[:2] = aanroep.args[1::-1]
        yield OMGEDRAAID


def _vorm(aanroep: ast.Call, tabel: str | None) -> Iterator[str]:
    """Geeft een aanroep de vorm die Alembic vraagt; in een batch is dat die van `tabel`."""
    functie = getattr(BatchOperations if tabel else Operations, aanroep.func.attr, None)
    vraagt = list(inspect.signature(functie).parameters.values())[1:] if functie else []
    vraagt = [p for p in vraagt if p.kind is p.POSITIONAL_OR_KEYWORD]
    noemt = [a for a in aanroep.args if tabel and getattr(a, 'value', None) == tabel]
    te_veel = len(aanroep.args) > len(vraagt)
    if noemt and vraagt and (te_veel or ast.unparse(aanroep.func.value) == 'op'):
        aanroep.args.remove(noemt[0])
        aanroep.func.value = ast.Name('batch_op')
        yield IN_EEN_BATCH
    elif te_veel and aanroep.func.attr == 'alter_column':
        aanroep.keywords.append(ast.keyword('new_column_name', aanroep.args.pop()))
        yield NIEUWE_NAAM
    for plek, (argument, hoort) in enumerate(zip(aanroep.args, vraagt, strict=False)):
        is_tekst = isinstance(getattr(argument, 'value', None), str)
        if is_tekst and str(hoort.annotation).startswith(('Sequence', 'list')):
            aanroep.args[plek] = ast.List([argument])
            yield GEEN_LIJST


def _naam(aanroep: ast.Call, namen: list[str]) -> Iterator[str]:
    """Geeft een constraint zonder naam er een; in `downgrade()` dezelfde als in `upgrade()`."""
    wat, eerste, naam = aanroep.func.attr, (*aanroep.args, None)[0], naam_in(aanroep)
    if wat in ('create_unique_constraint', 'create_foreign_key'):
        # Zoals in de les: uq of fk, de tabel en de kolom.
        kolom = re.findall(r"\['(\w+)'", ast.unparse(aanroep))[:1]
        naam = naam or '_'.join(['fk' if 'foreign' in wat else 'uq', TABEL, *kolom])
        namen.append(naam)
    elif wat == 'drop_constraint' and namen:
        van_upgrade = namen.pop()
        naam = naam or van_upgrade
    if naam and isinstance(eerste, ast.Constant) and eerste.value is None:
        eerste.value = naam
        yield GEEN_NAAM


def _type(aanroep: ast.Call, model: dict) -> Iterator[str]:
    """Geeft een kolom met een type uit de module een type dat het script kent."""
    for kolom in [k for k in ast.walk(aanroep) if heet(k, 'Column') and len(k.args) > 1]:
        tabellen = [t for t in model if naam_in(kolom) in model[t]['kolommen']]
        if tabellen and ast.unparse(kolom.args[1]).startswith(MODULE.removesuffix('py')):
            type_ = kolom_uit(model, tabellen[0], naam_in(kolom)).model_type
            kolom.args[1] = ast.parse(f'sa.{type_}', mode='eval').body
            yield VAN_DE_MODULE


def _zonder_with(script: Script) -> Iterator[tuple[str, Bewerking]]:
    """De regels met `batch_op` die in geen enkel `with`-blok staan."""
    batch = [ast.unparse(k) for k in script.aanroepen('batch_alter_table')]
    kop = f'    with {(*batch, f"op.batch_alter_table({TABEL!r})")[0]} as batch_op:'
    for functie in filter(None, map(script.functie, ('upgrade', 'downgrade'))):
        los = [k for k in functie.body if re.match('(?!with ).*batch_op', ast.unparse(k))]
        binnen = [f'        {ast.unparse(k)}' for k in los if isinstance(k, ast.Expr)]
        if binnen:
            yield GEEN_WITH, vervang(script, los[0].lineno, los[-1].end_lineno, [kop, *binnen])
