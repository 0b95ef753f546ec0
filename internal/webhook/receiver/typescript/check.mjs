// Reads cases from standard input, as receiver_test.go writes them, and says
// what is not as they want it. The reference libraries judge them as well.
import { readFileSync } from "node:fs";
import * as standard from "standardwebhooks";
import * as svix from "svix";
import ts from "typescript";

const program = ts.createProgram(["receiver.ts"], {
  strict: true, noUncheckedIndexedAccess: true, noUnusedLocals: true, types: ["node"],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
const problems = ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"));
let code = "";
program.emit(undefined, (_, text) => { code = text; });
const { open, Ledger, Refused } = await import("data:text/javascript;base64," + Buffer.from(code).toString("base64"));

const { cases, feeds } = JSON.parse(readFileSync(0, "utf8"));
const verdict = (judge, refusal) => {
  try {
    judge();
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
};
for (const c of cases) {
  const body = Buffer.from(c.body, "base64");
  const judges = { receiver: [() => open(c.keys, c.headers, body, c.now * 1000), Refused] };
  if (c.reference) {
    judges.standardwebhooks = [() => new standard.Webhook(c.keys[0]).verify(body, c.headers), standard.WebhookVerificationError];
    judges.svix = [() => new svix.Webhook(c.keys[0]).verify(body, c.headers), svix.WebhookVerificationError];
  }
  for (const [name, [judge, refusal]] of Object.entries(judges)) {
    if (verdict(judge, refusal) !== c.genuine) problems.push(`${c.name}: ${name} finds it ${c.genuine ? "forged" : "genuine"}`);
  }
}
for (const feed of feeds) {
  const ledger = new Ledger();
  const fresh = feed.messages.map((message) => ledger.take(message));
  const got = JSON.stringify({ fresh, missing: ledger.missing() ?? null });
  const want = JSON.stringify({ fresh: feed.fresh, missing: feed.missing });
  if (got !== want) problems.push(`${feed.name}: ${got}; want ${want}`);
}
console.log(problems.join("\n"));
process.exit(problems.length === 0 ? 0 : 1);
