"""Wat de leerling leest: de stand per stap, de tabellen, de opmerkingen en `Wat nu`."""

import re
import textwrap
from collections.abc import Iterator

from stappen import DATABASE, DELEN_NA, LAATSTE, STAPPEN, TABEL, UITGEDEELD

from controle.afwijking import Afwijking
from controle.hints.daden import zet_server_uit
from controle.hints.doen import DEEL_A, of_deel, werkt_elders, zet_cursisten_erin
from controle.hints.hint import Hint, hints_bij
from controle.hints.opmerkingen import OPMERKINGEN
from controle.onderweg import model_is_van
from controle.oordeel import Oordeel
from controle.proberen import kies
from controle.tabellen import Database

# Breder dan dit leest niet prettig.
BREEDSTE = 80

TEKENS = {'af': '✓', 'fout': '✗', 'niet': '·'}
# Voor een terminal die deze tekens niet kent.
WOORDEN = {'af': 'af  ', 'fout': 'fout', 'niet': '-   '}


def stand_van_zaken(oordeel: Oordeel, breedte: int, codering: str) -> Iterator[tuple[str, str]]:
    """De regels van het verslag, elk met de toestand van zijn stap ('' als het geen stap is).

    Een zin past in `breedte` tekens; tekens die `codering` niet kent worden een woord.
    """
    teken = tekens(codering)
    for stap in STAPPEN:
        toestand = oordeel.toestand(stap.nummer)
        yield f'{teken[toestand]} stap {stap.nummer:<2}  {stap.titel}', toestand
    for alinea in (*_tabellen(oordeel.database), *opmerkingen(oordeel), wat_nu(oordeel), ''):
        yield '', ''
        for regel in alinea.splitlines():
            # Elk stuk apart: waar een teken ontbreekt, drukt pytest een regeleinde als teken af.
            for deel in [regel] if regel.startswith(' ') else vouw(regel, breedte).splitlines():
                yield deel, ''


def tekens(codering: str) -> dict[str, str]:
    """Het teken van elke toestand, of een woord als `codering` dat teken niet kent."""
    alle = ''.join(TEKENS.values())
    return TEKENS if alle.encode(codering, 'replace').decode(codering) == alle else WOORDEN


def uitleg(oordeel: Oordeel, stap: int) -> str:
    """Wat er bij een stap niet klopt: wat verwacht is, wat er is, en waar."""
    afwijking = next(a for a in oordeel.afwijkingen if a.stap == stap)
    eerste = afwijking is oordeel.afwijkingen[0]
    hint = kies(oordeel) if eerste else next(hints_bij(oordeel, afwijking))
    return f'Stap {_stap(afwijking)}: {hint.wat}'


def opmerkingen(oordeel: Oordeel) -> list[str]:
    """Wat er verder te zeggen is; geen van deze maakt een stap fout."""
    hints = [Hint('Opmerking:', functie(oordeel)) for functie in OPMERKINGEN]
    return [hint.tekst for hint in hints if hint.delen]


def wat_nu(oordeel: Oordeel) -> str:
    """Het ene ding om nu te doen."""
    if oordeel.afwijkingen:
        hint = kies(oordeel)
        tekst = f'stap {_stap(oordeel.afwijkingen[0])}. {hint.wat}\n{hint.doe}'
    else:
        tekst = _volgende_stap(oordeel)
    # Anders doet `flask` het op een andere database, en blijft dit hier staan.
    if werkt_elders(oordeel) and re.search('flask (db|shell)', tekst):
        tekst = f'ga eerst terug naar `{DATABASE}`:\n{zet_server_uit()}\nDaarna: {tekst}'
    return f'Wat nu: {tekst}'


def vouw(regel: str, breedte: int) -> str:
    """Breekt een zin af; een commando tussen aanhalingstekens blijft zo veel mogelijk heel."""
    breedte = min(breedte, BREEDSTE) - 1
    return textwrap.fill(regel, breedte, break_long_words=False, break_on_hyphens=False)


def _stap(afwijking: Afwijking) -> str:
    return f'{afwijking.stap}, {STAPPEN[afwijking.stap - 1].titel}'


def _volgende_stap(oordeel: Oordeel) -> str:
    gehaald = oordeel.gehaald
    if gehaald == 0:
        stap_1 = f'met stap 1, {STAPPEN[0].titel}, in `LEERLING.md`:\n    flask db init'
        if not model_is_van(oordeel, STAPPEN[DELEN_NA - 1]):
            return f'begin {stap_1}'
        zo_niet = of_deel(DEEL_A, 'Wat je doet')
        return f'er zijn geen migraties, en geen `data.sqlite`. {zo_niet} Begin {stap_1}'
    if gehaald == LAATSTE:
        return (
            'alle stappen zijn af. Ging je met het laatste script ook een keer terug en weer '
            'vooruit? Lever dan je map in: met `migrations` en `data.sqlite`, en zonder `.venv`. '
            'Doe je een deel van `VERDIEPING.md`? Lees dan daar verder.'
        )
    if gehaald == 1 and oordeel.database.rijen.get(TABEL) == 0:
        return f'de tabel van stap 1 is er. Nu de cursisten nog.\n{zet_cursisten_erin(oordeel)}'
    door = f'stap {gehaald + 1}, {STAPPEN[gehaald].titel}, in `LEERLING.md`'
    if oordeel.oefenmap.heads == [UITGEDEELD]:
        return f'stap 1 staat klaar. Maak hem zelf opnieuw met `LEERLING.md`, of doe {door}.'
    return (
        f'stap {gehaald} klopt. Lees hem uit, en ga door met {door}. Ben je daar al mee bezig? '
        f'Sla dan `{oordeel.oefenmap.bestand_met(TABEL).naam}` op.'
    )


def _tabellen(database: Database) -> Iterator[str]:
    """Elke tabel van data.sqlite, met zijn kolommen en hoeveel rijen hij heeft."""
    for tabel, inhoud in database.schema.items():
        if not inhoud['kolommen']:
            continue
        aantal = database.rijen[tabel]
        regels = [f'tabel {tabel} ({aantal} rij{"" if aantal == 1 else "en"})']
        lang = max(map(len, inhoud['kolommen']), default=0)
        for naam, kolom in inhoud['kolommen'].items():
            extra = ', '.join(_bijzonderheden(naam, kolom, inhoud))
            regels.append(f'  {naam:<{lang}}  {kolom["type"]:<12}  {extra}'.rstrip())
        yield '\n'.join(regels)


def _bijzonderheden(naam: str, kolom: dict, inhoud: dict) -> list[str]:
    sleutel = naam in inhoud['sleutel']
    bijzonder = {
        'primary key': sleutel,
        'verplicht': not sleutel and not kolom['null'],
        f'standaard {kolom["standaard"]}': kolom['standaard'] is not None,
        'uniek': [naam] in inhoud['uniek'],
        'index': [naam] in inhoud['indexen'],
    }
    naar = [
        f'-> {tabel}.{naar[0]}' for van, tabel, naar in inhoud['verwijst_naar'] if van == [naam]
    ]
    return [wat for wat, is_zo in bijzonder.items() if is_zo] + naar
