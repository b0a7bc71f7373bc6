// What the AWS SDK for JavaScript v3 gets from its default chain: a command a line on standard input, an answer a line on
// standard output. It runs beside its node_modules, wherever that was installed.
//
// first: fetches with a new chain; again: calls the same chain once more.
import { createInterface } from "node:readline";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

let chain;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "first") {
    chain = fromNodeProviderChain();
  }
  const begun = performance.now();
  let answer;
  try {
    answer = { accessKeyId: (await chain()).accessKeyId };
  } catch (e) {
    answer = { error: `${e.name}: ${e.message}` };
  }
  answer.millis = Math.round(performance.now() - begun);
  console.log(JSON.stringify(answer));
}
