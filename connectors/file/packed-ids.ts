/** A set of ids outside the garbage-collected heap: about 25 bytes for an id of 12, a fifth of what a Set of strings takes. */
export interface PackedIds {
  readonly size: number;
  /** False: it was there already. */
  add(id: string): boolean;
  has(id: string): boolean;
  /** By UTF-8 bytes, as SQLite's BINARY and PostgreSQL's "C" compare text; those after `after`. */
  sorted(after: string | null): SortedIds;
}

export interface SortedIds {
  readonly length: number;
  slice(from: number, to: number): readonly string[];
}

export function packedIds(): PackedIds {
  let bytes = Buffer.allocUnsafe(4_096);
  /** Where each id begins; the next one's beginning is its end. */
  let starts = new Uint32Array(256);
  /** Number of an id plus one, at a place that its hash gives. */
  let places = new Uint32Array(512);
  let size = 0;

  const hash = (from: number, to: number): number => {
    let value = 0x811c9dc5;
    for (let at = from; at < to; at += 1) value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
    return (value ^ (value >>> 15)) >>> 0;
  };
  const startOf = (number: number): number => starts[number] ?? 0;
  const compare = (a: number, b: number): number => {
    const shift = startOf(b) - startOf(a);
    const end = Math.min(startOf(a + 1), startOf(b + 1) - shift);
    for (let at = startOf(a); at < end; at += 1) {
      const difference = (bytes[at] ?? 0) - (bytes[at + shift] ?? 0);
      if (difference !== 0) return difference;
    }
    return startOf(a + 1) - startOf(a) - (startOf(b + 1) - startOf(b));
  };
  /** Writes the id behind the last one; tells its end. */
  const write = (id: string): number => {
    const from = startOf(size);
    if (from + id.length * 3 > bytes.length) bytes = Buffer.concat([bytes], Math.max(bytes.length * 2, from + id.length * 3));
    return from + bytes.write(id, from, "utf8");
  };
  /** Where the id written last is in the table, or the free place it would take. */
  const placeOf = (number: number): number => {
    const mask = places.length - 1;
    let place = hash(startOf(number), startOf(number + 1)) & mask;
    for (let other = places[place] ?? 0; other !== 0; other = places[place] ?? 0) {
      if (compare(other - 1, number) === 0) break;
      place = (place + 1) & mask;
    }
    return place;
  };
  const find = (id: string): number => {
    starts[size + 1] = write(id);
    return placeOf(size);
  };
  const grow = (): void => {
    if (size + 2 >= starts.length) starts = enlarged(starts);
    if (size * 2 < places.length) return;
    places = new Uint32Array(places.length * 2);
    for (let number = 0; number < size; number += 1) places[placeOf(number)] = number + 1;
  };
  const textOf = (number: number): string => bytes.toString("utf8", startOf(number), startOf(number + 1));
  return {
    get size() {
      return size;
    },
    has: (id) => places[find(id)] !== 0,
    add: (id) => {
      const place = find(id);
      if (places[place] !== 0) return false;
      size += 1;
      places[place] = size;
      grow();
      return true;
    },
    sorted: (after) => {
      const order = Uint32Array.from({ length: size }, (_, number) => number).sort(compare);
      const key = after === null ? null : Buffer.from(after, "utf8");
      const first =
        key === null ? 0 : countUpTo(order, (number) => bytes.compare(key, 0, key.length, startOf(number), startOf(number + 1)) <= 0);
      return {
        length: order.length - first,
        slice: (from, to) => Array.from(order.subarray(first + from, first + to), textOf),
      };
    },
  };
}

function enlarged(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** How many from the start are so; the order has them first. */
function countUpTo(order: Uint32Array, isSo: (number: number) => boolean): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(order[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
