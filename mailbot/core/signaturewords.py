"""The words below a text: the lines that phones and programs add, closing formulas, notices of confidentiality.

All are compared folded (`text.fold`): without case, accents and double blanks.
"""

from mailbot.core.text import fold


def _folded(*texts: str) -> tuple[str, ...]:
    """The alternatives, folded; a blank at the end stays, because it ends a word."""
    found = (fold(word) + " " * word.endswith(" ") for text in texts for word in text.split("|") if word.strip())
    return tuple(dict.fromkeys(found))


DEVICES = _folded(
    "sent from |sent wirelessly |sent via |sent using |sent with |sent by |sent on the go|sent on the |sent on my "
    "|sent through |get outlook for |get the outlook |via mobile|typed on my |typed with |envoyé de mon "
    "|this email was sent from my |this message was sent from my |get boxer|shared from |get bluemail "
    "|sent securely |secured with |secured by tutanota|sent - |yahoo mail: search|please excuse any typos"
    "|please excuse brevity|please excuse my brevity|excuse typos|apologies for brevity|excuse my brevity"
    "|pardon the brevity|sent. from",
    "dikirim dari |dikirim melalui |dikirim menggunakan |dikirim lewat |dikirim via |dikirim dengan "
    "|terkirim dari |terkirim melalui |dapatkan outlook |unduh outlook |pesan ini dikirim dari "
    "|email ini dikirim dari |diketik dari ",
    "dihantar dari |dihantar daripada |dapatkan outlook ",
    "von meinem |von meiner |gesendet von |gesendet mit |gesendet über |gesendet aus "
    "|diese nachricht wurde von meinem |diese nachricht wurde mit |versendet mit |versendet von |outlook für "
    "|holen sie sich outlook |verschickt mit |verfasst auf ",
    "envoyé de |envoyé depuis |envoyé à partir |envoyé avec |envoyé sans fil |envoyé par |envoyé via "
    "|envoyé du |obtenez outlook |obtenir outlook |télécharger outlook |téléchargez outlook "
    "|provenance : courrier ",
    "enviado desde |enviado con |enviado por |enviado de mi |enviado a través |enviado mediante "
    "|obtener outlook |obtén outlook |descargar outlook |envia desde |mensaje enviado desde ",
    "enviado do |enviado a partir |enviado pelo |enviado via |enviado com |enviado através |enviada do "
    "|enviado de |obter o outlook |obter outlook |baixe o outlook ",
    "inviato da |inviato dal |inviato dall|inviato con |inviato tramite |scarica outlook |ottieni outlook "
    "|inviato su |inviata da |inviato via ",
    "verzonden vanaf |verzonden met |verstuurd vanaf |verstuurd met |verzonden via |outlook voor "
    "|download outlook |verstuurd via ",
    "skickat från |skickades från |skickat med |hämta outlook |skickat via |sänt från ",
    "sendt fra |sendt med |sendt via |hent outlook |få outlook |sendt fra min ",
    "lähetetty |hanki outlook ",
    "wysłane z |wysłano z |wysłane za pomocą |wysłane przez |pobierz outlook |pobierz program outlook "
    "|pobierz aplikację outlook |wysłane ze |wiadomość wysłana z ",
    "odesláno z |odesláno přes |odoslané z |odoslané zo |odesláno pomocí |získejte outlook |stáhnout outlook "
    "|poslané z |posláno z ",
    "elküldve |küldve |iphone-omról küldve|az iphone-omról |outlook letöltése ",
    "trimis de pe |trimis din |trimis prin |descărcați outlook |obțineți outlook ",
    "отправлено с |отправлено из |отправлено через |отправлено при |получить outlook |скачать outlook "
    "|отправлено от |послано с ",
    "надіслано з |надіслано із |відправлено з |отримати outlook |надіслано через ",
    "iphone'umdan |iphone’umdan |ipad'imden |android için |outlook'u |tarafımdan gönderildi"
    "|samsung mobil cihaz|mobil cihazımdan",
    "đã gửi từ |được gửi từ |gửi từ |tải outlook |tải xuống outlook ",
    "ส่งจาก |ดาวน์โหลด outlook",
    "poslano s mog |poslano s mojeg |poslano z mojega |poslato sa mog |poslano sa mog |preuzmite outlook "
    "|saadetud minu |išsiųsta iš mano |nosūtīts no ",
    "enviat des |enviat del |στάλθηκε από |αποστολή από |λήψη του outlook",
    "发自我的|发自|從我的|从我的|來自我的|寄自我的|来自我的|由我的|获取 outlook|取得 outlook|取得 ios |取得 android "
    "|下載 outlook"
    "|获取outlook|傳送自|发送自|已从|發自我的|来自:网易",
    "iphoneから送信|ipadから送信|androidから送信|私のiphone|マイ |outlook for ios を|outlook for android を"
    "|スマートフォンから送信|windows 10 版のメール|windows 版のメール|my iphone|yahoo!メール",
    "나의 iphone|내 iphone|나의 ipad|내 ipad|내 갤럭시|삼성 |outlook 다운로드|ios용 outlook|android용 outlook"
    "|나의 galaxy|내 galaxy|갤럭시에서|휴대폰에서",
    "נשלח מ|أرسلت من |أُرسلت من |مرسل من ",
)
"""How the lines begin that phones and mail programs add."""

DEVICE_PARTS = _folded(
    "outlook for ios|outlook for android|outlook for mac|outlook untuk android|outlook untuk ios"
    "|outlook für ios|outlook für android|outlook pour ios|outlook pour android|outlook para ios"
    "|outlook para android|outlook per ios|outlook per android|outlook voor ios|outlook voor android"
    "|outlook för ios|outlook för android|outlook til ios|outlook til android|outlook dla |outlook для "
    "|mail for windows|mail untuk windows|mail für windows|courrier pour windows|correo para windows"
    "|posta per windows|mail voor windows|iphone'umdan gönderildi|iphone’umdan gönderildi|iphoneから送信"
    "|ipadから送信|androidから送信|iphone에서 보냄|iphone에서 보낸|ipad에서 보냄|에서 보냄|에서 보낸 메일"
    "|から送信|から送信されました|cihazımdan gönderildi|telefonumdan gönderildi|via yahoo mail"
    "|galaxy smartphone|from my iphone|from my android|iphone gesendet|android gesendet|smartphone gesendet"
    "|handy gesendet|mobilgerät gesendet|mobile gesendet|tablet gesendet|ipad gesendet|mailbox for iphone",
)
"""What stands within such lines."""

SAFE_DEVICES = _folded(
    "iphone|ipad|android|samsung|galaxy|yahoo|outlook|hp|handphone|ponsel|seluler|perangkat|telepon"
    "|blackberry|xiaomi|redmi|oppo|vivo|huawei|realme|infinix|gmail|mail|tablet|smartphone|windows|telkomsel"
    "|indosat|xl|saya|my|zimbra|mobile|phone|ios|nokia|asus|lenovo",
)
"""A sentence that begins with "Dikirim dari" or "Sent via" names one of these when a phone wrote it."""

NEEDS_DEVICE = _folded(
    "dikirim |terkirim |dihantar |sent via |sent using |sent with |sent by |sent through |sent - "
    "|shared from |envoyé par |envoyé du |enviado por |enviado con |enviado de |gesendet aus |gesendet über "
    "|lähetetty |elküldve |küldve |secured with |sendt med |skickat med |enviado com |inviato con "
    "|secured by |verzonden met |verstuurd met |versendet |typed with |verschickt mit |verzonden via "
    "|verstuurd via ",
)
"""The beginnings that people use in sentences, too."""

APPS = _folded(
    "proton|protonmail|spark|superhuman|missive|front|polymail|tutanota|tuta|mailspring|airmail|newton|boxer"
    "|edison|bluemail|k-9|canary|thunderbird|zimbra|hey|mailbird|postbox|fairemail|gmx|web.de|mailbox|app"
    "|kaiten|readdle|email|e-mail|nine|aquamail|mailtime|shortwave|mixmax|hubspot|acompli|alto|aol|rakuten"
    "|docomo|au|t-online|telekom|vodafone|orange|free|sfr|bouygues|wanadoo|mail.ru|yandex",
)
"""Mail programs, which their own advertisements name."""

CLOSINGS = _folded(
    "regards|best regards|kind regards|kindest regards|warm regards|warmest regards|with best regards"
    "|with kind regards|with regards|with warm regards|best wishes|with best wishes|sincerely|yours sincerely"
    "|yours faithfully|yours truly|sincerely yours|respectfully|respectfully yours|cheers|best|all the best"
    "|rgds|brgds|br|kr|bw|take care|cordially|warmly|yours|very truly yours|thanks and regards"
    "|thanks & regards|thank you and regards|thanks and best regards|thank you & regards|thanks/regards"
    "|thanks with regards|thanks & best regards|many thanks and best regards|thanks and kind regards"
    "|b. regards|b.regards|best rgds|good day|talk soon|speak soon|v/r|very respectfully",
    "salam|salam hormat|salam hormat saya|hormat saya|hormat kami|salam hangat|wassalam|wassalamualaikum"
    "|wassalamu'alaikum wr. wb|wassalamualaikum wr wb|wassalamu'alaikum warahmatullahi wabarakatuh"
    "|wassalamualaikum wr. wb|salam dan terima kasih|terima kasih dan salam|terima kasih & salam|hormat"
    "|salam sukses|yang menghormati|tertanda|salam kami|hormat kami semua|best regard|regard",
    "mit freundlichen grüßen|mit freundlichen gruessen|mit freundlichem gruß|mit freundlichem gruss"
    "|freundliche grüße|freundliche gruesse|viele grüße|viele gruesse|beste grüße|liebe grüße|mfg|vg|lg"
    "|schöne grüße|gruß|gruss|grüße|gruesse|herzliche grüße|hochachtungsvoll|mit besten grüßen|besten gruß"
    "|schöne gruesse|mit herzlichen grüßen|bg|bis dann|freundlicher gruß|viele liebe grüße|mit vielen grüßen",
    "cordialement|bien cordialement|très cordialement|bien à vous|bien à toi|sincères salutations|salutations"
    "|amicalement|respectueusement|meilleures salutations|cdt|cdlt|bien cdt|salutations distinguées"
    "|cordiales salutations|amitiés|à bientôt",
    "saludos|un saludo|saludos cordiales|atentamente|cordialmente|un cordial saludo|atte"
    "|reciba un cordial saludo|le saluda atentamente|saludos y gracias|cordiales saludos|quedo atento"
    "|un abrazo|abrazos",
    "cordiali saluti|distinti saluti|saluti|grazie e saluti|grazie e cordiali saluti|un saluto"
    "|un cordiale saluto|in fede|buona giornata|cari saluti|a presto",
    "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraços|abraço|att"
    "|saudações|com cumprimentos|cordiais cumprimentos|at.te",
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groet|groeten"
    "|groetjes|mvg|hoogachtend|met hartelijke groet|hartelijke groet|hartelijke groeten|m.v.g",
    "med vänliga hälsningar|vänliga hälsningar|med vänlig hälsning|vänlig hälsning|hälsningar|mvh"
    "|bästa hälsningar|hälsning|allt gott|m.v.h|hälsar",
    "med venlig hilsen|venlig hilsen|hilsen|kh|vh|de bedste hilsner|bedste hilsner|kærlig hilsen"
    "|med venlige hilsner|mange hilsner|hilsner|bedste hilsen|dbh|de bedste hilsener|med de bedste hilsner"
    "|venlige hilsner",
    "med vennlig hilsen|vennlig hilsen|beste hilsen|med beste hilsen|mvh|hilsen|vennlige hilsener|med hilsen"
    "|ha en fin dag",
    "ystävällisin terveisin|terveisin|yt|parhain terveisin|terv|terveisiä",
    "pozdrawiam|z poważaniem|pozdrowienia|serdecznie pozdrawiam|z wyrazami szacunku|pozdr|z pozdrowieniami"
    "|pozdrawiam serdecznie|łączę pozdrowienia|miłego dnia|pozdrawiam cieplo|z serdecznymi pozdrowieniami",
    "s pozdravem|s přátelským pozdravem|zdravím|hezký den|s úctou|s pozdravom|pěkný den|přeji hezký den"
    "|s přáním hezkého dne",
    "üdvözlettel|tisztelettel|üdv|szívélyes üdvözlettel|cu stimă|cu respect|toate cele bune|cu drag|o zi bună",
    "с уважением|с наилучшими пожеланиями|всего доброго|с наилучшими|всего хорошего|з повагою"
    "|з найкращими побажаннями|с поважением|с почтением|с уважение|поздрави",
    "saygılarımla|iyi çalışmalar|saygılar|selamlar|sevgiler|iyi günler dilerim|saygılarımızla|trân trọng"
    "|thân ái|kính thư|thân mến|trân trọng kính chào",
    "salutacions|salutacions cordials|atentament|με εκτίμηση|φιλικά|με φιλικούς χαιρετισμούς|s poštovanjem"
    "|lijep pozdrav|lp|srdačan pozdrav|lep pozdrav|srdačno|lugupidamisega|parimate soovidega|pagarbiai"
    "|ar cieņu|linkėjimai",
    "敬具|此致|此致敬礼|敬礼|祝好|顺祝商祺|順頌商祺|敬上|致敬|祝商祺|顺颂商祺|謹此|祝 好|此致 敬礼|בברכה"
    "|مع التحية|مع أطيب التحيات|تحياتي|مع تحياتي|وتفضلوا بقبول فائق الاحترام"
    "|með kveðju|bestu kveðjur|kveðja|kær kveðja|ondo izan|ขอแสดงความนับถือ",
)
"""Closing formulas: with a name below them they are a signature."""

THANKS = _folded(
    "thanks|many thanks|thank you|thanks a lot|thanks in advance|thx|thank you very much|thank you so much"
    "|thanks again|thanks so much|ty|tia|thank you in advance|thanks very much|with thanks|much appreciated"
    "|terima kasih|terimakasih|trims|makasih|tks|thks|terima kasih banyak|terima kasih sebelumnya"
    "|demikian terima kasih|terima kasih atas perhatiannya|atas perhatiannya kami ucapkan terima kasih|danke"
    "|vielen dank|besten dank|danke schön|herzlichen dank|dankeschön|merci|merci d'avance|merci beaucoup"
    "|avec mes remerciements|gracias|muchas gracias|grazie|grazie mille|obrigado|obrigada|muito obrigado"
    "|muito obrigada|bedankt|alvast bedankt|dank u|dank je|dank u wel|tack|tack på förhand|tak|mange tak"
    "|på forhånd tak|takk|på forhånd takk|kiitos|kiitoksia|dziękuję|dzięki|z góry dziękuję|děkuji|díky"
    "|ďakujem|köszönöm|köszönettel|mulțumesc|спасибо|заранее спасибо|благодарю|дякую|teşekkürler"
    "|teşekkür ederim|cảm ơn|xin cảm ơn|gràcies|ευχαριστώ|hvala|谢谢|謝謝|ありがとうございます|감사합니다"
    "|aitäh|ačiū|paldies|תודה|شكرا|takk fyrir",
)
"""Thanks: a closing formula with a comma and a name below it, else a word of the text."""

NOTICES = _folded(
    "confidentiality notice|confidentiality note|confidentiality disclaimer|confidential notice|disclaimer"
    "|legal disclaimer|e-mail disclaimer|email disclaimer|privileged and confidential|legal notice"
    "|important notice|this email and any|this e-mail and any|this e-mail, and any|this email, and any"
    "|this email (including|this e-mail (including|this e-mail is confidential|this email is confidential"
    "|this message and any attach|this message is confidential|this message is intended"
    "|this email is intended|this e-mail is intended|this message contains confidential"
    "|this email contains confidential|this e-mail contains confidential|this message may contain"
    "|this email may contain|this e-mail may contain|this e-mail transmission|this electronic message"
    "|this communication|the information contained in this|the information in this e"
    "|the information transmitted|the contents of this e|the content of this e|this transmission"
    "|any views or opinions|this message (including|this message, including|this message w/attachments"
    "|please consider the environment|consider the environment|before printing|please think before|save paper"
    "|think before you print|this email has been scanned|this e-mail has been scanned"
    "|this message has been scanned|this email has been checked|this e-mail has been checked|virus-free"
    "|scanned by |avast logo|to unsubscribe from this group|you received this message because|to unsubscribe,"
    "|if you are not the intended recipient|if you have received this e"
    "|if you have received this message in error|notice: this e|warning: this e|confidential:|confidential -",
    "pesan ini bersifat|pesan ini dan|pesan ini mungkin|pesan ini hanya|email ini dan|email ini bersifat"
    "|email ini mungkin|e-mail ini dan|e-mail ini bersifat|e-mail ini mungkin|email ini hanya"
    "|e-mail ini hanya|surel ini|surat elektronik ini|pernyataan kerahasiaan|pemberitahuan kerahasiaan"
    "|penafian|informasi dalam email ini|informasi yang terdapat dalam|informasi yang terkandung"
    "|isi email ini|isi e-mail ini|jika anda bukan penerima|apabila anda bukan penerima"
    "|pertimbangkan lingkungan|mohon pertimbangkan lingkungan|peringatan kerahasiaan|catatan kerahasiaan"
    "|email ini telah diperiksa|bebas virus|hemat kertas|kerahasiaan:",
    "diese e-mail enthält|diese email enthält|diese nachricht enthält|diese e-mail ist vertraulich"
    "|diese mail enthält|der inhalt dieser e-mail|der inhalt dieser mail|diese e-mail und|diese nachricht ist"
    "|diese e-mail kann|vertraulichkeitshinweis|vertraulichkeitserklärung|haftungsausschluss"
    "|rechtlicher hinweis|hinweis: diese e|bitte denken sie an die umwelt|diese e-mail wurde von avast"
    "|diese e-mail wurde auf viren|virenfrei|bitte prüfen sie, ob|die information in dieser"
    "|wichtiger hinweis: diese",
    "ce message et |ce courriel et|ce message est confidentiel|ce courriel est|ce mail et"
    "|ce message électronique|cet e-mail et|cet email et|cet e-mail est|avis de confidentialité"
    "|avertissement de confidentialité|les informations contenues dans ce|le contenu de ce|garanti sans virus"
    "|l'absence de virus|cet e-mail a été vérifié|pensez à l'environnement|pensez à l’environnement"
    "|avant d'imprimer|ce message contient|ce courriel contient|clause de confidentialité",
    "este mensaje y|este correo y|este mensaje contiene|este correo electrónico|este mensaje es"
    "|este mensaje se dirige|este e-mail|aviso legal|aviso de confidencialidad|advertencia legal"
    "|cláusula de confidencialidad|la información contenida en|antes de imprimir|libre de virus"
    "|este mensaje va dirigido|la información incluida|nota de confidencialidad",
    "esta mensagem|este email|esta mensagem e|aviso de confidencialidade|as informações contidas"
    "|a informação contida|o conteúdo desta|antes de imprimir|livre de vírus|esta comunicação"
    "|confidencialidade:|esta mensagem pode",
    "questo messaggio|questa e-mail|questa email|le informazioni contenute|avviso di riservatezza"
    "|ai sensi del|il contenuto di questa|prima di stampare|privo di virus|mail priva di virus"
    "|il presente messaggio|nota di riservatezza|informativa privacy",
    "dit bericht|dit e-mailbericht|deze e-mail|deze email|de informatie in dit|de inhoud van dit"
    "|de informatie verzonden|virusvrij|denk aan het milieu|vertrouwelijkheid",
    "detta meddelande|det här meddelandet|detta e-postmeddelande|denna e-post|denne e-mail|denne mail"
    "|denne e-post|denne e-posten|tänk på miljön|tænk på miljøet|denne meddelelse|virusfri|tämä viesti"
    "|tämä sähköposti|fortrolighed|konfidentialitet",
    "ta wiadomość|niniejsza wiadomość|informacje zawarte w|treść tej wiadomości|wiadomość ta|tento e-mail"
    "|tato zpráva|tento email|obsah této|tato e-mailová|informace obsažené|táto správa|ez az üzenet"
    "|ez az e-mail|acest mesaj|acest e-mail|wolny od wirusów|bez wirusów|zanim wydrukujesz|ten e-mail",
    "это сообщение и|данное сообщение|настоящее сообщение|это письмо|данное письмо|настоящее электронное"
    "|информация, содержащаяся|цей лист|це повідомлення|bu e-posta|bu mesaj|bu elektronik posta|thư này"
    "|email này|本邮件|此邮件|本郵件|此電子郵件|この電子メール|本メール|このメール|本電子メール|이 메일은"
    "|본 메일|이 메시지는|본 이메일",
)
"""How notices begin that mail servers and lawyers add."""

BANNERS = _folded(
    "caution: this e|caution: external|caution! this|caution - external|caution: the e|caution:external"
    "|caution: do not|external email|external mail|external e-mail|external message|external sender|[external"
    "|this message originated outside|this email originated outside|this email originated from outside"
    "|this message originated from outside|this message was sent from outside"
    "|this email was sent from outside|this e-mail originated|this mail originated"
    "|you don't often get email from|some people who received this message don't often|warning: this e"
    "|warning: external|warning: the sender|*** external|***external|** external|*external|-----external"
    "|[caution|[warning: external|be careful with this message|attention: external|attention: this e"
    "|externe e-mail|achtung: externe|achtung! diese|vorsicht: externe|vorsicht: diese"
    "|diese e-mail stammt von ausserhalb|peringatan: email ini|perhatian: email ini|email eksternal"
    "|[eksternal|email ini berasal dari luar|pesan ini berasal dari luar|perhatian: pesan ini"
    "|peringatan: pesan ini|hati-hati: email|attention : courriel externe|attention: ce|mise en garde"
    "|courriel externe|e-mail externe|anda tidak sering mendapat email dari|anda jarang menerima email dari"
    "|sie erhalten nicht oft e|vous ne recevez pas souvent|no suele recibir correo|notice: this e"
    "|cuidado: este|precaución: este|attenzione: questa|let op: deze|advarsel: denne|varning: detta"
    "|achtung: diese|vorsicht! diese|warnung: diese|hinweis: diese e|diese e-mail kommt von ausserhalb"
    "|diese nachricht stammt von ausserhalb|ce message provient de l'ext|ce courriel provient de l'ext"
    "|attention! ce|attention : ce|correo externo|mensaje externo|este correo se originó fuera|atención: este"
    "|atenção: este|e-mail externo|email externo|messaggio esterno|attenzione: il mess|attenzione: e-mail"
    "|deze e-mail komt van buiten|opgelet: deze|obs: detta|obs! detta|uwaga: ta wiadomość|uwaga! ta wiadomość"
    "|wiadomość zewnętrzna|upozornění: tento|pozor: tento|внимание: это|внимание! это|внешнее письмо"
    "|dikkat: bu e|注意：この|注意:この|外部からのメール|外部メール|外部邮件|外部郵件|주의: 외부|외부 메일",
)
"""How the warnings begin that mail gateways put above a mail from outside."""

BANNER_SIGNS = _folded(
    "external|outside|extern|eksternal|luar|ausserhalb|extérieur|fuera|esterno|esterna|buiten|udefra|utanför|often|jarang"
    "|zewnątrz"
    "|zewnętrzn|externí|внешн|kurum dışı|dışından|外部|외부|sering|nicht oft"
    "|souvent|suele|spesso|suspicious|do not click|unless you recognize|be careful"
)
"""What such a warning speaks of: "Attention: this" begins many a text."""

NOTICE_SIGNS = _folded(
    "confidential|intended|privileged|virus|unsubscrib|recipient|addressee|disclaim"
    "|environment|printing|print this|you print|paper"
    "|received this message because|legal notice|malware|scanned|views or opinions|rahasia"
    "|ditujukan|penerima|penafian"
    "|lingkungan|vertraulich|empfänger|adressat|umwelt|haftung|confidentiel|destinataire|environnement|imprimer"
    "|confidencial|destinatari|destinatário|medio ambiente|aviso legal|imprimir|riservat"
    "|stampare|privacy|vertrouwelijk"
    "|geadresseerde|milieu|konfidentiell|fortrolig|luottamukse|poufn|adresat|důvěrn|dôvern|bizalmas|címzett|confidenț"
    "|конфиденц|конфіденц|gizli|bảo mật|bí mật|保密|机密|機密|機密情報|기밀|비밀|מסווג|سري|taushetsplikt"
    "|miljø|miljön|sekret"
)
"""What such a notice speaks of: "This e-mail is" begins many a text."""
