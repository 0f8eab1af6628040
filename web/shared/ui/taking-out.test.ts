import { expect, test } from "vitest";
import { toCsv, toTabs } from "./taking-out";

test("cells come out as they were, and none is a formula", () => {
  expect(toCsv([["a", 'say "x", y'], ["=1+1", "-1.5"], ["@cmd", "-cmd|x"], ["two\nlines", ""]])).toBe('a,"say ""x"", y"\r\n\'=1+1,-1.5\r\n\'@cmd,\'-cmd|x\r\n"two\nlines",\r\n');
  expect(toTabs([["a\tb", "+1"], ["=x", "c"]])).toBe("a b\t+1\n'=x\tc");
});
