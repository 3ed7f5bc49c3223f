"""The labelled corpus: secrets of many vendors, made up from a seed, in the contexts of contexts.yaml; harmless texts.

Nothing here knows the rules; half is held out, and was never looked at while the rules were written.
"""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: Final = Path(__file__).parent
HEX: Final = "0123456789abcdef"
ALNUM: Final = string.ascii_letters + string.digits
WORD: Final = ALNUM + "-_"
B64: Final = ALNUM + "+/"
Make = "Callable[[random.Random], str]"


class Labelled(NamedTuple):
    """A text, what of it must be gone (empty: nothing may change), what it is, and whether it is held out."""

    text: str
    secret: str
    kind: str
    held_out: bool


def chars(alphabet: str, low: int, high: int | None = None) -> Callable[[random.Random], str]:
    """A text of so many signs, a digit among them."""

    def make(chance: random.Random) -> str:
        size = chance.randint(low, high or low)
        signs = [chance.choice(alphabet) for _ in range(size)]
        signs[size // 2] = chance.choice([sign for sign in alphabet if sign.isdigit()] or list(alphabet))
        signs[0] = chance.choice([sign for sign in alphabet if sign.isalnum()])
        signs[-1] = chance.choice([sign for sign in alphabet if sign.isalnum()])
        return "".join(signs)

    return make


def joined(*parts: str | Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    """Parts one behind the other."""
    return lambda chance: "".join(part if isinstance(part, str) else part(chance) for part in parts)


#: By vendor, after the vendors' docs.
KEYS: Final[dict[str, Callable[[random.Random], str]]] = {
    "openai": joined("sk-proj-", chars(WORD, 74), "T3BlbkFJ", chars(WORD, 74)),
    "openai_old": joined("sk-", chars(ALNUM, 48)),
    "anthropic": joined("sk-ant-api03-", chars(WORD, 93), "AA"),
    "openrouter": joined("sk-or-v1-", chars(HEX, 64)),
    "deepseek": joined("sk-", chars(HEX, 32)),
    "cerebras": joined("csk-", chars(string.ascii_lowercase + string.digits, 48)),
    "voyage": joined("pa-", chars(WORD, 43)),
    "groq": joined("gsk_", chars(ALNUM, 52)),
    "xai": joined("xai-", chars(ALNUM, 80)),
    "perplexity": joined("pplx-", chars(ALNUM, 48)),
    "fireworks": joined("fw_", chars(ALNUM, 24)),
    "nvidia": joined("nvapi-", chars(WORD, 64)),
    "replicate": joined("r8_", chars(ALNUM, 37)),
    "huggingface": joined("hf_", chars(ALNUM, 34)),
    "langsmith": joined("lsv2_pt_", chars(HEX, 32), "_", chars(HEX, 10)),
    "pinecone": joined("pcsk_", chars(ALNUM, 6), "_", chars(ALNUM, 60)),
    "google": joined("AIza", chars(WORD, 35)),
    "gemini": joined("AQ.Ab8RN6", chars(WORD, 44)),
    "zhipu": joined(chars(HEX, 32), ".", chars(ALNUM, 12), "QxZ7"),
    "upstage": joined("up_", chars(ALNUM, 27), "Xq"),
    "clova": joined("nv-", chars(HEX, 32), chars(ALNUM, 4)),
    "google_refresh": joined("1//0", chars(WORD, 60, 100)),
    "google_access": joined("ya29.a0", chars(WORD, 100, 160)),
    "google_client": joined("GOCSPX-", chars(WORD, 28)),
    "aws": joined("AKIA", chars(string.ascii_uppercase + "234567", 16)),
    "aws_session": joined("ASIA", chars(string.ascii_uppercase + "234567", 16)),
    "bedrock": joined("ABSK", chars(B64, 120)),
    "aliyun": joined("LTAI", chars(ALNUM, 20)),
    "databricks": joined("dapi", chars(HEX, 32)),
    "digitalocean": joined("dop_v1_", chars(HEX, 64)),
    "telegram": joined(chars(string.digits, 10), ":AA", chars(WORD, 33)),
    "twilio": joined("SK", chars(HEX, 32)),
    "twilio_account": joined("AC", chars(HEX, 32)),
    "mailgun": joined("key-", chars(HEX, 32)),
    "mailgun_new": joined(chars(HEX, 32), "-", chars(HEX, 8), "-", chars(HEX, 8)),
    "sendgrid": joined("SG.", chars(WORD, 22), ".", chars(WORD, 43)),
    "mailchimp": joined(chars(HEX, 32), "-us21"),
    "shopify": joined("shpat_", chars(HEX, 32)),
    "shopify_shared": joined("shpss_", chars(HEX, 32)),
    "pypi": joined("pypi-AgEIcHlwaS5vcmc", chars(WORD, 150)),
    "npm": joined("npm_", chars(ALNUM, 36)),
    "vault": joined("hvs.", chars(WORD, 95)),
    "vault_batch": joined("hvb.", chars(WORD, 150)),
    "atlassian": joined("ATATT3xFfGF0", chars(WORD, 160), "=", chars("0123456789ABCDEF", 8)),
    "doppler": joined("dp.pt.", chars(ALNUM, 43)),
    "doppler_service": joined("dp.st.prd.", chars(ALNUM, 43)),
    "postman": joined("PMAK-", chars(HEX, 24), "-", chars(HEX, 34)),
    "linear": joined("lin_api_", chars(ALNUM, 40)),
    "notion": joined("ntn_", chars(string.digits, 11), chars(ALNUM, 35)),
    "notion_old": joined("secret_", chars(ALNUM, 43)),
    "figma": joined("figd_", chars(WORD, 40)),
    "discord": joined("MT", chars(ALNUM, 24), ".G", chars(WORD, 5), ".", chars(WORD, 38)),
    "discord_webhook": joined("https://discord.com/api/webhooks/", chars(string.digits, 19), "/", chars(WORD, 68)),
    "slack": joined("xoxb-", chars(string.digits, 12), "-", chars(string.digits, 12), "-", chars(ALNUM, 24)),
    "slack_webhook": joined("https://hooks.slack.com/services/T", chars(string.ascii_uppercase, 9), "/B",
                            chars(string.ascii_uppercase, 9), "/", chars(ALNUM, 24)),
    "github": joined("ghp_", chars(ALNUM, 36)),
    "github_fine": joined("github_pat_", chars(ALNUM, 22), "_", chars(ALNUM, 59)),
    "gitlab": joined("glpat-", chars(WORD, 20)),
    "stripe": joined("sk_live_", chars(ALNUM, 24)),
    "stripe_webhook": joined("whsec_", chars(ALNUM, 32)),
    "grafana": joined("glsa_", chars(ALNUM, 32), "_", chars(HEX, 8)),
    "newrelic": joined("NRAK-", chars(string.ascii_uppercase + string.digits, 27)),
    "supabase": joined("sbp_", chars(HEX, 40)),
    "planetscale": joined("pscale_tkn_", chars(WORD, 43)),
    "docker": joined("dckr_pat_", chars(WORD, 27)),
    "airtable": joined("pat", chars(ALNUM, 14), ".", chars(HEX, 64)),
    "azure_ad": joined(chars(ALNUM, 3), "8Q~", chars(ALNUM, 34)),
    "jwt": joined("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ", chars(ALNUM, 60), ".", chars(WORD, 43)),
}  # fmt: skip
PASSWORDS: Final[dict[str, Callable[[random.Random], str]]] = {
    "digits": chars(string.digits, 6, 10),
    "digit_first": joined(chars(string.digits, 1), chars(ALNUM + "!#%", 8, 14)),
    "letters": lambda chance: "".join(chance.choice(string.ascii_lowercase) for _ in range(9)) + chance.choice("xqzj"),
    "mixed": chars(ALNUM, 8, 20),
    "signs": joined(chars(ALNUM, 4), "!", chars(ALNUM, 4), "#", chars(ALNUM, 2)),
    "ampersand": joined(chars(ALNUM, 3), "&", chars(ALNUM, 3), "%", chars(ALNUM, 3)),
}
URL_PASSWORDS: Final[dict[str, Callable[[random.Random], str]]] = {
    "plain": chars(ALNUM, 8, 16),
    "slash": joined(chars(string.ascii_letters, 4), "/", chars(ALNUM, 6)),
    "encoded": joined(chars(ALNUM, 4), "%2F", chars(ALNUM, 4)),
}
TOKENS: Final[dict[str, Callable[[random.Random], str]]] = {
    "hex": chars(HEX, 32, 64),
    "base64": joined(chars(B64, 40), "="),
    "alnum": chars(ALNUM, 24, 48),
    "word": chars(WORD, 32, 64),
}
SESSIONS: Final[dict[str, Callable[[random.Random], str]]] = {
    "hex": chars(HEX, 32),
    "alnum": chars(ALNUM, 20, 32),
}
SIGNATURES: Final[dict[str, Callable[[random.Random], str]]] = {
    "hex": chars(HEX, 64),
    "base64": joined(chars(ALNUM, 40), "%3D"),
}


def card(prefix: str, size: int, groups: str | None = None) -> Callable[[random.Random], str]:
    """A number with its check digit, in groups of four apart by a sign."""

    def make(chance: random.Random) -> str:
        body = prefix + "".join(chance.choice(string.digits) for _ in range(size - len(prefix) - 1))
        total = sum(
            sum(divmod(int(sign) * (2 if place % 2 == 0 else 1), 10)) for place, sign in enumerate(reversed(body))
        )
        number = body + str(-total % 10)
        return groups.join(number[at : at + 4] for at in range(0, size, 4)) if groups else number

    return make


def iban(country: str, size: int, form: Callable[[str], str]) -> Callable[[random.Random], str]:
    """An account number with its check digits."""

    def make(chance: random.Random) -> str:
        body = "".join(chance.choice(string.digits) for _ in range(size - 4))
        check = 98 - int("".join(str(int(sign, 36)) for sign in f"{body}{country}00")) % 97
        return form(f"{country}{check:02d}{body}")

    return make


def grouped(sign: str) -> Callable[[str], str]:
    """In groups of four."""
    return lambda text: sign.join(text[at : at + 4] for at in range(0, len(text), 4))


def digits(form: str) -> Callable[[random.Random], str]:
    """Digits for each #, 2 to 9 for each N."""
    return lambda chance: "".join(
        chance.choice(string.digits) if sign == "#" else chance.choice("23456789") if sign == "N" else sign
        for sign in form
    )


def chosen(*texts: str) -> Callable[[random.Random], str]:
    """One of these."""
    return lambda chance: chance.choice(texts)


PEOPLE: Final[dict[str, Callable[[random.Random], str]]] = {
    "email": joined(chars(string.ascii_lowercase + string.digits, 5, 9), "@", chars(string.ascii_lowercase, 6), ".com"),
    "email_plus": joined("kim+", chars(HEX, 4), "@mail-", chars(HEX, 4), ".co.kr"),
    "email_hindi": chosen("राम@उदाहरण.भारत", "सीता.देवी@मेल.भारत", "विनोद@डाक.भारत"),
    "email_tamil": chosen("பயனர்@உதாரணம்.இந்தியா", "கமலா@அஞ்சல்.இந்தியா"),
    "email_korean": chosen("홍길동@한국.kr", "kim@메일.한국"),
    "email_quoted": joined('"john ', chars(string.ascii_lowercase, 4), '"@example.org'),
    "visa": card("4", 16),
    "visa_dots": card("4", 16, "."),
    "visa_nbsp": card("45", 16, "\u00a0"),
    "mastercard_dashes": card("54", 16, "-"),
    "mastercard_spaces": card("2221", 16, " "),
    "unionpay": card("62", 16, " "),
    "discover": card("6011", 16),
    "iban_de": iban("DE", 22, str),
    "iban_lower": iban("NL", 20, str.lower),
    "iban_dashes": iban("FR", 27, grouped("-")),
    "iban_spaces": iban("ES", 24, grouped(" ")),
    "ssn": joined(chosen("078", "219", "457"), "-", chosen("05", "09", "55"), "-", digits("NNNN")),
    "rrn": digits("900101-1######"),
    "phone_kr": digits("010-N###-####"),
    "phone_kr_land": digits("02-N##-####"),
    "phone_world": digits("+49 30 N######"),
    "phone_us": digits("(N15) N55-####"),
    "phone_us_dashes": digits("N15-N55-####"),
    "phone_fr": digits("06 N# ## ## ##"),
    "phone_uk": digits("07N00 N#####"),
    "phone_jp": digits("090-N###-####"),
    "phone_cn": digits("138 N### ####"),
    "phone_br": digits("(11) 9N###-####"),
    "phone_in": digits("98N## #####"),
}
FAMILIES: Final = {
    "key": KEYS, "password": PASSWORDS, "url_password": URL_PASSWORDS, "token": TOKENS,
    "session": SESSIONS, "signed": SIGNATURES, "person": PEOPLE,
}  # fmt: skip
#: How many texts of one kind.
TIMES: Final = {"key": 8, "password": 16, "url_password": 10, "token": 16, "session": 10, "signed": 10, "person": 8}


def secrets(seed: int = 1) -> list[Labelled]:
    """Texts that hold a secret. The context's number decides whether one is held out."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    contexts: dict[str, list[str]] = yaml.safe_load((HERE / "contexts.yaml").read_text(encoding="utf-8"))
    result = []
    for family, makers in FAMILIES.items():
        for kind, make in makers.items():
            for place in chance.sample(range(len(contexts[family])), min(TIMES[family], len(contexts[family]))):
                secret = make(chance)
                text = contexts[family][place].replace("{{", "{").replace("}}", "}").replace("{}", secret)
                result.append(Labelled(text, secret, f"{family}/{kind}", place % 2 == 1))
    return result


def harmless(seed: int = 1) -> list[Labelled]:
    """Texts that must stay; each pattern eight times, with other numbers and ids."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    patterns: list[str] = yaml.safe_load((HERE / "harmless.yaml").read_text(encoding="utf-8"))
    result = {}
    for place, pattern in enumerate(patterns):
        for _ in range(8):
            text = pattern
            while "{}" in text:
                text = text.replace("{}", str(chance.randint(1, 10 ** chance.randint(1, 4))), 1)
            for name, make in (("{id}", chars(ALNUM, 24)), ("{hex16}", chars(HEX, 16)), ("{hex32}", chars(HEX, 32)),
                               ("{hex40}", chars(HEX, 40)), ("{hex64}", chars(HEX, 64))):  # fmt: skip
                text = text.replace(name, make(chance))
            text = text.replace("{uuid}", "-".join(chars(HEX, size)(chance) for size in (8, 4, 4, 4, 12)))
            result[text] = Labelled(text, "", f"harmless/{place}", place % 2 == 1)
    return list(result.values())
