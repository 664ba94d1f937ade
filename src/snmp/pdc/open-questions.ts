import type { Question } from "./question.ts";
import { RequestIds } from "./request-ids.ts";

/** Ids of finished questions that are remembered, to tell a second answer from a stray one. */
const REMEMBERED = 8192;

/** Which question each id belongs to; every attempt has an id of its own, and any of them may be answered. */
export class OpenQuestions {
  private readonly byId = new Map<number, Question>();
  private readonly finished = new Int32Array(REMEMBERED);
  private readonly ids = new RequestIds();

  /** Gives the question one more id. */
  register(question: Question, sentAtMs: number): number {
    const id = this.ids.next(this.byId);
    this.byId.set(id, question);
    question.ids.push(id);
    question.sentAtMs.push(sentAtMs);
    return id;
  }

  find(id: number): Question | undefined {
    return this.byId.get(id);
  }

  /** Whether a question with this id was finished lately. */
  wasFinished(id: number): boolean {
    return this.finished[id % REMEMBERED] === id;
  }

  /** The question is finished: its ids mean nothing any more. */
  forget(question: Question): void {
    const { ids } = question;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      this.byId.delete(id);
      this.finished[id % REMEMBERED] = id;
    }
    ids.length = 0;
    question.sentAtMs.length = 0;
  }

  /** The open questions, each once. */
  all(): Set<Question> {
    return new Set(this.byId.values());
  }
}
