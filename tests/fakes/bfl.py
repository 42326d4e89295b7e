"""Black Forest Labs: an order gets a task id, the task is polled, its picture downloaded."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.fakes import checks
from tests.fakes.base import Facts, FakeProvider, Form, Route, Scene, Trouble, sketch, words
from tests.fakes.bfl_fields import MODELS, Family, asked_size
from tests.fakes.checks import Problem
from tests.fakes.messages import Answer, Order, Picture, Request, json_answer

CLUSTER = "/cluster-eu2"
POLL = "/v1/get_result"


@dataclass(slots=True)
class Task:
    """What was ordered. `outcome` becomes visible once `done` is set."""

    name: str
    outcome: dict[str, Any]
    interim: str = "Pending"
    done: threading.Event = field(default_factory=threading.Event)


class BlackForestLabs(FakeProvider):
    """Its fields are not closed: an unknown one is overlooked, but noted as a complaint."""

    kind = "bfl"
    base_path = "/bfl"
    key = "canary-bfl-0d4c7e91-55ab"
    request_id_header: ClassVar[str] = ""
    asynchronous: ClassVar[bool] = True
    troubles: ClassVar[Mapping[str, Mapping[str, Trouble]]] = {
        "bad_key": {"401": (401, "", "Invalid API key"), "403": (403, "", "Not authenticated")},
        "no_credit": {"": (402, "", "Insufficient credits")},
        "model_gone": {"": (404, "", "Not Found")},
        "invalid_request": {"400": (400, "", "Invalid request")},
        "rate_limited": {"": (429, "", "Too many active tasks")},
    }

    def __init__(self, *details: Any) -> None:
        super().__init__(*details)
        self.tasks: dict[str, Task] = {}

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v1/credits", "other", self.read_credits),
            Route("GET", CLUSTER + POLL, "poll", self.read_poll),
            Route("GET", POLL, "poll", self.read_poll_elsewhere),
            Route("POST", r"/v1/([^/]+)", "image", self.read),
        ]

    def error(self, status: int, code: str = "", message: str = "") -> Answer:
        return json_answer({"detail": message}, status)

    def complain(self, problem: Problem) -> Answer:
        kind = "missing" if problem.reason == "missing" else "value_error"
        entry = {"loc": ["body", problem.field], "msg": problem.message, "type": kind}
        return json_answer({"detail": [entry]}, 422)

    def forms(self, reason: str, stage: str = "image") -> dict[str, Form]:
        found = super().forms(reason, stage)
        if reason == "moderated":
            return {
                "Request Moderated": self.ending("Request Moderated", charged=False),
                "Content Moderated": self.ending("Content Moderated", charged=True),
            }
        if reason == "task_failed":
            names = ("Error", "Failed", "Task not found")
            return {name: self.ending(name, charged=True) for name in names}
        if reason == "invalid_request":
            return {**found, "422": Form(lambda scene: self.complain(WRONG_WIDTH))}
        if reason == "no_credit":
            body = {"error": "Payment Required", "message": "Insufficient credits", "details": {}}
            return {**found, "error and message": Form(lambda scene: json_answer(body, 402))}
        return found

    def ending(self, status: str, *, charged: bool) -> Form:
        details = {"Moderation Reasons": ["Violence"]} if "Moderated" in status else None
        outcome = {"status": status, "result": None, "details": details}
        return Form(lambda scene: self.accept(scene, outcome), charged)

    def facts(self, request: Request) -> Facts:
        task = self.tasks.get(request.query.get("id", ""))
        if task:
            return Facts(self.kind, "", task.outcome["model"], task.outcome["prompt"])
        model = request.tail.rpartition("/")[2] if request.method == "POST" else ""
        return Facts(self.kind, "", model, words(sketch(request), "prompt"))

    def sign_in(self, request: Request) -> None:
        if "x-key" not in request.headers:
            raise self.refuse(403, "", "Not authenticated")
        if request.headers["x-key"] != self.key:
            raise self.refuse(401, "", "Invalid API key")

    def read(self, request: Request, match: re.Match[str]) -> Order:
        self.sign_in(request)
        family = MODELS.get(match.group(1))
        if family is None:
            raise self.refuse(404, "", "Not Found")
        body = self.json_body(request)
        found = checks.problems(body, family.fields, family.required)
        self.demand(problem for problem in found if problem.reason != "unknown")
        self.demand(size_problems(family, body))
        unknown = [problem.field for problem in found]
        return Order(
            model=match.group(1),
            prompt=body.get("prompt") or "",
            body=body,
            size=asked_size(body),
            format=(body.get("output_format") or family.format).upper(),
            complaint=f"unknown fields that would be overlooked: {unknown}" if unknown else "",
        )

    def draw(self, scene: Scene, picture: Picture) -> Answer:
        order = scene.order
        result = {
            "sample": self.keep(scene, picture),
            "prompt": order.prompt,
            "seed": order.body.get("seed") or 42,
            "start_time": 1.0,
            "end_time": 4.2,
            "duration": 3.2,
        }
        return self.accept(scene, {"status": "Ready", "result": result, "details": None})

    def accept(self, scene: Scene, outcome: Mapping[str, Any]) -> Answer:
        """Take the order, answer at once, and draw afterwards."""
        order = scene.order
        told = {**outcome, "model": order.model, "prompt": order.prompt}
        task = Task(
            scene.request_id, told, "Generating" if order.model == "flux-3-image" else "Pending"
        )
        self.tasks[task.name] = task
        scene.handed_over = True
        threading.Thread(target=finish, args=(task, scene), daemon=True).start()
        address = f"{self.root}{self.base_path}{CLUSTER}{POLL}?id={task.name}"
        return json_answer(
            {
                "id": task.name,
                "polling_url": scene.polling_url or address,
                "cost": 3.0,
                "input_mp": 0,
                "output_mp": 1,
            }
        )

    def read_poll(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        task = self.tasks.get(request.query.get("id", ""))
        if task is None:
            return json_answer({"id": request.query.get("id"), "status": "Task not found"})
        if not task.done.is_set():
            body = {"id": task.name, "status": task.interim, "progress": 0.5, "result": None}
            return json_answer(body)
        shown = {name: task.outcome[name] for name in ("status", "result", "details")}
        return json_answer({"id": task.name, "progress": None, **shown})

    def read_poll_elsewhere(self, request: Request, match: re.Match[str]) -> Answer:
        """Only the cluster that draws knows the task; the general host does not."""
        self.sign_in(request)
        return json_answer({"id": request.query.get("id"), "status": "Task not found"})

    def read_credits(self, request: Request, match: re.Match[str]) -> Answer:
        self.sign_in(request)
        return json_answer({"credits": 1000.0 - 3.0 * len(self.tasks)})


WRONG_WIDTH = Problem("wrong", "width", "Input should be a multiple of 16")


def finish(task: Task, scene: Scene) -> None:
    scene.wait()
    scene.landed()
    task.done.set()


def size_problems(family: Family, body: Mapping[str, Any]) -> list[Problem]:
    width, height = body.get("width") or 0, body.get("height") or 0
    if width * height > family.most_pixels:
        return [Problem("wrong", "width", f"at most {family.most_pixels} pixels")]
    return []
