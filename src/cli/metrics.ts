import { AppError } from "#core/errors.ts";
import type { Metric } from "#core/metric.ts";
import { metricsContext } from "#metrics/context.ts";
import { queryMetrics } from "#metrics/query.ts";
import { METRICS, metricOf } from "#metrics/registry.ts";
import type { MetricsRequest } from "#metrics/request.ts";
import { EXIT } from "./app.ts";
import { metricsCsv, metricsTable } from "./metrics-text.ts";
import { table } from "./text.ts";
import type { Call, Verb, VerbOption } from "./verb.ts";

/** `metrics list | show | query`: the catalogue of KPIs, one KPI's definition, and values. */
export function metricsVerb(): Verb {
  return { name: "metrics", summary: "the catalogue of KPIs, and their values", verbs: [listVerb(), showVerb(), queryVerb()] };
}

/** Options that say which facts a question is about; `explain metric` takes the same. */
export const QUESTION_OPTIONS: readonly VerbOption[] = [
  { flags: "--grain <grain>", description: "period: day, week, month, quarter, year, fiscal_quarter, fiscal_year; several with commas" },
  { flags: "--from <day>", description: "first day that counts" },
  { flags: "--to <day>", description: "first day that no longer counts" },
  { flags: "--as-of <moment>", description: "state of that day (its end) or instant" },
  { flags: "--where <dimension=value>", description: "only these facts", repeat: true },
];

function listVerb(): Verb {
  return {
    name: "list",
    summary: "every KPI with its unit and formula",
    examples: ["scorekeeper metrics list", "scorekeeper metrics list --json"],
    run: async (call) => {
      const columns = [{ title: "id" }, { title: "name" }, { title: "unit" }, { title: "by" }, { title: "formula" }];
      call.output.print(
        table(
          columns,
          METRICS.map((metric) => [metric.key, metric.label, metric.unit, metric.anchor, metric.formula]),
        ),
      );
      call.output.document({ schema: "scorekeeper.metric-list/1", metrics: METRICS.map(definition) });
      return EXIT.done;
    },
  };
}

function showVerb(): Verb {
  return {
    name: "show",
    summary: "one KPI's formula, anchor, exclusions and dimensions",
    arguments: [{ name: "<id>", description: "the KPI" }],
    examples: ["scorekeeper metrics show win_rate"],
    run: async (call) => {
      const metric = metricOf(call.args[0] ?? "");
      call.output.print(described(metric, call));
      call.output.document({ schema: "scorekeeper.metric/1", ...definition(metric) });
      return EXIT.done;
    },
  };
}

/** A declaration as data: everything but its functions. */
function definition(metric: Metric) {
  return {
    id: metric.key,
    version: metric.version,
    label: metric.label,
    formula: metric.formula,
    notes: metric.notes,
    unit: metric.unit,
    direction: metric.direction,
    anchor: metric.anchor,
    credit: metric.credit,
    grains: metric.grains,
    dimensions: metric.dimensions,
    additivity: metric.additivity,
    minimumSample: metric.minimumSample ?? null,
    windowDays: metric.windowDays ?? null,
    ages: metric.ages,
    reads: metric.kind === "fact" ? metric.reads : null,
    dependsOn: metric.kind === "derived" ? metric.dependsOn.map(({ metric: key, over }) => ({ metric: key, over })) : [],
    source: metric.source,
    status: metric.status,
  };
}

function described(metric: Metric, call: Call): string {
  const { style } = call.output;
  const line = (name: string, text: string): string => `  ${style.dim(name.padEnd(12))}${text}`;
  const reads =
    metric.kind === "fact"
      ? metric.reads
      : metric.dependsOn.map(({ metric: key, over }) => `${key} (${over.replaceAll("_", " ")})`).join(", ");
  return [
    `${style.bold(metric.label)} (${metric.key}, version ${metric.version})`,
    line("formula", metric.formula),
    line("notes", metric.notes),
    line("unit", `${metric.unit}, ${metric.direction}`),
    line("anchor", metric.anchor),
    line("credit", metric.credit.replaceAll("_", " ")),
    line("reads", reads),
    line("additivity", metric.additivity.replaceAll("_", " ")),
    line("grains", metric.grains.join(", ")),
    line("dimensions", metric.dimensions.join(", ")),
    ...(metric.minimumSample === undefined ? [] : [line("sample", `below ${metric.minimumSample} the value is flagged low_sample`)]),
    ...(metric.windowDays === undefined ? [] : [line("window", `${metric.windowDays} days; younger cohorts are immature`)]),
    line("source", metric.source),
    "",
    `What counted and what was left out: scorekeeper explain metric ${metric.key}`,
  ].join("\n");
}

function queryVerb(): Verb {
  return {
    name: "query",
    summary: "values of KPIs",
    arguments: [{ name: "<id...>", description: "one KPI or several" }],
    options: [
      { flags: "--by <dimensions>", description: "rep, team, manager, pipeline …; several with commas" },
      ...QUESTION_OPTIONS,
      { flags: "--known-at <moment>", description: "only what had been seen by then (not available yet)" },
      { flags: "--compare <periods>", description: "previous, last-year: the equal elapsed part of an earlier period" },
      { flags: "--csv", description: "CSV instead of a table" },
    ],
    examples: [
      "scorekeeper metrics query win_rate --by manager --grain quarter --from 2026-01-01",
      "scorekeeper metrics query open_deals open_amount --by stage",
      "scorekeeper metrics query won_amount --as-of 2026-03-31 --compare previous,last-year --json",
    ],
    run: async (call) => {
      const app = await call.app();
      const by = words(call.text("by"));
      const document = await queryMetrics({ ...metricsContext(app), warehouse: await app.warehouse() }, request(call, by));
      if (call.flag("csv")) call.output.raw(metricsCsv(document, by));
      else call.output.print(metricsTable(document, by, call.output.style));
      call.output.document(document);
      return EXIT.done;
    },
  };
}

function request(call: Call, by: readonly string[]): MetricsRequest {
  const knownAt = call.text("known-at");
  return {
    metrics: call.args,
    by,
    ...questionOf(call),
    ...(knownAt === undefined ? {} : { knownAt }),
    compare: words(call.text("compare")),
  };
}

/** What QUESTION_OPTIONS were set to. */
export function questionOf(call: Call): Pick<MetricsRequest, "grains" | "from" | "to" | "asOf" | "where"> {
  const [from, to, asOf] = [call.text("from"), call.text("to"), call.text("as-of")];
  return {
    grains: words(call.text("grain")),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
    where: call.texts("where").map(condition),
  };
}

function condition(text: string): { readonly dimension: string; readonly value: string } {
  const equals = text.indexOf("=");
  if (equals > 0) return { dimension: text.slice(0, equals), value: text.slice(equals + 1) };
  const message = `--where is '${text}'; expected dimension=value such as team=East.`;
  throw new AppError({ code: "usage.arguments", recovery: "configure", message });
}

function words(text: string | undefined): readonly string[] {
  return text === undefined
    ? []
    : text
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== "");
}
