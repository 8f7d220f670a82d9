import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../src/functions/http/openApi.js';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { security: object[]; responses: Record<string, unknown> }>>;
  readonly components: {
    readonly schemas: Record<string, { required?: string[]; oneOf?: unknown; $id?: string }>;
    readonly securitySchemes: Record<string, unknown>;
  };
}

const documentFor = async (auth: 'functionKey' | 'appService') =>
  (await openApiDocument(auth)) as unknown as Document;

describe('the OpenAPI description', () => {
  it('refers to nothing that is not there', async () => {
    const document = await documentFor('functionKey');
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, to]) => to);

    expect(document.openapi).toBe('3.1.0');
    expect(new Set(references)).toEqual(
      new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)),
    );
    expect(Object.values(document.components.schemas).some(({ $id }) => $id !== undefined)).toBe(false);
  });

  it('says of a start what the check of its body says', async () => {
    const { StartRequest } = (await documentFor('functionKey')).components.schemas;

    expect(StartRequest).toMatchObject({
      required: ['action'],
      additionalProperties: false,
      oneOf: [
        { required: ['runtime'] },
        { required: ['profile'] },
        { required: ['credential'] },
        { properties: { action: { enum: ['sweep', 'preflight'] } } },
      ],
    });
  });

  it.each([
    ['functionKey', { functionKey: [] }, { functionKey: [] }],
    ['appService', { appService: ['operator'] }, { appService: ['reader'] }],
  ] as const)('names what a caller needs with %s', async (auth, start, read) => {
    const { paths, components } = await documentFor(auth);

    expect(Object.keys(components.securitySchemes)).toEqual([auth]);
    expect(paths['/api/runs']?.['post']?.security).toEqual([start]);
    expect(paths['/api/runs/{id}/cancel']?.['post']?.security).toEqual([start]);
    expect(paths['/api/runs']?.['get']?.security).toEqual([read]);
  });
});
