"""Small tables that show what a column holds."""

from app.network.table import TableKind

SAMPLES = {
    TableKind.CHAPTERS: """\
slug,names,source_language
citta-del-dialogo,it=Città del Dialogo;en=Cities of Dialogue,it
""",
    TableKind.CITIES: """\
slug,names,source_language,country,time_zone,languages,latitude,longitude,chapters
torino,it=Torino;en=Turin;fr=Turin,it,IT,Europe/Rome,it,45.0703,7.6869,citta-del-dialogo
montreal,fr=Montréal;en=Montreal,fr,CA,America/Toronto,fr;en,45.5019,-73.5674,
""",
    TableKind.OFFICERS: """\
email,name,language,role,city,chapter
paolo.rinaldi@torino.example,Paolo Rinaldi,it,officer,torino,
giulia.ferri@network.example,Giulia Ferri,it,coordinator,,citta-del-dialogo
ines.almeida@network.example,Inês Almeida,en,manager,,
""",
}
