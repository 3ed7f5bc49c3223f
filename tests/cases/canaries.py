"""Made-up secrets and personal data, well-formed so that a mask must know them; split, so that no scanner trips."""

from __future__ import annotations

from typing import Final

_BODY: Final = "Q7w3E9r5T1y8U4i6O2p0A5s7D3f9G1h4J6k8L2z0"

#: Name and text. Each must appear in no document, whatever the source and the place in the line.
CANARIES: Final[dict[str, str]] = {
    "email": "canary.kim" + "@" + "mailbox-example.co.kr",
    "email_plus": "canary+test" + "@" + "example.org",
    "card_visa": "4539" + "1488" + "0343" + "6467",
    "card_spaced": "5555 " + "5555 " + "5555 " + "4444",
    "card_amex": "3782-" + "822463-" + "10005",
    "ssn": "078-" + "05-" + "1120",
    "rrn": "900101-" + "1234568",
    "iban": "DE89" + "3704004405" + "32013000",
    "phone_kr": "010-" + "9876-" + "5432",
    "phone_kr_plain": "010" + "98765432",
    "phone_world": "+82 10-" + "9876-5432",
    "key_openai": "sk-" + "proj-" + _BODY,
    "key_anthropic": "sk-" + "ant-api03-" + _BODY,
    "key_holysheep": "hs_" + "live_" + _BODY[:24],
    "key_google": "AI" + "za" + _BODY[:35],
    "key_aws": "AKI" + "A" + "Q7W3E9R5T1Y8U4I6",
    "key_github": "gh" + "p_" + _BODY[:36],
    "key_gitlab": "glp" + "at-" + _BODY[:20],
    "key_slack": "xox" + "b-" + "1234567890-" + _BODY[:24],
    "key_huggingface": "h" + "f_" + _BODY[:34],
    "key_groq": "gs" + "k_" + _BODY,
    "key_stripe": "sk_" + "live_" + _BODY[:24],
    "bearer": "Bearer " + "abc123." + _BODY[:20],
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9" + "." + "eyJ" + "zdWIiOiIxMjM0In0" + "." + _BODY,
    "url_password": "postgres://app:" + "hunter2secret" + "@db.internal:5432/x",
}

#: What of a canary must be gone: for most all of it, for these the secret part.
SECRET_PART: Final[dict[str, str]] = {"bearer": "abc123." + _BODY[:20], "url_password": "hunter2secret"}


def secret(name: str) -> str:
    """The text that no document may hold."""
    return SECRET_PART.get(name, CANARIES[name])
