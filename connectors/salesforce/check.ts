import type { CheckLine, CheckReport } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { CallContext } from "./client.ts";
import { isRow } from "./decode.ts";
import { rowsOrNone } from "./fields.ts";
import { dealFields } from "./map.ts";
import type { ObjectInfo } from "./schema.ts";
import { soql } from "./soql.ts";
import type { ReadDeps } from "./window.ts";

/** Without these there is nothing to measure. */
const NEEDED = ["Opportunity", "OpportunityHistory", "OpportunityStage", "User", "Account", "Task", "Event"];
/** Features an org may do without; what is then missing is said. */
const OPTIONAL: readonly (readonly [object: string, without: string])[] = [
  ["OpportunityFieldHistory", "changes of owner are seen only from now on: track Owner under Opportunity, Set History Tracking"],
  ["EmailMessage", "only e-mails logged as tasks are seen, without direction: Enhanced Email is off"],
  ["Lead", "lead KPIs stay empty"],
  ["ForecastingQuota", "quotas come from targets.csv only: collaborative forecasts are off, or View All Forecasts is missing"],
  ["CurrencyType", "one currency"],
];
/** Not in every org; absent is normal. */
const FEATURE_FIELDS = new Set(["RecordTypeId", "CurrencyIsoCode", "Territory2Id"]);
const LOW_SHARE = 0.1;
const CLOCK_SLACK_MS = 120_000;

/** Login, objects, fields and API budget, one line each; a failing line says who grants what. */
export async function check(deps: ReadDeps, context: CallContext): Promise<CheckReport> {
  const login = await attempt("login", async () => {
    const { organizationId } = await deps.client.identity(context);
    return organizationId === null ? "logged in" : `logged in to org ${organizationId}`;
  });
  if (!login.ok) return { account: null, lines: [login] };
  const lines: CheckLine[] = [login, await budgetLine(deps, context)];
  for (const name of NEEDED) lines.push(await objectLine(deps, name, context));
  lines.push(await fieldsLine(deps, context));
  for (const [name, without] of OPTIONAL) lines.push(await featureLine(deps, name, without, context));
  lines.push(clockLine(deps));
  return { account: await accountName(deps, context), lines };
}

async function attempt(what: string, run: () => Promise<string>): Promise<CheckLine> {
  try {
    return { what, ok: true, detail: await run() };
  } catch (error) {
    if (!isAppError(error) || error.recovery === "cancelled") throw error;
    return { what, ok: false, detail: error.message };
  }
}

async function accountName(deps: ReadDeps, context: CallContext): Promise<string | null> {
  const query = soql({ object: "Organization", fields: ["Id", "Name"] });
  const [row] = await rowsOrNone(deps.client, "organization.read", "/query", query, context);
  return typeof row?.["Name"] === "string" ? row["Name"] : null;
}

async function budgetLine(deps: ReadDeps, context: CallContext): Promise<CheckLine> {
  const what = "API calls";
  const read = (body: unknown): CheckLine => {
    const daily = isRow(body) && isRow(body["DailyApiRequests"]) ? body["DailyApiRequests"] : {};
    const most = Number(daily["Max"]);
    const left = Number(daily["Remaining"]);
    if (!Number.isFinite(most) || !Number.isFinite(left)) return { what, ok: true, detail: "the org does not say how many are left" };
    const detail = `${left} of ${most} left in these 24 hours; this connection may use ${Math.round(deps.settings.budget.dailyShare * 100)} %`;
    return { what, ok: left >= most * LOW_SHARE, detail };
  };
  try {
    return await deps.client.request({ name: "limits.read", method: "GET", path: "/limits" }, context, read);
  } catch (error) {
    if (!isAppError(error) || error.recovery === "cancelled") throw error;
    return { what, ok: false, detail: error.message };
  }
}

async function objectLine(deps: ReadDeps, name: string, context: CallContext): Promise<CheckLine> {
  const object = await deps.schema.object(name, context);
  const remedy = `give the integration user's permission set Read and View All on ${name}`;
  return { what: name, ok: object !== null, detail: object === null ? `can't be read: ${remedy}` : `${object.fields.size} fields` };
}

async function featureLine(deps: ReadDeps, name: string, without: string, context: CallContext): Promise<CheckLine> {
  const object = await deps.schema.object(name, context);
  return { what: name, ok: true, detail: object === null ? `not offered: ${without}` : `${object.fields.size} fields` };
}

/** Fields without read access silently narrow what is read, so they are named. */
async function fieldsLine(deps: ReadDeps, context: CallContext): Promise<CheckLine> {
  const what = "Opportunity fields";
  const object: ObjectInfo | null = await deps.schema.object("Opportunity", context);
  if (object === null) return { what, ok: false, detail: "Opportunity can't be read" };
  const wanted = dealFields(deps.settings.fields).filter((field) => !FEATURE_FIELDS.has(field));
  const hidden = wanted.filter((field) => !object.fields.has(field));
  const formulas = wanted.filter((field) => object.fields.get(field)?.calculated === true);
  if (hidden.length > 0) {
    return {
      what,
      ok: false,
      detail: `hidden or missing: ${hidden.join(", ")}; grant Read on them in the integration user's permission set`,
    };
  }
  const note = formulas.length === 0 ? "" : `; formulas change without a time stamp and may be out of date: ${formulas.join(", ")}`;
  return { what, ok: true, detail: `all ${wanted.length} can be read${note}` };
}

function clockLine(deps: ReadDeps): CheckLine {
  const aheadMs = deps.client.time.aheadMs() ?? 0;
  const isClose = Math.abs(aheadMs) <= CLOCK_SLACK_MS;
  const detail = isClose ? "agrees with this machine" : `${Math.round(aheadMs / 1000)} s ahead of this machine; Salesforce's is used`;
  return { what: "clock", ok: true, detail };
}
