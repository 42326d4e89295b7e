// node main.js http://127.0.0.1:8000 "a fox in the snow"

import { addresses, follow, order } from "./client.js";

const [base = "http://127.0.0.1:8000", prompt = "a fox in the snow"] = process.argv.slice(2);
const { jobId } = await order(base, { prompt });
for await (const told of follow(base, jobId)) {
  console.error(`${told.completedModels + told.failedModels} of ${told.totalModels}`);
  if (told.status === "completed" || told.status === "partial") console.log(addresses(told).join("\n"));
}
