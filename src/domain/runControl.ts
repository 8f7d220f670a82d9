/** What a run is told from outside while it works. State of the durable entity `run`, keyed by run id. */
import type { Gate } from './rotation/settings.js';

export interface RunControl {
  readonly cancel?: Said;
  /** What a person said at a gate. */
  readonly decisions?: Readonly<Partial<Record<Gate, Said & { readonly decision: Decision }>>>;
  /** When the overlap is to end, ISO 8601, instead of what the configuration says. */
  readonly overlap?: Said & { readonly until: string };
}

export type Decision = 'approve' | 'reject';

interface Said {
  readonly by: string;
  readonly at: string;
}

export interface RunOperation {
  readonly kind: string;
  readonly input: unknown;
}

/**
 * The state after an operation: `cancel` (input `{by, at}`) and `decide` (`{gate, decision, by, at}`) are remembered
 * once and never taken back, of `setOverlap` (`{until, by, at}`) the latest; anything else only reads. Returns
 * `undefined` where there is still nothing to remember.
 */
export function controlOf(control: RunControl | undefined, operation: RunOperation): RunControl | undefined {
  const input = (operation.input ?? {}) as Record<string, unknown>;
  const said: Said = { by: String(input.by ?? 'unknown'), at: String(input.at ?? '') };
  switch (operation.kind) {
    case 'cancel':
      return control?.cancel ? control : { ...control, cancel: said };
    case 'decide': {
      const gate = input.gate === 'pilot' || input.gate === 'removal' ? input.gate : undefined;
      const decision = input.decision === 'approve' ? 'approve' : 'reject';
      if (gate === undefined || control?.decisions?.[gate]) return control;
      return { ...control, decisions: { ...control?.decisions, [gate]: { ...said, decision } } };
    }
    case 'setOverlap':
      // An earlier word that comes late changes nothing.
      if (control?.overlap && control.overlap.at > said.at) return control;
      return { ...control, overlap: { ...said, until: String(input.until ?? '') } };
    default:
      return control;
  }
}
