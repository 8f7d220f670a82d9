/** `npm run schemas`: writes the JSON Schemas of the configuration and of the events, and the OpenAPI description. */
import { writeFileSync } from 'node:fs';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { importSources } from './sources.mjs';

commandLine(
  'Usage: npm run schemas\nWrites the JSON Schemas of the configuration and of the events, and the OpenAPI description.',
);

const sources = await importSources(`
  export { configurationJsonSchema } from './src/config/jsonSchema.ts';
  export { describeApi } from './src/functions/http/describe.ts';
  export { NOTIFICATION_SCHEMAS, notificationJsonSchema } from './src/notifications/schemas.ts';`);

/**
 * @param {string} file
 * @param {unknown} schema
 */
const write = (file, schema) => writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
write('schema/airlock.schema.json', sources.configurationJsonSchema());
write('schema/openapi.json', sources.describeApi());
for (const type of Object.keys(sources.NOTIFICATION_SCHEMAS))
  write(`schema/events/${type}.json`, sources.notificationJsonSchema(type));
