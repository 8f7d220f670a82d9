/** What a run is told from outside while it works. State of the durable entity `run`, keyed by run id. */
export interface RunControl {
  readonly cancel?: { readonly by: string; readonly at: string };
}

export interface RunOperation {
  readonly kind: string;
  readonly input: unknown;
}

/**
 * The state after an operation: `cancel` (input `{by, at}`) is remembered once and never taken back, anything else
 * only reads. Returns `undefined` where there is still nothing to remember.
 */
export function controlOf(control: RunControl | undefined, operation: RunOperation): RunControl | undefined {
  if (operation.kind !== 'cancel' || control?.cancel) return control;
  const input = (operation.input ?? {}) as { by?: unknown; at?: unknown };
  return { cancel: { by: String(input.by ?? 'unknown'), at: String(input.at ?? '') } };
}
