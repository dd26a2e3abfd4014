"""Wat er aan een hoofdstuk niet klopt zonder het te spelen: tabellen, diagrammen en koppen."""

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest

from speel_les import PROJECT
from spelen.lestekst import Blok, Hoofdstuk, LesFout, lees_les
from stappen import STAPPEN, Kolom

ONDERDELEN = {'Wat je leert', 'Wat je doet', 'Wat je ziet', 'Wat er misgaat', 'Controle', 'Vraag'}

KOLOMMENTABEL = ['kolom', 'type', 'verplicht', 'standaard', 'bijzonder']


def tabelrij(kolom: Kolom) -> list[str]:
    """De rij die in LEERLING.md bij een kolom hoort."""
    bijzonder = {'primary key': kolom.sleutel, 'uniek': kolom.uniek, 'index': kolom.index}
    bijzonder[f'verwijst naar `{kolom.verwijst_naar}`'] = kolom.verwijst_naar
    return [
        f'`{kolom.naam}`',
        f'`{kolom.type}`',
        'nee' if kolom.null else 'ja',
        f'`{kolom.standaard}`' if kolom.standaard else '',
        ', '.join(wat for wat, waar in bijzonder.items() if waar),
    ]


def diagramregels(tabellen: dict[str, list[Kolom]]) -> list[str]:
    """Het erDiagram dat bij de tabellen hoort: eerst de verwijzingen, dan de tabellen."""
    verwijzingen, blokken = [], []
    for tabel, kolommen in tabellen.items():
        blokken.append(f'    {tabel} {{')
        for kolom in kolommen:
            tekens = {'PK': kolom.sleutel, 'FK': kolom.verwijst_naar, 'UK': kolom.uniek}
            staart = ''.join(f' {teken}' for teken, waar in tekens.items() if waar)
            blokken.append(f'        {kolom.type} {kolom.naam}{staart}')
            if kolom.verwijst_naar:
                doel = kolom.verwijst_naar.partition('.')[0]
                begin = '|o' if kolom.null else '||'
                verwijzingen.append(f'    {doel} {begin}--o{{ {tabel} : "{kolom.naam}"')
        blokken.append('    }')
    return ['erDiagram', *verwijzingen, *blokken]


def tabelfout(hoofdstuk: Hoofdstuk, tabellen: dict[str, list[Kolom]]) -> LesFout | None:
    """De eerste rij van een kolommentabel die anders is dan de database, of None."""
    getoond = [
        blok for blok in hoofdstuk.blokken if blok.soort == 'tabel' and blok.kop == KOLOMMENTABEL
    ]
    anders = _veranderd(hoofdstuk, getoond)
    tabellen = {tabel: kolommen for tabel, kolommen in tabellen.items() if tabel in anders}
    for tabel, blok in zip_longest(tabellen, getoond):
        if not (tabel and blok):
            regel = blok.regels[0][0] if blok else hoofdstuk.regels[0][0]
            return LesFout(regel, f'er horen tabellen te staan voor {", ".join(tabellen)}.')
        verwacht = [tabelrij(kolom) for kolom in tabellen[tabel]]
        for rij, (nummer, cellen) in zip_longest(
            verwacht, blok.cellen(), fillvalue=(blok.regels[-1][0], None)
        ):
            if rij != cellen:
                return LesFout(nummer, f'de database heeft hier {rij}, de tekst {cellen}.')
        if tabel not in _aankondiging(hoofdstuk, blok):
            return LesFout(blok.regels[0][0], f'boven deze tabel hoort `{tabel}` te staan.')
    return None


def _veranderd(hoofdstuk: Hoofdstuk, getoond: list[Blok]) -> set[str]:
    """De tabellen die in het hoofdstuk horen; wat niet verandert, herhaalt de les niet."""
    if not isinstance(hoofdstuk.nummer, int):
        # Een deel kiest zelf welke tabel het toont.
        return {tabel for blok in getoond for tabel in _aankondiging(hoofdstuk, blok)}
    stap = STAPPEN[hoofdstuk.nummer - 1]
    return {kolom.tabel for kolom in stap.erbij} | {tabel for tabel, _ in stap.weg}


def _aankondiging(hoofdstuk: Hoofdstuk, blok: Blok) -> list[str]:
    """De namen in de regel die deze tabel aankondigt."""
    begin = blok.regels[0][0]
    erboven = [tekst for regel, tekst in hoofdstuk.regels if regel < begin and 'tabel' in tekst]
    return re.findall('`(.+?)`', erboven[-1])


def diagramfout(hoofdstuk: Hoofdstuk, tabellen: dict[str, list[Kolom]]) -> LesFout | None:
    """De eerste regel van het erDiagram die anders is dan de database, of None."""
    for blok in hoofdstuk.blokken:
        if blok.soort == 'mermaid':
            laatste = (blok.regels[-1][0], None)
            for verwacht, regel in zip_longest(diagramregels(tabellen), blok.regels):
                nummer, staat_er = regel or laatste
                if staat_er != verwacht:
                    return LesFout(nummer, f'hier hoort `{verwacht}`, er staat `{staat_er}`.')
    return None


def aankondigingsfouten(hoofdstuk: Hoofdstuk) -> Iterator[LesFout]:
    """De blokken zonder regel erboven die zegt wat je ermee doet, en in welk bestand."""
    vorige = 0
    for blok in hoofdstuk.blokken:
        begin = blok.regels[0][0] - (blok.soort != 'tabel')
        ervoor = [tekst for nummer, tekst in hoofdstuk.regels if vorige < nummer < begin and tekst]
        vorige = blok.regels[-1][0]
        if not (ervoor and ervoor[-1].endswith(':')):
            yield LesFout(begin, 'zet erboven wat je met dit blok doet; die zin eindigt met `:`.')
        # GitHub laat de titel van een blok niet zien.
        bestand = 'script' if '...' in blok.titel else blok.titel
        if bestand not in ' '.join(ervoor):
            yield LesFout(begin, f'zet erboven dat dit in `{bestand}` staat.')


def onderdeelfout(hoofdstuk: Hoofdstuk) -> str | None:
    """Wat er aan de koppen, het antwoord of de controle van een hoofdstuk niet klopt, of None."""
    tekst = [regel for _, regel in hoofdstuk.regels]
    koppen = [regel.removeprefix('### ') for regel in tekst if regel.startswith('### ')]
    if len(koppen) != len(set(koppen)) or not set(koppen) >= ONDERDELEN:
        return f'{hoofdstuk.naam} heeft niet elke kop een keer: {koppen}'
    # Met markdown="1" zet ook MkDocs het antwoord op.
    if not tekst.count('<details markdown="1">') == tekst.count('</details>') == 1:
        return f'{hoofdstuk.naam} heeft niet een antwoord.'
    antwoord = tekst[tekst.index('<summary>Antwoord</summary>') + 1 : tekst.index('</details>')]
    # Zonder lege regels eromheen zet GitHub het antwoord niet op.
    if tekst.index('</details>') < tekst.index('### Vraag') or antwoord[0] or antwoord[-1]:
        return f'Het antwoord van {hoofdstuk.naam} staat niet goed.'
    if '$ pytest' not in tekst[tekst.index('### Controle') : tekst.index('### Vraag')]:
        return f'Onder Controle typt {hoofdstuk.naam} geen pytest.'
    return None


def zinlengtes(tekst: str) -> list[int]:
    """Hoeveel woorden elke zin heeft; code telt als een woord, blokken en tabellen niet."""
    tekst = re.sub(r'(?m)^```(.|\n)*?^```$|^[|#<].*$', '\n', tekst)
    tekst = re.sub(r'`[^`]*`', 'code', tekst)
    return [
        aantal
        for alinea in re.split(r'\n\s*\n|\n(?=- |\d+\. )', tekst)
        for zin in re.split(r'(?<=[.!?:])\s+', alinea)
        if (aantal := len(re.findall(r"\w[\w'-]*", zin)))
    ]


def verander(
    hoofdstuk: Hoofdstuk, patroon: str, nieuw: str | Callable[[re.Match], str]
) -> tuple[Hoofdstuk, int]:
    """Het hoofdstuk met het eerste stuk dat past veranderd, en de eerste regel die anders is."""
    regels = [regel for _, regel in hoofdstuk.regels]
    tekst = ''.join(f'{regel}\n' for regel in regels)
    veranderd = re.sub(patroon, nieuw, tekst, count=1).splitlines()
    paren = zip_longest(regels, veranderd)
    begin = hoofdstuk.regels[0][0]
    anders = next(nummer for nummer, (oud, nu) in enumerate(paren, start=begin) if oud != nu)
    return met_regels(hoofdstuk, veranderd), anders


def met_regels(hoofdstuk: Hoofdstuk, regels: list[str]) -> Hoofdstuk:
    """Het hoofdstuk met andere regels, op dezelfde plaats in de tekst."""
    begin = hoofdstuk.regels[0][0]
    eerder = (PROJECT / hoofdstuk.bestand).read_text(encoding='utf-8').splitlines()[: begin - 1]
    return lees_les('\n'.join([*eerder, *regels]))[-1]


def met_een_onware_cel(hoofdstuk: Hoofdstuk) -> Iterator[tuple[Hoofdstuk, int]]:
    """Het hoofdstuk met een cel van een tabel of een regel van een diagram anders, en welke."""
    begin = hoofdstuk.regels[0][0]
    regels = [regel for _, regel in hoofdstuk.regels]
    for blok in hoofdstuk.blokken:
        if blok.soort == 'mermaid' or (blok.soort == 'tabel' and blok.kop == KOLOMMENTABEL):
            for nummer, regel in blok.regels[2 if blok.soort == 'tabel' else 0 :]:
                for einde in re.finditer(r' \| | \|$|$' if '|' in regel else '$', regel):
                    plek, anders = einde.start(), regels.copy()
                    anders[nummer - begin] = f'{regel[:plek]} onwaar{regel[plek:]}'
                    yield met_regels(hoofdstuk, anders), nummer
