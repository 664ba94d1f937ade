import type { Urn } from "./urn.ts";

/**
 * A set of URNs named by the user, literally or with wildcards: `*` is anything but `:`, `**` anything.
 * An empty set means "no constraint".
 */
export class UrnTargets {
  private readonly literals = new Set<Urn>();
  private readonly patterns: { text: string; expression: RegExp }[] = [];

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text);
  }

  add(text: string): void {
    if (!text.includes("*")) {
      this.literals.add(text);
      return;
    }
    const source = text
      .split("**")
      .map((part) => part.split("*").map(literal).join("[^:]*"))
      .join(".*");
    this.patterns.push({ text, expression: new RegExp(`^${source}$`, "s") });
  }

  get constrained(): boolean {
    return this.literals.size > 0 || this.patterns.length > 0;
  }

  /** Without a constraint every URN is contained. */
  contains(urn: Urn): boolean {
    return !this.constrained || this.names(urn);
  }

  /** Whether the URN was named; nothing is when there is no constraint. */
  names(urn: Urn): boolean {
    return this.literals.has(urn) || this.patterns.some((pattern) => pattern.expression.test(urn));
  }

  /** The URNs that were named without wildcards. */
  get exact(): ReadonlySet<Urn> {
    return this.literals;
  }

  clone(): UrnTargets {
    return new UrnTargets([...this.literals, ...this.patterns.map((pattern) => pattern.text)]);
  }
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
