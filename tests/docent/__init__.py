"""Voor de docent: een klas bekijken en nakijken, met de controle uit deze map.

    uitpakken     pakt ZIPs uit in een tijdelijke map
    inlevering    vindt de oefenmappen, en neemt over wat de controle nodig heeft
    overzicht     wat er van een map te zeggen is, en wat leerlingen gemeen hebben
    uitgeven      een pagina van de klas, en een tekst terug voor elke leerling
    nakijken      speelt elke map na, met een test per leerling en stap

Wat een leerling inlevert wordt gelezen. Alleen nakijken voert er iets van uit.
"""
