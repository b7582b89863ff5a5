import type { ErrorTexts } from "./entry.ts";

/** Codes of Salesforce connections. */
export const SALESFORCE_ERRORS: ErrorTexts = {
  "salesforce.api_disabled": {
    meaning: "The edition or the integration user has no API access.",
    cause: "Professional edition without the add-on, or a profile without 'API Enabled'.",
    remedy: "Use an edition with API access and give the user 'API Enabled'.",
  },
  "salesforce.api_version": {
    meaning: "The configured API version is not served.",
    cause: "It was retired, or the org does not have it yet.",
    remedy: "Set `apiVersion` to a current one.",
  },
  "salesforce.app_refused": {
    meaning: "The org does not admit the External Client App.",
    cause: "The app is blocked, or not approved for the integration user.",
    remedy: "An administrator approves it under Setup, External Client Apps.",
  },
  "salesforce.approval_lock": {
    meaning: "A record is locked while it awaits approval.",
    cause: "Somebody has submitted it for approval.",
    remedy: "Nothing: it is tried again in a later run.",
  },
  "salesforce.bad_answer": {
    meaning: "An answer was cut off or not of the shape that Salesforce documents.",
    cause: "A proxy in between, or a broken connection.",
    remedy: "Nothing: it is asked again by itself. If it stays, look for a proxy that changes answers.",
  },
  "salesforce.bad_query": {
    meaning: "A query was not sent because a part of it was no plain name or id.",
    cause: "A mistake in the program or a field name with unusual characters.",
    remedy: "Report it; it protects against injected queries.",
  },
  "salesforce.bad_value": {
    meaning: "A value does not fit its field.",
    cause: "The field is shorter, or of fewer digits, than the value.",
    remedy: "Look at the field in Setup; recreate it with `writeback provision` under another prefix if it was changed.",
  },
  "salesforce.concurrent_limit": {
    meaning: "Too many long requests ran in the org at once.",
    cause: "Several integrations read at the same time.",
    remedy: "Nothing: it waits and goes on. Lower `budget.parallel` if it stays.",
  },
  "salesforce.daily_limit": {
    meaning: "The org's API calls of the last 24 hours are used up.",
    cause: "All integrations of the org share them.",
    remedy: "Nothing: what was read is kept and the next run goes on. Lower other integrations' use, or buy more calls.",
  },
  "salesforce.field_read_only": {
    meaning: "A field can't be written.",
    cause: "The permission set gives read access only, or the field is a formula.",
    remedy: "Give edit access to it in the permission set Scorekeeper_Edit.",
  },
  "salesforce.fields": {
    meaning: "Fields of ours can't be read.",
    cause: "They were not created, or not granted to the integration user.",
    remedy: "Run `writeback provision`, or assign the permission set Scorekeeper_Edit.",
  },
  "salesforce.foreign_page": {
    meaning: "Salesforce named a next page on another host, which was not followed.",
    cause: "A proxy or somebody in between rewrites answers.",
    remedy: "Find out who rewrites answers before you go on: the access token would have gone there.",
  },
  "salesforce.id_order": {
    meaning: "Record ids did not come in ascending order.",
    cause: "An unexpected change of the API.",
    remedy: "Report it; nothing was taken for deleted.",
  },
  "salesforce.locator_expired": {
    meaning: "The place in a long result was no longer known.",
    cause: "Results are kept for two days.",
    remedy: "Nothing: reading goes on from the last row.",
  },
  "salesforce.locked": {
    meaning: "Somebody else holds the record or its account.",
    cause: "Another user or job saves it at the same moment.",
    remedy: "Nothing: it is tried again.",
  },
  "salesforce.locked_rows": {
    meaning: "Some records of a call were locked.",
    cause: "Another user or job saves them or their account.",
    remedy: "Nothing: they are tried again, now and in later runs.",
  },
  "salesforce.login_answer": {
    meaning: "The login address answered without a token.",
    cause: "loginUrl is not the org's own address.",
    remedy: "Set `loginUrl` to the My Domain address, https://acme.my.salesforce.com.",
  },
  "salesforce.login_rate": {
    meaning: "The integration user has logged in too often.",
    cause: "Too many logins in one hour.",
    remedy: "Nothing: the next run tries again. Look for other programs using the same user.",
  },
  "salesforce.login_refused": {
    meaning: "Salesforce refused the login.",
    cause: "Wrong client id, secret, key or user, or the flow is not switched on in the app.",
    remedy: "Check `auth` against the External Client App; connectors/salesforce/README.md goes through it step by step.",
  },
  "salesforce.maintenance": {
    meaning: "The org is under maintenance.",
    cause: "A release or a move of the org.",
    remedy: "Nothing: the next run tries again. Dates are on the Salesforce status page.",
  },
  "salesforce.moved": {
    meaning: "The address answers from elsewhere.",
    cause: "loginUrl or instanceUrl is an old host of the org.",
    remedy: "Set `loginUrl` to the org's My Domain address and leave `instanceUrl` out.",
  },
  "salesforce.no_access": {
    meaning: "The integration user may not do something.",
    cause: "An object or system permission is missing.",
    remedy: "`doctor` names the missing grant; add it to the user's permission set.",
  },
  "salesforce.no_cursor": {
    meaning: "An object shows no time stamp to read it by.",
    cause: "Field-level security or an unusual object.",
    remedy: "Give the integration user read access to all fields of the object.",
  },
  "salesforce.paging": {
    meaning: "The pages of a result do not move forward.",
    cause: "A fault of the API or of a proxy.",
    remedy: "Run it again; report it if it stays.",
  },
  "salesforce.private_key": {
    meaning: "auth.privateKey is no RSA private key.",
    cause: "Another file was named, or the key is encrypted.",
    remedy: "Name the PEM file of the unencrypted RSA key whose certificate is in the app.",
  },
  "salesforce.query_timeout": {
    meaning: "A query takes longer than Salesforce allows, even over a short span.",
    cause: "Very many records changed at one moment, or the org is slow.",
    remedy: "Run it again at a quiet time.",
  },
  "salesforce.query_too_long": {
    meaning: "A query is longer than an address may be.",
    cause: "Very many configured fields.",
    remedy: "Configure fewer dimensions.",
  },
  "salesforce.record_gone": {
    meaning: "The record is no longer there.",
    cause: "It was deleted or merged.",
    remedy: "Nothing: the next sync notices.",
  },
  "salesforce.refused_by_rule": {
    meaning: "A rule, flow or trigger of the org refuses a record.",
    cause: "Automation that asks for something the record lacks.",
    remedy: "Let the administrator exempt the integration user, or complete the record.",
  },
  "salesforce.schema": {
    meaning: "A query names a field or object that is not there for us.",
    cause: "A field was removed, or hidden from the integration user.",
    remedy: "`doctor` names it; grant it, or take it out of `fields`.",
  },
  "salesforce.session": {
    meaning: "Salesforce refuses the session even right after a login.",
    cause: "A session policy, an expired password, login hours or an IP range.",
    remedy: "Look at the integration user's profile and login history in Setup.",
  },
  "salesforce.storage": {
    meaning: "The org's storage is full.",
    cause: "Data storage is used up.",
    remedy: "Free storage or buy more.",
  },
  "salesforce.target": {
    meaning: "Salesforce connections can't write there.",
    cause: "Fields of a rep need a scorecard object.",
    remedy: "Take these fields out of `writeback`.",
  },
  "salesforce.token_file": {
    meaning: "The file with the refresh token can't be read or written.",
    cause: "Missing folder or permission.",
    remedy: "Make its folder writable for the service, or set `auth.tokenFile`.",
  },
  "salesforce.too_large": {
    meaning: "Activities can't be read in this amount.",
    cause: "Without View All Data, Salesforce checks access row by row.",
    remedy: "Give the integration user View All Data.",
  },
  "salesforce.transaction_security": {
    meaning: "A transaction security policy stops queries.",
    cause: "The org meters large reads.",
    remedy: "Give the integration user 'Exempt from Transaction Security'.",
  },
  "salesforce.unavailable": {
    meaning: "Salesforce did not answer properly.",
    cause: "A passing fault or overload.",
    remedy: "Nothing: it is tried again by itself.",
  },
  "salesforce.unexpected": {
    meaning: "Salesforce gave an error that is not in our table.",
    cause: "A new kind of error.",
    remedy: "Report it with the code in the message.",
  },
  "salesforce.unreachable": {
    meaning: "Salesforce could not be reached.",
    cause: "Network, proxy, name resolution or a wrong loginUrl.",
    remedy: "Check the network and `loginUrl`; behind a proxy set NODE_USE_ENV_PROXY=1 with HTTPS_PROXY.",
  },
};
