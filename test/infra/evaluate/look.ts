import type { z } from 'zod';
import type { Deployed } from './deploy.js';

/** Those of one type. */
export function of(deployed: readonly Deployed[], type: string): readonly Deployed[] {
  return deployed.filter((one) => one.type === type);
}

/** The properties of what is deployed, of this shape. */
export function read<T>(schema: z.ZodType<T>, one: Deployed | undefined): T {
  return schema.parse(one?.body['properties']);
}
