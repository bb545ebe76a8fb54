"""The part of the played site that keeps appointments: five free times on three days, and what was booked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
# What the site says of a time in the two languages; Thursday is the first day.
TIMES = {
    "2026-11-26T06:00:00+00:00": ("11月26日（周四）下午2:00", "Thursday 26 November, 2:00 pm"),
    "2026-11-26T07:00:00+00:00": ("11月26日（周四）下午3:00", "Thursday 26 November, 3:00 pm"),
    "2026-11-27T01:00:00+00:00": ("11月27日（周五）上午9:00", "Friday 27 November, 9:00 am"),
    "2026-11-27T02:30:00+00:00": ("11月27日（周五）上午10:30", "Friday 27 November, 10:30 am"),
    "2026-11-30T06:00:00+00:00": ("11月30日（周一）下午2:00", "Monday 30 November, 2:00 pm"),
}
# A time that is free only where a test asks for it.
FRIDAY_AFTERNOON = "2026-11-27T07:00:00+00:00"
_WORDS = TIMES | {FRIDAY_AFTERNOON: ("11月27日（周五）下午3:00", "Friday 27 November, 3:00 pm")}
DAYS = (
    ("2026-11-25T16:00:00+00:00", 4, 1, "11月26日（周四）", "Thursday 26 November"),
    ("2026-11-26T16:00:00+00:00", 5, 2, "11月27日（周五）", "Friday 27 November"),
    ("2026-11-29T16:00:00+00:00", 1, 5, "11月30日（周一）", "Monday 30 November"),
)
SERVICES = {
    1: ("一对一面谈", "One to one talk", ["offline", "online", "phone"]),
    2: ("家庭面谈", "Family talk", ["offline"]),
}
CODE = "AB2D-EFGH-JK3M"


class Bookings:
    """Answers as the site would; each attribute is a situation that a test can make."""

    def __init__(self) -> None:
        self.english = False
        self.services = [1]
        self.free = list(TIMES)
        self.booked: dict[int, dict[str, Any]] = {}
        # Error of the next book or move, as the site names it.
        self.refuse = ""
        # The times that go away together with that refusal.
        self.refuse_takes: list[str] = []
        # The site books, but its answer is lost on the way.
        self.lose_answer = False
        self.keys: dict[str, int] = {}
        self.waiting: list[dict[str, Any]] = []
        self.has_shift = True

    def have(self, at: str, *, mode: str = "online", changeable: bool = True) -> int:
        """Let the person have an appointment."""
        number = len(self.booked) + 1
        self.booked[number] = {"at": at, "mode": mode, "service": 1, "changeable": changeable}
        return number

    def at(self) -> list[str]:
        """Return when the person is booked."""
        return [one["at"] for one in self.booked.values()]

    def answer(self, method: str, path: str, query: httpx.QueryParams, body: Any) -> httpx.Response | None:
        """Answer a request about bookings; None for any other."""
        rest = path.split("/conversations/", 1)[-1].partition("/")[2]
        if rest == "services":
            return _json({"services": [self._service(number) for number in self.services]})
        if rest == "slots":
            return _json({"slots": self._slots(query)})
        if rest == "slots/days":
            return _json({"days": self._days()})
        if rest == "waiting-list":
            self.waiting.append(body)
            return _json({"waiting": True})
        if rest == "shift-codes":
            return self._shift(body["code"])
        if rest == "appointments" and method == "GET":
            return _json({"appointments": [self._view(number) for number in self.booked]})
        if rest.startswith("appointments"):
            return self._change(rest, body)
        return None

    def _words(self, at: str) -> str:
        return _WORDS[at][int(self.english)]

    def _service(self, number: int) -> dict[str, Any]:
        zh, en, modes = SERVICES[number]
        return {"id": number, "name": en if self.english else zh, "minutes": 50, "modes": modes}

    def _slots(self, query: httpx.QueryParams) -> list[dict[str, Any]]:
        after = query.get("after") or ""
        mode = query.get("mode") or self.booked[int(query["appointment"])]["mode"]
        staff = "Teacher Li" if self.english else "李老师"
        return [
            {"starts_at": at, "staff_id": 7, "staff": staff, "mode": mode, "words": self._words(at)}
            for at in self.free
            if at >= after and at not in self.at()
        ][:6]

    def _days(self) -> list[dict[str, Any]]:
        found = []
        for number, (after, weekday, in_days, zh, en) in enumerate(DAYS):
            until = DAYS[number + 1][0] if number + 1 < len(DAYS) else "9"
            free = sum(after <= at < until for at in self.free)
            if free:
                words = en if self.english else zh
                found.append({"after": after, "weekday": weekday, "in_days": in_days, "free": free, "words": words})
        return found

    def _view(self, number: int, state: str = "booked") -> dict[str, Any]:
        one = self.booked[number]
        return {
            "id": number,
            "service": self._service(one["service"])["name"],
            "starts_at": one["at"],
            "mode": one["mode"],
            "staff": "Teacher Li" if self.english else "李老师",
            "place": ("East Street" if self.english else "城东街道站 幸福路1号") if one["mode"] == "offline" else None,
            "changeable": one["changeable"],
            "state": state,
            "words": self._words(one["at"]),
        }

    def _change(self, rest: str, body: Any) -> httpx.Response:
        _, _, tail = rest.partition("/")
        if self.refuse and not tail.endswith("cancel"):
            error, self.refuse = self.refuse, ""
            self.free = [at for at in self.free if at not in self.refuse_takes]
            return _json({"error": error, "field": "starts_at", "words": ""}, 409)
        if not tail:
            return self._book(body)
        number, _, verb = tail.partition("/")
        if int(number) not in self.booked:
            return _json({"error": "not_found", "field": None, "words": ""}, 404)
        if verb == "cancel":
            gone = self._view(int(number), "cancelled_by_person")
            del self.booked[int(number)]
            return _json(gone)
        self.booked[int(number)]["at"] = body["starts_at"]
        return _json(self._view(int(number)))

    def _book(self, body: dict[str, Any]) -> httpx.Response:
        number = self.keys.get(body["key"])
        if number is None:
            number = self.have(body["starts_at"], mode=body["mode"])
            self.booked[number]["service"] = body["service"]
            self.keys[body["key"]] = number
        if self.lose_answer:
            self.lose_answer = False
            return _json({"error": "away"}, 503)
        return _json(self._view(number) | {"path": "/appointments/c2VjcmV0"})

    def _shift(self, code: str) -> httpx.Response:
        if "".join(sign for sign in code.upper() if sign.isalnum()) != CODE.replace("-", ""):
            return _json({"error": "unknown_code", "field": "code", "words": ""}, 409)
        example = json.loads((CONTRACT / "next_shift.json").read_text("utf-8"))["response"]
        return _json(example if self.has_shift else {"shift": None})


def _json(data: dict[str, Any], status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=data)
