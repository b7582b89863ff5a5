import type { FieldSpec, FieldValue } from "#core/writeback.ts";
import type { MessageKey, Translator } from "#i18n/translate.ts";

/** A field of ours with how it is handled. */
export interface ManagedField {
  readonly spec: FieldSpec;
  /** A number that moves less than this alone is no reason to write a record (W3). */
  readonly minimumChange: number;
}

/** The moment the other fields were true for; goes along with a change, or as a heartbeat. */
export const AS_OF = "as_of";

const DEAL_FIELDS = [
  { name: "stuck_since", type: "date", minimumChange: 0 },
  { name: "stage_entered_on", type: "date", minimumChange: 0 },
  { name: "typical_days", type: "number", decimals: 0, minimumChange: 2 },
] as const;

/** Names that `writeback.connections.ID.deals` may list. */
export const DEAL_FIELD_NAMES: readonly string[] = DEAL_FIELDS.map((field) => field.name);

/** The fields put on deals, with labels in the organisation's language; the as-of comes with them. */
export function dealFields(names: readonly string[], speak: Translator): readonly ManagedField[] {
  const chosen = DEAL_FIELDS.filter((field) => names.includes(field.name));
  if (chosen.length === 0) return [];
  return [...chosen, { name: AS_OF, type: "datetime", minimumChange: 0 } as const].map((field) => ({
    minimumChange: field.minimumChange,
    spec: {
      ...({ target: "deal", name: field.name, type: field.type } as const),
      label: speak.text(`field.${field.name}.label` satisfies MessageKey),
      description: speak.text(`field.${field.name}.description` satisfies MessageKey),
      ...("decimals" in field ? { decimals: field.decimals } : {}),
    },
  }));
}

/** A value as its field can hold it: two values that come out equal are the same to the CRM (W2). */
export function normalise(value: FieldValue, spec: FieldSpec): FieldValue {
  if (value === null || value === "") return null;
  switch (spec.type) {
    case "number":
    case "percent": {
      const scale = 10 ** (spec.decimals ?? 0);
      const rounded = Math.round(Number(value) * scale) / scale;
      return Number.isFinite(rounded) ? rounded + 0 : null;
    }
    case "datetime":
      // Salesforce keeps whole seconds.
      return `${String(value).slice(0, 19)}.000Z`;
    case "date":
      return String(value).slice(0, 10);
    case "text":
    case "longText":
      return [...String(value)].slice(0, spec.maxLength ?? 255).join("");
    case "picklist":
      return spec.options?.some((option) => option.value === value) === true ? value : null;
  }
}
