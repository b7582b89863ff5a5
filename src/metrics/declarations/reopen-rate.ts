import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, BY_ENTRY, DENOMINATOR } from "../declare.ts";
import { share } from "../shapes.ts";
import { isFirstClosing, isReopened, isWonReversed } from "../stage-path.ts";
import { add } from "../tally.ts";

const NOT_FIRST: Classification = { out: "not_first" };

/** Catalogue 2.4. */
export const reopenRate = defineMetric({
  ...BY_ENTRY,
  key: "reopen_rate",
  label: "Re-open rate",
  formula: "closed deals that were re-opened ÷ deals ever closed, by first closing",
  notes: "`won_reversed` counts deals that were won and later lost.",
  unit: "ratio",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, R10",
  classify: (fact) => (isFirstClosing(fact) ? (isReopened(fact) ? BOTH : DENOMINATOR) : NOT_FIRST),
  minimumSample: 10,
  slots: 3,
  step: (tally, fact, side) => {
    add(tally, 0, side === "both" ? 1 : 0);
    add(tally, 1, 1);
    add(tally, 2, isWonReversed(fact) ? 1 : 0);
  },
  finish: ({ sums: [reopened = 0, n = 0, reversed = 0] }) => share(reopened, n, 10, { won_reversed: reversed }),
});
