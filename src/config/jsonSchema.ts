import * as z from 'zod';
import { configurationSchema } from './schema.js';

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function configurationJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-2020-12' }),
    title: 'Airlock configuration',
  };
}
