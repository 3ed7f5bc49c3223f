"""Pictures and sound by the official openai package: each is a call, with the usage that the API tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.client.openai_client import part
from tests.client.test_odd_answers import STREAM, answering, client_of

if TYPE_CHECKING:
    from tests.client.conftest import Logged

IMAGE_USAGE = {
    "input_tokens": 50, "output_tokens": 1056, "total_tokens": 1106,
    "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
}  # fmt: skip
PICTURE = {"created": 1, "data": [{"b64_json": "AAAA"}], "usage": IMAGE_USAGE}
DRAWN = {"operation": "image_generation", "model": "gpt-image-1", "request_tokens": 50, "response_tokens": 1056}


def test_a_picture(logged: Logged) -> None:
    """Drawn, changed (the request is a form, with the picture in it), and as a stream."""
    with answering(PICTURE) as server:
        client = client_of(server, logged)
        client.images.generate(model="gpt-image-1", prompt="A sheep")
        client.images.edit(model="gpt-image-1", prompt="A black sheep", image=("a.png", b"\x89PNG", "image/png"))
    last = {"type": "image_generation.completed", "b64_json": "AAAA", "usage": IMAGE_USAGE}
    with answering([last], STREAM) as server:
        list(client_of(server, logged).images.generate(model="gpt-image-1", prompt="A sheep", stream=True))
    lines = logged.lines()
    assert [part(line, DRAWN) for line in lines] == [DRAWN] * 3
    assert [line["input_image_tokens"] for line in lines] == [40] * 3
    assert [line.get("stream_end") for line in lines] == [None, None, "complete"]
    assert "sheep" not in logged.path.read_text(encoding="utf-8").replace("holysheep", "")


def test_a_transcription(logged: Logged) -> None:
    """By tokens, or by seconds. Of a form the model is read, nothing else."""
    tokens = {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}
    for usage in (tokens, {"type": "duration", "seconds": 9}):
        with answering({"text": "Well.", "usage": usage}) as server:
            client_of(server, logged).audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.wav", b"RIFF"))
    by_tokens, by_seconds = logged.lines()
    wanted = {"operation": "transcription", "model": "gpt-4o-transcribe", "request_tokens": 14, "response_tokens": 45}
    assert part(by_tokens, wanted) == wanted
    assert by_seconds["audio_seconds"] == 9


def test_speech(logged: Logged) -> None:
    """The answer is sound, without usage: the line says so."""
    with answering(b"ID3", "audio/mpeg") as server:
        answer = client_of(server, logged).audio.speech.create(model="tts-1", voice="alloy", input="Well.")
        assert answer.content == b"ID3"
    wanted = {"operation": "speech", "model": "tts-1", "status": "success", "usage_source": "none"}
    assert part(logged.line(), wanted) == wanted
