/** What the doubles of services have in common: what was called, what goes wrong, and what others do meanwhile. */
import type { ServiceError } from '../../../src/azure/failures.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';

/**
 * How a call goes wrong: the service asks for patience, it says no, or it does what it is asked and its answer is lost on
 * the way.
 */
type Fault = 'busy' | 'forbidden' | 'lost';

/** So long a busy service asks to be left alone. */
const BUSY_SECONDS = 7;

/** What an activity answers where a service is busy. */
export const RETRY = { kind: 'retry', afterSeconds: BUSY_SECONDS };

const ERRORS: Readonly<Record<Fault, ServiceError>> = {
  busy: { name: 'RestError', status: 429, afterSeconds: BUSY_SECONDS },
  forbidden: { name: 'RestError', status: 403, code: 'Forbidden', innerCode: 'ForbiddenByRbac' },
  lost: { name: 'RestError', code: 'ECONNRESET' },
};

/** The calls of one double. */
export class Calls<Name extends string> {
  /** By the name of the call. */
  readonly faults: Partial<Record<Name, Fault>> = {};
  /** In order; never a value. */
  readonly made: string[] = [];
  readonly #meanwhile = new Map<Name, () => void>();

  /** Somebody else does this just before the next call of that name. */
  before(name: Name, act: () => void): void {
    this.#meanwhile.set(name, act);
  }

  /** How often a call of that name was made. */
  count(name: Name): number {
    return this.made.filter((call) => call.split(' ')[0] === name).length;
  }

  /**
   * Answers a call.
   *
   * @param about what it is about, for the list of calls
   * @param failure the service's own words for an error
   */
  async answer<T>(
    name: Name,
    about: string,
    act: () => T,
    failure: (error: ServiceError) => CallFailure,
  ): Promise<T | CallFailure> {
    this.made.push(`${name} ${about}`);
    const meanwhile = this.#meanwhile.get(name);
    this.#meanwhile.delete(name);
    meanwhile?.();
    const fault = this.faults[name];
    if (fault === undefined) return act();
    if (fault === 'lost') act();
    return failure(ERRORS[fault]);
  }
}
