/** Inspire me: another prompt each time, none again before most others had their turn. */

const MEMORY = 0.75;

/** @param {import("./prompt.js").Prompt} prompt @param {HTMLFormElement} form */
export function offerInspiration(prompt, form) {
  const ideas = JSON.parse(document.getElementById("inspiration").textContent);
  const recent = [];
  form.querySelector("[data-inspire]").addEventListener("click", () => {
    const fresh = ideas.filter((idea) => !recent.includes(idea) && idea !== prompt.text);
    if (fresh.length === 0) return;
    const idea = fresh[Math.floor(Math.random() * fresh.length)];
    recent.push(idea);
    if (recent.length > ideas.length * MEMORY) recent.shift();
    prompt.replace(idea);
  });
  for (const link of form.querySelectorAll("[data-idea]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      prompt.replace(link.textContent);
    });
  }
}
