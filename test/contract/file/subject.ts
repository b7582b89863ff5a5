import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContractSubject, Source } from "../harness.ts";
import { connect, DEALS } from "./support.ts";

const ROWS = 3_200;
const STAGES = ["Prospecting", "Engaging", "Won", "Lost"];

interface Deal {
  readonly id: string;
  readonly stage: string;
  readonly amount: number;
}

/** A folder of exports with every kind of file. */
export const fileSubject: ContractSubject = {
  crm: "file",
  start: async () => {
    const directory = mkdtempSync(join(tmpdir(), "scorekeeper-contract-"));
    let deals: readonly Deal[] = Array.from({ length: ROWS }, (_, n) => ({ id: `D${n * 7919}`, stage: STAGES[n % 4] ?? "", amount: n }));
    let written = 0;
    const write = (): void => {
      writeFileSync(join(directory, "deals.csv"), dealsCsv(deals));
      written += 1;
      utimesSync(join(directory, "deals.csv"), written, written);
    };
    write();
    for (const [name, text] of Object.entries(OTHERS)) writeFileSync(join(directory, name), text);
    const source: Source = {
      open: () => connect(directory, FILES),
      settle: async () => {},
      touch: async () => {
        deals = deals.map((deal, n) => (n === 17 ? { ...deal, stage: "Won", amount: 999_999 } : deal));
        write();
        return { stream: "deals", type: "deal", id: deals[17]?.id ?? "" };
      },
      remove: async () => {
        const [gone] = deals;
        deals = deals.slice(1);
        write();
        return { stream: "deals", type: "deal", id: gone?.id ?? "" };
      },
      faults: [],
      stop: async () => rmSync(directory, { recursive: true, force: true }),
    };
    return source;
  },
};

function dealsCsv(deals: readonly Deal[]): string {
  const lines = deals.map(
    ({ id, stage, amount }, n) =>
      `${id},Rep ${n % 9},P${n % 3},"Account, ${n % 50}",${stage},2026-01-${String(1 + (n % 28)).padStart(2, "0")},,${amount}`,
  );
  return `id,agent,product,account,stage,opened,closed,amount\n${lines.join("\n")}\n`;
}

const FILES = {
  deals: DEALS,
  users: { path: "users.csv", columns: { id: "agent", manager: "manager" } },
  stageHistory: { path: "history.csv", columns: { deal: "deal", stage: "stage", enteredAt: "on" } },
  activities: { path: "activities.csv", columns: { kind: "kind", owner: "who", deal: "deal", occurredAt: "at" } },
  leads: { path: "leads.csv", columns: { id: "id", owner: "owner", createdAt: "created" } },
  contacts: { path: "contacts.csv", columns: { email: "mail", name: "name" } },
  targets: { path: "targets.csv" },
};

const OTHERS = {
  "users.csv": "agent,manager\nRep 0,Eva\nRep 1,Eva\nNobody yet,\n",
  "history.csv": `deal,stage,on\n${Array.from({ length: 1_500 }, (_, n) => `D${(n >> 1) * 7919},${STAGES[n % 2]},2026-02-0${1 + (n % 2)}`).join("\n")}\n`,
  "activities.csv": `kind,who,deal,at\n${Array.from({ length: 1_200 }, (_, n) => `${n % 2 ? "call" : "Email"},Rep ${n % 9},D${n * 7919},2026-03-01T08:${String(n % 60).padStart(2, "0")}:00.${String(n).padStart(4, "0")}Z`).join("\n")}\n`,
  "leads.csv": "id,owner,created\nL1,Rep 0,2026-01-05\nL2,,2026-01-06\n",
  "contacts.csv": "mail,name\nana@x.example,Ana\nbo@x.example,=cmd|'/c calc'!A1\n",
  "targets.csv":
    "who,metric,period_start,period_end,value,unit,ramp,source\ncompany,won_amount,2026-01-01,2026-03-31,100000,EUR,,board\nteam:East,won_deals,2026-01-01,2026-03-31,12,count,yes,\n",
};
