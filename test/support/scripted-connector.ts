import type { Checkpoint, Connector, Page, Stream } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import { at } from "./records.ts";

export interface ScriptedStream {
  readonly name: string;
  readonly pages: readonly (Partial<Page> | Error)[];
  readonly after?: readonly string[];
  readonly mode?: Stream["mode"];
}

/** A connector whose streams give the scripted pages; the checkpoint is the number of pages given. An Error in a page's place is thrown. */
export function scriptedConnector(
  streams: readonly ScriptedStream[],
  options: { readonly stageHistory?: "native" | "derived"; readonly onRead?: (stream: string, page: number) => void } = {},
): Connector {
  return {
    crm: "scripted",
    streams: streams.map((script) => ({
      name: script.name,
      mode: script.mode ?? "incremental",
      emits: [],
      ...(script.after === undefined ? {} : { after: script.after }),
      read: (from, { signal }) => pagesOf(script, from, signal, options.onRead),
    })),
    capabilities: {
      stageHistory: options.stageHistory ?? "native",
      deletes: "tombstone",
      quotas: false,
      writeTargets: [],
      writeBatch: 0,
      settleMs: 0,
    },
    clock: { now: () => at("2026-06-30T12:00:00Z") },
    check: async () => ({ account: null, lines: [] }),
    recordUrl: () => null,
    close: async () => {},
  };
}

async function* pagesOf(
  script: ScriptedStream,
  from: Checkpoint | null,
  signal: AbortSignal,
  onRead: ((stream: string, page: number) => void) | undefined,
): AsyncGenerator<Page, void, void> {
  for (let index = from === null ? 0 : Number(from.data); index < script.pages.length; index += 1) {
    if (signal.aborted) return;
    onRead?.(script.name, index);
    const page = script.pages[index];
    if (page instanceof Error) throw page;
    yield { changes: [], rejects: [], received: page?.changes?.length ?? 0, ...page, checkpoint: { v: 1, data: index + 1 } };
  }
}

/** Pages of so many changes each. */
export function pagesOfChanges(changes: readonly Change[], size: number): readonly Partial<Page>[] {
  return Array.from({ length: Math.ceil(changes.length / size) }, (_, index) => ({
    changes: changes.slice(index * size, (index + 1) * size),
  }));
}
