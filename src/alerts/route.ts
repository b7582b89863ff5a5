import type { MessageKey } from "#i18n/translate.ts";

/** What routing needs to know of a person. */
export interface RoutePerson {
  readonly personId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly managerId: string | null;
  readonly isActive: boolean;
  readonly language: string | null;
  readonly timeZone: string | null;
}

export const ROUTE_PROBLEMS = [
  ...(["no_owner", "owner_unknown", "owner_inactive", "no_manager"] as const),
  ...(["manager_inactive", "manager_no_address", "cycle", "address_suspended"] as const),
] as const;
export type RouteProblem = (typeof ROUTE_PROBLEMS)[number];

/** Text of the catalogue that explains a problem. */
export function problemText(problem: RouteProblem): MessageKey {
  return `route.${problem}`;
}

/** Who gets an alert about a deal: the owner's manager (A17), else the default route, with the reason (A19). */
export type Route =
  | { readonly to: "manager"; readonly person: RoutePerson; readonly address: string }
  | { readonly to: "operations"; readonly why: RouteProblem };

/** People by id, with addresses that refuse mail. */
export interface Directory {
  readonly people: ReadonlyMap<string, RoutePerson>;
  readonly suspended: ReadonlySet<string>;
}

/** The route of one owner. A recipient only ever gets deals of people who report to them directly (A20). */
export function routeOwner(ownerId: string | null, directory: Directory): Route {
  if (ownerId === null) return { to: "operations", why: "no_owner" };
  const owner = directory.people.get(ownerId);
  if (owner === undefined) return { to: "operations", why: "owner_unknown" };
  if (!owner.isActive) return { to: "operations", why: "owner_inactive" };
  const manager = owner.managerId === null ? undefined : directory.people.get(owner.managerId);
  if (manager === undefined) return { to: "operations", why: "no_manager" };
  if (reportsToSelf(owner, directory.people)) return { to: "operations", why: "cycle" };
  if (!manager.isActive) return { to: "operations", why: "manager_inactive" };
  const address = manager.email?.trim() ?? "";
  if (address === "") return { to: "operations", why: "manager_no_address" };
  if (directory.suspended.has(address.toLowerCase())) return { to: "operations", why: "address_suspended" };
  return { to: "manager", person: manager, address };
}

/** Whether the chain of managers leads back to the person. */
function reportsToSelf(person: RoutePerson, people: ReadonlyMap<string, RoutePerson>): boolean {
  const seen = new Set<string>();
  for (let id = person.managerId; id !== null && !seen.has(id); id = people.get(id)?.managerId ?? null) {
    if (id === person.personId) return true;
    seen.add(id);
  }
  return false;
}
