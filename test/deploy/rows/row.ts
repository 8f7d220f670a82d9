/** A row of the rehearsal: which way, what goes wrong, and how that ends. */
import type { Misbehaviour } from './misbehaviours.js';

export type Way = 'azd up' | 'workflow';

export interface Row {
  readonly way: Way;
  readonly misbehaviour: Misbehaviour;
  /** How the first run ends; the second one ends well. */
  readonly ends: 'well' | 'stops';
  /** What the user is told in the first run, behind the step that says it. */
  readonly says?: RegExp;
  /** The second run is another command than the first. */
  readonly again?: 'azd deploy';
}
