"""Het proces dat de migraties van een leerling naspeelt; naspelen.py begint het en wacht.

Het draait in een kopie van de oefenmap. Elke regel die het leest is een rij opdrachten: die doet
het op de database in die kopie. Daarna begint het met een lege database ernaast, en gaat een
revisie per keer omhoog, met rijen in de tabellen, en daarna een revisie per keer omlaag.
Wat het ziet schrijft het regel voor regel op: zo is er ook na een fout iets te lezen.
"""

import bdb
import faulthandler
import gc
import importlib
import json
import logging.config
import os
import sqlite3
import sys
import tempfile
import traceback
import warnings
from dataclasses import asdict
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

if __name__ == '__main__':
    # Een kort proces heeft aan zoeken naar afval niets; het kost een zevende van de tijd.
    gc.disable()
    # Dit bestand draait los van pytest: zo vindt het stappen.py en de map controle.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from alembic.operations import batch
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from flask import Flask
from flask.cli import ScriptInfo, find_best_app
from flask_migrate.cli import db as flask_db
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, select
from sqlalchemy.pool import StaticPool
from stappen import MODULE

from controle.naspelen import VERSLAG, Fout, Stand, stop_samen
from controle.tabellen import citeer, lees_schema
from controle.vergelijken import WAT_TELT, schema_van, schrijf_script, verschillen
from controle.vullen import vul_aan

# Hoe een revisie in elke richting gaat.
MAAK_STAP = {
    'heen': MigrationStep.upgrade_from_script,
    'terug': MigrationStep.downgrade_from_script,
}


class Elders(Exception):
    """De module wil naar een database buiten de kopie."""


class Meteen(batch.BatchOperationsImpl):
    """Een batch die elke opdracht meteen uitvoert: een fout komt dan op zijn eigen regel."""

    def __init__(self, *wat: object, **opties: object) -> None:
        super().__init__(*wat, **opties)
        self.batch = Opdrachten()
        self.batch.van = self


class Opdrachten(list):
    """De opdrachten van een batch: er ligt er nooit een klaar."""

    def append(self, opdracht: tuple) -> None:
        self.van.batch = [opdracht]
        self.van.flush()
        self.van.batch = self


class Rondgang:
    """Speelt de oefenmap in `kopie` na, heen en terug, en schrijft ernaast op wat hij ziet."""

    def __init__(self, kopie: Path, oefenmap: Path) -> None:
        self.kopie = kopie
        # De map van de leerling; wat daarnaartoe wijst, gaat naar de kopie.
        self.oefenmap = oefenmap.resolve()
        self.verslag = (kopie.parent / VERSLAG).open('a', encoding='utf-8')
        self.app = None
        # De database buiten de kopie die de module wilde openen.
        self.elders = None
        self.engines = []
        # Waar tijdens het naspelen de databases staan; elke keer een lege map.
        self.leeg = None
        self.verbind_met = sqlite3.connect

    def bewaak(self) -> None:
        """Laat geen verbinding door met een database buiten de kopie."""
        sqlite3.connect = sqlite3.dbapi2.connect = self.verbind
        # Een breakpoint() wacht op iemand die hier niet is: het stopt op zijn eigen regel.
        bdb.Bdb.set_trace = _stop_hier

        def bij_openen(gebeurtenis: str, argumenten: tuple) -> None:
            if gebeurtenis == 'sqlite3.connect' and not self._mag_open(argumenten[0]):
                self.elders = os.fsdecode(argumenten[0])
                raise Elders(self.elders)

        # Dit ziet elke sqlite3.connect, ook een die de module zelf doet bij het laden.
        sys.addaudithook(bij_openen)

        @event.listens_for(Engine, 'do_connect')
        def bij_verbinden(dialect: object, *_: object) -> None:
            if dialect.name != 'sqlite':
                self.elders = dialect.name
                raise Elders(self.elders)

    def verbind(self, database: str | bytes | Path, *rest: object, **opties: object):
        """Verbindt met de database in de kopie, of bij het naspelen met de lege ernaast."""
        naam = self._in_de_kopie(database)
        # Een database in het geheugen is geen bestand in de kopie.
        leeg = self.leeg if naam != ':memory:' else None
        if leeg and (pad := Path(naam).resolve()).is_relative_to(self.kopie):
            naam = leeg / pad.relative_to(self.kopie)
            naam.parent.mkdir(parents=True, exist_ok=True)
        return self.verbind_met(naam, *rest, **opties)

    def speel(self, naspelen: bool = True, opdrachten: list[list[str]] = ()) -> None:
        """Doet opdrachten en speelt alles na; wat er ook misgaat, het komt in het verslag."""
        self.fase, self.revisie = 'module', None
        try:
            self.app = self.app or self._laad_app()
            with self.app.app_context():
                if not self._doe(opdrachten) or not naspelen:
                    return
                self._zoek_database(self.app)
                self._lees_model()
                self._laad_scripts()
                self._heen()
                self._vergelijk()
                self._lees()
                self._terug()
        except BaseException as fout:
            # Ook exit() in een module is een uitkomst.
            if self.elders is None:
                self._meld_fout('fout', fout)
                if self.fase == 'terug':
                    self._schrijf_downgrade()
                self._zoek_regel_in_batch(fout)
            else:
                self.fase = 'elders'
                self._meld_fout('fout', Elders(self.elders).with_traceback(fout.__traceback__))
        finally:
            self._sluit()
            self.leeg = None
            self._meld('klaar', True)

    def _doe(self, opdrachten: list[list[str]]) -> bool:
        """Of elke opdracht lukte: `flask db ...`, of de regels van een gesprek in de shell."""
        for wie, *delen in opdrachten:
            try:
                if wie == 'shell':
                    exec('\n'.join(delen), self.app.make_shell_context())
                else:
                    info = ScriptInfo(create_app=lambda: self.app)
                    flask_db.main(delen, wie, standalone_mode=False, obj=info)
            except BaseException as fout:
                self._meld('mislukt', f'{type(fout).__name__}: {fout}')
                return False
        if opdrachten:
            # Wat een opdracht las of schreef, ziet het naspelen niet.
            self.app.extensions['migrate'].db.session.remove()
        return True

    def _sluit(self) -> None:
        for engine in self.engines:
            engine.dispose()

    def _meld(self, veld: str, waarde: object) -> None:
        self.verslag.write(json.dumps([veld, waarde], default=repr) + '\n')
        self.verslag.flush()

    def _meld_fout(self, veld: str, fout: BaseException) -> None:
        heel = ' '.join(str(getattr(fout, 'orig', None) or fout).split())
        wat = type(fout).__name__, _melding(fout), self.revisie, *self._waar(fout), heel
        self._meld(veld, asdict(Fout(self.fase, *wat)))

    def _zoek_regel_in_batch(self, fout: BaseException) -> None:
        """Meldt een fout in een script nog eens, met de regel van de opdracht zelf.

        Alembic voert een batch uit als zij compleet is: Python wijst dan naar de regel met `with`.
        """
        langs = {plek.name for plek in traceback.extract_tb(fout.__traceback__)}
        if self.fase not in MAAK_STAP or 'batch_alter_table' not in langs:
            return
        schuldig = [revisie.revision for revisie in self.volgorde].index(self.revisie)
        try:
            with self.app.app_context():
                self._begin_leeg()
                for revisie in self.volgorde[: schuldig + (self.fase == 'terug')]:
                    self._zet_stap(revisie, 'heen')
                    with self.db.engine.connect() as verbinding:
                        vul_aan(verbinding, lees_schema(verbinding))
                batch.BatchOperationsImpl = Meteen
                self._zet_stap(self.volgorde[schuldig], self.fase)
        except BaseException as zelfde:
            # Bij twee fouten kan een andere de eerste zijn: dan wijst deze regel niets aan.
            if (type(zelfde), _melding(zelfde)) == (type(fout), _melding(fout)):
                self._meld_fout('fout', zelfde)
        finally:
            batch.BatchOperationsImpl = Meteen.__base__

    def _waar(self, fout: BaseException) -> tuple[str | None, int | None]:
        """Het laatste bestand van de leerling waar de fout langskwam, met de regel."""
        langs = [(k.filename, k.lineno) for k in traceback.extract_tb(fout.__traceback__)]
        if isinstance(fout, SyntaxError):
            langs.append((fout.filename or '', fout.lineno))
        for bestand, regel in reversed(langs):
            pad = self.kopie / bestand
            if pad.is_file() and pad.is_relative_to(self.kopie):
                return pad.relative_to(self.kopie).as_posix(), regel
        return None, None

    def _in_de_kopie(self, database: str | bytes | Path) -> str:
        naam = os.fsdecode(database)
        pad = Path(naam).resolve()
        if pad.is_relative_to(self.oefenmap):
            return str(self.kopie / pad.relative_to(self.oefenmap))
        return naam

    def _mag_open(self, database: str | bytes | Path) -> bool:
        naam = os.fsdecode(database)
        if naam.startswith('file:'):
            naam = unquote(urlsplit(naam).path)
        mag = [self.kopie, *filter(None, [self.leeg])]
        return naam in ('', ':memory:') or any(map(Path(naam).resolve().is_relative_to, mag))

    def _laad_app(self) -> Flask:
        # De map van de leerling komt op de plaats van tests/: zijn hulpmodules gaan voor, ook
        # als ze heten zoals een bestand van de controle.
        sys.path[0] = str(self.kopie)
        for naam in list(sys.modules):
            if naam.partition('.')[0] in ('stappen', 'controle'):
                del sys.modules[naam]
        app = find_best_app(importlib.import_module(MODULE.removesuffix('.py')))
        # Een module mag van elke waarschuwing een fout maken; wat hierna komt is niet van hem.
        warnings.simplefilter('ignore')
        return app

    def _zoek_database(self, app: Flask) -> None:
        self.fase = 'Migrate'
        self.migrate = app.extensions['migrate'].migrate
        self.db = app.extensions['migrate'].db
        self.opties = app.extensions['migrate'].configure_args
        self._meld('versietabel', self.opties.get('version_table', 'alembic_version'))
        self.engines = list(self.db.engines.values())
        self.fase = 'elders'
        for engine in self.engines:
            is_sqlite = engine.dialect.name == 'sqlite'
            adres = engine.url.database if is_sqlite else engine.dialect.name
            if not (is_sqlite and adres and self._mag_open(self._in_de_kopie(adres))):
                raise Elders(adres or ':memory:')
            if not event.contains(engine, 'connect', self._stel_in):
                event.listen(engine, 'connect', self._stel_in)
        pad = Path(self._in_de_kopie(self.db.engine.url.database)).resolve()
        self._meld('database', pad.relative_to(self.kopie).as_posix())
        self._begin_leeg()

    def _begin_leeg(self) -> None:
        self._sluit()
        self.leeg = Path(tempfile.mkdtemp(dir=self.kopie.parent))

    def _stel_in(self, verbinding: object, _: object) -> None:
        if self.leeg:
            # Waarin nagespeeld is, gaat weg.
            verbinding.execute('PRAGMA synchronous = OFF')
            # Een batch-migratie gooit een tabel even weg; of daar rijen naar verwijzen hangt van de
            # eigen rijen van de leerling af, niet van de verzonnen rijen hier.
            verbinding.execute('PRAGMA foreign_keys = OFF')

    def _lees_model(self) -> None:
        # Ook als een migratie straks mislukt, is zo te zien bij welke stap het model is.
        self.metadata = self.db.metadatas[None]
        self.model = schema_van(self.metadata)
        self._meld('model', self.model)
        self._meld('namen', sorted(map(str, self.metadata.naming_convention)))

    def _laad_scripts(self) -> None:
        self.fase = 'scripts'
        self.config = self.migrate.get_config()
        self.scripts = ScriptDirectory.from_config(self.config)
        # env.py leest bij elke revisie opnieuw hoe er gelogd wordt: een keer is genoeg.
        logging.config.fileConfig = cache(logging.config.fileConfig)
        self.volgorde = list(self.scripts.iterate_revisions('heads', 'base'))[::-1]

    def _heen(self) -> None:
        self.fase = 'heen'
        # Per stand wat er was, en een kopie van die database.
        self.standen, self.kopieen, self.omgekeerd = [], [], {}
        self._noteer('heen', '')
        for revisie in self.volgorde:
            self._zet_stap(revisie, 'heen')
            self._noteer('heen', revisie.revision)

    def _terug(self) -> None:
        self.fase = 'terug'
        doelen = ['', *(revisie.revision for revisie in self.volgorde)][:-1]
        for revisie, doel, vroeger in zip(
            self.volgorde[::-1], doelen[::-1], self.standen[-2::-1], strict=True
        ):
            self._zet_stap(revisie, 'terug')
            stand = self._noteer('terug', doel)
            if (stand.schema, stand.rijen) != (vroeger.schema, vroeger.aangevuld):
                self._schrijf_downgrade()

    def _tabellen(self, plaats: int) -> MetaData:
        """De tabellen van een stand, met de namen van hun constraints.

        Dat lezen kost meer dan een upgrade: pas als er iets niet klopt.
        """
        engine = create_engine(
            'sqlite://', creator=lambda: self.kopieen[plaats], poolclass=StaticPool
        )
        tabellen = MetaData()
        # Een foreign key kan naar een tabel wijzen die er niet is.
        tabellen.reflect(engine, resolve_fks=False)
        return tabellen

    def _schrijf_downgrade(self) -> None:
        """Meldt hoe de downgrade van deze revisie hoort te zijn."""
        plaats = [revisie.revision for revisie in self.volgorde].index(self.revisie)
        goed = schrijf_script(self._tabellen(plaats), self._tabellen(plaats + 1))
        self.omgekeerd[self.revisie] = goed.get('downgrade', [])
        self._meld('omgekeerd', self.omgekeerd)

    def _zet_stap(self, revisie: Script, richting: str) -> None:
        """Voert een revisie uit zoals `flask db` het doet, met de env.py van de leerling."""
        self.revisie = revisie.revision
        self._meld('bezig', self.revisie)
        stap = MAAK_STAP[richting](self.scripts.revision_map, revisie)
        with EnvironmentContext(self.config, self.scripts, fn=lambda *_: [stap]):
            self.scripts.run_env()

    def _noteer(self, richting: str, revisie: str) -> Stand:
        with self.db.engine.connect() as verbinding:
            self.schema = lees_schema(verbinding)
            stand = Stand(revisie, self.schema, _lees_rijen(verbinding, self.schema))
            if richting == 'heen':
                vul_aan(verbinding, self.schema)
                stand.aangevuld = _lees_rijen(verbinding, self.schema)
                self.standen.append(stand)
                self.kopieen.append(sqlite3.connect(':memory:'))
                verbinding.connection.driver_connection.backup(self.kopieen[-1])
        self._meld(richting, asdict(stand))
        return stand

    def _vergelijk(self) -> None:
        self.fase = 'vergelijken'
        with self.db.engine.connect() as verbinding:
            context = MigrationContext.configure(verbinding, opts=self.opties | WAT_TELT)
            self.verschillen = list(
                verschillen(context, self.metadata, model=self.model, schema=self.schema)
            )
        self._meld('verschillen', self.verschillen)
        if self.verschillen and len(self.kopieen) > 1:
            self._meld('hoort', schrijf_script(self._tabellen(-2), self.metadata))

    def _lees(self) -> None:
        """Toont de rijen met het model zelf: een __repr__ met een kolom die weg is valt op."""
        self.fase = 'relaties'
        try:
            # Anders doet de eerste vraag aan de database dit.
            self.db.Model.registry.configure()
        except Exception as fout:
            self._meld_fout('leesfout', fout)
            return
        if self.verschillen:
            return
        self.fase = 'lezen'
        for mapper in self.db.Model.registry.mappers:
            try:
                for rij in self.db.session.scalars(select(mapper.class_)):
                    repr(rij)
            except Exception as fout:
                # Elke andere fout kan aan een verzonnen waarde liggen.
                if isinstance(fout, AttributeError) and isinstance(fout.obj, mapper.class_):
                    self._meld_fout('leesfout', fout)
        self.db.session.remove()


def _stop_hier(*_: object, **__: object) -> None:
    raise bdb.BdbQuit


def _melding(fout: BaseException) -> str:
    """De eerste regel van wat een fout zegt."""
    # SQLAlchemy bewaart de fout van SQLite zelf in orig; Python weet welke naam ontbreekt.
    naam = None
    if isinstance(fout, NameError | AttributeError | ModuleNotFoundError):
        naam = fout.name
    return (str(getattr(fout, 'orig', None) or naam or fout).splitlines() or [''])[0]


def _lees_rijen(verbinding: Connection, schema: dict) -> dict[str, list[dict]]:
    vraag = 'SELECT * FROM {} ORDER BY 1'
    gelezen = {t: verbinding.exec_driver_sql(vraag.format(citeer(verbinding, t))) for t in schema}
    return {tabel: [dict(rij) for rij in rijen.mappings()] for tabel, rijen in gelezen.items()}


if __name__ == '__main__':
    oefenmap, uiterlijk = sys.argv[1:]
    # De module van de leerling heeft niets met deze argumenten te maken.
    del sys.argv[1:]
    # Een script dat twee keer in een seconde verandert, heeft anders een vertaling die te oud is.
    sys.dont_write_bytecode = True
    stop_samen()
    # Wat de module leest of afdrukt, heeft niets met de opdrachten te maken.
    opdrachten, klaar = os.dup(0), os.dup(1)
    niets = os.open(os.devnull, os.O_RDWR)
    os.dup2(niets, 0)
    os.dup2(niets, 1)
    rondgang = Rondgang(kopie=Path.cwd(), oefenmap=Path(oefenmap))
    rondgang.bewaak()
    with os.fdopen(opdrachten, encoding='utf-8') as regels:
        for regel in regels:
            # Wie dit proces begon kan weg zijn, bijvoorbeeld met zijn venster: dan stopt het zelf.
            faulthandler.dump_traceback_later(float(uiterlijk), exit=True)
            rondgang.speel(*json.loads(regel))
            faulthandler.cancel_dump_traceback_later()
            os.write(klaar, b'\n')
    # Ook Python hoeft niets op te ruimen.
    os._exit(0)
