/** Groups of facts by their dimension values, as small numbers: tallies are found by number in the inner loop. */
export class Groups {
  readonly #numbers = new Map<string, number>();
  readonly #values: (readonly string[])[] = [];

  /** The number of a group, given on first sight. */
  of(values: readonly string[]): number {
    const key = values.join("\u001f");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#values.length;
      this.#numbers.set(key, number);
      this.#values.push(values);
    }
    return number;
  }

  valuesOf(group: number): readonly string[] {
    return this.#values[group] ?? [];
  }

  /** Of the groups given, in order of their values. */
  sorted(groups: Iterable<number>): readonly number[] {
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    return [...groups].sort((a, b) => {
      const [left, right] = [this.valuesOf(a), this.valuesOf(b)];
      for (let index = 0; index < left.length; index += 1) {
        const order = compare(left[index] ?? "", right[index] ?? "");
        if (order !== 0) return order;
      }
      return 0;
    });
  }
}
