"""The words of the languages of Asia."""

from mailbot.core.quotewords.words import Words

WORLD = {
    # Indonesian
    "id": Words(
        opens="pada|pd|tanggal|tgl|hari",
        verbs="menulis|menuliskan|berkata|tulis|mengirim|menulis pesan",
        quoting="mengutip|pesan dari",
        from_="dari|pengirim",
        sent="dikirim|terkirim|tanggal|tgl|waktu|dikirim pada|tanggal kirim",
        to="kepada|ke|untuk|penerima|yth",
        cc="tembusan|salinan",
        subject="subjek|perihal|judul|hal|subyek",
        reply="pesan asli|pesan semula|pesan asal|pesan sebelumnya|surat asli|email asli|pesan balasan",
        forward=(
            "pesan terusan|pesan yang diteruskan|pesan diteruskan|memulai pesan terusan"
            "|awal pesan terusan|mulai pesan yang diteruskan|email yang diteruskan"
            "|pesan yang diteruskan di bawah|diteruskan oleh|mulai meneruskan pesan"
            "|memulai pesan yang diteruskan"
        ),
        pronouns="saya|aku|kami|kita|dia|ia|beliau|mereka|yang|kamu",
        above=(
            "balas di atas garis ini|balasan anda di atas garis ini|balas di atas baris ini"
            "|balasan di atas baris ini|tulis balasan di atas garis ini|tulis balasan anda di atas"
            "|balasan di atas garis ini|jangan menulis di bawah"
        ),
    ),
    # Malay
    "ms": Words(
        opens="pada",
        verbs="menulis|telah menulis",
        from_="daripada|dari",
        sent="dihantar|tarikh",
        to="kepada",
        cc="salinan",
        subject="subjek|tajuk",
        reply="mesej asal",
        forward="mesej dimajukan",
    ),
    # Vietnamese
    "vi": Words(
        opens="vào|vào lúc|lúc|ngày",
        verbs="đã viết|viết|đã viết như sau",
        from_="từ|người gửi",
        sent="đã gửi|ngày|ngày gửi|gửi|thời gian|gửi lúc",
        to="đến|tới|người nhận",
        cc="đồng gửi",
        subject="chủ đề|tiêu đề",
        reply="tin nhắn gốc|thư gốc|tin gốc",
        forward=(
            "thư đã chuyển tiếp|tin nhắn được chuyển tiếp|thư chuyển tiếp"
            "|bắt đầu thư được chuyển tiếp|tin nhắn chuyển tiếp"
        ),
        pronouns="tôi|anh ấy|cô ấy|họ",
    ),
    # Thai
    "th": Words(
        opens="เมื่อ|ในวันที่|เมื่อวันที่",
        verbs="เขียนว่า|เขียน|ได้เขียน",
        from_="จาก",
        sent="ส่ง|วันที่|ส่งเมื่อ",
        to="ถึง",
        cc="สำเนา",
        subject="เรื่อง|หัวเรื่อง|หัวข้อ",
        reply="ข้อความต้นฉบับ|ข้อความเดิม",
        forward="ข้อความที่ส่งต่อ|ข้อความส่งต่อ",
    ),
    # Japanese
    "ja": Words(
        verbs="のメール|書きました|のメッセージ|wrote|書いた|が書きました|より|さんからのメール",
        from_="差出人|送信者|送信元|発信者",
        sent="送信日時|日時|日付|送信日|送信済み|送信時刻",
        to="宛先|受信者|to",
        cc="写し|cc",
        subject="件名|題名",
        reply=(
            "元のメッセージ|オリジナル メッセージ|オリジナルメッセージ|返信元メッセージ"
            "|original message|元のメール|メッセージの引用"
        ),
        forward=(
            "転送メッセージ|転送されたメッセージ|転送されたメッセージを開始|転送メール"
            "|転送元メッセージ|ここから転送メッセージ|転送"
        ),
        above="この行より上に|この線より上に",
    ),
    # Chinese
    "zh": Words(
        opens="在|于|於",
        verbs="写道|寫道|写到|來信|写|寫道如下|编写|撰寫|撰写|来信",
        from_="发件人|寄件者|寄件人|發件人|发送人|发信人|寄信人|發件者",
        sent=(
            "发送时间|日期|时间|已发送|發送時間|寄件日期|傳送時間|發送日期|发送日期|傳送日期|時間|已傳送"
            "|送件日期|发件时间"
        ),
        to="收件人|收件者|至|发送至|收信人",
        cc="抄送|副本|抄送人|副本抄送",
        subject="主题|主旨|主題|标题|標題",
        reply=(
            "原始邮件|原始郵件|邮件原件|原始信件|原邮件|原始消息|原始訊息|原始邮件信息|回复的原邮件"
            "|回复的邮件|原郵件|郵件原件|original"
        ),
        forward=(
            "转发邮件|轉寄郵件|转发的邮件|轉寄的郵件|转发邮件信息|已转发邮件|開始轉寄郵件"
            "|开始转发的邮件|转发的消息|轉發的郵件|开始转发邮件|下面是被转发的邮件|以下是转发的邮件"
            "|下面是轉寄的郵件|轉寄訊息|開始轉寄訊息|forwarded message|轉寄的訊息|下面是转发的邮件"
        ),
        above="请在此线上方回复|在此行上方|請在此線上方|请在此行上方",
    ),
    # Korean
    "ko": Words(
        verbs="님이 작성|작성|님이 작성함|님이 작성한 메시지|작성함|님이 씀|님이 보낸 메시지|님이 쓴 글",
        from_="보낸 사람|보낸사람|발신자|발신|보낸이|보내는 사람",
        sent="보낸 날짜|날짜|보냄|일시|보낸날짜|보낸 시간|발송일|작성일",
        to="받는 사람|받는사람|수신자|수신|받는이",
        cc="참조|숨은참조",
        subject="제목",
        reply="원본 메시지|원본메시지|원본 메일|원래 메시지|original message|원본메일|원문",
        forward=(
            "전달된 메시지|전달된 메일|전달 메시지|전달된 메시지 시작|전달된 메시지의 시작"
            "|전달한 메시지|아래는 전달된 메시지"
        ),
        above="이 줄 위에|이 선 위에",
    ),
    # Arabic
    "ar": Words(
        opens="في|بتاريخ",
        verbs="كتب|كتبت|كتب/ت|كتب ما يلي",
        from_="من|المرسل",
        sent="تاريخ الإرسال|التاريخ|أرسلت|تم الإرسال|أُرسلت|مرسل",
        to="إلى|الى|المستلم",
        cc="نسخة",
        subject="الموضوع|موضوع",
        reply="الرسالة الأصلية|رسالة أصلية",
        forward="رسالة معاد توجيهها|الرسالة المعاد توجيهها|بدء الرسالة المعاد توجيهها",
    ),
    # Hebrew
    "he": Words(
        opens="בתאריך|ב-|ביום|ב",
        verbs="כתב|כתבה|כתב/ה|מאת",
        from_="מאת|מ",
        sent="נשלח|תאריך|נשלח ב",
        to="אל|ל",
        cc="עותק",
        subject="נושא",
        reply="הודעה מקורית|ההודעה המקורית",
        forward="הודעה שהועברה|הודעה מועברת|תחילת הודעה מועברת",
    ),
    # Persian
    "fa": Words(
        opens="در",
        verbs="نوشت|نوشته است",
        from_="از",
        sent="تاریخ|ارسال",
        to="به",
        subject="موضوع",
        reply="پیام اصلی",
        forward="پیام ارسال شده",
    ),
    # Hindi
    "hi": Words(verbs="ने लिखा", from_="प्रेषक", sent="भेजा गया", to="प्रति", subject="विषय", reply="मूल संदेश"),
    # Bengali
    "bn": Words(verbs="লিখেছেন", reply="মূল বার্তা"),
    # Tamil
    "ta": Words(verbs="எழுதியது|எழுதினார்"),
    # Swahili
    "sw": Words(opens="mnamo", verbs="aliandika|ameandika", from_="kutoka kwa", to="kwa", reply="ujumbe asili"),
    # Afrikaans
    "af": Words(
        opens="op",
        verbs="geskryf|het geskryf",
        from_="van",
        sent="gestuur",
        to="aan",
        subject="onderwerp",
        reply="oorspronklike boodskap",
    ),
    # Galician
    "gl": Words(verbs="escribiu", from_="de", sent="enviado", to="para", subject="asunto", reply="mensaxe orixinal"),
}
