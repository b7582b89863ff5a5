import { metricsContext } from "#metrics/context.ts";
import { type ExplainedMetric, type ExplainedSide, explainMetric } from "#metrics/explain.ts";
import { queryMetrics } from "#metrics/query.ts";
import { EXIT, type Output } from "./app.ts";
import { QUESTION_OPTIONS, questionOf } from "./metrics.ts";
import { metricsTable } from "./metrics-text.ts";
import { wholeNumber } from "./options.ts";
import { harmless, table } from "./text.ts";
import type { Verb } from "./verb.ts";

/** `explain metric`: the rows behind a value, and those left out with the reason. */
export function explainVerb(): Verb {
  return { name: "explain", summary: "everything behind a value", verbs: [metricVerb()] };
}

function metricVerb(): Verb {
  return {
    name: "metric",
    summary: "rows counted, rows left out and why",
    arguments: [{ name: "<id>", description: "the KPI" }],
    options: [...QUESTION_OPTIONS, { flags: "--limit <n>", description: "rows shown of each kind (10)" }],
    examples: [
      "scorekeeper explain metric win_rate --where rep=ana@acme.example",
      "scorekeeper explain metric avg_days_in_stage --grain month --json",
    ],
    run: async (call) => {
      const app = await call.app();
      const deps = { ...metricsContext(app), warehouse: await app.warehouse() };
      const metric = call.args[0] ?? "";
      const question = questionOf(call);
      const values = await queryMetrics(deps, { ...question, metrics: [metric] });
      const explained = await explainMetric(deps, { ...question, metric }, wholeNumber(call, "limit", 10));
      call.output.print(metricsTable(values, [], call.output.style));
      for (const each of explained) show(call.output, each);
      call.output.document({ schema: "scorekeeper.metric-explanation/1", asOf: values.asOf, values: values.rows, explained });
      return EXIT.done;
    },
  };
}

function show(output: Output, explained: ExplainedMetric): void {
  const period = explained.period === null ? "as of the moment" : `${explained.period.start} to before ${explained.period.end}`;
  output.print("");
  output.print(`${output.style.bold(explained.metric)}, ${period}: ${explained.formula}`);
  showSide(output, "counted in the numerator", explained.numerator);
  if (explained.denominator.count !== explained.numerator.count) showSide(output, "counted in the denominator", explained.denominator);
  for (const { reason, ...side } of explained.excluded) showSide(output, `left out: ${reason.replaceAll("_", " ")}`, side);
}

const COLUMNS = [
  { title: "  record" },
  { title: "name" },
  { title: "day" },
  { title: "person" },
  { title: "amount", align: "right" as const },
  { title: "note" },
];

function showSide(output: Output, title: string, side: ExplainedSide): void {
  output.print(`${title}: ${side.count}`);
  if (side.sample.length === 0) return;
  const rows = side.sample.map((row) => [
    `  ${harmless(row.record)}`,
    harmless(row.name ?? ""),
    row.day ?? "",
    harmless(row.person ?? "(none)"),
    row.amount === null ? "" : String(row.amount),
    harmless(row.note ?? ""),
  ]);
  output.print(table(COLUMNS, rows));
  if (side.count > side.sample.length) output.print(`  and ${side.count - side.sample.length} more`);
}
