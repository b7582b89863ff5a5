import type { Credit, DayNumber } from "#core/facts.ts";
import { type Day, dayNumber } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import type { ReferenceRows } from "#warehouse/facts/reference.ts";

interface Spell {
  readonly value: string | null;
  readonly from: DayNumber;
  /** Exclusive; null: still. */
  readonly to: DayNumber | null;
}

interface PersonHistory {
  readonly manager: Spell[];
  readonly team: Spell[];
  readonly region: Spell[];
  readonly territory: Spell[];
}

type Kind = keyof PersonHistory;

/** Who reported to whom and belonged where, by day. Before the first known spell that one holds: what was never recorded is
 *  taken to have been so, rather than to have been nothing. */
export function membershipLookup(rows: ReferenceRows, zone: Zone): (personId: string | null, day: DayNumber) => Credit {
  const histories = collect(rows, zone);
  const cuts = new Map([...histories].map(([personId, history]) => [personId, cutDays(history)]));
  const credits = new Map<string, Credit>();
  return (personId, day) => {
    const spells = personId === null ? undefined : cuts.get(personId);
    let spell = 0;
    while (spells !== undefined && spell < spells.length && day >= (spells[spell] ?? 0)) spell += 1;
    const key = personId === null ? "" : `${spell}\u001f${personId}`;
    let credit = credits.get(key);
    if (credit === undefined) {
      const history = personId === null ? undefined : histories.get(personId);
      const at = (kind: Kind): string | null => (history === undefined ? null : valueAt(history[kind], day));
      credit = { personId, managerId: at("manager"), team: at("team"), region: at("region"), territory: at("territory") };
      credits.set(key, credit);
    }
    return credit;
  };
}

function collect(rows: ReferenceRows, zone: Zone): Map<string, PersonHistory> {
  const histories = new Map<string, PersonHistory>();
  const add = (personId: string, kind: Kind, spell: Spell): void => {
    let history = histories.get(personId);
    if (history === undefined) {
      history = { manager: [], team: [], region: [], territory: [] };
      histories.set(personId, history);
    }
    history[kind].push(spell);
  };
  const day = (text: string): DayNumber => dayNumber(text.length === 10 ? (text as Day) : zone.dayOf(text as Instant));
  for (const row of rows.managers) {
    add(row.person_id, "manager", {
      value: row.manager_id,
      from: day(row.valid_from),
      to: row.valid_to === null ? null : day(row.valid_to),
    });
  }
  for (const row of rows.members) {
    if (row.kind !== "team" && row.kind !== "region" && row.kind !== "territory") continue;
    add(row.person_id, row.kind, { value: row.value, from: day(row.valid_from), to: row.valid_to === null ? null : day(row.valid_to) });
  }
  return histories;
}

/** Days on which anything about the person changed, sorted. */
function cutDays(history: PersonHistory): readonly DayNumber[] {
  const days = new Set<DayNumber>();
  for (const kind of ["manager", "team", "region", "territory"] as const) {
    for (const spell of history[kind]) {
      days.add(spell.from);
      if (spell.to !== null) days.add(spell.to);
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** Several at once (two teams): the one that began last, then the later name. */
function valueAt(spells: readonly Spell[], day: DayNumber): string | null {
  const first = spells[0];
  if (first === undefined) return null;
  if (day < first.from) return first.value;
  return spells.findLast((spell) => spell.from <= day && (spell.to === null || day < spell.to))?.value ?? null;
}
