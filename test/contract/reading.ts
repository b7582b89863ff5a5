import type { Checkpoint, Connector, Page, Stream } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";

const budget = { spend: async () => {}, observe: () => {} };

/** Streams in an order in which each follows those it comes after. */
export function inOrder(streams: readonly Stream[]): readonly Stream[] {
  const done = new Set<string>();
  const left = [...streams];
  const order: Stream[] = [];
  while (left.length > 0) {
    const index = left.findIndex((stream) => (stream.after ?? []).every((name) => done.has(name)));
    const [stream] = left.splice(index, 1);
    if (index < 0 || stream === undefined) throw new Error(`streams wait for each other: ${left.map(({ name }) => name).join(", ")}`);
    done.add(stream.name);
    order.push(stream);
  }
  return order;
}

export function streamOf(connector: Connector, name: string): Stream {
  const stream = connector.streams.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`${connector.crm} has no stream ${name}`);
  return stream;
}

/** All pages from a checkpoint, which goes through JSON as it does in the warehouse. */
export async function readPages(
  connector: Connector,
  name: string,
  from: Checkpoint | null,
  signal = new AbortController().signal,
): Promise<Page[]> {
  const pages: Page[] = [];
  const stored: Checkpoint | null = from === null ? null : JSON.parse(JSON.stringify(from));
  for await (const page of streamOf(connector, name).read(stored, { clock: connector.clock, budget, log: silentLog, signal }))
    pages.push(page);
  return pages;
}
