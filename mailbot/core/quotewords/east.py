"""The words of the languages of the east and the south of Europe, and of Turkey."""

from mailbot.core.quotewords.words import Words

EAST = {
    # Polish
    "pl": Words(
        opens="w dniu|dnia|w|dn.|dn",
        verbs="napisał|napisała|napisał(a)|pisze|napisali|napisał/a|napisał/-a|wysłał",
        quoting="wiadomość napisana przez|cytowanie",
        from_="od|nadawca",
        sent="wysłano|data|wysłane|wysłany|data wysłania",
        to="do|adresat|odbiorca",
        cc="dw|kopia|do wiadomości",
        subject="temat",
        reply=("wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|oryginalny list|original wiadomość"),
        forward=(
            "wiadomość przekazana|przekazana wiadomość|początek przekazywanej wiadomości"
            "|treść przekazanej wiadomości|wiadomość przesłana dalej|początek przekazanej wiadomości"
            "|przesłana wiadomość"
        ),
        pronouns="ja|on|ona|my|oni|który|która",
        above="powyżej tej linii|nad tą linią",
    ),
    # Czech
    "cs": Words(
        opens="dne|v|ve",
        verbs="napsal|napsala|napsal(a)|napsal/a|píše|psal",
        from_="od|odesílatel",
        sent="odesláno|datum|posláno",
        to="komu|pro",
        cc="kopie",
        subject="předmět|věc",
        reply=("původní zpráva|původní e-mail|původní email|původní zprava|puvodni zprava|---------- původní e-mail"),
        forward=(
            "přeposlaná zpráva|přesměrovaná zpráva|začátek přeposílané zprávy"
            "|začátek přeposlané zprávy|přeposlaný e-mail|předaná zpráva|forwardovaná zpráva"
        ),
        pronouns="já|on|ona|my|oni",
        above="nad tento řádek|nad touto čarou|nad tímto řádkem",
    ),
    # Slovak
    "sk": Words(
        opens="dňa|v|vo",
        verbs="napísal|napísala|napísal(a)|napísal/a|píše",
        from_="od|odosielateľ",
        sent="odoslané|dátum|poslané",
        to="komu|pre",
        cc="kópia",
        subject="predmet",
        reply="pôvodná správa|pôvodný e-mail|originálna správa",
        forward="preposlaná správa|začiatok preposlanej správy|preposielaná správa",
    ),
    # Hungarian
    "hu": Words(
        verbs="ezt írta|írta|a következőt írta|írta a következőt|ezt írta (időpont",
        from_="feladó|küldte|feladta",
        sent="elküldve|dátum|küldve|elküldés dátuma|küldés dátuma",
        to="címzett|címzettek",
        cc="másolatot kap|másolat|másolatot kapja",
        subject="tárgy",
        reply="eredeti üzenet|az eredeti üzenet|eredeti levél",
        forward="továbbított üzenet|továbbított üzenet kezdete|továbbított levél|továbbított üzenet eleje",
        pronouns="én|ő|mi|ők",
        above="e fölé a sor fölé|e sor fölé|a vonal fölé",
    ),
    # Romanian
    "ro": Words(
        opens="în|la|pe|pe data de|in data de|la data de|în data de",
        verbs="a scris|a scris următoarele",
        from_="de la|expeditor",
        sent="trimis|data|trimisă|data trimiterii",
        to="către|catre|pentru|la",
        cc="copie",
        subject="subiect|subiectul",
        reply="mesaj original|mesajul original|mesaj initial|mesaj inițial",
        forward=(
            "mesaj redirecționat|mesaj redirectionat|mesaj transmis mai departe"
            "|începutul mesajului redirecționat|început mesaj redirecționat"
        ),
        pronouns="eu|el|ea|noi|ei",
        above="deasupra acestei linii|deasupra acestui rând",
    ),
    # Russian
    "ru": Words(
        opens="в|на",
        verbs="написал|написала|написал(а)|пишет|писал|писала|написали|вы писали|написал (а)|пишете",
        from_="от|от кого|отправитель",
        sent="отправлено|дата|отправлен|послано|дата отправки",
        to="кому|получатель",
        cc="копия|копии",
        subject="тема|тема письма",
        reply="исходное сообщение|оригинальное сообщение|исходное письмо|первоначальное сообщение",
        forward=(
            "пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения"
            "|начало пересылаемого сообщения|пересланное письмо|перенаправленное сообщение"
            "|конец пересылаемого сообщения"
        ),
        pronouns="я|он|она|мы|они",
        above="выше этой строки|выше этой линии|над этой линией",
    ),
    # Ukrainian
    "uk": Words(
        opens="у|в|на",
        verbs="написав|написала|написав(-ла)|написав(ла)|пише|написав/ла|написав (-ла)",
        from_="від|від кого|відправник",
        sent="надіслано|дата|відправлено|відісл",
        to="кому|до",
        cc="копія",
        subject="тема",
        reply="вихідне повідомлення|оригінальне повідомлення|початкове повідомлення|початковий лист",
        forward=(
            "переслане повідомлення|початок пересланого повідомлення|пересилане повідомлення"
            "|переадресоване повідомлення"
        ),
        pronouns="я|він|вона|ми|вони",
    ),
    # Bulgarian
    "bg": Words(
        opens="на",
        verbs="написа|пише",
        from_="от",
        sent="изпратено|дата",
        to="до",
        cc="копие",
        subject="тема|относно",
        reply="оригинално съобщение|първоначално съобщение",
        forward="препратено съобщение|начало на препратеното съобщение",
    ),
    # Croatian, Serbian, Slovenian
    "sr": Words(
        opens="dana|dne|у",
        verbs=(
            "je napisao|je napisala|napisao|napisala|je napisao/la|je napisao(la)|je napisal|piše|napisao je|је написао"
        ),
        from_="od|šalje|pošiljatelj|од",
        sent="poslano|datum|poslato|poslao|послато",
        to="za|prima|kome|komu|за",
        cc="kopija",
        subject="predmet|naslov|zadeva|tema|предмет",
        reply="izvorna poruka|originalna poruka|izvirno sporočilo|izvorno sporočilo|originalno sporočilo",
        forward="proslijeđena poruka|prosleđena poruka|posredovano sporočilo|početak proslijeđene poruke",
    ),
    # Estonian
    "et": Words(
        verbs="kirjutas",
        from_="saatja",
        sent="saadetud|kuupäev",
        to="adressaat|saaja",
        cc="koopia",
        subject="teema",
        reply="algne sõnum|algsõnum",
        forward="edastatud kiri|edastatud sõnum",
    ),
    # Lithuanian
    "lt": Words(
        verbs="rašė|parašė",
        from_="nuo",
        sent="išsiųsta|data",
        to="kam|iki",
        cc="kopija",
        subject="tema",
        reply="originalus laiškas|pradinis pranešimas",
        forward="persiųstas laiškas|persiųstas pranešimas",
    ),
    # Latvian
    "lv": Words(
        verbs="rakstīja|uzrakstīja",
        sent="nosūtīts|datums",
        to="kam",
        cc="kopija",
        subject="temats|tēma",
        reply="sākotnējais ziņojums|oriģinālais ziņojums",
        forward="pārsūtīts ziņojums|pārsūtīta ziņa",
    ),
    # Greek
    "el": Words(
        opens="στις|την|τη|στισ",
        verbs="έγραψε|έγραψε τα εξής|έγραψαν",
        from_="από|αποστολέας",
        sent="στάλθηκε|ημερομηνία|εστάλη|απεσταλμένο",
        to="προς|παραλήπτης",
        cc="κοιν|κοινοποίηση",
        subject="θέμα",
        reply="αρχικό μήνυμα",
        forward=("προωθημένο μήνυμα|προωθούμενο μήνυμα|έναρξη προωθημένου μηνύματος|αρχή προωθημένου μηνύματος"),
        pronouns="εγώ|αυτός|αυτή",
    ),
    # Turkish
    "tr": Words(
        verbs="yazdı|şunları yazdı|şunu yazdı|yazmış|tarihinde yazdı|şöyle yazdı",
        from_="kimden|gönderen",
        sent="gönderildi|tarih|gönderme tarihi|gönderilme tarihi|gönderim tarihi",
        to="kime|alıcı",
        cc="bilgi",
        subject="konu",
        reply="orijinal mesaj|özgün ileti|orjinal mesaj|orijinal ileti|asıl ileti|özgün mesaj",
        forward=(
            "iletilen mesaj|yönlendirilen mesaj|iletilen ileti|yönlendirilmiş ileti başlangıcı"
            "|forward edilen mesaj|iletilmiş ileti başlangıcı|i̇letilen mesaj|i̇letilmiş ileti başlangıcı"
            "|yönlendirilen ileti"
        ),
        pronouns="ben|o|biz|onlar",
        above="bu satırın üzerine|bu satırın üstüne|bu çizginin üzerine",
    ),
}
