"""Wat er aan een hoofdstuk niet klopt zonder het te spelen: tabellen, diagrammen en koppen."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from speel_les import PROJECT
from spelen.lestekst import LES, Blok, Hoofdstuk, LesFout, lees_les
from stappen import IN_HET_MODEL, STAPPEN, VAN_DE_LES, Kolom

ONDERDELEN = {'Wat je doet', 'Wat je ziet', 'Wat er misgaat', 'Controle', 'Vraag'}

# Een type van een kolom, zoals het model of de database het noemt.
TYPE = re.compile(rf'\b(?:{"|".join([*IN_HET_MODEL, *IN_HET_MODEL.values()])})\b(?:\(\d+\))?')

# Hiermee begint een stap.
TIJD = r'\*(\d+) minuten\.\* '

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
    tabellen = _in_de_tekst(hoofdstuk, getoond, tabellen)
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


def _in_de_tekst(
    hoofdstuk: Hoofdstuk, getoond: list[Blok], tabellen: dict[str, list[Kolom]]
) -> dict[str, list[Kolom]]:
    """Wat in het hoofdstuk hoort: van een stap alleen de kolommen die nieuw of anders zijn."""
    if not isinstance(hoofdstuk.nummer, int):
        # Een deel kiest zelf welke tabel het toont.
        kiest = {tabel for blok in getoond for tabel in _aankondiging(hoofdstuk, blok)}
        return {tabel: kolommen for tabel, kolommen in tabellen.items() if tabel in kiest}
    erbij = {kolom.plek for kolom in STAPPEN[hoofdstuk.nummer - 1].erbij}
    nieuw = {t: [k for k in kolommen if k.plek in erbij] for t, kolommen in tabellen.items()}
    return {tabel: kolommen for tabel, kolommen in nieuw.items() if kolommen}


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
        if blok.soort == 'python' and not blok.titel:
            yield LesFout(begin, 'zet erboven in welk bestand dit hoort, als `..._x.py` of `x.py`.')


def prozafouten(hoofdstuk: Hoofdstuk, kolommen: Iterable[Kolom]) -> Iterator[LesFout]:
    """Wat een gewone zin over een kolom of een type zegt, en in dit hoofdstuk niet waar is."""
    kolommen = [*kolommen]
    types = {naam for kolom in kolommen for naam in (kolom.type, kolom.model_type)}
    namen = {kolom.naam for kolom in kolommen}
    van_de_les = {naam for _, naam in VAN_DE_LES} - namen
    in_blok = {nummer for blok in hoofdstuk.blokken for nummer, _ in blok.regels}
    code = ' '.join(regel for blok in hoofdstuk.blokken for _, regel in blok.regels)
    for nummer, regel in hoofdstuk.regels:
        for stuk in re.findall('`([^`]+)`', '' if nummer in in_blok else regel):
            for type_ in {*TYPE.findall(stuk)} - types:
                if type_ not in code or hoofdstuk.bestand == LES:
                    yield LesFout(nummer, f'geen kolom heeft hier het type `{type_}`.')
            for naam in {*re.findall(r'\w+', stuk)} & van_de_les:
                # Een deel maakt soms een eigen kolom, met de naam van een latere stap.
                if naam not in code or hoofdstuk.bestand == LES:
                    yield LesFout(nummer, f'de kolom `{naam}` is er hier niet.')
        lengtes = re.findall(r'`[^`]*\((\d+)\)`', regel)
        for lengte in re.findall(r'(\d+) tekens', regel if lengtes else ''):
            if lengte not in lengtes:
                yield LesFout(nummer, f'hier staan {lengte} tekens, en een type van {lengtes}.')


def onderdeelfout(hoofdstuk: Hoofdstuk) -> str | None:
    """Wat er aan de koppen, het antwoord of de controle van een hoofdstuk niet klopt, of None."""
    tekst = [regel for _, regel in hoofdstuk.regels]
    if isinstance(hoofdstuk.nummer, int) and not re.fullmatch(TIJD + '[A-Z].+', tekst[2]):
        return f'{hoofdstuk.naam} begint niet met hoe lang het duurt, en wat je leert.'
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
