"""Wat verder opvalt; niets hiervan maakt een stap fout."""

import ast
import os
from difflib import get_close_matches
from pathlib import Path

from stappen import (
    DATABASE,
    GEVULD,
    HERNOEMD,
    LAATSTE,
    LIJKT_OP,
    MODULE,
    REGELS,
    SERVER,
    STAPPEN,
    TABEL,
    UIT_DE_OMGEVING,
    stap_met,
    weg_na,
)

from controle.hints import daden, doen
from controle.hints.doen import Doe
from controle.oefenmap import heet, kolommen_in_commentaar
from controle.oordeel import Oordeel


def geen_rijen(oordeel: Oordeel) -> Doe | str | None:
    if oordeel.gehaald > 1 and oordeel.database.rijen.get(TABEL) == 0:
        wat = f'In de tabel `{TABEL}` staan geen rijen.'
        if oordeel.passende_kopie:
            naam, _, namen = oordeel.passende_kopie
            wat += f' In de kopie `{naam}` zijn het er {namen}.'
            return wat, doen.zet_kopie_terug(oordeel, naam)
        return wat, doen.zet_cursisten_erin(oordeel)


def rijen_zonder_geboortejaar(oordeel: Oordeel) -> Doe | str | None:
    database = oordeel.database
    gevuld = database.gevuld.get(TABEL, {})
    leeg = database.rijen.get(TABEL, 0) - gevuld.get(GEVULD.naam, 0)
    # Is hij overal leeg, dan is er meer aan de hand.
    if not leeg or not gevuld.get(GEVULD.naam):
        return None
    wat = f'In de kolom `{GEVULD.naam}` van `{TABEL}` staat niet in elke rij iets.'
    if gevuld.get(GEVULD.som_met, 0) <= gevuld[GEVULD.naam]:
        return f'{wat} Dat mag.'
    sql = f'{GEVULD.vulling} WHERE {GEVULD.naam} IS NULL'
    return f'{wat} Zo vul je de andere.', doen.met_sql(sql)


def rijen_zonder_naam(oordeel: Oordeel) -> Doe | str | None:
    database, kolom = oordeel.database, HERNOEMD.naam
    gevuld = database.gevuld.get(TABEL, {}).get(kolom)
    if not gevuld or gevuld == database.rijen[TABEL] or oordeel.afwijkingen:
        return None
    return (
        f'In de kolom `{kolom}` van `{TABEL}` staat niet in elke rij een naam. Dat mag. Raakte je '
        f'namen kwijt in stap {stap_met(HERNOEMD)}? Typ ze opnieuw in, in `flask shell`.'
    )


def ander_programma_is_bezig(oordeel: Oordeel) -> Doe | str | None:
    if oordeel.database.bezig:
        return (
            'Een ander programma is bezig in `data.sqlite`: `data.sqlite-journal` staat ernaast. '
            'Is het `flask shell`? Sluit die met `exit()`. Is het DB Browser? Sla daar eerst op, '
            'en sluit het. Is er niets open? Dan is een upgrade afgebroken: `flask db current` '
            'ruimt op wat hij achterliet.'
        )


def map_is_niet_te_schrijven(oordeel: Oordeel) -> Doe | str | None:
    for pad in (oordeel.oefenmap.pad, oordeel.oefenmap.pad / DATABASE):
        if pad.exists() and not os.access(pad, os.W_OK):
            return (
                f'Je mag niet schrijven in `{pad.name}`, dus een upgrade lukt hier niet. Pak de '
                'ZIP uit in een map van jezelf, en open die.'
            )


def tweede_database(oordeel: Oordeel) -> Doe | str | None:
    if any(oordeel.oefenmap.pad.glob(f'instance/{DATABASE}')):
        return (
            'Er zijn twee databases: `data.sqlite` en `instance/data.sqlite`. Je app gebruikt '
            f'`{oordeel.verslag.database or DATABASE}`.'
        )


def getcwd_in_de_module(oordeel: Oordeel) -> Doe | str | None:
    for aanroep in oordeel.module.aanroepen('getcwd') if oordeel.module else ():
        return (
            f'Regel {aanroep.lineno} van `{MODULE}` gebruikt `os.getcwd()`. De database staat dan '
            'in de map van je terminal.',
            daden.maak(oordeel.module, aanroep.lineno, REGELS['basedir']),
        )


def vast_pad_naar_deze_map(oordeel: Oordeel) -> Doe | str | None:
    map_, module = oordeel.oefenmap.pad.resolve(), oordeel.module
    for knoop in ast.walk(module.boom) if module else ():
        tekst = knoop.value if isinstance(knoop, ast.Constant) else None
        if not isinstance(tekst, str) or '\n' in tekst:
            continue
        pad = Path(tekst.removeprefix('sqlite:///'))
        if pad.is_absolute() and pad.resolve().is_relative_to(map_):
            regel = module.regel(knoop.lineno)
            goed = REGELS['basedir' if regel.startswith('basedir') else 'adres']
            return (
                f'Regel {knoop.lineno} van `{MODULE}` noemt de map waarin je werkt. Op een andere '
                'computer werkt dat niet.',
                daden.maak(module, knoop.lineno, goed),
            )


def app_run_zonder_wacht(oordeel: Oordeel) -> Doe | str | None:
    for knoop in oordeel.module.boom.body if oordeel.module else ():
        if isinstance(knoop, ast.Expr) and heet(knoop.value, 'run'):
            wacht = f"if __name__ == '__main__': {ast.unparse(knoop)}"
            return (
                f'Regel {knoop.lineno} van `{MODULE}` start de server ook als je dat niet vraagt.',
                daden.maak(oordeel.module, knoop.lineno, wacht),
            )


def kolom_is_commentaar(oordeel: Oordeel) -> Doe | str | None:
    if oordeel.afwijkingen or oordeel.gehaald == LAATSTE:
        return None
    nieuw = {kolom.naam for kolom in STAPPEN[oordeel.gehaald].erbij}
    nieuw -= {naam for _, naam in oordeel.verslag.modelkolommen}
    for bestand in oordeel.oefenmap.code:
        for nummer, naam in kolommen_in_commentaar(bestand):
            if naam in nieuw:
                zonder = bestand.regel(nummer).lstrip('# ')
                return (
                    f'Regel {nummer} van `{bestand.naam}` is commentaar: er staat `#` voor. De '
                    f'kolom `{naam}` bestaat dus nog niet.',
                    daden.maak(bestand, nummer, zonder),
                )


def ander_jaar_dan_in_de_les(oordeel: Oordeel) -> Doe | str | None:
    if oordeel.opgeteld in (None, GEVULD.som):
        return None
    script = oordeel.script(oordeel.volgorde[oordeel.plaats_van_stap[stap_met(GEVULD)]])
    regels = [
        f'Het staat op regel {aanroep.lineno} van `{script.naam}`: `{ast.unparse(aanroep)}`. '
        for aanroep in script.aanroepen_in('upgrade', 'execute')
    ]
    return (
        f'`{GEVULD.naam}` en `{GEVULD.som_met}` zijn bij jou samen {oordeel.opgeteld}. '
        f'{"".join(regels[-1:])}De leeftijden zijn opgeschreven in {GEVULD.som}, dus de les rekent '
        f'`{GEVULD.som} - {GEVULD.som_met}`. Je stap is wel goed.'
    )


def methode_noemt_een_kolom_die_weg_is(oordeel: Oordeel) -> Doe | str | None:
    bestand = oordeel.oefenmap.bestand_met(TABEL)
    klasse = bestand.klasse(TABEL) if bestand and not oordeel.afwijkingen else None
    weg = {kolom for tabel, kolom in weg_na(oordeel.gehaald) if tabel == TABEL}
    for knoop in ast.walk(klasse) if klasse else ():
        if getattr(getattr(knoop, 'value', None), 'id', None) == 'self' and knoop.attr in weg:
            return (
                f'Regel {knoop.lineno} van `{bestand.naam}` gebruikt nog `self.{knoop.attr}`. Die '
                'kolom is er niet meer.'
            )


def flask_app_in_dit_venster(oordeel: Oordeel) -> Doe | str | None:
    gezet = os.environ.get('FLASK_APP')
    if gezet is None and 'FLASK_APP ' in os.environ:
        wat = 'Bij het zetten van `FLASK_APP` stond een spatie voor de `=`. Die hoort er niet.'
    elif gezet is None:
        wat = '`FLASK_APP` is in dit terminalvenster niet gezet.'
    elif gezet.strip(' \'"') != gezet:
        wat = f'In `FLASK_APP` staat een spatie of een aanhalingsteken te veel: `{gezet}`.'
    elif gezet.partition(':')[0].removesuffix('.py') != MODULE.removesuffix('.py'):
        wat = f'`FLASK_APP` wijst naar `{gezet}`, niet naar `{MODULE}`.'
    else:
        return None
    return f'{wat} Voordat je `flask` gebruikt:', daden.zet_flask_app()


def terminal_wijst_naar_een_andere_database(oordeel: Oordeel) -> Doe | str | None:
    if doen.werkt_elders(oordeel):
        return (
            f'In dit terminalvenster staat `{SERVER}`: `flask` werkt hier met die database. De '
            f'controle kijkt naar `{DATABASE}`, en komt nooit op een server. Zo ga je terug naar '
            f'`{DATABASE}`:\n{daden.zet_server_uit()}'
        )


def adres_in_de_omgeving_telt_niet(oordeel: Oordeel) -> Doe | str | None:
    module = oordeel.module
    db = module.toekenning('db') if module and SERVER in os.environ else None
    if db is None or doen.werkt_elders(oordeel):
        return None
    staat_er = [k.lineno for k in module.boom.body if UIT_DE_OMGEVING in ast.unparse(k)]
    return (
        f'In dit terminalvenster staat `{SERVER}`, maar `flask` werkt met `{DATABASE}`: de regel '
        'die het adres leest, hoort vlak boven `db = ...`.'
    ), (
        daden.verplaats(module, staat_er[0], db.lineno - 1, '')
        if staat_er
        else daden.zet_onder(module, db.lineno - 1, UIT_DE_OMGEVING)
    )


def adres_in_de_omgeving_heet_anders(oordeel: Oordeel) -> Doe | str | None:
    module = oordeel.module
    leest = module and UIT_DE_OMGEVING in module.tekst and SERVER not in os.environ
    for naam in get_close_matches(SERVER, os.environ, 1, LIJKT_OP) if leest else ():
        return (
            f'In dit terminalvenster staat `{naam}`. Bedoel je `{SERVER}`? Nu werkt `flask` gewoon '
            f'met `{DATABASE}`.'
        )


def terminal_staat_in_een_andere_map(oordeel: Oordeel) -> Doe | str | None:
    hier, map_ = Path.cwd(), oordeel.oefenmap.pad.resolve()
    if map_ in hier.parents and (hier / MODULE).is_file():
        return (
            f'Je terminal staat in `{hier.name}`, en daar werkt `flask` met een andere '
            f'`{MODULE}`. De controle kijkt naar `{map_.name}`. Ga daar eerst heen:\n'
            f'    cd {Path(os.path.relpath(map_, hier)).as_posix()}'
        )


# In deze volgorde komen ze op het scherm.
OPMERKINGEN = (
    terminal_staat_in_een_andere_map,
    terminal_wijst_naar_een_andere_database,
    adres_in_de_omgeving_telt_niet,
    adres_in_de_omgeving_heet_anders,
    geen_rijen,
    rijen_zonder_geboortejaar,
    rijen_zonder_naam,
    ander_programma_is_bezig,
    map_is_niet_te_schrijven,
    tweede_database,
    getcwd_in_de_module,
    vast_pad_naar_deze_map,
    app_run_zonder_wacht,
    kolom_is_commentaar,
    ander_jaar_dan_in_de_les,
    methode_noemt_een_kolom_die_weg_is,
    flask_app_in_dit_venster,
)
