"""Is a password hard to guess, also for somebody who knows Chinese habits? If not: what to change, in one sentence."""

import re
from threading import Lock

from score_web.core.words import N_, Sentence

SHORTEST, LONGEST = 10, 200
STRONG = 3  # of zxcvbn's 0–4
COMPARED = 72  # zxcvbn raises above this length

# What people here type when they must invent a password: declarations of love, lucky numbers, places, greetings, firms.
HABITS = """
woaini 5201314 1314520 520 1314 521 woaiwojia woaizhongguo iloveyou 7758521 7758258 wo ai ni laopo laogong baobei qinai aini
woshi shiwo nihao nihaoma zhongguo zhonghua china beijing shanghai guangzhou shenzhen ningbo chongqing zhejiang guangdong
sichuan dalian chengdu hangzhou tianjin jiangsu suzhou wuhan deyang liaoning mima wodemima denglu zhanghao yonghu guanli
guanliyuan huanying gongsi gongchang qiye qiyejia chejian laoban changzhang jingli zhongxin jituan jixie dianzi wujin shiye
youxiangongsi youxian xiexie facai gongxi gongxifacai daji xinnian kuaile shengri xingfu meili pengyou tongxue tianshi longma
zhanglei wangwei zhangwei wangfang liwei lina zhangmin lijing wangjing xiaoming xiaohong 168 1688 518 5188 666 6666 888 8888
88888888 668 688 886 999 147258369 147258 159357 qazwsx qweasd 1qaz2wsx qq weixin wechat taobao alipay zhifubao huawei score
scoreweb sme training peixun xuexi pinggu anquan shengchan zhiliang a123456 123456a abc123 admin root test demo chunjie
mingtian jintian tiantian kaixin dashu yiqi 1234567890
""".split()  # noqa: SIM905 - a list of so many words reads better as text
_PARTS = re.compile(r"[^\W_]{3,}")
_one_at_a_time = Lock()  # zxcvbn keeps the words it was given in a global


def weakness(password: str, about: tuple[str, ...] = ()) -> Sentence | None:
    """What to change, or None when it is good. `about`: e-mail, name, company and phone of the person."""
    if len(password) < SHORTEST:
        return Sentence(
            N_("Use at least %(least)s characters; this password has %(n)s. A short sentence is easy to remember."),
            least=SHORTEST,
            n=len(password),
        )
    if len(password) > LONGEST:
        return Sentence(N_("Use at most %(most)s characters."), most=LONGEST)
    personal = [part.lower() for text in about for part in (*_PARTS.findall(text), text.split("@")[0]) if len(part) > 2]
    if word := _nothing_else(password.lower(), personal):
        return _known(word, personal)
    from zxcvbn import zxcvbn  # noqa: PLC0415 - slow to load, and few requests need it

    with _one_at_a_time:
        result = zxcvbn(password[:COMPARED], user_inputs=[*personal, *HABITS])
    return None if result["score"] >= STRONG else _advice(result["sequence"], personal)


def _nothing_else(password: str, personal: list[str]) -> str:
    """The longest known word, when besides such words, digits and signs hardly a letter remains: zxcvbn is too kind to these."""
    rest, found = password, []
    for word in sorted({*personal, *HABITS}, key=len, reverse=True):
        if len(word) > 2 and word in rest:
            rest = rest.replace(word, " ")
            found.append(word)
    letters = sum(c.isalpha() for c in rest)
    return found[0] if found and letters < 4 else ""


def _known(word: str, personal: list[str]) -> Sentence:
    if word in personal:
        return Sentence(
            N_("“%(word)s” is part of your own details, which others know. Use words that have nothing to do with you."), word=word
        )
    return Sentence(N_("“%(word)s” is used by many people and guessed first. Add two more words that do not belong together."), word=word)


def _advice(sequence: list[dict], personal: list[str]) -> Sentence:
    found = [match for match in sequence if match["pattern"] != "bruteforce"]
    weakest = max(found, key=lambda match: match["j"] - match["i"], default={"pattern": ""})
    word = weakest.get("token", "")
    if weakest["pattern"] == "dictionary":
        return _known(word.lower(), personal)
    if weakest["pattern"] in ("date", "regex"):
        return Sentence(N_("“%(word)s” is a date or a year, which is guessed quickly. Use words instead."), word=word)
    if weakest["pattern"] in ("spatial", "sequence", "repeat"):
        return Sentence(N_("“%(word)s” is a row of keys, digits or repetitions, which is guessed quickly. Use words instead."), word=word)
    return Sentence(N_("This password is easy to guess. Make it longer: four words that do not belong together are good."))
