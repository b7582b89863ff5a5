import type { ErrorTexts } from "./entry.ts";

/** What a HubSpot connection can run into. */
export const HUBSPOT_ERRORS: ErrorTexts = {
  "hubspot.token": {
    meaning: "HubSpot refuses the token of this connection.",
    cause: "It was deleted, rotated, or belongs to another portal; for OAuth the app was removed.",
    remedy: "Make a new service key (or install the app again), put it where the configuration points, run doctor.",
  },
  "hubspot.scope": {
    meaning: "The token has no right to one object; everything else of the connection goes on.",
    cause: "The service key or app was made without that scope.",
    remedy: "Add the scope named in the message to the service key or app.",
  },
  "hubspot.forbidden": {
    meaning: "HubSpot does not allow this for the portal or the token.",
    cause: "The portal's plan does not include the object, or a right is missing.",
    remedy: "Check the plan and the rights of the token; without the object its KPIs stay empty.",
  },
  "hubspot.invalid": {
    meaning: "HubSpot calls a request or a value in it invalid.",
    cause: "A property was renamed, retyped or deleted, or a value does not fit it.",
    remedy: "Compare the property named in the message with the configuration; discover lists what the portal has.",
  },
  "hubspot.fields": {
    meaning: "The section fields of the configuration asks a HubSpot connection for something it does not know.",
    cause: "A misspelt name under fields.",
    remedy: "Use the names shown in the message.",
  },
  "hubspot.not_found": {
    meaning: "HubSpot knows nothing at that address.",
    cause: "The record is gone, or baseUrl or apiVersion points to a wrong place.",
    remedy: "Check baseUrl and apiVersion of the connection.",
  },
  "hubspot.conflict": {
    meaning: "Something of that name exists already.",
    cause: "It was made by somebody else at the same moment.",
    remedy: "Run it again: what exists is compared and kept.",
  },
  "hubspot.too_long": {
    meaning: "A request names too many properties.",
    cause: "Many properties are configured as dimensions.",
    remedy: "Configure fewer dimensions.",
  },
  "hubspot.locked": {
    meaning: "HubSpot has locked the record for a moment.",
    cause: "Heavy writing by others.",
    remedy: "Nothing: it is tried again by itself.",
  },
  "hubspot.rate_limit": {
    meaning: "HubSpot asks to slow down.",
    cause: "Other integrations use the same allowance, or the configured limit is above the portal's.",
    remedy: "Nothing if it passes; else lower budget.requestsPer10s or searchPerSecond of the connection.",
  },
  "hubspot.daily_limit": {
    meaning: "The portal's calls of today are used up.",
    cause: "All integrations of the portal together have made them.",
    remedy: "Wait for midnight of the portal; lower budget.dailyShare, or ask HubSpot for more.",
  },
  "hubspot.moving": {
    meaning: "HubSpot is moving the portal between data centres.",
    cause: "Maintenance by HubSpot.",
    remedy: "Wait: reading goes on afterwards.",
  },
  "hubspot.unavailable": {
    meaning: "HubSpot could not answer.",
    cause: "Trouble or maintenance at HubSpot.",
    remedy: "Nothing: it is tried again by itself. If it stays, look at HubSpot's status page.",
  },
  "hubspot.network": {
    meaning: "HubSpot can't be reached.",
    cause: "No network, a proxy or firewall in between, a wrong baseUrl, or a certificate that is not trusted.",
    remedy: "Try to reach baseUrl from this machine; check proxy and certificates.",
  },
  "hubspot.bad_body": {
    meaning: "An answer that should be JSON is not.",
    cause: "A proxy or a maintenance page answered, or the connection broke in the middle.",
    remedy: "Nothing if it passes; else look at what stands between this machine and HubSpot.",
  },
  "hubspot.page_order": {
    meaning: "HubSpot's pages repeat or come out of order, so nothing would prove that all was read.",
    cause: "A page token led back, or the list did not follow the order of ids it promises.",
    remedy: "Set reads.walkers to 1 for the connection and sync again; if it stays, report it.",
  },
  "hubspot.checkpoint": {
    meaning: "The place where a stream stopped can't be read.",
    cause: "The warehouse was written by a newer version of the program.",
    remedy: "Use the newer version, or sync the stream with --full.",
  },
  "hubspot.shape": {
    meaning: "An answer of HubSpot misses what every such answer has.",
    cause: "HubSpot changed the answer, or something else answered.",
    remedy: "Check apiVersion of the connection; if it stays, report it with the correlation id.",
  },
  "hubspot.unconfirmed": {
    meaning: "HubSpot's answer to a write says nothing about one record.",
    cause: "A gap in the answer.",
    remedy: "Nothing: the record is written again with the next run.",
  },
  "hubspot.record_gone": {
    meaning: "A record to be written no longer exists in HubSpot.",
    cause: "It was deleted or merged since the last sync.",
    remedy: "Nothing: the next sync marks it.",
  },
  "hubspot.target": {
    meaning: "HubSpot has no place for fields of this kind.",
    cause: "Fields of reps can't be put onto HubSpot users by this connector.",
    remedy: "Configure deal or account fields for this connection.",
  },
  "hubspot.unexpected": {
    meaning: "HubSpot answered in a way nobody planned for.",
    cause: "A new kind of refusal, or a redirect by something in between.",
    remedy: "Read the message; check baseUrl; if it stays, report it with the correlation id.",
  },
  "hubspot.broken": {
    meaning: "The connector itself failed.",
    cause: "A fault in the program.",
    remedy: "Report it with the log of the run.",
  },
  "record.shape": {
    meaning: "A record does not have the form every such record has, and was set aside.",
    cause: "The CRM sent it without an id or without its fields.",
    remedy: "Look at the payload in rejected_records; errors retry reads it again.",
  },
  "record.bad_date": {
    meaning: "A date of a record can't be read; the record is kept without it.",
    cause: "Free text or an impossible day in a date field.",
    remedy: "Correct the date in the CRM; the next sync takes it.",
  },
};
