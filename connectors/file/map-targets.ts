import { targetOf } from "#kit/targets-file.ts";
import type { RowMapper } from "./map-deals.ts";

/** Rows in the form of targets.csv. */
export function targetMapper(currency: string): RowMapper {
  return (cells) => {
    const line = {
      who: cells.text("who"),
      metric: cells.text("metric"),
      start: cells.time("period_start")?.day ?? null,
      end: cells.time("period_end")?.day ?? null,
      value: cells.decimal("value"),
      unit: cells.text("unit"),
      ramp: cells.text("ramp"),
      source: cells.text("source"),
    };
    const result = targetOf(line, currency);
    if ("target" in result) return [{ type: "target", op: "upsert", record: result.target }];
    cells.refuse("record.bad_target", result.reason);
    return [];
  };
}
