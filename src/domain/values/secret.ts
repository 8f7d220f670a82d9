const HIDDEN = '(secret)';

/**
 * Holds a secret's value so that it cannot slip into text: every implicit way to print or serialise it gives
 * `(secret)`. The value lives in the memory of one activity and leaves only through `reveal`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it only where the value is handed to the service that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}
