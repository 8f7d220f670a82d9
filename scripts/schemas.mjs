/** `npm run schemas`: writes the JSON Schemas of the configuration and of the events, from the sources. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commandLine } from '../infra/scripts/commandLine.mjs';

commandLine('Usage: npm run schemas\nWrites the JSON Schemas of the configuration and of the events.');

const folder = 'build/schemas';
const { outputFiles } = await build({
  stdin: {
    contents: `
      export { configurationJsonSchema } from './src/config/jsonSchema.ts';
      export { NOTIFICATION_SCHEMAS, notificationJsonSchema } from './src/notifications/schemas.ts';`,
    resolveDir: process.cwd(),
    loader: 'ts',
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
mkdirSync(folder, { recursive: true });
const module = join(process.cwd(), folder, 'schemas.mjs');
writeFileSync(module, outputFiles[0]?.text ?? '');
const { configurationJsonSchema, NOTIFICATION_SCHEMAS, notificationJsonSchema } = await import(module);
rmSync(folder, { recursive: true });

/**
 * @param {string} file
 * @param {unknown} schema
 */
const write = (file, schema) => writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
write('schema/airlock.schema.json', configurationJsonSchema());
for (const type of Object.keys(NOTIFICATION_SCHEMAS))
  write(`schema/events/${type}.json`, notificationJsonSchema(type));
