import { createHash } from "node:crypto";

/** What a rule looks at. */
export interface Subject {
  /** Fingerprint of rule, kind and id. */
  readonly key: string;
  readonly ruleId: string;
  readonly kind: "deal" | "connection" | "rule";
  /** `connection:id` of a deal; the connection's or rule's own id. */
  readonly id: string;
}

/** A stable hash of its parts. */
export function subjectKey(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
