/** A kind of runtime: all that the app knows of one service that manages Airflow environments. */

import type { TokenCredential } from '@azure/core-auth';
import type { AirflowSignIn } from '../domain/configuration/airflowSignIn.js';
import type { Cloud } from '../domain/configuration/clouds.js';
import type { RuntimePattern } from '../domain/configuration/profile.js';
import {
  type EventEnvelope,
  type EventRelevance,
  irrelevant,
  malformed,
  readEnvelope,
} from '../domain/events/eventRelevance.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import type { RuntimeWords } from '../domain/values/runtimeWords.js';
import type { AirflowRuntimes } from './port.js';

/** A member of the configuration file whose value is a text. */
export interface ConfiguredText {
  readonly name: string;
  /** For people. */
  readonly meaning: string;
  /** A GUID; a pattern of names with these characters, and `*`; or any text so long. */
  readonly form:
    | { readonly kind: 'guid' }
    | { readonly kind: 'glob'; readonly characters: string; readonly words: string }
    | { readonly kind: 'text'; readonly longest: number };
  /** Absent: it must be given. */
  readonly otherwise?: string;
}

/** What a kind brings into the configuration file. */
interface KindConfiguration {
  /** Members of an entry of `runtimes` of a profile. */
  readonly pattern: readonly ConfiguredText[];
  /** Members of `access.importDags`. */
  readonly dagSource: readonly ConfiguredText[];
  /** What `access.login.scope` may be. */
  readonly scope: string;
}

/** With what a kind reaches its service. */
export interface Connection {
  readonly cloud: Cloud;
  /** The app's own, or that of whoever looks. */
  readonly identity: () => Promise<TokenCredential>;
}

export interface RuntimeKind {
  /** Stands in ids and patterns as their `kind`. */
  readonly name: string;
  readonly words: RuntimeWords;
  readonly configuration: KindConfiguration;
  /** Reads an id in any spelling; `undefined`: the text is none of this kind. */
  parse(text: string): RuntimeId | undefined;
  /** Whether a text is meant as an id of this kind, be it right or wrong. */
  resembles(text: string): boolean;
  /** The pattern that stands in the configuration so. */
  pattern(entry: Readonly<Record<string, string>>): RuntimePattern;
  /** Judges an event; absent: the service sends none, and only a sweep finds what has changed. */
  readEvent?(event: EventEnvelope): EventRelevance;
  signIn(cloud: Cloud): AirflowSignIn;
  /** Loads what talks to the service. Makes no call. */
  connect(to: Connection): Promise<AirflowRuntimes>;
}

/** Several kinds as one: whose an id, a pattern or an event is. */
export class RuntimeKinds {
  /** @param kinds at least one; the first one is meant where the configuration names none */
  constructor(readonly all: readonly [RuntimeKind, ...RuntimeKind[]]) {}

  /** Throws where there is no such kind: ids come from kinds alone. */
  named(name: string): RuntimeKind {
    const kind = this.all.find((one) => one.name === name);
    if (!kind) throw new Error(`There is no kind of runtime ${name}.`);
    return kind;
  }

  parse(text: string): RuntimeId | undefined {
    for (const kind of this.all) {
      const id = kind.parse(text);
      if (id) return id;
    }
    return undefined;
  }

  /** Whether a text is meant as the id of a runtime, be it right or wrong. */
  resembles(text: string): boolean {
    return this.all.some((kind) => kind.resembles(text));
  }

  pattern({ kind, ...entry }: Readonly<Record<string, string>>): RuntimePattern {
    return (kind === undefined ? this.all[0] : this.named(kind)).pattern(entry);
  }

  /** Judges one event. Any JSON value may come in; nothing is thrown. */
  readEvent(event: unknown): EventRelevance {
    const envelope = readEnvelope(event);
    if (typeof envelope === 'string') return malformed(envelope);
    const judged = this.all.flatMap((kind) => kind.readEvent?.(envelope) ?? []);
    const relevant = judged.find(({ kind }) => kind === 'relevant');
    return relevant ?? judged[0] ?? irrelevant('no service of runtimes sends events');
  }

  /** What the id of a runtime is, for a sentence. */
  get id(): string {
    return this.#words(({ id }) => id);
  }

  /** How the id of a runtime looks. */
  get idShape(): string {
    return this.#words(({ idShape }) => idShape);
  }

  /** How a runtime's name for people looks. */
  get nameShape(): string {
    return this.#words(({ nameShape }) => nameShape);
  }

  #words(of: (words: RuntimeWords) => string): string {
    return [...new Set(this.all.map(({ words }) => of(words)))].join(', or ');
  }
}
