import { expect, test } from "vitest";
import { interpolate } from "#config/interpolate.ts";

const lookup = {
  env: { SET: "from env", EMPTY: "" },
  envFile: new Map([
    ["SET", "from file"],
    ["STORED", "s3cret"],
  ]),
  readFile: (path: string) => (path === "key.txt" ? "line\n" : null),
};
const text = (written: string): string | undefined => {
  const result = interpolate(written, lookup);
  return result.state === "ok" ? result.text : undefined;
};

test("the environment wins over .env, .env over the default", () => {
  expect(text("${SET}")).toBe("from env");
  expect(text("a ${STORED} b")).toBe("a s3cret b");
  expect(text("${STORED:-x}")).toBe("s3cret");
  expect(text("${NOT_SET:-x:-y}")).toBe("x:-y");
  expect(text("${EMPTY:-x}")).toBe("x");
  expect(text("${EMPTY}")).toBe("");
});

test("a file gives its content without the last line end", () => {
  expect(text("${file:key.txt}")).toBe("line");
  expect(interpolate("${file:none}", lookup)).toMatchObject({ state: "bad", message: expect.stringContaining("'none' can't be read") });
});

test("a doubled dollar is a plain one", () => {
  expect(text("$${SET}")).toBe("${SET}");
});

test("a variable that is not set names the nearest of .env", () => {
  expect(interpolate("${STORD}", lookup)).toMatchObject({ state: "bad", message: expect.stringContaining(".env has STORED") });
});

test("what came from .env or a file is marked as a secret, what came from the environment is not", () => {
  const origins = (written: string) => {
    const result = interpolate(written, lookup);
    return result.state === "ok" ? result.origins.map((origin) => origin.isSecret) : [];
  };
  expect(origins("${STORED}${file:key.txt}${SET}")).toEqual([true, true, false]);
});
