"""Who takes part in the day, how their helpdesk is configured, and the tickets that come of it."""

from phones.clients import ENGLISH, INDONESIAN
from wire.day.town import Person, Town

CANARY = "kanarienvogel"
"""A word that stands in everything internal of this day, and in nothing else."""

OFFICE = """
[daily] # Whether it is morning just now must not change how many mails there are.
worklist = false
overview = false

[[teams]]
name = "support"
lead = "lena@example.com"

[[teams]]
name = "network"
lead = "lena@example.com"

[[technicians]]
email = "tess@example.com"
name = "Tess Tech"
teams = ["support"]
deputy = "joko@example.com"

[[technicians]]
email = "joko@example.com"
name = "Joko Jaringan"
teams = ["support", "network"]
level = 2
language = "id"

[[technicians]]
email = "lena@example.com"
name = "Lena Lead"
level = 3

[[vendors]]
name = "Acme Printing"
address = "rma@acme.example"

[[categories]]
name = "printer"

[[categories]]
name = "access"

[[categories]]
name = "hardware"

[[categories]]
name = "network"
team = "network"

[sla.critical]
first_response = "2s"
resolution = "4h"

[escalation]
lead_after = "1s"

[surveys]
delay = "1s"

[remote_support]
link = "https://remote.example.com/join?reference={reference}"
text = { en = "Please start QuickHelp.", id = "Silakan buka QuickHelp." }
"""

PRINTER, PASSWORD, SCREEN, PROJECTOR, SAME_SCREEN = range(1001, 1006)
SAME_PROJECTOR, INTERNET, INTERNET_AGUS, INTERNET_WAYAN, LAPTOP, KEYBOARD = range(1006, 1012)
ALL_TICKETS = range(PRINTER, KEYBOARD + 1)


class Cast:
    """Everybody, each with a mail program of his own."""

    def __init__(self, town: Town) -> None:
        self.town = town
        # Inside: a technician who has only a telephone, one who speaks Indonesian, and their lead.
        self.tess = Person(town, "tess@example.com", "Tess Tech", "iOS Mail", ENGLISH)
        self.joko = Person(town, "joko@example.com", "Joko Jaringan", "Gmail app", INDONESIAN)
        self.lena = Person(town, "lena@example.com", "Lena Lead", "Outlook desktop", ENGLISH)
        # Outside: who needs help, who reads along, who sits beside, who sells printers, and who is up to no good.
        self.rita = Person(town, "rita@client.example", "Rita Roberts", "Outlook for iOS", ENGLISH)
        self.budi = Person(town, "budi@klien.example", "Budi Hartono", "Samsung Email", INDONESIAN)
        self.dewi = Person(town, "dewi@client.example", "Dewi Lestari", "Yahoo app", ENGLISH)
        self.carla = Person(town, "carla@client.example", "Carla Jones", "Thunderbird", ENGLISH)
        self.frank = Person(town, "frank@client.example", "Frank Fischer", "Apple Mail", ENGLISH)
        self.peter = Person(town, "peter@client.example", "Peter Parker", "Gmail web", ENGLISH)
        self.nadia = Person(town, "nadia@client.example", "Nadia Noor", "Gmail app", ENGLISH)
        self.sarah = Person(town, "sarah@client.example", "Sarah Smith", "Zimbra", ENGLISH)
        self.agus = Person(town, "agus@klien.example", "Agus Salim", "Gmail app", INDONESIAN)
        self.wayan = Person(town, "wayan@klien.example", "Wayan Sudra", "Samsung Email", INDONESIAN)
        self.acme = Person(town, "rma@acme.example", "Acme Printing", "Outlook desktop", ENGLISH)
        self.mallory = Person(town, "mallory@evil.example", "Mallory", "Gmail web", ENGLISH)

    @property
    def staff(self) -> set[str]:
        return {self.tess.address, self.joko.address, self.lena.address}
