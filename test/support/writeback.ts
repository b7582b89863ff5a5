import type { Writer } from "#core/connector.ts";
import { AppError, type Recovery } from "#core/errors.ts";
import { silentLog } from "#core/log.ts";
import { failed, ok } from "#core/result.ts";
import { type Rng, seededRng } from "#core/rng.ts";
import type { FieldValue, WriteItem } from "#core/writeback.ts";
import { translator } from "#i18n/translate.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { ApplyDeps } from "#writeback/apply.ts";
import { DEAL_FIELD_NAMES, dealFields } from "#writeback/fields.ts";
import type { WritebackSettings } from "#writeback/planned.ts";
import type { ApplyPoint } from "#writeback/send.ts";
import type { ManualClock } from "./manual-clock.ts";

export function trouble(code: string, recovery: Recovery, details: Readonly<Record<string, string>> = {}): AppError {
  return new AppError({ code, recovery, message: `${code}.`, details });
}

/** A CRM in memory: what was written to it, and how it misbehaves. */
export interface FakeCrm {
  readonly writer: Writer;
  /** One for all runs against it: run ids never repeat. */
  readonly rng: Rng;
  readonly values: Map<string, Readonly<Record<string, FieldValue>>>;
  readonly calls: (readonly WriteItem[])[];
  /** Answers for single records, by id; consumed from the front, the last one stays when `forever`. */
  readonly refusals: Map<string, { readonly errors: AppError[]; readonly forever: boolean }>;
  /** Answers for whole calls, first come first. */
  readonly failures: (AppError | ((batch: readonly WriteItem[]) => AppError | null))[];
  readonly missing: Set<string>;
}

export function fakeCrm(): FakeCrm {
  const crm: Omit<FakeCrm, "writer"> = {
    ...{ values: new Map(), calls: [], refusals: new Map(), failures: [], missing: new Set(), rng: seededRng(1) },
  };
  const writeOne = (item: WriteItem) => {
    const refusal = crm.refusals.get(item.id);
    const error = refusal?.forever === true ? refusal.errors[0] : refusal?.errors.shift();
    if (error !== undefined) return failed(error);
    crm.values.set(item.id, { ...crm.values.get(item.id), ...item.values });
    return ok({ id: item.id });
  };
  const writer: Writer = {
    write: async (batch) => {
      crm.calls.push(batch);
      const next = crm.failures[0];
      const error = typeof next === "function" ? next(batch) : crm.failures.shift();
      if (error !== undefined && error !== null && typeof error !== "function") throw error;
      return batch.map(writeOne);
    },
    ensureFields: async (fields) => fields.map((field) => ({ field, state: "created", detail: null })),
    readiness: async (fields) =>
      fields.map((field) => ({
        field,
        ready: !crm.missing.has(field.name),
        remedy: crm.missing.has(field.name) ? "Grant it." : null,
      })),
    read: async () => [],
    automations: async () => [],
  };
  return { ...crm, writer };
}

export const WRITEBACK_SETTINGS: WritebackSettings = {
  ...{ mode: "auto", refreshDays: 7, firstApplyRecords: 20, maximumDataAgeMs: 26 * 3_600_000 },
  breaker: { records: 5000, percent: 50 },
  fields: dealFields(DEAL_FIELD_NAMES, translator("en", "UTC")),
};

export function applyDeps(
  warehouse: Warehouse,
  clock: ManualClock,
  crm: FakeCrm,
  paces: () => readonly DealPace[],
  change: { readonly settings?: Partial<WritebackSettings>; readonly batch?: number; readonly at?: (point: ApplyPoint) => void } = {},
): ApplyDeps {
  return {
    ...{
      warehouse,
      clock,
      connectionId: "hs",
      batch: change.batch ?? 10,
      by: "pat",
      log: silentLog,
      rng: crm.rng,
    },
    settings: { ...WRITEBACK_SETTINGS, ...change.settings },
    loadPaces: async () => paces(),
    outlet: { kind: "crm", writer: crm.writer },
    signal: new AbortController().signal,
    ...(change.at === undefined ? {} : { at: change.at }),
  };
}
