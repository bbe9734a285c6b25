"""On what is somebody signed in? Two brand names a person recognises, from what the browser says about itself."""

from typing import NamedTuple

PROGRAMS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC Browser"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


class Visitor(NamedTuple):
    """Who comes, before we know who it is: the network address, the long-lived key of the browser, what it says about itself."""

    client: str = ""
    key: str = ""
    says: str = ""


def device_words(user_agent: str) -> str:
    """Such as "WeChat · Android"; empty when neither is known."""
    return " · ".join(name for table in (PROGRAMS, SYSTEMS) if (name := _first(table, user_agent)))


def _first(table, user_agent: str) -> str:
    return next((name for sign, name in table if sign in user_agent), "")
