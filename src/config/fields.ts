/** Fields that stand at more than one place of the configuration file. */
import * as z from 'zod';

export const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID')
  .describe('A GUID.');

export const vaultUrl = z
  .string()
  .max(200)
  .describe('URL of a vault, for example https://contoso-airflow.vault.azure.net');

const secretName = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'must be a secret name: letters, digits and dashes, at most 127');

export const secretReference = z
  .strictObject({ vault: vaultUrl, name: secretName })
  .describe("A secret of the operator's vault: where it is, never its value.");
