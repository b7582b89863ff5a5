import { toMajor } from "#core/money.ts";
import type { ReceivedMail } from "#sandbox/mailbox.ts";
import type { Output } from "../app.ts";
import { bar, cut, harmless, table } from "../text.ts";
import type { Findings } from "./findings.ts";

const LEADERS = 6;
const STUCK = 6;
const MAIL_LINES = 18;
const RIGHT = "right" as const;

/** What was read, in one line per connection. */
export function showSynced(output: Output, findings: Findings, cycles: number, seconds: number): void {
  const { bold, dim, green } = output.style;
  const number = new Intl.NumberFormat("en");
  const lines = findings.status.connections.map(
    ({ id, deals, openDeals, activities }) =>
      `  ${green("✓")} ${id}: ${number.format(deals)} deals (${number.format(openDeals)} open), ${number.format(activities)} calls, e-mails and meetings`,
  );
  const whole = `  ${dim(`${number.format(findings.stages)} stays in stages, ${findings.people} people; ${cycles === 1 ? "a whole cycle" : `${cycles} whole cycles, a day apart,`} took ${seconds.toFixed(1)} s`)}`;
  output.print(`\n${bold("Synced")}\n${[...lines, whole].join("\n")}`);
}

/** Who won what this quarter. */
export function showLeaderboard(output: Output, findings: Findings, currency: string): void {
  const { bold, cyan, dim } = output.style;
  const money = new Intl.NumberFormat("en", { style: "currency", currency, maximumFractionDigits: 0 });
  const most = findings.leaderboard[0]?.wonAmount ?? 0;
  const rows = findings.leaderboard
    .slice(0, LEADERS)
    .map((line) => [
      `  ${harmless(line.name)}`,
      money.format(line.wonAmount),
      cyan(bar(most === 0 ? 0 : line.wonAmount / most)),
      line.winRate === null ? "" : `${Math.round(line.winRate * 100)} %`,
      dim(`${line.won} of ${line.closed}`),
      line.attainment === null ? "" : `${Math.round(line.attainment * 100)} %`,
    ]);
  const columns = [
    { title: dim("  rep") },
    { title: dim("won"), align: RIGHT },
    { title: "" },
    { title: dim("win rate"), align: RIGHT },
    { title: "" },
    { title: dim("of quota"), align: RIGHT },
  ];
  output.print(`\n${bold("Won this quarter")}\n${table(columns, rows)}`);
}

/** Which open deals stand still, and why we say so. */
export function showStuck(output: Output, findings: Findings): void {
  const { bold, dim, yellow } = output.style;
  const rows = findings.stuck
    .slice(0, STUCK)
    .map((deal) => [
      `  ${deal.connectionId}:${deal.dealId}`,
      cut(harmless(deal.accountName ?? deal.name ?? ""), 26),
      deal.amountMinor === null
        ? ""
        : new Intl.NumberFormat("en", { style: "currency", currency: deal.currency, maximumFractionDigits: 0 }).format(
            toMajor(deal.amountMinor, deal.currency),
          ),
      yellow(`${deal.daysInStage} days in ${cut(harmless(deal.stageLabel), 20)}`),
      dim(deal.typicalDays === null ? `limit ${deal.thresholdDays}` : `typical ${Math.round(deal.typicalDays)}`),
      cut(harmless(deal.ownerName), 20),
    ]);
  const columns = [
    { title: dim("  deal") },
    { title: dim("account") },
    { title: dim("worth"), align: RIGHT },
    { title: dim("stands still") },
    { title: "" },
    { title: dim("owner") },
  ];
  const more = findings.stuck.length > STUCK ? `\n  ${dim(`… and ${findings.stuck.length - STUCK} more`)}` : "";
  output.print(`\n${bold(`Stuck: ${findings.stuck.length} of ${findings.open} open deals`)}\n${table(columns, rows)}${more}`);
}

/** What write-back put onto the CRM's records, one of them as the CRM tells it. */
export function showWriteback(output: Output, findings: Findings): void {
  const { bold, dim, green } = output.style;
  const lines = findings.written.flatMap(({ connectionId, records, waiting, example }) => {
    const count = `  ${records > 0 ? green("✓") : "·"} ${connectionId}: ${records} deals carry our fields${waiting > 0 ? `, ${waiting} would change` : ""}`;
    if (example === null) return [count];
    const values = Object.entries(example.values).map(([field, value]) => `${field} = ${value ?? "(empty)"}`);
    return [
      count,
      dim(
        `    ${connectionId}:${example.id}, ${example.isLive ? "read back from the CRM" : "for example"}: ${values.map(harmless).join(", ")}`,
      ),
    ];
  });
  output.print(`\n${bold("Write-back")}\n${lines.join("\n")}`);
}

/** Which mails went where, the first one whole. */
export function showMails(output: Output, mails: readonly ReceivedMail[]): void {
  const { bold, dim } = output.style;
  const rows = mails.map((mail) => [`  → ${mail.to.join(", ")}`, harmless(mail.parsed.subject ?? "")]);
  const [first] = mails;
  const lines = (first?.parsed.text ?? "").trimEnd().split("\n");
  const shown = lines.slice(0, MAIL_LINES).map((line) => `  ${dim("│")} ${cut(harmless(line), 94)}`);
  const more = lines.length > MAIL_LINES ? `\n  ${dim(`│ … ${lines.length - MAIL_LINES} more lines`)}` : "";
  const body = first === undefined ? "" : `\n\n  ${dim(`The first one, to ${first.to.join(", ")}:`)}\n${shown.join("\n")}${more}`;
  output.print(
    `\n${bold(`Mails: ${mails.length} to managers, caught by a mailbox on this machine`)}\n${table([{ title: dim("  to") }, { title: dim("subject") }], rows)}${body}`,
  );
}

/** Where to go from here, as lines to copy. */
export function showNext(output: Output, configFile: string, command: string): void {
  const { bold, dim } = output.style;
  const lines = [
    ["metrics query win_rate --by team,rep", "any KPI, by anything, as of any day"],
    ["explain metric won_amount --by rep", "the rows behind a number, and the ones left out"],
    ["writeback plan", "every value that would be written"],
    ["status", "where everything stands"],
  ].map(([verb = "", why = ""]) => `  ${dim(`# ${why}`)}\n  ${command} ${verb} --config ${configFile}`);
  const own = `  ${dim("# your own CRM or export")}\n  ${command} init`;
  output.print(`\n${bold("Look further")}\n${[...lines, own].join("\n")}`);
}
