import type { Stream } from "#core/connector.ts";
import { dealChanges, dealFields } from "../map.ts";
import { incrementalStream, type StreamDeps } from "./incremental.ts";

/** Opportunities as they change, deleted ones included. */
export function dealsStream(deps: StreamDeps): Stream {
  const { fields } = deps.settings;
  return incrementalStream(deps, {
    name: "deals",
    emits: ["deal"],
    source: { object: "Opportunity", fields: dealFields(fields) },
    mapper: () => (row) => dealChanges(row, fields),
  });
}
