import type { ErrorTexts } from "./entry.ts";

/** Sending mail, and alerts. */
export const MAIL_ERRORS: ErrorTexts = {
  "mail.unreachable": {
    meaning: "The mail server can't be reached, or can't serve us now.",
    cause: "A wrong host or port, a firewall, or a server that is down.",
    remedy: "Check alerts.smtp.host and port. Mails wait in the outbox and are tried again for a day.",
  },
  "mail.auth": {
    meaning: "The mail server refuses our sign-in.",
    cause: "A wrong or changed user name or password.",
    remedy: "Correct alerts.smtp.user and the secret named in alerts.smtp.password; no mail is lost.",
  },
  "mail.tls": {
    meaning: "No encrypted connection to the mail server could be made.",
    cause: "The server offers no TLS, or its certificate is not valid for its name.",
    remedy: "Set alerts.smtp.security to what the server offers, or have its certificate put right.",
  },
  "mail.deferred": {
    meaning: "The mail server did not take a mail for now.",
    cause: "A busy server, greylisting, a full mailbox.",
    remedy: "Nothing: it is tried again with growing waits for a day.",
  },
  "mail.expired": {
    meaning: "A mail was refused for now for a whole day and given up.",
    cause: "A mailbox or server that stays full or down.",
    remedy: "See the server's answer with `alerts list --json`; the next digest goes out as usual.",
  },
  "mail.address_refused": {
    meaning: "An address refuses mail for good; nothing more is sent there.",
    cause: "The mailbox is gone or was never right.",
    remedy:
      "Correct the address in the CRM or in people.csv, or have the mailbox put right and say `mail test --to ADDRESS`, which lifts it. Meanwhile operations get its mails.",
  },
  "mail.refused": {
    meaning: "The mail server refuses our mail as such, whatever the recipient.",
    cause: "The sender is not allowed, the server sees spam, or relaying is off.",
    remedy: "Read the server's answer, put alerts.from or the server's rules right, then send again.",
  },
  "mail.unconfirmed": {
    meaning: "Whether a mail arrived is unknown, so it is held and not sent again.",
    cause: "The program or the connection died while the mail was being handed over.",
    remedy: "Nothing has to be done: the alert stays listed, and later mails go out as usual.",
  },
  "mail.not_configured": {
    meaning: "There is no mail server or sender to send with.",
    cause: "alerts.smtp or alerts.from is missing.",
    remedy: "Set both in scorekeeper.yaml; `mail test --to` proves them.",
  },
};
