import type { ErrorTexts } from "./entry.ts";

/** Writing results onto CRM records. */
export const WRITEBACK_ERRORS: ErrorTexts = {
  "writeback.stale_data": {
    meaning: "Nothing was written, as the data are late or incomplete.",
    cause: "The last sync of the connection failed, stopped halfway, or is too long ago.",
    remedy: "Run `sync` and look at `doctor`; the next write-back goes on by itself.",
  },
  "writeback.fields_missing": {
    meaning: "None of our fields can be written in this CRM.",
    cause: "They were never created, were deleted, or are not granted to our user.",
    remedy: "Run `writeback provision`; follow the remedy it gives for each field.",
  },
  "writeback.nothing_held": {
    meaning: "There is no held plan to approve or reject.",
    cause: "It was decided already, or no plan was large enough to be held.",
    remedy: "See `writeback plan`.",
  },
  "writeback.not_writable": {
    meaning: "This connection can't take the fields asked for.",
    cause: "Its connector writes no such records.",
    remedy: "Take the connection out of writeback.connections.",
  },
  "writeback.unknown_field": {
    meaning: "The configuration names a field that write-back does not know.",
    cause: "A typing mistake under writeback.connections.",
    remedy: "Use one of the names in the message.",
  },
  "writeback.unknown_record": {
    meaning: "There is no such record, or it is not one that is written.",
    cause: "A mistyped id, or a deal that is closed.",
    remedy: "Name it as connection:id, such as hs:123.",
  },
  "writeback.illegal_move": {
    meaning: "A row of the write-back outbox was not in the state it had to be in.",
    cause: "A fault of the program, or a second writer that ignored the lease.",
    remedy: "Nothing more is written. Report it with the output of `runs show`.",
  },
  "writeback.crashed": {
    meaning: "An earlier run ended without an end.",
    cause: "The process died.",
    remedy: "Nothing: what was not confirmed is planned again.",
  },
  "writeback.not_sent": {
    meaning: "A row was planned but not sent in that run.",
    cause: "The run stopped before.",
    remedy: "Nothing: it comes with the next plan.",
  },
  "writeback.replanned": {
    meaning: "A held plan was approved; its values are planned again with present data.",
    cause: "Somebody said `writeback approve`.",
    remedy: "Nothing: the next apply writes them.",
  },
  "writeback.rejected": {
    meaning: "A held plan was rejected by a person.",
    cause: "Somebody said `writeback reject`.",
    remedy: "Nothing: it was not written.",
  },
};
