import { AppError } from "#core/errors.ts";
import { decodeValue } from "#writeback/outbox.ts";
import { recordKey } from "#writeback/plan.ts";
import { type App, EXIT, type Output } from "./app.ts";
import { harmless, table } from "./text.ts";
import type { Verb } from "./verb.ts";
import { planStep } from "./writeback-step.ts";

/** `writeback show RECORD`: what one record should hold, what was sent, and what the CRM said (W26). */
export function showRecordVerb(): Verb {
  return {
    name: "show",
    summary: "one record's story: desired, sent last, refused, next",
    arguments: [{ name: "<record>", description: "connection:id, such as hs:123" }],
    examples: ["scorekeeper writeback show hs:123", "scorekeeper writeback show sf:006A --json"],
    run: async (call) => {
      const app = await call.app();
      const name = call.args[0] ?? "";
      const story = await storyOf(app, name);
      show(call.output, name, story);
      call.output.document({ schema: "scorekeeper.writeback-record/1", record: name, ...story });
      return EXIT.done;
    },
  };
}

type Story = Awaited<ReturnType<typeof storyOf>>;

async function storyOf(app: App, name: string) {
  const colon = name.indexOf(":");
  const connectionId = name.slice(0, Math.max(0, colon));
  const id = name.slice(colon + 1);
  if (!app.connectionIds.includes(connectionId)) throw unknown(name);
  const warehouse = await app.warehouse();
  const { plan, desired, memory } = await planStep(app, warehouse, connectionId);
  const key = recordKey({ target: "deal", id });
  const sent = memory.sent.get(key) ?? {};
  const wanted = desired.find((record) => recordKey(record) === key);
  const { changes, failure } = await warehouse.read(async (db) => ({
    changes: await db
      .selectFrom("writeback_changes")
      .selectAll()
      .where("connection_id", "=", connectionId)
      .where("target", "=", "deal")
      .where("record_id", "=", id)
      .orderBy("changed_at", "desc")
      .orderBy("run_id")
      .orderBy("field")
      .limit(20)
      .execute(),
    failure: await db
      .selectFrom("writeback_failures")
      .selectAll()
      .where("connection_id", "=", connectionId)
      .where("target", "=", "deal")
      .where("record_id", "=", id)
      .executeTakeFirst(),
  }));
  if (wanted === undefined && changes.length === 0) throw unknown(name);
  return {
    desired: wanted?.values ?? null,
    sent,
    next: plan.items.find((item) => recordKey(item) === key) ?? null,
    refused:
      failure === undefined
        ? null
        : { state: failure.state, times: failure.times, code: failure.error_code, message: failure.error_message, at: failure.last_at },
    changes: changes.map((row) => ({
      ...{ run: row.run_id, field: row.field, old: decodeValue(row.old_value), new: decodeValue(row.new_value), state: row.state },
      ...{ at: row.changed_at, code: row.error_code },
    })),
  };
}

function text(value: unknown): string {
  return value === null || value === undefined ? "(empty)" : harmless(String(value));
}

function wanted({ desired }: Story, field: string): string {
  if (desired === null) return "left alone";
  return field in desired ? text(desired[field]) : "goes along";
}

function show(output: Output, name: string, story: Story): void {
  output.print(output.style.bold(harmless(name)));
  const fields = [...new Set([...Object.keys(story.desired ?? {}), ...Object.keys(story.sent)])];
  output.print(
    table(
      [{ title: "field" }, { title: "should be" }, { title: "CRM confirmed" }],
      fields.map((field) => [field, wanted(story, field), text(story.sent[field])]),
    ),
  );
  if (story.refused !== null) {
    output.print(
      output.style.yellow(
        `refused ${story.refused.times} times (${story.refused.state}): ${harmless(story.refused.message)} [${story.refused.code}]`,
      ),
    );
  }
  output.print(
    story.next === null ? "Nothing is due." : `Due with the next apply: ${story.next.changes.map((change) => change.field).join(", ")}`,
  );
  for (const change of story.changes) {
    output.print(
      `  ${change.at.slice(0, 19)} ${change.field}: ${text(change.old)} → ${text(change.new)} (${change.state}${change.code === null ? "" : `, ${change.code}`})`,
    );
  }
}

function unknown(name: string): AppError {
  return new AppError({
    code: "writeback.unknown_record",
    recovery: "configure",
    message: `'${name}' is no record that is or was written; expected connection:id of an open deal, such as hs:123.`,
  });
}
