import type { FieldValue } from "#core/writeback.ts";
import type { DesiredRecord } from "./desired.ts";
import { AS_OF, type ManagedField, normalise } from "./fields.ts";
import { recordKey, type WritebackPlan } from "./plan.ts";

/** A plan as a file an import takes: the id and the fields that change anywhere in it. Each row holds its record's full values of these
 *  fields, so that it does not matter whether the importer leaves or clears what is empty. */
export function planCsv(plan: WritebackPlan, desired: readonly DesiredRecord[], fields: readonly ManagedField[], idColumn: string): string {
  const changed = new Set(plan.items.flatMap((item) => item.changes.map((change) => change.field)));
  const columns = fields.filter(({ spec }) => changed.has(spec.name));
  const values = new Map(desired.map((record) => [recordKey(record), record.values]));
  const rows = plan.items.map((item) => {
    const wanted: Readonly<Record<string, FieldValue>> = { ...values.get(recordKey(item)), [AS_OF]: plan.asOf };
    return [item.id, ...columns.map(({ spec }) => normalise(wanted[spec.name] ?? null, spec))];
  });
  const lines = [[idColumn, ...columns.map(({ spec }) => spec.label)], ...rows];
  return `${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Quoted where needed; a text that a spreadsheet would take for a formula is made plain. */
function cell(value: FieldValue): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
