"""Wat verder opvalt; niets hiervan maakt een stap fout."""

import os
import re
from itertools import product
from pathlib import Path

from stappen import AFGELEID, DELEN_NA, MODULE, OPVOLGERS, REGELS, SERVER, STAPPEN, TABEL, weg_na

from controle.hints import daden, doen
from controle.oordeel import Oordeel

Opmerking = doen.Doe | str | None

EEN_MAP = r'gebruikt `\1`. Vanuit een andere map, of op een andere computer, werkt dat niet.'
# Een regel die beter kan: zijn patroon, wat eraan is, en zo mogelijk hoe hij hoort.
BETER = {
    r'^basedir\b.*?({map_}|[.\w]*cwd\(\))': (EEN_MAP, REGELS['basedir']),
    r'^app\.config\[.SQLALCHEMY_DATABASE_URI.*?({map_}|[.\w]*cwd\(\))': (EEN_MAP, REGELS['adres']),
    r'^(app\.run\([^\r\n]*)': (
        'start de server ook als je dat niet vraagt.',
        r"if __name__ == '__main__': \1",
    ),
    r'^ *#[# ]*(({nieuw})\b.*(?i:column)\([^\r\n]*)': (
        r'is commentaar: er staat `#` voor. De kolom `\2` bestaat dus nog niet.',
        r'\1',
    ),
    r'^[^#\n]*\bself\.({weg})\b': (r'gebruikt nog `self.\1`. Die kolom is er niet meer.', ''),
}


def terminal_staat_in_een_andere_map(oordeel: Oordeel) -> Opmerking:
    hier, map_ = Path.cwd(), oordeel.oefenmap.pad.resolve()
    if map_ in hier.parents and (hier / MODULE).is_file():
        wat = f'Je terminal staat in `{hier.name}`, en daar is een andere `{MODULE}`.'
        deel = doen.of_deel(doen.DEEL_B, 'Wat je doet') if oordeel.gehaald >= DELEN_NA else ''
        cd = f'    cd {Path(os.path.relpath(map_, hier)).as_posix()}'
        return f'{wat} De controle kijkt naar `{map_.name}`.', deel, 'Ga daar eerst heen:', cd


def adres_in_de_omgeving(oordeel: Oordeel) -> Opmerking:
    wat = f'In dit terminalvenster staat `{SERVER}`'
    if doen.werkt_elders(oordeel):
        return (
            f'{wat}: `flask` werkt hier met die database. De controle kijkt alleen naar '
            f'`data.sqlite`. Zo ga je daarnaar terug:\n{daden.zet_server_uit()}'
        )
    if SERVER in os.environ and (doe := doen.lees_het_adres(oordeel)):
        return f'{wat}, maar `flask` werkt met `data.sqlite`. Zo leest het dat adres wel.', doe


def rijen_missen_iets(oordeel: Oordeel) -> Opmerking:
    rijen = oordeel.database.rijen.get(TABEL)
    gevuld = oordeel.database.gevuld.get(TABEL, {})
    if rijen == 0 and oordeel.gehaald > 1:
        wat = f'In de tabel `{TABEL}` staan geen rijen.'
        if not oordeel.passende_kopie:
            return wat, doen.zet_cursisten_erin(oordeel)
        naam, _, namen = oordeel.passende_kopie
        wat += f' In de kopie `{naam}` zijn het er {namen}.'
        return wat, doen.zet_kopie_terug(oordeel, naam)
    for bron, kolom in OPVOLGERS.items() if not oordeel.afwijkingen else ():
        # Is hij overal leeg, dan is er meer aan de hand.
        if 0 < gevuld.get(kolom, 0) < rijen:
            leeg = rijen - gevuld[kolom]
            wat = f'In {leeg} van de {rijen} rijen van `{TABEL}` is `{kolom}` leeg.'
            if gevuld.get(bron, 0) <= gevuld[kolom]:
                return f'{wat} Dat mag. Raakte je iets kwijt? Typ het opnieuw in, in `flask shell`.'
            som = f'{kolom} = {AFGELEID[kolom][1]} WHERE {kolom} IS NULL'
            return f'{wat} Zo vul je de andere.', doen.met_sql(f'UPDATE {TABEL} SET {som}')


def schrijven_lukt_niet(oordeel: Oordeel) -> Opmerking:
    for pad in (oordeel.oefenmap.pad, oordeel.oefenmap.pad / 'data.sqlite'):
        if pad.exists() and not os.access(pad, os.W_OK):
            return f'Je mag niet schrijven in `{pad.name}`. Pak de ZIP uit in een map van jezelf.'
    if oordeel.database.bezig:
        return (
            'Een ander programma is bezig in `data.sqlite`: `data.sqlite-journal` staat ernaast. '
            'Sluit `flask shell` met `exit()`. Sla in DB Browser op, en sluit het. Is er niets '
            'open? Dan ruimt `flask db current` op wat een afgebroken upgrade achterliet.'
        )


def regel_kan_beter(oordeel: Oordeel) -> Opmerking:
    code = oordeel.oefenmap.code
    tekst = '\n'.join(bestand.tekst for bestand in code)
    # Wat je model zelf een waarde geeft, hoeft er niet bij en is niet weg.
    zelf = set(re.findall(r'(?m)^\s+(?:def )?(\w+) *[(:=]', tekst))
    # Op Windows staan er in een pad een of twee strepen.
    delen = map(re.escape, re.split(r'[\\/]', str(oordeel.oefenmap.pad.resolve())))
    vul_in = {
        'map_': r'[\\/]+'.join(delen) + r'(?=[\\/\'"])',
        'nieuw': '|'.join({k.naam for k in STAPPEN[oordeel.stap_nu - 1].erbij} - zelf) or '(?!)',
        'weg': '|'.join({kolom for _, kolom in weg_na(oordeel.gehaald)} - zelf) or '(?!)',
    }
    for bestand, patroon in product(code, BETER):
        if gevonden := re.search('(?m)' + patroon.format(**vul_in), bestand.tekst):
            nummer = bestand.tekst.count('\n', 0, gevonden.end()) + 1
            wat, goed = map(gevonden.expand, BETER[patroon])
            wat = f'Regel {nummer} van `{bestand.naam}` {wat}'
            return wat, goed and daden.maak(bestand, nummer, goed)


def flask_app_in_dit_venster(oordeel: Oordeel) -> Opmerking:
    map_, module = oordeel.oefenmap.pad, oordeel.module
    # In cmd komt een spatie voor de `=` in de naam; hier komt zij voor de waarde.
    gezet = os.environ.get('FLASK_APP') or f' {os.environ.get("FLASK_APP ", "")}'
    # Achter een dubbele punt staat de app, of de functie die hem maakt; op Windows ook een pad.
    pad, app = [*re.split(r':(?![\\/])', gezet, maxsplit=1), ''][:2]
    app = re.escape(app.partition('(')[0])
    wijst = [f'{Path(p, pad.removesuffix(".py")).resolve()}.py' for p in (map_, Path.cwd())]
    if not gezet.strip():
        wat = '`FLASK_APP` is in dit terminalvenster niet gezet.'
    elif gezet.strip(' \'"') != gezet:
        wat = 'Bij `FLASK_APP` staat een spatie of een aanhalingsteken te veel.'
    elif str(map_.resolve() / MODULE) not in wijst:
        wat = f'`FLASK_APP` wijst naar `{gezet}`, niet naar `{MODULE}`.'
    elif app and module and not re.search(rf'(?m)^(def |(from|import) .*)?\b{app}\b', module.tekst):
        wat = f'`FLASK_APP` noemt `{app}`. Die staat niet in `{MODULE}`: `flask` werkt dan niet.'
    else:
        return None
    return f'{wat} Voordat je `flask` gebruikt:', daden.zet_flask_app()


# Elke functie hierboven is er een; in deze volgorde komen ze op het scherm.
OPMERKINGEN = [f for f in list(vars().values()) if getattr(f, '__module__', '') == __name__]
