"""De controle van de les: een test per stap. Draai hem met `pytest`."""

import pytest
from stappen import STAPPEN


@pytest.mark.parametrize('stap', STAPPEN, ids=lambda stap: f'stap_{stap.nummer}')
def test_stap(stap, oordeel, uitleg, alles_af):
    toestand = oordeel.toestand(stap.nummer)
    if toestand == 'fout':
        pytest.fail(uitleg(stap.nummer), pytrace=False)
    if toestand == 'niet':
        melding = f'Stap {stap.nummer} is nog niet begonnen.'
        if alles_af:
            pytest.fail(melding, pytrace=False)
        pytest.skip(melding)
