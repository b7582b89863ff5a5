export const CHANGE_STATES = ["pending", "sending", "ok", "rejected", "retry", "skipped", "parked"] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** Where a row of a plan may go from each state; everything else is a mistake of ours (W10). */
const MOVES: Readonly<Record<ChangeState, readonly ChangeState[]>> = {
  pending: ["sending", "skipped"],
  sending: ["ok", "rejected", "retry", "parked"],
  retry: ["sending", "skipped"],
  ok: [],
  rejected: [],
  skipped: [],
  parked: [],
};

/** The states from which a row may come into `to`. */
export function statesBefore(to: ChangeState): readonly ChangeState[] {
  return CHANGE_STATES.filter((from) => MOVES[from].includes(to));
}
