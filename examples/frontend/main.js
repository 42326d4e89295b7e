// A page of another origin that draws with Pixel Prompt: index.html?api=http://127.0.0.1:8000

const api = (new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:8000").replace(/\/$/, "");
const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
const list = document.querySelector("ul");

async function ask(path, options) {
  const answer = await fetch(api + path, options);
  if (answer.status === 304) return null;
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return { told, etag: answer.headers.get("ETag") };
}

async function draw(prompt) {
  const body = JSON.stringify({ prompt });
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  const { told } = await ask("/generate", { method: "POST", headers, body });
  await follow(told.jobId);
}

async function follow(jobId) {
  let etag = null;
  for (let over = false; !over; ) {
    const news = await ask(`/status/${jobId}`, { headers: etag ? { "If-None-Match": etag } : {} });
    if (news) {
      etag = news.etag;
      show(news.told);
      over = !["pending", "in_progress"].includes(news.told.status);
    }
    if (!over) await new Promise((wake) => setTimeout(wake, 1000));
  }
}

function show(job) {
  status.textContent = `${job.completedModels + job.failedModels} of ${job.totalModels}: ${job.status}`;
  list.replaceChildren(...job.results.map(item));
}

function item(result) {
  const made = document.createElement("li");
  if (result.status === "completed") {
    const image = new Image(result.width, result.height);
    image.src = result.thumbnailUrl;
    image.alt = result.model;
    made.append(image);
  }
  made.append(`${result.model}: ${result.message ?? result.status}`);
  return made;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  list.replaceChildren();
  status.textContent = "Sent.";
  await draw(form.prompt.value).catch((problem) => {
    status.textContent = problem.message;
  });
});
