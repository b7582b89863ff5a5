import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelOf, step, thresholdsAreSound } from "#alerts/evaluate.ts";
import type { AlertMoment, AlertPolicy, AlertState, Observation, Transition } from "#alerts/state.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 4, 4);
/** Every day is a business day here; the calendar is tested by itself. */
const moment = (day: number): AlertMoment => ({
  now: instantFromMs(START + day * DAY),
  businessDays: (from, to) => Math.floor((msOf(to) - msOf(from)) / DAY),
});
const evaluations = (count: number) => ({ unit: "evaluations", count }) as const;
const policy = (change: Partial<AlertPolicy> = {}): AlertPolicy => ({
  ...{ fireAfter: evaluations(1), resolveAfter: evaluations(1), repeatAfterDays: null },
  ...change,
});
const thresholds = [
  { level: "warning", fire: 10, clear: 8 },
  { level: "critical", fire: 20, clear: 18 },
] as const;
const value = (number: number): Observation => ({ state: "value", bad: "above", value: number, thresholds, evidence: { value: number } });

/** Runs one subject through a list of observations, a day apart; `told` are days after which a person was told. */
function replay(observations: readonly Observation[], rules: AlertPolicy = policy(), told: readonly number[] = []): readonly Transition[] {
  const out: Transition[] = [];
  let state: AlertState | null = null;
  for (const [day, observation] of observations.entries()) {
    const transition = step(state, observation, rules, moment(day));
    out.push(transition);
    state = told.includes(day) ? { ...transition.next, toldAt: moment(day).now, toldHow: "live" } : transition.next;
  }
  return out;
}
const reasons = (transitions: readonly Transition[]) => transitions.map(({ event }) => (event === null ? "–" : event.reason));
const states = (transitions: readonly Transition[]) => transitions.map(({ next }) => next.state);

describe("hysteresis", () => {
  test("fires beyond the fire threshold, not at it", () => {
    expect(reasons(replay([value(10), value(10.5)]))).toEqual(["–", "first"]);
  });

  test("between clear and fire a firing alert stays and a quiet one stays quiet", () => {
    expect(states(replay([value(9), value(11), value(9), value(8), value(9)]))).toEqual([
      "normal",
      "firing",
      "firing",
      "resolved",
      "resolved",
    ]);
  });

  test("a value that swings between the two thresholds makes one event", () => {
    expect(reasons(replay([11, 9, 11, 9, 10, 9].map(value))).filter((reason) => reason !== "–")).toEqual(["first"]);
  });

  test("works downwards, too", () => {
    const low = (number: number) => ({ bad: "below", value: number, thresholds: [{ level: "warning", fire: 5, clear: 7 }] }) as const;
    expect([4, 5, 6].map((number) => levelOf(low(number), null))).toEqual(["warning", null, null]);
    expect([6, 7].map((number) => levelOf(low(number), "warning"))).toEqual(["warning", null]);
  });

  test("a clear threshold on the wrong side is not sound", () => {
    expect(thresholdsAreSound(thresholds, "above")).toBe(true);
    expect(thresholdsAreSound([{ level: "warning", fire: 10, clear: 11 }], "above")).toBe(false);
    expect(thresholdsAreSound([{ level: "warning", fire: 5, clear: 4 }], "below")).toBe(false);
  });
});

describe("levels", () => {
  test("staying at a level is silent, rising is told, falling is not told at once", () => {
    const run = replay([11, 12, 21, 22, 17, 5].map(value));
    expect(reasons(run)).toEqual(["first", "–", "level_up", "–", "level_down", "resolved"]);
    expect(run.map(({ event }) => event?.notify ?? false)).toEqual([true, false, true, false, false, false]);
  });

  test("a first firing can be critical at once", () => {
    expect(replay([value(30)])[0]?.event).toMatchObject({ reason: "first", level: "critical", from: "normal", to: "firing" });
  });
});

describe("for-duration and keep-firing time", () => {
  const slow = policy({ fireAfter: evaluations(3), resolveAfter: evaluations(2) });

  test("waits in pending, and in recovering", () => {
    const run = replay([11, 11, 11, 5, 5].map(value), slow);
    expect(states(run)).toEqual(["pending", "pending", "firing", "recovering", "resolved"]);
    expect(reasons(run)).toEqual(["pending", "–", "first", "recovering", "resolved"]);
  });

  test("a spike never fires; a dip never resolves", () => {
    expect(states(replay([11, 11, 5, 11].map(value), slow))).toEqual(["pending", "pending", "normal", "pending"]);
    const dip = replay([11, 11, 11, 5, 11, 5, 5].map(value), slow);
    expect(reasons(dip)).toEqual(["pending", "–", "first", "recovering", "relapse", "recovering", "resolved"]);
    expect(dip[4]?.event?.notify).toBe(false);
  });

  test("counted in business days, however often it is evaluated", () => {
    const days = policy({ fireAfter: { unit: "businessDays", count: 2 } });
    expect(states(replay([11, 11, 11].map(value), days))).toEqual(["pending", "pending", "firing"]);
  });
});

describe("who is told when it ends", () => {
  test("recovery is told only when somebody was told of the firing", () => {
    expect(replay([11, 5].map(value))[1]?.event).toMatchObject({ reason: "resolved", notify: false });
    expect(replay([11, 5].map(value), policy(), [0])[1]?.event).toMatchObject({ reason: "resolved", notify: true });
  });

  test("a subject that is gone resolves without waiting", () => {
    const run = replay([value(11), { state: "absent" }], policy({ resolveAfter: evaluations(5) }), [0]);
    expect(run[1]?.event).toMatchObject({ reason: "gone", from: "firing", to: "resolved", notify: true });
    expect(reasons(replay([{ state: "absent" }]))).toEqual(["–"]);
  });

  test("firing again after the end is a first time again, and nobody knows of it yet", () => {
    const run = replay([11, 5, 11].map(value), policy(), [0]);
    expect(reasons(run)).toEqual(["first", "resolved", "first"]);
    expect(run[2]?.next).toMatchObject({ toldAt: null, firedAt: moment(2).now });
  });
});

describe("reminders", () => {
  const weekly = policy({ repeatAfterDays: 3 });

  test("come after so many business days since the last telling", () => {
    expect(reasons(replay(Array(8).fill(value(11)), weekly, [0, 3]))).toEqual([
      "first",
      "–",
      "–",
      "reminder",
      "–",
      "–",
      "reminder",
      "reminder",
    ]);
  });

  test("never when nobody was told of the firing", () => {
    expect(reasons(replay(Array(8).fill(value(11)), weekly))).toEqual(["first", ...Array(7).fill("–")]);
  });

  test("not for what was told before the state changed", () => {
    expect(reasons(replay([11, 11, 21, 21, 21].map(value), weekly, [0]))).toEqual(["first", "–", "level_up", "–", "–"]);
  });
});

describe("no data and errors", () => {
  test("are told once, and the alert goes on where it was", () => {
    const run = replay(
      [value(11), { state: "no_data", why: "late" }, { state: "no_data", why: "late" }, value(11), value(5)],
      policy(),
      [0],
    );
    expect(reasons(run)).toEqual(["first", "no_data", "–", "relapse", "resolved"]);
    expect(run[1]?.event?.notify).toBe(true);
    expect(run[4]?.event?.notify).toBe(true);
  });

  test("an error on a quiet subject ends quietly", () => {
    const run = replay([{ state: "error", why: "broken" }, value(5)]);
    expect(states(run)).toEqual(["error", "normal"]);
    expect(run[0]?.event).toMatchObject({ reason: "error", notify: true });
  });
});

test("whatever happens: one first telling per firing, an end only after a start, and states follow from events", () => {
  const observation = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }).map(value) },
    fc.constant<Observation>({ state: "absent" }),
    fc.constant<Observation>({ state: "no_data", why: "late" }),
  );
  const rules = fc.record({
    fireAfter: fc.integer({ min: 1, max: 3 }).map(evaluations),
    resolveAfter: fc.integer({ min: 1, max: 3 }).map(evaluations),
    repeatAfterDays: fc.constantFrom(null, 2),
  });
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 40 }), rules, (observations, chosen) => {
      let firing = false;
      let previous: AlertState["state"] = "normal";
      for (const { next, event } of replay(observations, chosen)) {
        if (event === null) expect(next.state).toBe(previous);
        else expect(event).toMatchObject({ from: previous, to: next.state });
        if (event?.reason === "first") {
          expect(firing).toBe(false);
          firing = true;
        }
        if (event?.reason === "resolved" || event?.reason === "gone") {
          expect(firing).toBe(true);
          firing = false;
        }
        expect(next.firedAt !== null).toBe(firing);
        previous = next.state;
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
