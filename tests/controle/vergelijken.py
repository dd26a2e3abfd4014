"""Vergelijkt het model met het schema na de laatste migratie; kindproces.py roept dit aan."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.operations.ops import DropConstraintOp, ModifyTableOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError

from controle.tabellen import lees_schema

# Standaardwaarden leest Alembic als tekst; hier telt wat ze in een rij zetten.
WAT_TELT = {'compare_type': True, 'compare_server_default': False}


def schema_van(metadata: sa.MetaData) -> dict:
    """Het schema dat het model zelf maakt, gelezen zoals elke andere database."""
    kopie = sa.MetaData(naming_convention=metadata.naming_convention)
    # SQLite kent geen schema's.
    tabellen = [tabel.to_metadata(kopie, schema=None) for tabel in metadata.tables.values()]
    for wijst_naar in [sleutel.target_fullname for t in tabellen for sleutel in t.foreign_keys]:
        # Zonder dat doel is een tabel niet te maken; wat ermee mis is, zegt de vergelijking.
        doel, _, kolom = wijst_naar.rpartition('.')
        if doel not in kopie.tables:
            sa.Table(doel, kopie, sa.Column(kolom, sa.Integer))
    with sa.create_engine('sqlite://').connect() as verbinding:
        for tabel in tabellen:
            try:
                tabel.create(verbinding)
            except SQLAlchemyError:
                # Wat SQLite niet kent neemt de andere kolommen niet mee, en geen andere tabel.
                kolommen = [sa.Column(kolom.name, sa.Text) for kolom in tabel.columns]
                sa.Table(tabel.name, sa.MetaData(), *kolommen).create(verbinding, checkfirst=True)
        return lees_schema(verbinding)


def schrijf_script(voor: sa.MetaData, na: sa.MetaData) -> dict[str, list[str]]:
    """De regels van `upgrade` en `downgrade` die Alembic tussen twee schema's zelf schrijft.

    Leeg als het daar niet uitkomt.
    """
    try:
        with sa.create_engine('sqlite://').connect() as verbinding:
            voor.create_all(verbinding)
            context = MigrationContext.configure(verbinding, opts=WAT_TELT)
            script = produce_migrations(context, na)
        for deel in script.downgrade_ops.ops:
            if isinstance(deel, ModifyTableOps):
                _checks_eerst(deel, voor, na)
        delen = {'upgrade': script.upgrade_ops, 'downgrade': script.downgrade_ops}
        # Met de context schrijft Alembic een functie zoals SQLite haar noemt.
        hoe = {'render_as_batch': True, 'migration_context': context}
        tekst = {wie: render_python_code(deel, **hoe) for wie, deel in delen.items()}
    except Exception:
        # Een eigen type of naam kan hier alles doen.
        return {}
    return {
        wie: [r for r in regels.splitlines() if r.strip() and '# ###' not in r]
        for wie, regels in tekst.items()
    }


def _checks_eerst(deel: ModifyTableOps, voor: sa.MetaData, na: sa.MetaData) -> None:
    """Zet voorop dat een CHECK weggaat: Alembic vergelijkt die niet, en houdt er de kolom mee."""
    had, heeft = (
        {c.name for c in m.tables[deel.table_name].constraints if isinstance(c, sa.CheckConstraint)}
        for m in (voor, na)
    )
    deel.ops[:0] = [
        DropConstraintOp(naam, deel.table_name, type_='check') for naam in heeft - had if naam
    ]


def verschillen(
    context: MigrationContext, metadata: sa.MetaData, model: dict, schema: dict
) -> Iterator[dict]:
    """Wat het model anders wil dan de laatste revisie maakt: wat, plek, kolommen en doel.

    Tabellen, kolommen en indexen vergelijkt Alembic. Van de rest telt de naam niet: die staat hier.
    """
    for een_of_meer in compare_metadata(context, metadata):
        for deel in een_of_meer if isinstance(een_of_meer, list) else [een_of_meer]:
            yield from _van_alembic(*deel)
    # Heten er in een tabel twee gelijk, dan vergelijkt Alembic er een: welke, is toeval.
    toeval = {t.name for t in metadata.tables.values() if _zelfde_naam_voor_uniek(t)}
    for tabel in [tabel for tabel in model if tabel in schema]:
        wil, heeft = model[tabel], schema[tabel]
        delen = {'uniek': 'constraint', 'verwijst_naar': 'fk'}
        if tabel in toeval:
            del delen['uniek']
        for deel, wat in delen.items():
            for ding in wil[deel] + heeft[deel]:
                if (erbij := ding in wil[deel]) != (ding in heeft[deel]):
                    kolommen, *doel = [ding] if deel == 'uniek' else ding
                    richting = 'add' if erbij else 'remove'
                    yield _verschil(f'{richting}_{wat}', tabel, kolommen, '.'.join(doel[:1]))
        for naam in [naam for naam in wil['kolommen'] if naam in heeft['kolommen']]:
            if wil['kolommen'][naam]['standaard'] != heeft['kolommen'][naam]['standaard']:
                yield _verschil('modify_default', tabel, [naam])


def _van_alembic(wat: str, *rest: object) -> Iterator[dict]:
    if wat in ('add_table', 'remove_table'):
        yield _verschil(wat, rest[0].name)
    elif wat in ('add_column', 'remove_column'):
        yield _verschil(wat, rest[1], [rest[2].name])
    elif wat in ('modify_type', 'modify_nullable'):
        yield _verschil(wat, rest[1], [rest[2]])
    elif isinstance(rest[0], sa.Index) and not rest[0].unique:
        yield _verschil(wat, rest[0].table.name, [k.name for k in rest[0].columns], rest[0].name)


def _verschil(wat: str, tabel: str, kolommen: Iterable[str] = (), doel: str = '') -> dict:
    # De eerste kolom is waar het om gaat.
    kolom, *_ = kolommen = [*kolommen, None]
    return {'wat': wat, 'plek': (tabel, kolom), 'kolommen': kolommen[:-1], 'doel': doel or None}


def _zelfde_naam_voor_uniek(tabel: sa.Table) -> bool:
    namen = [c.name for c in tabel.constraints if isinstance(c, sa.UniqueConstraint) and c.name]
    return len(namen) > len(set(namen))
