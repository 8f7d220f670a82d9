/** A row of the rehearsal: by which method, what goes wrong, and how that ends. */
import type { Misbehaviour } from './misbehaviours.js';

export type DeploymentMethod = 'azd up' | 'workflow';

export interface Row {
  readonly method: DeploymentMethod;
  readonly misbehaviour: Misbehaviour;
  /** How the first run ends; the second one ends well. */
  readonly ends: 'well' | 'stops';
  /** What the user is told in the first run, behind the step that says it. */
  readonly says?: RegExp;
  /** The second run is another command than the first. */
  readonly again?: 'azd deploy';
}
