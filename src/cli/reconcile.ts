import type { JsonObject } from "#core/json.ts";
import { toMajor } from "#core/money.ts";
import { inScope } from "#core/scope.ts";
import type { Difference, TotalLine } from "#operate/reconcile.ts";
import { type ReconcileReport, runReconcile } from "#operate/run-reconcile.ts";
import { type App, EXIT, type ExitCode, type Output } from "./app.ts";
import { harmless, table } from "./text.ts";
import type { Verb } from "./verb.ts";

const SHOWN_DIFFERENCES = 20;

/** `reconcile`: our totals beside the CRM's own, per pipeline and fiscal quarter, each difference with its reason. */
export function reconcileVerb(): Verb {
  return {
    name: "reconcile",
    summary: "compare totals with the CRM and explain each difference",
    examples: ["scorekeeper reconcile", "scorekeeper reconcile --connection hs --json"],
    options: [{ flags: "--connection <id>", description: "only this connection" }],
    run: async (call) => {
      const app = await call.app();
      const only = call.text("connection");
      const reports: ReconcileReport[] = [];
      for (const connectionId of only === undefined ? app.connectionIds : [only]) {
        const report = await reconcileOne(app, connectionId, only !== undefined);
        if (report === null) call.output.note(`${connectionId}: nothing to compare with, it is no CRM.`);
        else reports.push(report);
      }
      for (const report of reports) show(call.output, report);
      call.output.document({ schema: "scorekeeper.reconcile/1", connections: reports.map(toJson) });
      return exitCode(reports);
    },
  };
}

async function reconcileOne(app: App, connectionId: string, wanted: boolean): Promise<ReconcileReport | null> {
  const connector = await app.connector(connectionId);
  if (connector.reconcileRows === undefined && !wanted) return null;
  return runReconcile({
    connector,
    connectionId,
    warehouse: await app.warehouse(),
    organization: app.organization,
    inScope: ({ pipelineId, dimensions }) =>
      inScope(app.config.scope, { connectionId, pipelineId, dimensions: JSON.parse(dimensions) as JsonObject }),
    now: app.clock.now(),
    signal: app.signal,
  });
}

/** Reasons that explain a difference; anything else is a disagreement somebody has to look at. */
const EXPLAINED: ReadonlySet<Difference["reason"]> = new Set(["not_yet_synced", "deleted", "merged", "out_of_scope", "outcome_override"]);

function exitCode(reports: readonly ReconcileReport[]): ExitCode {
  return reports.some((report) => report.differences.some(({ reason }) => !EXPLAINED.has(reason))) ? EXIT.partial : EXIT.done;
}

function show(output: Output, report: ReconcileReport): void {
  const differing = report.lines.filter((line) => !agrees(line));
  output.print(
    output.style.bold(`${report.connectionId}: ${report.crmDeals} deals in the CRM, ${report.ourDeals} here, `) +
      (differing.length === 0
        ? output.style.green(`all ${report.lines.length} totals agree`)
        : output.style.yellow(`${differing.length} of ${report.lines.length} totals differ`)),
  );
  if (report.lines.length > 0) output.print(table(LINE_COLUMNS, report.lines.map(lineCells)));
  if (report.differences.length === 0) return;
  output.print("");
  output.print(
    table(
      DIFFERENCE_COLUMNS,
      report.differences.slice(0, SHOWN_DIFFERENCES).map((difference) => differenceCells(report, difference)),
    ),
  );
  const more = report.differences.length - SHOWN_DIFFERENCES;
  if (more > 0) output.print(`and ${more} more in the table reconcile_differences`);
}

const LINE_COLUMNS = [
  { title: "pipeline" },
  { title: "quarter from" },
  { title: "outcome" },
  { title: "CRM deals", align: "right" },
  { title: "here", align: "right" },
  { title: "CRM amount", align: "right" },
  { title: "here", align: "right" },
  { title: "" },
] as const;

function lineCells(line: TotalLine): readonly string[] {
  const money = (minor: number): string => `${toMajor(minor, line.currency).toLocaleString("en")} ${line.currency}`;
  return [
    harmless(line.pipelineId),
    line.quarter ?? "no close date",
    line.outcome,
    String(line.crm.count),
    String(line.ours.count),
    money(line.crm.amountMinor),
    money(line.ours.amountMinor),
    agrees(line) ? "✓" : "differs",
  ];
}

const DIFFERENCE_COLUMNS = [{ title: "deal" }, { title: "why it differs" }, { title: "CRM" }, { title: "here" }] as const;

const WHY: Readonly<Record<Difference["reason"], string>> = {
  not_yet_synced: "changed in the CRM since the last sync",
  deleted: "deleted",
  merged: "merged into another deal",
  out_of_scope: "out of the configured scope",
  outcome_override: "outcome set by the configuration",
  outcome: "outcome differs",
  pipeline: "pipeline differs",
  close_date: "close date differs",
  currency: "currency differs",
  amount: "amount differs",
};

function differenceCells(report: ReconcileReport, difference: Difference): readonly string[] {
  return [
    harmless(`${report.connectionId}:${difference.dealId}`),
    WHY[difference.reason],
    harmless(difference.crm ?? "–"),
    harmless(difference.ours ?? "–"),
  ];
}

function agrees(line: TotalLine): boolean {
  return line.crm.count === line.ours.count && line.crm.amountMinor === line.ours.amountMinor;
}

function toJson(report: ReconcileReport): JsonObject {
  return {
    connection: report.connectionId,
    comparedAt: report.comparedAt,
    deals: { crm: report.crmDeals, here: report.ourDeals },
    lines: report.lines.map((line) => ({
      pipeline: `${report.connectionId}:${line.pipelineId}`,
      quarter: line.quarter,
      outcome: line.outcome,
      currency: line.currency,
      crm: { count: line.crm.count, amount: toMajor(line.crm.amountMinor, line.currency) },
      here: { count: line.ours.count, amount: toMajor(line.ours.amountMinor, line.currency) },
      agrees: agrees(line),
    })),
    differences: report.differences.map((difference) => ({
      deal: `${report.connectionId}:${difference.dealId}`,
      reason: difference.reason,
      crm: difference.crm,
      here: difference.ours,
    })),
  };
}
