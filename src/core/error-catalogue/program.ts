import type { ErrorTexts } from "./entry.ts";

/** The command line and the configuration file. */
export const PROGRAM_ERRORS: ErrorTexts = {
  cancelled: {
    meaning: "The work stopped at a safe point because it was told to.",
    cause: "Ctrl-C, SIGTERM, or a deadline.",
    remedy: "Run the same command again: it goes on where it stopped.",
  },
  unexpected: {
    meaning: "Something happened that the program does not know.",
    cause: "A fault of the program, or of the machine.",
    remedy: "Run again with --debug and report what it prints.",
  },
  "usage.verb": {
    meaning: "There is no such verb.",
    cause: "A typing mistake, or a group of verbs without the verb itself.",
    remedy: "Take the name the message offers, or see --help.",
  },
  "usage.option": {
    meaning: "The verb has no such option.",
    cause: "A typing mistake.",
    remedy: "Take the name the message offers, or see VERB --help.",
  },
  "usage.arguments": {
    meaning: "An argument or the value of an option is missing or is not one that can be taken.",
    cause: "A typing mistake.",
    remedy: "See VERB --help; every verb shows examples.",
  },
  "usage.target_exists": {
    meaning: "A file that would be written is there already; nothing was changed.",
    cause: "`init` never overwrites.",
    remedy: "Remove or rename the file, or work in another folder.",
  },
  "usage.run": {
    meaning: "No single run has this id.",
    cause: "A typing mistake, or a beginning that several ids share.",
    remedy: "Take an id from `scorekeeper runs list`.",
  },
  "usage.record": {
    meaning: "There is no such refused record.",
    cause: "A typing mistake, or it went through since.",
    remedy: "Take connection and record from `scorekeeper errors list`.",
  },
  "config.missing": {
    meaning: "There is no configuration file where one was looked for.",
    cause: "Another working folder, or `init` was never run.",
    remedy: "Run `scorekeeper init`, or name the file with --config.",
  },
  "config.unreadable": {
    meaning: "The configuration file is there but can't be read.",
    cause: "Its permissions, or it is a folder.",
    remedy: "Let the user of the service read it.",
  },
  "config.invalid": {
    meaning: "The configuration holds mistakes; each is named with file, line and column.",
    cause: "A typing mistake, a missing key, a variable that is not set, a secret written into the file.",
    remedy: "Correct each line; `scorekeeper config check` tells when it is good. Editors help through config/schema.json.",
  },
  "config.holidays": {
    meaning: "calendar.holidays names no country.",
    cause: "A typing mistake, or a state that the country has not.",
    remedy: "Take a code such as PL or US-ca, or list the days.",
  },
  "config.zone": {
    meaning: "A name is no time zone.",
    cause: "A typing mistake in a configuration or people file.",
    remedy: "Take a name such as Europe/Warsaw or UTC.",
  },
  "config.clock": {
    meaning: "SCOREKEEPER_NOW is neither an instant nor an offset.",
    cause: "A left-over of a test, or a typing mistake.",
    remedy: "Unset it, or set an instant such as 2026-06-30T12:00:00Z or an offset such as +3d.",
  },
  "config.fault": {
    meaning: "SCOREKEEPER_FAULT is set to something that is no fault.",
    cause: "A left-over of a test.",
    remedy: "Unset it: it exists only to test what happens when the process dies.",
  },
  "config.unknown_connection": {
    meaning: "A connection was named that the configuration has not.",
    cause: "A typing mistake, or the connection was renamed.",
    remedy: "Take an id from `connections` in the configuration.",
  },
  "config.exchange_rates": {
    meaning: "The file of exchange rates holds lines that are no rates.",
    cause: "Another heading than currency,date,rate, an unknown currency, or a rate that is no number.",
    remedy: "Correct the lines named; good ones were taken.",
  },
};
