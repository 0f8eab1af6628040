// An act is sent once. While it is under way a second press joins it; when the line broke, the same act keeps its key, so that
// the server, which may have done it, does not do it again.

import { Problem } from "./problem";

type Send = (key: string, given: unknown) => Promise<unknown>;

/** Keys and what is under way, of one button. */
export class Commands {
  private underway: { text: string; promise: Promise<unknown> } | undefined;
  private unsure: { text: string; key: string } | undefined;

  constructor(
    private readonly send: Send,
    private readonly newKey: () => string = () => crypto.randomUUID(),
  ) {}

  /** Sends, or joins what is under way. `first` is false for those that joined. */
  async run<T>(given: unknown): Promise<{ answer: T; first: boolean }> {
    if (this.underway) return { answer: (await this.underway.promise) as T, first: false };
    const text = JSON.stringify(given) ?? "";
    const key = this.unsure?.text === text ? this.unsure.key : this.newKey();
    const promise = this.send(key, given);
    this.underway = { text, promise };
    try {
      const answer = (await promise) as T;
      this.unsure = undefined;
      return { answer, first: true };
    } catch (thrown) {
      const unsure = thrown instanceof Problem && (thrown.passing || thrown.code === "under_way" || thrown.code === "in_doubt");
      this.unsure = unsure ? { text, key } : undefined;
      throw thrown;
    } finally {
      this.underway = undefined;
    }
  }
}
