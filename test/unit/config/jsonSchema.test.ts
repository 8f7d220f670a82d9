import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { configurationJsonSchema } from '../../../src/config/jsonSchema.js';

describe('the JSON Schema for editors', () => {
  it('is the one that the sources give', () => {
    expect(JSON.parse(readFileSync(projectFile('schema/airlock.schema.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(configurationJsonSchema())),
    );
  });
});
