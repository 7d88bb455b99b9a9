"""What the staff of the demo have written, in every language."""

GROUP_NAMES = (
    {
        "ja": "土曜の午後", "ja-easy": "どようびの ごご", "en": "Saturday afternoon", "pt-BR": "Sábado à tarde",
        "vi": "Chiều thứ Bảy", "es": "Sábado por la tarde", "zh-Hans": "星期六下午", "tl": "Sabado ng hapon",
    },
    {
        "ja": "日曜の午後", "ja-easy": "にちようびの ごご", "en": "Sunday afternoon", "pt-BR": "Domingo à tarde",
        "vi": "Chiều Chủ nhật", "es": "Domingo por la tarde", "zh-Hans": "星期日下午", "tl": "Linggo ng hapon",
    },
    {
        "ja": "水曜の夕方", "ja-easy": "すいようびの ゆうがた", "en": "Wednesday evening", "pt-BR": "Quarta à noite",
        "vi": "Tối thứ Tư", "es": "Miércoles por la noche", "zh-Hans": "星期三傍晚", "tl": "Miyerkules ng gabi",
    },
    {
        "ja": "木曜の夕方", "ja-easy": "もくようびの ゆうがた", "en": "Thursday evening", "pt-BR": "Quinta à noite",
        "vi": "Tối thứ Năm", "es": "Jueves por la noche", "zh-Hans": "星期四傍晚", "tl": "Huwebes ng gabi",
    },
)  # fmt: skip
GROUP_NOTES = {
    "ja": "はじめの日は、10分早く来てください。使うパソコンは、こちらで用意します。",
    "ja-easy": "はじめの ひは、10ぷん はやく きてください。つかう パソコンは、こちらに あります。",
    "en": "On the first day, come ten minutes early. We have the computers you will use.",
    "pt-BR": "No primeiro dia, chegue dez minutos antes. Temos os computadores que você vai usar.",
    "vi": "Ngày đầu tiên, hãy đến sớm mười phút. Chúng tôi có sẵn máy tính cho bạn dùng.",
    "es": "El primer día, llega diez minutos antes. Tenemos los ordenadores que vas a usar.",
    "zh-Hans": "第一天请提前10分钟来。电脑由我们准备。",
    "tl": "Sa unang araw, dumating nang sampung minutong mas maaga. May computer kami para sa iyo.",
}
OPENED_REASONS = {
    "ja": "デモのため",
    "ja-easy": "デモの ため",
    "en": "Open for the demonstration",
    "pt-BR": "Aberto para a demonstração",
    "vi": "Mở cửa để trình diễn",
    "es": "Abierto por la demostración",
    "zh-Hans": "因演示而开放",
    "tl": "Bukas para sa demonstrasyon",
}
CLOSED_REASONS = {
    "ja": "設備の点検",
    "ja-easy": "きかいの てんけん",
    "en": "Inspection of the equipment",
    "pt-BR": "Inspeção dos equipamentos",
    "vi": "Kiểm tra thiết bị",
    "es": "Inspección de los equipos",
    "zh-Hans": "设备检查",
    "tl": "Inspeksyon ng kagamitan",
}
DRAWN_TITLES = {
    "ja": "3Dプリントの日", "ja-easy": "3Dプリントの ひ", "en": "3D printing day", "pt-BR": "Dia da impressão 3D",
    "vi": "Ngày in 3D", "es": "Día de impresión 3D", "zh-Hans": "3D打印日", "tl": "Araw ng 3D printing",
}  # fmt: skip
FULL_TITLES = {
    "ja": "映像の日", "ja-easy": "えいぞうの ひ", "en": "Film day", "pt-BR": "Dia do vídeo",
    "vi": "Ngày làm phim", "es": "Día del vídeo", "zh-Hans": "影像日", "tl": "Araw ng pelikula",
}  # fmt: skip
OFFERED_TITLES = {
    "ja": "VRの日", "ja-easy": "VRの ひ", "en": "VR day", "pt-BR": "Dia da realidade virtual",
    "vi": "Ngày thực tế ảo", "es": "Día de la realidad virtual", "zh-Hans": "VR日", "tl": "Araw ng VR",
}  # fmt: skip
EVENT_NOTES = {
    "ja": "飲みものを持ってきてください。作ったものは、持って帰れます。",
    "ja-easy": "のみものを もってきてください。つくった ものは、もって かえれます。",
    "en": "Bring something to drink. You can take home what you make.",
    "pt-BR": "Traga algo para beber. Você pode levar para casa o que fizer.",
    "vi": "Hãy mang theo đồ uống. Bạn có thể mang sản phẩm của mình về nhà.",
    "es": "Trae algo de beber. Puedes llevarte a casa lo que hagas.",
    "zh-Hans": "请自带饮料。做好的作品可以带回家。",
    "tl": "Magdala ng maiinom. Maiuuwi mo ang gagawin mo.",
}
ROOM_NAMES = {
    "ja": "スタジオ{}", "ja-easy": "スタジオ {}", "en": "Studio {}", "pt-BR": "Estúdio {}",
    "vi": "Phòng studio {}", "es": "Estudio {}", "zh-Hans": "工作室{}", "tl": "Studio {}",
}  # fmt: skip
