"""Examples for the schema. A test holds each against the schema it illustrates."""

JOB_ID = "3f1c9a52-6f0e-4a0b-9d1e-2b7c5d8e9f10"
MEDIA = f"https://pictures.example.org/media/{JOB_ID}"
PROMPT = "beautiful mountain sunset"

ORDER = {"prompt": PROMPT, "steps": 25, "guidance": 7, "control": 1.0}
ACCEPTED = {
    "jobId": JOB_ID,
    "status": "pending",
    "message": "Job created successfully",
    "totalModels": 2,
    "completedModels": 0,
    "jobToken": "9b0d2f…",
}
SNAPSHOT = {
    "jobId": JOB_ID,
    "status": "in_progress",
    "createdAt": "2026-11-15T14:30:40.123Z",
    "updatedAt": "2026-11-15T14:30:45.017Z",
    "totalModels": 2,
    "completedModels": 1,
    "failedModels": 0,
    "prompt": PROMPT,
    "parameters": {"steps": 25, "guidance": 7, "control": 1.0},
    "version": 4,
    "results": [
        {
            "id": "0a4be0c4-8a3e-4b8f-9d55-5f3c1f6b7a21",
            "index": 1,
            "round": 0,
            "model": "Aurora",
            "slug": "aurora",
            "status": "completed",
            "priceMicros": 40000,
            "startedAt": "2026-11-15T14:30:40.301Z",
            "completedAt": "2026-11-15T14:30:45.002Z",
            "duration": 4.7,
            "imageKey": f"{JOB_ID}/picture.png",
            "imageUrl": f"{MEDIA}/picture.png",
            "thumbnailUrl": f"{MEDIA}/picture-t.webp",
            "mediumUrl": f"{MEDIA}/picture-m.webp",
            "width": 1024,
            "height": 1024,
            "contentType": "image/png",
            "bytes": 1204231,
        },
        {
            "id": "5b0e7d1a-52f3-4c3c-8a53-0f5a5d1f7e02",
            "index": 2,
            "round": 0,
            "model": "Garden",
            "slug": "garden",
            "status": "in_progress",
            "priceMicros": None,
            "startedAt": "2026-11-15T14:30:40.305Z",
        },
    ],
}
RERUN = {"models": ["aurora", "garden"]}
ENHANCE = {"prompt": "cat"}
ENHANCED = {
    "original": "cat",
    "enhanced": "A tabby cat sleeps on a window sill. Low sun warms its fur.",
    "short_prompt": "A tabby cat asleep in the low sun of a window.",
    "long_prompt": "A tabby cat sleeps on a window sill. Low sun warms its fur.",
    "fallback": True,
}
LOG = {"level": "ERROR", "message": "The picture did not load."}
