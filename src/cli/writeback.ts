import { AppError } from "#core/errors.ts";
import type { FieldOutcome } from "#core/writeback.ts";
import { withRun } from "#warehouse/runs.ts";
import type { ApplyReport } from "#writeback/apply.ts";
import { storeAutomations } from "#writeback/automations.ts";
import { decideHeld, heldRun, setWritebackMode } from "#writeback/mode.ts";
import { writebackSettings } from "./act-settings.ts";
import { type App, EXIT, type ExitCode } from "./app.ts";
import { chosenConnections } from "./options.ts";
import { harmless } from "./text.ts";
import type { Call, Verb } from "./verb.ts";
import { showRecordVerb } from "./writeback-show.ts";
import { applyExit, applyStep, csvOf, planStep } from "./writeback-step.ts";
import { applyJson, planJson, showApply, showPlan } from "./writeback-text.ts";

const CONNECTION = { flags: "--connection <id>", description: "only this connection" } as const;
const COMMENT = { flags: "--comment <text>", description: "why, for the record" } as const;

/** `writeback provision | plan | apply | approve | reject | go-live | show`: results onto CRM records. */
export function writebackVerb(): Verb {
  const decide = { options: [CONNECTION, COMMENT] };
  return {
    name: "writeback",
    summary: "results onto CRM records: plan, apply, approve",
    verbs: [
      provisionVerb(),
      planVerb(),
      {
        name: "apply",
        summary: "writes what has changed; in preview nothing (exit 4), at first 20 records",
        examples: ["scorekeeper writeback apply", "scorekeeper writeback apply --connection hs"],
        options: [CONNECTION],
        run: applyAll,
      },
      { name: "approve", summary: "releases a held plan; the next apply writes it", ...decide, run: (call) => decideAll(call, true) },
      { name: "reject", summary: "discards a held plan", ...decide, run: (call) => decideAll(call, false) },
      goLiveVerb(),
      showRecordVerb(),
    ],
  };
}

/** Who is at the keyboard, as far as the system knows. */
export function actor(call: Call): string {
  return call.services.env["USER"] ?? call.services.env["LOGNAME"] ?? "somebody";
}

function provisionVerb(): Verb {
  return {
    name: "provision",
    summary: "creates our fields where they are missing; never drops or retypes one",
    examples: ["scorekeeper writeback provision --dry-run", "scorekeeper writeback provision --connection sf"],
    options: [CONNECTION, { flags: "--dry-run", description: "only say what would be created" }],
    run: async (call) => {
      const app = await call.app();
      const found: { readonly connection: string; readonly fields: readonly FieldOutcome[] }[] = [];
      for (const connection of chosenConnections(call, app.connectionIds)) {
        const fields = await provision(call, app, connection);
        if (fields !== null) found.push({ connection, fields });
      }
      call.output.document({
        schema: "scorekeeper.writeback-provision/1",
        connections: found.map((each) => ({
          connection: each.connection,
          fields: each.fields.map(({ field, state, detail }) => ({ field: field.name, target: field.target, state, detail })),
        })),
      });
      const states = found.flatMap((each) => each.fields.map((field) => field.state));
      return states.some((state) => state === "conflict" || state === "refused") ? EXIT.partial : EXIT.done;
    },
  };
}

async function provision(call: Call, app: App, connectionId: string): Promise<readonly FieldOutcome[] | null> {
  const { writer } = await app.connector(connectionId);
  if (writer === undefined) {
    call.output.note(`${connectionId}: results go to a file for import; there are no fields to create.`);
    return null;
  }
  const specs = writebackSettings(app, connectionId).fields.map((field) => field.spec);
  const ensure = (signal: AbortSignal) => writer.ensureFields(specs, { dryRun: call.flag("dry-run"), signal });
  const fields = call.flag("dry-run")
    ? await ensure(app.signal)
    : await app.exclusive((warehouse, signal) =>
        withRun({ ...app, warehouse }, { kind: "provision", connectionId }, async () => {
          const value = await ensure(signal);
          const created = value.filter((outcome) => outcome.state === "created").length;
          const found = await writer.automations("deal", signal);
          const { organization, clock } = app;
          await warehouse.write((tx) => storeAutomations(tx, found, { connectionId, organization, now: clock.now() }));
          return { state: "ok", counts: { fields: value.length, created, automations: found.length }, value };
        }),
      );
  call.output.print(call.output.style.bold(connectionId));
  for (const { field, state, detail } of fields) {
    call.output.print(`  ${field.label} (${field.name}): ${state.replace("_", " ")}${detail === null ? "" : `; ${harmless(detail)}`}`);
  }
  return fields;
}

function planVerb(): Verb {
  return {
    name: "plan",
    summary: "what would be written, field by field, and the calls it costs; speaks to no CRM",
    examples: ["scorekeeper writeback plan", "scorekeeper writeback plan --connection export --format csv > import.csv"],
    options: [CONNECTION, { flags: "--format <format>", description: "table or csv", choices: ["table", "csv"] }],
    run: async (call) => {
      const app = await call.app();
      const warehouse = await app.warehouse();
      const connections = chosenConnections(call, app.connectionIds);
      const isCsv = call.text("format") === "csv";
      if (isCsv && connections.length !== 1) throw oneConnection();
      const plans = [];
      for (const connectionId of connections) {
        const planned = await planStep(app, warehouse, connectionId);
        const held = await warehouse.read((db) => heldRun(db, connectionId));
        if (isCsv) call.output.raw(csvOf(app, connectionId, planned));
        else showPlan(call.output, planned, held !== undefined);
        plans.push(planJson(planned, held?.run_id ?? null));
      }
      call.output.document({ schema: "scorekeeper.writeback-plan/1", plans });
      return EXIT.done;
    },
  };
}

function oneConnection(): AppError {
  const message = "--format csv makes one file: name its connection with --connection.";
  return new AppError({ code: "usage.arguments", recovery: "configure", message });
}

async function applyAll(call: Call): Promise<ExitCode> {
  const app = await call.app();
  const connections = chosenConnections(call, app.connectionIds);
  const reports: ApplyReport[] = [];
  for (const connectionId of connections) {
    const report = await app.exclusive((warehouse, signal) => applyStep(app, warehouse, signal, connectionId, actor(call)));
    showApply(call.output, report);
    reports.push(report);
  }
  call.output.document({ schema: "scorekeeper.writeback-apply/1", connections: reports.map(applyJson) });
  return applyExit(reports);
}

async function decideAll(call: Call, approve: boolean): Promise<ExitCode> {
  const app = await call.app();
  const comment = call.text("comment") ?? null;
  const by = actor(call);
  const connections = chosenConnections(call, app.connectionIds);
  const decided = await app.exclusive(async (warehouse) => {
    const waiting: string[] = [];
    for (const id of connections) if ((await warehouse.read((db) => heldRun(db, id))) !== undefined) waiting.push(id);
    // Named, or the only one configured: then its having nothing to decide is worth an error.
    const chosen = waiting.length === 0 ? connections.slice(0, 1) : waiting;
    const runs = [];
    for (const id of chosen) {
      const now = app.clock.now();
      runs.push(await warehouse.write((tx) => decideHeld(tx, id, { approve, by, comment, now })));
    }
    return runs;
  });
  for (const run of decided) {
    call.output.print(
      `${run.connection_id}: ${approve ? "approved. Write it with: scorekeeper writeback apply" : "rejected; nothing of it is written."}`,
    );
  }
  call.output.document({
    schema: "scorekeeper.writeback-decision/1",
    decisions: decided.map((run) => ({ connection: run.connection_id, run: run.run_id, state: run.state, by, comment })),
  });
  return EXIT.done;
}

function goLiveVerb(): Verb {
  return {
    name: "go-live",
    summary: "results are written from now on; --off goes back to preview",
    examples: ["scorekeeper writeback go-live --connection hs", "scorekeeper writeback go-live --off"],
    options: [CONNECTION, { flags: "--off", description: "back to preview: nothing is written" }],
    run: async (call) => {
      const app = await call.app();
      const connections = chosenConnections(call, app.connectionIds);
      const mode = call.flag("off") ? "preview" : "trial";
      const [by, at] = [actor(call), app.clock.now()];
      await app.exclusive(async (warehouse) => {
        for (const id of connections) await warehouse.write((tx) => setWritebackMode(tx, id, mode, by, at));
      });
      const isForced = mode === "trial" && app.config.writeback.mode === "preview";
      const limit = app.config.writeback.firstApplyRecords;
      for (const id of connections) {
        const what =
          mode === "preview"
            ? "in preview: nothing is written."
            : `live. The first apply writes at most ${limit} records, then waits for 'writeback approve'.`;
        call.output.print(`${id}: ${what}`);
      }
      if (isForced) call.output.print("But writeback.mode is 'preview' in the configuration, which wins.");
      call.output.document({ schema: "scorekeeper.writeback-mode/1", mode: isForced ? "preview" : mode, connections, by, at });
      return isForced ? EXIT.held : EXIT.done;
    },
  };
}
