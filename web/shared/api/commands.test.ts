import { describe, expect, test } from "vitest";
import { Commands } from "./commands";
import { lostProblem, Problem } from "./problem";

interface Sent {
  key: string;
  given: unknown;
  answer: (value: unknown) => void;
  fail: (thrown: unknown) => void;
}

function button(): { commands: Commands; sent: Sent[] } {
  const sent: Sent[] = [];
  let keys = 0;
  const send = (key: string, given: unknown): Promise<unknown> => new Promise((answer, fail) => sent.push({ key, given, answer, fail }));
  return { commands: new Commands(send, () => `key ${(keys += 1)}`), sent };
}

describe("an act", () => {
  test("pressed twice is sent once, and both presses get its answer", async () => {
    const { commands, sent } = button();
    const both = [commands.run({ body: 1 }), commands.run({ body: 1 })];
    expect(sent).toHaveLength(1);
    sent[0]!.answer("done");
    expect(await Promise.all(both)).toEqual([
      { answer: "done", first: true },
      { answer: "done", first: false },
    ]);
  });

  test("done and pressed again is another act", async () => {
    const { commands, sent } = button();
    const first = commands.run({ body: 1 });
    sent[0]!.answer("done");
    await first;
    void commands.run({ body: 1 });
    expect(sent.map(({ key }) => key)).toEqual(["key 1", "key 2"]);
  });

  test("whose answer was lost keeps its key when it is tried again, and only then", async () => {
    const { commands, sent } = button();
    for (const problem of [lostProblem(), new Problem(503, { title: "busy" }), new Problem(409, { title: "the first still runs", code: "under_way" })]) {
      const attempt = commands.run({ body: 1 });
      sent.at(-1)!.fail(problem);
      await expect(attempt).rejects.toBe(problem);
    }
    const last = commands.run({ body: 1 });
    expect(sent.map(({ key }) => key)).toEqual(["key 1", "key 1", "key 1", "key 1"]);
    sent.at(-1)!.fail(lostProblem());
    await expect(last).rejects.toThrow();
    void commands.run({ body: 2 });
    expect(sent.at(-1)!.key).toBe("key 2");
  });

  test("that was refused gets a new key: nothing was done", async () => {
    const { commands, sent } = button();
    const attempt = commands.run({ body: 1 });
    sent[0]!.fail(new Problem(422, { title: "no" }));
    await expect(attempt).rejects.toThrow("no");
    void commands.run({ body: 1 });
    expect(sent[1]!.key).toBe("key 2");
  });
});
