"""The words of the languages of the west and the north of Europe."""

from mailbot.core.quotewords.words import Words

WEST = {
    # English
    "en": Words(
        opens="on|at|in message|in article",
        verbs="wrote|writes|sent|has written|a wrote|said",
        quoting="quoting|message from|in reply to a message from",
        from_="from|sender",
        sent="sent|date|sent on|sent at|date sent",
        to="to|recipient|recipients",
        cc="cc|bcc",
        subject="subject",
        reply=(
            "original message|reply message|original appointment|original mail|previous message"
            "|quoted text|original email|original msg|replied message|replied mail|message history"
            "|end of reply"
        ),
        forward=(
            "forwarded message|begin forwarded message|forwarded by|fwd message|forwarded mail"
            "|forwarded email|start of forwarded message|original forwarded message|forwarded messages"
        ),
        pronouns="i|he|she|they|we|it|who|somebody|someone|nobody",
        above=(
            "text above this line is added|reply above this line|reply above the line|type your reply above"
            "|write your reply above|reply above. do not remove|do not remove this line"
            "|enter your reply above|enter replies above|write above this line|write a reply above"
            "|do not write below this line|do not type below this line|please reply above"
            "|respond above this line|reply only above|replies above this line"
            "|add your comments above this line|responses above this line|your reply above this line"
            "|insert your reply above|do not reply below this line"
        ),
    ),
    # German
    "de": Words(
        opens="am|von|zitat von",
        verbs="schrieb|schreibt|hat geschrieben|geschrieben|schrieb am",
        quoting="zitat von|nachricht von",
        from_="von|absender",
        sent="gesendet|datum|gesendet am|verschickt",
        to="an|empfänger",
        cc="kopie",
        subject="betreff|betrifft",
        reply=(
            "original-nachricht|originalnachricht|ursprüngliche nachricht|ursprüngliche mail"
            "|urspr. nachricht|originale nachricht|original nachricht|ursprünglicher termin|antwort nachricht"
        ),
        forward=(
            "weitergeleitete nachricht|anfang der weitergeleiteten nachricht"
            "|beginn der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|weitergeleitet von"
            "|weitergeleitete mail"
        ),
        pronouns="ich|er|wir|man|es",
        above=(
            "antworten sie oberhalb dieser linie|über dieser linie|oberhalb dieser zeile"
            "|über dieser zeile|oberhalb dieser linie"
        ),
    ),
    # French
    "fr": Words(
        opens="le|en date du",
        verbs="a écrit|a ecrit|écrit|écrivait|a envoyé|a répondu",
        quoting="quoting|message de|selon|citation de",
        from_="de|expéditeur|message de",
        sent="envoyé|date|envoyé le|message du|envoyée|date d'envoi|date d’envoi|envoyé à",
        to="à|a|pour|destinataire|destinataires",
        cc="copie à|copie|copies",
        subject="objet|sujet",
        reply=(
            "message d'origine|message d’origine|message original|message initial|message précédent"
            "|courriel original|mail original|e-mail d'origine|e-mail d’origine"
        ),
        forward=(
            "message transféré|message transmis|début du message réexpédié|début du message transféré"
            "|message réexpédié|transféré par|courriel transféré|e-mail transféré|début de message transféré"
            "|fwd message"
        ),
        pronouns="il|elle|j'ai|on|nous|ils|elles|qui",
        above="au-dessus de cette ligne|au dessus de cette ligne",
    ),
    # Spanish
    "es": Words(
        opens="el|con fecha",
        verbs="escribió|escribio|ha escrito|escribía|escribe",
        quoting="citando a|mensaje de|citando",
        from_="de|remitente|desde",
        sent="enviado|enviado el|fecha|enviada el|enviada|fecha de envío",
        to="para|a|destinatario",
        cc="con copia",
        subject="asunto",
        reply="mensaje original|correo original|mensaje anterior|mensaje de origen",
        forward=(
            "mensaje reenviado|inicio del mensaje reenviado|reenviado por|correo reenviado"
            "|comienzo del mensaje reenviado|inicio de mensaje reenviado|forwarded message"
        ),
        pronouns="yo|él|ella|nosotros|ellos|que|quien",
        above="por encima de esta línea|encima de esta línea|sobre esta línea|arriba de esta línea",
    ),
    # Italian
    "it": Words(
        opens="il|in data|il giorno|il data",
        verbs="ha scritto|scrive|scriveva|ha inviato",
        quoting="citando|quoting",
        from_="da|mittente",
        sent="inviato|data|inviato il|data invio",
        to="a|per|destinatario|destinatari",
        cc="per conoscenza",
        subject="oggetto",
        reply="messaggio originale|messaggio originario|messaggio precedente",
        forward=(
            "messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato"
            "|inoltrato da|messaggio rinviato"
        ),
        pronouns="io|lui|lei|noi|loro|che|chi",
        above="sopra questa riga|sopra questa linea|al di sopra di questa riga",
    ),
    # Portuguese
    "pt": Words(
        opens="em|no dia|em:|a",
        verbs="escreveu|enviou|escrevia|escreve",
        quoting="citando|quoting",
        from_="de|remetente",
        sent="enviado|enviada|enviado em|enviada em|data|enviado a|data de envio",
        to="para|a|destinatário",
        cc="com cópia|cópia",
        subject="assunto",
        reply="mensagem original|mensagem anterior|mensagem de origem",
        forward=(
            "mensagem encaminhada|início da mensagem encaminhada|mensagem reencaminhada"
            "|encaminhado por|início da mensagem reencaminhada|início de mensagem encaminhada"
        ),
        pronouns="eu|ele|ela|nós|eles|que|quem",
        above="acima desta linha",
    ),
    # Catalan
    "ca": Words(
        opens="el",
        verbs="va escriure|ha escrit",
        quoting="missatge de",
        from_="de|remitent",
        sent="enviat|data|enviat el",
        to="per a|a",
        cc="còpia",
        subject="assumpte|tema",
        reply="missatge original",
        forward="missatge reenviat|inici del missatge reenviat",
    ),
    # Basque
    "eu": Words(
        verbs="idatzi du|igorleak idatzi zuen",
        from_="nork",
        sent="bidalia|data",
        to="nori",
        subject="gaia",
        reply="jatorrizko mezua",
        forward="birbidalitako mezua",
    ),
    # Dutch
    "nl": Words(
        opens="op",
        verbs="schreef|heeft geschreven|het volgende geschreven|geschreven|schreef het volgende",
        quoting="citeren van|bericht van",
        from_="van|afzender",
        sent="verzonden|datum|verstuurd|verzonden op",
        to="aan|naar",
        cc="kopie",
        subject="onderwerp|betreft",
        reply=(
            "oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|orginal bericht"
            "|originele bericht|oorspronkelijke afspraak"
        ),
        forward=(
            "doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde bericht"
            "|begin van doorgestuurd bericht|doorgestuurd door|doorgezonden bericht"
        ),
        pronouns="ik|hij|zij|ze|wij|we|men",
        above="boven deze regel|boven deze lijn",
    ),
    # Swedish
    "sv": Words(
        opens="den|på",
        verbs="skrev|skriver|har skrivit",
        from_="från|avsändare",
        sent="skickat|datum|skickades|skickad",
        to="till|mottagare",
        cc="kopia",
        subject="ämne|rubrik",
        reply="ursprungligt meddelande|originalmeddelande|ursprungligt mail|ursprungliga meddelandet",
        forward=(
            "vidarebefordrat meddelande|vidarebefordrat brev|början på vidarebefordrat meddelande"
            "|vidare befordrat meddelande|börja vidarebefordrat meddelande|vidarebefordrat mejl"
        ),
        pronouns="jag|han|hon|vi|de",
        above="ovanför denna rad|ovanför den här raden|ovanför denna linje",
    ),
    # Danish
    "da": Words(
        opens="den|på",
        verbs="skrev|har skrevet|skrev følgende|skriver",
        from_="fra|afsender",
        sent="sendt|dato|afsendt",
        to="til|modtager",
        cc="kopi",
        subject="emne|vedr",
        reply=(
            "oprindelig meddelelse|original besked|oprindelig besked|original meddelelse"
            "|den oprindelige meddelelse|oprindelig mail|oprindelig e-mail"
        ),
        forward=(
            "videresendt meddelelse|videresendt besked|start på videresendt besked"
            "|start på videresendt meddelelse|begynd videresendt besked|videresendt mail"
            "|videresendte meddelelse"
        ),
        pronouns="jeg|han|hun|vi|de",
        above="over denne linje|oven over denne linje",
    ),
    # Norwegian
    "no": Words(
        opens="den|på",
        verbs="skrev|skreiv|skrev følgende|har skrevet",
        from_="fra|frå|avsender",
        sent="sendt|dato",
        to="til|mottaker",
        cc="kopi",
        subject="emne|vedr",
        reply="opprinnelig melding|original melding|originalmelding|opprinnelig e-post|opphavleg melding",
        forward=(
            "videresendt melding|start på videresendt melding|begynnelsen på videresendt melding"
            "|starten på videresendt melding|videresendt e-post|vidaresendt melding"
        ),
        pronouns="jeg|han|hun|vi|de",
    ),
    # Icelandic
    "is": Words(
        opens="þann|hinn",
        verbs="skrifaði|ritaði",
        from_="frá",
        sent="sent|dagsetning",
        to="til",
        cc="afrit",
        subject="efni",
        reply="upprunaleg skilaboð",
        forward="framsend skilaboð",
    ),
    # Finnish
    "fi": Words(
        opens="kello",
        verbs="kirjoitti",
        from_="lähettäjä",
        sent="lähetetty|päivämäärä|päiväys|pvm",
        to="vastaanottaja|vastaanottajat",
        cc="kopio",
        subject="aihe|otsikko",
        reply="alkuperäinen viesti",
        forward=(
            "välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa"
            "|edelleen lähetetty viesti|välitettävä viesti alkaa"
        ),
        pronouns="minä|hän|me|he",
        above="tämän rivin yläpuolelle",
    ),
}
