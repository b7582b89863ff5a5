import { type ConnectionStatus, readStatus, type Status } from "#operate/status.ts";
import { EXIT, type Output } from "./app.ts";
import { runJson, runsTable } from "./runs.ts";
import { table } from "./text.ts";
import type { Verb } from "./verb.ts";

/** `status`: where everything stands, from the warehouse alone. */
export function statusVerb(): Verb {
  return {
    name: "status",
    summary: "where everything stands",
    examples: ["scorekeeper status", "scorekeeper status --json"],
    run: async (call) => {
      const app = await call.app();
      const warehouse = await app.warehouse();
      const status = await warehouse.read((db) => readStatus(db, app.connectionIds, app.clock.now()));
      call.output.print(text(call.output, status));
      call.output.document({
        schema: "scorekeeper.status/1",
        at: app.clock.now(),
        connections: status.connections.map((each) => ({
          ...each,
          streams: [...each.streams],
          lastSync: each.lastSync === null ? null : runJson(each.lastSync),
        })),
        lastRuns: status.lastRuns.map(runJson),
        busy: status.busy,
        mails: status.mails,
      });
      return EXIT.done;
    },
  };
}

function text(output: Output, status: Status): string {
  const parts = [connectionsTable(status.connections)];
  if (status.lastRuns.length > 0) parts.push(`${output.style.bold("Last runs")}\n${runsTable(output, status.lastRuns)}`);
  if (status.busy !== null) parts.push(output.style.yellow(`At work now: ${status.busy.holder}.`));
  const { waiting, held } = status.mails;
  if (waiting > 0) parts.push(`${waiting} mails wait to be sent.`);
  if (held > 0)
    parts.push(output.style.yellow(`${held} mails are held: nobody knows whether they went out. See 'scorekeeper alerts list'.`));
  const refused = status.connections.reduce((sum, each) => sum + each.refused, 0);
  if (refused > 0) parts.push(output.style.yellow(`${refused} records were refused. See 'scorekeeper errors list'.`));
  return parts.join("\n\n");
}

function connectionsTable(connections: readonly ConnectionStatus[]): string {
  if (connections.length === 0) return "No connections are configured.";
  const right = "right" as const;
  const columns = [
    { title: "connection" },
    { title: "last sync" },
    { title: "state" },
    { title: "deals", align: right },
    { title: "open", align: right },
    { title: "activities", align: right },
    { title: "refused", align: right },
  ];
  const rows = connections.map((each) => [
    each.id,
    each.lastSync?.ended_at?.slice(0, 19) ?? "never",
    each.lastSync?.state ?? "",
    String(each.deals),
    String(each.openDeals),
    String(each.activities),
    String(each.refused),
  ]);
  return table(columns, rows);
}
