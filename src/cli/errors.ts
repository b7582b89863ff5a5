import { ERROR_CATALOGUE } from "#core/error-catalogue.ts";
import { AppError } from "#core/errors.ts";
import { listRefused, parkRefused, REFUSED_STATES, type RefusedState, retryRefused } from "#operate/refused.ts";
import { EXIT } from "./app.ts";
import { chosenConnections, wholeNumber } from "./options.ts";
import { harmless, table } from "./text.ts";
import type { Call, Verb } from "./verb.ts";

/** `errors list | retry | park`: the records that were refused, and what to do with them (law 9). */
export function errorsVerb(): Verb {
  return { name: "errors", summary: "records that were refused, and why", verbs: [listVerb(), retryVerb(), parkVerb()] };
}

const FILTER = [
  { flags: "--connection <id>", description: "only this connection" },
  { flags: "--stream <name>", description: "only this stream" },
];

function listVerb(): Verb {
  return {
    name: "list",
    summary: "refused records with reason and remedy",
    examples: ["scorekeeper errors list", "scorekeeper errors list --connection export --json"],
    options: [
      ...FILTER,
      { flags: "--state <state>", description: "open (default), parked or resolved", choices: REFUSED_STATES },
      { flags: "--limit <n>", description: "how many (50)" },
    ],
    run: async (call) => {
      const state = REFUSED_STATES.find((known) => known === call.text("state")) ?? "open";
      const { rows, total } = await refused(call, state, wholeNumber(call, "limit", 50));
      call.output.print(total === 0 ? `No ${state} refused records.` : text(call, rows, total));
      call.output.document({ schema: "scorekeeper.errors/1", total, errors: rows.map((row) => ({ ...row, times: Number(row.times) })) });
      return EXIT.done;
    },
  };
}

type Rows = Awaited<ReturnType<typeof listRefused>>["rows"];

async function refused(call: Call, state: RefusedState, limit: number): ReturnType<typeof listRefused> {
  const app = await call.app();
  const connectionId = call.text("connection") === undefined ? undefined : chosenConnections(call, app.connectionIds)[0];
  const warehouse = await app.warehouse();
  return warehouse.read((db) => listRefused(db, { connectionId, stream: call.text("stream"), state }, limit));
}

function text(call: Call, rows: Rows, total: number): string {
  const columns = [{ title: "connection" }, { title: "stream" }, { title: "record" }, { title: "why" }];
  const listed = rows.map((row) => [row.connection_id, row.stream, harmless(row.ref), `${harmless(row.reason)} [${row.code}]`]);
  const codes = [...new Set(rows.map((row) => row.code))];
  const remedies = codes.flatMap((code) => (ERROR_CATALOGUE[code] === undefined ? [] : [`${code}: ${ERROR_CATALOGUE[code].remedy}`]));
  const more = total > rows.length ? `\n… and ${total - rows.length} more (--limit)` : "";
  return `${table(columns, listed)}${more}\n\n${remedies.map((line) => call.output.style.dim(line)).join("\n")}`;
}

function retryVerb(): Verb {
  return {
    name: "retry",
    summary: "read the streams with refused records again at the next sync",
    examples: ["scorekeeper errors retry", "scorekeeper errors retry --connection hs --stream deals"],
    options: FILTER,
    run: async (call) => {
      const app = await call.app();
      const connectionId = call.text("connection") === undefined ? undefined : chosenConnections(call, app.connectionIds)[0];
      const streams = await app.exclusive((warehouse) =>
        warehouse.write((tx) => retryRefused(tx, { connectionId, stream: call.text("stream") })),
      );
      const next =
        streams.length === 0 ? "Nothing to read again." : `Read again from the beginning at the next sync: ${streams.join(", ")}.`;
      call.output.print(next);
      call.output.document({ schema: "scorekeeper.errors-retry/1", streams });
      return EXIT.done;
    },
  };
}

function parkVerb(): Verb {
  return {
    name: "park",
    summary: "put a refused record aside",
    arguments: [
      { name: "<connection>", description: "its connection" },
      { name: "<record>", description: "as 'errors list' shows it" },
    ],
    examples: ["scorekeeper errors park export deals.csv:17"],
    run: async (call) => {
      const app = await call.app();
      const [connectionId = "", ref = ""] = call.args;
      const parked = await app.exclusive((warehouse) => warehouse.write((tx) => parkRefused(tx, connectionId, ref)));
      if (parked === 0) throw notThere(connectionId, ref);
      call.output.print(`${connectionId} ${ref} is parked: no longer counted as an error. 'errors retry' brings it back.`);
      call.output.document({ schema: "scorekeeper.errors-park/1", connection: connectionId, record: ref, parked });
      return EXIT.done;
    },
  };
}

function notThere(connectionId: string, ref: string): AppError {
  const message = `There is no open refused record '${ref}' of '${connectionId}'; see 'scorekeeper errors list'.`;
  return new AppError({ code: "usage.record", recovery: "configure", message });
}
