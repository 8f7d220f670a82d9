/** The trace to which an execution belongs, as the extension tells of it where distributed tracing is on. */
import { createHash } from 'node:crypto';

/**
 * A trace in the W3C's form.
 *
 * @param executionId whose it is
 * @param now milliseconds since the epoch
 */
export function traceContext(executionId: string, now: number): Readonly<Record<string, string | null>> {
  const hex = createHash('sha256').update(executionId).digest('hex');
  const [trace, parent, span] = [hex.slice(0, 32), hex.slice(32, 48), hex.slice(48, 64)];
  return {
    TraceParent: `00-${trace}-${parent}-00`,
    TraceState: null,
    Id: `00-${trace}-${span}-00`,
    SpanId: span ?? '',
    ActivityStartTime: new Date(now).toISOString().replace('Z', '+00:00'),
  };
}
