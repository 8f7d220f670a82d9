/** What the emulated Data Factory holds of a runtime, whatever its reads show. */
import { runtimeId, type TestCloud } from './harness.js';

/** The runtime's Airflow properties; from now on its reads show everything that they may. */
export async function propertiesOf(
  { client }: TestCloud,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  await client.setLifecycle({ masking: 'clear' }, name);
  const path = `${runtimeId(name)}?api-version=2018-06-01`;
  const read = await client.azure('management.azure.com', path, {}, await client.token());
  const { properties } = JSON.parse(read.text) as {
    properties: { typeProperties: { airflowProperties: Record<string, unknown> } };
  };
  return properties.typeProperties.airflowProperties;
}
