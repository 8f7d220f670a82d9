/** A rotation strategy: who makes the next key of a credential, and what follows from that. */

import type { Graph } from '../azure/graph.js';
import type { OwnAccess } from '../azure/ownAccess.js';
import type { Credential } from '../domain/configuration/credential.js';
import type { PreflightRow } from '../domain/preflight/report.js';
import type { KnownVersion } from '../domain/rotation/inventory.js';
import type { KeyIssuer } from './issuer.js';

/** What a strategy may ask, with the app's own identity. */
export interface Directories {
  readonly graph: Pick<Graph, keyof Graph>;
  readonly ownAccess: Pick<OwnAccess, 'claims'>;
}

export interface RotationStrategy {
  /** Stands in the configuration file as `rotation.strategy`. */
  readonly name: string;
  /** What is done with it, for whoever writes the file. */
  readonly meaning: string;
  /**
   * Whether the app makes the next key, as soon as one is due; otherwise it follows what somebody else writes, and warns where
   * nothing comes. The configuration hands this on to the rules (`RotationSettings`), which ask for no strategy.
   */
  readonly mints: boolean;
  /** Whether what is there is known by the issuer's list of keys as well, and not by the vault alone. */
  readonly listsKeys: boolean;
  /** What the preflight says of a version whose end is known: whether that end is the right one. */
  describeEnd(
    credential: Credential,
    version: KnownVersion,
  ): Pick<PreflightRow, 'status' | 'note' | 'remedy'>;
  /** Loads what talks to the issuer. Makes no call. */
  connect(to: Directories): Promise<KeyIssuer>;
}

/** The strategies that the configuration may name. */
export class RotationStrategies {
  /** @param otherwise the one that is meant where the configuration names none */
  constructor(
    readonly all: readonly RotationStrategy[],
    readonly otherwise: RotationStrategy,
  ) {}

  /** Throws where there is no such strategy: a checked configuration names no other. */
  named(name: string): RotationStrategy {
    const strategy = this.all.find((one) => one.name === name);
    if (!strategy) throw new Error(`There is no rotation strategy ${name}.`);
    return strategy;
  }

  of({ rotation }: Credential): RotationStrategy {
    return this.named(rotation.strategy);
  }
}
