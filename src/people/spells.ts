/** A stretch of time during which somebody belonged somewhere; the present one has no end. */
export interface Spell {
  readonly value: string | null;
  readonly from: string;
  readonly to: string | null;
}

export interface SpellChanges {
  /** Values whose present spell ends now. */
  readonly end: readonly Spell[];
  /** Values that begin now. */
  readonly begin: readonly (string | null)[];
}

/** What has to change for `wanted` to be the present state, given the present spells. Pure. */
export function spellChanges(present: readonly Spell[], wanted: readonly (string | null)[]): SpellChanges {
  return {
    end: present.filter((spell) => !wanted.includes(spell.value)),
    begin: wanted.filter((value) => !present.some((spell) => spell.value === value)),
  };
}
