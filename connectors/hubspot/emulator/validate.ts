import type { PropertyProblem } from "./errors.ts";
import type { ObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredProperty } from "./properties.ts";
import { wireTime } from "./wire.ts";

const LONGEST = 65_536;
const DAY_MS = 86_400_000;

export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: PropertyProblem };

/** Checks a value the way the write endpoints do and gives the text that is kept. Empty text clears and always passes. */
export function checkValue(portal: Portal, type: ObjectType, name: string, given: unknown): Checked {
  const property = portal.properties[type].get(name);
  const bad = (error: PropertyProblem["error"], message: string): Checked => ({ ok: false, problem: { name, error, message } });
  if (property === undefined || property.archivedMs !== null) return bad("PROPERTY_DOESNT_EXIST", `Property "${name}" does not exist`);
  if (property.readOnlyValue) return bad("READ_ONLY_VALUE", `"${name}" is a read only property; its value cannot be set.`);
  const text = given === null || given === undefined ? "" : String(given);
  if (text === "") return { ok: true, value: "" };
  return CHECKS[property.type](property, text, bad, portal);
}

type Check = (
  property: StoredProperty,
  text: string,
  bad: (error: PropertyProblem["error"], message: string) => Checked,
  portal: Portal,
) => Checked;

const CHECKS: Readonly<Record<StoredProperty["type"], Check>> = {
  number: (property, text, bad) =>
    /^-?\d+(\.\d+)?$|^-?\.\d+$/.test(text)
      ? { ok: true, value: text }
      : bad("INVALID_NUMERIC", `${text} was not a valid number for ${property.name}.`),
  string: (property, text, bad) =>
    text.length <= LONGEST
      ? { ok: true, value: text }
      : bad("VALUE_TOO_LONG", `The value of ${property.name} has more than ${LONGEST} characters.`),
  bool: (property, text, bad) =>
    text === "true" || text === "false"
      ? { ok: true, value: text }
      : bad("INVALID_BOOLEAN", `${text} was not a valid boolean for ${property.name}.`),
  date: (property, text, bad) => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text))
      return { ok: true, value: text };
    const ms = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    return ms % DAY_MS === 0
      ? { ok: true, value: new Date(ms).toISOString().slice(0, 10) }
      : bad("INVALID_DATE", `${text} is not midnight UTC, as the date ${property.name} needs.`);
  },
  datetime: (property, text, bad) => {
    const ms = /^-?\d+$/.test(text) ? Number(text) : /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms)
      ? bad("INVALID_LONG", `${text} was not a valid datetime for ${property.name}.`)
      : { ok: true, value: wireTime(ms) };
  },
  enumeration: (property, text, bad, portal) => {
    if (property.name === "hubspot_owner_id") {
      return portal.owners.some((owner) => String(owner.id) === text)
        ? { ok: true, value: text }
        : bad("INVALID_OPTION", `Owner ID "${text}" does not exist`);
    }
    const parts = property.fieldType === "checkbox" ? text.split(";").filter((part) => part !== "") : [text];
    const unknown = parts.find((part) => !property.options.some((option) => option.value === part));
    if (unknown === undefined) return { ok: true, value: text };
    return bad(
      "INVALID_OPTION",
      `${unknown} was not one of the allowed options: [${property.options.map((option) => option.value).join(", ")}]`,
    );
  },
};
