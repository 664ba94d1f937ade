import type { Question } from "./question.ts";
import { RequestIds } from "./request-ids.ts";

/** Ids of finished questions that are remembered, to tell a second answer from a stray one. */
const REMEMBERED = 1024;
const FIRST_CAPACITY = 256;

/**
 * Which question each id belongs to; every attempt has an id of its own, and any of them may be answered. An open
 * hash table: ids are random, so they are their own hash, and a `Map` that is filled and emptied with every request
 * allocates each time.
 */
export class OpenQuestions {
  private readonly ids = new RequestIds();
  private readonly finished = new Int32Array(REMEMBERED);
  /** Ids by place; 0 is an empty place (ids are never 0). */
  private keys = new Int32Array(FIRST_CAPACITY);
  private questions: (Question | undefined)[] = new Array<undefined>(FIRST_CAPACITY).fill(undefined);
  private count = 0;

  /** Gives the question one more id. */
  register(question: Question, sentAtMs: number): number {
    let id = this.ids.next();
    while (this.keys[this.place(id)] !== 0) id = this.ids.next();
    if (this.count * 2 >= this.keys.length) this.grow();
    this.put(id, question);
    question.ids.push(id);
    question.sentAtMs.push(sentAtMs);
    return id;
  }

  find(id: number): Question | undefined {
    return id === 0 ? undefined : this.questions[this.place(id)];
  }

  /** Whether a question with this id was finished lately. */
  wasFinished(id: number): boolean {
    return id !== 0 && this.finished[id & (REMEMBERED - 1)] === id;
  }

  /** The question is finished: its ids mean nothing any more. */
  forget(question: Question): void {
    const { ids } = question;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      this.remove(this.place(id));
      this.finished[id & (REMEMBERED - 1)] = id;
    }
    ids.length = 0;
    question.sentAtMs.length = 0;
  }

  /** The open questions, each once. */
  all(): Set<Question> {
    return new Set(this.questions.filter((question) => question !== undefined));
  }

  /** Where this id is, or where it would be put. */
  private place(id: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let place = id & mask;
    while (keys[place] !== 0 && keys[place] !== id) place = (place + 1) & mask;
    return place;
  }

  private put(id: number, question: Question): void {
    const place = this.place(id);
    this.keys[place] = id;
    this.questions[place] = question;
    this.count += 1;
  }

  /** Empties a place and moves up what had to give way to it, so that no search ends too early. */
  private remove(emptied: number): void {
    const { keys, questions } = this;
    const mask = keys.length - 1;
    let hole = emptied;
    for (let place = (hole + 1) & mask; keys[place] !== 0; place = (place + 1) & mask) {
      const distance = (place - (keys[place]! & mask)) & mask;
      if (distance < ((place - hole) & mask)) continue;
      keys[hole] = keys[place]!;
      questions[hole] = questions[place];
      hole = place;
    }
    keys[hole] = 0;
    questions[hole] = undefined;
    this.count -= 1;
  }

  private grow(): void {
    const { keys, questions } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.questions = new Array<undefined>(keys.length * 2).fill(undefined);
    this.count = 0;
    for (let place = 0; place < keys.length; place++) {
      if (keys[place] !== 0) this.put(keys[place]!, questions[place]!);
    }
  }
}
