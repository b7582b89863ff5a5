import type { AlertDeps } from "#alerts/run-alerts.ts";
import type { AlertSettings } from "#alerts/settings.ts";
import { WEEKDAYS, weekdaysOf } from "#config/scalars.ts";
import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import { translator } from "#i18n/translate.ts";
import { smtpTransport } from "#mail/smtp.ts";
import type { MailTransport } from "#mail/transport.ts";
import { dealPaces } from "#metrics/deal-pace.ts";
import type { ReadDb, Warehouse } from "#warehouse/warehouse.ts";
import { DEAL_FIELD_NAMES, dealFields } from "#writeback/fields.ts";
import type { WritebackSettings } from "#writeback/planned.ts";
import type { App } from "./app.ts";

const HOUR_MS = 3_600_000;

/** The rule of stuck deals as configured; null when it is off. */
function staleRule(app: App) {
  const rule = app.config.alerts.rules.find((each) => each.id === "stale_deal");
  return rule?.enabled === true ? rule : null;
}

/** What alerts follow of the configuration. Without a mail server nothing can be told: everything is shown only. */
export function alertSettings(app: App): AlertSettings {
  const { alerts, people, schedule, operations } = app.config;
  const rule = staleRule(app);
  const canSend = mailTransport(app) !== null;
  const [hours = "8", minutes = "0"] = schedule.digest.at.split(":");
  return {
    mode: canSend ? alerts.mode : "preview",
    mail: {
      ...{ from: alerts.from ?? "scorekeeper@invalid", replyAddress: alerts.replyAddress ?? null },
      operations: canSend ? (alerts.operations ?? null) : null,
    },
    staleDeal:
      rule === null
        ? null
        : {
            ...{ id: rule.id, multiplier: rule.multiplier ?? 2, minimumDays: rule.minimumDays ?? 7, clearShare: rule.clearShare ?? 0.8 },
            ...{ criticalLimits: rule.criticalLimits === undefined ? 2 : rule.criticalLimits, minimumAmount: rule.minimumAmount ?? null },
          },
    remindAfterDays: rule?.remindAfterDays === undefined ? 5 : rule.remindAfterDays,
    peopleLevel: people.level,
    digest: {
      atMinute: Number(hours) * 60 + Number(minutes),
      days: new Set(weekdaysOf(schedule.digest.days) ?? WEEKDAYS.map((_, i) => i + 1)),
    },
    maximumDataAgeMs: operations.maximumDataAgeHours * HOUR_MS,
    connectionIds: app.connectionIds,
  };
}

/** How mail leaves; null when no server or sender is configured. */
export function mailTransport(app: App): MailTransport | null {
  const { smtp, from } = app.config.alerts;
  return smtp === undefined || from === undefined ? null : smtpTransport(smtp);
}

export function mailNotConfigured(): AppError {
  return new AppError({
    code: "mail.not_configured",
    recovery: "configure",
    message: "No mail can be sent: set alerts.smtp and alerts.from in scorekeeper.yaml.",
  });
}

/** Everything alerts need; connections are opened for the links into their CRM. */
export async function alertDeps(app: App, warehouse: Warehouse): Promise<AlertDeps> {
  const settings = alertSettings(app);
  const connectors = new Map(await Promise.all(app.connectionIds.map(async (id) => [id, await app.connector(id)] as const)));
  return {
    ...{ warehouse, clock: app.clock, organization: app.organization, settings },
    loadPaces: (db, rule) => dealPaces(db, { asOf: app.clock.now(), organization: app.organization, ...rule }),
    recordUrl: (connectionId, dealId) => connectors.get(connectionId)?.recordUrl("deal", dealId) ?? null,
  };
}

/** What the write-back of one connection follows. Throws `writeback.unknown_field`. */
export function writebackSettings(app: App, connectionId: string): WritebackSettings {
  const { writeback, operations, organization } = app.config;
  const names = writeback.connections[connectionId]?.deals ?? DEAL_FIELD_NAMES;
  for (const name of names) if (!DEAL_FIELD_NAMES.includes(name)) throw unknownField(connectionId, name);
  const { mode, refreshDays, firstApplyRecords, breaker } = writeback;
  return {
    ...{ mode, refreshDays, firstApplyRecords, breaker, maximumDataAgeMs: operations.maximumDataAgeHours * HOUR_MS },
    fields: dealFields(names, translator(organization.language, organization.timeZone)),
  };
}

/** Paces by the same rule as the alert: a deal is stuck in both or in neither. */
export function loadPaces(app: App): (db: ReadDb) => ReturnType<typeof dealPaces> {
  const rule = staleRule(app);
  const { multiplier = 2, minimumDays = 7 } = rule ?? {};
  return (db) => dealPaces(db, { asOf: app.clock.now(), organization: app.organization, multiplier, minimumDays });
}

function unknownField(connectionId: string, name: string): AppError {
  const meant = nearest(name, DEAL_FIELD_NAMES);
  const hint = meant === null ? `there are: ${DEAL_FIELD_NAMES.join(", ")}` : `did you mean '${meant}'?`;
  const message = `writeback.connections.${connectionId}.deals names '${name}', which is no field; ${hint}`;
  return new AppError({ code: "writeback.unknown_field", recovery: "configure", message });
}
