import type { CheckAnswer } from '../../domain/proof/checkAnswer.js';
import { type Json, parseJson } from '../../domain/values/json.js';

/** Longer than any answer of the check DAG. */
const MAX_ANSWER = 4096;

/** Parses the check DAG's answer: untrusted input, limited in size, with closed lists for what is acted upon. */
export async function parseAnswer(value: Json | undefined): Promise<CheckAnswer | undefined> {
  if (typeof value !== 'string' || value.length > MAX_ANSWER) return undefined;
  const z = await import('zod');
  const text = z.string().max(256).nullable();
  const schema = z.strictObject({
    version: z.literal(1),
    answer: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    marker: text,
    backend: text,
    vaultUrl: text,
    direct: z.strictObject({
      outcome: z.enum(['found', 'missing', 'error', 'notConfigured']),
      errorType: text,
      status: z.int().min(0).max(999).nullable(),
      aadsts: z
        .string()
        .regex(/^AADSTS\d{4,9}$/)
        .nullable(),
      reason: z
        .string()
        .regex(/^[A-Za-z]{1,40}$/)
        .nullable(),
    }),
    variable: z.strictObject({
      outcome: z.enum(['same', 'other', 'missing', 'error']),
      errorType: text,
    }),
    airflow: text,
  });
  const parsed = schema.safeParse(parseJson(value));
  return parsed.success ? parsed.data : undefined;
}
